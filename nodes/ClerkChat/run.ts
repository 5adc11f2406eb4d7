import { NodeApiError, NodeOperationError } from 'n8n-workflow';
import type {
	IExecuteFunctions,
	IExecutePaginationFunctions,
	INodeExecutionData,
	INodePropertyOptions,
	INodeType,
} from 'n8n-workflow';
import { errorItem } from '../api/errors';
import { hostOfNode, hostOfTool, withCredential } from './host';
import type { Host } from './host';
import type { Operation, Resource } from './operation';
import { checkDescription } from './request';
import { lookedUp } from './reading/lookUp';
import { getItems } from './reading/getItems';
import { readItems } from './reading/readItems';
import { sendItems } from './sending/sendItems';
import { askAndWait } from './waiting/askAndWait';

/**
 * The first way in: the operations as n8n calls them when the node is part of a workflow. n8n's routing engine is not
 * used for that: it starts the requests of all items at once, loses the link to the input item of a failed one, and on
 * Retry On Fail repeats what was done (docs/howSendingWorks.md).
 */
export function customOperationsOf(resources: Resource[]): INodeType['customOperations'] {
	return mapEntries(resources, ({ option, operations }) => [
		option.value,
		mapEntries(operations, (operation) => [
			named(operation),
			async function (this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
				const host = await withCredential(hostOfNode(this));
				if (operation.kind !== 'question') return [await run(host, operation)];
				// Only the first item is asked about.
				const first = { ...host, itemCount: 1 };
				return [await orErrorItems(first, async () => await askAndWait(this, first, operation))];
			},
		]),
	]);
}

/** The operation's name in saved workflows. */
function named(operation: Operation): string {
	checkDescription(operation);
	return String(operation.option.value);
}

/**
 * The second way in: an operation's entry in the list, whose routing agents and MCP servers reach when they use the node
 * as a tool. They call the routing engine, with one item at a time.
 */
export function optionOf(operation: Operation): INodePropertyOptions {
	const pagination = async function (this: IExecutePaginationFunctions) {
		if (operation.kind !== 'question')
			return await run(await withCredential(hostOfTool(this)), operation);
		throw new NodeOperationError(this.getNode(), 'Waiting is not possible here', {
			description:
				"MCP servers, and AI Agent nodes before version 3, can't wait for an answer. Use the operation 'Send' instead.",
		});
	};
	const { routing, ...option } = operation.option;
	return {
		...option,
		routing: { ...routing, send: { paginate: true }, operations: { pagination } },
	};
}

async function run(
	host: Host,
	operation: Exclude<Operation, { kind: 'question' }>,
): Promise<INodeExecutionData[]> {
	return await orErrorItems(host, async () => {
		if (operation.kind === 'list') return await readItems(host, operation);
		if (operation.kind === 'get') return await getItems(host, operation);
		return await sendItems(await lookedUp(host, operation), operation);
	});
}

/** Makes error items of what concerns all items, such as a credential that is missing, when On Error is not Stop. */
async function orErrorItems(
	host: Host,
	work: () => Promise<INodeExecutionData[]>,
): Promise<INodeExecutionData[]> {
	try {
		return await work();
	} catch (exception) {
		// n8n would give out the input items as if all had gone well.
		if (host.continueOnFail && !host.cancelSignal?.aborted) {
			const error = new NodeOperationError(host.node, exception as Error);
			return Array.from({ length: host.itemCount }, (_, item) =>
				errorItem(error, { outcome: 'notTried', item }),
			);
		}
		if (exception instanceof NodeApiError) throw new NodeApiError(host.node, exception as never);
		throw new NodeOperationError(host.node, exception as Error);
	}
}

function mapEntries<T, V>(list: T[], entryOf: (element: T) => [string, V]): Record<string, V> {
	return Object.fromEntries(list.map(entryOf));
}
