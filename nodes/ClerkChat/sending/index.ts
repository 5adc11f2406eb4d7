import type {
	IExecuteFunctions,
	IExecutePaginationFunctions,
	INodeExecutionData,
	INodePropertyRouting,
} from 'n8n-workflow';
import type { Write } from '../shared/operation';
import { hostOfNode, hostOfTool } from './host';
import { sendItems } from './sendItems';

/** A writing operation as n8n calls it when the node is part of a workflow. */
export function customOperation(write: Write) {
	return async function (this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		return [await sendItems(hostOfNode(this), write)];
	};
}

/**
 * The same operation as n8n's routing engine calls it when an AI agent or an MCP server uses the node as a tool.
 * n8n looks for custom operations only when the node is part of a workflow.
 */
export function toolRouting(write: Write): INodePropertyRouting {
	const pagination = async function (
		this: IExecutePaginationFunctions,
	): Promise<INodeExecutionData[]> {
		return await sendItems(hostOfTool(this), write);
	};
	return { send: { paginate: true }, operations: { pagination } };
}
