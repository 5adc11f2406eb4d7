/* eslint-disable @n8n/community-nodes/no-restricted-imports -- runs on a developer's machine, not inside n8n */
import { setTimeout as wait } from 'node:timers/promises';
import {
	ExecutionStatusList,
	type ExecutionStatus,
	type ICredentialDataDecryptedObject,
	type INodeExecutionData,
	type IRunExecutionData,
	type JsonObject,
	type WorkflowExecuteMode,
} from 'n8n-workflow';

import type { WorkflowFile } from './workflowFile';

/** What n8n's list of executions says about one. */
export interface ExecutionSummary {
	id: string;
	workflowId: string;
	status: ExecutionStatus;
	mode: WorkflowExecuteMode;
	/** Date and time in ISO 8601. */
	startedAt: string;
	stoppedAt?: string;
	/** The execution that this one tried again. */
	retryOf?: string | null;
}

/** One execution with all inputs and outputs of its nodes so far. */
export interface Execution extends ExecutionSummary {
	data: IRunExecutionData;
}

/** n8n's word on a credential. */
export interface CredentialTest {
	status: 'OK' | 'Error';
	message: string;
}

/** Statuses in which an execution does nothing more by itself. */
const RESTING: ExecutionStatus[] = ['success', 'error', 'canceled', 'crashed', 'waiting'];

const MILLISECONDS_BETWEEN_LOOKS = 1;

/** Talks to n8n as its editor does, through the same REST endpoints, logged in as the owner. */
export class N8nRest {
	private cookie = '';

	/**
	 * @param url where n8n is reached, without a slash at its end
	 * @param version n8n's own version
	 */
	constructor(
		readonly url: string,
		readonly version: string,
	) {}

	/**
	 * Creates the owner account of a new n8n, and stays logged in.
	 *
	 * @param password at least eight characters, including a capital and a digit
	 */
	async createOwner(email: string, password: string): Promise<void> {
		await this.call('POST', '/owner/setup', {
			email,
			password,
			firstName: 'Test',
			lastName: 'Owner',
		});
	}

	/** @returns the credential's id */
	async createCredential(
		type: string,
		name: string,
		data: ICredentialDataDecryptedObject,
	): Promise<string> {
		const { id } = await this.call<{ id: string }>('POST', '/credentials', { type, name, data });
		return id;
	}

	/** Saves other values in a credential, as the editor's Save does. */
	async updateCredential(
		id: string,
		type: string,
		name: string,
		data: ICredentialDataDecryptedObject,
	): Promise<void> {
		await this.call('PATCH', `/credentials/${id}`, { type, name, data });
	}

	/**
	 * Makes a Data Table in the owner's own project; its columns hold text.
	 *
	 * @returns the table's id
	 */
	async createDataTable(name: string, columns: string[]): Promise<string> {
		const project = await this.call<{ id: string }>('GET', '/projects/personal');
		const { id } = await this.call<{ id: string }>('POST', `/projects/${project.id}/data-tables`, {
			name,
			columns: columns.map((column) => ({ name: column, type: 'string' })),
		});
		return id;
	}

	/** What the editor shows when a credential is saved: n8n runs the test that its type declares. */
	async testCredential(
		id: string,
		type: string,
		data: ICredentialDataDecryptedObject,
	): Promise<CredentialTest> {
		const credentials = { id, name: 'Tested', type, data };
		return await this.call<CredentialTest>('POST', '/credentials/test', { credentials });
	}

	/**
	 * @param credentials IDs by credential type: every node that uses a credential of that type gets this one, whatever
	 * ID the file has
	 * @returns the workflow's ID
	 */
	async createWorkflow(
		workflow: WorkflowFile,
		credentials: Record<string, string> = {},
	): Promise<string> {
		const nodes = workflow.nodes.map((node) => ({
			...node,
			credentials: Object.fromEntries(
				Object.entries(node.credentials ?? {}).map(([type, used]) => [
					type,
					{ ...used, id: credentials[type] ?? used.id },
				]),
			),
		}));
		const { id } = await this.call<{ id: string }>('POST', '/workflows', {
			settings: {},
			...workflow,
			nodes,
			active: false,
		});
		return id;
	}

	/** The workflow as it is stored. */
	async getWorkflow(id: string): Promise<WorkflowFile> {
		return await this.call<WorkflowFile>('GET', `/workflows/${id}`);
	}

