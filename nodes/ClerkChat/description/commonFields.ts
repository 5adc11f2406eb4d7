import type { INodeProperties } from 'n8n-workflow';

/** The fields of every list: all of it, or how much of it. */
export const returnAllOrLimit: INodeProperties[] = [
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

/** The field 'From' of what goes out to people. */
export const sender: INodeProperties = {
	displayName: 'From',
	name: 'sender',
	type: 'string',
	default: '',
	required: true,
	placeholder: 'e.g. +14155550100',
	description: 'The Clerk Chat phone number or identifier to send from',
};

/** The field 'Media URLs' of what goes out to people. */
export const mediaUrls: INodeProperties = {
	displayName: 'Media URLs',
	name: 'mediaUrls',
	type: 'string',
	typeOptions: { multipleValues: true, multipleValueButtonText: 'Add URL' },
	default: [],
	placeholder: 'e.g. https://example.com/image.jpg',
	description: 'Public addresses of pictures or other media to send with the message',
};

/**
 * Stands before the fields of what only some API keys may do.
 * @param what it is, such as `manage users`
 */
export function rightsNotice(what: string): INodeProperties {
	return {
		displayName: `The API key may need the right to ${what}; Clerk Chat does not say which keys have it. Without it, the answer is that the key is not allowed to do that.`,
		name: 'rightsNotice',
		type: 'notice',
		default: '',
	};
}
