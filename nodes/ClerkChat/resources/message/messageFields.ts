import { mediaUrls } from '../../description/commonFields';
import { addressesWithDefault, idNumber } from '../../fields/readers';
import type { Field } from '../../operation';

/** The field 'To' of a message. */
export const recipients: Field = {
	displayName: 'To',
	name: 'recipients',
	type: 'string',
	default: '',
	required: true,
	placeholder: 'e.g. +14155550123',
	description:
		"The phone number to send to, with + and country code, or an identifier. Several, separated by commas, go into one message, where all probably see all numbers, unless the option 'Several Numbers' says otherwise.",
	hint: 'Phone numbers need + and the country code, or a Default Country Code in the credential',
	builderHint: {
		propertyHint:
			'One phone number in E.164 form (+ and country code), such as +14155550123. One person for each item.',
	},
	reader: addressesWithDefault,
	routing: {
		send: {
			type: 'body',
			property: 'recipients',
			value: '={{ String($value).split(",").map((to) => to.trim()) }}',
		},
	},
};

/** The field 'Additional Fields' of a message. */
export const additionalFields: Field = {
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
			routing: { send: { type: 'body', property: 'sentByName' } },
		},
		{
			displayName: 'Template',
			name: 'templateId',
			type: 'resourceLocator',
			default: { mode: 'list', value: '' },
			reader: idNumber,
			routing: {
				send: {
					type: 'body',
					property: 'templateId',
					value: '={{ Number($value?.value ?? $value) }}',
				},
			},
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
export const defaultCountryCode: Field = {
	displayName: 'Default Country Code',
	name: 'defaultCountryCode',
	type: 'string',
	default: '',
	placeholder: 'e.g. +1',
	description:
		'The country code for phone numbers without one, instead of the one in the credential',
};

/** The option for messages that may or may not have gone out. */
export const unknownOutcome: Field = {
	displayName: 'If Outcome Is Unknown',
	name: 'unknownOutcome',
	type: 'options',
	default: 'doNotResend',
	description:
		"What Retry On Fail and the Retry button do with a message of which neither Clerk Chat's answer nor its record of messages tells whether it went out",
	options: [
		{
			name: 'Do Not Send Again',
			value: 'doNotResend',
			description: 'Nobody gets the same message twice; look in Clerk Chat whether it went out',
		},
		{
			name: 'Send Again',
			value: 'resend',
			description: 'The message arrives; twice if it went out and is not on record',
		},
	],
};
