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
 * What requests need from n8n. There are two implementations because n8n runs a declarative node in two ways: as a node
 * in a workflow (all items at once), and through its routing engine when an AI agent or an MCP server uses the node as
 * a tool (one item).
 */
export interface Host extends Caller {
	itemCount: number;
	executionId: string;
	/** Identifies this run of the node among its runs in the same execution (loops); '' if n8n doesn't say. */
	runIndex: string;
	/** Whether an AI agent or an MCP server uses the node as a tool. */
	isTool: boolean;
	/** Whether the execution was started in the editor, manually or as an evaluation case. */
	isTestRun: boolean;
	/** Whether n8n's Retry button started the execution. */
	isRetry: boolean;
	/** Whether another workflow called this one. n8n doesn't say whether that one was started in the editor. */
	isSubWorkflow: boolean;
	/** The node's own storage in the execution data. */
	context: IContextObject;
	/** The storage in the execution data that all nodes share. */
	flow: IContextObject;
	/** The JSON of an input item; empty if the node is called as a tool. */
	inputOf: (itemIndex: number) => IDataObject;
	/** Whether a failed item is returned as an item instead of stopping the node (On Error). */
	continueOnFail: boolean;
	/** A field of an item with expressions resolved; `fallback` if the node has no such field. */
	getParameter: (name: string, itemIndex: number, fallback?: unknown) => unknown;
	/** The credential's default country code for phone numbers; left out if unknown. */
	defaultCountryCode?: unknown;
	/** The time zone of the workflow, such as `Europe/Berlin`. */
	timezone: string;
	/** Writes to n8n's log and, in test runs, to the browser console. */
	report?: (message: string) => void;
	/** Shows a hint with the node's output, optionally styled as a warning. Missing before n8n 1.60. */
	addHint?: (message: string, look?: Look) => void;
}

/** How n8n shows a hint: its color, and the group that it is folded into (n8n 2.41). */
export type Look = Pick<NodeExecutionHint, 'type' | 'group'>;

/** The arguments of {@link Host.addHint}. */
export type Hint = Parameters<NonNullable<Host['addHint']>>;

/**
 * n8n creates this variant of nodes that are `usableAsTool`. AI Agent nodes from version 3 run it like any other node.
 */
function isTool({ type }: INode): boolean {
	return type.endsWith('Tool');
}

/** The host for a node in a workflow, or for a tool of an AI Agent from version 3. */
export function hostOfNode(functions: IExecuteFunctions): Host {
	return {
		...common(functions),
		itemCount: functions.getInputData().length,
		runIndex: String(functions.getWorkflowDataProxy(0).$runIndex),
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

/** The host for a tool called through n8n's routing engine. */
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
 * Adds the credential's defaults for the fields to the host. If the credential can't be read, the code that makes
 * requests reports it.
 */
export async function withCredential(host: Host): Promise<Host> {
	const connection = await host.connect().catch(() => undefined);
	if (!connection) return host;
	const { defaultCountryCode } = connection.credential;
	return { ...host, defaultCountryCode, connect: async () => connection };
}

/** @throws NodeOperationError if the execution was cancelled */
export function throwIfCancelled({ node, cancelSignal }: Host): void {
	if (cancelSignal?.aborted) throw new NodeOperationError(node, 'The execution was stopped');
}

/** Resolves when the execution is cancelled. */
export async function untilCancelled({ cancelSignal }: Host): Promise<void> {
	await new Promise<void>((resolve) => {
		if (cancelSignal?.aborted) resolve();
		cancelSignal?.addEventListener('abort', () => resolve(), { once: true });
	});
}

/**
 * The fields of one item (from 0), as operations read them. Each is evaluated only once, because expressions are slow.
 */
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

/** n8n shows hints as HTML, and item data may come from anyone. */
function asHtml(text: string): string {
	return text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;');
}

/** n8n's modes for executions started in the editor: manual runs, and evaluations with test data. */
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
