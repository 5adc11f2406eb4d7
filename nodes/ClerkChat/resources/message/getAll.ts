import type { IDataObject, INodeProperties } from 'n8n-workflow';
import { returnAllOrLimit } from '../../description/commonFields';
import { dateOf, isGiven, listOf } from '../../shared/fields';
import type { ItemFields, Operation } from '../../operation';

const fields: INodeProperties[] = [
	...returnAllOrLimit,
	{
		displayName: 'Simplify',
		name: 'simplify',
		type: 'boolean',
		default: true,
		description: 'Whether to return a simplified version of the response instead of the raw data',
	},
	{
		displayName: 'Filters',
		name: 'filters',
		type: 'collection',
		placeholder: 'Add Filter',
		default: {},
		options: [
			{
				displayName: 'After',
				name: 'start',
				type: 'dateTime',
				default: '',
				description: "Only messages after this time, up to 'Before' or until now",
			},
			{
				displayName: 'Before',
				name: 'end',
				type: 'dateTime',
				default: '',
				description: 'Only messages up to this time',
			},
			{
				displayName: 'Inbox IDs',
				name: 'inboxIds',
				type: 'string',
				typeOptions: { multipleValues: true, multipleValueButtonText: 'Add Inbox ID' },
				default: [],
				placeholder: 'e.g. 00000000-0000-0000-0000-000000000000',
				description: 'Only messages of these inboxes; all inboxes of the team when left out',
			},
		],
	},
];

/** Lists messages, sent and received. https://docs.clerk.chat/api-reference/messages/find-messages */
export const getAll: Operation = {
	option: {
		name: 'Get Many',
		value: 'getAll',
		action: 'Get many messages',
		description: 'Get sent and received messages of the team',
	},
	fields,
	read: {
		query: (item) => ({ url: '/public/messages', qs: filtersOf(item) }),
		paged: true,
		simplify,
	},
};

function filtersOf(item: ItemFields): IDataObject {
	const { inboxIds, start, end } = item.collection('filters');
	const inboxes = listOf(item, 'Inbox IDs', inboxIds);
	return {
		...(inboxes.length > 0 && { inboxIds: inboxes }),
		...(isGiven(start) && { start: dateOf(item, 'After', start) }),
		...(isGiven(end) && { end: dateOf(item, 'Before', end) }),
	};
}

function simplify(message: IDataObject): IDataObject {
	const { id, conversationId, inboxId, inbound, sender, members, body, status, timestamp } =
		message;
	return { id, conversationId, inboxId, inbound, sender, members, body, status, timestamp };
}
