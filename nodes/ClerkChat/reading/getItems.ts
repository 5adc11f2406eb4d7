import { NodeOperationError } from 'n8n-workflow';
import type { INodeExecutionData, NodeApiError } from 'n8n-workflow';
import { apiError, errorItem, fieldError } from '../../api/errors';
import { Requester } from '../../api/requester';
import { readRequestOptions } from '../description/requestOptions';
import type { Host } from '../host';
import type { OfGet } from '../operation';
import { oneWith, readThoseWith } from './finding';
import type { Finding } from './finding';
import { modeOf, soughtBy } from './lookUp';

/**
 * Finds one thing for each input item. The list is read once for all of them.
 * @returns one item for each input item, linked to it; a failed one has an `error`
 * @throws NodeApiError or NodeOperationError for the first failed item if On Error is Stop
 */
export async function getItems(host: Host, operation: OfGet): Promise<INodeExecutionData[]> {
	const { get } = operation;
	const by = modeOf(host, get) ?? 'id';
	const sought = soughtBy(host, operation, get, by);
	const finding: Finding = { ...get, by };
	const failed = (error: NodeApiError | NodeOperationError, item: number) => {
		if (!host.continueOnFail) throw error;
		return errorItem(error, { outcome: 'refused', item });
	};
	const unusable = (value: Error, itemIndex: number) =>
		new NodeOperationError(host.node, value, { itemIndex });
	sought.forEach((value, item) => {
		if (typeof value !== 'string') failed(unusable(value, item), item);
	});
	const values = sought.filter((value) => typeof value === 'string');
	const requester = await Requester.create(host, readRequestOptions(host));
	const found = await readThoseWith(values, finding, requester, host);
	return sought.map((value, item) => {
		if (typeof value !== 'string') return failed(unusable(value, item), item);
		if ('words' in found) {
			return failed(
				apiError(host.node, found.words, { fault: found.fault, itemIndex: item }),
				item,
			);
		}
		const answer = oneWith(value, found, finding, host);
		if (answer.answer !== 'one') return failed(fieldError(host.node, answer.words, item), item);
		return { json: answer.entry, pairedItem: { item } };
	});
}
