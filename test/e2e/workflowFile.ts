/* eslint-disable @n8n/community-nodes/no-restricted-imports -- runs on a developer's machine, not inside n8n */
import { readFile } from 'node:fs/promises';
import type { IConnections, IDataObject, INode, IWorkflowSettings } from 'n8n-workflow';

/** A workflow as n8n exports and imports it. */
export interface WorkflowFile {
	name: string;
	nodes: INode[];
	connections: IConnections;
	settings?: IWorkflowSettings;
}

/** @param path the absolute path of a workflow that n8n exported */
export async function readWorkflow(path: string): Promise<WorkflowFile> {
	return JSON.parse(await readFile(path, 'utf8')) as WorkflowFile;
}

/** A copy of the workflow in which the parameters given here replace those of one node. */
export function withParameters(
	workflow: WorkflowFile,
	nodeName: string,
	parameters: IDataObject,
): WorkflowFile {
	const nodes = workflow.nodes.map((node) =>
		node.name === nodeName
			? { ...node, parameters: { ...node.parameters, ...parameters } as INode['parameters'] }
			: node,
	);
	return { ...workflow, nodes };
}

/** A node for a workflow. */
export const node = (
	name: string,
	type: string,
	typeVersion: number,
	parameters: IDataObject = {},
): INode => ({
	id: name,
	name,
	type,
	typeVersion,
	position: [0, 0],
	parameters: parameters as never,
});

/** A node of this package, with a credential that `createWorkflow` fills in. */
export const clerkChatNode = (
	name: string,
	type: string,
	parameters: IDataObject,
	typeVersion = 1,
): INode => ({
	...node(name, `n8n-nodes-clerk-chat.${type}`, typeVersion, parameters),
	credentials: { clerkChatApi: { id: '', name: 'Clerk Chat' } },
});

/** Where a connection leads. */
export const to = (name: string, index = 0) => ({ node: name, type: 'main' as const, index });
