import { idOf } from './entry';
import type { Entry } from './entry';
import { PagedList } from './pagedList';
import type { Reading, Window } from './pagedList';
import type { Requester } from './requester';

export { idOf, timeIn, timeOf } from './entry';
export type { Entry } from './entry';
export type { Reading, Window } from './pagedList';

/** How often the record is read anew when entries slipped from page to page meanwhile. */
const READINGS = 3;

/** How far the window reaches back beyond what is asked for, in ms: the two clocks may differ a little. */
const MARGIN = 60_000;

/** The same when the answers do not tell what the API's clock shows. */
const UNKNOWN_CLOCK = 15 * 60_000;

/** How much later than its own time a message may be listed without being missed, in ms. */
const LISTED_LATE = 5 * 60_000;

/**
 * Reads a window of the record, all pages of it, whatever the order of the list
 * (https://docs.clerk.chat/api-reference/messages/find-messages).
 * @returns undefined when it was stopped, or the execution cancelled
 */
export async function readRecord(
	requester: Requester,
	window: Window,
): Promise<Reading | undefined> {
	const list = new PagedList(requester, window);
	for (let reading = 1; ; reading++) {
		const result = await list.read();
		if (result?.kind !== 'read' || result.isWhole) return result;
		if (reading === READINGS || list.isHopeless) return result;
	}
}

/** What to read of the record, by this machine's clock. */
export interface Span {
	/** In ms. */
	since: number;
	/** In ms; left out for all until now. */
	until?: number;
	/** All inboxes when left out. */
	inboxIds?: string[];
}

/**
 * Reads a span of the record, and a little more at both ends.
 * @returns undefined when it was stopped, or the execution cancelled
 */
export async function readSpan(
	requester: Requester,
	{ since, until, inboxIds }: Span,
): Promise<Reading | undefined> {
	const windowNow = () => {
		const margin = requester.isClockKnown === false ? UNKNOWN_CLOCK : MARGIN;
		const start = requester.apiTime(since) - margin;
		const end = until === undefined ? undefined : requester.apiTime(until) + margin;
		return { start, end, inboxIds };
	};
	const offset = requester.apiTime(0);
	const reading = await readRecord(requester, windowNow());
	// Only the first answer of all tells that the API's clock is behind, or ahead of the end.
	const moved = requester.apiTime(0) - offset;
	const isInside = moved >= -MARGIN && (until === undefined || moved <= MARGIN);
	if (reading?.kind !== 'read' || isInside) return reading;
	return await readRecord(requester, windowNow());
}

/**
 * A part of the record that is read once, and from then on only for what is new: for whoever asks again and again, such as a
 * node in a loop. What became of an older message since it was read is not seen.
 */
export class RunningRecord {
	private known?: { since: number; upTo: number; entries: Map<string, Entry> };

	/**
	 * Reads what is not known yet. What cannot be read, or not as a whole, is read anew the next time.
	 * @param since from when on the record is wanted, in ms by this machine's clock
	 * @returns all that is on record since then, and perhaps some that is older; undefined when it was stopped
	 */
	async read(requester: Requester, since: number): Promise<Reading | undefined> {
		const began = Date.now();
		const known = this.known && this.known.since <= since ? this.known : undefined;
		const from = known ? Math.max(since, known.upTo - LISTED_LATE) : since;
		const reading = await readSpan(requester, { since: from });
		if (reading?.kind !== 'read' || !reading.isWhole) return reading;
		const entries = new Map(known?.entries);
		for (const entry of reading.entries) entries.set(idOf(entry), entry);
		this.known = { since: known?.since ?? since, upTo: began, entries };
		return { ...reading, entries: [...entries.values()] };
	}
}
