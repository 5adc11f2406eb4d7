import { byId, pickOrEnter } from '../../description/commonFields';
import type { Operation } from '../../operation';
import { atLeastOne, contactFieldsIn, hintsAfterContacts } from './contactFields';

/** Updates a contact. https://docs.clerk.chat/api-reference/public/update-a-contact */
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
			displayName: 'Contact',
			name: 'contactId',
			type: 'resourceLocator',
			default: { mode: 'list', value: '' },
			required: true,
			description:
				"The contact to change. An ID comes from 'Create' or 'Get Many'. A phone number or email address works only if no other contact has the same one.",
			...pickOrEnter(
				'searchContacts',
				'Select a contact...',
				byId('e.g. 123'),
				{ displayName: 'Phone', name: 'phone', placeholder: 'e.g. +14155550123' },
				{ displayName: 'Email', name: 'email', placeholder: 'name@email.com' },
			),
		},
		{
			displayName: 'Update Fields',
			name: 'updateFields',
			type: 'collection',
			placeholder: 'Add Field',
			default: {},
			description:
				"The fields to change. An empty field isn't sent; Clerk Chat doesn't say whether it then keeps the old value or clears it.",
			options: contactFieldsIn('updateFields'),
		},
	],
	check: atLeastOne('Update Fields'),
	write: {
		hintsAfter: hintsAfterContacts,
		wording: {
			thing: 'contact',
			done: 'updated',
			ifUnknown: 'Update it again: updating twice does no harm.',
		},
		lookUp: {
			field: 'contactId',
			modes: ['phone', 'email'],
			url: '/public/contacts',
			wayOut: "Choose 'By ID' and enter the ID of the right contact.",
		},
		orderBy: ({ url }) => url,
		repeatable: true,
	},
};
