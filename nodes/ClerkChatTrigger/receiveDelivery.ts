import { sleep } from 'n8n-workflow';
import type { IDataObject, IWebhookFunctions, IWebhookResponseData } from 'n8n-workflow';
import { onAnswer } from '../api/webhookAnswer';
import { hasSecret, mayComeIn, type WebhookSecret } from './authentication';
import { identityOf, isChosen, readDelivery, toItem } from './deliveries';
import { allowsEverybody, logUnreadable, NOBODY_COMES_IN, type TriggerOptions } from './publishing';
import { claimEvent } from './repeats';

/** Answers with a status other than 200. n8n itself can only answer with 200 when nothing is started. */
function turnAway(
	context: IWebhookFunctions,
	status: number,
	message: string,
): IWebhookResponseData {
	context.getResponseObject().status(status).json({ message });
	return { noWebhookResponse: true };
}

/** Answers with 200, so that Clerk Chat does not deliver it again, and starts nothing. */
function passOver(message: string): IWebhookResponseData {
	return { webhookResponse: { message } };
}

const NOT_READY = 'This webhook is not ready.';

/** The body byte for byte. For nodes of version 2, n8n reads it beforehand only when it knows the content type. */
async function rawBodyOf(context: IWebhookFunctions): Promise<Buffer | undefined | 'unreadable'> {
	const request: ReturnType<IWebhookFunctions['getRequestObject']> & {
		readRawBody?: () => Promise<void>;
	} = context.getRequestObject();
	try {
		if (request.rawBody === undefined && request.readable) await request.readRawBody?.();
		return request.rawBody;
	} catch {
		// Too large, or packed in a way that cannot be undone.
		return 'unreadable';
	}
}

/** How long (ms) a repeat waits for n8n to say whether the first delivery started an execution. */
const LONGEST_START = 10_000;

/**
 * Remembers an event that is new; says of a repeat that the first one `started` an execution, or, if n8n takes too long
 * to say so, that it is still `starting` one. A test from the editor is always new: it is often done with the same event,
 * and n8n keeps nothing of it.
 */
async function admit(
	context: IWebhookFunctions,
	identity: string | undefined,
): Promise<'new' | 'started' | 'starting'> {
	if (identity === undefined || context.getMode() === 'manual') return 'new';
	const trigger = `${context.getWorkflow().id}/${context.getNode().id}`;
	const staticData = context.getWorkflowStaticData('node');
	const late = Date.now() + LONGEST_START;
	let claim = claimEvent(identity, trigger, staticData);
	// Told that all is well, the event would be lost if the first delivery could not start the workflow after all.
	while (typeof claim === 'object' && 'decided' in claim) {
		await Promise.race([claim.decided, sleep(late - Date.now())]);
		if (Date.now() >= late) return 'starting';
		claim = claimEvent(identity, trigger, staticData);
	}
	if (claim === 'started') return claim;
	const { store, started, notStarted } = claim;
	store();
	// Once more when n8n has begun to start the execution: n8n 2.40 copies the workflow there, and with that forgets that
	// its static data were changed (workflow-runner, establishContextForPersistence). It saves them later.
	void sleep(0).then(store);
	onAnswer(context.getResponseObject(), (status) => {
		if (status < 300) started();
		else notStarted();
	});
	return 'new';
}

/**
 * Takes one delivery: starts an execution with one item, or answers why not. Never throws because of what was
 * delivered, for a throw here makes n8n answer with 500 and record a failed execution.
 *
 * Source: https://docs.clerk.chat/integrations/webhooks
 */
export async function receiveDelivery(this: IWebhookFunctions): Promise<IWebhookResponseData> {
	let secret: WebhookSecret;
	try {
		secret = await this.getCredentials<WebhookSecret & IDataObject>('clerkChatApi');
	} catch (error) {
		// Without the credential nobody can be told from Clerk Chat, so nobody comes in. 503 asks to try again later.
		logUnreadable(this, error);
		return turnAway(this, 503, NOT_READY);
	}
	const options = this.getNodeParameter('options', {}) as TriggerOptions;
	const everybody = allowsEverybody(options);
	if (!hasSecret(secret) && !everybody) {
		this.logger.error(NOBODY_COMES_IN);
		return turnAway(this, 401, 'This webhook has no secret yet, so it refuses every delivery.');
	}

	const { headers } = this.getRequestObject();
	const rawBody = await rawBodyOf(this);
	if (rawBody === 'unreadable') return turnAway(this, 400, 'The body could not be read.');
	if (!mayComeIn({ headers, rawBody }, secret, everybody)) {
		this.logger.warn(
			'Clerk Chat Trigger: refused a delivery without the right header. Compare the header name and value in Clerk Chat (Settings > Webhooks) with the credential.',
		);
		return turnAway(this, 401, 'The authentication header is missing or wrong.');
	}

	const reading = readDelivery(rawBody, this.getBodyData());
	if ('refusal' in reading) {
		return turnAway(this, reading.refusal.status, reading.refusal.message);
	}

	const { event } = reading;
	if (!isChosen(event, this.getNodeParameter('events', []) as string | string[])) {
		return passOver("This trigger doesn't listen for this event. No workflow was started.");
	}

	const seen = (options.ignoreRepeats ?? true) ? await admit(this, identityOf(event)) : 'new';
	if (seen === 'started') {
		return passOver('This event was delivered before. No workflow was started.');
	}
	if (seen === 'starting') {
		return turnAway(this, 503, 'This event is being processed. Deliver it again later.');
	}

	return { workflowData: [[toItem(event, options.dataOnly ?? false)]] };
}
