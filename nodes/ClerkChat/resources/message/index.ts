import type { Resource } from '../../operation';
import { getAll } from './getAll';
import { reply } from './reply';
import { send } from './send';
import { sendAndWait } from './sendAndWait';

/** Text messages of the team that the API key belongs to. */
export const message: Resource = {
	option: { name: 'Message', value: 'message' },
	defaultOperation: 'send',
	operations: [send, sendAndWait, getAll, reply],
};
