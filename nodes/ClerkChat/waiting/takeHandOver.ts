import type { IDataObject, IWebhookFunctions } from 'n8n-workflow';
import type { Handed, HandedFailure, HandedReply } from '../../api/answering';
import { readAddress } from '../../api/addressForms';
import { personOf } from '../../api/person';
import { ruleOn } from '../../api/replyRule';
import type { Reason } from '../../api/replyRule';
import type { Asked } from './askAndWait';
import { isProven } from './proof';
import { readReply } from './replies';

/**
 * What follows from what the polling trigger handed over: the data to continue with, or why the workflow keeps waiting.
 */
export type Outcome = { data: IDataObject } | { reason: Reason };

/**
 * Decides about what the polling trigger handed over to an open question (api/answering.ts).
 * @param signature that of the link
 */
export async function takeHandOver(
	context: IWebhookFunctions,
	asked: Asked,
	handed: Handed,
	signature: string,
): Promise<Outcome> {
	const { handOver } = handed;
	const prove = async () => await isProven(context, asked, handed, signature);
	return handOver.kind === 'reply'
		? await takeReply(asked, handOver, prove)
		: await takeFailure(asked, handOver, prove);
}

async function takeReply(
	{ question, recipients }: Asked,
	reply: HandedReply,
	prove: () => Promise<boolean>,
): Promise<Outcome> {
	const { id, text, from, sentAt, askedAt, isBetweenTwo, isLastOut } = reply;
	const { says, answer } = readReply(question, text);
	const rule = (isTrue: boolean) =>
		ruleOn({
			question: 'open',
			isAsked: isAsked(from, recipients),
			says,
			isBetweenTwo,
			isLastOut,
			age: sentAt - askedAt,
			countsFor: question.replyHours * 3_600_000,
			isProven: isTrue,
		});
	// Searching the record takes a while, so do it only if nothing else speaks against the answer.
	const ruling = rule(rule(true).becomes === 'answer' && (await prove()));
	if (ruling.becomes === 'answer') {
		const respondedAt = new Date().toISOString();
		return {
			data: { text: text.trim(), ...answer, respondedAt, respondedBy: 'text', from, id },
		};
	}
	const { reason = 'notUnderstood' } = ruling as { reason?: Reason };
	return { reason };
}

/**
 * Whether a sender was asked. An inbox or a contact may stand for anyone, and if an earlier try sent the question, it
 * may be unknown who was asked.
 */
function isAsked(from: string, recipients: string[] = []): boolean {
	const isNumber = (address: string) => readAddress(address)?.kind === 'number';
	if (recipients.length === 0 || ![from, ...recipients].every(isNumber)) return true;
	return recipients.map(personOf).includes(personOf(from));
}

async function takeFailure(
	{ recipients }: Asked,
	{ to, reason }: HandedFailure,
	prove: () => Promise<boolean>,
): Promise<Outcome> {
	// It may still have reached one of several people.
	const failed = new Set(to.map(personOf));
	const isForAll = recipients.every((recipient) => failed.has(personOf(recipient)));
	if (!isForAll || !(await prove())) return { reason: 'notProven' };
	return { data: { delivered: false, reason } };
}
