import { idOf, timeOf } from '../api/record';
import type { Entry } from '../api/record';
import { keepWatching } from './statuses';
import type { Watch } from './statuses';

/** How far the record was read. Times are the API's own, in ms. */
export interface Position {
	/** What is not newer than this never comes out: it was there when the workflow was published. */
	floor: number;
	/** The time of the newest entry that was read. */
	cursor: number;
	/** What came in shortly before the cursor or after it, and has been dealt with: its time by its ID. */
	seen: Map<string, number>;
	/** What became of sent messages; left out while nobody asks for that. */
	watch?: Watch;
}

/** How late an entry may show up on the record without being missed, in ms. */
export const OVERLAP = 5 * 60_000;

/** How many entries are kept in mind at most; they are saved with the workflow. */
export const MOST_SEEN = 5_000;

/** The API tells its time in whole seconds. */
export const CLOCK_STEP = 1_000;

/** Where a trigger begins that was published at this time. */
export function beginAt(publishedAt: number): Position {
	const floor = publishedAt - CLOCK_STEP;
	return { floor, cursor: floor, seen: new Map() };
}

/** From when on a text that came in may be new. */
export function startOf({ floor, cursor }: Position): number {
	return Math.max(floor, cursor - OVERLAP);
}

/**
 * From when on the record is looked at.
 * @param watchMs how long a sent message is watched, in ms; undefined when nobody asks for that
 */
export function watchedFrom(
	position: Position,
	{ now, watchMs }: Pick<Progress, 'now' | 'watchMs'>,
): number {
	const start = startOf(position);
	return watchMs === undefined ? start : Math.min(start, now - watchMs);
}

/** What is known of sent messages. Whoever begins to ask for it now gets to know what happens from the cursor on. */
export function watchOf({ watch, cursor }: Position): Watch {
	return watch ?? { since: cursor, known: new Map() };
}

/** What came in and has not been dealt with, in no particular order. */
export function receivedSince(position: Position, entries: Entry[]): Entry[] {
	const start = startOf(position);
	return entries.filter((entry) => {
		const time = timeOf(entry);
		// Written so that an entry without a time is not lost.
		const isOld = time <= position.floor || time < start;
		return entry.inbound === true && !isOld && !position.seen.has(idOf(entry));
	});
}

/** What a poll found out, besides the entries. */
export interface Progress {
	/** The API's clock. */
	now: number;
	/** Whether the entries are all there are. */
	isWhole: boolean;
	/** Entries that are to come by again. */
	held: Entry[];
	/** How old a sent message is at most whose status matters, in ms; left out when none matters. */
	watchMs?: number;
}

/** The position after everything in `entries` was dealt with, except for what is held. */
export function advance(
	position: Position,
	entries: Entry[],
	{ now, isWhole, held, watchMs }: Progress,
): Position {
	let { cursor } = position;
	if (isWhole) {
		for (const entry of entries) {
			const time = Math.min(timeOf(entry), now + CLOCK_STEP);
			if (time > cursor) cursor = time;
		}
		// What is held stays within the overlap.
		for (const entry of held) {
			cursor = Math.min(cursor, (timeOf(entry) || now) + OVERLAP - CLOCK_STEP);
		}
		cursor = Math.max(cursor, position.cursor);
	}
	const moved = { ...position, cursor };
	const isHeld = new Set(held);
	const seen = new Map(position.seen);
	for (const entry of entries) {
		// One without a time is kept in mind as long as it is listed.
		if (entry.inbound === true && !isHeld.has(entry)) seen.set(idOf(entry), timeOf(entry) || now);
	}
	const start = startOf(moved);
	const from = watchedFrom(moved, { now, watchMs });
	return {
		cursor,
		...(watchMs !== undefined && {
			watch: keepWatching(watchOf(position), entries, { now, from }),
		}),
		...withinBounds(
			[...seen].filter(([, time]) => time >= start),
			position.floor,
		),
	};
}

/** The newest of what was seen. What is dropped lies below the floor from then on, so that it does not come out again. */
function withinBounds(seen: Array<[string, number]>, floor: number) {
	if (seen.length <= MOST_SEEN) return { floor, seen: new Map(seen) };
	const newestFirst = seen.sort(([, a], [, b]) => b - a);
	const [, raised] = newestFirst[MOST_SEEN];
	const kept = newestFirst.slice(0, MOST_SEEN).filter(([, time]) => time > raised);
	return { floor: Math.max(floor, raised), seen: new Map(kept) };
}

/** Oldest first; with the same time, in the order in which they were given their IDs. */
export function inOrder(a: Entry, b: Entry): number {
	return timeOf(a) - timeOf(b) || Number(a.id) - Number(b.id) || 0;
}
