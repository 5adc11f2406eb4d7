import type { Failure } from './failures';
import type { OpenRecord } from './openRecord';
import { REMEMBERED } from './questions';
import type { Questions } from './questions';

const MS_PER_DAY = 86_400_000;

/** After how many entries it is enough; a busy team has many of them every day. */
const ENOUGH = 5_000;

/**
 * Looks through the record for questions that were asked before this process of n8n knew of any: the conversations
 * themselves are where they are kept. The last day first, then twice as far, and so on.
 * @param upTo the end of what is looked through, in ms by the API's clock
 */
export async function lookBack(
	record: OpenRecord,
	questions: Questions,
	{ upTo, base }: { upTo: number; base: string },
): Promise<Failure | undefined> {
	const earliest = record.apiTime(Date.now()) - REMEMBERED;
	let count = 0;
	let span = MS_PER_DAY;
	for (let end = upTo; end > earliest && count < ENOUGH; end -= span, span *= 2) {
		const reading = await record.read({ start: Math.max(earliest, end - span), end });
		if ('error' in reading) return reading;
		questions.add(reading.entries, base);
		count += reading.entries.length;
	}
	return undefined;
}
