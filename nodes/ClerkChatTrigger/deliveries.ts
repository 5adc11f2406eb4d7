import type { IDataObject, INodeExecutionData, INodePropertyOptions } from 'n8n-workflow';
import { isObject } from '../api/bodies';

/** The choice that stands for every event, including those that Clerk Chat adds later. */
const ALL_EVENTS = '*';

/**
 * The choices of 'Trigger On'. The values are Clerk Chat's own names, spelled as Clerk Chat spells them.
 *
 * Source: https://docs.clerk.chat/integrations/webhooks
 */
export const EVENT_CHOICES: INodePropertyOptions[] = [
	{
		name: 'All Events',
		value: ALL_EVENTS,
		action: 'On any event',
		description: 'All events that Clerk Chat sends, including ones it adds later',
	},
	{
		name: 'Message Delivered',
		value: 'message.delivered',
		action: 'On message delivered',
		description: 'A text you sent reached the phone (message.delivered)',
	},
	{
		name: 'Message Failed',
		value: 'message.failed',
		action: 'On message failed',
		description: 'A text you sent could not be delivered (message.failed)',
	},
	{
		name: 'Message Read',
		value: 'message.read',
		action: 'On message read',
		description: 'Someone read a text you sent, if the channel reports it (message.read)',
	},
	{
		name: 'Message Received',
		value: 'message.received',
		action: 'On message received',
		description: 'A text arrived in one of your inboxes (message.received)',
	},
	{
		name: 'Message Sent',
		value: 'message.sent',
		action: 'On message sent',
		description: 'The carrier accepted a text you sent (message.sent)',
	},
	{
		name: 'RCS Suggestion Tapped',
		value: 'rcsPostbackReceived',
		action: 'On RCS suggestion tapped',
		description: 'Someone tapped a suggestion in an RCS message (rcsPostbackReceived)',
	},
];

/** An event as Clerk Chat sends it. Only `type` is guaranteed; the keys inside `data` are not public. */
export interface ClerkChatEvent extends IDataObject {
	type: string;
}

/** Either the event, or why the delivery contains none: an HTTP status and words for the sender. */
export type Reading = { event: ClerkChatEvent } | { refusal: { status: number; message: string } };

const BYTE_ORDER_MARK = /^\uFEFF/;

function refuse(message: string): Reading {
	return { refusal: { status: 400, message } };
}

/** Parses bytes as JSON; undefined if they aren't JSON. */
function parse(bytes: Buffer): unknown {
	try {
		return JSON.parse(bytes.toString('utf8').replace(BYTE_ORDER_MARK, ''));
	} catch {
		return undefined;
	}
}

/**
 * Reads the event from a delivery. Takes the body byte for byte and, for hosts that don't keep it, the body as n8n
 * parsed it. The bytes come first: n8n parses only what is declared as JSON, while here the body itself counts, not its
 * content type. Doesn't throw, and no response repeats anything from the body.
 *
 * Source: https://docs.clerk.chat/integrations/webhooks (a JSON object with `eventId`, `type`, `teamId` and `data`).
 */
export function readDelivery(rawBody: Buffer | undefined, parsedBody: unknown): Reading {
	if (rawBody?.length === 0) return refuse('The body is empty.');
	const body = rawBody === undefined ? parsedBody : parse(rawBody);
	if (body === undefined) return refuse('The body is not JSON.');
	if (!isObject(body)) return refuse('The body is JSON, but not an object.');
	if (typeof body.type !== 'string' || body.type === '') {
		return refuse("The event doesn't say what happened: it has no 'type'.");
	}
	return { event: body as ClerkChatEvent };
}

/** Whether an event is among the chosen ones. Takes the value of 'Trigger On': a list of names, or one name. */
export function isChosen(event: ClerkChatEvent, chosen: string | string[]): boolean {
	const names = [chosen].flat();
	return names.includes(ALL_EVENTS) || names.includes(event.type);
}

/**
 * Makes the item that starts the workflow: the event as received, or with `dataOnly` the contents of its `data`. If
 * `data` is missing or not an object, it returns the whole event: nothing is lost and nothing is invented.
 */
export function toItem(event: ClerkChatEvent, dataOnly: boolean): INodeExecutionData {
	return { json: dataOnly && isObject(event.data) ? event.data : event };
}

/**
 * A key that identifies an event; undefined if it has no ID that can be compared. The type is part of the key: Clerk
 * Chat doesn't say whether types can share IDs, and no event must be lost.
 */
export function identityOf({ eventId, type }: ClerkChatEvent): string | undefined {
	// A larger number lost its last digits when it was parsed.
	const isUsable = typeof eventId === 'string' ? eventId !== '' : Number.isSafeInteger(eventId);
	return isUsable ? `${type}\n${String(eventId)}` : undefined;
}
