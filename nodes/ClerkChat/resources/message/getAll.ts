import { LARGEST_PAGE } from '../../../api/pages';
import { returnAllOrPagedLimit } from '../../description/commonFields';
import { toolOutput } from '../../description/toolOutput';
import type { Field, Operation } from '../../operation';
import { filteredPageSize, filters, messageFilterOf } from './messageFilters';
import { MESSAGE_FIELDS, simplified } from '../../../api/simplified';

const fields: Field[] = [
	...returnAllOrPagedLimit.map((field) =>
		field.name === 'limit' ? { ...field, reader: filteredPageSize } : field,
	),
	{
		displayName: 'Simplify',
		name: 'simplify',
		type: 'boolean',
		default: true,
		description: 'Whether to return a simplified version of the response instead of the raw data',
	},
	filters,
	...toolOutput(MESSAGE_FIELDS),
];

/** Lists messages, sent and received. https://docs.clerk.chat/api-reference/messages/find-messages */
export const getAll: Operation = {
	kind: 'list',
	option: {
		name: 'Get Many',
		value: 'getAll',
		action: 'Get many messages',
		description: "Get the team's sent and received messages",
		routing: { request: { method: 'GET', url: '/public/messages', qs: { limit: LARGEST_PAGE } } },
	},
	fields,
	list: { paged: true, simplify: simplified, filter: messageFilterOf },
};
