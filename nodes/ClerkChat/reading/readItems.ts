import { NodeApiError, NodeOperationError } from 'n8n-workflow';
import type { IDataObject, INodeExecutionData } from 'n8n-workflow';
import { fieldsOf, throwIfCancelled } from '../host';
import type { Host } from '../host';
import type { Outcome } from '../../api/outcome';
import { Requester } from '../../api/requester';
import { readSettings } from '../description/requestSettings';
import { inTurns } from '../../api/turns';
import type { Job } from '../../api/turns';
import { apiError, endsAll, errorItem, wordsFor } from '../../api/errors';
import { booleanOf } from '../shared/fields';
import type { ApiRequest, ItemFields, Read } from '../operation';
import { Collection, LARGEST_PAGE, pageOf } from '../../api/pages';
import type { Page } from '../../api/pages';

/**
 * Reads a list for each input item, page after page.
 * @returns one item per result, linked to the input item it was read for; a failed one carries `error`
 * @throws NodeApiError or NodeOperationError for the first failed item when On Error is Stop
 */
export async function readItems(host: Host, read: Read): Promise<INodeExecutionData[]> {
	const settings = readSettings(host, {});
	const requester = await Requester.create(host, settings);
	const out: INodeExecutionData[][] = [];
	let end: ReadError | undefined;
	let cutShort = false;
	const onCutShort = () => (cutShort = true);
	const jobs: Array<Job & { item: number }> = Array.from({ length: host.itemCount }, (_, item) => ({
		item,
	}));
	await inTurns(jobs, settings.maxConcurrency, async ({ item }) => {
		const list = end ? undefined : await listFor(host, read, requester, item, onCutShort);
		if (Array.isArray(list)) {
			out[item] = list.map((json) => ({ json, pairedItem: { item } }));
		} else if (list) {
			out[item] = [errorItem(list, 'refused', item)];
			const status = list instanceof NodeApiError ? Number(list.httpCode) : undefined;
			if (!host.continueOnFail || endsAll({ status })) end ??= list;
		} else if (end) {
			out[item] = [errorItem(end, 'notTried', item)];
		}
		if (end) requester.stop();
	});
	throwIfCancelled(host);
	if (end && !host.continueOnFail) throw end;
	if (cutShort) {
		host.addHint?.(
			'Clerk Chat has more than what came out here, but gave no way to ask for the rest. Narrow down what you ask for.',
		);
	}
	return out.flat();
}

type ReadError = NodeApiError | NodeOperationError;

/**
 * The results for one item, or why there are none; undefined when it was stopped.
 * @param onCutShort called when there are more that cannot be asked for
 */
async function listFor(
	host: Host,
	read: Read,
	requester: Requester,
	item: number,
	onCutShort: () => void,
): Promise<IDataObject[] | ReadError | undefined> {
	try {
		const fields = fieldsOf(host, item);
		const collection = new Collection(wantedOf(fields));
		const { url, qs } = read.query(fields);
		const simplify =
			read.simplify && booleanOf(fields, 'Simplify', fields.get('simplify'))
				? read.simplify
				: undefined;
		// The same size for all pages: a smaller last one would start elsewhere.
		const pageSize = read.paged ? Math.min(LARGEST_PAGE, wantedOf(fields)) : undefined;
		let request: ApiRequest | undefined = {
			method: 'GET',
			url,
			qs: { ...qs, ...(pageSize !== undefined && { limit: pageSize }) },
		};
		for (let number = 1; request; number++) {
			if (read.paged) request.qs = { ...request.qs, page: number };
			const outcome: Outcome<Page> | undefined = await requester.perform(request, {
				read: pageOf,
				repeatable: true,
			});
			if (!outcome) return undefined;
			if (outcome.kind !== 'done') {
				const { fault } = outcome;
				const words = wordsFor(fault, {
					secrets: requester.secrets,
					timezone: host.timezone,
				});
				return apiError(host.node, words, { fault, itemIndex: item });
			}
			const more = collection.add(outcome.result, pageSize);
			request = more ? nextRequest(request, read.paged, outcome.result) : undefined;
			if (more && !request) onCutShort();
		}
		const results = collection.all();
		return simplify ? results.map(simplify) : results;
	} catch (exception) {
		return new NodeOperationError(host.node, exception as Error, { itemIndex: item });
	}
}

/** How many results the fields 'Return All' and 'Limit' ask for. */
function wantedOf(item: ItemFields): number {
	if (booleanOf(item, 'Return All', item.get('returnAll'))) return Infinity;
	const limit = Number(item.get('limit'));
	if (Number.isInteger(limit) && limit > 0) return limit;
	throw item.refuse("'Limit' is not a number of results", 'Enter a whole number from 1 up.');
}

/** The request for the page after this one; undefined when nothing tells how to ask for it. */
function nextRequest(request: ApiRequest, paged: boolean, { next }: Page): ApiRequest | undefined {
	if (paged) return request;
	// Only the query of the link is used: the key must not go to another host.
	const query = next?.split('?')[1];
	if (!query) return undefined;
	const qs: IDataObject = {};
	for (const [name, value] of new URLSearchParams(query)) {
		const earlier = qs[name];
		qs[name] = earlier === undefined ? value : [earlier, value].flat();
	}
	return { ...request, qs: { ...request.qs, ...qs } };
}
