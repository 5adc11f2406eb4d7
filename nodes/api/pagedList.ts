import type { IDataObject } from 'n8n-workflow';
import { idOf, timeOf } from './entry';
import type { Entry } from './entry';
import type { Fault } from './faults';
import { limits } from './limits';
import { LARGEST_PAGE, recordPageOf } from './pages';
import type { Page } from './pages';
import { PageSequence } from './pageSequence';
import type { ApiRequest, Requester } from './requester';
import { inTurns } from './turns';
import type { Job } from './turns';

/**
 * Which part of the record to read. Times are in ms, by the API's clock; Clerk Chat doesn't document what it compares
 * them with.
 */
export interface Window {
	start: number;
	end?: number;
	/** All inboxes when left out. */
	inboxIds?: string[];
}

/** What was read of the record, or why it couldn't be read. */
export type Reading =
	| {
			kind: 'read';
			/** Without duplicates, in no particular order. */
			entries: Entry[];
			/** Whether that is all there was. */
			isWhole: boolean;
			/** Why it is not whole, as a clause for people. */
			reason?: string;
	  }
	| { kind: 'failed'; fault: Fault };

/** One page, or why there is none: reading was stopped, or a request failed. */
type PageResult = Page | 'stopped' | { fault: Fault };

/** A window of the record, page by page. What one reading finds is kept for the next. */
export class PagedList {
	/** Whether another reading would end the same way. */
	isHopeless = false;

	private readonly entries = new Map<string, Entry>();

	/** Whether an earlier reading ended although `total` said that there was more. */
	private endedShort = false;

	private hasAskedForPage0 = false;

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

	/** Reads all pages once. @returns undefined when it was stopped */
	async read(): Promise<Reading | undefined> {
		const known = new Set(this.entries.keys());
		const newest = this.newest();
		const pages = new PageSequence();
		const first = await this.page(1);
		if (!isPage(first)) return without(first);
		pages.add(first);
		const rest = pages.state === 'reading' ? await this.pagesAfter(first) : [];
		let number = 2;
		while (pages.state === 'reading') {
			const page = rest.shift() ?? (await this.page(number));
			if (!isPage(page)) return without(page);
			pages.add(page);
			number++;
		}
		const { total } = first;
		const isShort = () => total !== undefined && total > this.entries.size;
		if (pages.state === 'ended' && isShort()) await this.askForPage0();
		if (pages.state === 'repeating') {
			this.isHopeless = true;
			const isAll = total === this.entries.size && first.results.length !== LARGEST_PAGE;
			return this.reading(isAll ? undefined : 'all its pages are the same');
		}
		// Messages that arrived in the meantime are newer than the known ones. An older one means that the last reading
		// missed some.
		const isNewer = ([id, entry]: [string, Entry]) => known.has(id) || timeOf(entry) >= newest;
		const isEnd = !isShort() || (this.endedShort && [...this.entries].every(isNewer));
		this.endedShort = true;
		return this.reading(isEnd ? undefined : 'it changed while being read');
	}

	/** The further pages that `total` implies, several at a time. Pages missing at their end were not asked for. */
	private async pagesAfter({ total = 0, results }: Page): Promise<PageResult[]> {
		const count = Math.ceil(total / Math.min(results.length || LARGEST_PAGE, LARGEST_PAGE));
		const jobs: Array<Job & { page: number }> = Array.from(
			{ length: Math.max(0, count - 1) },
			(_, index) => ({ page: index + 2 }),
		);
		const pages: PageResult[] = [];
		const known = new Set(results.map(idOf));
		let isOver = false;
		await inTurns(jobs, this.requester.concurrency, async ({ page }) => {
			if (isOver) return;
			const result = await this.page(page);
			pages[page - 2] = result;
			// A repeated first page also ends it.
			if (!isPage(result) || result.results.every((entry) => known.has(idOf(entry)))) isOver = true;
		});
		return pages;
	}

	/**
	 * If `total` exceeds the length of the list, its pages may be counted from 0. Otherwise page 0 is refused, or
	 * already known.
	 */
	private async askForPage0(): Promise<void> {
		if (!this.hasAskedForPage0) await this.page(0);
		this.hasAskedForPage0 = true;
	}

	private reading(reason: string | undefined): Reading {
		const entries = [...this.entries.values()];
		return reason === undefined
			? { kind: 'read', entries, isWhole: true }
			: { kind: 'read', entries, isWhole: false, reason };
	}

	private newest(): number {
		let newest = -Infinity;
		for (const entry of this.entries.values()) newest = Math.max(newest, timeOf(entry) || newest);
		return newest;
	}

	private async page(number: number): Promise<PageResult> {
		const outcome = await this.requester.perform<Page>(
			{ ...this.request, qs: { ...this.request.qs, page: number } },
			{ read: recordPageOf, repeatable: true, timeout: limits.recordTimeout },
		);
		if (!outcome) return 'stopped';
		if (outcome.kind !== 'done') return { fault: outcome.fault };
		for (const entry of outcome.result.results) this.entries.set(idOf(entry), entry);
		return outcome.result;
	}
}

function isPage(result: PageResult): result is Page {
	return result !== 'stopped' && !('fault' in result);
}

function without(result: Exclude<PageResult, Page>): Reading | undefined {
	return result === 'stopped' ? undefined : { kind: 'failed', fault: result.fault };
}
