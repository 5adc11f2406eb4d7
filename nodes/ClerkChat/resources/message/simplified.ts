import type { IDataObject } from 'n8n-workflow';

/** Whether a message came in or went out; undefined when it does not say. */
export function directionOf({ inbound }: IDataObject): 'received' | 'sent' | undefined {
	if (typeof inbound !== 'boolean') return undefined;
	return inbound ? 'received' : 'sent';
}

/** A message with what most workflows need of it. */
export function simplified(message: IDataObject): IDataObject {
	const { id, conversationId, inboxId, inbound, sender, members, body, status, timestamp } =
		message;
	return { id, conversationId, inboxId, inbound, sender, members, body, status, timestamp };
}
