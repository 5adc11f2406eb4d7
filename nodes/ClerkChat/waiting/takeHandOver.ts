import type { IDataObject, IWebhookFunctions } from 'n8n-workflow';
import type { Handed, HandedFailure, HandedReply } from '../../api/answering';
import { readAddress } from '../../api/addressForms';
import { personOf } from '../../api/person';
import { ruleOn } from '../../api/replyRule';
import type { Reason } from '../../api/replyRule';
import type { Asked } from './askAndWait';
import { isProven } from './proof';
import { readReply } from './replies';

/** What the polling trigger handed over comes to: the data that the workflow goes on with, or why it stays waiting. */
export type Outcome = { data: IDataObject } | { reason: Reason };

/**
 * Judges what the polling trigger handed over to an open question (api/answering.ts).
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
			says,
			isBetweenTwo,
			isLastOut,
			age: sentAt - askedAt,
			countsFor: question.replyHours * 3_600_000,
			isProven: isTrue,
		});
	// A look at the record takes a while, so only when everything else speaks for it.
	const ruling = rule(
		rule(true).becomes === 'answer' && isAsked(from, recipients) && (await prove()),
	);
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
 * Whether somebody was asked. Behind an inbox or a contact there may be anybody, and of a question that an earlier try sent
 * it may not be known who was asked.
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
	// One of several people may still have got it.
	const failed = new Set(to.map(personOf));
	const isForAll = recipients.every((recipient) => failed.has(personOf(recipient)));
	if (!isForAll || !(await prove())) return { reason: 'notProven' };
	return { data: { delivered: false, reason } };
}
