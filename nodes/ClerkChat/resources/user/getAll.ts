import { returnAllOrLimit } from '../../description/commonFields';
import type { Operation } from '../../operation';

/**
 * Lists users. The docs say that success is a 201; any 2xx counts here.
 * https://docs.clerk.chat/api-reference/admin/search-clerk-chat-users
 */
export const getAll: Operation = {
	kind: 'list',
	option: {
		name: 'Get Many',
		value: 'getAll',
		action: 'Get many users',
		description: 'Get the users of the workspace',
		routing: { request: { method: 'GET', url: '/public/admin/users' } },
	},
	fields: [
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
					routing: { send: { type: 'query', property: 'emails' } },
				},
			],
		},
	],
	list: { paged: false },
};
