import type { INodePropertyMode } from 'n8n-workflow';
import { pageSize, senderAddress, webAddresses } from '../fields/readers';
import type { Field } from '../operation';

/** The fields of every list operation: return everything, or up to a limit. */
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

/** The same fields for lists whose API lets the client choose the page size. */
export const returnAllOrPagedLimit: Field[] = returnAllOrLimit.map((field) =>
	field.name === 'limit'
		? { ...field, reader: pageSize, routing: { send: { type: 'query', property: 'limit' } } }
		: field,
);

/** The value picked or entered in a resource locator, for `routing.send.value`. */
export const LOCATED = '={{ $value?.value ?? $value }}';

/** A resource locator mode for typing a value. */
type ByHand = Pick<INodePropertyMode, 'displayName' | 'name' | 'placeholder'>;

/** The mode for entering an ID. */
export function byId(placeholder: string): ByHand {
	return { displayName: 'By ID', name: 'id', placeholder };
}

/**
 * The modes of a resource locator: pick from a list, or type a value.
 * @param searchListMethod the name of the method in the node's `methods.listSearch` that fills the list
 * @param placeholder the text shown in the field until something is picked
 */
export function pickOrEnter(
	searchListMethod: string,
	placeholder: string,
	...byHand: ByHand[]
): Required<Pick<Field, 'modes'>> {
	return {
		modes: [
			{
				displayName: 'From List',
				name: 'list',
				type: 'list',
				placeholder,
				typeOptions: { searchListMethod, searchable: true },
			},
			...byHand.map((mode): INodePropertyMode => ({ ...mode, type: 'string' })),
		],
	};
}

/** The 'From' field of operations that text people. */
export const sender: Field = {
	displayName: 'From',
	name: 'sender',
	type: 'resourceLocator',
	default: { mode: 'list', value: '' },
	required: true,
	description:
		'The Clerk Chat phone number or ID to send from. The list shows the numbers used in recent messages.',
	reader: senderAddress,
	routing: { send: { type: 'body', property: 'sender', value: LOCATED } },
	...pickOrEnter('searchSenders', 'Select a number...', {
		displayName: 'Number',
		name: 'number',
		placeholder: 'e.g. +14155550100',
	}),
};

/** The 'Media URLs' field of operations that text people. */
export const mediaUrls: Field = {
	displayName: 'Media URLs',
	name: 'mediaUrls',
	type: 'string',
	typeOptions: { multipleValues: true, multipleValueButtonText: 'Add URL' },
	default: [],
	placeholder: 'e.g. https://example.com/image.jpg',
	description: 'Public URLs of pictures or other media to send with the message',
	reader: webAddresses,
	routing: { send: { type: 'body', property: 'mediaUrls' } },
};
