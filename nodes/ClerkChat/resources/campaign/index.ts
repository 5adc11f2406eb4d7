import type { Resource } from '../../operation';
import { start } from './start';

/** Campaigns: one text to everyone on a contact list. */
export const campaign: Resource = {
	option: { name: 'Campaign', value: 'campaign' },
	defaultOperation: 'start',
	operations: [start],
};
