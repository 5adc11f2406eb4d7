import type { Resource } from '../../operation';
import { start } from './start';

/** AI agents built in Clerk Chat. */
export const agent: Resource = {
	option: { name: 'Agent', value: 'agent' },
	defaultOperation: 'start',
	operations: [start],
};
