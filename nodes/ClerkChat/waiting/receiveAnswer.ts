import type { IDataObject, IWebhookFunctions, IWebhookResponseData } from 'n8n-workflow';
import { forgetPageAnswer, rememberPageAnswer } from '../../api/answeredOnPage';
import { handOverIn, receptionBody, wantsReception } from '../../api/answering';
import type { QuestionInWords, Received } from '../../api/answering';
import type { Reason } from '../../api/replyRule';
import { onAnswer } from '../../api/webhookAnswer';
import { expectedOf } from './answerLine';
import { readAnswer } from './answers';
import type { Complaint } from './answers';
import { runOfLink } from './links';
import { answeredPage, closedPage, PAGE_HEADERS, questionPage, wrongLinkPage } from './answerPages';
import type { Page } from './answerPages';
import type { Asked } from './askAndWait';
import { takeHandOver } from './takeHandOver';

/**
 * Runs when someone opens the link of a question, or submits its form. Opening the link only shows the page, because
 * programs that make previews or scan for threats open links, too. Only a submitted form answers, or a reply by text
 * that the polling trigger hands over (api/answering.ts).
 *
 * n8n answers by itself, without calling the node, for a forged link (n8n 2.x), and once the execution has continued
 * (waiting-webhooks in n8n/dist/webhooks).
 */
export async function receiveAnswer(this: IWebhookFunctions): Promise<IWebhookResponseData> {
	const query = this.getQueryData() as IDataObject;
	const run = runOfLink(this, query);
	if (run === undefined) return show(this, { reception: 'notHere' }, wrongLinkPage());
	const asked = askedBy(this);
	const by = asked?.by;
	if (asked?.run !== run || new Date(asked.question.until).getTime() <= Date.now()) {
		return show(this, { reception: 'closed' }, closedPage(by));
	}
	const { question } = asked;
	const open = (reason: Reason, complaint?: Complaint) =>
		show(
			this,
			{ reception: 'notTaken', reason, question: inWords(asked) },
			questionPage(question, complaint),
		);
	if (this.getRequestObject().method !== 'POST') return open('notUnderstood');
	const body = this.getBodyData();
	const handed = handOverIn(body);
	if (handed) {
		const outcome = await takeHandOver(this, asked, handed, String(query.signature));
		if ('reason' in outcome) return open(outcome.reason);
		if (!accept(asked.id, this)) return show(this, { reception: 'closed' }, closedPage(by));
		setHeaders(this, true);
		return continueWith(asked, outcome.data, JSON.stringify(receptionBody({ reception: 'taken' })));
	}
	const answer = readAnswer(question, body);
	if ('complaint' in answer) return open('notUnderstood', answer);
	const signature = String(query.signature);
	if (!accept(asked.id, this, () => forgetPageAnswer(signature))) {
		return show(this, { reception: 'closed' }, closedPage(by));
	}
	rememberPageAnswer(signature);
	setHeaders(this, false);
	const data = { ...answer, respondedAt: new Date().toISOString(), respondedBy: 'page' };
	return continueWith(asked, data, answeredPage(question, answer, by).html);
}

/** The question, for workflows that text the person back. */
function inWords({ question, askedAt }: Asked): QuestionInWords {
	return { text: question.message, askedAt, expected: expectedOf(question) };
}

/** Makes the workflow continue. @param webhookResponse what the person who answered sees */
function continueWith(
	{ recipients }: Asked,
	data: IDataObject,
	webhookResponse: string,
): IWebhookResponseData {
	return {
		webhookResponse,
		workflowData: [[{ json: { data, recipients }, pairedItem: { item: 0 } }]],
	};
}

/**
 * The questions answered recently in this process. If several answers arrive at the same moment, n8n 1.x would accept
 * them all, and continue with each.
 */
const answered = new Set<string>();
const LATELY = 1000;

/**
 * Accepts an answer.
 * @param onFailure called when n8n couldn't continue with it
 * @returns false when the question already has one
 */
function accept(id: string, context: IWebhookFunctions, onFailure = () => {}): boolean {
	if (answered.has(id)) return false;
	answered.add(id);
	for (const oldest of answered) {
		if (answered.size <= LATELY) break;
		answered.delete(oldest);
	}
	onAnswer(context.getResponseObject(), (status) => {
		// n8n couldn't continue, so the question is still open.
		if (status < 400) return;
		answered.delete(id);
		onFailure();
	});
	return true;
}

/** Webhooks can't read the node's context directly, but expressions can. */
function askedBy(context: IWebhookFunctions): Asked | undefined {
	const name = JSON.stringify(context.getNode().name).replace(/[{}]/g, (brace) =>
		brace === '{' ? '\\u007b' : '\\u007d',
	);
	const asked = context.evaluateExpression(`{{ $node[${name}].context.asked }}`);
	return (asked ?? undefined) as Asked | undefined;
}

/** Responds and keeps waiting. A program learns what happened, a person sees a page. */
function show(
	context: IWebhookFunctions,
	received: Received,
	{ status, html }: Page,
): IWebhookResponseData {
	const isProgram = wantsReception(context.getRequestObject().headers);
	setHeaders(context, isProgram);
	const text = isProgram ? JSON.stringify(receptionBody(received)) : html;
	context.getResponseObject().status(status).send(text);
	return { noWebhookResponse: true };
}

function setHeaders(context: IWebhookFunctions, isProgram: boolean): void {
	const headers = isProgram ? { ...PAGE_HEADERS, ...JSON_HEADERS } : PAGE_HEADERS;
	const response = context.getResponseObject();
	for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
}

const JSON_HEADERS = { 'Content-Type': 'application/json; charset=utf-8' };
