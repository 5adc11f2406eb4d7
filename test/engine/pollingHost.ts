/* eslint-disable @n8n/community-nodes/require-node-api-error -- runs on a developer's machine, not inside n8n */
import { PollContext } from 'n8n-core';
import { commonPollingParameters } from 'n8n-core/dist/nodes-loader/constants';
import { Workflow } from 'n8n-workflow';
import type {
	IDataObject,
	IHttpRequestOptions,
	IN8nHttpFullResponse,
	INode,
	INodeExecutionData,
	INodeParameters,
	INodeType,
	IWorkflowExecuteAdditionalData,
	WorkflowActivateMode,
} from 'n8n-workflow';
import { loadFreshNodes } from '../freshNodes';
import type { FakeRecord } from './fakeRecord';

const NODE = 'Clerk Chat Polling Trigger';

/** What n8n gets killed before. */
export type KilledBefore = 'saving' | 'starting';

class Killed extends Error {}

/**
 * Stands in for the part of n8n that polls, and follows n8n 2.40.7 step by step: `active-workflow-triggers.js`,
 * `poll-trigger-executor.js`, `trigger-execution-context.factory.js`. The context that the node runs in is n8n-core's own.
 */
export class PollingHost {
	/** What each execution started with, by output. */
	executions: INodeExecutionData[][][] = [];

	/** What was saved as given out, and lost with the process before its execution was created. */
	discarded: IDataObject[] = [];

	/** Errors that n8n would record as failed executions. */
	failures: Error[] = [];

	logged: string[] = [];

	parameters: INodeParameters = {};

	/** The key in the credential. */
	apiKey = 'a-secret-key';

	baseUrl = 'https://api.clerk-chat.test';

	/**
	 * Makes n8n's scheduler poll, with durable cursors: each poll has a context of its own and a copy of the position, which is
	 * saved together with the execution (trigger-execution-context.factory.js and poll-cursor.service.js of n8n 2.41.1).
	 */
	isDurable = false;

	/** How long a scheduled poll may take, in ms. */
	budgetMs = 36_000;

	/** What n8n's table of positions holds; left out until the first poll. */
	cursor?: string;

	/** Whether n8n fails to save what a poll returns. */
	commitFails = false;

	/** Makes reading the credential fail. */
	credentialError?: Error;

	/** What n8n's address for webhooks is. */
	base = 'https://n8n.example.com/';

	/** Answers requests that go elsewhere than to the API: to this n8n. */
	elsewhere: (options: IHttpRequestOptions) => Promise<IN8nHttpFullResponse> = async () => {
		throw new Error('connect ECONNREFUSED 127.0.0.1:5678');
	};

	/** What n8n's database holds of the workflow's static data. */
	saved = '{}';

	private node: INodeType;

	private workflow?: Workflow;

	private context?: PollContext;

	/** @param inProcessOf another trigger of the same n8n */
	constructor(
		public record: FakeRecord,
		readonly workflowId = 'workflow',
		inProcessOf?: PollingHost,
	) {
		this.node = inProcessOf?.node ?? loadNode();
	}

	/** The messages of one output of all executions, in their order. */
	out(output = 0): IDataObject[] {
		return this.executions.flatMap((each) => each[output].map(({ json }) => json));
	}

	/**
	 * Publishes the workflow.
	 * @throws what the node throws; the trigger is off then
	 */
	async publish(mode: WorkflowActivateMode = 'activate'): Promise<void> {
		this.workflow = this.workflowFrom(this.saved);
		// Durable cursors: what a node stores while it is published is not kept, but for the workflow's own static data.
		const staged = this.isDurable ? { staged: JSON.parse(this.cursor ?? '{}') as IDataObject } : {};
		if (this.isDurable) this.cursor ??= '{}';
		this.context = this.contextFor(this.workflow, 'trigger', mode, staged);
		try {
			const result = await this.node.poll!.call(this.context);
			if (result) this.emit(result);
			// Given out while it is published, it is kept together with the execution.
			if (result && staged.staged) this.cursor = JSON.stringify(staged.staged);
		} catch (error) {
			this.context = undefined;
			throw error;
		} finally {
			this.save();
		}
	}

	/** Whether n8n polls at all. */
	get isOn(): boolean {
		return this.context !== undefined;
	}

	/** Kills n8n and starts it again. */
	async restart(): Promise<void> {
		const wasOn = this.isOn;
		this.node = loadNode();
		this.workflow = undefined;
		this.context = undefined;
		if (wasOn && !this.isDurable) await this.publish('init');
		if (wasOn && this.isDurable)
			this.context = this.contextFor(this.workflowFrom('{}'), 'trigger', 'init');
	}

