import { CLOCK_STEP, moveOn, startOf } from './cursor';
import type { Position } from './cursor';
import type { Failure } from './failures';
import type { OpenRecord } from './openRecord';
import { takeIn } from './takeIn';
import type { Found, Looking } from './takeIn';

/** With more pages than this, read in time slices. */
const MOST_PAGES = 40;

/** The most pages of a slice, so that little has to be read again when time runs out. */
const PAGES_OF_A_SLICE = 20;

/** With no more entries than this, the next slice is longer. */
const FEW = 500;

/** Roughly how many new entries to process in one poll: they become one execution. */
const ENOUGH = 5_000;

/** The length of the first slice, in ms. */
const FIRST_SLICE = 3_600_000;
const SHORTEST_SLICE = CLOCK_STEP;

/**
 * Reads what is new since the position, and advances it: everything at once if it isn't much, otherwise in time slices,
 * oldest first, as many as there is time for. The next poll continues where this one ended.
 * @param looking what to look for, by the clock at the moment
 */
export async function readNews(
	record: OpenRecord,
	position: Position,
	looking: () => Looking,
	found: Found,
): Promise<Failure | undefined> {
	found.upTo = startOf(position);
	if (position.behindSince === undefined) {
		const read = await record.pages({ start: startOf(position) }, { most: MOST_PAGES });
		if ('error' in read) return read;
		if (read.next === undefined) {
			takeIn(position, read.entries, looking(), found);
			const kind = read.isWhole ? 'all' : 'some';
			if (read.isWhole) found.upTo = Infinity;
			moveOn(position, { kind }, { newest: found.newest, now: looking().now });
			return undefined;
		}
		position.behindSince = looking().now;
		if (read.isOutOfTime) return undefined;
	}
	return await readSlices(record, position, looking, found);
}

async function readSlices(
	record: OpenRecord,
	position: Position,
	looking: () => Looking,
	found: Found,
): Promise<Failure | undefined> {
	const until = secondsUp(looking().now);
	let { start, end, page } = position.partly ?? { start: startOf(position), end: 0, page: 1 };
	let span = position.partly ? end - start : FIRST_SLICE;
	let isFirst = true;
	while (found.received.length + found.changed.length < ENOUGH) {
		if (!position.partly) end = Math.min(secondsUp(start + span), until);
		const read = await record.pages({ start, end }, { first: page, most: PAGES_OF_A_SLICE });
		// What has been read so far is not lost.
		if ('error' in read) return isFirst ? read : undefined;
		const { entries, next, total = 0, isOutOfTime } = read;
		span = end - start;
		if (next !== undefined && !isOutOfTime && !position.partly && span > SHORTEST_SLICE * 2) {
			span = Math.max(SHORTEST_SLICE, span / Math.max(2, (1.5 * total) / 50 / PAGES_OF_A_SLICE));
			continue;
		}
		takeIn(position, entries, looking(), found);
		isFirst = false;
		if (next !== undefined) {
			// A moment with more messages than fit into a slice, or too little time: the next poll continues at this
			// page.
			position.partly = { start, end, page: next };
			if (isOutOfTime) return undefined;
			page = next;
			continue;
		}
		delete position.partly;
		page = 1;
		moveOn(position, { kind: 'upTo', time: end }, { newest: found.newest, now: looking().now });
		found.upTo = end;
		if (end >= until) {
			found.upTo = Infinity;
			delete position.behindSince;
			return undefined;
		}
		// Clerk Chat doesn't document whether a window includes its ends.
		start = end - 1;
		if (entries.length < FEW) span *= 2;
	}
	return undefined;
}

function secondsUp(time: number): number {
	return Math.ceil(time / CLOCK_STEP) * CLOCK_STEP;
}
