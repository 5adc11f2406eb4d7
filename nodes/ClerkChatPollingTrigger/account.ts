import { idOf, timeOf } from '../api/record';
import { CLOCK_STEP } from './cursor';
import type { Account, Position } from './cursor';
import { accountFailure } from './failures';
import type { Failure } from './failures';
import type { OpenRecord } from './openRecord';
import type { Memory } from './thisProcess';

/** How many messages identify an account. */
const MOST_ANCHORS = 5;

/** How many pages are looked through to find out. */
const PAGES = 200;

/** Whose record this is. */
export type Whose =
	/** The account's that the position belongs to. */
	| { kind: 'same' }
	/** Another account's; `since` is when it was first seen, in ms by the API's clock. */
	| { kind: 'other'; since: number }
	| { kind: 'unknown'; failure: Failure };

/**
 * Finds out whether a record is that of the account to which a position belongs. Another key, or another address, is the
 * same account's when a message that was on record before is on record with it; it is another's when there are messages of
 * that time, and this is not among them. When nothing tells, nothing starts: neither old texts of another account come out,
 * nor is a text of this one lost.
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
	// Where n8n keeps the position itself, it does not keep what a poll noted that failed.
	const noted = [account.change, memory.change].find((change) => change?.key === record.key);
	account.change = noted ?? { key: record.key, at: now };
	memory.change = account.change;
	const since = account.change.at;
	const { anchors } = account;
	const oldest = anchors.length > 0 ? anchors[anchors.length - 1][1] : position.floor;
	const start = (anchors.length > 0 ? oldest : position.floor - 30 * 86_400_000) - CLOCK_STEP;
	const newest = anchors.length > 0 ? anchors[0][1] : position.floor;
	// First what was there at that time alone; then all, for lists that go by another time of a message.
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

/** What identifies an account after a poll. */
export function accountAfter(
	before: Account | undefined,
	key: string,
	listed: Map<string, number>,
): Account {
	const anchors = new Map([...(before?.anchors ?? []), ...listed]);
	const newestFirst = [...anchors].sort(([, a], [, b]) => b - a);
	return { key, anchors: newestFirst.slice(0, MOST_ANCHORS) };
}
