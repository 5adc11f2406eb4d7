import type { IConnections, IDataObject, INode, IWorkflowSettings } from 'n8n-workflow';
import { callWebhook } from '../e2e/triggerWorkflow';
import { clerkChatNode, node, to, type WorkflowFile } from '../e2e/workflowFile';

/** The node that sends. */
export const NODE = 'Clerk Chat';

/** What a call of the webhook asks for. */
export interface Order {
	/** The number in the first recipient; the others follow. */
	first: number;
	/** How many recipients. */
	count: number;
}

/** The recipients of an order. */
export function recipientsOf({ first, count }: Order): string[] {
	return Array.from({ length: count }, (_, n) => `+1415${5550000 + first + n}`);
}

const list =
	"={{ Array.from({ length: $json.body.count }, (_, n) => ({ to: '+1415' + (5550000 + $json.body.first + n) })) }}";

function startedByCall(path: string): INode[] {
	return [
		{
			...node('Webhook', 'n8n-nodes-base.webhook', 2, {
				httpMethod: 'POST',
				path,
				responseMode: 'onReceived',
				options: {},
			}),
			webhookId: path,
		},
		node('List', 'n8n-nodes-base.set', 3.4, {
			assignments: { assignments: [{ id: '1', name: 'list', type: 'array', value: list }] },
			options: {},
		}),
		node('Items', 'n8n-nodes-base.splitOut', 1, { fieldToSplitOut: 'list', options: {} }),
	];
}

const clerkChat = clerkChatNode(NODE, 'clerkChat', {
	resource: 'message',
	operation: 'send',
	sender: '+14155550100',
	recipients: '={{ $json.to }}',
	body: '=Hello {{ $json.to }}',
	additionalFields: {},
	options: {},
});

const begin: IConnections = {
	Webhook: { main: [[to('List')]] },
	List: { main: [[to('Items')]] },
};

/**
 * A call of the webhook with an `Order` texts all its recipients, in one run of the node.
 *
 * @param path of the webhook, a name of its own for each workflow
 * @param options of the node
 */
export function sendAll(
	path: string,
	options: IDataObject = {},
	settings: IWorkflowSettings = {},
): WorkflowFile {
	const sends = { ...clerkChat, parameters: { ...clerkChat.parameters, options } } as INode;
	return {
		name: path,
		nodes: [...startedByCall(path), sends],
		connections: { ...begin, Items: { main: [[to(NODE)]] } },
		settings: { executionOrder: 'v1', ...settings },
	};
}

const slices = (size: number) =>
	node('Loop', 'n8n-nodes-base.splitInBatches', 3, { batchSize: size, options: {} });

/** A call of the webhook with an `Order` texts all its recipients in a loop, so many in each round. */
export function sendInLoop(path: string, size: number): WorkflowFile {
	return {
		name: path,
		nodes: [...startedByCall(path), slices(size), clerkChat],
		connections: {
			...begin,
			Items: { main: [[to('Loop')]] },
			Loop: { main: [[], [to(NODE)]] },
			[NODE]: { main: [[to('Loop')]] },
		},
		settings: { executionOrder: 'v1' },
	};
}

/**
 * The same, each round by a workflow of its own.
 *
 * @param called the id of {@link sendSlice}
 */
export function sendSlices(path: string, size: number, called: string): WorkflowFile {
	const call = node('Send a slice', 'n8n-nodes-base.executeWorkflow', 1.2, {
		workflowId: { __rl: true, mode: 'id', value: called },
		options: { waitForSubWorkflow: true },
	});
	return {
		name: path,
		nodes: [...startedByCall(path), slices(size), call],
		connections: {
			...begin,
			Items: { main: [[to('Loop')]] },
			Loop: { main: [[], [to(call.name)]] },
			[call.name]: { main: [[to('Loop')]] },
		},
		settings: { executionOrder: 'v1' },
	};
}

