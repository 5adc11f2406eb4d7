import type { IDataObject } from 'n8n-workflow';
import { addressOf } from './matching';

/** Whether a message came in or went out; undefined when it does not say. */
export function directionOf({ inbound }: IDataObject): 'received' | 'sent' | undefined {
	if (typeof inbound !== 'boolean') return undefined;
	return inbound ? 'received' : 'sent';
}

/** The fields of a message, as the API names them (https://docs.clerk.chat/api-reference/messages/send-a-message). */
export const MESSAGE_FIELDS =
	'body campaignId campaignMessageId channelId conversationId created error errorCode externalId id inboxId inbound members seen segments sender senderType sentByName status timestamp updated userId'.split(
		' ',
	);

/** A message with what most workflows need of it, as the API names it; and `to`, which the members alone do not tell. */
export function simplified(message: IDataObject): IDataObject {
	const { id, conversationId, inboxId, inbound, sender, members, body, status, timestamp } =
		message;
	return {
		id,
		conversationId,
		inboxId,
		inbound,
		sender,
		to: recipientsOf(message),
		members,
		body,
		status,
		timestamp,
	};
}

/**
 * Whom a message went to: its `recipients`, which real answers carry though they are not documented, or else its members
 * without the sender. Of a received one those are the team's own numbers, and in a group the others.
 */
function recipientsOf({ inbound, sender, members, recipients }: IDataObject): string[] {
	const given = listOf(recipients);
	if (given.length > 0) return given;
	const all = listOf(members);
	const others = all.filter((member) => addressOf(member) !== addressOf(sender));
	return others.length > 0 || inbound === true ? others : all;
}

function listOf(value: unknown): string[] {
	return Array.isArray(value) ? value.map(String) : [];
}
