import type { Answer } from '../answer';
import type { Call } from './handler';

const defaultLimit = 50;

/**
 * Cuts one page out of a list, according to the query's `limit` and `page`.
 *
 * @param call the request
 * @param all every entry, in the order of the list
 * @returns 200 with `data`, `total` and `links`; `next` and `prev` are left out if there is no such page
 */
export function pageAnswer(call: Call, all: unknown[]): Answer {
	const limit = Math.max(1, Number(call.query.limit ?? defaultLimit));
	const page = Math.max(1, Number(call.query.page ?? 1));
	const data = all.slice((page - 1) * limit, page * limit);
	const linkTo = (target: number) => {
		const link = new URL(call.url);
		link.searchParams.set('limit', String(limit));
		link.searchParams.set('page', String(target));
		return link.href;
	};
	const links: Record<string, string> = { self: linkTo(page) };
	if (page * limit < all.length) links.next = linkTo(page + 1);
	if (page > 1) links.prev = linkTo(page - 1);
	return { status: 200, json: { data, total: all.length, links } };
}
