import { makeUuid } from '../ids';
import type { Message, SendMessageRequest, Store } from '../store';
import type { Call, Handlers } from './handler';
import { pageAnswer } from './paging';

/** The value of `key`, which is made and kept when it is not there yet. */
function getOrMake(ids: Map<string, string>, key: string, make: (count: number) => string): string {
	const known = ids.get(key);
	if (known !== undefined) return known;
	const made = make(ids.size + 1);
	ids.set(key, made);
	return made;
}

/** SMS segments of a text, taking every character for a GSM one. */
function countSegments(body: string): number {
	return body.length <= 160 ? 1 : Math.ceil(body.length / 153);
}

function makeMessage(store: Store, request: SendMessageRequest): Message {
	const now = new Date().toISOString();
	const conversation = [request.sender, ...request.recipients].join(' ');
	return {
		id: store.messages.length + 1,
		body: request.body,
		conversationId: getOrMake(store.conversationIds, conversation, String),
		userId: null,
		campaignMessageId: null,
		campaignId: null,
		channelId: null,
		inboxId: getOrMake(store.inboxIds, request.sender, (count) => makeUuid(30000000, count)),
		inbound: false,
		members: request.recipients,
		sender: request.sender,
		senderType: 'user',
		status: 'sent',
		error: null,
		sentByName: request.sentByName ?? null,
		errorCode: null,
		created: now,
		updated: now,
		seen: false,
		externalId: null,
		segments: countSegments(request.body),
		timestamp: now,
		undocumented: { kept: true },
	};
}

function send({ body, store, fault, onMessage }: Call) {
	const request = body as SendMessageRequest;
	const message = makeMessage(store, request);
	if (fault?.kind === 'reject') {
		message.status = 'failed';
		message.error = fault.error;
		message.errorCode = fault.errorCode;
	}
	const kept = { message, request };
	store.messages.push(kept);
	onMessage(kept);
	return { status: 201, json: { data: message } };
}

/** Newest first; `start` is left out of the window, `end` belongs to it. */
function list(call: Call) {
	const { inboxIds, start, end } = call.query;
	const inboxes = inboxIds === undefined ? undefined : new Set([inboxIds].flat());
	const after = start === undefined ? -Infinity : Date.parse(String(start));
	const until = end === undefined ? Infinity : Date.parse(String(end));
	const found = call.store.messages
		.map(({ message }) => message)
		.filter((message) => {
			const time = Date.parse(message.timestamp);
			return (!inboxes || inboxes.has(message.inboxId)) && time > after && time <= until;
		});
	return pageAnswer(call, found.reverse());
}

/** What the sandbox does with messages, by operation ID of the OpenAPI document. */
export const messageHandlers: Handlers = {
	PublicMessagesController_sendMessage: send,
	PublicMessagesController_findMessages: list,
};
