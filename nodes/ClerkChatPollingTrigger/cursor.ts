import { asText } from '../api/bodies';
import { timeOf } from '../api/record';
import type { Entry } from '../api/record';
import type { Watched } from './statuses';

/** How far the record has been read. Times are in ms, by the API's clock. */
export interface Position {
	/** When the workflow was published with which it began, in ms by this machine's clock. */
	since: number;
	/** How many times it has advanced: of two positions, the one with the higher number is newer. */
	polls?: number;
	/** Entries no newer than this never start the workflow: they existed when it was published. */
	floor: number;
	/** The time of the newest entry read. */
	cursor: number;
	/** Where the next poll starts to read; everything before has been processed. */
	from: number;
	/** The same for sent messages, if that is earlier. */
	sentFrom?: number;
	/** Sent messages no newer than this that haven't been seen before are only remembered. */
	sentFloor?: number;
	/** Received messages start the workflow only if they are newer than this; left out when all do. */
	messagesFrom?: number;
	/** The same for opt-outs. */
	optOutsFrom?: number;
	/** Since when there has been more to read than fits into one poll. */
	behindSince?: number;
	/** A window of which the pages before this one have been processed. */
	partly?: { start: number; end: number; page: number };
	/** By ID, the times of processed entries that are not older than `from`. */
	seen: Map<string, number>;
	/** By numeric ID, the sent messages whose status may still change; left out while no chosen event needs it. */
	watch?: Map<number, Watched>;
	/** Where the next check of watched messages continues, and when this round began. */
	turn?: { start: number; end: number; page: number; began: number };
	/** When the last round began that took more than one poll. */
	turnBegan?: number;
	/** Texts held until their question is known. */
	held?: Entry[];
	/** Texts held until their conversation is quiet. */
	burst?: Entry[];
	/** By conversation, when its last "first text" arrived. */
	firsts?: Map<string, number>;
	/** What identifies the account. */
	account?: Account;
}

/** What identifies an account. */
export interface Account {
	/** A hash of server and key. */
	key: string;
	/** Some messages on its record, newest first. */
	anchors: Array<[id: string, time: number]>;
	/** A new connection that is not yet known to be the same account, and since when (ms, by the API's clock). */
	change?: { key: string; at: number };
}

/** How late an entry may appear on the record and still be found, in ms. */
export const OVERLAP = 5 * 60_000;

/** How many entries to remember at most; they are saved with the workflow. */
export const MOST_SEEN = 5_000;

/** The API shows its time in whole seconds. */
export const CLOCK_STEP = 1_000;

/**
 * The position of a trigger that begins.
 * @param publishedAt in ms by the API's clock
 * @param since the same by this machine's clock
 */
export function beginAt(publishedAt: number, since: number): Position {
	const floor = publishedAt - CLOCK_STEP;
	return { since, floor, cursor: floor, from: floor, seen: new Map() };
}

/** The start of the span to read. */
export function startOf({ from, sentFrom = from }: Position): number {
	return Math.min(from, sentFrom);
}

/** How far a poll has read. */
export type Progress =
	/** Everything listed has been read. */
	| { kind: 'all' }
	/** Everything listed up to this time has been read, and there is more. */
	| { kind: 'upTo'; time: number }
	/** An unknown part of the list has been read. */
	| { kind: 'some' };

/**
 * Advances a position once everything read has been processed.
 * @param newest the time of the newest entry that is not in the future
 */
export function moveOn(
	position: Position,
	progress: Progress,
	{ newest, now }: { newest: number; now: number },
): void {
	if (progress.kind !== 'some') position.cursor = Math.max(position.cursor, newest);
	if (progress.kind === 'all') {
		position.from = Math.max(position.from, position.cursor - OVERLAP);
		delete position.sentFrom;
		delete position.behindSince;
	} else if (progress.kind === 'upTo') {
		// What is listed late is on the list by then.
		const upTo = Math.min(progress.time, now - OVERLAP);
		const { sentFrom = position.from } = position;
		if (sentFrom < position.from) position.sentFrom = Math.max(sentFrom, upTo);
		position.from = Math.max(position.from, upTo);
		position.behindSince ??= now;
	}
	if (position.partly) return;
	const start = startOf(position);
	const seen = [...position.seen].filter(([, time]) => time >= start);
	position.seen = new Map(seen);
	if (seen.length <= MOST_SEEN) return;
	// Raise the floor to what is forgotten, so that it doesn't start the workflow again.
	seen.sort(([, a], [, b]) => b - a);
	const [, raised] = seen[MOST_SEEN];
	position.seen = new Map(seen.filter(([, time]) => time > raised));
	position.floor = Math.max(position.floor, raised);
}

/** Oldest first; entries with the same time by ID. */
export function inOrder(a: Entry, b: Entry): number {
	return timeOf(a) - timeOf(b) || Number(asText(a.id)) - Number(asText(b.id)) || 0;
}
