import type { Resource } from '../../operation';
import { getAll } from './getAll';

/** Texts that the team has prepared in Clerk Chat. */
export const messageTemplate: Resource = {
	option: { name: 'Message Template', value: 'messageTemplate' },
	defaultOperation: 'getAll',
	operations: [getAll],
};
