import type { Resource } from '../../operation';
import { getAll } from './getAll';
import { reply } from './reply';
import { send } from './send';
import { sendAndWait } from './sendAndWait';

/** The text messages of the API key's team. */
export const message: Resource = {
	option: { name: 'Message', value: 'message' },
	defaultOperation: 'send',
	operations: [send, sendAndWait, getAll, reply],
};
