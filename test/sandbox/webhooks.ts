import { randomUUID } from 'node:crypto';
import { teamId } from './ids';
import type { Message } from './store';

/** Where events go, and the header that goes with each. */
export interface WebhookSettings {
	url: string;
	/** `Authorization` when left out. */
	headerName?: string;
	/** No header is sent when left out. */
	headerValue?: string;
}

/** An event as Clerk Chat delivers it; what is inside `data` is a guess. */
export interface WebhookEvent {
	eventId: string;
	type: string;
	teamId: string;
	data: Record<string, unknown>;
}

/** What became of one event. */
export interface Delivery {
	type: string;
	eventId: string;
	/** HTTP status that the receiver answered; `null` when it could not be reached. */
	status: number | null;
}

/** Any request to the webhook, to try repeats, forgeries and rubbish. */
export interface DeliverRequest {
	/** Sent as JSON. */
	event?: unknown;
	/** Sent as it is, in place of `event`. */
	rawBody?: string;
	/** On top of the usual headers; `null` takes one away. Names are case-insensitive. */
	headers?: Record<string, string | null>;
}

/** What the webhook answered to a delivery. */
export interface DeliverAnswer {
	status: number;
	body: string;
}

/**
 * Makes an event about a message. The keys of `data` are a guess: the API's own are not public.
 *
 * @param message as it is now
 * @param what has become of it, for example `sent`: the end of the type, and for what was sent the `status`
 */
function makeMessageEvent(message: Message, what: string): WebhookEvent {
	const data = message.inbound
		? { ...message, direction: 'inbound' }
		: { ...message, direction: 'outbound', status: what };
	return { eventId: randomUUID(), type: `message.${what}`, teamId, data };
}

/**
 * Sends one request to a webhook.
 *
 * @param webhook where to
 * @param request what
 * @param signal breaks it off
 * @returns what the receiver answered
 * @throws when the receiver cannot be reached
 */
export async function deliver(
	webhook: WebhookSettings,
	request: DeliverRequest,
	signal?: AbortSignal,
): Promise<DeliverAnswer> {
	const headers = new Headers({ 'content-type': 'application/json' });
	if (webhook.headerValue !== undefined) {
		headers.set(webhook.headerName ?? 'Authorization', webhook.headerValue);
	}
	for (const [name, value] of Object.entries(request.headers ?? {})) {
		if (value === null) headers.delete(name);
		else headers.set(name, value);
	}
	const body = request.rawBody ?? JSON.stringify(request.event);
	const response = await fetch(webhook.url, { method: 'POST', headers, body, signal });
	return { status: response.status, body: await response.text() };
}

/** Delivers events one after the other, each once. */
export interface EventQueue {
	/** Announces a message's new status, for example `sent` or `received`. */
	announce(webhook: WebhookSettings, message: Message, what: string): void;
	deliveries(): Delivery[];
	/** Drops what is waiting and breaks off what is under way. */
	stop(): void;
}

/** An empty queue. */
export function createEventQueue(): EventQueue {
	const deliveries: Delivery[] = [];
	const stopping = new AbortController();
	let last = Promise.resolve();

	async function deliverEvent(webhook: WebhookSettings, event: WebhookEvent): Promise<void> {
		if (stopping.signal.aborted) return;
		const { type, eventId } = event;
		try {
			const { status } = await deliver(webhook, { event }, stopping.signal);
			deliveries.push({ type, eventId, status });
		} catch {
			deliveries.push({ type, eventId, status: null });
		}
	}

	return {
		announce(webhook, message, what) {
			const event = makeMessageEvent(message, what);
			last = last.then(() => deliverEvent(webhook, event));
		},
		deliveries: () => deliveries,
		stop: () => stopping.abort(),
	};
}
