import type { Operation } from '../../operation';
import { atLeastOne, hintsAfterContacts, newContactFields } from './contactFields';

/** Creates one contact per item. https://docs.clerk.chat/api-reference/contacts/create-a-contact */
export const create: Operation = {
	kind: 'write',
	option: {
		name: 'Create',
		value: 'create',
		action: 'Create contact',
		description: 'Create a contact',
		routing: { request: { method: 'POST', url: '/public/contacts' } },
	},
	fields: [
		{
			displayName:
				'Creates one contact per input item. Add at least one field below, such as Phone.',
			name: 'contactNotice',
			type: 'notice',
			default: '',
		},
		newContactFields,
	],
	check: atLeastOne('Additional Fields'),
	write: {
		hintsAfter: hintsAfterContacts,
		wording: {
			thing: 'contact',
			done: 'created',
			ifUnknown:
				"Look for it in Clerk Chat. If it's missing, create it there, or run a workflow with only this item.",
		},
	},
};
