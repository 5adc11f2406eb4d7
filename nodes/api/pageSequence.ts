import { idOf } from './entry';
import { LARGEST_PAGE } from './pages';
import type { Page } from './pages';

/**
 * How far a list has been read.
 * - `reading`: there may be more.
 * - `ended`: a page showed that it is the last one.
 * - `repeating`: every page has the same entries, so nobody knows whether there are more.
 */
export type ListState = 'reading' | 'ended' | 'repeating';

/** Page sizes that a server may use even if more is requested: a page of exactly that length may be a full one. */
const USUAL_SIZES = new Set([10, 20, 25, LARGEST_PAGE]);

/** After how many pages in a row without anything new a list counts as repeating itself. */
const STALE_PAGES = 3;

/**
 * Determines from the pages of a list, in order, when it has ended. If `total` or the links say that a full page is the
 * last one, that isn't trusted; the next page has to confirm it.
 */
export class PageSequence {
	state: ListState = 'reading';

	private count = 0;

	/** Entries on all pages, including repeated ones: that is what `total` counts. */
	private seen = 0;

	/** The longest page so far. */
	private size = 0;

	private readonly ids = new Set<string>();

	private stale = 0;

	private first = '';

	private last = '';

	/** Adds the next page. @returns the state after it */
	add(page: Page): ListState {
		const before = this.ids.size;
		const ids = page.results.map(idOf).sort();
		for (const id of ids) this.ids.add(id);
		this.count++;
		this.seen += ids.length;
		this.stale = this.ids.size === before ? this.stale + 1 : 0;
		this.state = this.stateAfter(page, ids.join());
		this.size = Math.max(this.size, ids.length);
		this.last = ids.join();
		if (this.count === 1) this.first = this.last;
		return this.state;
	}

	private stateAfter({ results, total, next }: Page, ids: string): ListState {
		if (results.length === 0) return 'ended';
		if (this.count > 1 && ids === this.first) return 'repeating';
		// Past the end, the last page may be returned again.
		if (this.count > 2 && ids === this.last) return 'ended';
		if (this.stale >= STALE_PAGES) return 'repeating';
		if ((total !== undefined && total > this.seen) || next) return 'reading';
		const isLast =
			this.count > 1
				? results.length < this.size
				: !USUAL_SIZES.has(results.length) &&
					results.length < LARGEST_PAGE &&
					(total === results.length || total === undefined);
		return isLast ? 'ended' : 'reading';
	}
}
