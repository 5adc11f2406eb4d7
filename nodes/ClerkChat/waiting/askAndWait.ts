import { randomUUID } from 'node:crypto';
import { NodeOperationError } from 'n8n-workflow';
import type { IDataObject, IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';
import { asText } from '../../api/bodies';
import { fieldsOf } from '../host';
import type { Host } from '../host';
import { sendItems } from '../sending/sendItems';
import { errorItem, isErrorItem } from '../../api/errors';
import type { ApiRequest } from '../../api/requester';
import type { OfQuestion } from '../operation';
import { answerLink, isPrivate } from './links';
import { answerLineOf, offersReplies } from './readQuestion';
import type { Question } from './question';

/** What the node saves in its own context between question and answer: plain data only. */
export interface Asked {
	/** The node's run that asked. */
	run: string;
	/** The execution that asked. The Retry button makes another execution, with other links. */
	executionId: string;
	/** Identifies this question. */
	id: string;
	/** Who was asked. */
	recipients: string[];
	/** Who asks, for the person asked: a name or a number. */
	by: string;
	/** When it was asked, by this machine's clock: ISO 8601 in UTC. */
	askedAt: string;
	question: Question;
}

/**
 * Texts the first item's question, as n8n's own waiting nodes do, and makes the execution wait. The text is sent once,
 * whatever is retried: docs/sending.md promises that, and this function also covers a question that was sent before
 * waiting failed.
 * @param host with the first item only
 * @returns the input items, which n8n outputs when the wait times out; an error item when the text was not sent and On
 * Error is not Stop
 * @throws what {@link sendItems} throws
 */
export async function askAndWait(
	functions: IExecuteFunctions,
	host: Host,
	operation: OfQuestion,
): Promise<INodeExecutionData[]> {
	const itemCount = functions.getInputData().length;
	if (itemCount > 1) {
		host.addHint?.(
			`Only the first item's question was sent. To send all ${itemCount} questions, use Loop Over Items.`,
		);
	}
	const executionId = functions.getExecutionId();
	const run = host.runIndex;
	let asked = host.context.asked as Asked | undefined;
	if (asked?.run !== run || asked.executionId !== executionId) {
		const link = answerLink(functions, run);
		const asking = askingHost(host, functions);
		// Read once, before the text is sent: later, its fields may say something else, or nothing.
		let question: Question | undefined;
		let line = '';
		let isByText = false;
		let sent: IDataObject = {};
		const { preview } = operation.write;
		const [result] = await sendItems(asking, {
			...operation,
			check: (request, item) => {
				operation.check?.(request, item);
				question = operation.question(item);
				line = answerLineOf(item);
				isByText = offersReplies(item);
				sent = request.body ?? {};
			},
			write: {
				...operation.write,
				message: {
					...operation.write.message!,
					// The Retry button makes another execution with another link; that must not be a reason to send
					// again.
					completed: (request) => {
						sent = request.body ?? {};
						return withLink(request, line, link);
					},
					isPerExecution: true,
				},
				preview: preview && ((request) => preview(withLink(request, line, link))),
			},
		});
		// Nobody was asked: it failed, or this is a test run that only shows the question.
		if (isErrorItem(result) || (host.isTestRun && result.json.status === 'preview'))
			return [result];
		// Only if an earlier try sent the question, and its fields have become unusable since.
		question ??= operation.question(fieldsOf(asking, 0));
		const recipients = sent.recipients as string[];
		const by = asText(sent.sentByName ?? sent.sender);
		const askedAt = new Date().toISOString();
		asked = { run, executionId, id: randomUUID(), recipients, by, askedAt, question };
		host.context.asked = asked;
		if (!isByText && isPrivate(link)) host.addHint?.(UNREACHABLE_LINK);
	}
	try {
		await functions.putExecutionToWait(new Date(asked.question.until));
	} catch (exception) {
		const error = new NodeOperationError(host.node, exception as Error, {
			message: "The question was sent, but n8n couldn't wait for the answer",
			itemIndex: 0,
		});
		if (!host.continueOnFail) throw error;
		return [errorItem(error, { outcome: 'unknown', item: 0 })];
	}
	return functions.getInputData();
}

/** The hint for a link that only this machine or its network can open. */
const UNREACHABLE_LINK =
	"Phones can't open the link in this text: it leads to an address inside your network. Set a public address for this n8n (WEBHOOK_URL), or publish a workflow with a Clerk Chat Polling Trigger and turn on 'Replies by Text'.";

function withLink(request: ApiRequest, line: string, link: string): ApiRequest {
	const text = [String(request.body?.body).trimEnd(), line, link].filter(Boolean).join('\n');
	return { ...request, body: { ...request.body, body: text } };
}

function askingHost(host: Host, functions: IExecuteFunctions): Host {
	return {
		...host,
		getParameter: (name, item, fallback) =>
			name === 'message' ? messageOf(functions) : host.getParameter(name, item, fallback),
	};
}

/**
 * The field 'Message'. In the variant that asks before an agent uses a tool, n8n prefills it with an expression that
 * shows the tool's input as "[object Object]": nobody could decide on that.
 */
function messageOf(functions: IExecuteFunctions): unknown {
	const { message } = functions.getNode().parameters;
	const readable = String(message).replace(
		/\{\{\s*\$tool\.parameters\s*\}\}/g,
		'{{ JSON.stringify($tool.parameters) }}',
	);
	return readable.startsWith('=') && readable !== message
		? functions.evaluateExpression(readable.slice(1), 0)
		: functions.getNodeParameter('message', 0);
}
