import type { IDataObject } from 'n8n-workflow';
import { asText } from './bodies';
import { addressOf } from './matching';

/** Whether a message was received or sent; undefined when it doesn't say. */
export function directionOf({ inbound }: IDataObject): 'received' | 'sent' | undefined {
	if (typeof inbound !== 'boolean') return undefined;
	return inbound ? 'received' : 'sent';
}

/** The fields of a message, with the API's names (https://docs.clerk.chat/api-reference/messages/send-a-message). */
export const MESSAGE_FIELDS =
	'body campaignId campaignMessageId channelId conversationId created error errorCode externalId id inboxId inbound members seen segments sender senderType sentByName status timestamp updated userId'.split(
		' ',
	);

/**
 * A message reduced to what most workflows need, with the API's names, plus `to`, which can't be read from `members`
 * alone.
 */
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
 * The recipients of a message: its `recipients`, which real responses have although they are not documented; otherwise
 * its members without the sender. For a received message, those are the team's own numbers, and in a group also the
 * other people.
 */
function recipientsOf({ inbound, sender, members, recipients }: IDataObject): string[] {
	const given = listOf(recipients);
	if (given.length > 0) return given;
	const all = listOf(members);
	const others = all.filter((member) => addressOf(member) !== addressOf(sender));
	return others.length > 0 || inbound === true ? others : all;
}

function listOf(value: unknown): string[] {
	return Array.isArray(value) ? value.map(asText) : [];
}
