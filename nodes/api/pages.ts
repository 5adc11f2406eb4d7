import type { IDataObject } from 'n8n-workflow';
import { isObject } from './bodies';
import type { ApiRequest } from './requester';

/** The largest page that the API gives (https://docs.clerk.chat/api-reference/messages/find-messages). */
export const LARGEST_PAGE = 50;

/** One page of a list, as far as the API gave it. */
export interface Page {
	results: IDataObject[];
	/** How many there are on all pages; undefined when it does not say. */
	total?: number;
	/** Address of the next page; '' when it says there is none, undefined when it does not say. */
	next?: string;
}

/**
 * A page from the body of an answer.
 * @returns undefined when the body holds no list in `data`
 */
export function pageOf(body: unknown): Page | undefined {
	if (!isObject(body) || !Array.isArray(body.data)) return undefined;
	const { total, links } = body;
	const next = isObject(links) && 'next' in links ? (links.next ?? '') : undefined;
	return {
		results: body.data.filter(isObject),
		...(typeof total === 'number' && { total }),
		...(typeof next === 'string' && { next }),
	};
}

/**
 * A page of the record from the body of a 2xx answer. No body, `{}` and `data: null` are an empty one.
 * @returns undefined when the body holds no list of messages
 */
export function recordPageOf(body: unknown, status = 200): Page | undefined {
	if (status === 204) return { results: [] };
	if (!isObject(body)) return undefined;
	if (Object.keys(body).length === 0 || body.data === null) return { results: [] };
	// What is no message may be one in a form that is not known.
	return Array.isArray(body.data) && body.data.every(isObject) ? pageOf(body) : undefined;
}

/**
 * Whether there may be more after a page.
 * @param seen how many entries were on this page and those before, repeated ones too: that is what `total` counts
 * @param pageSize how many entries the page could have held; undefined when pages have no size
 */
export function isMoreBehind(
	{ results, total, next }: Page,
	seen: number,
	pageSize: number | undefined,
): boolean {
	if (results.length === 0) return false;
	if (total !== undefined && seen < total) return true;
	if (next !== undefined) return next !== '';
	return total === undefined && pageSize !== undefined && results.length >= pageSize;
}

/** How many entries a list gives at once, as a rule, when nobody asked for a number. */
const USUAL_PAGE_SIZES = new Set([10, 15, 20, 25, 30, 50, 100, 200, 250, 500, 1000]);

/** Whether a list may go on after its only page: nothing tells that it ends there, and it is as long as pages usually are. */
function mayGoOn({ results, total, next }: Page): boolean {
	return total === undefined && next === undefined && USUAL_PAGE_SIZES.has(results.length);
}

/**
 * Whether pages, read until nothing new came, hold all that there is: as many entries as they tell of, no link that leads to
 * the same entries again, and no single page that looks like the first of several.
 */
export function isWholeList(pages: Page[]): boolean {
	const last = pages.at(-1);
	const entries = new Set(pages.flatMap(({ results }) => results.map(identityOf)));
	if ((last?.total ?? 0) > entries.size) return false;
	if (last?.next && last.results.length > 0) return false;
	return !(pages.length === 1 && mayGoOn(pages[0]));
}

/** Collects the pages of one list and tells when it has all. */
export class Collection {
	/** By identity; nothing for one that was not wanted. */
	private readonly results = new Map<string, IDataObject | undefined>();

	private passed = 0;

	/** Entries on all pages so far, repeated ones too. */
	private seen = 0;

	/**
	 * @param wanted how many results are wanted at most
	 * @param filter which of them are wanted; all when left out
	 */
	constructor(
		private readonly wanted: number,
		private readonly filter: (result: IDataObject) => boolean = () => true,
	) {}

	/**
	 * Adds a page. An entry that a shifted page shows again is kept once.
	 * @param pageSize how many entries the page could have held; undefined when pages have no size
	 * @returns whether there may be more
	 */
	add(page: Page, pageSize: number | undefined): boolean {
		const before = this.results.size;
		for (const result of page.results) this.keep(identityOf(result), result);
		this.seen += page.results.length;
		// A page that brings nothing new ends it: otherwise a server that ignores the page number is asked forever.
		if (this.results.size === before || this.passed >= this.wanted) return false;
		return isMoreBehind(page, this.seen, pageSize);
	}

	/** The results so far, no more than wanted. */
	all(): IDataObject[] {
		const passed = [...this.results.values()].filter((result) => result !== undefined);
		return passed.slice(0, this.wanted);
	}

	private keep(identity: string, result: IDataObject): void {
		const before = this.results.get(identity);
		const isWanted = before !== undefined || this.filter(result);
		if (isWanted && before === undefined) this.passed++;
		this.results.set(identity, isWanted ? result : undefined);
	}
}

function identityOf(result: IDataObject): string {
	return JSON.stringify(result.id ?? result);
}

/**
 * The request for the page after one.
 * @param paged whether the endpoint takes the number of a page, which whoever asks puts in
 * @returns undefined when nothing tells how to ask for it
 */
export function pageAfter(
	request: ApiRequest,
	{ next }: Page,
	paged: boolean,
): ApiRequest | undefined {
	if (paged) return request;
	// Only the query of the link is used: the key must not go to another host.
	const query = next?.split('?')[1];
	if (!query) return undefined;
	const qs: IDataObject = {};
	for (const [name, value] of new URLSearchParams(query)) {
		const earlier = qs[name];
		qs[name] = earlier === undefined ? value : [earlier, value].flat();
	}
	return { ...request, qs: { ...request.qs, ...qs } };
}

/**
 * Reads a list into a collection, page after page.
 * @param first the request for the first page
 * @param ask makes a request; undefined ends the reading
 * @param paged whether the endpoint takes `limit` and `page`
 * @param pages how many pages to read at most
 * @returns whether the collection has all that it wants; false also when nothing tells how to ask for the rest
 */
export async function collect(
	collection: Collection,
	first: ApiRequest,
	ask: (request: ApiRequest) => Promise<Page | undefined>,
	{ paged, pages = Infinity }: { paged: boolean; pages?: number },
): Promise<boolean> {
	const size = paged ? LARGEST_PAGE : undefined;
	let request: ApiRequest | undefined = first;
	for (let number = 1; request && number <= pages; number++) {
		const page = await ask(
			paged ? { ...request, qs: { ...request.qs, limit: size, page: number } } : request,
		);
		if (!page) return false;
		if (!collection.add(page, size)) return true;
		request = pageAfter(request, page, paged);
	}
	return false;
}
