import type { INodeProperties } from 'n8n-workflow';
import { sender } from '../../description/commonFields';
import type { Operation } from '../../operation';
import { additionalFields, defaultCountryCode, recipients, unknownOutcome } from './messageFields';
import { writeMessage } from './writeMessage';

const fields: INodeProperties[] = [
	sender,
	recipients,
	{
		displayName: 'Message',
		name: 'body',
		type: 'string',
		typeOptions: { rows: 4 },
		default: '',
		placeholder: 'e.g. Your order has shipped.',
		description: 'The text to send. It may only be left empty when there are media.',
	},
	additionalFields,
	{
		displayName: 'Options',
		name: 'options',
		type: 'collection',
		placeholder: 'Add Option',
		default: {},
		options: [
			defaultCountryCode,
			{
				displayName: 'Fail on Rejected Message',
				name: 'rejectedAsError',
				type: 'boolean',
				default: true,
				description:
					'Whether a message that Clerk Chat takes and at once marks as failed counts as failed here too',
			},
			unknownOutcome,
			{
				displayName: 'Messages at the Same Time',
				name: 'maxConcurrency',
				type: 'number',
				typeOptions: { minValue: 1 },
				default: 5,
				description:
					'How many messages may be on their way to Clerk Chat at once. More is faster; messages to the same people still go out in order.',
			},
		],
	},
];

/** Sends one message per item. https://docs.clerk.chat/api-reference/messages/send-a-message */
export const send: Operation = {
	option: {
		name: 'Send',
		value: 'send',
		action: 'Send message',
		description:
			'Send a text message (SMS, MMS, WhatsApp or RCS, depending on the number it is sent from)',
	},
	fields,
	write: writeMessage('body'),
};
