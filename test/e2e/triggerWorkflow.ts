import { randomUUID } from 'node:crypto';
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

/** An event as Clerk Chat sends it. */
export const eventOf = (type: string, data: IDataObject, eventId: string = randomUUID()) => ({
	eventId,
	type,
	teamId: randomUUID(),
	data,
});

/** Sends JSON to a webhook. @throws unless it answers 200 */
export async function callWebhook(
	url: string,
	body: object,
	headers: Record<string, string> = {},
): Promise<void> {
	const response = await fetch(url, {
		method: 'POST',
		headers: { 'content-type': 'application/json', ...headers },
		body: JSON.stringify(body),
	});
	if (response.status !== 200) throw new Error(`The webhook answered ${response.status}`);
}
