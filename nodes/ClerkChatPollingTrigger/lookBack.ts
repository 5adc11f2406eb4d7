import type { Failure } from './failures';
import type { OpenRecord } from './openRecord';
import { REMEMBERED } from './questions';
import type { Memory } from './thisProcess';

const MS_PER_DAY = 86_400_000;

/** After how many entries to stop; a busy team has this many every day. */
const ENOUGH = 5_000;

/** A span with more pages than this is read in parts, so that each poll makes progress. */
const MOST_PAGES = 40;

const SHORTEST_SPAN = 60_000;

/** Where to search. Times are in ms, by the API's clock. */
interface Range {
	/** The end of the span to search. */
	upTo: number;
	/** From when on the poll has read the record itself. */
	from: number;
	/** See `linkIn`. */
	base: string;
}

/**
 * Searches the record for questions asked before this n8n process started, or while it wasn't watching: the
 * conversations themselves are where questions are stored. It begins with the last day, then goes back twice as far,
 * and so on. An unfinished search continues in the next poll.
 */
export async function lookBack(
	record: OpenRecord,
	{ questions, lookedBack }: Pick<Memory, 'questions' | 'lookedBack'>,
	{ upTo, from, base }: Range,
): Promise<Failure | undefined> {
	const earliest = record.apiTime(Date.now()) - REMEMBERED;
	const progress = (lookedBack.progress ??= { end: upTo, span: MS_PER_DAY, count: 0 });
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
	// What was known of that time may have gaps, in which something else was sent.
	questions.forgetBefore(Math.min(progress.end, from));
	lookedBack.isDone = true;
	return undefined;
}
