import type { IDataObject } from 'n8n-workflow';
import type { Fault } from './faults';
import { limits } from './limits';
import type { Outcome } from './outcome';
import { isMoreBehind, LARGEST_PAGE, pageOf } from './pages';
import type { Page } from './pages';
import type { ApiRequest, Requester } from './requester';
import { inTurns } from './turns';
import type { Job } from './turns';

/** A message on Clerk Chat's record, as the API gives it (`MessageObject`). */
export type Entry = IDataObject;

/** Which part of the record to read. Times are the API's own, in ms; what the API compares them with is not documented. */
export interface Window {
	start: number;
	end?: number;
	/** All inboxes when left out. */
	inboxIds?: string[];
}

/** What was read of the record, or why it could not be read. */
export type Reading =
	| {
			kind: 'read';
			/** Each once, in no particular order. */
			entries: Entry[];
			/** Whether that is all there was; false when the list kept changing, or ends before its `total` only once. */
			isWhole: boolean;
	  }
	| { kind: 'failed'; fault: Fault };

/** How often the record is read anew when entries slipped from page to page meanwhile. */
const READINGS = 3;

/** After how many pages in a row that bring nothing new a list without a `total` is taken for read. */
const STALE_PAGES = 3;

/** How far the window reaches back beyond what is asked for, in ms: the two clocks may differ a little. */
const MARGIN = 60_000;

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
		const came = await list.read();
		if (!came || came.kind === 'failed') return came;
		if (came.isWhole || reading === READINGS) return came;
	}
}

/**
 * Reads what was recorded since a time of this machine's clock, in ms.
 * @returns undefined when it was stopped, or the execution cancelled
 */
export async function readRecordSince(
	requester: Requester,
	since: number,
	inboxIds?: string[],
): Promise<Reading | undefined> {
	const start = requester.apiTime(since) - MARGIN;
	const reading = await readRecord(requester, { start, inboxIds });
	// The first answer of all told that the API's clock is behind.
	const told = requester.apiTime(since);
	if (reading?.kind !== 'read' || told >= start) return reading;
	return await readRecord(requester, { start: told - MARGIN, inboxIds });
}

class PagedList {
	private readonly entries = new Map<string, Entry>();

	private fault?: Fault;

	private isStopped = false;

	/** Whether this reading came to a page behind the last entry, whatever `total` says. */
	private sawEnd = false;

	/** Whether the reading before ended there as well. */
	private sawEndBefore = false;

	private readonly request: ApiRequest;

	constructor(
		private readonly requester: Requester,
		{ start, end, inboxIds }: Window,
	) {
		const qs: IDataObject = { limit: LARGEST_PAGE, start: new Date(start).toISOString() };
		if (end !== undefined) qs.end = new Date(end).toISOString();
		if (inboxIds && inboxIds.length > 0) qs.inboxIds = inboxIds;
		this.request = { method: 'GET', url: '/public/messages', qs };
	}

	/** Reads all pages once. What an earlier reading found is kept. */
	async read(): Promise<Reading | undefined> {
		const known = new Set(this.entries.keys());
		let newest = -Infinity;
		for (const entry of this.entries.values()) if (timeOf(entry) > newest) newest = timeOf(entry);
		this.sawEndBefore = this.sawEnd;
		this.sawEnd = false;
		const first = await this.page(1);
		const total = first?.total;
		const pageSize = Math.min(first?.results.length || LARGEST_PAGE, LARGEST_PAGE);
		let number = 2;
		let last = first;
		let stale = 0;
		if (total !== undefined) {
			// The rest is asked for several pages at a time.
			const count = Math.ceil(total / pageSize);
			const rest: Array<Job & { page: number }> = Array.from(
				{ length: Math.max(0, count - 1) },
				(_, index) => ({ page: index + 2 }),
			);
			await inTurns(rest, this.requester.concurrency, async ({ page }) => {
				const read = this.isOver ? undefined : await this.page(page);
				if (page === count) last = read;
			});
			number = Math.max(number, count + 1);
		}
		let seen = (number - 2) * pageSize + (last?.results.length ?? 0);
		while (last && !this.isOver && isMoreBehind(last, seen, LARGEST_PAGE) && stale < STALE_PAGES) {
			const before = this.entries.size;
			last = await this.page(number++);
			seen += last?.results.length ?? 0;
			stale = this.entries.size === before ? stale + 1 : 0;
		}
		if (this.fault) return { kind: 'failed', fault: this.fault };
		if (this.isStopped) return undefined;
		// What `total` counts is not documented, and an empty page may be a slip: the end counts when it is there twice.
		// Messages that came meanwhile are newer than those before; others were missed there.
		const isNewer = ([id, entry]: [string, Entry]) => known.has(id) || timeOf(entry) >= newest;
		const isEnd = this.sawEnd && this.sawEndBefore && [...this.entries].every(isNewer);
		const isWhole = isEnd || total === undefined || this.entries.size >= total;
		return { kind: 'read', entries: [...this.entries.values()], isWhole };
	}

	private get isOver(): boolean {
		return this.isStopped || this.fault !== undefined || this.sawEnd;
	}

	private async page(number: number): Promise<Page | undefined> {
		const outcome: Outcome<Page> | undefined = await this.requester.perform(
			{ ...this.request, qs: { ...this.request.qs, page: number } },
			{ read: pageOf, repeatable: true, timeout: limits.recordTimeout },
		);
		if (!outcome) {
			this.isStopped = true;
			return undefined;
		}
		if (outcome.kind !== 'done') {
			this.fault ??= outcome.fault;
			return undefined;
		}
		const { results } = outcome.result;
		if (results.length === 0) this.sawEnd = true;
		for (const entry of results) this.entries.set(idOf(entry), entry);
		return outcome.result;
	}
}

/** What tells an entry from all others. */
export function idOf(entry: Entry): string {
	return JSON.stringify(entry.id ?? entry);
}

/**
 * When a message was sent or came in, in ms by the API's clock.
 * @returns NaN when the entry does not say
 */
export function timeOf({ timestamp, created }: Entry): number {
	const time = timeIn(timestamp);
	return Number.isNaN(time) ? timeIn(created) : time;
}

/** A time that says no zone. JavaScript would take it for one of this machine's zone. */
const WITHOUT_ZONE = /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d+)?)?$/;

/**
 * A time in a field of the API, in ms; one without a zone is in UTC.
 * @returns NaN when the field holds none
 */
export function timeIn(value: unknown): number {
	const text = String(value).trim();
	return Date.parse(WITHOUT_ZONE.test(text) ? `${text.replace(' ', 'T')}Z` : text);
}
