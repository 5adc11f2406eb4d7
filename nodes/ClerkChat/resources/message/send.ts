import type { IDataObject, INodeProperties } from 'n8n-workflow';
import { dataOf } from '../../shared/answers';
import { mediaUrls, sender } from '../../shared/descriptions';
import {
	countryCodeOf,
	idNumberOf,
	isGiven,
	locatorValue,
	mediaUrlsOf,
	recipientsOf,
	senderOf,
	textOf,
} from '../../shared/fields';
import type { ItemFields, Operation } from '../../shared/operation';

const fields: INodeProperties[] = [
	sender,
	{
		displayName: 'To',
		name: 'recipients',
		type: 'string',
		default: '',
		required: true,
		placeholder: 'e.g. +14155550123',
		description:
			'The phone number or identifier to send to. Several, separated by commas, go into one message, which probably makes one group conversation; to text people separately, use one item for each.',
	},
	{
		displayName: 'Message',
		name: 'body',
		type: 'string',
		typeOptions: { rows: 4 },
		default: '',
		placeholder: 'e.g. Your order has shipped.',
		description: 'The text to send. It may only be left empty when there are media.',
	},
	{
		displayName: 'Additional Fields',
		name: 'additionalFields',
		type: 'collection',
		placeholder: 'Add Field',
		default: {},
		options: [
			mediaUrls,
			{
				displayName: 'Sent By Name',
				name: 'sentByName',
				type: 'string',
				default: '',
				placeholder: 'e.g. Order Desk',
				description: 'The name that Clerk Chat shows as the sender in its own app',
			},
			{
				displayName: 'Template',
				name: 'templateId',
				type: 'resourceLocator',
				default: { mode: 'list', value: '' },
				description:
					"The template to use. Clerk Chat does not say how a template and 'Message' combine: both are sent.",
				modes: [
					{
						displayName: 'From List',
						name: 'list',
						type: 'list',
						placeholder: 'Select a template...',
						typeOptions: { searchListMethod: 'searchTemplates', searchable: true },
					},
					{
						displayName: 'By ID',
						name: 'id',
						type: 'string',
						placeholder: 'e.g. 123',
					},
				],
			},
		],
	},
	{
		displayName: 'Options',
		name: 'options',
		type: 'collection',
		placeholder: 'Add option',
		default: {},
		options: [
			{
				displayName: 'Default Country Code',
				name: 'defaultCountryCode',
				type: 'string',
				default: '',
				placeholder: 'e.g. +1',
				description: 'The country code for phone numbers that come without one',
			},
			{
				displayName: 'If Outcome Is Unknown',
				name: 'unknownOutcome',
				type: 'options',
				default: 'doNotResend',
				description:
					'What Retry On Fail and the Retry button do with a message that may or may not have gone out, because the connection ended before the answer came',
				options: [
					{
						name: 'Do Not Send Again',
						value: 'doNotResend',
						description:
							'Nobody gets the same message twice; look in Clerk Chat whether it went out',
					},
					{
						name: 'Send Again',
						value: 'resend',
						description: 'The message arrives, possibly twice',
					},
				],
			},
			{
				displayName: 'Max Concurrency',
				name: 'maxConcurrency',
				type: 'number',
				typeOptions: { minValue: 1 },
				default: 5,
				description: 'How many messages may be on their way to Clerk Chat at the same time',
			},
			{
				displayName: 'Rejected Message Is an Error',
				name: 'rejectedAsError',
				type: 'boolean',
				default: true,
				description:
					'Whether a message that Clerk Chat takes and at once marks as failed counts as failed here too',
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
	write: {
		wording: {
			thing: 'message',
			done: 'sent',
			ifUnknown:
				"Look for it in the conversation in Clerk Chat. If it is not there, run the workflow anew for this item. To have n8n send again in such cases, set the option 'If Outcome Is Unknown' to 'Send Again'.",
		},
		request: (item) => ({ method: 'POST', url: '/public/messages', body: messageBody(item) }),
		orderBy: ({ body }) => JSON.stringify([body?.sender, body?.recipients]),
		results: dataOf,
		rejection: rejectionOf,
	},
};

function messageBody(item: ItemFields): IDataObject {
	const additional = item.collection('additionalFields');
	const { sentByName, templateId } = additional;
	const countryCode = countryCodeOf(item, item.collection('options').defaultCountryCode);
	const text = textOf(item, 'Message', item.get('body'));
	const media = mediaUrlsOf(item, additional.mediaUrls);
	if (text.trim() === '' && media.length === 0) {
		throw item.refuse(
			"'Message' is empty",
			"Enter a text, or add media under 'Additional Fields'. When it comes from an expression, this item may lack the value.",
		);
	}
	return {
		sender: senderOf(item, countryCode),
		recipients: recipientsOf(item, countryCode),
		body: text,
		// Required by the API even when there are none.
		mediaUrls: media,
		...(isGiven(sentByName) && { sentByName: textOf(item, 'Sent By Name', sentByName) }),
		...(isGiven(locatorValue(templateId)) && {
			templateId: idNumberOf(item, 'Template', templateId),
		}),
	};
}

/** Why a message that came with 201 was not sent: `status: failed`, `error` or `errorCode`. */
function rejectionOf({ status, error, errorCode }: IDataObject): string | undefined {
	const code = isGiven(errorCode) && errorCode !== 0 ? `code ${String(errorCode)}` : '';
	const reasons = [typeof error === 'string' ? error : '', code].filter(isGiven);
	if (reasons.length > 0) return reasons.join(', ');
	return status === 'failed' ? 'no reason was given' : undefined;
}
