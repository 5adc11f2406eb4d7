import { address, pageSize, webAddresses } from '../fields/readers';
import type { Field } from '../operation';

/** The fields of every list: all of it, or how much of it. */
export const returnAllOrLimit: Field[] = [
	{
		displayName: 'Return All',
		name: 'returnAll',
		type: 'boolean',
		default: false,
		description: 'Whether to return all results or only up to a given limit',
	},
	{
		displayName: 'Limit',
		name: 'limit',
		type: 'number',
		typeOptions: { minValue: 1 },
		default: 50,
		displayOptions: { show: { returnAll: [false] } },
		description: 'Max number of results to return',
	},
];

/** The same for lists of which the API gives a page of a chosen size. */
export const returnAllOrPagedLimit: Field[] = returnAllOrLimit.map((field) =>
	field.name === 'limit'
		? { ...field, reader: pageSize, routing: { send: { type: 'query', property: 'limit' } } }
		: field,
);

/** The field 'From' of what goes out to people. */
export const sender: Field = {
	displayName: 'From',
	name: 'sender',
	type: 'string',
	default: '',
	required: true,
	placeholder: 'e.g. +14155550100',
	description: 'The Clerk Chat phone number or identifier to send from',
	reader: address,
	routing: { send: { type: 'body', property: 'sender' } },
};

/** The field 'Media URLs' of what goes out to people. */
export const mediaUrls: Field = {
	displayName: 'Media URLs',
	name: 'mediaUrls',
	type: 'string',
	typeOptions: { multipleValues: true, multipleValueButtonText: 'Add URL' },
	default: [],
	placeholder: 'e.g. https://example.com/image.jpg',
	description: 'Public addresses of pictures or other media to send with the message',
	reader: webAddresses,
	routing: { send: { type: 'body', property: 'mediaUrls' } },
};

/**
 * Stands before the fields of what only some API keys may do.
 * @param what it is, such as `manage users`
 */
export function rightsNotice(what: string): Field {
	return {
		displayName: `The API key may need the right to ${what}; Clerk Chat does not say which keys have it. Without it, the answer is that the key is not allowed to do that.`,
		name: 'rightsNotice',
		type: 'notice',
		default: '',
	};
}
