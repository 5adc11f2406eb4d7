import { createHash } from 'node:crypto';
import type { IDataObject } from 'n8n-workflow';

/** How many events one trigger remembers. */
export const EVENTS_REMEMBERED = 1000;

/** For how many triggers this process remembers events; the least recently used are forgotten first. */
export const TRIGGERS_REMEMBERED = 100;

/** In 6-bit characters: one event in 10^11 is mistaken for another of the last thousand. */
const FINGERPRINT_LENGTH = 8;

/** Seconds since 1970 in base 36; enough until 2038. */
const TIME_LENGTH = 6;

/**
 * How many characters an event takes: time and fingerprint. It has to be short: the events are saved with the workflow
 * each time a new one arrives, and n8n copies them into every execution it saves (shared-hook-functions).
 */
export const RECORD_LENGTH = TIME_LENGTH + FINGERPRINT_LENGTH;

/** An event that was let through. */
interface Admission {
	/** As stored. */
	record: string;
	/** Whether n8n has reported that its execution started. */
	started: boolean;
	/** Resolved once n8n has reported whether it started. */
	decided: Promise<void>;
}

/** By trigger, then by fingerprint of the event's key. Lives as long as the process. */
const admitted = new Map<string, Map<string, Admission>>();

/** A hash of fixed length for a key of any length, so that little is stored. */
function fingerprint(identity: string): string {
	return createHash('sha256').update(identity).digest('base64url').slice(0, FINGERPRINT_LENGTH);
}

/** Drops the oldest entries until at most `size` are left. */
function keepLast(entries: Map<string, unknown>, size: number): void {
	for (const key of entries.keys()) {
		if (entries.size <= size) return;
		entries.delete(key);
	}
}

/** What this process remembers about one trigger. */
function admittedBy(trigger: string): Map<string, Admission> {
	const events = admitted.get(trigger) ?? new Map<string, Admission>();
	admitted.delete(trigger);
	admitted.set(trigger, events);
	keepLast(admitted, TRIGGERS_REMEMBERED);
	return events;
}

/** Parses what is stored with the workflow, one record after another. Returns the records by fingerprint. */
function readStored({ startedEvents }: IDataObject): Map<string, string> {
	const text = typeof startedEvents === 'string' ? startedEvents : '';
	const stored = new Map<string, string>();
	for (let at = 0; at + RECORD_LENGTH <= text.length; at += RECORD_LENGTH) {
		const record = text.slice(at, at + RECORD_LENGTH);
		stored.set(record.slice(TIME_LENGTH), record);
	}
	return stored;
}

/** The record to store for an event that arrives now. */
function recordOf(key: string): string {
	const seconds = Math.floor(Date.now() / 1000);
	return seconds.toString(36).padStart(TIME_LENGTH, '0') + key;
}

/** A new event that is about to start an execution. */
export interface Claim {
	/**
	 * Writes it, and everything else this process remembers about the trigger, to the static data. May be called again.
	 */
	store(): void;
	/** The execution started: the same event must not start another. */
	started(): void;
	/** It didn't start: the same event is let through when it is delivered again. */
	notStarted(): void;
}

/**
 * Claims an event, unless it was seen before. Takes its key (`identityOf` in deliveries.ts), the trigger (a text unique
 * to this trigger across workflows) and the node's static data. Returns the claim of a new event, or `started` for an
 * event that has started an execution. While n8n is still starting one, which may yet fail, it returns what to wait for
 * before asking again. Doesn't throw.
 *
 * There are two memories, because neither is enough alone:
 * - The static data survive a restart and are shared by all n8n processes. But every request has its own copy, read
 * from the database beforehand and written back as a whole when the response is sent. So simultaneous requests don't
 * see each other, and overwrite each other's additions. If a node of the workflow writes static data, n8n overwrites
 * them at the end of each execution with what it read before.
 * - This process's memory is immediate, but knows only what this process has seen since it started. With every new
 * event it is written to the static data again, which also restores what was overwritten.
 *
 * If the execution couldn't be started, n8n doesn't save the static data and responds with an error, so that Clerk Chat
 * delivers the event again. `notStarted` makes this process forget it, too.
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
			// Each record begins with its time.
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
