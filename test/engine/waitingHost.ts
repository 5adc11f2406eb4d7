import { WebhookContext, WorkflowExecute } from 'n8n-core';
import type {
	IDataObject,
	INodeExecutionData,
	IRunExecutionData,
	IWebhookData,
	IWebhookResponseData,
	IWorkflowExecuteAdditionalData,
} from 'n8n-workflow';
import { additionalData, nameOf, resultOf, workflowOf } from './engine';
import type { Result, Setup } from './engine';

/** What someone who opened a link or sent a form got. */
export interface Visit {
	status: number;
	headers: Record<string, string>;
	html: string;
	/** What the execution goes on with; undefined when it stays waiting. */
	goesOn?: INodeExecutionData[][];
}

/** The changes to n8n's part that a test may want: another execution ID, a database that fails. */
export type Changes = Partial<IWorkflowExecuteAdditionalData>;

/** Like `runNode`, with changes to what n8n passes to the engine. */
export async function ask(
	items: IDataObject[],
	setup: Setup,
	changes: Changes = {},
): Promise<Result> {
	const workflow = workflowOf(items, setup);
	const engine = new WorkflowExecute({ ...additionalData(setup), ...changes }, 'trigger');
	return resultOf(await engine.run({ workflow, startNode: workflow.getNode('Items')! }));
}

/** How a link is followed. */
interface Following {
	link: string;
	/** The fields of the form that is sent; left out: the link is only opened. */
	form?: unknown;
	setup: Setup;
	/** Whether n8n cannot go on with the answer, because its database or queue is down. */
	fails?: boolean;
	/** Names in lower case. */
	headers?: Record<string, string>;
}

/**
 * Follows a link as n8n 2.41.1 does (waiting-webhooks.js, webhook-helpers.js), without its own look at the signature,
 * which n8n 1.x does not have either.
 */
export async function visit(
	result: Result,
	{ link, form, setup, fails, headers = {} }: Following,
): Promise<Visit> {
	const workflow = workflowOf([], setup);
	const visited: Visit = { status: 200, headers: {}, html: '' };
	const listeners: Array<() => void> = [];
	const response = {
		statusCode: 200,
		once(event: string, listener: () => void) {
			if (event === 'prefinish') listeners.push(listener);
		},
		status(code: number) {
			response.statusCode = code;
			return response;
		},
		setHeader(name: string, value: string) {
			visited.headers[name] = value;
		},
		send(html: string) {
			visited.html = html;
		},
	};
	const query = Object.fromEntries(new URL(link).searchParams);
	const request = {
		method: form === undefined ? 'GET' : 'POST',
		query,
		body: form ?? {},
		headers,
	};
	const { webhook, description } = workflow.nodeTypes.getByNameAndVersion(
		'n8n-nodes-clerk-chat.clerkChat',
	);
	const context = new WebhookContext(
		workflow,
		workflow.getNode(nameOf(setup))!,
		{
			...additionalData(setup),
			httpRequest: request,
			httpResponse: response,
		} as unknown as IWorkflowExecuteAdditionalData,
		'trigger',
		{ webhookDescription: description.webhooks![0] } as IWebhookData,
		[],
		saved(result),
	);
	const answer: IWebhookResponseData = await webhook!.call(context);
	if (!answer.noWebhookResponse) visited.html = String(answer.webhookResponse);
	if (fails && answer.workflowData) response.status(500).send('There was a problem');
	for (const tell of listeners) tell();
	const goesOn = fails ? undefined : answer.workflowData;
	return { ...visited, status: response.statusCode, goesOn };
}

/**
 * Continues as n8n does after a wait.
 * @param data a webhook's data; left out: the wait's time limit was reached
 */
export async function goOn(
	result: Result,
	setup: Setup,
	data?: INodeExecutionData[][],
): Promise<Result> {
	const runData = saved(result);
	const [entry] = runData.executionData!.nodeExecutionStack;
	if (data) {
		entry.data.main = data;
		entry.metadata = { ...entry.metadata, forwardAllOutputs: true };
	}
	const engine = new WorkflowExecute(additionalData(setup), 'trigger', runData);
	return resultOf(await engine.processRunExecutionData(workflowOf([], setup)));
}

/** As it comes back from n8n's database. */
function saved({ data }: Result): IRunExecutionData {
	const copy = JSON.parse(JSON.stringify(data)) as IRunExecutionData;
	if (copy.waitTill) copy.waitTill = new Date(copy.waitTill);
	return copy;
}
