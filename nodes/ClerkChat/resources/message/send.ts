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
					'How many messages may be on their way to Clerk Chat at once. More is faster; messages to the same people still go out in order.',
			},
			{
				displayName: 'Skip If Sent in the Last (Hours)',
				name: 'skipSentWithinHours',
				type: 'number',
				typeOptions: { minValue: 0 },
				default: 24,
				description:
					"What Clerk Chat's record shows as sent in these hours, from the same number to the same people with the same text, is not sent again, and comes out as it is on record. Media are not compared. So after a crash the workflow can simply be run again.",
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
	check(request, item) {
		textOrMedia(request, item);
		noSkippingWithTemplate(request, item);
	},
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

function noSkippingWithTemplate({ body }: ApiRequest, item: ItemFields): void {
	if (body?.templateId === undefined) return;
	if (!('skipSentWithinHours' in item.collection('options'))) return;
	throw item.refuse(
		"'Skip If Sent in the Last (Hours)' cannot be used with a template",
		"The text on Clerk Chat's record may be another one then, so nothing tells whether the message was sent already. Remove the option or the template.",
	);
}
