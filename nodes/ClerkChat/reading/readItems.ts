import { NodeApiError, NodeOperationError } from 'n8n-workflow';
import type { IDataObject, INodeExecutionData } from 'n8n-workflow';
import { apiError, errorItem } from '../../api/errors';
import { wordsFor } from '../../api/faults';
import { meaningOf } from '../../api/statuses';
import type { Outcome } from '../../api/outcome';
import { Collection, pageAfter, pageOf } from '../../api/pages';
import type { Page } from '../../api/pages';
import { Requester } from '../../api/requester';
import type { ApiRequest } from '../../api/requester';
import { inTurns } from '../../api/turns';
import type { Job } from '../../api/turns';
import { shapeOf } from '../description/toolOutput';
import { readRequestOptions } from '../description/requestOptions';
import { boolean, resultLimitOf } from '../fields/readers';
import { fieldsOf, throwIfCancelled } from '../host';
import type { Host } from '../host';
import type { OfList } from '../operation';
import { requestOf } from '../request';

/**
 * Reads a list for each input item, page by page.
 * @returns one item per result, linked to the input item it was read for; a failed one has an `error`
 * @throws NodeApiError or NodeOperationError for the first failed item if On Error is Stop
 */
export async function readItems(host: Host, operation: OfList): Promise<INodeExecutionData[]> {
	const requester = await Requester.create(host, readRequestOptions(host));
	const out: INodeExecutionData[][] = [];
	let end: ReadError | undefined;
	let cutShort = false;
	const onCutShort = () => (cutShort = true);
	const jobs: Array<Job & { item: number }> = Array.from({ length: host.itemCount }, (_, item) => ({
		item,
	}));
	await inTurns(jobs, requester.concurrency, async ({ item }) => {
		const list = end ? undefined : await listFor(host, operation, requester, item, onCutShort);
		if (Array.isArray(list)) {
			out[item] = list.map((json) => ({ json, pairedItem: { item } }));
		} else if (list) {
			out[item] = [errorItem(list, { outcome: 'refused', item })];
			const status = list instanceof NodeApiError ? Number(list.httpCode) : undefined;
			if (!host.continueOnFail || meaningOf({ status }).endsAll) end ??= list;
		} else if (end) {
			out[item] = [errorItem(end, { outcome: 'notTried', item })];
		}
		if (end) requester.stop();
	});
	throwIfCancelled(host);
	if (end && !host.continueOnFail) throw end;
	if (cutShort) {
		host.addHint?.(
			'Clerk Chat has more results than these, but provides no way to get the rest. Add filters to narrow your request.',
		);
	}
	return out.flat();
}

type ReadError = NodeApiError | NodeOperationError;

/**
 * The results for one item, or why it failed; undefined if the execution was cancelled.
 * @param onCutShort called if there are more results, but no way to request them
 */
async function listFor(
	host: Host,
	operation: OfList,
	requester: Requester,
	item: number,
	onCutShort: () => void,
): Promise<IDataObject[] | ReadError | undefined> {
	try {
		const fields = fieldsOf(host, item);
		const { simplify, paged, filter } = operation.list;
		const isSimple = simplify && boolean(fields, 'Simplify', fields.get('simplify'));
		const shape = shapeOf(fields, simplify, Boolean(isSimple));
		const collection = new Collection(resultLimitOf(fields), filter?.(fields));
		let request: ApiRequest | undefined = requestOf(operation, fields);
		const pageSize = paged ? Number(request.qs?.limit) : undefined;
		for (let number = 1; request; number++) {
			if (paged) request.qs = { ...request.qs, page: number };
			const outcome: Outcome<Page> | undefined = await requester.perform(request, {
				read: pageOf,
				repeatable: true,
			});
			if (!outcome) return undefined;
			if (outcome.kind !== 'done') {
				const { fault } = outcome;
				const { secrets } = requester;
				const words = wordsFor(fault, { secrets, timezone: host.timezone });
				return apiError(host.node, words, { fault, itemIndex: item });
			}
			const more = collection.add(outcome.result, pageSize);
			request = more ? pageAfter(request, outcome.result, paged) : undefined;
			if (more && !request) onCutShort();
		}
		const results = collection.all();
		return shape ? results.map(shape) : results;
	} catch (exception) {
		return new NodeOperationError(host.node, exception as Error, { itemIndex: item });
	}
}
