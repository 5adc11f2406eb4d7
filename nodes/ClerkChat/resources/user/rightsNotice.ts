import type { INodeProperties } from 'n8n-workflow';

/** Stands before the fields of what only some API keys may do. */
export const rightsNotice: INodeProperties = {
	displayName:
		'The API key needs the right to manage users. Without it, Clerk Chat answers that the key is not allowed to do that.',
	name: 'rightsNotice',
	type: 'notice',
	default: '',
};
