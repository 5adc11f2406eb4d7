import type { INodeProperties } from 'n8n-workflow';

/** Stands before the fields of what only some API keys may do. */
export const rightsNotice: INodeProperties = {
	displayName:
		'The API key may need the right to manage users; Clerk Chat does not say which keys have it. Without it, the answer is that the key is not allowed to do that.',
	name: 'rightsNotice',
	type: 'notice',
	default: '',
};
