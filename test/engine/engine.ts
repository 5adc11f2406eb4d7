import {
	DirectoryLoader,
	ExecuteContext,
	ExecutionLifecycleHooks,
	RoutingNode,
	SupplyDataContext,
	WorkflowExecute,
} from 'n8n-core';
import { makeHandleToolInvocation } from 'n8n-core/dist/execution-engine/node-execution-context/utils/get-input-connection-data';
import { createRunExecutionData, ICredentialsHelper, Workflow } from 'n8n-workflow';
import type {
	ICredentialDataDecryptedObject,
	IConnections,
	IDataObject,
	IExecuteFunctions,
	IHttpRequestOptions,
	INode,
	INodeExecutionData,
	INodeParameters,
	INodeType,
	IRun,
	IRunExecutionData,
	ITaskData,
	IWorkflowExecuteAdditionalData,
	WorkflowExecuteMode,
} from 'n8n-workflow';
import { ClerkChatApi } from '../../credentials/ClerkChatApi.credentials';
import { limits } from '../../nodes/api/limits';
import { ClerkChat } from '../../nodes/ClerkChat/ClerkChat.node';
import { resources } from '../../nodes/ClerkChat/resources';

// A test does not wait half a minute for what never gets on record, or may still arrive.
limits.waitsForRecord = [10, 20];
limits.longestSearch = 400;
limits.waitsForDelivery = [10, 20];

/** The base URL that the credential of these tests holds. */
export const BASE_URL = 'https://api.clerk-chat.test';

/** The key that the credential of these tests holds; it must not show anywhere. */
export const API_KEY = 'a-secret-key';

const HOST_URLS = [
	'restApiUrl',
	'instanceBaseUrl',
	'formBaseUrl',
	'formWaitingBaseUrl',
	'formTestBaseUrl',
	'webhookBaseUrl',
	'webhookWaitingBaseUrl',
	'webhookTestBaseUrl',
	'mcpBaseUrl',
	'mcpTestBaseUrl',
];

const ITEMS = 'Items';

/** The names that the tables of tests have for operations, such as `contact create`. */
export const operationOf = ({ resource, operation }: INodeParameters): string =>
	`${String(resource)} ${String(operation)}`;

/** All operations that only read, or all that write, by the alphabet. */
export function operationsWith(kind: 'read' | 'write'): string[] {
	return resources
		.flatMap(({ option, operations }) =>
			operations
				.filter((operation) => ['list', 'get'].includes(operation.kind) === (kind === 'read'))
				.map((operation) => `${option.value} ${String(operation.option.value)}`),
		)
		.sort();
}

/** How the node is set up: its parameters, and the settings that n8n offers for every node. */
export interface Setup {
	/** The node's name; n8n's default if left out. */
	name?: string;
	parameters: INodeParameters;
	settings?: Partial<
		Pick<INode, 'onError' | 'retryOnFail' | 'maxTries' | 'waitBetweenTries' | 'executeOnce'>
	>;
	credentials?: ICredentialDataDecryptedObject;
	/** Called whenever the credential is read; what it throws is what n8n would throw. */
	onCredentials?: () => void;
	/** Changes a request after the credential was added to it, for example where it goes. */
	reroute?: (request: IHttpRequestOptions) => void;
	/** How often the workflow runs the node with the same items, as a loop would; once when left out. */
	runs?: number;
	/** Further nodes, and where they and the outputs of the node lead; made by {@link leadingBack} or by hand. */
	more?: { nodes: INode[]; connections: IConnections };
	/** The node that is run; one of its class when left out. */
	node?: INodeType;
	/** What n8n calls the execution. */
	executionId?: string;
	/** How the execution was started; by a trigger when left out. */
	mode?: WorkflowExecuteMode;
	/** What happens before failed items come back: see {@link leadingBack}. */
	onGate?: () => Promise<void>;
	/** What `$vars` holds in expressions. */
	variables?: IDataObject;
	/** Called with the engine's run before it starts, for example to cancel it later. */
	onStart?: (run: { cancel: () => void }) => void;
}

/** The node's output, and the data that n8n would save of the execution. */
export interface Result {
	/** Items of the first output. */
	items: INodeExecutionData[];
	/** Items of the error output. */
	errorItems: INodeExecutionData[];
	error?: IDataObject & { message: string; description?: string; context: IDataObject };
	status: IRun['status'];
	data: IRunExecutionData;
}

/**
 * Runs a workflow of two nodes, the given items and then Clerk Chat, through n8n's engine in this process. Only the
 * database behind the credential is simulated.
 */
export async function runNode(items: IDataObject[], setup: Setup): Promise<Result> {
	const engine = new WorkflowExecute(additionalData(setup), setup.mode ?? 'trigger');
	const run = engine.run({ workflow: workflowOf(items, setup), startNode: nodeOf(ITEMS) });
	setup.onStart?.({ cancel: () => run.cancel() });
	return resultOf(await run);
}

