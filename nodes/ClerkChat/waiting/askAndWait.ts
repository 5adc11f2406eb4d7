import { randomUUID } from 'node:crypto';
import type {
	IDataObject,
	IExecuteFunctions,
	IHttpRequestOptions,
	INodeExecutionData,
} from 'n8n-workflow';
import type { Host } from '../requests/host';
import { sendItems } from '../sending/sendItems';
import { isErrorItem } from '../shared/errors';
import type { ItemFields, QuestionOf, Write } from '../shared/operation';
import { answerLink } from './links';
import type { Question } from './question';

/** What the node keeps in its own context from the asking to the answer: nothing but plain data. */
export interface Asked {
	/** The run of the node that asked. */
	run: string;
	/** The execution that asked. Another one, made by the Retry button, has other links. */
	executionId: string;
	/** Tells this question from all others. */
	id: string;
	question: Question;
}

/**
 * Texts the question of the first item, as n8n's own nodes that wait do, and lets the execution wait. The text goes out
 * once, whatever is retried: by what docs/sending.md promises, and here when it was sent but the waiting failed.
 * @param host with the first item only
 * @returns the input items, which n8n gives out when the limit of the wait runs out; an error item when the text did not
 * go out and On Error is not Stop
 * @throws as {@link sendItems} does
 */
export async function askAndWait(
	functions: IExecuteFunctions,
	host: Host,
	{ write, questionOf }: { write: Write; questionOf: QuestionOf },
): Promise<INodeExecutionData[]> {
	const itemCount = functions.getInputData().length;
	if (itemCount > 1) {
		host.addHint?.(
			`Only the question of the first of ${itemCount} items was sent. Use Loop Over Items to ask for each.`,
		);
	}
	const executionId = functions.getExecutionId();
	const run = host.runIndex;
	let asked = host.context.asked as Asked | undefined;
	if (asked?.run !== run || asked.executionId !== executionId) {
		let question!: Question;
		const request = (item: ItemFields) => {
			question = questionOf(item);
			return write.request(item);
		};
		const link = answerLink(functions, run);
		const [result] = await sendItems(asking(host, functions, link), { ...write, request });
		if (isErrorItem(result)) return [result];
		asked = { run, executionId, id: randomUUID(), question };
		host.context.asked = asked;
	}
	await functions.putExecutionToWait(new Date(asked.question.until));
	return functions.getInputData();
}

/**
 * The link is added as the text goes out. What is remembered of the text is without it: the Retry button makes another
 * execution with another link, and would otherwise send again what may have been sent.
 */
function asking(host: Host, functions: IExecuteFunctions, link: string): Host {
	const withLink = (options: IHttpRequestOptions): IHttpRequestOptions => {
		const message = options.body as IDataObject;
		return { ...options, body: { ...message, body: `${String(message.body).trimEnd()}\n${link}` } };
	};
	return {
		...host,
		// That the text went out is kept in `asked`, and no longer than its link leads somewhere.
		runsAgain: false,
		getParameter: (name, item, fallback) =>
			name === 'message' ? messageOf(functions) : host.getParameter(name, item, fallback),
		request: async (options) => await host.request(withLink(options)),
	};
}

/**
 * The field 'Message'. In the variant that asks before an agent uses a tool, n8n fills it in beforehand, with an
 * expression that shows what the tool is to be called with as "[object Object]": nobody could judge that.
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
