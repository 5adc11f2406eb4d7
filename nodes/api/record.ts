import { idOf } from './entry';
import type { Entry } from './entry';
import { PagedList } from './pagedList';
import type { Reading, Window } from './pagedList';
import type { Requester } from './requester';

export { idOf, timeIn, timeOf } from './entry';
export type { Entry } from './entry';
export type { Reading, Window } from './pagedList';

/** How many times to read the record if entries move between pages in the meantime. */
const READINGS = 3;

/** How far the window extends beyond what is requested, in ms: the two clocks may differ a little. */
const MARGIN = 60_000;

/** The same if responses don't show the API's time. */
const UNKNOWN_CLOCK = 15 * 60_000;

/** How late a message may be listed, in ms after its own timestamp, and still be found. */
const LISTED_LATE = 5 * 60_000;

/**
 * Reads all pages of a window of the record, in whatever order it is listed
 * (https://docs.clerk.chat/api-reference/messages/find-messages).
 * @returns undefined when it was stopped, or the execution was cancelled
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
	/** In ms; if left out, up to now. */
	until?: number;
	/** If left out, all inboxes. */
	inboxIds?: string[];
}

/**
 * Reads a span of the record, and a little more at both ends.
 * @returns undefined when it was stopped, or the execution was cancelled
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
	// Only the very first response shows whether the API's clock is behind, or ahead of the end.
	const moved = requester.apiTime(0) - offset;
	const isInside = moved >= -MARGIN && (until === undefined || moved <= MARGIN);
	if (reading?.kind !== 'read' || isInside) return reading;
	return await readRecord(requester, windowNow());
}

/**
 * Part of the record that is read once, and later only for what is new: for repeated reads, such as those of a node in
 * a loop. Changes to older messages after they were read are not seen.
 */
export class RunningRecord {
	private known?: { since: number; upTo: number; entries: Map<string, Entry> };

	/**
	 * Reads what is not known yet. What couldn't be read, or not completely, is read again next time.
	 * @param since how far back, in ms by this machine's clock
	 * @returns everything on record since then, possibly with older entries; undefined when it was stopped
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
