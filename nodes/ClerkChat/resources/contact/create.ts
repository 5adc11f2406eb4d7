import { dataOf } from '../../shared/answers';
import type { Operation } from '../../shared/operation';
import { contactFields, contactOf } from './contactFields';

/** Creates one contact per item. https://docs.clerk.chat/api-reference/contacts/create-a-contact */
export const create: Operation = {
	option: {
		name: 'Create',
		value: 'create',
		action: 'Create contact',
		description: 'Create a contact',
	},
	fields: [
		{
			displayName: 'Additional Fields',
			name: 'additionalFields',
			type: 'collection',
			placeholder: 'Add Field',
			default: {},
			description: 'What is known of the contact. Clerk Chat does not say which fields it needs.',
			options: contactFields,
		},
	],
	write: {
		wording: {
			thing: 'contact',
			done: 'created',
			ifUnknown:
				'Look for it in Clerk Chat. If it is not there, run the workflow anew for this item.',
		},
		request: (item) => ({
			method: 'POST',
			url: '/public/contacts',
			body: contactOf(item, 'additionalFields', 'Additional Fields'),
		}),
		results: dataOf,
	},
};
