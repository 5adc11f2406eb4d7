import type { Operation } from '../../operation';
import { atLeastOne, hintsAfterContacts, newContactFields } from './contactFields';

/** How many contacts to send per request. The API doesn't document its limit. */
const CONTACTS_PER_REQUEST = 100;

/** Creates the contacts of all items together. https://docs.clerk.chat/api-reference/public/create-multiple-contacts */
export const createMany: Operation = {
	kind: 'write',
	option: {
		name: 'Create Many',
		value: 'createMany',
		action: 'Create many contacts',
		description: `Create a contact for each item, ${CONTACTS_PER_REQUEST} in one request`,
		routing: { request: { method: 'POST', url: '/public/contacts/batch' } },
	},
	fields: [
		{
			displayName: `Creates one contact per input item, up to ${CONTACTS_PER_REQUEST} in one request. Add at least one field below, such as Phone. Clerk Chat doesn't say what happens to the other contacts if one in the request is invalid.`,
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
			ifUnknown: `Look for it in Clerk Chat. Up to ${CONTACTS_PER_REQUEST} contacts share one request, so this applies to all contacts in that request.`,
		},
		together: {
			size: CONTACTS_PER_REQUEST,
			merge: (requests) => ({
				...requests[0],
				body: { contacts: requests.map(({ body }) => body) },
			}),
		},
	},
};
