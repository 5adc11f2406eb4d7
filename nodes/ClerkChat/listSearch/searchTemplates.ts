import { NodeOperationError } from 'n8n-workflow';
import type {
	IDataObject,
	ILoadOptionsFunctions,
	INodeListSearchItems,
	INodeListSearchResult,
} from 'n8n-workflow';
import { Collection, isMoreBehind, LARGEST_PAGE, pageOf } from '../../api/pages';
import type { Page } from '../../api/pages';
import { whyForbidden } from '../../api/allowedDomains';
import { baseUrlOf } from '../../api/connection';
import { isGiven } from '../fields/texts';

/** How many pages are looked through for a filter. */
const MOST_PAGES_SEARCHED = 20;

/**
 * Fills the template picker: name and the start of the text, so that people see what they choose. Without a filter it
 * gives a page at a time. With one it looks through all pages itself: the API has no search, and n8n's editor asks for
 * no further page while something is typed.
 * https://docs.clerk.chat/api-reference/messages/list-message-templates
 * @param filter what was typed into the picker
 * @param paginationToken number of the page, from 1, and how many templates were on those before
 */
export async function searchTemplates(
	this: ILoadOptionsFunctions,
	filter?: string,
	paginationToken?: string,
): Promise<INodeListSearchResult> {
	const credential = await this.getCredentials('clerkChatApi');
	const baseURL = baseUrlOf(credential);
	const forbidden = whyForbidden(credential, baseURL);
	if (forbidden) throw new NodeOperationError(this.getNode(), forbidden);
	const read = async (page: number): Promise<Page> => {
		const answer: unknown = await this.helpers.httpRequestWithAuthentication.call(
			this,
			'clerkChatApi',
			{
				baseURL,
				url: '/public/message-templates',
				qs: { limit: LARGEST_PAGE, page },
				json: true,
				// The key would go along to the other host.
				disableFollowRedirect: true,
			},
		);
		return pageOf(answer) ?? { results: [] };
	};
	const wanted = filter?.trim().toLowerCase() ?? '';
	if (wanted !== '') {
		const templates = new Collection(Infinity);
		let number = 1;
		while (number <= MOST_PAGES_SEARCHED && templates.add(await read(number), LARGEST_PAGE))
			number++;
		const found = templates
			.all()
			.filter(({ name, body }) => `${String(name)} ${String(body)}`.toLowerCase().includes(wanted));
		return { results: found.map(choiceOf) };
	}
	const [number, seenBefore] = (paginationToken ?? '1/0').split('/').map(Number);
	const page = await read(number);
	const seen = seenBefore + page.results.length;
	return {
		results: page.results.map(choiceOf),
		...(isMoreBehind(page, seen, LARGEST_PAGE) && { paginationToken: `${number + 1}/${seen}` }),
	};
}

function choiceOf({ id, name, body }: IDataObject): INodeListSearchItems {
	return {
		name: [name, shortened(body)].filter(isGiven).join(': ') || `Template ${String(id)}`,
		value: String(id),
	};
}

function shortened(text: unknown): string {
	const line = String(text ?? '')
		.replace(/\s+/g, ' ')
		.trim();
	return line.length > 80 ? `${line.slice(0, 79)}…` : line;
}
