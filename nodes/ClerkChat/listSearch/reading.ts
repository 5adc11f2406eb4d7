import { NodeApiError, NodeOperationError } from 'n8n-workflow';
import type { IDataObject, ILoadOptionsFunctions } from 'n8n-workflow';
import { connect } from '../../api/connection';
import { apiError } from '../../api/errors';
import { wordsFor } from '../../api/faults';
import type { Words } from '../../api/faults';
import { collect, Collection, pageOf } from '../../api/pages';
import type { Page } from '../../api/pages';
import { Requester } from '../../api/requester';
import type { ApiRequest } from '../../api/requester';

/** How long a picker waits for an answer, in ms: somebody sits before it. */
const TIMEOUT = 30_000;

/** How many pages a picker looks through at most. */
const MOST_PAGES = 20;

/**
 * Reads a page of a list.
 * @throws NodeApiError, the only one of which n8n's editor shows what to do: in the words of every run, and how to do
 * without the list
 */
export type ReadPage = (request: ApiRequest) => Promise<Page>;

/**
 * Makes what reads pages for a picker, with one try for each.
 * @param byHand how to do without the list, such as `Or choose 'By ID' and enter it.`
 * @throws NodeApiError when the credential cannot be used
 */
export async function pageReader(
	functions: ILoadOptionsFunctions,
	byHand: string,
): Promise<ReadPage> {
	const node = functions.getNode();
	const requester = await Requester.create(
		{ node, connect: async () => await connect(functions) },
		{ transport: { timeout: TIMEOUT } },
	).catch((exception: Error) => {
		const { message, description } = new NodeOperationError(node, exception);
		throw pickerError(functions, { message, description: description ?? '' });
	});
	return async (request) => {
		const outcome = await requester.once(request, pageOf);
		if (outcome.kind === 'done') return outcome.result;
		const { fault } = outcome;
		const timezone = functions.getTimezone();
		const words = wordsFor(fault, { secrets: requester.secrets, timezone });
		const description = `${words.description} ${byHand}`;
		throw apiError(node, { ...words, description }, { fault });
	};
}

/** What a picker shows in place of its list. */
function pickerError(functions: ILoadOptionsFunctions, words: Words): NodeApiError {
	const { message, description } = words;
	return new NodeApiError(functions.getNode(), { message }, { message, description });
}

/** What to read of a list. */
interface Reading {
	/** Whether the endpoint takes `limit` and `page`. Others are followed by the links they give, if any. */
	paged: boolean;
	/** How many entries to read at most; all that fit on {@link pages} when left out. */
	wanted?: number;
	/** Which entries count; all when left out. */
	filter?: (entry: IDataObject) => boolean;
	/** How many pages to read at most. */
	pages?: number;
}

/** Reads a list from its beginning. */
export async function readList(
	read: ReadPage,
	url: string,
	{ paged, wanted = Infinity, filter, pages = MOST_PAGES }: Reading,
): Promise<IDataObject[]> {
	const collection = new Collection(wanted, filter);
	await collect(collection, { method: 'GET', url }, read, { paged, pages });
	return collection.all();
}
