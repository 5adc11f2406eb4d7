import { NodeConnectionTypes } from 'n8n-workflow';
import type { INodeType, INodeTypeDescription } from 'n8n-workflow';
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
		// n8n's search shows this text for the action node, too.
		description: 'Send and receive texts (SMS, MMS, WhatsApp, RCS) through Clerk Chat',
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
						description: 'The carrier accepted a text of yours',
					},
				],
				default: ['message.received'],
				required: true,
			},
			{
				displayName: 'Filters',
				name: 'filters',
				type: 'collection',
				placeholder: 'Add Filter',
				default: {},
				options: [
					{
						displayName: 'Inbox IDs',
						name: 'inboxIds',
						type: 'string',
						typeOptions: { multipleValues: true, multipleValueButtonText: 'Add Inbox ID' },
						default: [],
						placeholder: 'e.g. 00000000-0000-0000-0000-000000000000',
						description: 'Only messages of these inboxes; all inboxes of the team when left out',
					},
				],
			},
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
						displayName: 'Watch Status for (Hours)',
						name: 'watchStatusHours',
						type: 'number',
						typeOptions: { minValue: 1, maxValue: LONGEST_WATCH },
						default: 1,
						description:
							'How long after a text was sent to look for what became of it. Every poll reads all messages of that time. Concerns all events but Message Received.',
					},
				],
			},
		],
	};

	poll = poll;
}
