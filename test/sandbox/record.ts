import type { RecordSettings } from './settings';
import type { Message } from './store';

/** A message on the record that `GET /public/messages` lists. */
export interface RecordEntry {
	/** Its status may change later on. */
	message: Message;
	/** When it is listed, by our clock, in milliseconds since 1970; `null` while it is held back. */
	listedAt: number | null;
	/** What `start` and `end` are compared with, by the API's clock, in milliseconds since 1970. */
	time: number;
	/** Its place in a shuffled list, the same in every request. */
	shufflePlace: number;
}

/** Filters messages by inboxes and time. */
export interface RecordFilter {
	/** All inboxes when left out. */
	inboxIds?: Set<string>;
	/** Later than this, by the API's clock, in milliseconds since 1970. */
	after: number;
	/** Up to and including this. */
	until: number;
}

/** Scatters numbers: the last step of the hash function MurmurHash3. */
function scatter(number: number): number {
	let hash = Math.imul(number ^ (number >>> 16), 0x85ebca6b);
	hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
	return (hash ^ (hash >>> 16)) >>> 0;
}

/**
 * Puts a message on the record.
 *
 * @param record every message so far, in the order in which they came
 * @param message the message itself, not a copy: its status may change
 * @param listedAfterMs how long until it is listed; `null` holds it back
 */
export function addToRecord(
	record: RecordEntry[],
	message: Message,
	listedAfterMs: number | null,
): void {
	const listedAt = listedAfterMs === null ? null : Date.now() + listedAfterMs;
	const time = Date.parse(message.timestamp);
	record.push({ message, listedAt, time, shufflePlace: scatter(message.id) });
}

/** @returns the messages that are listed now and pass the filter, in the order that is set */
export function findMessages(
	record: RecordEntry[],
	{ inboxIds, after, until }: RecordFilter,
	{ listedAfterMs, order }: RecordSettings,
): Message[] {
	const now = Date.now();
	const isHeldBack = listedAfterMs === null;
	const found = record.filter(({ message, listedAt, time }) => {
		if (listedAt === null ? isHeldBack : listedAt > now) return false;
		return time > after && time <= until && (!inboxIds || inboxIds.has(message.inboxId));
	});
	if (order === 'newestFirst') found.reverse();
	if (order === 'shuffled') found.sort((one, other) => one.shufflePlace - other.shufflePlace);
	return found.map(({ message }) => message);
}
