import type { Resource } from '../../operation';
import { create } from './create';
import { createMany } from './createMany';
import { getAll } from './getAll';
import { update } from './update';

/** The people that the team texts with. */
export const contact: Resource = {
	option: { name: 'Contact', value: 'contact' },
	defaultOperation: 'create',
	operations: [create, createMany, getAll, update],
};
