import type { IDataObject } from 'n8n-workflow';
import { returnAllOrLimit, rightsNotice } from '../../description/commonFields';
import { listOf } from '../../shared/fields';
import type { ItemFields, Operation } from '../../operation';

/**
 * Lists users. The docs name 201 as the status of success; any 2xx counts.
 * https://docs.clerk.chat/api-reference/admin/search-clerk-chat-users
 */
export const getAll: Operation = {
	option: {
		name: 'Get Many',
		value: 'getAll',
		action: 'Get many users',
		description: 'Get the users of the workspace',
	},
	fields: [
		rightsNotice('manage users'),
		...returnAllOrLimit,
		{
			displayName: 'Filters',
			name: 'filters',
			type: 'collection',
			placeholder: 'Add Filter',
			default: {},
			options: [
				{
					displayName: 'Emails',
					name: 'emails',
					type: 'string',
					typeOptions: { multipleValues: true, multipleValueButtonText: 'Add Email' },
					default: [],
					placeholder: 'name@email.com',
					description: 'Only users with these email addresses',
				},
			],
		},
	],
	read: { query: (item) => ({ url: '/public/admin/users', qs: filtersOf(item) }), paged: false },
};

function filtersOf(item: ItemFields): IDataObject {
	const emails = listOf(item, 'Emails', item.collection('filters').emails);
	return emails.length > 0 ? { emails } : {};
}
