import type { Resource } from '../../operation';
import { create } from './create';

/** Where a number's messages and calls arrive. */
export const inbox: Resource = {
	option: { name: 'Inbox', value: 'inbox' },
	defaultOperation: 'create',
	operations: [create],
};
