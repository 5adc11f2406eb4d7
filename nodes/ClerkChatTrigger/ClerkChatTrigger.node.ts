import { NodeConnectionTypes, sleep } from 'n8n-workflow';
import type {
	IDataObject,
	IHookFunctions,
	INodeType,
	INodeTypeDescription,
	IWebhookFunctions,
	IWebhookResponseData,
} from 'n8n-workflow';

import { onAnswer } from '../api/webhookAnswer';
import { hasSecret, mayComeIn, type WebhookSecret } from './authentication';
import { EVENT_CHOICES, identityOf, isChosen, readDelivery, toItem } from './deliveries';
import {
	allowsEverybody,
	logUnreadable,
	NOBODY_COMES_IN,
	refuseWithoutSecret,
	type TriggerOptions,
} from './publishing';
import { claimEvent } from './repeats';

const URLS_APART =
	"There are two URLs, both under 'Webhook URLs'. <br /> <br /> <b>The Test URL</b> is for building the workflow. Click the button that starts listening, then let one of the chosen events happen, such as a text that arrives: n8n waits two minutes for one event and shows it here. Clerk Chat must know this URL too, so add it there as a second webhook with the same header, and remove it when you are done. <br /> <br /> ";

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

/** Starts a workflow when Clerk Chat reports something to the webhook that the user entered in its dashboard. */
export class ClerkChatTrigger implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Clerk Chat Trigger',
		name: 'clerkChatTrigger',
		icon: {
			light: 'file:../../icons/clerkChat.svg',
			dark: 'file:../../icons/clerkChat.dark.svg',
		},
		group: ['trigger'],
		// The same node. For every call to one of version 1, n8n evaluates an expression in a new sandbox, which is a third of
		// the time that the answer takes (webhook-helpers, parseRequestBody).
		version: [1, 2],
		defaultVersion: 2,
		subtitle:
			'={{ $parameter["events"].includes("*") ? "all events" : $parameter["events"].join(", ") }}',
		// n8n's search shows this text for the action node, too.
		description: 'Send and receive texts (SMS, MMS, WhatsApp, RCS) through Clerk Chat',
		eventTriggerDescription: 'Waiting for Clerk Chat to call the Test URL',
		activationMessage:
			'Clerk Chat can now start this workflow, if its Production URL is entered in Clerk Chat under Settings > Webhooks.',
		defaults: {
			name: 'Clerk Chat Trigger',
		},
		triggerPanel: {
			header: 'Start when something happens in Clerk Chat',
			executionsHelp: {
				inactive: `${URLS_APART}<b>The Production URL</b> works as soon as this workflow is published (activated), and then all the time. What it starts shows up in the executions list, not here.`,
				active: `${URLS_APART}<b>The Production URL</b> is working now, because this workflow is published (activated). What it starts shows up in the <a data-key="executions">executions list</a>, not here.`,
			},
			activationHint:
				'Once you have published (activated) the workflow and entered the Production URL in Clerk Chat, it starts by itself and this button is no longer needed.',
		},
		inputs: [],
		outputs: [NodeConnectionTypes.Main],
		credentials: [
			{
				name: 'clerkChatApi',
				required: true,
			},
		],
		webhooks: [
			{
				name: 'default',
				httpMethod: 'POST',
				responseMode: 'onReceived',
				// Without it n8n 2.40 answers with the word "firstEntryJson".
				responseData: 'The workflow was started.',
				path: 'webhook',
			},
		],
		properties: [
			{
				displayName:
					'Clerk Chat has to know where to send its events, once for each trigger. <ul><li>Step 1: Make up a secret of 30 or more letters and digits and keep a copy, because n8n does not show it again. Enter it in the credential above as \'Webhook Header Value\' and save. If the credential has one already, use that one.</li><li>Step 2: Choose the events below, then publish (activate) the workflow.</li><li>Step 3: Open \'Webhook URLs\' above, switch to Production URL and copy it. It must start with https and be reachable from the internet.</li><li>Step 4: In Clerk Chat, open Settings > Webhooks > Add Webhook. Enter a name, the URL, the same events, the header name from the credential, and exactly the secret as its value. Then save.</li></ul> The Test URL is only for trying out: it works while this node is listening. <a href="https://docs.clerk.chat/integrations/webhooks" target="_blank">More about webhooks in Clerk Chat</a>',
				name: 'setupNotice',
				type: 'notice',
				default: '',
			},
			{
				displayName:
					"While 'Webhook Header Value' is empty in the credential, this workflow is not published, and no event starts it. For tests behind a firewall there is the option 'Allow Without Secret'.",
				name: 'secretNotice',
				type: 'notice',
				default: '',
			},
			{
				displayName: 'Trigger On',
				name: 'events',
				type: 'multiOptions',
				noDataExpression: true,
				options: EVENT_CHOICES,
				default: ['message.received'],
				required: true,
			},
			// The name must stay `options`: n8n looks into it when it decides how to read the body (webhook-helpers,
			// parseRequestBody).
			{
				displayName: 'Options',
				name: 'options',
				type: 'collection',
				placeholder: 'Add Option',
				default: {},
				options: [
					{
						displayName: 'Allow Without Secret',
						name: 'allowWithoutSecret',
						type: 'boolean',
						noDataExpression: true,
						default: false,
						description:
							"Whether anyone who knows the URL can start this workflow while 'Webhook Header Value' is empty in the credential. Only for tests where no stranger reaches this n8n, such as behind a firewall. When the credential has a secret, this changes nothing: the secret is checked.",
					},
					{
						displayName: 'Ignore Repeats',
						name: 'ignoreRepeats',
						type: 'boolean',
						noDataExpression: true,
						default: true,
						description:
							'Whether to start nothing when Clerk Chat delivers an event again. The last 1,000 events are remembered, by their eventId. An event without one always starts the workflow. Two limits: where several n8n processes receive webhooks, the same event arriving at two of them at the same moment can still start it twice; and in a workflow that writes static data itself, they are only remembered until n8n restarts.',
					},
					{
						displayName: 'Output Data Only',
						name: 'dataOnly',
						type: 'boolean',
						noDataExpression: true,
						default: false,
						description:
							"Whether to output only the event's data, without its type, event ID and team ID. An event whose data is missing or not an object is output whole.",
					},
				],
			},
		],
	};

	/** Clerk Chat has no known way to register a webhook: the user enters the URL there. So this only looks for a secret. */
	webhookMethods = {
		default: {
			/** Says no, because n8n would not call `create` otherwise. */
			async checkExists(): Promise<boolean> {
				return false;
			},
			/** @throws when there is no secret: n8n does not publish the workflow then, nor does it listen */
			async create(this: IHookFunctions): Promise<boolean> {
				await refuseWithoutSecret(this);
				return true;
			},
			async delete(): Promise<boolean> {
				return true;
			},
		},
	};

	/**
	 * Takes one delivery: starts an execution with one item, or answers why not. Never throws because of what was
	 * delivered, for a throw here makes n8n answer with 500 and record a failed execution.
	 *
	 * Source: https://docs.clerk.chat/integrations/webhooks
	 */
	async webhook(this: IWebhookFunctions): Promise<IWebhookResponseData> {
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
			return turnAway(this, 401, 'This webhook has no secret yet, so it lets nobody in.');
		}

		const { headers } = this.getRequestObject();
		const rawBody = await rawBodyOf(this);
		if (rawBody === 'unreadable') return turnAway(this, 400, 'The body could not be read.');
		if (!mayComeIn({ headers, rawBody }, secret, everybody)) {
			this.logger.warn(
				'Clerk Chat Trigger: a delivery without the right header was turned away. Compare the header name and value in Clerk Chat (Settings > Webhooks) with the credential.',
			);
			return turnAway(this, 401, 'The header that shows who is calling is missing or wrong.');
		}

		const reading = readDelivery(rawBody, this.getBodyData());
		if ('refusal' in reading) {
			return turnAway(this, reading.refusal.status, reading.refusal.message);
		}

		const { event } = reading;
		if (!isChosen(event, this.getNodeParameter('events', []) as string | string[])) {
			return passOver('This event is not one of the chosen ones. Nothing was started.');
		}

		const seen = (options.ignoreRepeats ?? true) ? await admit(this, identityOf(event)) : 'new';
		if (seen === 'started') {
			return passOver('This event was delivered before. Nothing was started.');
		}
		if (seen === 'starting') {
			return turnAway(this, 503, 'This event is being worked on. Deliver it again later.');
		}

		return { workflowData: [[toItem(event, options.dataOnly ?? false)]] };
	}
}
