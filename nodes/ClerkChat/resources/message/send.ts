import type { ItemFields } from '../../fields/itemFields';
import type { Field, Operation } from '../../operation';
import type { ApiRequest } from '../../../api/requester';
import {
	additionalFields,
	defaultCountryCode,
	recipients,
	sender,
	unknownOutcome,
} from './messageFields';
import { messages, writeMessage } from './writeMessage';

const fields: Field[] = [
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
		routing: { send: { type: 'body', property: 'body' } },
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
					'How many messages may be on their way to Clerk Chat at once. Without this option, the node finds out how many Clerk Chat and the network take, up to 100. A number fixes it.',
			},
		],
	},
];

/** Sends one message per item. https://docs.clerk.chat/api-reference/messages/send-a-message */
export const send: Operation = {
	kind: 'write',
	option: {
		name: 'Send',
		value: 'send',
		action: 'Send message',
		description:
			'Send a text message (SMS, MMS, WhatsApp or RCS, depending on the number it is sent from)',
		routing: { request: messages },
	},
	fields,
	check: textOrMedia,
	write: writeMessage,
};

function textOrMedia({ body }: ApiRequest, item: ItemFields): void {
	const isBlank = String(body?.body).trim() === '';
	if (!isBlank || (body?.mediaUrls as string[]).length > 0) return;
	throw item.refuse(
		"'Message' is empty",
		"Enter a text, or add media under 'Additional Fields'. When it comes from an expression, this item may lack the value.",
	);
}
