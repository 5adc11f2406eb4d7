import { CLOCK_STEP, startOf } from './cursor';
import type { Position } from './cursor';
import type { Failure } from './failures';
import type { OpenRecord } from './openRecord';
import { GROUP } from './statuses';
import { takeIn } from './takeIn';
import type { Found, Looking } from './takeIn';

/** How many pages of older sent messages a poll reads. */
const MOST_PAGES = 20;

/**
 * Checks the watched messages that reading the news doesn't cover: as many pages as a poll has time for; the next poll
 * continues there.
 * @param isLate whether there was no poll for so long that messages went unwatched; they get a final check
 */
export async function lookAgain(
	record: OpenRecord,
	position: Position,
	looking: () => Looking,
	{ found, isLate }: { found: Found; isLate: boolean },
): Promise<Failure | undefined> {
	const { now, watchMs } = looking();
	if (!position.watch || watchMs === undefined) return undefined;
	// A backlog comes first: there is no time left.
	if (position.behindSince !== undefined) return undefined;
	if (!position.turn && !isLate) forget(position, (position.turnBegan ?? now) - watchMs);
	let turn = position.turn ?? nextWindow(position, -Infinity, now);
	const isOnePoll = !position.turn;
	for (let pages = 0; turn && pages < MOST_PAGES; ) {
		const { start, end, page, began } = turn;
		const read = await record.pages({ start, end }, { first: page, most: MOST_PAGES - pages });
		position.turn = turn;
		// What it has found so far counts; the next poll tries this page again.
		if ('error' in read) return read;
		takeIn(position, read.entries, looking(), found);
		pages += Math.max(1, Math.ceil(read.entries.length / 50));
		if (read.next === undefined) turn = nextWindow(position, end, began);
		else turn = { start, end, page: read.next, began };
		position.turn = turn;
		if (read.isOutOfTime) break;
	}
	if (turn) return undefined;
	const { turn: last } = position;
	delete position.turn;
	if (isLate) forget(position, (isOnePoll ? now : (last?.began ?? now)) - watchMs);
	position.turnBegan = isOnePoll ? undefined : (last?.began ?? position.turnBegan);
	return undefined;
}

/** The window of watched messages sent after a time (ms) that are not among the news. */
function nextWindow(position: Position, after: number, began: number): Position['turn'] {
	const upTo = startOf(position);
	let start: number | undefined;
	let end = 0;
	const times = [...position.watch!.values()].map(({ time }) => time).sort((a, b) => a - b);
	for (const time of times) {
		if (time <= after || time >= upTo) continue;
		if (start !== undefined && time > end) break;
		start ??= time;
		end = time + GROUP;
	}
	if (start === undefined) return undefined;
	return { start: start - CLOCK_STEP, end: end + CLOCK_STEP, page: 1, began };
}

function forget({ watch }: Position, before: number): void {
	for (const [id, { time }] of watch!) if (time + GROUP <= before) watch!.delete(id);
}
