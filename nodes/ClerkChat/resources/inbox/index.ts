import type { Resource } from '../../operation';
import { create } from './create';

/** Where messages and calls of a number arrive. */
export const inbox: Resource = {
	option: { name: 'Inbox', value: 'inbox' },
	defaultOperation: 'create',
	operations: [create],
};
