import { byId, LOCATED, pickOrEnter } from '../../description/commonFields';
import type { Operation } from '../../operation';

/** Assigns a phone number to a user. https://docs.clerk.chat/api-reference/public-admin/assign-phone-to-user */
export const assignPhone: Operation = {
	kind: 'write',
	option: {
		name: 'Assign Phone',
		value: 'assignPhone',
		action: 'Assign phone to user',
		description: 'Assign a phone number of the workspace to a user',
		routing: { request: { method: 'POST', url: '/public/admin/phone-assignments' } },
	},
	fields: [
		{
			displayName: 'User',
			name: 'userId',
			type: 'resourceLocator',
			default: { mode: 'list', value: '' },
			required: true,
			description:
				"The user who gets the number: choose from the list, or enter the ID from 'Create' or 'Get Many'",
			routing: { send: { type: 'body', property: 'userId', value: LOCATED } },
			...pickOrEnter(
				'searchUsers',
				'Select a user...',
				byId('e.g. 00000000-0000-0000-0000-000000000000'),
			),
		},
		{
			displayName: 'Phone ID',
			name: 'phoneId',
			type: 'string',
			default: '',
			required: true,
			placeholder: 'e.g. 00000000-0000-0000-0000-000000000000',
			description:
				"The ID of the phone number, not the number itself. The API doesn't list these IDs; ask Clerk Chat for yours.",
			routing: { send: { type: 'body', property: 'phoneId' } },
		},
	],
	write: {
		wording: {
			thing: 'phone number',
			done: 'assigned',
			ifUnknown:
				'Check the user in Clerk Chat. If the number is missing, assign it there, or run a workflow with only this item.',
		},
	},
};
