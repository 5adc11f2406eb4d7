import type { IDataObject, INodeProperties } from 'n8n-workflow';
import { booleanOf, givenOnly, isGiven, objectOf, phoneOf, textOf } from '../../shared/fields';
import type { ItemFields } from '../../operation';

/** What a contact holds that can be written, for a collection. */
export const contactFields: INodeProperties[] = [
	{
		displayName: 'Data',
		name: 'data',
		type: 'json',
		default: '{}',
		description:
			'Free data about the contact, as a JSON object. Clerk Chat does not say whether it replaces the data that is there or adds to it.',
	},
	{
		displayName: 'Email',
		name: 'email',
		type: 'string',
		placeholder: 'name@email.com',
		default: '',
		description: 'The email address of the contact',
	},
	{
		displayName: 'Name',
		name: 'name',
		type: 'string',
		placeholder: 'e.g. Nathan Smith',
		default: '',
		description: 'The name of the contact',
	},
	{
		displayName: 'Phone',
		name: 'phone',
		type: 'string',
		placeholder: 'e.g. +14155550123',
		default: '',
		description: 'The phone number of the contact, with + and country code',
	},
	{
		displayName: 'Public',
		name: 'public',
		type: 'boolean',
		default: true,
		description: 'Whether everyone in the team sees the contact',
	},
];

/** The fields of a contact that is created. */
export const newContactFields: INodeProperties = {
	displayName: 'Additional Fields',
	name: 'additionalFields',
	type: 'collection',
	placeholder: 'Add Field',
	default: {},
	description:
		'What is known of the contact. Clerk Chat does not say which fields it needs, nor what becomes of a contact that it already has.',
	options: contactFields,
};

/**
 * The body that a collection of {@link contactFields} stands for; what was left empty is not in it.
 * @param collection name of the collection
 * @param label the collection's name as people see it
 * @throws NodeOperationError when a value is not usable, or none is given
 */
export function contactOf(item: ItemFields, collection: string, label: string): IDataObject {
	const { name, email, phone, public: isPublic, data } = item.collection(collection);
	const contact = givenOnly({
		name: textOf(item, 'Name', name),
		email: textOf(item, 'Email', email),
		phone: phoneOf(item, 'Phone', phone),
		public: booleanOf(item, 'Public', isPublic),
		data: freeDataOf(item, data),
	});
	if (Object.keys(contact).length > 0) return contact;
	throw item.refuse(
		`'${label}' is empty`,
		'Add at least one field, such as the phone number. When the values come from expressions, this item may lack them.',
	);
}

/** An empty object is what the field holds when it was just added; it must not clear what Clerk Chat has. */
function freeDataOf(item: ItemFields, value: unknown): IDataObject | undefined {
	const data = isGiven(value) ? objectOf(item, 'Data', value) : {};
	return Object.keys(data).length > 0 ? data : undefined;
}
