import { NodeConnectionTypes } from 'n8n-workflow';
import type { IHookFunctions, INodeType, INodeTypeDescription } from 'n8n-workflow';
import { EVENT_CHOICES } from './deliveries';
import { refuseWithoutSecret } from './publishing';
import { receiveDelivery } from './receiveDelivery';

const URLS_APART =
	"There are two URLs, both under 'Webhook URLs'. <br /> <br /> <b>The Test URL</b> is for building the workflow. Click the button to start listening, then make one of the chosen events happen, for example by texting your number. n8n waits two minutes for one event and shows it here. Add this URL in Clerk Chat, too, as a second webhook with the same header. Remove it when you are done. <br /> <br /> ";

/** Starts a workflow when Clerk Chat calls the webhook that the user entered in its dashboard. */
export class ClerkChatTrigger implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Clerk Chat Trigger',
		name: 'clerkChatTrigger',
		icon: {
			light: 'file:../../icons/clerkChat.svg',
			dark: 'file:../../icons/clerkChat.dark.svg',
		},
		group: ['trigger'],
		// For every call to a version 1 node, n8n evaluates an expression in a new sandbox. That takes a third of the
		// response time (webhook-helpers, parseRequestBody).
		version: 2,
		subtitle:
			'={{ $parameter["events"].includes("*") ? "all events" : $parameter["events"].join(", ") }}',
		// n8n's search also shows this text for the action node.
		description:
			'Send texts (SMS, MMS, WhatsApp, RCS) through Clerk Chat, and start workflows by webhook',
		builderHint: {
			searchHint:
				"Starts a workflow at once when Clerk Chat calls its webhook, one event per execution. Needs a public https address, a secret in the credential, and a webhook that the user adds in Clerk Chat. Without those, use the Clerk Chat Polling Trigger. The fields inside an event's data are not documented, so map only eventId, type, teamId and data.",
			relatedNodes: [
				{
					nodeType: 'n8n-nodes-clerk-chat.clerkChat',
					relationHint: 'Sends texts',
				},
				{
					nodeType: 'n8n-nodes-clerk-chat.clerkChatPollingTrigger',
					relationHint: 'Needs no public address, and returns documented fields',
				},
			],
		},
		eventTriggerDescription: 'Waiting for Clerk Chat to call the Test URL',
		activationMessage:
			'Clerk Chat can now start this workflow, once you enter its Production URL in Clerk Chat under Settings > Webhooks.',
		defaults: {
			name: 'Clerk Chat Trigger',
		},
		triggerPanel: {
			header: 'Start when something happens in Clerk Chat',
			executionsHelp: {
				inactive: `${URLS_APART}<b>The Production URL</b> works once you publish (activate) this workflow. Its executions appear in the executions list, not here.`,
				active: `${URLS_APART}<b>The Production URL</b> is working now, because this workflow is published (activated). Its executions appear in the <a data-key="executions">executions list</a>, not here.`,
			},
			activationHint:
				'Once you have published (activated) the workflow and entered the Production URL in Clerk Chat, it starts automatically, and you no longer need this button.',
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
					"If the internet can't reach this n8n, for example on a laptop, use the Clerk Chat Polling Trigger instead. For this one, tell Clerk Chat where to send its events, once per trigger. <ul>1. Create a secret of 30 or more letters and digits and keep a copy, because n8n doesn't show it again. Enter it in the credential above as 'Webhook Header Value' and save. If the credential already has one, use that one.</ul><ul>2. Choose the events below, then publish (activate) the workflow.</ul><ul>3. Open 'Webhook URLs' above, switch to Production URL and copy it. It must start with https and be reachable from the internet.</ul><ul>4. In Clerk Chat, open Settings > Webhooks > Add Webhook. Enter a name, the URL, the same events, the header name from the credential, and the exact secret as its value. Then save.</ul> The Test URL is only for testing: it works while this node is listening. <a href=\"https://docs.clerk.chat/integrations/webhooks\" target=\"_blank\">More about webhooks in Clerk Chat</a>",
				name: 'setupNotice',
				type: 'notice',
				default: '',
			},
			{
				displayName:
					"While 'Webhook Header Value' is empty in the credential, you can't publish this workflow, and no event starts it. For tests behind a firewall, use the option 'Allow Without Secret'.",
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
			// The name must stay `options`: n8n checks it when deciding how to read the body (webhook-helpers,
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
							"Whether anyone who knows the URL can start this workflow while 'Webhook Header Value' is empty in the credential. Only for tests where no stranger can reach this n8n, such as behind a firewall. If the credential has a secret, this option has no effect.",
					},
					{
						displayName: 'Ignore Repeats',
						name: 'ignoreRepeats',
						type: 'boolean',
						noDataExpression: true,
						default: true,
						description:
							'Whether to ignore an event that Clerk Chat delivers again. The trigger remembers the last 1,000 events by their eventId. An event without one always starts the workflow. If several n8n processes receive webhooks, an event that reaches two of them at the same moment can still start it twice. If the workflow writes static data itself, the trigger remembers events only until n8n restarts.',
					},
					{
						displayName: 'Output Data Only',
						name: 'dataOnly',
						type: 'boolean',
						noDataExpression: true,
						default: false,
						description:
							"Whether to output only the event's data, without its type, event ID and team ID. If an event has no data object, the trigger outputs the whole event.",
					},
				],
			},
		],
	};

	/**
	 * There is no known way to register a webhook with Clerk Chat: the user enters the URL there. So this only checks
	 * for a secret.
	 */
	webhookMethods = {
		default: {
			/** Returns false, because n8n wouldn't call `create` otherwise. */
			async checkExists(): Promise<boolean> {
				return false;
			},
			/** @throws when there is no secret; n8n then neither publishes the workflow nor listens */
			async create(this: IHookFunctions): Promise<boolean> {
				await refuseWithoutSecret(this);
				return true;
			},
			async delete(): Promise<boolean> {
				return true;
			},
		},
	};

	webhook = receiveDelivery;
}
