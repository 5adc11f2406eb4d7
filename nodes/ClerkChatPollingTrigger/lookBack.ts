import type { Failure } from './failures';
import type { OpenRecord } from './openRecord';
import { REMEMBERED } from './questions';
import type { Questions } from './questions';

const MS_PER_DAY = 86_400_000;

/** After how many entries it is enough; a busy team has many of them every day. */
const ENOUGH = 5_000;

/** A span with more pages than this is read in parts, so that each poll gets on. */
const MOST_PAGES = 40;

const SHORTEST_SPAN = 60_000;

/** How far a search has got that came to no end: up to where (ms) it has yet to look, how far next, how much it has read. */
const underWay = new WeakMap<Questions, { end: number; span: number; count: number }>();

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
	// One that comes to no end goes on at the next poll.
	const progress = underWay.get(questions) ?? { end: upTo, span: MS_PER_DAY, count: 0 };
	underWay.set(questions, progress);
	while (progress.end > earliest && progress.count < ENOUGH) {
		const start = Math.max(earliest, progress.end - progress.span);
		const reading = await record.pages({ start, end: progress.end }, { most: MOST_PAGES });
		if ('error' in reading) return reading;
		questions.add(reading.entries, base);
		if (reading.next !== undefined && progress.span > SHORTEST_SPAN) {
			progress.span /= 8;
			continue;
		}
		progress.count += reading.entries.length;
		progress.end = start;
		progress.span *= 2;
	}
	underWay.delete(questions);
	return undefined;
}
