import type { IDataObject } from 'n8n-workflow';
import { clerkChatNode, node, to, type WorkflowFile } from './workflowFile';

export const POLLING_TRIGGER = 'Clerk Chat Polling Trigger';

/**
 * The times of a trigger that polls oftener than n8n's editor offers.
 *
 * @param seconds between two polls: a divisor of 60. n8n refuses steps of seconds, but not several times with a fixed second
 *   each.
 */
export function pollEvery(seconds: number): IDataObject {
	return {
		item: Array.from({ length: 60 / seconds }, (_, index) => ({
			mode: 'custom',
			cronExpression: `${index * seconds} * * * * *`,
		})),
	};
}

/**
 * A workflow that the polling trigger starts, with somewhere to go for both of its outputs.
 *
 * @param seconds between two polls: a divisor of 60
 */
export function pollingWorkflow(seconds: number, parameters: IDataObject = {}): WorkflowFile {
	const trigger = clerkChatNode(POLLING_TRIGGER, 'clerkChatPollingTrigger', {
		events: ['message.received'],
		pollTimes: pollEvery(seconds),
		...parameters,
	});
	return {
		name: 'Polling',
		nodes: [
			trigger,
			node('Messages', 'n8n-nodes-base.noOp', 1),
			node('Answers', 'n8n-nodes-base.noOp', 1),
		],
		connections: { [POLLING_TRIGGER]: { main: [[to('Messages')], [to('Answers')]] } },
		settings: { executionOrder: 'v1' },
	};
}
