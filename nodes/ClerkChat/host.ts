import { NodeOperationError } from 'n8n-workflow';
import type {
	IContextObject,
	IDataObject,
	IExecuteFunctions,
	IExecutePaginationFunctions,
	INode,
	NodeExecutionHint,
} from 'n8n-workflow';
import { connect } from '../api/connection';
import type { Caller } from '../api/connection';
import { fieldError } from '../api/errors';
import type { ItemFields } from './fields/itemFields';

/**
 * What requests need of n8n. There are two of them because n8n calls a declarative node in two ways: as a node of the
 * workflow (all items at once), and through its routing engine when an AI agent or an MCP server uses the node as a
 * tool (one item).
 */
export interface Host extends Caller {
	itemCount: number;
	executionId: string;
	/** Which run of the node this is among its runs in the same execution (loops); '' where n8n does not tell. */
	runIndex: string;
	/** Whether an AI agent or an MCP server uses the node as a tool. */
	isTool: boolean;
	/** Whether the execution was started in the editor: by hand, or as a case of an evaluation. */
	isTestRun: boolean;
	/** Whether n8n's Retry button started the execution. */
	isRetry: boolean;
	/** Whether another workflow called this one: n8n does not tell whether that was started in the editor. */
	isSubWorkflow: boolean;
	/** The node's own place in the execution's data. */
	context: IContextObject;
	/** The place in the execution's data that all of its nodes share. */
	flow: IContextObject;
	/** The JSON of an input item; empty where the node is called as a tool. */
	inputOf: (itemIndex: number) => IDataObject;
	/** Whether a failed item becomes an item instead of ending the node (On Error). */
	continueOnFail: boolean;
	/** A field of an item, expressions resolved; `fallback` when the node has no such field. */
	getParameter: (name: string, itemIndex: number, fallback?: unknown) => unknown;
	/** What the credential says for phone numbers without a country code; left out when that is not known. */
	defaultCountryCode?: unknown;
	/** The time zone of the workflow, such as `Europe/Berlin`. */
	timezone: string;
	/** Writes to n8n's log, and in test runs to the console of the browser. */
	report?: (message: string) => void;
	/** Shows a note beside the node's output, if asked to in the colour of a warning; n8n before 1.60 cannot. */
	addHint?: (message: string, look?: Look) => void;
}

/** How n8n shows a hint: its colour, and with which others as one line (n8n 2.41). */
export type Look = Pick<NodeExecutionHint, 'type' | 'group'>;

/** What {@link Host.addHint} takes. */
export type Hint = Parameters<NonNullable<Host['addHint']>>;

/** What tells this run of the node from its other runs in the same execution (loops). */
function runOf(functions: IExecuteFunctions): string {
	return String(functions.getWorkflowDataProxy(0).$runIndex);
}

/** n8n makes this variant of nodes that are `usableAsTool`; AI Agent nodes from version 3 on run it like other nodes. */
function isTool({ type }: INode): boolean {
	return type.endsWith('Tool');
}

/** The node as part of a workflow, or as a tool of an AI Agent from version 3 on. */
export function hostOfNode(functions: IExecuteFunctions): Host {
	return {
		...common(functions),
		itemCount: functions.getInputData().length,
		runIndex: runOf(functions),
		isTool: isTool(functions.getNode()),
		inputOf: (itemIndex) => functions.getInputData()[itemIndex]?.json ?? {},
		getParameter: (name, itemIndex, fallback) =>
			functions.getNodeParameter(name, itemIndex, fallback),
		report: (message) => {
			functions.logger.info(`${functions.getNode().name}: ${message}`);
			if (functions.getMode() === 'manual') functions.sendMessageToUI(message);
		},
		addHint: (message, look) =>
			functions.addExecutionHints?.({ message: asHtml(message), location: 'outputPane', ...look }),
	};
}

/** The node as a tool, called through n8n's routing engine. */
export function hostOfTool(functions: IExecutePaginationFunctions): Host {
	return {
		...common(functions),
		itemCount: 1,
		runIndex: '',
		isTool: true,
		inputOf: () => ({}),
		getParameter: (name, _itemIndex, fallback) => functions.getNodeParameter(name, fallback),
	};
}

/**
 * The host with what its credential sets for the fields. Where the credential cannot be read, whoever makes requests
 * says so.
 */
export async function withCredential(host: Host): Promise<Host> {
	const connection = await host.connect().catch(() => undefined);
	if (!connection) return host;
	const { defaultCountryCode } = connection.credential;
	return { ...host, defaultCountryCode, connect: async () => connection };
}

/** @throws NodeOperationError when the execution was cancelled */
export function throwIfCancelled({ node, cancelSignal }: Host): void {
	if (cancelSignal?.aborted) throw new NodeOperationError(node, 'The execution was stopped');
}

/** Ends when the execution is cancelled. */
export async function untilCancelled({ cancelSignal }: Host): Promise<void> {
	await new Promise<void>((resolve) => {
		if (cancelSignal?.aborted) resolve();
		cancelSignal?.addEventListener('abort', () => resolve(), { once: true });
	});
}

/** The fields of one item (from 0), as the operations read them. Each is evaluated once: expressions take their time. */
export function fieldsOf(host: Host, item: number): ItemFields {
	const values = new Map<string, unknown>();
	const get = (name: string, fallback?: unknown) => {
		if (!values.has(name)) values.set(name, host.getParameter(name, item, fallback));
		return values.get(name);
	};
	return {
		get,
		collection: (name) => get(name, {}) as IDataObject,
		defaultCountryCode: host.defaultCountryCode,
		timezone: host.timezone,
		refuse: (message, description) => fieldError(host.node, { message, description }, item),
	};
}

/** n8n shows hints as HTML, and what an item holds may be from anybody. */
function asHtml(text: string): string {
	return text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;');
}

/** How n8n calls executions that somebody starts in the editor: the workflow itself, and its evaluation with test data. */
const TEST_MODES = new Set<string>(['manual', 'evaluation']);

function common(functions: IExecuteFunctions | IExecutePaginationFunctions) {
	return {
		node: functions.getNode(),
		executionId: functions.getExecutionId(),
		isTestRun: TEST_MODES.has(functions.getMode()),
		isRetry: functions.getMode() === 'retry',
		isSubWorkflow: functions.getMode() === 'integrated',
		context: functions.getContext('node'),
		flow: functions.getContext('flow'),
		cancelSignal: functions.getExecutionCancelSignal(),
		continueOnFail: functions.continueOnFail(),
		timezone: functions.getTimezone(),
		connect: async () => await connect(functions),
	};
}
