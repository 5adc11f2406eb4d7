import { sleep } from 'n8n-workflow';
import type { IDataObject, IWebhookFunctions, IWebhookResponseData } from 'n8n-workflow';
import { onAnswer } from '../api/webhookAnswer';
import { hasSecret, mayComeIn, type WebhookSecret } from './authentication';
import { identityOf, isChosen, readDelivery, toItem } from './deliveries';
import { allowsEverybody, logUnreadable, NOBODY_COMES_IN, type TriggerOptions } from './publishing';
import { claimEvent } from './repeats';

/** Responds with a status other than 200. n8n by itself responds only with 200 when nothing is started. */
function turnAway(
	context: IWebhookFunctions,
	status: number,
	message: string,
): IWebhookResponseData {
	context.getResponseObject().status(status).json({ message });
	return { noWebhookResponse: true };
}

/** Responds with 200, so that Clerk Chat doesn't deliver it again, and starts nothing. */
function passOver(message: string): IWebhookResponseData {
	return { webhookResponse: { message } };
}

const NOT_READY = 'This webhook is not ready.';

/** The body byte for byte. For version 2 nodes, n8n has already read it only if it knows the content type. */
async function rawBodyOf(context: IWebhookFunctions): Promise<Buffer | undefined | 'unreadable'> {
	const request: ReturnType<IWebhookFunctions['getRequestObject']> & {
		readRawBody?: () => Promise<void>;
	} = context.getRequestObject();
	try {
		if (request.rawBody === undefined && request.readable) await request.readRawBody?.();
		return request.rawBody;
	} catch {
		// Too large, or compressed in a way that can't be undone.
		return 'unreadable';
	}
}

/** How long (ms) a repeat waits for n8n to report whether the first delivery started an execution. */
const LONGEST_START = 10_000;

/**
 * Claims a new event. For a repeat, returns `started` if the first delivery started an execution, or `starting` if n8n
 * takes too long to report it. A test from the editor always counts as new: tests often use the same event, and n8n
 * saves nothing about them.
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
	// If the repeat were told that all is well, and the first delivery then failed to start the workflow, the event
	// would be lost.
	while (typeof claim === 'object' && 'decided' in claim) {
		await Promise.race([claim.decided, sleep(late - Date.now())]);
		if (Date.now() >= late) return 'starting';
		claim = claimEvent(identity, trigger, staticData);
	}
	if (claim === 'started') return claim;
	const { store, started, notStarted } = claim;
	store();
	// Store again once n8n has begun to start the execution: n8n 2.40 copies the workflow at that point and forgets
	// that its static data changed (workflow-runner, establishContextForPersistence). It saves them later.
	void sleep(0).then(store);
	onAnswer(context.getResponseObject(), (status) => {
		if (status < 300) started();
		else notStarted();
	});
	return 'new';
}

/**
 * Handles one delivery: starts an execution with one item, or responds why not. Never throws because of what was
 * delivered: n8n would respond with 500 and record a failed execution.
 *
 * Source: https://docs.clerk.chat/integrations/webhooks
 */
export async function receiveDelivery(this: IWebhookFunctions): Promise<IWebhookResponseData> {
	let secret: WebhookSecret;
	try {
		secret = await this.getCredentials<WebhookSecret & IDataObject>('clerkChatApi');
	} catch (error) {
		// Without the credential, Clerk Chat can't be told from anyone else, so refuse. 503 means "try again later".
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
