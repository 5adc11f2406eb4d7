import type {
	IDataObject,
	ILoadOptionsFunctions,
	INodeListSearchItems,
	INodeListSearchResult,
} from 'n8n-workflow';
import { addressOf } from '../../api/matching';
import { isGiven } from '../fields/texts';
import { pageReader, readList } from './reading';

/** How many choices the editor gets per page. */
const CHOICES_AT_A_TIME = 100;

/** The most choices that a search returns. To narrow down more, people keep typing. */
const MOST_FOUND = 200;

/** A list of people to pick from. */
export interface People {
	/** The list's endpoint. */
	url: string;
	/** What to call a person without a name or address, such as `Contact`. */
	thing: string;
	nameOf: (person: IDataObject) => unknown;
	/** A person's addresses, most useful first. The first one is shown after the name. */
	addressesOf: (person: IDataObject) => unknown[];
}

/**
 * Fills a picker with people from a list. The API is not known to search or page it, so this function does both. n8n's
 * editor loads more choices when the user scrolls, but not while they type a filter.
 * @param filter what the user typed into the picker
 * @param paginationToken how many choices were returned before
 */
export async function choicesAmong(
	functions: ILoadOptionsFunctions,
	{ url, thing, nameOf, addressesOf }: People,
	filter?: string,
	paginationToken?: string,
): Promise<INodeListSearchResult> {
	const read = await pageReader(functions, "Or choose 'By ID' and enter the ID.");
	const searched = searchedFor(filter);
	const textsOf = (person: IDataObject) => [nameOf(person), ...addressesOf(person)];
	const choiceOf = (person: IDataObject): INodeListSearchItems => {
		const id = String(person.id);
		const [name, address] = [nameOf(person), ...addressesOf(person)].filter(isGiven);
		return {
			name:
				name && address ? `${String(name)} (${String(address)})` : String(name ?? `${thing} ${id}`),
			value: id,
		};
	};
	const before = searched ? 0 : Number(paginationToken ?? 0);
	const after = before + (searched ? MOST_FOUND : CHOICES_AT_A_TIME);
	const people = await readList(read, url, {
		paged: false,
		wanted: after + 1,
		filter: (person) => isGiven(person.id) && (searched?.(textsOf(person)) ?? true),
	});
	return {
		results: people.slice(before, after).map(choiceOf),
		...(!searched && people.length > after && { paginationToken: String(after) }),
	};
}

/**
 * Returns a test for whether any of several texts contains what was typed into a picker. It ignores case, and the
 * format of phone numbers. Undefined if nothing was typed.
 */
export function searchedFor(filter = ''): ((texts: unknown[]) => boolean) | undefined {
	const wanted = filter.trim().toLowerCase();
	if (wanted === '') return undefined;
	const digits = addressOf(wanted);
	return (texts) =>
		texts
			.filter(isGiven)
			.some(
				(text) =>
					String(text).toLowerCase().includes(wanted) ||
					(/^\d+$/.test(digits) && addressOf(text).includes(digits)),
			);
}
