import { empty } from '../../fields/texts';
import type { ItemFields } from '../../fields/itemFields';
import type { ApiRequest } from '../../../api/requester';
import type { Field, Operation } from '../../operation';
import { contactFieldsIn, hintsAfterContacts } from './contactFields';

/** The fields to find a contact by. */
const LABELS: Record<string, string> = { phone: 'Phone', email: 'Email' };

const contactFields = contactFieldsIn('additionalFields');

const keyFields: Field[] = contactFields.filter(({ name }) => name in LABELS);

/**
 * Updates a contact, or creates it if it doesn't exist. https://docs.clerk.chat/api-reference/public/update-a-contact
 * and
 * https://docs.clerk.chat/api-reference/contacts/create-a-contact
 */
export const upsert: Operation = {
	kind: 'write',
	option: {
		name: 'Create or Update',
		value: 'upsert',
		action: 'Create or update contact',
		description: 'Create a new contact, or update the current one if it already exists (upsert)',
		routing: { request: { method: 'POST', url: '/public/contacts' } },
	},
	fields: [
		{
			displayName: 'Find By',
			name: 'matchBy',
			type: 'options',
			noDataExpression: true,
			default: 'phone',
			description: 'How to check whether the contact already exists',
			options: [
				{ name: 'Email', value: 'email' },
				{ name: 'Phone', value: 'phone' },
			],
		},
		...keyFields,
		{
			displayName: 'Additional Fields',
			name: 'additionalFields',
			type: 'collection',
			placeholder: 'Add Field',
			default: {},
			description: 'More details of the contact',
			options: contactFields.filter(({ name }) => !(name in LABELS)),
		},
	],
	check: hasKey,
	write: {
		hintsAfter: hintsAfterContacts,
		wording: {
			thing: 'contact',
			done: 'created or updated',
			ifUnknown:
				"Look for it in Clerk Chat. If Clerk Chat lists it, a retry updates it. If it's missing, create it there.",
		},
		upsert: {
			field: 'matchBy',
			url: '/public/contacts',
			wayOut: "Use the operation 'Update', and choose 'By ID'.",
			change: (request, id) => ({
				...request,
				method: 'PUT',
				url: `${request.url}/${encodeURIComponent(id)}`,
			}),
		},
	},
};

function hasKey({ body }: ApiRequest, item: ItemFields): void {
	const by = String(item.get('matchBy'));
	if (!(by in LABELS)) {
		throw item.refuse("'Find By' is not one of its choices", 'Choose Phone or Email.');
	}
	if (body?.[by] === undefined) throw empty(item, LABELS[by]);
}
