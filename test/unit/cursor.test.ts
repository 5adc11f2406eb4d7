import {
	beginAt,
	inOrder,
	MOST_SEEN,
	moveOn,
	OVERLAP,
	startOf,
} from '../../nodes/ClerkChatPollingTrigger/cursor';
import type { Position, Progress } from '../../nodes/ClerkChatPollingTrigger/cursor';

/* How the polling trigger's position advances. Times are in ms; the clock starts at 1,000,000. */

const NOW = 1_000_000;

const position = (changes: Partial<Position> = {}): Position => ({
	...{ since: 0, floor: 100, cursor: 500_000, from: 400_000, seen: new Map() },
	...changes,
});

const all: Progress = { kind: 'all' };
const some: Progress = { kind: 'some' };
const upTo = (time: number): Progress => ({ kind: 'upTo', time });

test('starts a second before publishing, because the API has whole seconds', () => {
	expect(beginAt(5_000, 4_000)).toEqual({
		...{ since: 4_000, floor: 4_000, cursor: 4_000, from: 4_000, seen: new Map() },
	});
});

test('reads from the earlier of the two positions', () => {
	expect(startOf(position())).toBe(400_000);
	expect(startOf(position({ sentFrom: 300_000 }))).toBe(300_000);
	expect(startOf(position({ sentFrom: 450_000 }))).toBe(400_000);
});

test.each<[string, Partial<Position>, Progress, number, Partial<Position>]>([
	['all was read', {}, all, 900_000, { cursor: 900_000, from: 900_000 - OVERLAP }],
	['all, and nothing is newer', {}, all, 100_000, { cursor: 500_000, from: 400_000 }],
	['all, at last', { sentFrom: 1, behindSince: 2 }, all, 0, { cursor: 500_000, from: 400_000 }],
	['a part, nobody knows which', { behindSince: 2 }, some, 900_000, { behindSince: 2 }],
	[
		'up to a time',
		{},
		upTo(600_000),
		550_000,
		{ cursor: 550_000, from: 600_000, behindSince: NOW },
	],
	['up to a time before', {}, upTo(300_000), 0, { behindSince: NOW }],
	['up to a time, still', { behindSince: 7 }, upTo(600_000), 0, { from: 600_000, behindSince: 7 }],
	['up to now', {}, upTo(NOW), 0, { from: NOW - OVERLAP, behindSince: NOW }],
	[
		'sent messages are read from earlier on',
		{ sentFrom: 200_000 },
		upTo(300_000),
		0,
		{ sentFrom: 300_000, behindSince: NOW },
	],
	[
		'sent messages, not before where they were',
		{ sentFrom: 350_000 },
		upTo(300_000),
		0,
		{ sentFrom: 350_000, behindSince: NOW },
	],
	[
		'sent messages from the same time on',
		{ sentFrom: 400_000 },
		upTo(600_000),
		0,
		{ sentFrom: 400_000, from: 600_000, behindSince: NOW },
	],
])('%s', (_, before, progress, newest, after) => {
	const moved = position(before);
	moveOn(moved, progress, { newest, now: NOW });
	expect(moved).toEqual(position(after));
});

describe('an entry that was seen', () => {
	const seen = new Map([
		['old', 399_999],
		['new', 400_000],
	]);

	test("is forgotten once it can't be read again", () => {
		const moved = position({ seen });
		moveOn(moved, some, { newest: 0, now: NOW });
		expect([...moved.seen.keys()]).toEqual(['new']);
		expect(moved.floor).toBe(100);
	});

	test('is kept in the middle of a window', () => {
		const moved = position({ seen, partly: { start: 0, end: 1, page: 2 } });
		moveOn(moved, some, { newest: 0, now: NOW });
		expect(moved.seen).toEqual(seen);
	});

	const many = (count: number) =>
		new Map(Array.from({ length: count }, (_, id) => [String(id), 500_000 + id]));

	test('is limited: forgotten ones are below the floor', () => {
		const kept = position({ seen: many(MOST_SEEN) });
		moveOn(kept, some, { newest: 0, now: NOW });
		expect([kept.seen.size, kept.floor]).toEqual([MOST_SEEN, 100]);

		const moved = position({ seen: many(MOST_SEEN + 1) });
		moveOn(moved, some, { newest: 0, now: NOW });
		expect([moved.seen.size, moved.floor]).toEqual([MOST_SEEN, 500_000]);
		expect([moved.seen.has('0'), moved.seen.has('1')]).toEqual([false, true]);

		// What has the time of one that is forgotten is forgotten with it.
		const equal = position({ seen: many(MOST_SEEN + 1).set('0', 500_001), floor: 600_000 });
		moveOn(equal, some, { newest: 0, now: NOW });
		expect([equal.seen.size, equal.floor]).toEqual([MOST_SEEN - 1, 600_000]);
	});
});

test('entries are ordered by time, then by ID', () => {
	const at = (second: number, id: unknown) => ({
		id: id as string,
		timestamp: `2026-11-25T12:00:0${second}Z`,
	});
	const [late, ten, nine, named] = [at(2, 1), at(1, 10), at(1, '9'), at(1, 'a')];
	expect([late, ten, nine].sort(inOrder)).toEqual([nine, ten, late]);
	expect(inOrder(named, nine)).toBe(0);
});
