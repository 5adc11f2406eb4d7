import type {
	IDataObject,
	ILoadOptionsFunctions,
	INodeListSearchItems,
	INodeListSearchResult,
} from 'n8n-workflow';
import { addressOf } from '../../api/matching';
import { isGiven } from '../fields/texts';
import { pageReader, readList } from './reading';

/** How many choices the editor gets at a time. */
const CHOICES_AT_A_TIME = 100;

/** How many choices a search gives at most: whoever has more goes on typing. */
const MOST_FOUND = 200;

/** A list of people of which one is picked. */
export interface People {
	/** The endpoint of the list. */
	url: string;
	/** What a person is called, such as `Contact`, for those who have neither name nor address. */
	thing: string;
	nameOf: (person: IDataObject) => unknown;
	/** Where a person is reached, the most telling one first; the first one is shown after the name. */
	addressesOf: (person: IDataObject) => unknown[];
}

/**
 * Fills a picker with people of a list that the API neither searches nor cuts into pages as far as is known, so that is
 * done here. n8n's editor asks for more when somebody scrolls, but not while something is typed.
 * @param filter what was typed into the picker
 * @param paginationToken how many were given before
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
 * Tells whether one of several texts holds what was typed into a picker, in whatever case; of a phone number, also when
 * it is written in another way. Undefined when nothing was typed.
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
