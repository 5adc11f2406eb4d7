import { createdOrBareOf } from '../../../api/bodies';
import { rightsNotice } from '../../description/commonFields';
import { givenOnly, requiredText, textOf } from '../../shared/fields';
import type { Operation } from '../../operation';

/** Adds a user to the workspace. https://docs.clerk.chat/api-reference/admin/add-clerk-chat-user */
export const create: Operation = {
	option: {
		name: 'Create',
		value: 'create',
		action: 'Create user',
		description: 'Add a user to the workspace',
	},
	fields: [
		rightsNotice('manage users'),
		{
			displayName: 'Email',
			name: 'email',
			type: 'string',
			placeholder: 'name@email.com',
			default: '',
			required: true,
			description: 'The email address of the user',
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
				},
				{
					displayName: 'Last Name',
					name: 'lastName',
					type: 'string',
					default: '',
					placeholder: 'e.g. Smith',
					description: 'The last name of the user',
				},
				{
					displayName: 'Role',
					name: 'role',
					type: 'options',
					default: 'member',
					description: 'What the user may do in the workspace',
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
				'Look for the user in Clerk Chat. If there is none, create it by hand in Clerk Chat, or run a workflow with this item alone.',
		},
		request: (item) => {
			const { firstName, lastName, role } = item.collection('additionalFields');
			return {
				method: 'POST',
				url: '/public/admin/users',
				body: {
					email: requiredText(item, 'Email', item.get('email')),
					...givenOnly({
						firstName: textOf(item, 'First Name', firstName),
						lastName: textOf(item, 'Last Name', lastName),
						role: textOf(item, 'Role', role),
					}),
				},
			};
		},
		results: createdOrBareOf,
	},
};
