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

/** How long a picker waits for a response, in ms: a user is waiting for it. */
const TIMEOUT = 30_000;

/** The most pages that a picker reads. */
const MOST_PAGES = 20;

/**
 * Reads one page of a list.
 * @throws NodeApiError, the only error whose description n8n's editor shows. It uses the same words as a run, and says
 * how to do without the list.
 */
export type ReadPage = (request: ApiRequest) => Promise<Page>;

/**
 * Creates the function that reads a picker's pages. It tries each page once.
 * @param byHand how to do without the list, such as `Or choose 'By ID' and enter it.`
 * @throws NodeApiError if the credential is unusable
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

/** The error that a picker shows instead of its list. */
function pickerError(functions: ILoadOptionsFunctions, words: Words): NodeApiError {
	const { message, description } = words;
	return new NodeApiError(functions.getNode(), { message }, { message, description });
}

/** Which part of a list to read. */
interface Reading {
	/** Whether the endpoint takes `limit` and `page`. Otherwise, the links in its responses are followed, if any. */
	paged: boolean;
	/** The most entries to read; if left out, everything on {@link pages}. */
	wanted?: number;
	/** Which entries to return; all if left out. */
	filter?: (entry: IDataObject) => boolean;
	/** The most pages to read. */
	pages?: number;
}

/** Reads a list from the start. */
export async function readList(
	read: ReadPage,
	url: string,
	{ paged, wanted = Infinity, filter, pages = MOST_PAGES }: Reading,
): Promise<IDataObject[]> {
	const collection = new Collection(wanted, filter);
	await collect(collection, { method: 'GET', url }, read, { paged, pages });
	return collection.all();
}
