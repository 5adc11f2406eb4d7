import { byId, pickOrEnter } from '../../description/commonFields';
import type { Operation } from '../../operation';

/** Finds one contact by listing them all (https://docs.clerk.chat/api-reference/public/search-for-a-contact). */
export const get: Operation = {
	kind: 'get',
	option: {
		name: 'Get',
		value: 'get',
		action: 'Get contact',
		description: 'Get one contact by its phone number, email address or ID',
		routing: { request: { method: 'GET', url: '/public/contacts' } },
	},
	fields: [
		{
			displayName: 'Contact',
			name: 'contactId',
			type: 'resourceLocator',
			default: { mode: 'list', value: '' },
			required: true,
			description:
				'The contact to get. A phone number or email address works only if no other contact has the same one.',
			...pickOrEnter(
				'searchContacts',
				'Select a contact...',
				byId('e.g. 123'),
				{ displayName: 'Phone', name: 'phone', placeholder: 'e.g. +14155550123' },
				{ displayName: 'Email', name: 'email', placeholder: 'name@email.com' },
			),
		},
	],
	get: {
		thing: 'contact',
		field: 'contactId',
		modes: ['id', 'phone', 'email'],
		url: '/public/contacts',
		wayOut: 'Check the contacts in Clerk Chat.',
	},
};
