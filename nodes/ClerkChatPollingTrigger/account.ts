import { idOf, timeOf } from '../api/record';
import { CLOCK_STEP } from './cursor';
import type { Account, Position } from './cursor';
import { accountFailure } from './failures';
import type { Failure } from './failures';
import type { OpenRecord } from './openRecord';
import type { Memory } from './thisProcess';

/** How many messages to remember to recognize an account. */
const MOST_ANCHORS = 5;

/** How many pages to search for them. */
const PAGES = 200;

/** Which account a record belongs to. */
export type Whose =
	/** The account that the position belongs to. */
	| { kind: 'same' }
	/** Another account; `since` is when it was first seen, in ms by the API's clock. */
	| { kind: 'other'; since: number }
	| { kind: 'unknown'; failure: Failure };

/**
 * Determines whether a record belongs to the same account as a position. With another key or address, it is the same
 * account if a message seen on record before is still there. It is another account if the record has messages from that
 * time, but not this one. If nothing tells, the trigger starts nothing: it neither starts on another account's old
 * texts nor loses one of this account's.
 */
export async function whoseRecord(
	record: OpenRecord,
	position: Position,
	memory: Memory,
): Promise<Whose> {
	const { account } = position;
	if (!account || account.key === record.key) {
		if (account) delete account.change;
		return { kind: 'same' };
	}
	const now = record.apiTime(Date.now());
	// Where n8n itself keeps the position, it drops what a failed poll noted there.
	const noted = [account.change, memory.change].find((change) => change?.key === record.key);
	account.change = noted ?? { key: record.key, at: now };
	memory.change = account.change;
	const since = account.change.at;
	const { anchors } = account;
	const oldest = anchors.length > 0 ? anchors[anchors.length - 1][1] : position.floor;
	const start = (anchors.length > 0 ? oldest : position.floor - 30 * 86_400_000) - CLOCK_STEP;
	const newest = anchors.length > 0 ? anchors[0][1] : position.floor;
	// First search only around that time; then everything, for lists sorted by another time of a message.
	let isAnything = false;
	let isWhole = false;
	for (const end of [newest + CLOCK_STEP, undefined]) {
		const read = await record.pages({ start, end }, { most: PAGES });
		if ('error' in read) return { kind: 'unknown', failure: read };
		const listed = new Map(read.entries.map((entry) => [idOf(entry), timeOf(entry)]));
		if (anchors.some(([id, time]) => listed.get(id) === time)) return { kind: 'same' };
		if (anchors.length === 0) {
			// There was nothing before the trigger was published.
			if (read.entries.length > 0) return { kind: 'other', since };
			return { kind: 'same' };
		}
		isAnything ||= read.entries.length > 0;
		isWhole = read.next === undefined;
	}
	if (isAnything && isWhole) return { kind: 'other', since };
	return { kind: 'unknown', failure: accountFailure(record.context) };
}

/** What identifies the account after a poll. */
export function accountAfter(
	before: Account | undefined,
	key: string,
	listed: Map<string, number>,
): Account {
	const anchors = new Map([...(before?.anchors ?? []), ...listed]);
	const newestFirst = [...anchors].sort(([, a], [, b]) => b - a);
	return { key, anchors: newestFirst.slice(0, MOST_ANCHORS) };
}
