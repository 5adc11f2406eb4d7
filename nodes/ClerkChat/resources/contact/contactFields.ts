import type { ApiRequest } from '../../../api/requester';
import { dataJson, dataRows } from '../../description/freeDataFields';
import { oddNumbersHint } from '../../description/oddNumbers';
import { freeDataOf } from '../../fields/freeData';
import { addressWithDefault } from '../../fields/readers';
import type { ItemFields } from '../../fields/itemFields';
import type { Field } from '../../operation';

/**
 * The writable fields of a contact, for a collection.
 * @param collection the name of the collection
 */
export function contactFieldsIn(collection: string): Field[] {
	const rows = dataRows(
		'Custom Data',
		"Details that have no field of their own. Clerk Chat doesn't say whether they replace existing data or are added to it.",
	);
	return [
		{
			displayName: 'Name',
			name: 'name',
			type: 'string',
			placeholder: 'e.g. Nathan Smith',
			default: '',
			description: 'The name of the contact',
			routing: { send: { type: 'body', property: 'name' } },
		},
		{
			displayName: 'Phone',
			name: 'phone',
			type: 'string',
			placeholder: 'e.g. +14155550123',
			default: '',
			description:
				'The phone number of the contact. It needs + and country code, unless the credential has a Default Country Code.',
			reader: addressWithDefault,
			routing: { send: { type: 'body', property: 'phone' } },
		},
		{
			displayName: 'Email',
			name: 'email',
			type: 'string',
			placeholder: 'name@email.com',
			default: '',
			description: 'The email address of the contact',
			routing: { send: { type: 'body', property: 'email' } },
		},
		{
			displayName: 'Public',
			name: 'public',
			type: 'boolean',
			default: true,
			description: 'Whether everyone on the team can see the contact',
			routing: { send: { type: 'body', property: 'public' } },
		},
		rows,
		{
			...dataJson(
				rows.displayName,
				`Custom data as a JSON object, for lists and nested values. The node sends it together with '${rows.displayName}'.`,
			),
			reader: (item, label, value) =>
				freeDataOf(
					item,
					{ label: rows.displayName, value: item.collection(collection)[rows.name] },
					{ label, value },
				),
			routing: { send: { type: 'body', property: 'data' } },
		},
	];
}

/** The fields of a new contact. */
export const newContactFields: Field = {
	displayName: 'Additional Fields',
	name: 'additionalFields',
	type: 'collection',
	placeholder: 'Add Field',
	default: {},
	description:
		"Details of the contact. Clerk Chat doesn't say which fields it requires, or what happens if the contact already exists.",
	options: contactFieldsIn('additionalFields'),
};

/** The hints after a run with contacts. */
export function hintsAfterContacts(requests: ApiRequest[]): string[] {
	return [oddNumbersHint(requests.map(({ body }) => body?.phone)) ?? []].flat();
}

/**
 * Requires at least one field of a contact.
 * @param label the name of the collection with the fields, as people see it
 */
export function atLeastOne(label: string) {
	return ({ body = {} }: ApiRequest, item: ItemFields): void => {
		if (Object.keys(body).length > 0) return;
		throw item.refuse(
			`'${label}' is empty`,
			'Add at least one field, such as the phone number. If they use expressions, this item may have no values for them.',
		);
	};
}
