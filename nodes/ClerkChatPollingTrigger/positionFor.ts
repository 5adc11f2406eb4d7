import { idOf, timeOf } from '../api/record';
import { accountAfter, whoseRecord } from './account';
import { beginAt } from './cursor';
import type { Position } from './cursor';
import type { Failure } from './failures';
import type { OpenRecord } from './openRecord';
import type { StartingPoint } from './startingPoint';
import type { Memory } from './thisProcess';

const MONTH = 30 * 86_400_000;

/** The position from which a poll continues or begins. It belongs to the account that the credential leads to. */
export async function positionFor(
	record: OpenRecord,
	{ position, publishedAt, account }: StartingPoint,
	memory: Memory,
): Promise<Position | Failure> {
	let current = position;
	let listed: Array<[string, number]> = [];
	if (!current || current.account?.key !== record.key) {
		// One page of what exists, in any order: it identifies the account and shows the API's time.
		const read = await record.pages({ start: record.apiTime(Date.now()) - MONTH }, { most: 1 });
		if ('error' in read) return read;
		listed = read.entries.map((entry) => [idOf(entry), timeOf(entry)]);
	}
	const own = accountAfter(undefined, record.key, new Map(listed));
	// What arrives while Clerk Chat is slow must not look as if it had been there before.
	const began = record.earliestApiTime(publishedAt);
	current ??= { ...beginAt(began, publishedAt), account: account ?? own };
	const whose = await whoseRecord(record, current, memory);
	if (whose.kind === 'unknown') return whose.failure;
	if (whose.kind === 'same') return current;
	// Continue counting: with the same count, it would look like the position that items were just returned from.
	return { ...beginAt(whose.since, publishedAt), account: own, polls: current.polls };
}