let retries = 0;

/** What n8n's Retry button does: goes on at the failed node, with the data that was saved and the workflow as it is now. */
export async function retry({ data }: Result, items: IDataObject[], setup: Setup): Promise<Result> {
	const saved = JSON.parse(JSON.stringify(data)) as IRunExecutionData;
	const workflow = workflowOf(items, setup);
	delete saved.resultData.error;
	saved.resultData.runData[nameOf(setup)]?.pop();
	for (const entry of saved.executionData?.nodeExecutionStack ?? []) {
		entry.node = workflow.getNode(entry.node.name) ?? entry.node;
	}
	// A retry is an execution of its own.
	const executionId = setup.executionId ?? `retry-${++retries}`;
	const engine = new WorkflowExecute({ ...additionalData(setup), executionId }, 'retry', saved);
	return resultOf(await engine.processRunExecutionData(workflow));
}

/**
 * Calls the node as a tool of agents and MCP servers, which n8n's engine doesn't run itself.
 * @returns a function that calls the tool with the model's input and returns the tool's output
 */
export function asTool(setup: Setup): (input: IDataObject) => Promise<unknown> {
	const workflow = workflowOf([], setup);
	const node = workflow.getNode(nameOf(setup))!;
	const runExecutionData = createRunExecutionData({ resultData: { runData: {} } });
	const context = (runIndex: number) => {
		const input = { ai_tool: [[{ json: {} }]] };
		return new SupplyDataContext(
			workflow,
			node,
			additionalData(setup),
			'trigger',
			runExecutionData,
			runIndex,
			[{ json: {} }],
			input,
			'ai_tool',
			{ node, data: input, source: null },
			[],
		);
	};
	const nodeType = workflow.nodeTypes.getByNameAndVersion(node.type);
	return makeHandleToolInvocation(context as never, node, nodeType, runExecutionData);
}

/**
 * Calls the node as AI Agent nodes do from version 3: n8n's engine runs the tool variant as a separate node, and counts
 * each call as a run.
 * @param runExecutionData what n8n saved of the execution, if it continues after a wait
 * @returns a function that calls the tool once and returns its items
 */
export function asToolNode(
	setup: Setup,
	runExecutionData = createRunExecutionData({ resultData: { runData: {} } }),
): () => Promise<INodeExecutionData[]> {
	const workflow = workflowOf([], setup);
	const node = { ...workflow.getNode(nameOf(setup))!, type: 'n8n-nodes-clerk-chat.clerkChatTool' };
	let runIndex = 0;
	return async () => {
		const input = { main: [[{ json: {} }]] };
		const context = new ExecuteContext(
			workflow,
			node,
			additionalData(setup),
			'trigger',
			runExecutionData,
			runIndex++,
			[{ json: {} }],
			input,
			{ node, data: input, source: null },
			[],
		);
		const send = (setup.node ?? new ClerkChat()).customOperations!.message.send;
		const [items] = (await send.call(context)) as INodeExecutionData[][];
		return items;
	};
}

/** A declarative node as n8n has it after loading: with n8n's own request options and with an `execute`. */
export function declarative(node: INodeType): INodeType {
	DirectoryLoader.applyDeclarativeNodeOptionParameters(node);
	node.execute ??= async function (this: IExecuteFunctions) {
		return (await new RoutingNode(this as never, node).runNode()) ?? [];
	};
	return node;
}

/** The name of the node in the workflow. */
export const nameOf = ({ name = 'Clerk Chat' }: Setup): string => name;

/** What passes items on, as often as its parameter `times` says. */
const GATE = 'test.gate';

/**
 * The error output leads back into the node itself, n8n's usual way to try failed items again.
 * @param times how often at most
 * @param setup of the node
 * @param alert another node of this kind, which gets the failed items as well
 */
export function leadingBack(times: number, setup: Setup, alert?: Setup): Setup {
	const gate = { ...nodeOf('Again'), type: GATE, parameters: { times } };
	const to = (node: string) => ({ node, type: 'main' as const, index: 0 });
	const failed = [to('Again'), ...(alert ? [to(nameOf(alert))] : [])];
	return {
		...setup,
		settings: { ...setup.settings, onError: 'continueErrorOutput' },
		more: {
			nodes: [gate, ...(alert ? [nodeOf(nameOf(alert), alert)] : [])],
			connections: {
				[nameOf(setup)]: { main: [[], failed] },
				Again: { main: [[to(nameOf(setup))]] },
			},
		},
	};
}

/** A node of a workflow: one of this package if configured, or else the source of the items. */
function nodeOf(name: string, setup?: Setup): INode {
	return {
		id: name,
		name,
		type: setup ? 'n8n-nodes-clerk-chat.clerkChat' : 'test.items',
		typeVersion: 1,
		position: [0, 0],
		parameters: setup?.parameters ?? {},
		...(setup && {
			credentials: { clerkChatApi: { id: '1', name: 'Clerk Chat' } },
			...setup.settings,
		}),
	};
}

