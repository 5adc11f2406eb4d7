import type { Message, Store } from './store';

/** What a message is made of; `time` in milliseconds since 1970, by the API's clock. */
export type MessageParts = Pick<
	Message,
	'body' | 'conversationId' | 'inboxId' | 'inbound' | 'members' | 'sender' | 'status'
> & { sentByName?: string; time: number };

/** SMS segments of a text, taking every character for a GSM one. */
function countSegments(body: string): number {
	return body.length <= 160 ? 1 : Math.ceil(body.length / 153);
}

/** Creates the next message, with every field that the API returns; it is not on record yet. */
export function makeMessage(store: Store, { time, sentByName, ...parts }: MessageParts): Message {
	const created = new Date(time).toISOString();
	return {
		id: store.nextMessageId(),
		body: parts.body,
		conversationId: parts.conversationId,
		userId: null,
		campaignMessageId: null,
		campaignId: null,
		channelId: null,
		inboxId: parts.inboxId,
		inbound: parts.inbound,
		members: parts.members,
		sender: parts.sender,
		senderType: 'user',
		status: parts.status,
		error: null,
		sentByName: sentByName ?? null,
		errorCode: null,
		created,
		updated: created,
		seen: false,
		externalId: null,
		segments: countSegments(parts.body),
		timestamp: created,
		undocumented: { kept: true },
	};
}
