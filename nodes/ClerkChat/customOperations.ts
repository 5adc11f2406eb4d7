import type {
	IExecuteFunctions,
	IExecutePaginationFunctions,
	INodeExecutionData,
	INodePropertyOptions,
	INodeType,
} from 'n8n-workflow';
import { readItems } from './reading/readItems';
import { hostOfNode, hostOfTool } from './requests/host';
import type { Host } from './requests/host';
import { sendItems } from './sending/sendItems';
import type { Operation, Resource } from './shared/operation';

/**
 * The operations as n8n calls them when the node is part of a workflow. n8n's routing engine is not used for that: it
 * starts the requests of all items at once, loses the link to the input item of a failed one, and on Retry On Fail
 * repeats what was done (docs/sending.md).
 */
export function customOperationsOf(resources: Resource[]): INodeType['customOperations'] {
	return mapEntries(resources, ({ option, operations }) => [
		option.value,
		mapEntries(operations, (operation) => [
			String(operation.option.value),
			async function (this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
				return [await run(hostOfNode(this), operation)];
			},
		]),
	]);
}

/**
 * An operation's entry in the list. Its routing is the way in for agents and MCP servers that use the node as a tool:
 * those call the routing engine, with one item at a time.
 */
export function optionOf(operation: Operation): INodePropertyOptions {
	const pagination = async function (this: IExecutePaginationFunctions) {
		return await run(hostOfTool(this), operation);
	};
	return {
		...operation.option,
		routing: { send: { paginate: true }, operations: { pagination } },
	};
}

async function run(host: Host, operation: Operation): Promise<INodeExecutionData[]> {
	return 'write' in operation
		? await sendItems(host, operation.write)
		: await readItems(host, operation.read);
}

function mapEntries<T, V>(list: T[], entryOf: (element: T) => [string, V]): Record<string, V> {
	return Object.fromEntries(list.map(entryOf));
}