	/** Saves other nodes, connections or settings, as the editor's Save does. */
	async updateWorkflow(id: string, changes: Partial<WorkflowFile>): Promise<void> {
		const { versionId } = await this.call<{ versionId: string }>('GET', `/workflows/${id}`);
		await this.call('PATCH', `/workflows/${id}`, { ...changes, versionId });
	}

	/**
	 * Makes its triggers and schedules live, and waits until they are: Active in n8n 1.x, Publish in
	 * n8n 2.x.
	 *
	 * @throws with the trigger's own words when it could not be made live
	 */
	async activateWorkflow(id: string): Promise<void> {
		const { versionId } = await this.call<{ versionId: string }>('GET', `/workflows/${id}`);
		if (this.version.startsWith('1.')) {
			await this.call('PATCH', `/workflows/${id}`, { active: true, versionId });
		} else {
			await this.call('POST', `/workflows/${id}/activate`, { versionId });
			await this.publicationOf(id);
		}
	}

	/** The opposite of activateWorkflow. */
	async deactivateWorkflow(id: string): Promise<void> {
		if (this.version.startsWith('1.')) {
			await this.call('PATCH', `/workflows/${id}`, { active: false });
		} else {
			await this.call('POST', `/workflows/${id}/deactivate`, {});
			await this.publicationOf(id);
		}
	}

	/** n8n 2.x publishes in the background, and says only later how that went. */
	private async publicationOf(id: string): Promise<void> {
		for (;;) {
			const { status, triggers } = await this.call<{
				status: 'in_progress' | 'published' | 'not_published' | 'partial' | 'failed';
				triggers: Array<{ errorMessage: string | null }>;
			}>('GET', `/workflows/${id}/publication-status`);
			if (status === 'published' || status === 'not_published') return;
			if (status !== 'in_progress') {
				const reasons = triggers.map((trigger) => trigger.errorMessage ?? '').join(' ');
				throw new Error(`Workflow ${id} could not be published: ${reasons}`);
			}
			await wait(MILLISECONDS_BETWEEN_LOOKS);
		}
	}

	/**
	 * Starts a workflow as the editor's button does, and does not wait for it.
	 *
	 * @param trigger the name of the node to start from; its first Manual Trigger if not given
	 * @returns the execution's id
	 * @throws when n8n would rather wait for a webhook call first
	 */
	async startWorkflow(id: string, trigger?: string): Promise<string> {
		const workflowData = await this.call<WorkflowFile>('GET', `/workflows/${id}`);
		const manual = workflowData.nodes.find((node) => node.type === 'n8n-nodes-base.manualTrigger');
		// n8n 1.x runs the workflow that comes with the request, n8n 2.x the one it has stored.
		const { executionId } = await this.call<{ executionId?: string }>(
			'POST',
			`/workflows/${id}/run`,
			{ workflowData, triggerToStartFrom: { name: trigger ?? manual?.name } },
		);
		if (!executionId) throw new Error(`Workflow ${id} waits for a webhook call and did not start`);
		return executionId;
	}

	/** startWorkflow, then waitForExecution with the same defaults. */
	async runWorkflow(
		id: string,
		{ trigger, timeoutMs }: { trigger?: string; timeoutMs?: number } = {},
	): Promise<Execution> {
		return await this.waitForExecution(await this.startWorkflow(id, trigger), { timeoutMs });
	}

	/**
	 * Looks at an execution until it is in one of these statuses.
	 *
	 * @param timeoutMs milliseconds, two minutes if not given
	 * @throws when the time is up
	 */
	async waitForExecution(
		id: string,
		{
			statuses = RESTING,
			timeoutMs = 120_000,
		}: { statuses?: ExecutionStatus[]; timeoutMs?: number } = {},
	): Promise<Execution> {
		const deadline = Date.now() + timeoutMs;
		let last: unknown;
		while (Date.now() <= deadline) {
			// n8n may be too busy with the execution itself to answer.
			const execution = await this.getExecution(id).catch((error: unknown) => {
				last = error;
				return undefined;
			});
			if (execution && statuses.includes(execution.status) && isWhole(execution)) return execution;
			if (execution) last = `it is ${execution.status}`;
			await wait(MILLISECONDS_BETWEEN_LOOKS);
		}
		throw new Error(`Execution ${id} is not there after ${timeoutMs} ms: ${String(last)}`);
	}

