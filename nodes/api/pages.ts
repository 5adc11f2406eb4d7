import type { IDataObject } from 'n8n-workflow';
import { isObject } from './bodies';
import type { ApiRequest } from './requester';

/** The largest page that the API returns (https://docs.clerk.chat/api-reference/messages/find-messages). */
export const LARGEST_PAGE = 50;

/** One page of a list, as far as the API describes it. */
export interface Page {
	results: IDataObject[];
	/** How many entries there are on all pages; undefined when the API doesn't say. */
	total?: number;
	/** Address of the next page; '' if there is none, undefined if the API doesn't say. */
	next?: string;
}

/**
 * A page from the body of a response.
 * @returns undefined when `data` is not a list
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
 * A page of the record from the body of a 2xx response. No body, `{}` and `data: null` count as an empty page.
 * @returns undefined when the body contains no list of messages
 */
export function recordPageOf(body: unknown, status = 200): Page | undefined {
	if (status === 204) return { results: [] };
	if (!isObject(body)) return undefined;
	if (Object.keys(body).length === 0 || body.data === null) return { results: [] };
	// Anything that doesn't look like a message may be one in an unknown form.
	return Array.isArray(body.data) && body.data.every(isObject) ? pageOf(body) : undefined;
}

/**
 * Whether there may be more after a page.
 * @param seen how many entries there were up to and including this page, counting repeated ones: that is what `total`
 * counts
 * @param pageSize how many entries the page could have; undefined when pages have no size
 */
export function hasMoreAfter(
	{ results, total, next }: Page,
	seen: number,
	pageSize: number | undefined,
): boolean {
	if (results.length === 0) return false;
	if (total !== undefined && seen < total) return true;
	if (next !== undefined) return next !== '';
	return total === undefined && pageSize !== undefined && results.length >= pageSize;
}

/** How many entries lists usually return if no number was requested. */
const USUAL_PAGE_SIZES = new Set([10, 15, 20, 25, 30, 50, 100, 200, 250, 500, 1000]);

/**
 * Whether a list may continue after its only page: nothing says that it ends there, and its length is a common page
 * size.
 */
function mayGoOn({ results, total, next }: Page): boolean {
	return total === undefined && next === undefined && USUAL_PAGE_SIZES.has(results.length);
}

/**
 * Whether pages, read until nothing new arrived, contain everything: as many entries as they announce, no link that
 * returns the same entries, and no single page that looks like the first of several.
 */
export function isWholeList(pages: Page[]): boolean {
	const last = pages.at(-1);
	const entries = new Set(pages.flatMap(({ results }) => results.map(identityOf)));
	if ((last?.total ?? 0) > entries.size) return false;
	if (last?.next && last.results.length > 0) return false;
	return !(pages.length === 1 && mayGoOn(pages[0]));
}

/** Collects the pages of one list and knows when it is complete. */
export class Collection {
	/** By identity; undefined for an entry that was not wanted. */
	private readonly results = new Map<string, IDataObject | undefined>();

	private passed = 0;

	/** Entries on all pages so far, including repeated ones. */
	private seen = 0;

	/**
	 * @param wanted how many results to collect at most
	 * @param filter which results to collect; all if left out
	 */
	constructor(
		private readonly wanted: number,
		private readonly filter: (result: IDataObject) => boolean = () => true,
	) {}

	/**
	 * Adds a page. An entry that appears again because pages shifted is kept once.
	 * @param pageSize how many entries the page could have; undefined when pages have no size
	 * @returns whether there may be more
	 */
	add(page: Page, pageSize: number | undefined): boolean {
		const before = this.results.size;
		for (const result of page.results) this.keep(identityOf(result), result);
		this.seen += page.results.length;
		// A page without anything new ends the list: otherwise a server that ignores the page number would be asked
		// forever.
		if (this.results.size === before || this.passed >= this.wanted) return false;
		return hasMoreAfter(page, this.seen, pageSize);
	}

	/** The results so far, at most as many as wanted. */
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
 * The request for the page after a given one.
 * @param paged whether the endpoint takes a page number, which the caller sets
 * @returns undefined when there is no known way to request it
 */
export function pageAfter(
	request: ApiRequest,
	{ next }: Page,
	paged: boolean,
): ApiRequest | undefined {
	if (paged) return request;
	// Only the query of the link is used: the key must not be sent to another host.
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
 * Reads a list into a collection, page by page.
 * @param first the request for the first page
 * @param ask makes a request; undefined stops reading
 * @param paged whether the endpoint takes `limit` and `page`
 * @param pages how many pages to read at most
 * @returns whether the collection has everything it wants; also false if there is no known way to request the rest
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
