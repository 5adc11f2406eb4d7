import { entriesOf } from './matching';
import type { Match, Sought } from './matching';
import { isFailed } from './messageStatus';
import { limits } from './limits';
import { idOf, readSpan } from './record';
import type { Entry, Reading } from './record';
import type { Requester } from './requester';
import { meaningOf } from './statuses';

/* Searches Clerk Chat's record for messages with an unknown outcome: the reading half of reconciling. */

/** A message to search for. Times are this machine's, in ms. */
export interface Query extends Pick<Sought, 'execution'> {
	message: Pick<Sought, 'sender' | 'recipients' | 'body'>;
	/** The ID from an unclear response, if there was one: it finds the message in whatever form it is listed. */
	id?: string;
	/** When its request began, or the first of several with an unknown outcome. */
	since: number;
	/** When its request ended; left out if n8n stopped before that. */
	until?: number;
	/** Whether several requests for it may have succeeded. */
	isRepeated: boolean;
}

/** What the caller knows about other messages. */
export interface SearchRules<T> {
	/** Whether an entry is known to be another message. */
	isTaken: (entry: Entry) => boolean;
	/** Whether someone else's equal message may still arrive: until it has, an entry may be that one. */
	isBlocked: (query: T) => boolean;
	/** Whether someone else has found the message since the search began. */
	isSettled: (query: T) => boolean;
	/** Called immediately for each message found, since others may be searching for an equal one. */
	onFound: (query: T, entry: Entry) => void;
}

/** The result of searching for a message. */
export interface Search {
	/** Left out when nothing was found that is, or may be, the message. */
	match?: Match;
	/** Whether the record could be read at all. */
	couldRead: boolean;
	/** The time since its request began, in seconds. */
	seconds: number;
}

/** An entry older by less than this, in ms, doesn't count as older: `Date` has whole seconds, and servers differ. */
const SLACK = 2_000;

/**
 * How long after its request ended a message may be recorded, in ms. A newer one is a different message, such as
 * tomorrow's.
 */
const LATEST = 60_000;

/** How much of the record to read again on each further look, in ms. */
const LISTED_LATE = 10 * 60_000;

/**
 * Searches Clerk Chat's record for messages, all together and at growing intervals, until all are found. The search for
 * each ends half a minute after its request did; later, a single look must do.
 * @returns the result for each message
 */
export async function searchRecord<T extends Query>(
	requester: Requester,
	queries: T[],
	{ isTaken, isBlocked, isSettled, onFound }: SearchRules<T>,
): Promise<Search[]> {
	const matches: Array<Match | undefined> = queries.map(() => undefined);
	const entries = new Map<string, Entry>();
	// Each entry is one message, however many it could match.
	const given = new Set<string>();
	const rules = { isBlocked, isTaken: (entry: Entry) => given.has(idOf(entry)) || isTaken(entry) };
	let couldRead = false;
	let open = queries.map((_, index) => index);
	const isOpen = (index: number) => !isSettled(queries[index]);
	for (const wait of [...limits.waitsForRecord, undefined]) {
		open = open.filter(isOpen);
		if (open.length === 0) break;
		const asked = open.map((index) => queries[index]);
		const reading = await readAround(requester, asked, couldRead);
		if (!reading || (reading.kind === 'failed' && meaningOf(reading.fault).isFinal)) break;
		open = open.filter(isOpen);
		if (reading.kind === 'read') {
			couldRead = true;
			for (const entry of reading.entries) entries.set(idOf(entry), entry);
			const these = open.map((index) => queries[index]);
			matchesIn([...entries.values()], these, requester, rules).forEach((match, position) => {
				const index = open[position];
				matches[index] = match ?? matches[index];
				if (match?.answer !== 'same') return;
				given.add(idOf(match.entry));
				onFound(queries[index], match.entry);
			});
		}
		open = open.filter(
			(index) => matches[index]?.answer !== 'same' && !isOver(queries[index], limits.longestSearch),
		);
		if (wait === undefined || open.length === 0) break;
		await requester.wait(wait);
	}
	return queries.map(({ since }, index) => ({
		match: matches[index],
		couldRead,
		seconds: Math.round((Date.now() - since) / 1000),
	}));
}

function isOver({ since, until }: Query, after: number): boolean {
	return Date.now() - (until ?? since) >= after;
}

/**
 * Reads the window in which these messages can be, with both ends if both are known.
 * @param again whether it was read before; then only what has been listed late is new
 */
async function readAround(
	requester: Requester,
	queries: Query[],
	again: boolean,
): Promise<Reading | undefined> {
	const asked = Math.min(...queries.map((query) => query.since));
	const since = again ? Math.max(asked, Date.now() - LISTED_LATE) : asked;
	const until = Math.max(...queries.map((query) => query.until ?? Infinity));
	return await readSpan(requester, { since, ...(until < Infinity && { until: until + LATEST }) });
}

function matchesIn<T extends Query>(
	entries: Entry[],
	queries: T[],
	requester: Requester,
	{ isTaken, isBlocked }: Pick<SearchRules<T>, 'isTaken' | 'isBlocked'>,
): Array<Match | undefined> {
	const matches = new Map<Query, Match | undefined>();
	const find = (wanted: Query[], among: Entry[]) => {
		const found = entriesOf(wanted.map(soughtBy(requester)), among, isTaken);
		wanted.forEach((query, index) => matches.set(query, found[index]));
	};
	const byId = new Map(entries.map((entry) => [idOf(entry), entry]));
	for (const query of queries) {
		const entry = query.id === undefined ? undefined : byId.get(query.id);
		if (!entry || isTaken(entry) || (query.isRepeated && isFailed(entry))) continue;
		// An ID that two responses contain is one message.
		byId.delete(idOf(entry));
		matches.set(query, { answer: 'same', entry });
	}
	const free = queries.filter((query) => !matches.has(query) && !isBlocked(query));
	const known = new Set([...matches.values()].map((match) => match?.entry));
	const others = entries.filter((entry) => !known.has(entry));
	find(
		free.filter(({ isRepeated }) => !isRepeated),
		others,
	);
	// If one attempt is on record as failed, that says nothing about the others.
	const given = new Set(
		[...matches.values()].map((match) => match?.answer === 'same' && match.entry),
	);
	find(
		free.filter(({ isRepeated }) => isRepeated),
		entries.filter((entry) => !isFailed(entry) && !given.has(entry)),
	);
	return queries.map((query) => matches.get(query));
}

function soughtBy(requester: Requester): (query: Query) => Sought {
	return ({ message, since, until, id, isRepeated, execution }) => ({
		...message,
		execution,
		// For an earlier attempt, it isn't known.
		id: isRepeated ? undefined : id,
		after: requester.apiTime(since) - SLACK,
		before: until === undefined ? undefined : requester.apiTime(until) + LATEST,
	});
}
