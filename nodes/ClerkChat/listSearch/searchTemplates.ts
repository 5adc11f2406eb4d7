import type { ILoadOptionsFunctions, INodeListSearchResult } from 'n8n-workflow';
import { LARGEST_PAGE, pageOf } from '../reading/pages';
import type { Page } from '../reading/pages';
import { baseUrlOf } from '../requests/host';
import { isGiven } from '../shared/fields';

/**
 * Fills the template picker, a page at a time: name and the start of the text, so that people see what they choose.
 * The API has no search, so that a page is filtered here.
 * https://docs.clerk.chat/api-reference/messages/list-message-templates
 * @param filter what was typed into the picker
 * @param paginationToken number of the page, from 1, and how many templates were on those before
 */
export async function searchTemplates(
	this: ILoadOptionsFunctions,
	filter?: string,
	paginationToken?: string,
): Promise<INodeListSearchResult> {
	const [number, seenBefore] = (paginationToken ?? '1/0').split('/').map(Number);
	const baseURL = baseUrlOf(await this.getCredentials('clerkChatApi'));
	const answer: unknown = await this.helpers.httpRequestWithAuthentication.call(
		this,
		'clerkChatApi',
		{
			baseURL,
			url: '/public/message-templates',
			qs: { limit: LARGEST_PAGE, page: number },
			json: true,
			// The key would go along to the other host.
			disableFollowRedirect: true,
		},
	);
	const page = pageOf(answer) ?? { results: [] };
	const wanted = filter?.trim().toLowerCase() ?? '';
	const results = page.results
		.filter(({ name, body }) => `${String(name)} ${String(body)}`.toLowerCase().includes(wanted))
		.map(({ id, name, body }) => ({
			name: [name, shortened(body)].filter(isGiven).join(': ') || `Template ${String(id)}`,
			value: String(id),
		}));
	const seen = seenBefore + page.results.length;
	return { results, ...(hasMore(page, seen) && { paginationToken: `${number + 1}/${seen}` }) };
}

/** Whether there may be templates behind this page, also when the server's pages are smaller than asked for. */
function hasMore({ results, total }: Page, seen: number): boolean {
	if (results.length === 0) return false;
	return total === undefined ? results.length === LARGEST_PAGE : seen < total;
}

function shortened(text: unknown): string {
	const line = String(text ?? '')
		.replace(/\s+/g, ' ')
		.trim();
	return line.length > 80 ? `${line.slice(0, 79)}…` : line;
}
