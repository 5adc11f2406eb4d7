/* eslint-disable @n8n/community-nodes/no-restricted-imports, @n8n/community-nodes/no-restricted-globals -- runs on a developer's machine, not inside n8n */
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import type { ICredentialDataDecryptedObject, IDataObject, INode } from 'n8n-workflow';
import type { Sandbox } from '../sandbox/sandbox';
import { createModelCredential, startChatModel, type ChatModel } from './chatModel';
import { failureOf, type Execution } from './n8nRest';
import type { N8n } from './startN8n';
import { startWithSandbox, type Started } from './startWithSandbox';
import { readWorkflow, withParameters, type WorkflowFile } from './workflowFile';

/*
 * What the tests in one file share: n8n and the sandbox, the credentials by type, and a model for agents if requested.
 */

export let n8n: N8n;
export let sandbox: Sandbox;
export let credentials: Record<string, string>;
export let model: ChatModel;

let started: Started | undefined;

/** How they are started. */
interface Options {
	/** Values of the credential that are to be others. */
	credential?: ICredentialDataDecryptedObject;
	/** Further settings for n8n, by the names it documents. */
	env?: Record<string, string>;
	/** Whether agents are among what is tested. */
	hasModel?: boolean;
}

/** Has them started before all tests, and ended after them. Each test finds the sandbox as it is after its start. */
export function useN8n({ credential, env, hasModel = false }: Options = {}): void {
	beforeAll(async () => {
		started = await startWithSandbox(credential, env);
		({ n8n, sandbox, credentials } = started);
		if (!hasModel) return;
		model = await startChatModel();
		credentials.openAiApi = await createModelCredential(n8n, model);
	});
	beforeEach(() => sandbox.reset());
	afterAll(async () => {
		await started?.stop();
		await model?.close();
	});
}

/** The name of the node in `workflows/`. */
export const NODE = 'Clerk Chat';

/** One of the workflows in `workflows/`. */
export async function workflowNamed(name: string): Promise<WorkflowFile> {
	return await readWorkflow(join(__dirname, 'workflows', `${name}.json`));
}

/** A workflow that texts these people, with parameters and settings of the node such as Retry On Fail. */
export async function textingWorkflow(
	people: string[],
	parameters: IDataObject = {},
	settings: Partial<INode> = {},
): Promise<WorkflowFile> {
	const value = `={{ ${JSON.stringify(people)} }}`;
	const assignments = { assignments: [{ id: '1', name: 'to', type: 'array', value }] };
	const listed = withParameters(await workflowNamed('sendList'), 'List', { assignments });
	const { nodes, ...rest } = withParameters(listed, NODE, parameters);
	return {
		...rest,
		nodes: nodes.map((node) => (node.name === NODE ? { ...node, ...settings } : node)),
	};
}

/** Saves a workflow that texts these people, with settings of the node such as Retry On Fail. @returns its ID */
export async function texting(
	people: string[],
	settings: Partial<INode> = {},
	parameters: IDataObject = {},
	used = credentials,
): Promise<string> {
	return await n8n.createWorkflow(await textingWorkflow(people, parameters, settings), used);
}

/** Someone changes parameters and settings of the node in a workflow and saves it. */
export async function edit(
	id: string,
	parameters: IDataObject,
	settings: Partial<INode> = {},
): Promise<void> {
	const { nodes } = withParameters(await n8n.getWorkflow(id), NODE, parameters);
	await n8n.updateWorkflow(id, {
		nodes: nodes.map((node) => (node.name === NODE ? { ...node, ...settings } : node)),
	});
}

/** The first recipients of all messages requested, in order. */
export function asked(): string[] {
	return sandbox
		.requests()
		.filter(({ method }) => method === 'POST')
		.map(({ body }) => (body as { recipients: string[] }).recipients[0]);
}

/** How often each of them is there. */
export function countsOf(recipients: string[]): Record<string, number> {
	const counts: Record<string, number> = {};
	for (const recipient of recipients) counts[recipient] = (counts[recipient] ?? 0) + 1;
	return counts;
}

/* Magic recipients of the sandbox. */

export const REFUSED = '+15005550422';
/** Kept at once, answered late. */
export const SLOW = '+15005550600';
/** The connection is reset, and the message isn't kept. */
export const DROPPED = '+15005550601';
/** Kept, but never answered. */
export const LOST = '+15005550602';
/** Kept, but answered with 500. */
export const KEPT = '+15005550614';

let people = 5_570_000;

/** Someone no other test in the file texts: n8n's process remembers for a while what it sent. */
export const somebody = (): string => `+1415${++people}`;

export const some = (count: number): string[] => Array.from({ length: count }, somebody);

export const toContinue = { onError: 'continueRegularOutput' as const };

/** The option with which a retry sends what is unclear. */
export const sendAgain = { options: { unknownOutcome: 'resend' } };

/** Kills n8n and starts it again. */
export async function restart(): Promise<void> {
	await n8n.kill();
	await n8n.startAgain();
}

/** The executions of a workflow, oldest first, once this many have ended well. There must be no more. */
export async function executionsOf(id: string, count: number): Promise<Execution[]> {
	let found = await n8n.listExecutions(id);
	for (let look = 0; look < 100 && found.length < count; look++) {
		await wait(100);
		found = await n8n.listExecutions(id);
	}
	await wait(300);
	found = await n8n.listExecutions(id);
	expect(found).toHaveLength(count);
	const finished = await Promise.all(
		found.map(async (each) => await n8n.waitForExecution(each.id)),
	);
	for (const each of finished)
		expect([failureOf(each), each.status]).toEqual([undefined, 'success']);
	return finished.sort((a, b) => Number(a.id) - Number(b.id));
}
