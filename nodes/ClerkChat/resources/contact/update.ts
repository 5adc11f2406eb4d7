import type { Operation } from '../../operation';
import { atLeastOne, contactFields } from './contactFields';

/** Changes a contact. https://docs.clerk.chat/api-reference/public/update-a-contact */
export const update: Operation = {
	kind: 'write',
	option: {
		name: 'Update',
		value: 'update',
		action: 'Update contact',
		description: 'Update a contact',
		routing: {
			request: {
				method: 'PUT',
				url: '=/public/contacts/{{ encodeURIComponent($parameter["contactId"]) }}',
			},
		},
	},
	fields: [
		{
			displayName: 'Contact ID',
			name: 'contactId',
			type: 'string',
			default: '',
			required: true,
			placeholder: 'e.g. 123',
			description: "The ID of the contact, from 'Create' or 'Get Many'",
		},
		{
			displayName: 'Update Fields',
			name: 'updateFields',
			type: 'collection',
			placeholder: 'Add Field',
			default: {},
			description:
				'What is to change. Fields that are left out or empty are not sent; Clerk Chat does not say whether it keeps or clears them.',
			options: contactFields,
		},
	],
	check: atLeastOne('Update Fields'),
	write: {
		wording: {
			thing: 'contact',
			done: 'updated',
			ifUnknown: 'Update it again: to do that twice does no harm.',
		},
		orderBy: ({ url }) => url,
		repeatable: true,
	},
};
