import type { Operation } from '../../operation';

/** Adds a user to the workspace. https://docs.clerk.chat/api-reference/admin/add-clerk-chat-user */
export const create: Operation = {
	kind: 'write',
	option: {
		name: 'Create',
		value: 'create',
		action: 'Create user',
		description: 'Add a user to the workspace',
		routing: { request: { method: 'POST', url: '/public/admin/users' } },
	},
	fields: [
		{
			displayName: 'Email',
			name: 'email',
			type: 'string',
			placeholder: 'name@email.com',
			default: '',
			required: true,
			description: 'The email address of the user',
			routing: { send: { type: 'body', property: 'email' } },
		},
		{
			displayName: 'Additional Fields',
			name: 'additionalFields',
			type: 'collection',
			placeholder: 'Add Field',
			default: {},
			options: [
				{
					displayName: 'First Name',
					name: 'firstName',
					type: 'string',
					default: '',
					placeholder: 'e.g. Nathan',
					description: 'The first name of the user',
					routing: { send: { type: 'body', property: 'firstName' } },
				},
				{
					displayName: 'Last Name',
					name: 'lastName',
					type: 'string',
					default: '',
					placeholder: 'e.g. Smith',
					description: 'The last name of the user',
					routing: { send: { type: 'body', property: 'lastName' } },
				},
				{
					displayName: 'Role',
					name: 'role',
					type: 'options',
					default: 'member',
					description: 'What the user may do in the workspace',
					routing: { send: { type: 'body', property: 'role' } },
					options: [
						{ name: 'Admin', value: 'admin' },
						{ name: 'Agent', value: 'agent' },
						{ name: 'Manager', value: 'manager' },
						{ name: 'Member', value: 'member' },
						{ name: 'Workspace Owner', value: 'workspace_owner' },
					],
				},
			],
		},
	],
	write: {
		wording: {
			thing: 'user',
			done: 'created',
			ifUnknown:
				'Look for the user in Clerk Chat. If there is none, create it there, or run a workflow with only this item.',
		},
	},
};