	/** @throws when there is no such execution */
	async getExecution(id: string): Promise<Execution> {
		const stored = await this.call<ExecutionSummary & { data: string }>('GET', `/executions/${id}`);
		return { ...stored, data: (unflatten(stored.data) ?? {}) as IRunExecutionData };
	}

	/** The newest first, at most twenty unless said otherwise; of one workflow when its id is given. */
	async listExecutions(workflowId?: string, limit = 20): Promise<ExecutionSummary[]> {
		// Without statuses n8n looks for running and finished ones in two queries at the same time: one
		// that ends in between is in both, or in neither.
		const filter = encodeURIComponent(JSON.stringify({ workflowId, status: ExecutionStatusList }));
		const { results } = await this.call<{ results: ExecutionSummary[] }>(
			'GET',
			`/executions?limit=${limit}&filter=${filter}`,
		);
		return results;
	}

	/**
	 * Tries a failed execution again and waits for its end.
	 *
	 * @param loadWorkflow false: with the workflow as it was then; true: as it is saved now
	 * @returns the new execution
	 * @throws when the execution did not fail
	 */
	async retryExecution(id: string, { loadWorkflow = false } = {}): Promise<Execution> {
		await this.call('POST', `/executions/${id}/retry`, { loadWorkflow });
		const [latest] = (await this.listExecutions()).filter((each) => each.retryOf === id);
		return await this.waitForExecution(latest.id);
	}

	/** Cancels a running or waiting execution. */
	async stopExecution(id: string): Promise<void> {
		await this.call('POST', `/executions/${id}/stop`, {});
	}

	private async call<T = unknown>(method: string, path: string, body?: object): Promise<T> {
		const send = async () =>
			await fetch(`${this.url}/rest${path}`, {
				method,
				headers: { 'content-type': 'application/json', cookie: this.cookie },
				body: body && JSON.stringify(body),
			});
		// A busy n8n may close a connection at the moment at which it is used again.
		const response = await (method === 'GET' ? send().catch(send) : send());
		const text = await response.text();
		if (!response.ok) {
			throw new Error(
				`n8n answered ${method} ${path} with ${response.status}: ${text.slice(0, 500)}`,
			);
		}
		const cookie = response.headers.get('set-cookie');
		if (cookie) this.cookie = cookie.split(';')[0];
		return (JSON.parse(text) as { data: T }).data;
	}
}

/**
 * The items that one node returned.
 *
 * @param output which of its outputs, from 0; an error output is the last one
 * @param run which of its runs, from 0; the last one if left out
 */
export function itemsFrom(
	execution: Execution,
	node: string,
	{ output = 0, run = -1 }: { output?: number; run?: number } = {},
): INodeExecutionData[] {
	return execution.data.resultData.runData[node]?.at(run)?.data?.main[output] ?? [];
}

/** What an execution failed of, as the editor shows it; undefined if it did not. */
export function failureOf(
	execution: Execution,
): { message: string; description?: string | null } | undefined {
	return execution.data.resultData.error;
}

/**
 * n8n 1.x stores an execution's status first and its data in a second step, so for a moment the data
 * is still that of the start, or of the wait before.
 */
function isWhole({ status, data }: Execution): boolean {
	switch (status) {
		case 'success':
			return data.executionData?.nodeExecutionStack.length === 0;
		case 'error':
			return data.resultData?.error !== undefined;
		case 'waiting':
			return data.waitTill !== undefined;
		default:
			return data.resultData !== undefined;
	}
}

/**
 * n8n stores executions in the format of the npm package `flatted`: a list in which every text inside
 * an object or list is the position of the value meant.
 */
function unflatten(text: string): unknown {
	const table = JSON.parse(text) as unknown[];
	const revived = new Set<number>();

	const revive = (position: number): unknown => {
		const value = table[position];
		if (typeof value !== 'object' || value === null) return value;
		if (!revived.has(position)) {
			revived.add(position);
			const container = value as JsonObject;
			for (const [key, entry] of Object.entries(container)) {
				if (typeof entry === 'string') container[key] = revive(Number(entry)) as JsonObject;
			}
		}
		return value;
	};
	return revive(0);
}
