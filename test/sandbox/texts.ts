import { makeMessage } from './makeMessage';
import { addToRecord } from './record';
import type { RecordSettings } from './settings';
import { conversationOf, inboxOf } from './store';
import type { Message, Store } from './store';

/** A text that someone sends to one of our numbers. */
export interface IncomingText {
	/** Who writes. */
	from: string;
	/** Left out: the number that last wrote to `from`, in this conversation if one is given; else `+14155550100`. */
	to?: string;
	body: string;
	/** Left out: the newest conversation with `from` (and `to`, if given), else a new one. */
	conversationId?: string;
}

/** Whom texts go to that nobody was written to before. */
const ownNumber = '+14155550100';

/** Texts at the start: who wrote, how many minutes before, and what. */
const seeds: Array<[from: string, minutesAgo: number, body: string]> = [
	['+14155550123', 90, 'Hi, are you open on Saturday?'],
	['+14155550124', 60, 'Please call me back about my order'],
	['+14155550123', 12, 'I would come at ten'],
	['+14155550123', 11, 'with a friend'],
];

/**
 * @param text parsed JSON from outside
 * @throws a TypeError that names the first thing that is missing or wrong
 */
export function readIncomingText(text: unknown): IncomingText {
	const given = (text ?? {}) as Record<string, unknown>;
	for (const name of ['from', 'body']) {
		if (typeof given[name] !== 'string') throw new TypeError(`${name} must be a text`);
	}
	for (const name of ['to', 'conversationId']) {
		if (given[name] !== undefined && typeof given[name] !== 'string') {
			throw new TypeError(`${name} must be a text`);
		}
	}
	return given as unknown as IncomingText;
}

/**
 * Takes a text in and puts it on the record.
 *
 * @param time when it was written, by the API's clock, in milliseconds since 1970
 */
export function receiveText(
	store: Store,
	{ from, to, body, conversationId }: IncomingText,
	{ listedAfterMs }: RecordSettings,
	time: number,
): Message {
	const lastSent = [...store.messages]
		.reverse()
		.find(
			({ request, message }) =>
				request.recipients.includes(from) &&
				(to === undefined || request.sender === to) &&
				(conversationId === undefined || message.conversationId === conversationId),
		);
	const receiver = to ?? lastSent?.request.sender ?? ownNumber;
	const message = makeMessage(store, {
		body,
		conversationId:
			conversationId ?? lastSent?.message.conversationId ?? conversationOf(store, [receiver, from]),
		inboxId: inboxOf(store, receiver),
		inbound: true,
		members: [from, receiver],
		sender: from,
		status: 'delivered',
		time,
	});
	addToRecord(store.record, message, listedAfterMs);
	return message;
}

/**
 * Puts a few texts on the record that were written before the start.
 *
 * @param now the API's clock, in milliseconds since 1970
 */
export function seedTexts(store: Store, settings: RecordSettings, now: number): void {
	for (const [from, minutesAgo, body] of seeds) {
		const time = now - minutesAgo * 60_000;
		receiveText(store, { from, body }, { ...settings, listedAfterMs: 0 }, time);
	}
}
