import { listedAs, recordFormOf } from '../../recordForms';
import { errorAnswer } from '../answer';
import { makeMessage } from '../makeMessage';
import { addToRecord, findMessages } from '../record';
import { conversationOf, inboxOf } from '../store';
import type { SendMessageRequest } from '../store';
import type { Call, Handlers } from './handler';
import { pageAnswer } from './paging';

function send({ body, store, fault, settings, now, onMessage }: Call) {
	const request = body as SendMessageRequest;
	const { listedAfterMs, form } = settings.record;
	const message = makeMessage(store, {
		body: request.body,
		conversationId: conversationOf(store, [request.sender, ...request.recipients]),
		inboxId: inboxOf(store, request.sender),
		inbound: false,
		members: request.recipients,
		sender: request.sender,
		sentByName: request.sentByName,
		status: 'sent',
		time: now(),
	});
	if (fault?.kind === 'reject') Object.assign(message, fault.rejection, { status: 'failed' });
	const kept = { message, request };
	store.messages.push(kept);
	addToRecord(store.record, message, listedAfterMs);
	onMessage(kept, fault?.kind === 'failLater' ? fault.failure : undefined);
	// A copy: what is answered late still says what was true when the message was kept.
	const given = { ...message };
	const shown = form === null ? given : (recordFormOf(form).entry?.(given) ?? given);
	return { status: 201, json: { data: { ...shown, id: message.id } } };
}

/** `start` is left out of the window, `end` belongs to it. */
function list(call: Call) {
	const { record } = call.settings;
	if (record.access === 'forbidden') {
		return errorAnswer(403, 'Forbidden', 'This key may not read messages');
	}
	if (record.access === 'failing') {
		return errorAnswer(500, 'Internal Server Error', 'Internal server error');
	}
	const { inboxIds, start, end } = call.query;
	const filter = {
		inboxIds: inboxIds === undefined ? undefined : new Set([inboxIds].flat()),
		after: start === undefined ? -Infinity : Date.parse(String(start)),
		until: end === undefined ? Infinity : Date.parse(String(end)),
	};
	const messages = findMessages(call.store.record, filter, record);
	if (record.form === null) return pageAnswer(call, messages);
	const asked = { page: Number(call.query.page ?? 1), limit: Number(call.query.limit ?? 50) };
	const copies = messages.map((message) => ({ ...message }));
	const { status, body } = listedAs(recordFormOf(record.form), copies, asked);
	return typeof body === 'string' ? { status, text: body } : { status, json: body };
}

/** What the sandbox does with messages, by operation ID of the OpenAPI document. */
export const messageHandlers: Handlers = {
	PublicMessagesController_sendMessage: send,
	PublicMessagesController_findMessages: (call) => ({
		...list(call),
		bodyAfterMs: call.settings.record.bodyAfterMs,
	}),
};
