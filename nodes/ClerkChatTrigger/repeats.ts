import { createHash } from 'node:crypto';
import type { IDataObject } from 'n8n-workflow';

/** How many events one trigger remembers. */
export const EVENTS_REMEMBERED = 1000;

/** For how many triggers this process remembers events: the ones longest unused are forgotten first. */
export const TRIGGERS_REMEMBERED = 100;

/** In characters of 6 bits: one event in 10^11 is taken for another of the last thousand. */
const FINGERPRINT_LENGTH = 8;

/** Seconds since 1970 to the base of 36; enough until 2038. */
const TIME_LENGTH = 6;

/**
 * How many characters an event takes: time and fingerprint. They are few because the events are saved with the workflow
 * on every new one, and n8n puts a copy of them into every execution that it saves (shared-hook-functions).
 */
export const RECORD_LENGTH = TIME_LENGTH + FINGERPRINT_LENGTH;

/** An event that was let through. */
interface Admission {
	/** As it is stored. */
	record: string;
	/** Whether n8n has said that its execution was started. */
	started: boolean;
	/** Settled when n8n has said whether it was. */
	decided: Promise<void>;
}

/** By trigger, by fingerprint of the event's identity. Lives as long as the process. */
const admitted = new Map<string, Map<string, Admission>>();

/** A word of fixed length for an identity of any length, so that what is stored stays small. */
function fingerprint(identity: string): string {
	return createHash('sha256').update(identity).digest('base64url').slice(0, FINGERPRINT_LENGTH);
}

/** Drops the entries that were added first, until no more than `size` are left. */
function keepLast(entries: Map<string, unknown>, size: number): void {
	for (const key of entries.keys()) {
		if (entries.size <= size) return;
		entries.delete(key);
	}
}

/** What this process remembers of one trigger. */
function admittedBy(trigger: string): Map<string, Admission> {
	const events = admitted.get(trigger) ?? new Map<string, Admission>();
	admitted.delete(trigger);
	admitted.set(trigger, events);
	keepLast(admitted, TRIGGERS_REMEMBERED);
	return events;
}

/** What is stored with the workflow, one record after the other. Gives them by fingerprint. */
function readStored({ startedEvents }: IDataObject): Map<string, string> {
	const text = typeof startedEvents === 'string' ? startedEvents : '';
	const stored = new Map<string, string>();
	for (let at = 0; at + RECORD_LENGTH <= text.length; at += RECORD_LENGTH) {
		const record = text.slice(at, at + RECORD_LENGTH);
		stored.set(record.slice(TIME_LENGTH), record);
	}
	return stored;
}

/** What is stored of an event that arrives now. */
function recordOf(key: string): string {
	const seconds = Math.floor(Date.now() / 1000);
	return seconds.toString(36).padStart(TIME_LENGTH, '0') + key;
}

/** A new event that is about to start an execution. */
export interface Claim {
	/** Writes it, and what else this process remembers of the trigger, into the static data. May be called again. */
	store(): void;
	/** The execution was started: the same event must not start another. */
	started(): void;
	/** It was not: the same event is let through when it is delivered again. */
	notStarted(): void;
}

/**
 * Remembers an event, unless it was seen before. Takes its identity (`identityOf` in deliveries.ts), the trigger (a text that no
 * other trigger of any workflow has) and the node's static data. Gives the claim of a new event, and `started` for one
 * that started an execution. While n8n is still starting one for it, which may fail yet, it gives what to wait for
 * before asking again. Does not throw.
 *
 * Two memories, because neither is enough alone:
 * - The static data outlive a restart and are shared by all processes of n8n. But every request has its own copy, read
 *   from the database before and written back as a whole when the answer goes out, so requests at the same moment do
 *   not see each other and overwrite each other's additions. Where a node of the workflow writes static data, n8n
 *   overwrites them at the end of each execution with those that it read before.
 * - The memory of this process knows at once, but only what this process saw since it was started. With every new
 *   event it is written into the static data again, which also restores what was overwritten.
 *
 * n8n does not save the static data when the execution could not be started, and answers with an error, so that Clerk
 * Chat delivers the event again. `notStarted` makes this process forget it too.
 */
export function claimEvent(
	identity: string,
	trigger: string,
	staticData: IDataObject,
): Claim | 'started' | { decided: Promise<void> } {
	const key = fingerprint(identity);
	const events = admittedBy(trigger);
	const stored = readStored(staticData);
	const earlier = events.get(key);
	if (earlier && !earlier.started) return { decided: earlier.decided };
	if (earlier || stored.has(key)) return 'started';

	let decide = () => {};
	const decided = new Promise<void>((resolve) => (decide = resolve));
	const admission: Admission = { record: recordOf(key), started: false, decided };
	events.set(key, admission);
	keepLast(events, EVENTS_REMEMBERED);

	return {
		store: () => {
			const known = new Map(stored);
			for (const [other, { record, started }] of events) if (started) known.set(other, record);
			known.set(key, admission.record);
			// Their beginning is the time.
			const oldestFirst = [...known.values()].sort();
			staticData.startedEvents = oldestFirst.slice(-EVENTS_REMEMBERED).join('');
		},
		started: () => {
			admission.started = true;
			decide();
		},
		notStarted: () => {
			if (events.get(key) === admission) events.delete(key);
			decide();
		},
	};
}
