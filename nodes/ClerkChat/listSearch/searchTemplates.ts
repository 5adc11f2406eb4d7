import type {
	IDataObject,
	ILoadOptionsFunctions,
	INodeListSearchItems,
	INodeListSearchResult,
} from 'n8n-workflow';
import { hasMoreAfter, LARGEST_PAGE } from '../../api/pages';
import { isGiven } from '../fields/texts';
import { searchedFor } from './choices';
import { pageReader, readList } from './reading';

/**
 * Fills the template picker with names and the start of each text, so that people see what they choose. Without a
 * filter, it returns one page at a time. With a filter, it searches all pages itself: the API has no search, and n8n's
 * editor doesn't load further pages while the user types.
 * https://docs.clerk.chat/api-reference/messages/list-message-templates
 * @param filter what the user typed into the picker
 * @param paginationToken the page number, from 1, and how many templates the pages before it had
 */
export async function searchTemplates(
	this: ILoadOptionsFunctions,
	filter?: string,
	paginationToken?: string,
): Promise<INodeListSearchResult> {
	const read = await pageReader(this, "Or choose 'By ID' and enter the ID.");
	const url = '/public/message-templates';
	const searched = searchedFor(filter);
	if (searched) {
		const matches = ({ name, body }: IDataObject) => searched([name, body]);
		const found = await readList(read, url, { paged: true, filter: matches });
		return { results: found.map(choiceOf) };
	}
	const [number, seenBefore] = (paginationToken ?? '1/0').split('/').map(Number);
	const page = await read({ method: 'GET', url, qs: { limit: LARGEST_PAGE, page: number } });
	const seen = seenBefore + page.results.length;
	return {
		results: page.results.map(choiceOf),
		...(hasMoreAfter(page, seen, LARGEST_PAGE) && { paginationToken: `${number + 1}/${seen}` }),
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