/** The workflow that {@link runNode} runs. */
export function workflowOf(items: IDataObject[], setup: Setup): Workflow {
	const description = {
		displayName: ITEMS,
		name: 'items',
		group: ['input'],
		version: 1,
		description: '',
		defaults: {},
		inputs: ['main'],
		outputs: ['main'],
		properties: [],
	};
	const source = {
		description,
		execute: async () => [items.map((json, item) => ({ json, pairedItem: { item } }))],
	} as unknown as INodeType;
	let passed = 0;
	const gate = {
		description: {
			...description,
			properties: [{ displayName: 'Times', name: 'times', type: 'number', default: 0 }],
		},
		async execute(this: IExecuteFunctions) {
			await setup.onGate?.();
			return [passed++ < Number(this.getNodeParameter('times', 0)) ? this.getInputData() : []];
		},
	} as unknown as INodeType;
	const clerkChat = declarative(setup.node ?? new ClerkChat());
	const name = nameOf(setup);
	return new Workflow({
		id: 'test',
		nodes: [nodeOf(ITEMS), nodeOf(name, setup), ...(setup.more?.nodes ?? [])],
		connections: {
			...setup.more?.connections,
			[ITEMS]: {
				main: [Array(setup.runs ?? 1).fill({ node: name, type: 'main', index: 0 })],
			},
		},
		active: false,
		nodeTypes: {
			getByName: () => source,
			getByNameAndVersion: (type) =>
				type === 'test.items' ? source : type === GATE ? gate : clerkChat,
			getKnownTypes: () => ({}),
		},
		settings: { executionOrder: 'v1' },
	});
}

class StoredCredential extends ICredentialsHelper {
	constructor(
		private readonly data: ICredentialDataDecryptedObject,
		private readonly reroute: Setup['reroute'],
		private readonly onRead: Setup['onCredentials'],
	) {
		super();
	}

	getParentTypes = () => [];

	isCredentialUsableByNode = () => true;

	authenticate = async (
		data: ICredentialDataDecryptedObject,
		_type: string,
		options: IHttpRequestOptions,
	) => {
		const request = await new ClerkChatApi().authenticate(data, options);
		this.reroute?.(request);
		return request;
	};

	preAuthentication = async () => undefined;

	runPreAuthentication = async () => undefined;

	getDecrypted = async () => {
		this.onRead?.();
		return { ...this.data };
	};

	getCredentials = () => {
		throw new Error('not needed');
	};

	updateCredentials = async () => {};

	updateCredentialsOauthTokenData = async () => {};

	getCredentialsProperties = () => [];
}

/** What n8n passes to the engine besides the workflow. */
export function additionalData({
	credentials,
	reroute,
	onCredentials,
	executionId = '1',
	variables = {},
}: Setup): IWorkflowExecuteAdditionalData {
	const workflowData = { id: 'test', name: 'test', nodes: [], connections: {}, active: false };
	return {
		credentialsHelper: new StoredCredential(
			credentials ?? {
				apiKey: API_KEY,
				baseUrl: BASE_URL,
				webhookHeaderName: 'Authorization',
				webhookHeaderValue: '',
			},
			reroute,
			onCredentials,
		),
		hooks: new ExecutionLifecycleHooks('trigger', '1', workflowData as never),
		executionId,
		currentNodeExecutionIndex: 0,
		...Object.fromEntries(HOST_URLS.map((name) => [name, 'http://n8n.test/'])),
		variables,
		logAiEvent: () => {},
		setExecutionStatus: () => {},
	} as unknown as IWorkflowExecuteAdditionalData;
}

/** The notes that n8n shows beside the output of the node. */
export function hintsOf({ data }: Result): string[] {
	return lastTaskOf(data)?.hints?.map(({ message }) => message) ?? [];
}

/** The hints styled as warnings. */
export function warningsOf({ data }: Result): string[] {
	const hints = lastTaskOf(data)?.hints ?? [];
	return hints.filter(({ type }) => type === 'warning').map(({ message }) => message);
}

/** The result of a run of the engine. */
export function resultOf(run: IRun): Result {
	// n8n saves it now; what happens in its process later isn't in there.
	if (run.data.executionData) {
		const { contextData } = run.data.executionData;
		run.data.executionData.contextData = JSON.parse(JSON.stringify(contextData));
	}
	const [items, errorItems] = lastTaskOf(run.data)?.data?.main ?? [];
	return {
		items: items ?? [],
		errorItems: errorItems ?? [],
		error: run.data.resultData.error as unknown as Result['error'],
		status: run.status,
		data: run.data,
	};
}

/** What the measured node did last. */
export function lastTaskOf({ resultData: { runData } }: IRunExecutionData): ITaskData | undefined {
	const name = Object.keys(runData).find((each) => each !== ITEMS) ?? '';
	return runData[name]?.at(-1);
}
