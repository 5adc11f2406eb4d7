import type { IDataObject } from 'n8n-workflow';
import { clerkChatNode, node, to, type WorkflowFile } from './workflowFile';

/**
 * A workflow that is started by the trigger and then does what the event says: waits for `waitMs`, if its data name it.
 *
 * @param webhookId part of the trigger's URL
 * @param version of the trigger node
 */
export function triggerWorkflow(
	webhookId: string,
	parameters: IDataObject,
	version = 2,
): WorkflowFile {
	const trigger = {
		...clerkChatNode('Clerk Chat Trigger', 'clerkChatTrigger', parameters, version),
		webhookId,
	};
	const pause = node('Pause', 'n8n-nodes-base.wait', 1.1, {
		amount: '={{ ($json.data?.waitMs ?? 0) / 1000 }}',
	});
	return {
		name: 'When something happens in Clerk Chat',
		nodes: [trigger, pause],
		connections: { 'Clerk Chat Trigger': { main: [[to('Pause')]] } },
		settings: { executionOrder: 'v1' },
	};
}

/** Where the trigger is reached once its workflow is active. */
export function webhookUrl(n8nUrl: string, webhookId: string): string {
	return `${n8nUrl}/webhook/${webhookId}/webhook`;
}
