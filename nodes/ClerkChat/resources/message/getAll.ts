import type { IDataObject } from 'n8n-workflow';
import { LARGEST_PAGE } from '../../../api/pages';
import { returnAllOrPagedLimit } from '../../description/commonFields';
import type { Field, Operation } from '../../operation';

const fields: Field[] = [
	...returnAllOrPagedLimit,
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
				routing: { send: { type: 'query', property: 'start' } },
			},
			{
				displayName: 'Before',
				name: 'end',
				type: 'dateTime',
				default: '',
				description: 'Only messages up to this time',
				routing: { send: { type: 'query', property: 'end' } },
			},
			{
				displayName: 'Inbox IDs',
				name: 'inboxIds',
				type: 'string',
				typeOptions: { multipleValues: true, multipleValueButtonText: 'Add Inbox ID' },
				default: [],
				placeholder: 'e.g. 00000000-0000-0000-0000-000000000000',
				description: 'Only messages of these inboxes; all inboxes of the team when left out',
				routing: { send: { type: 'query', property: 'inboxIds' } },
			},
		],
	},
];

/** Lists messages, sent and received. https://docs.clerk.chat/api-reference/messages/find-messages */
export const getAll: Operation = {
	kind: 'list',
	option: {
		name: 'Get Many',
		value: 'getAll',
		action: 'Get many messages',
		description: 'Get sent and received messages of the team',
		routing: { request: { method: 'GET', url: '/public/messages', qs: { limit: LARGEST_PAGE } } },
	},
	fields,
	list: { paged: true, simplify },
};

function simplify(message: IDataObject): IDataObject {
	const { id, conversationId, inboxId, inbound, sender, members, body, status, timestamp } =
		message;
	return { id, conversationId, inboxId, inbound, sender, members, body, status, timestamp };
}
