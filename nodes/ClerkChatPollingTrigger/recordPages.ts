import type { IDataObject } from 'n8n-workflow';
import type { Fault } from '../api/faults';
import { limits } from '../api/limits';
import { LARGEST_PAGE, recordPageOf } from '../api/pages';
import type { Page } from '../api/pages';
import { idOf, timeOf } from '../api/record';
import type { Entry, Window } from '../api/record';
import type { Requester } from '../api/requester';

/** What was read of a window of the record, or why nothing could be read. */
export type PagesRead =
	| {
			/** Without duplicates, in no particular order. */
			entries: Entry[];
			/** Whether that is everything, from the first requested page on. */
			isWhole: boolean;
			/** The page to continue with, if the page limit was reached. */
			next?: number;
			/** How many entries the API says there are on all pages. */
			total?: number;
			/** Whether time ran out. */
			isOutOfTime?: boolean;
	  }
	| { fault: Fault };

/** Which pages to read. */
export interface Pages {
	/** The first page, from 1. */
	first?: number;
	/** How many pages to read at most. */
	most: number;
}

/** How many times to read a list again if it has fewer entries than its `total`. */
const READINGS = 3;

/** After how many pages in a row without anything new a list is assumed to ignore `page`. */
const STALE_PAGES = 3;

/**
 * Reads pages of the record one after another. A page that is not full is the last one, whatever `total` and the links
 * say: Clerk Chat doesn't document what they count.
 */
export async function readPages(
	requester: Requester,
	window: Window,
	{ first = 1, most }: Pages,
): Promise<PagesRead> {
	const entries = new Map<string, Entry>();
	let total: number | undefined;
	let endsSeen = 0;
	let newest = -Infinity;
	for (let reading = 1; ; reading++) {
		const known = new Set(entries.keys());
		const shown = new Set<string>();
		let seen = 0;
		let stale = 0;
		let page: Page | undefined;
		for (let number = first; ; number++) {
			if (number - first >= most) {
				return { entries: [...entries.values()], isWhole: false, next: number, total };
			}
			const outcome = await requester.perform(requestFor(window, number), {
				read: recordPageOf,
				repeatable: true,
				timeout: limits.recordTimeout,
			});
			if (outcome && outcome.kind !== 'done') return { fault: outcome.fault };
			if (!outcome) {
				if (entries.size === 0) return { fault: { connection: 'timeout' } };
				return {
					entries: [...entries.values()],
					isWhole: false,
					next: number,
					total,
					isOutOfTime: true,
				};
			}
			page = outcome.result;
			total = page.total ?? total;
			seen += page.results.length;
			const before = shown.size;
			for (const entry of page.results) {
				shown.add(idOf(entry));
				entries.set(idOf(entry), entry);
			}
			stale = shown.size === before ? stale + 1 : 0;
			const isMore = mayBeMore(page, (first - 1) * LARGEST_PAGE + seen);
			if (!isMore || stale >= STALE_PAGES) break;
			if (number === first && (total ?? 0) > most * LARGEST_PAGE) {
				return { entries: [...entries.values()], isWhole: false, next: number + 1, total };
			}
		}
		if (page.results.length === 0) endsSeen++;
		// Messages that arrived in the meantime are newer than the known ones. Older ones mean that others were missed.
		const isOld = ([id, entry]: [string, Entry]) => !known.has(id) && timeOf(entry) < newest;
		const isEnd = endsSeen > 1 && ![...entries].some(isOld);
		const isShort = first === 1 && entries.size < (total ?? 0);
		const isWhole = stale < STALE_PAGES && (!isShort || isEnd);
		if (isWhole || reading === READINGS) return { entries: [...entries.values()], isWhole, total };
		for (const entry of entries.values()) if (timeOf(entry) > newest) newest = timeOf(entry);
	}
}

function mayBeMore({ results, total, next }: Page, seen: number): boolean {
	if (results.length === 0) return false;
	return results.length >= LARGEST_PAGE || seen < (total ?? 0) || Boolean(next);
}

function requestFor({ start, end, inboxIds }: Window, page: number) {
	const qs: IDataObject = { limit: LARGEST_PAGE, start: new Date(start).toISOString() };
	if (end !== undefined) qs.end = new Date(end).toISOString();
	if (inboxIds && inboxIds.length > 0) qs.inboxIds = inboxIds;
	return { method: 'GET' as const, url: '/public/messages', qs: { ...qs, page } };
}