	/** A poll at its time. @param killedBefore before which step n8n is killed */
	async tick(killedBefore?: KilledBefore): Promise<void> {
		const { context } = this;
		if (!context) return;
		try {
			const result = await this.node.poll!.call(context);
			// n8n was killed, or the workflow taken down, while this was under way.
			if (this.context !== context || result === null) return;
			this.emit(result, killedBefore);
		} catch (error) {
			if (error instanceof Killed) await this.restart();
			else if (this.context === context) this.failures.push(error as Error);
		}
	}

	/** A poll of n8n's scheduler, from the position as it is saved at this moment unless it began from an earlier one. */
	async scheduledTick(cursor = this.cursor): Promise<void> {
		if (!this.isOn) return;
		this.cursor ??= cursor ?? '{}';
		const staged = JSON.parse(cursor ?? '{}') as IDataObject;
		const context = this.contextFor(this.workflowFrom(this.saved), 'trigger', 'update', {
			staged,
			budget: this.budgetMs,
		});
		const node = this.node;
		try {
			const result = await this.node.poll!.call(context);
			if (this.node !== node || (result && this.commitFails)) return;
			this.cursor = JSON.stringify(staged);
			if (result) this.executions.push(JSON.parse(JSON.stringify(result)) as never);
		} catch (error) {
			this.failures.push(error as Error);
		}
	}

	/** Switches the workflow off. */
	unpublish(): void {
		this.context = undefined;
	}

	/** What 'Fetch Test Event' returns. */
	async fetchTestEvent(): Promise<INodeExecutionData[][] | null> {
		const context = this.contextFor(this.workflowFrom('{}'), 'manual', 'manual');
		return await this.node.poll!.call(context);
	}

	/** The part of the static data that belongs to the node, as saved. */
	staticData(): IDataObject {
		return (JSON.parse(this.saved) as Record<string, IDataObject>)[`node:${NODE}`] ?? {};
	}

	private emit(result: INodeExecutionData[][], killedBefore?: KilledBefore): void {
		if (killedBefore === 'saving') throw new Killed();
		this.save();
		if (killedBefore === 'starting') {
			this.discarded = result.flat().map(({ json }) => json);
			throw new Killed();
		}
		this.executions.push(JSON.parse(JSON.stringify(result)) as INodeExecutionData[][]);
	}

	private save(): void {
		this.saved = JSON.stringify(this.workflow!.staticData) ?? '{}';
	}

	private contextFor(
		workflow: Workflow,
		mode: 'trigger' | 'manual',
		activation: WorkflowActivateMode,
		{ staged, budget }: { staged?: IDataObject; budget?: number } = {},
	): PollContext {
		const additionalData = {
			restApiUrl: `${this.base}rest`,
			credentialsHelper: {
				isCredentialUsableByNode: () => true,
				getDecrypted: async () => {
					if (this.credentialError) throw this.credentialError;
					return { apiKey: this.apiKey, baseUrl: this.baseUrl };
				},
			},
		} as unknown as IWorkflowExecuteAdditionalData;
		const node = workflow.getNode(NODE)!;
		const context = new PollContext(workflow, node, additionalData, mode, activation);
		if (staged) {
			const ofWorkflow = context.getWorkflowStaticData.bind(context);
			context.getWorkflowStaticData = (type) => (type === 'node' ? staged : ofWorkflow(type));
		}
		if (budget) Object.assign(context, { getPollBudgetMs: () => budget });
		const log = (message: string) => this.logged.push(message);
		Object.defineProperty(context, 'logger', {
			value: { error: log, warn: log, info: log, debug: log },
		});
		Object.assign(context.helpers, {
			httpRequestWithAuthentication: async (_type: string, options: IHttpRequestOptions) =>
				await this.record.answer(options),
			httpRequest: async (options: IHttpRequestOptions) => await this.elsewhere(options),
		});
		return context;
	}

	private workflowFrom(staticData: string): Workflow {
		const node: INode = {
			id: 'trigger',
			name: NODE,
			type: 'n8n-nodes-clerk-chat.clerkChatPollingTrigger',
			typeVersion: 1,
			position: [0, 0],
			parameters: { events: ['message.received'], ...this.parameters },
			credentials: { clerkChatApi: { id: '1', name: 'Clerk Chat' } },
		};
		return new Workflow({
			id: this.workflowId,
			nodes: [node],
			connections: {},
			active: true,
			nodeTypes: {
				getByName: () => this.node,
				getByNameAndVersion: () => this.node,
				getKnownTypes: () => ({}),
			},
			staticData: JSON.parse(staticData) as IDataObject,
		});
	}
}

/** The node as a process of n8n loads it that has just started: nothing is remembered. */
function loadNode(): INodeType {
	const { ClerkChatPollingTrigger, limits } = loadFreshNodes();
	// Nobody waits for a connection that this test does not make.
	limits.firstRepeatWait = 1;
	const node: INodeType = new ClerkChatPollingTrigger();
	// As n8n does when it loads a node that polls (directory-loader.js).
	node.description.properties.unshift(...commonPollingParameters);
	return node;
}
