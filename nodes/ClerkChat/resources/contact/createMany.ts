import { dataOf } from '../../shared/answers';
import type { Operation } from '../../shared/operation';
import { contactFields, contactOf } from './contactFields';

/** How many contacts go into one request. The API does not say how many it takes. */
const CONTACTS_PER_REQUEST = 100;

/** Creates the contacts of all items together. https://docs.clerk.chat/api-reference/public/create-multiple-contacts */
export const createMany: Operation = {
	option: {
		name: 'Create Many',
		value: 'createMany',
		action: 'Create many contacts',
		description: `Create a contact for each item, ${CONTACTS_PER_REQUEST} in one request`,
	},
	fields: [
		{
			displayName: 'Additional Fields',
			name: 'additionalFields',
			type: 'collection',
			placeholder: 'Add Field',
			default: {},
			description:
				'What is known of the contact of each item. Clerk Chat does not say which fields it needs, nor what it does when one contact of a request is not right.',
			options: contactFields,
		},
	],
	write: {
		wording: {
			thing: 'contact',
			done: 'created',
			ifUnknown: `Look for it in Clerk Chat. Up to ${CONTACTS_PER_REQUEST} contacts go out in one request, so the others of that request are concerned, too.`,
		},
		request: (item) => ({
			method: 'POST',
			url: '/public/contacts/batch',
			body: contactOf(item, 'additionalFields', 'Additional Fields'),
		}),
		together: {
			size: CONTACTS_PER_REQUEST,
			merge: (requests) => ({
				...requests[0],
				body: { contacts: requests.map(({ body }) => body) },
			}),
		},
		results: dataOf,
	},
};
