import type { IDataObject, IWebhookFunctions, IWebhookResponseData } from 'n8n-workflow';
import { receptionBody, replyIn, wantsReception } from '../../api/answering';
import type { Reception } from '../../api/answering';
import { onAnswer } from '../../api/webhookAnswer';
import { readAnswer } from './answers';
import { runOfLink } from './links';
import { readReply } from './replies';
import { answeredPage, closedPage, PAGE_HEADERS, questionPage, wrongLinkPage } from './answerPages';
import type { Page } from './answerPages';
import type { Asked } from './askAndWait';

/**
 * What happens when somebody opens the link of a question, or sends its form. Opening it shows the page and nothing
 * else, since programs that make previews or look for harm open links, too. Only a sent form answers, or a reply by text
 * that the polling trigger hands over (api/answering.ts).
 *
 * n8n itself answers where it does not call the node: on a forged link (n8n 2.x), and as soon as the execution has gone
 * on (waiting-webhooks in n8n/dist/webhooks).
 */
export async function receiveAnswer(this: IWebhookFunctions): Promise<IWebhookResponseData> {
	const run = runOfLink(this, this.getQueryData() as IDataObject);
	if (run === undefined) return show(this, 'closed', wrongLinkPage());
	const asked = askedBy(this);
	if (asked?.run !== run || new Date(asked.question.until).getTime() <= Date.now()) {
		return show(this, 'closed', closedPage());
	}
	const { question } = asked;
	if (this.getRequestObject().method !== 'POST') {
		return show(this, 'notUnderstood', questionPage(question));
	}
	const body = this.getBodyData();
	const reply = replyIn(body);
	const answer =
		reply === undefined ? readAnswer(question, body) : readReply(question, reply).answer;
	if (answer === undefined) return show(this, 'notUnderstood', questionPage(question));
	if ('complaint' in answer) return show(this, 'notUnderstood', questionPage(question, answer));
	if (!take(asked.id, this)) return show(this, 'closed', closedPage());
	const isProgram = setHeaders(this);
	const data = {
		...(reply !== undefined && { text: reply.trim() }),
		...answer,
		respondedAt: new Date().toISOString(),
		respondedBy: reply === undefined ? 'page' : 'text',
	};
	return {
		webhookResponse: isProgram
			? JSON.stringify(receptionBody('taken'))
			: answeredPage(question, answer).html,
		workflowData: [[{ json: { data, recipients: asked.recipients }, pairedItem: { item: 0 } }]],
	};
}

/**
 * The questions that were answered lately in this process. Of answers that come at the same moment n8n 1.x would take
 * several, and go on with each.
 */
const answered = new Set<string>();
const LATELY = 1000;

/** Takes an answer. False when the question has one already. */
function take(id: string, context: IWebhookFunctions): boolean {
	if (answered.has(id)) return false;
	answered.add(id);
	for (const oldest of answered) {
		if (answered.size <= LATELY) break;
		answered.delete(oldest);
	}
	onAnswer(context.getResponseObject(), (status) => {
		// n8n could not go on, so the question is still open.
		if (status >= 400) answered.delete(id);
	});
	return true;
}

/** Webhooks cannot read the node's context themselves, but expressions can. */
function askedBy(context: IWebhookFunctions): Asked | undefined {
	const name = JSON.stringify(context.getNode().name).replace(/[{}]/g, (brace) =>
		brace === '{' ? '\\u007b' : '\\u007d',
	);
	const asked = context.evaluateExpression(`{{ $node[${name}].context.asked }}`);
	return (asked ?? undefined) as Asked | undefined;
}

/** Answers, and stays waiting. A program is told what became of it, a person sees a page. */
function show(
	context: IWebhookFunctions,
	reception: Reception,
	{ status, html }: Page,
): IWebhookResponseData {
	const isProgram = setHeaders(context);
	const text = isProgram ? JSON.stringify(receptionBody(reception)) : html;
	context.getResponseObject().status(status).send(text);
	return { noWebhookResponse: true };
}

/** @returns whether the answer goes to a program, and is JSON */
function setHeaders(context: IWebhookFunctions): boolean {
	const isProgram = wantsReception(context.getRequestObject().headers);
	const response = context.getResponseObject();
	const headers = isProgram ? { ...PAGE_HEADERS, ...JSON_HEADERS } : PAGE_HEADERS;
	for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
	return isProgram;
}

const JSON_HEADERS = { 'Content-Type': 'application/json; charset=utf-8' };
