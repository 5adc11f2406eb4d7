import type { Resource } from '../../operation';
import { create } from './create';
import { createMany } from './createMany';
import { get } from './get';
import { getAll } from './getAll';
import { update } from './update';
import { upsert } from './upsert';

/** The people whom the team texts. */
export const contact: Resource = {
	option: { name: 'Contact', value: 'contact' },
	defaultOperation: 'create',
	operations: [create, createMany, upsert, get, getAll, update],
};
