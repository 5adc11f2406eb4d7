import type { INodePropertyMode } from 'n8n-workflow';
import { pageSize, senderAddress, webAddresses } from '../fields/readers';
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

/** What was picked or entered in a resource locator, for `routing.send.value`. */
export const LOCATED = '={{ $value?.value ?? $value }}';

/** The mode of a resource locator in which something is entered by hand. */
type ByHand = Pick<INodePropertyMode, 'displayName' | 'name' | 'placeholder'>;

/** The mode in which an ID is entered. */
export function byId(placeholder: string): ByHand {
	return { displayName: 'By ID', name: 'id', placeholder };
}

/**
 * The modes of a resource locator: people pick from a list, or enter something by hand.
 * @param searchListMethod what fills the list, by its name in the node's `methods.listSearch`
 * @param placeholder what stands in the field before something is picked
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

/** The field 'From' of what goes out to people. */
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

/** The field 'Media URLs' of what goes out to people. */
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
