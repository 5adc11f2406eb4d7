import { mediaUrls } from '../../description/commonFields';
import { addressesWithDefault, idNumber } from '../../fields/readers';
import type { Field } from '../../operation';

/** The 'To' field of a message. */
export const recipients: Field = {
	displayName: 'To',
	name: 'recipients',
	type: 'string',
	default: '',
	required: true,
	placeholder: 'e.g. +14155550123',
	description:
		"The phone number (with + and country code) or ID to send to. Recipients separated by commas share one message and may see each other's numbers, unless the option 'Several Numbers' says otherwise.",
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

/** The 'Additional Fields' of a message. */
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
			description: "The sender's name in Clerk Chat's own app",
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
				"The template to use. Fill in 'Message' as well: Clerk Chat gets both but doesn't say how it combines them. Try it with your own number first.",
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

/** The option for messages with an unclear result. */
export const unknownOutcome: Field = {
	displayName: 'If the Result Is Unclear',
	name: 'unknownOutcome',
	type: 'options',
	default: 'doNotResend',
	description:
		"What a retry does when Clerk Chat's answer got lost and its message history doesn't show the message",
	options: [
		{
			name: 'Do Not Send Again',
			value: 'doNotResend',
			description: 'Nobody gets the message twice; check in Clerk Chat whether it was sent',
		},
		{
			name: 'Send Again',
			value: 'resend',
			description: 'Sends it again; the recipient may get it twice',
		},
	],
};
