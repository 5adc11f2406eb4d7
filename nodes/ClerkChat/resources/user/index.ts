import type { Resource } from '../../operation';
import { assignPhone } from './assignPhone';
import { create } from './create';
import { getAll } from './getAll';

/** The people on the team in Clerk Chat. */
export const user: Resource = {
	option: { name: 'User', value: 'user' },
	defaultOperation: 'getAll',
	operations: [assignPhone, create, getAll],
};
