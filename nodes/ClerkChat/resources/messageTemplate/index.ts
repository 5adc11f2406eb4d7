import type { Resource } from '../../operation';
import { getAll } from './getAll';

/** Message texts that the team has saved in Clerk Chat. */
export const messageTemplate: Resource = {
	option: { name: 'Message Template', value: 'messageTemplate' },
	defaultOperation: 'getAll',
	operations: [getAll],
};
