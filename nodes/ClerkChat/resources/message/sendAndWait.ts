import { sender } from '../../description/commonFields';
import { writtenText } from '../../fields/readers';
import type { Field, Operation } from '../../operation';
import { questionOf } from '../../waiting/question';
import { sendBetween } from './guardOptions';
import { additionalFields, defaultCountryCode, recipients, unknownOutcome } from './messageFields';
import { messages, writeMessage } from './writeMessage';

/** The names are those of n8n's own nodes that wait, so that one can take the place of another. */
const limitWaitTime: Field = {
	displayName: 'Limit Wait Time',
	name: 'limitWaitTime',
	type: 'fixedCollection',
	placeholder: 'Add Limit',
	default: { values: { limitType: 'afterTimeInterval', resumeAmount: 45, resumeUnit: 'minutes' } },
	description:
		'When to stop waiting. The workflow then goes on with the input items, without an answer.',
	options: [
		{
			displayName: 'Values',
			name: 'values',
			values: [
				{
					displayName: 'Limit Type',
					name: 'limitType',
					type: 'options',
					default: 'afterTimeInterval',
					options: [
						{
							name: 'After Time Interval',
							value: 'afterTimeInterval',
							description: 'Wait for a certain length of time',
						},
						{
							name: 'At Specified Time',
							value: 'atSpecifiedTime',
							description: 'Wait until a certain date and time',
						},
					],
				},
				{
					displayName: 'Amount',
					name: 'resumeAmount',
					type: 'number',
					displayOptions: { show: { limitType: ['afterTimeInterval'] } },
					typeOptions: { minValue: 0, numberPrecision: 2 },
					default: 1,
					description: 'How many minutes, hours or days to wait',
				},
				{
					displayName: 'Unit',
					name: 'resumeUnit',
					type: 'options',
					displayOptions: { show: { limitType: ['afterTimeInterval'] } },
					options: [
						{ name: 'Days', value: 'days' },
						{ name: 'Hours', value: 'hours' },
						{ name: 'Minutes', value: 'minutes' },
					],
					default: 'hours',
				},
				{
					displayName: 'Max Date and Time',
					name: 'maxDateAndTime',
					type: 'dateTime',
					displayOptions: { show: { limitType: ['atSpecifiedTime'] } },
					default: '',
					description: 'Until when to wait',
				},
			],
		},
	],
};

const fields: Field[] = [
	{
		displayName:
			'A link to a page with the question is added to the text (about 160 characters). For the link, this n8n must be reachable from the internet. For a reply by text, a workflow with a Clerk Chat Polling Trigger must be published. Only the first input item is asked about.',
		name: 'sendAndWaitNotice',
		type: 'notice',
		default: '',
	},
	sender,
	{
		...recipients,
		description:
			'The phone number or identifier to ask. Several, separated by commas, all get the question in one message, and the first answer counts.',
	},
	{
		displayName: 'Message',
		name: 'message',
		type: 'string',
		typeOptions: { rows: 4 },
		default: '',
		required: true,
		placeholder: 'e.g. May we deliver on Friday?',
		description: 'The question. It is texted, and shown again on the page where people answer.',
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
				description: 'People choose by a button',
			},
			{
				name: 'Free Text',
				value: 'freeText',
				description: 'People write an answer',
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
					'What stands in the text before the link. Mention a reply by text only when a workflow with a Clerk Chat Polling Trigger is published.',
			},
			defaultCountryCode,
			unknownOutcome,
			limitWaitTime,
			{
				displayName: 'Page Title',
				name: 'pageTitle',
				type: 'string',
				default: '',
				placeholder: 'e.g. Delivery on Friday',
				description: 'The heading of the page where people answer',
			},
			sendBetween,
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
		description: 'Text a question with a link to a page, and wait until it is answered there',
		routing: { request: messages },
	},
	fields,
	write: writeMessage,
	question: questionOf,
};
