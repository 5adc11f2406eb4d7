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
