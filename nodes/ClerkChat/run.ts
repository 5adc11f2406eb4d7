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
 * The first way to run an operation: n8n calls it as part of a workflow. This bypasses n8n's routing engine, which
 * starts the requests of all items at once, loses the link between a failed item and its input, and repeats finished
 * requests on Retry On Fail (docs/howSendingWorks.md).
 */
export function customOperationsOf(resources: Resource[]): INodeType['customOperations'] {
	return mapEntries(resources, ({ option, operations }) => [
		option.value,
		mapEntries(operations, (operation) => [
			named(operation),
			async function (this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
				const host = await withCredential(hostOfNode(this));
				if (operation.kind !== 'question') return [await run(host, operation)];
				// Only the first item's question is sent.
				const first = { ...host, itemCount: 1 };
				return [await orErrorItems(first, async () => await askAndWait(this, first, operation))];
			},
		]),
	]);
}

/** The operation's name in saved workflows, once its description has been checked. */
function named(operation: Operation): string {
	checkDescription(operation);
	return String(operation.option.value);
}

/**
 * The second way to run an operation: agents and MCP servers use the node as a tool. They call n8n's routing engine,
 * which reads the routing of the operation's list entry, one item at a time.
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

/** If On Error isn't Stop, turns an error that affects all items, such as a missing credential, into error items. */
async function orErrorItems(
	host: Host,
	work: () => Promise<INodeExecutionData[]>,
): Promise<INodeExecutionData[]> {
	try {
		return await work();
	} catch (exception) {
		// n8n would pass on the input items as if all had gone well.
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
