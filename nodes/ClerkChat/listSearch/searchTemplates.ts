import type { ILoadOptionsFunctions, INodeListSearchResult } from 'n8n-workflow';
import { isObject } from '../shared/answers';

const PAGE_SIZE = 50;

/**
 * Fills the template picker, a page at a time: name and the start of the text, so that people see what they choose.
 * The API has no search, so that a page is filtered here.
 * https://docs.clerk.chat/api-reference/messages/list-message-templates
 * @param filter what was typed into the picker
 * @param paginationToken number of the page, from 1
 */
export async function searchTemplates(
	this: ILoadOptionsFunctions,
	filter?: string,
	paginationToken?: string,
): Promise<INodeListSearchResult> {
	const page = Number(paginationToken ?? 1);
	const { baseUrl } = await this.getCredentials<{ baseUrl: string }>('clerkChatApi');
	const answer: unknown = await this.helpers.httpRequestWithAuthentication.call(
		this,
		'clerkChatApi',
		{
			baseURL: baseUrl,
			url: '/public/message-templates',
			qs: { limit: PAGE_SIZE, page },
			json: true,
		},
	);
	const templates =
		isObject(answer) && Array.isArray(answer.data) ? answer.data.filter(isObject) : [];
	const wanted = filter?.toLowerCase() ?? '';
	const results = templates
		.map(({ id, name, body }) => ({
			name: [name, shortened(String(body ?? ''))].filter(Boolean).join(': '),
			value: String(id),
		}))
		.filter(({ name }) => name.toLowerCase().includes(wanted));
	return {
		results,
		...(templates.length === PAGE_SIZE && { paginationToken: String(page + 1) }),
	};
}

function shortened(text: string): string {
	const line = text.replace(/\s+/g, ' ').trim();
	return line.length > 80 ? `${line.slice(0, 79)}…` : line;
}
