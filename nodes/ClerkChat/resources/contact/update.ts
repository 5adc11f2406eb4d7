import { createdOf } from '../../../api/bodies';
import { pathPartOf } from '../../shared/fields';
import type { Operation } from '../../operation';
import { contactFields, contactOf } from './contactFields';

/** Changes a contact. https://docs.clerk.chat/api-reference/public/update-a-contact */
export const update: Operation = {
	option: {
		name: 'Update',
		value: 'update',
		action: 'Update contact',
		description: 'Update a contact',
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
	write: {
		wording: {
			thing: 'contact',
			done: 'updated',
			ifUnknown: 'Update it again: to do that twice does no harm.',
		},
		request: (item) => ({
			method: 'PUT',
			url: `/public/contacts/${pathPartOf(item, 'Contact ID', item.get('contactId'))}`,
			body: contactOf(item, 'updateFields', 'Update Fields'),
		}),
		orderBy: ({ url }) => url,
		results: createdOf,
		repeatable: true,
	},
};
