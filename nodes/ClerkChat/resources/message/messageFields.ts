import type { IDataObject, INodeProperties } from 'n8n-workflow';
import { dataOf } from '../../shared/apiBodies';
import { mediaUrls } from '../../shared/descriptions';
import { errorIn, NO_REASON } from '../../shared/errors';
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
import type { ItemFields, Rejection, Write } from '../../shared/operation';

/** The field 'To' of a message. */
export const recipients: INodeProperties = {
	displayName: 'To',
	name: 'recipients',
	type: 'string',
	default: '',
	required: true,
	placeholder: 'e.g. +14155550123',
	description:
		'The phone number or identifier to send to. Several, separated by commas, go into one message, which probably makes one group conversation where all see all numbers. To text people separately, use one item for each.',
};

/** The field 'Additional Fields' of a message. */
export const additionalFields: INodeProperties = {
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
				"The template to use. 'Message' has to be filled in as well: both go to Clerk Chat in one request, and it does not say how it combines them. Try it with your own number first.",
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
};

/** The option for phone numbers without a country code. */
export const defaultCountryCode: INodeProperties = {
	displayName: 'Default Country Code',
	name: 'defaultCountryCode',
	type: 'string',
	default: '',
	placeholder: 'e.g. +1',
	description: 'The country code for phone numbers without one',
};

/** The option for messages that may or may not have gone out. */
export const unknownOutcome: INodeProperties = {
	displayName: 'If Outcome Is Unknown',
	name: 'unknownOutcome',
	type: 'options',
	default: 'doNotResend',
	description:
		'What Retry On Fail and the Retry button do with a message that may or may not have gone out, because Clerk Chat gave no clear answer',
	options: [
		{
			name: 'Do Not Send Again',
			value: 'doNotResend',
			description: 'Nobody gets the same message twice; look in Clerk Chat whether it went out',
		},
		{
			name: 'Send Again',
			value: 'resend',
			description: 'The message arrives, possibly twice',
		},
	],
};

/**
 * Sends one message per item. https://docs.clerk.chat/api-reference/messages/send-a-message
 * @param textField the name of the field that holds the text
 */
export function writeMessage(textField: string): Write {
	return {
		wording: {
			thing: 'message',
			done: 'sent',
			ifUnknown:
				"Look for it in the conversation in Clerk Chat. If it is not there, send it by hand there: running the whole workflow again texts everybody again. To let Retry send it again, at the risk of a second copy, set the option 'If Outcome Is Unknown' to 'Send Again'.",
		},
		request: (item) => ({
			method: 'POST',
			url: '/public/messages',
			body: messageBody(item, item.get(textField)),
		}),
		orderBy: ({ body }) => JSON.stringify([body?.sender, body?.recipients]),
		results: dataOf,
		rejection: rejectionOf,
	};
}

function messageBody(item: ItemFields, message: unknown): IDataObject {
	const additional = item.collection('additionalFields');
	const { sentByName, templateId } = additional;
	const countryCode = countryCodeOf(item, item.collection('options').defaultCountryCode);
	const text = textOf(item, 'Message', message);
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
function rejectionOf(message: IDataObject): Rejection | undefined {
	const { status, errorCode } = message;
	const code = isGiven(errorCode) && errorCode !== 0 ? `code ${String(errorCode)}` : '';
	const reasons = [errorIn(message), code].filter(isGiven);
	if (reasons.length === 0 && status !== 'failed') return undefined;
	return { reason: reasons.join(', ') || NO_REASON, outcome: 'refused' };
}
