import type { IWebhookFunctions } from 'n8n-workflow';
import { asText } from '../../api/bodies';
import type { HandedFailure, HandedReply, Handed } from '../../api/answering';
import { apiKeyOf } from '../../api/apiKey';
import { connect } from '../../api/connection';
import { isFailed } from '../../api/messageStatus';
import { folded } from '../../api/matching';
import { personOf } from '../../api/person';
import { readRecord, timeOf } from '../../api/record';
import type { Entry } from '../../api/record';
import { Requester } from '../../api/requester';
import type { Asked } from './askAndWait';

/** How long (ms) a search of the record may take: the polling trigger waits ten seconds. */
const LONGEST_LOOK = 8_000;

/** How far (ms) around its time to search for a message. */
const AROUND = 60_000;

/**
 * Whether what was handed over is genuine. Anyone with the link could hand over anything, so it must carry a MAC made
 * with the key of this node's credential. If the MAC doesn't match, because the key changed while the question waited,
 * or the trigger has another credential, the message is searched for on record with this node's credential.
 * @param signature that of the link
 */
export async function isProven(
	context: IWebhookFunctions,
	asked: Asked,
	{ handOver, fits }: Handed,
	signature: string,
): Promise<boolean> {
	try {
		const { credential } = await connect(context);
		if (fits(signature, apiKeyOf(credential))) return true;
		return handOver.kind === 'reply'
			? await isReplyOnRecord(context, asked, handOver, signature)
			: await isFailureOnRecord(context, handOver, signature);
	} catch (exception) {
		context.logger.warn(`Clerk Chat: couldn't check what was texted: ${String(exception)}`);
		return false;
	}
}

async function isReplyOnRecord(
	context: IWebhookFunctions,
	{ recipients }: Asked,
	{ id, text, from, sentAt, askedAt }: HandedReply,
	signature: string,
): Promise<boolean> {
	// The time of the question must be genuine as well: otherwise an older text could be handed over for it.
	const [entry, question] = await Promise.all([
		onRecord(context, sentAt, (each) => each.id === id),
		onRecord(context, askedAt, (each) => isQuestion(each, signature) && timeOf(each) === askedAt),
	]);
	return (
		question !== undefined &&
		entry?.inbound === true &&
		folded(entry.body) === folded(text) &&
		personOf(entry.sender) === personOf(from) &&
		recipients.map(personOf).includes(personOf(from)) &&
		timeOf(entry) === sentAt
	);
}

async function isFailureOnRecord(
	context: IWebhookFunctions,
	{ id, askedAt }: HandedFailure,
	signature: string,
): Promise<boolean> {
	const entry = await onRecord(context, askedAt, (each) => each.id === id);
	return entry !== undefined && isFailed(entry) && isQuestion(entry, signature);
}

function isQuestion({ inbound, body }: Entry, signature: string): boolean {
	return inbound !== true && asText(body).includes(signature);
}

async function onRecord(
	context: IWebhookFunctions,
	at: number,
	isSought: (entry: Entry) => boolean,
): Promise<Entry | undefined> {
	const caller = {
		node: context.getNode(),
		cancelSignal: AbortSignal.timeout(LONGEST_LOOK),
		connect: async () => await connect(context),
	};
	const requester = await Requester.create(caller, { transport: { timeout: LONGEST_LOOK } });
	const reading = await readRecord(requester, { start: at - AROUND, end: at + AROUND });
	if (reading?.kind !== 'read') return undefined;
	return reading.entries.find(isSought);
}
