import { sender } from '../../description/commonFields';
import { writtenText } from '../../fields/readers';
import type { Field, Operation } from '../../operation';
import { questionOf } from '../../waiting/readQuestion';
import { sendBetween } from './guardOptions';
import { limitWaitTime } from './limitWaitTime';
import { additionalFields, defaultCountryCode, recipients, unknownOutcome } from './messageFields';
import { previewOf } from './preview';
import { messages, writeMessage } from './writeMessage';

/** As for Send, but there is only one question, and a preview doesn't wait for an answer. */
const testRuns: Field = {
	displayName: 'In Test Runs',
	name: 'testRuns',
	type: 'options',
	default: 'redirect',
	description:
		"What happens when you execute the workflow in the editor. Doesn't affect published workflows and sub-workflows.",
	options: [
		{
			name: 'Send',
			value: 'send',
			description: 'Texts the question to the real person, every time',
		},
		{
			name: 'Send to Me',
			value: 'redirect',
			description: "Texts the question to 'Test Recipient' and waits for the answer",
		},
		{
			name: 'Show What Would Be Sent',
			value: 'preview',
			description: "Sends nothing and doesn't wait",
		},
	],
};

const testRecipient: Field = {
	displayName: 'Test Recipient',
	name: 'testRecipient',
	type: 'string',
	default: '',
	placeholder: 'e.g. +14155550123',
	description: "Your own phone number, for 'In Test Runs'",
};

const fields: Field[] = [
	{
		displayName:
			"The text ends with a link of about 160 characters to an answer page. People can open it if this n8n has a public address. They can text back if a workflow with a Clerk Chat Polling Trigger is published. Only the first item's question is sent.",
		name: 'sendAndWaitNotice',
		type: 'notice',
		default: '',
	},
	sender,
	{
		...recipients,
		description:
			'The phone number or ID to ask. If you enter several, separated by commas, they all get the question in one message, and the first answer counts.',
	},
	{
		displayName: 'Message',
		name: 'message',
		type: 'string',
		typeOptions: { rows: 4 },
		default: '',
		required: true,
		placeholder: 'e.g. May we deliver on Friday?',
		description: 'The question to text. The answer page shows it, too.',
		reader: writtenText,
		routing: { send: { type: 'body', property: 'body' } },
	},
	{
		displayName: 'Response Type',
		name: 'responseType',
		type: 'options',
		default: 'approval',
		options: [
			{
				name: 'Approval',
				value: 'approval',
				description: 'The recipient taps a button',
			},
			{
				name: 'Free Text',
				value: 'freeText',
				description: 'The recipient writes an answer',
			},
		],
	},
	{
		displayName: 'Approval Options',
		name: 'approvalOptions',
		type: 'fixedCollection',
		placeholder: 'Add Option',
		default: {},
		displayOptions: { show: { responseType: ['approval'] } },
		options: [
			{
				displayName: 'Values',
				name: 'values',
				values: [
					{
						displayName: 'Type of Approval',
						name: 'approvalType',
						type: 'options',
						default: 'double',
						options: [
							{ name: 'Approve Only', value: 'single' },
							{ name: 'Approve and Disapprove', value: 'double' },
						],
					},
					{
						displayName: 'Approve Button Label',
						name: 'approveLabel',
						type: 'string',
						default: 'Approve',
					},
					{
						displayName: 'Disapprove Button Label',
						name: 'disapproveLabel',
						type: 'string',
						displayOptions: { show: { approvalType: ['double'] } },
						default: 'Decline',
					},
				],
			},
		],
	},
	{
		displayName: 'Replies by Text',
		name: 'repliesByText',
		type: 'boolean',
		default: false,
		description:
			'Whether to invite people to reply by text. Turn it on once a workflow with a Clerk Chat Polling Trigger is published. Clear replies count even if this is off.',
	},
	additionalFields,
	{
		displayName: 'Options',
		name: 'options',
		type: 'collection',
		placeholder: 'Add Option',
		default: {},
		options: [
			{
				displayName: 'Answer Line',
				name: 'answerLine',
				type: 'string',
				default: 'Reply YES or NO, or tap:',
				description:
					"Text shown before the link. Without this option, the node writes a line that fits the question and 'Replies by Text'.",
			},
			defaultCountryCode,
			unknownOutcome,
			testRuns,
			limitWaitTime,
			{
				displayName: 'Page Title',
				name: 'pageTitle',
				type: 'string',
				default: '',
				placeholder: 'e.g. Delivery on Friday',
				description: 'The heading of the answer page',
			},
			{
				displayName: 'Reply Counts For (Hours)',
				name: 'replyHours',
				type: 'number',
				typeOptions: { minValue: 1, maxValue: 168 },
				default: 72,
				description:
					'How long after the question a reply by text counts as the answer, up to 168 hours. Without this option: 72 hours for an approval, 24 for free text. The link works as long as the workflow waits.',
			},
			sendBetween,
			testRecipient,
		],
	},
];

/** Texts a question and waits for the answer. */
export const sendAndWait: Operation = {
	kind: 'question',
	option: {
		name: 'Send and Wait for Response',
		// n8n looks for this value, and for the fields message, responseType and approvalOptions.
		value: 'sendAndWait',
		action: 'Send message and wait',
		description: 'Text a question with a link to an answer page, and wait for the answer',
		routing: { request: messages },
	},
	fields,
	write: { ...writeMessage, preview: previewOf },
	question: questionOf,
};
