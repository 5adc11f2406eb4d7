import { NodeConnectionTypes } from 'n8n-workflow';
import type { INodeType, INodeTypeDescription } from 'n8n-workflow';
import { LONGEST_BURST } from './bursts';
import { FILTERS } from './filterFields';
import { poll } from './poll';
import { LONGEST_WATCH, OWN_ADDRESS } from './settings';

/** Starts a workflow with the messages that are new on Clerk Chat's record, and hands replies to the questions they answer. */
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
			'Starts the workflow when a text (SMS, MMS, WhatsApp, RCS) comes in or its status changes, without a public address',
		builderHint: {
			searchHint:
				'Starts a workflow with texts (SMS, MMS, WhatsApp, RCS) that come in, checked every minute. Prefer it to the Clerk Chat Trigger: it needs no webhook and no public address, and it takes a text back as the answer to Send and Wait for Response. All texts of a poll are items of one execution. To answer them, connect Clerk Chat, Message: Send to the first output, Message.',
			relatedNodes: [
				{
					nodeType: 'n8n-nodes-clerk-chat.clerkChat',
					relationHint: 'Answers the texts, and asks the questions that a text back answers',
				},
				{
					nodeType: 'n8n-nodes-clerk-chat.clerkChatTrigger',
					relationHint: 'Starts at once instead of every minute, but needs a public https address',
				},
			],
		},
		activationMessage:
			'This workflow now starts with every new message in Clerk Chat that you chose, and with none that is there already.',
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
					'This trigger asks Clerk Chat for new messages, so it needs nothing but the API key and also works on a laptop or behind a firewall. Use the Clerk Chat Trigger instead where the workflow has to start at once and this n8n can be reached from the internet.',
				name: 'pollingNotice',
				type: 'notice',
				default: '',
			},
			{
				displayName:
					'All messages of a poll start one execution, an item each. A Wait node behind this trigger holds all of them together, and a Send node sends once for each.',
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
						description: 'A text of yours reached the phone',
					},
					{
						name: 'Message Failed',
						value: 'message.failed',
						action: 'On message failed',
						description: 'A text of yours could not be delivered',
					},
					{
						name: 'Message Read',
						value: 'message.read',
						action: 'On message read',
						description: 'Somebody read a text of yours, where the channel reports it',
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
							'The carrier accepted a text of yours. A Send node in the same workflow would start it again and again.',
					},
					{
						name: 'Opt-Out Received',
						value: 'message.optOut',
						action: 'On opt-out received',
						description:
							'Somebody asks for no more texts: the whole text is STOP, UNSUBSCRIBE or another word that carriers know',
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
							"Where this n8n reaches itself, to hand over replies that answer a question of 'Send and Wait for Response'. Only needed when it cannot reach its public address and does not listen on port 5678.",
					},
					{
						displayName: 'Answer Questions',
						name: 'answerQuestions',
						type: 'boolean',
						default: true,
						description:
							"Whether a text that somebody sends back answers the question that 'Send and Wait for Response' asked in that conversation. Such a text comes out of 'Answer' instead of 'Message'.",
					},
					{
						displayName: 'First Text Only (Hours)',
						name: 'firstOnlyHours',
						type: 'number',
						typeOptions: { minValue: 0 },
						default: 24,
						description:
							'For how many hours after a text no other one of the same conversation starts the workflow, so that one person gets one automatic reply. Concerns Message Received.',
					},
					{
						displayName: 'Oldest (Hours)',
						name: 'oldestHours',
						type: 'number',
						typeOptions: { minValue: 0 },
						default: 24,
						description:
							'Texts that came in more hours ago do not start the workflow, for example because this n8n was off for three weeks. When left out, all of them do.',
					},
					{
						displayName: 'Wait Until Quiet (Seconds)',
						name: 'quietSeconds',
						type: 'number',
						typeOptions: { minValue: 0, maxValue: LONGEST_BURST / 1_000 },
						default: 60,
						description:
							"How long nobody must have written in a conversation before its texts come out, all of them as one item with 'messages' and their texts in 'body'. They wait at most ten minutes. Concerns Message Received; a text that answers a question never waits.",
					},
					{
						displayName: 'Watch Status for (Hours)',
						name: 'watchStatusHours',
						type: 'number',
						typeOptions: { minValue: 1, maxValue: LONGEST_WATCH },
						default: 1,
						description:
							'How long after a text was sent to look for what became of it. Concerns the events about texts that you sent.',
					},
				],
			},
		],
	};

	poll = poll;
}
