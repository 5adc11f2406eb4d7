import { timeOf } from '../api/record';
import type { Entry } from '../api/record';
import type { Watched } from './statuses';

/** How far the record was read. Times are the API's own, in ms. */
export interface Position {
	/** The publishing with which it began, in ms by this machine's clock. */
	since: number;
	/** How often it was moved: of two positions, the one that was moved more often is the newer one. */
	polls?: number;
	/** Entries no newer than this are never returned: they existed when the workflow was published. */
	floor: number;
	/** The time of the newest entry that was read. */
	cursor: number;
	/** From when on the record is read again; everything before has been dealt with. */
	from: number;
	/** The same for sent messages, where that is earlier. */
	sentFrom?: number;
	/** Sent messages that are not newer than this, and were not seen before, are taken note of alone. */
	sentFloor?: number;
	/** Of received messages, only newer ones start the workflow; left out when all do. */
	messagesFrom?: number;
	/** The same for opt-outs. */
	optOutsFrom?: number;
	/** Since when there has been more to read than fits into one poll. */
	behindSince?: number;
	/** A window of which the pages before this one have been dealt with. */
	partly?: { start: number; end: number; page: number };
	/** What has been dealt with and is not older than `from`: its time by its ID. */
	seen: Map<string, number>;
	/** Sent messages that something may still become of, by their ID as a number; left out while nobody asks for that. */
	watch?: Map<number, Watched>;
	/** Where the next look at the watched messages goes on, and when this turn began. */
	turn?: { start: number; end: number; page: number; began: number };
	/** When the last turn began that took more than one poll. */
	turnBegan?: number;
	/** Texts waiting until their question is known. */
	held?: Entry[];
	/** Texts waiting until their conversation is quiet. */
	burst?: Entry[];
	/** When the last first text of a conversation came in, by the conversation. */
	firsts?: Map<string, number>;
	/** What identifies the account. */
	account?: Account;
}

/** What identifies an account. */
export interface Account {
	/** A hash of server and key. */
	key: string;
	/** Some messages that are on its record, newest first. */
	anchors: Array<[id: string, time: number]>;
	/** The connection that came in its place and is not yet known to be the same account, and when (ms, API's clock). */
	change?: { key: string; at: number };
}

/** How late an entry may show up on the record without being missed, in ms. */
export const OVERLAP = 5 * 60_000;

/** The most entries remembered; they are saved with the workflow. */
export const MOST_SEEN = 5_000;

/** The API tells its time in whole seconds. */
export const CLOCK_STEP = 1_000;

/**
 * Where a trigger begins.
 * @param publishedAt in ms by the API's clock
 * @param since the same by this machine's clock
 */
export function beginAt(publishedAt: number, since: number): Position {
	const floor = publishedAt - CLOCK_STEP;
	return { since, floor, cursor: floor, from: floor, seen: new Map() };
}

/** From when on the record is to be read. */
export function startOf({ from, sentFrom = from }: Position): number {
	return Math.min(from, sentFrom);
}

/** How far a poll has got in reading. */
export type Progress =
	/** Everything listed was read. */
	| { kind: 'all' }
	/** All that is listed up to this time was read, and there is more. */
	| { kind: 'upTo'; time: number }
	/** An unknown part of what is listed was read. */
	| { kind: 'some' };

/**
 * Moves a position on after everything that was read has been taken in.
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
		// What is listed late is listed by then.
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
	// What is forgotten lies below the floor from then on, so that it does not come out again.
	seen.sort(([, a], [, b]) => b - a);
	const [, raised] = seen[MOST_SEEN];
	position.seen = new Map(seen.filter(([, time]) => time > raised));
	position.floor = Math.max(position.floor, raised);
}

/** Oldest first; entries of the same time by ID. */
export function inOrder(a: Entry, b: Entry): number {
	return timeOf(a) - timeOf(b) || Number(a.id) - Number(b.id) || 0;
}
