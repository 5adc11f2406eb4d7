import type { RecordSettings } from './settings';
import type { Message } from './store';

/** A message on the record that `GET /public/messages` lists. */
export interface RecordEntry {
	/** Its status may change later on. */
	message: Message;
	recipients: string[];
	/** When it is listed, by our clock, in milliseconds since 1970; `null` while it is held back. */
	listedAt: number | null;
	/** What `start` and `end` are compared with, by the API's clock, in milliseconds since 1970. */
	times: { created: number; timestamp: number };
	/** Its place in a shuffled list, the same in every request. */
	shufflePlace: number;
}

/** Messages of inboxes and of a time. */
export interface RecordFilter {
	/** All inboxes when left out. */
	inboxIds?: Set<string>;
	/** Later than this, by the API's clock, in milliseconds since 1970. */
	after: number;
	/** Up to and including this. */
	until: number;
}

/** What `text: 'changed'` puts behind texts, as services do that must say how to opt out. */
export const changedTextEnd = ' Reply STOP to opt out.';

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
 * @param recipients to whom it goes
 * @param listedAfterMs how long until it is listed; `null` holds it back
 */
export function addToRecord(
	record: RecordEntry[],
	message: Message,
	recipients: string[],
	listedAfterMs: number | null,
): void {
	record.push({
		message,
		recipients,
		listedAt: listedAfterMs === null ? null : Date.now() + listedAfterMs,
		times: { created: Date.parse(message.created), timestamp: Date.parse(message.timestamp) },
		shufflePlace: scatter(message.id),
	});
}

/** @returns the entries that are listed now and pass the filter, in the order that is set */
export function findEntries(
	record: RecordEntry[],
	{ inboxIds, after, until }: RecordFilter,
	{ listedAfterMs, timeField, order }: RecordSettings,
): RecordEntry[] {
	const now = Date.now();
	const isHeldBack = listedAfterMs === null;
	const found = record.filter(({ message, listedAt, times }) => {
		if (listedAt === null ? isHeldBack : listedAt > now) return false;
		const time = times[timeField];
		return time > after && time <= until && (!inboxIds || inboxIds.has(message.inboxId));
	});
	if (order === 'newestFirst') return found.reverse();
	if (order === 'oldestFirst') return found;
	return found.sort((one, other) => one.shufflePlace - other.shufflePlace);
}

function listedText({ body, inbound }: Message, text: RecordSettings['text']): string {
	if (text === 'foldedBlanks') return body.replace(/\s+/g, ' ').trim();
	return text === 'changed' && !inbound ? body + changedTextEnd : body;
}

/** @returns the entry as it stands in a list, with the fields and the text that are set */
export function showEntry(
	{ message, recipients }: RecordEntry,
	{ text, addresses }: RecordSettings,
): Partial<Message> & { recipients?: string[] } {
	const entry: Partial<Message> & { recipients?: string[] } = {
		...message,
		body: listedText(message, text),
	};
	if (addresses === 'recipients') delete entry.members;
	if (addresses !== 'members') entry.recipients = recipients;
	return entry;
}
