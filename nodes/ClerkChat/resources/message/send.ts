import { sender } from '../../description/commonFields';
import { toolOutput } from '../../description/toolOutput';
import type { Field, Operation } from '../../operation';
import { additionalFields, recipients } from './messageFields';
import { hintsAfterSending } from './messageHints';
import { previewOf } from './preview';
import { sendOptions } from './sendOptions';
import { applySendRules, partsOf } from './sendRules';
import { MESSAGE_FIELDS, simplified } from '../../../api/simplified';
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
		description:
			'The text to send: plain text without Markdown, ideally under 160 characters. You can leave it empty only if you add media.',
		builderHint: {
			propertyHint:
				'Plain text without Markdown, short (up to 160 characters is one SMS), with plain quotes and dashes.',
		},
		routing: { send: { type: 'body', property: 'body' } },
	},
	additionalFields,
	{
		displayName: 'Options',
		name: 'options',
		type: 'collection',
		placeholder: 'Add Option',
		default: {},
		options: sendOptions,
	},
	...toolOutput(MESSAGE_FIELDS),
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
	check: applySendRules,
	write: {
		...writeMessage,
		message: { ...writeMessage.message!, split: partsOf },
		preview: previewOf,
		hintsAfter: hintsAfterSending,
		simplify: simplified,
		mostAsTool: 20,
	},
};