/** Texts the items of the workflow that calls it, and returns one item. */
export function sendSlice(name: string): WorkflowFile {
	const nodes = [
		node('Called', 'n8n-nodes-base.executeWorkflowTrigger', 1.1, { inputSource: 'passthrough' }),
		clerkChat,
		node('One item', 'n8n-nodes-base.limit', 1, {}),
	];
	return {
		name,
		nodes,
		connections: {
			Called: { main: [[to(NODE)]] },
			[NODE]: { main: [[to('One item')]] },
		},
		settings: { executionOrder: 'v1' },
	};
}

/**
 * A call of the webhook with an `Order` asks its first recipient, and waits for the answer.
 *
 * @param path of the webhook, a name of its own for each workflow
 */
export function ask(path: string): WorkflowFile {
	const { nodes, ...workflow } = sendAll(path);
	const { recipients, sender, additionalFields, options } = clerkChat.parameters;
	const asks = {
		...clerkChat,
		webhookId: `${path}-answer`,
		parameters: {
			resource: 'message',
			operation: 'sendAndWait',
			message: 'Shall we come on Friday?',
			responseType: 'approval',
			...{ recipients, sender, additionalFields, options },
		},
	} as INode;
	return { ...workflow, nodes: nodes.map((each) => (each.name === NODE ? asks : each)) };
}

/** The one column, of text, in the Data Table of `notedInTable`. */
export const COLUMN = 'to';

const loop = node('Loop', 'n8n-nodes-base.splitInBatches', 3, { batchSize: 1, options: {} });

/**
 * The same one after the other, each noted in a Data Table before it is texted. Who is in the table already is left out
 * at the beginning.
 *
 * @param table the id of the Data Table
 */
export function notedInTable(path: string, table: string): WorkflowFile {
	const dataTableId = { __rl: true, mode: 'id', value: table };
	const left = node('Not texted yet', 'n8n-nodes-base.dataTable', 1, {
		resource: 'row',
		operation: 'rowNotExists',
		dataTableId,
		matchType: 'anyCondition',
		filters: {
			conditions: [{ keyName: COLUMN, condition: 'eq', keyValue: '={{ $json.to }}' }],
		},
	});
	const note = node('Note it', 'n8n-nodes-base.dataTable', 1, {
		resource: 'row',
		operation: 'insert',
		dataTableId,
		columns: {
			mappingMode: 'defineBelow',
			value: { [COLUMN]: '={{ $json.to }}' },
			matchingColumns: [],
			schema: [{ id: COLUMN, displayName: COLUMN, type: 'string' }],
		},
		options: {},
	});
	return {
		name: path,
		nodes: [...startedByCall(path), left, loop, note, clerkChat],
		connections: {
			...begin,
			Items: { main: [[to('Not texted yet')]] },
			'Not texted yet': { main: [[to('Loop')]] },
			Loop: { main: [[], [to('Note it')]] },
			'Note it': { main: [[to(NODE)]] },
			[NODE]: { main: [[to('Loop')]] },
		},
		settings: { executionOrder: 'v1' },
	};
}

/**
 * The same one after the other, with a Remove Duplicates node in the loop that remembers across executions whom it let
 * through.
 */
export function duplicatesRemoved(path: string): WorkflowFile {
	const once = node('Each one once', 'n8n-nodes-base.removeDuplicates', 2, {
		operation: 'removeItemsSeenInPreviousExecutions',
		logic: 'removeItemsWithAlreadySeenKeyValues',
		dedupeValue: '={{ $json.to }}',
		options: {},
	});
	return {
		name: path,
		nodes: [...startedByCall(path), loop, once, clerkChat],
		connections: {
			...begin,
			Items: { main: [[to('Loop')]] },
			Loop: { main: [[], [to('Each one once')]] },
			// A loop ends where nothing comes back to it, so what is left out has to come back as well.
			'Each one once': { main: [[to(NODE)], [to('Loop')]] },
			[NODE]: { main: [[to('Loop')]] },
		},
		settings: { executionOrder: 'v1' },
	};
}

/** Calls the webhook of an active workflow. */
export async function order(n8nUrl: string, path: string, what: Order): Promise<void> {
	await callWebhook(`${n8nUrl}/webhook/${path}`, what);
}
