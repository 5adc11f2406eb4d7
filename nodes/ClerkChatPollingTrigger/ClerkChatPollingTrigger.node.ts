import { NodeConnectionTypes } from 'n8n-workflow';
import type { INodeType, INodeTypeDescription } from 'n8n-workflow';
import { LONGEST_BURST } from './bursts';
import { FILTERS } from './filterFields';
import { poll } from './poll';
import { LONGEST_WATCH, OWN_ADDRESS } from './settings';

/** Starts a workflow for new messages on Clerk Chat's record, and hands replies to the questions they answer. */
export class ClerkChatPollingTrigger implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Clerk Chat Polling Trigger',
		name: 'clerkChatPollingTrigger',
		icon: {
			light: 'file:../../icons/clerkChat.svg',
			dark: 'file:../../icons/clerkChat.dark.svg',
		},
		group: ['trigger'],
		version: 1,
		subtitle: '={{ [$parameter["events"]].flat().join(", ") }}',
		description:
			'Starts the workflow when a text (SMS, MMS, WhatsApp, RCS) arrives or its status changes, without a public address',
		builderHint: {
			searchHint:
				'Starts a workflow with new texts (SMS, MMS, WhatsApp, RCS), checked every minute. Prefer it to the Clerk Chat Trigger: it needs no webhook or public address, and accepts text replies to Send and Wait for Response. All texts of a poll are items of one execution. To answer them, connect Clerk Chat, Message: Send to the first output, Message.',
			relatedNodes: [
				{
					nodeType: 'n8n-nodes-clerk-chat.clerkChat',
					relationHint: 'Replies to the texts, and asks questions that people answer by text',
				},
				{
					nodeType: 'n8n-nodes-clerk-chat.clerkChatTrigger',
					relationHint: 'Starts at once instead of every minute, but needs a public https address',
				},
			],
		},
		activationMessage:
			"This workflow now runs for each new matching message. Existing messages don't start it.",
		defaults: {
			name: 'Clerk Chat Polling Trigger',
		},
		polling: true,
		inputs: [],
		outputs: [NodeConnectionTypes.Main, NodeConnectionTypes.Main],
		outputNames: ['Message', 'Answer'],
		credentials: [
			{
				name: 'clerkChatApi',
				required: true,
			},
		],
		properties: [
			{
				displayName:
					'This trigger needs only the API key to check Clerk Chat for new messages, so it works on a laptop or behind a firewall, too. If the workflow must start at once and the internet can reach this n8n, use the Clerk Chat Trigger instead.',
				name: 'pollingNotice',
				type: 'notice',
				default: '',
			},
			{
				displayName:
					'All messages of a poll start one execution, with one item each. A Wait node after this trigger delays all of them, and a Send node sends once per item.',
				name: 'itemsNotice',
				type: 'notice',
				default: '',
			},
			{
				displayName: 'Trigger On',
				name: 'events',
				type: 'multiOptions',
				noDataExpression: true,
				options: [
					{
						name: 'Message Delivered',
						value: 'message.delivered',
						action: 'On message delivered',
						description: 'A text you sent reached the phone',
					},
					{
						name: 'Message Failed',
						value: 'message.failed',
						action: 'On message failed',
						description: 'A text you sent could not be delivered',
					},
					{
						name: 'Message Read',
						value: 'message.read',
						action: 'On message read',
						description: 'Someone read a text you sent, if the channel reports it',
					},
					{
						name: 'Message Received',
						value: 'message.received',
						action: 'On message received',
						description: 'A text arrived in one of your inboxes',
					},
					{
						name: 'Message Sent',
						value: 'message.sent',
						action: 'On message sent',
						description:
							'The carrier accepted a text you sent. A workflow that sends texts itself would start again and again.',
					},
					{
						name: 'Opt-Out Received',
						value: 'message.optOut',
						action: 'On opt-out received',
						description:
							'Someone wants no more texts: the whole text is STOP, UNSUBSCRIBE or another word that carriers recognize',
					},
				],
				default: ['message.received'],
				required: true,
			},
			{
				displayName: 'Simplify',
				name: 'simplify',
				type: 'boolean',
				default: true,
				description:
					'Whether to return a simplified version of the response instead of the raw data',
			},
			FILTERS,
			{
				displayName: 'Options',
				name: 'options',
				type: 'collection',
				placeholder: 'Add Option',
				default: {},
				options: [
					{
						displayName: OWN_ADDRESS,
						name: 'ownAddress',
						type: 'string',
						default: '',
						placeholder: 'e.g. http://localhost:5679',
						description:
							"The address where this n8n can reach itself, to deliver replies to 'Send and Wait for Response'. You need it only if n8n can't reach its public address and doesn't listen on port 5678.",
					},
					{
						displayName: 'Answer Questions',
						name: 'answerQuestions',
						type: 'boolean',
						default: true,
						description:
							"Whether a reply by text answers the question that 'Send and Wait for Response' asked in that conversation. Such a reply goes to the output 'Answer' instead of 'Message'.",
					},
					{
						displayName: 'First Text Only (Hours)',
						name: 'firstOnlyHours',
						type: 'number',
						typeOptions: { minValue: 0 },
						default: 24,
						description:
							'How many hours to ignore further texts in a conversation, so one person gets one automatic reply. Applies to Message Received.',
					},
					{
						displayName: 'Oldest (Hours)',
						name: 'oldestHours',
						type: 'number',
						typeOptions: { minValue: 0 },
						default: 24,
						description:
							'Ignores texts older than this, for example after this n8n was off for three weeks. Without this option, they all start the workflow.',
					},
					{
						displayName: 'Wait Until Quiet (Seconds)',
						name: 'quietSeconds',
						type: 'number',
						typeOptions: { minValue: 0, maxValue: LONGEST_BURST / 1_000 },
						default: 60,
						description:
							"How long a conversation must be quiet before its texts start the workflow. They become one item, with all texts in 'body' and 'messages', after ten minutes at most. Applies to Message Received; a reply that answers a question never waits.",
					},
					{
						displayName: 'Watch Status for (Hours)',
						name: 'watchStatusHours',
						type: 'number',
						typeOptions: { minValue: 1, maxValue: LONGEST_WATCH },
						default: 1,
						description:
							'How long to check the status of a text after it was sent. Applies to events about texts you sent.',
					},
				],
			},
		],
	};

	poll = poll;
}
