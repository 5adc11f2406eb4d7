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
export interface Query {
	message: Pick<Sought, 'sender' | 'recipients' | 'body'>;
	/** The ID that an unclear answer gave it, if one did: with it, it is found in whatever form it is listed. */
	id?: string;
	/** When its request began, or the first of those whose outcome is not known. */
	since: number;
	/** When its request had ended; left out when n8n was stopped before that. */
	until?: number;
	/** Whether several requests for it may have been done. */
	isRepeated: boolean;
}

/** What whoever searches knows of other messages. */
export interface SearchRules<T> {
	/** Whether an entry is known to be another message. */
	isTaken: (entry: Entry) => boolean;
	/** Whether an equal message of somebody else may still arrive: as long as it may, an entry may be that one. */
	isBlocked: (query: T) => boolean;
	/** Called at once for each message that is found, since others may search for an equal one. */
	onFound: (query: T, entry: Entry) => void;
}

/** What came of searching for a message. */
export interface Search {
	/** Left out when nothing was found that is, or may be, the message. */
	match?: Match;
	/** Whether the record was read at all. */
	couldRead: boolean;
	/** How long after its request began, in seconds. */
	seconds: number;
}

/** What is older by less than this, in ms, counts as not older: a `Date` tells full seconds, and servers differ. */
const SLACK = 2_000;

/** How long after its request had ended, in ms, a message may be recorded. What is newer is another one, such as tomorrow's. */
const LATEST = 60_000;

/** How much of the record, in ms, is read again when it is looked at once more. */
const LISTED_LATE = 10 * 60_000;

/**
 * Looks for messages on Clerk Chat's record, together and at growing intervals, until all are found. Each is looked for
 * until half a minute after its request had ended; after that, one look has to do.
 * @returns for each message what came of it
 */
export async function searchRecord<T extends Query>(
	requester: Requester,
	queries: T[],
	{ isTaken, isBlocked, onFound }: SearchRules<T>,
): Promise<Search[]> {
	const matches: Array<Match | undefined> = queries.map(() => undefined);
	const entries = new Map<string, Entry>();
	// Each entry is one message, whatever it says of it.
	const given = new Set<string>();
	const rules = { isBlocked, isTaken: (entry: Entry) => given.has(idOf(entry)) || isTaken(entry) };
	let couldRead = false;
	let open = queries.map((_, index) => index);
	for (const wait of [...limits.waitsForRecord, undefined]) {
		const these = open.map((index) => queries[index]);
		const reading = await readAround(requester, these, couldRead);
		if (!reading || (reading.kind === 'failed' && meaningOf(reading.fault).isFinal)) break;
		if (reading.kind === 'read') {
			couldRead = true;
			for (const entry of reading.entries) entries.set(idOf(entry), entry);
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
 * Reads the window in which these messages can be, with both ends where both are known.
 * @param again whether it was read before: what is listed late is new then
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
		// An ID that two answers gave is one message.
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
	// That one try is on record as failed says nothing of the others.
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
	return ({ message, since, until, id, isRepeated }) => ({
		...message,
		// Of an earlier try, it is not known.
		id: isRepeated ? undefined : id,
		after: requester.apiTime(since) - SLACK,
		before: until === undefined ? undefined : requester.apiTime(until) + LATEST,
	});
}
