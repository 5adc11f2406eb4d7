import { LearnedLimit } from '../../nodes/api/learnedLimit';
import { sendThrough } from './limitedApi';

/** How many requests it allows in one cycle. */
function allowed(limit: LearnedLimit): number {
	let started = 0;
	while (limit.allows(started)) started++;
	return started;
}

const lesson = (passed: number, { after = 300, wait = 1000 } = {}) => ({
	passed,
	from: 0,
	to: after,
	wait,
});

/** What it allows in the next cycles, without any 429. */
function nextCycles(limit: LearnedLimit, count: number): number[] {
	return Array.from({ length: count }, () => {
		limit.endCycle();
		return allowed(limit);
	});
}

test('allows as many as were accepted', () => {
	const limit = new LearnedLimit(lesson(50));
	limit.countLate(300);
	limit.countLate(301);
	expect(allowed(limit)).toBe(51);
	expect(limit.periodMs).toBeCloseTo(1005);
});

test.each([
	[300, 1000, 1005],
	[900, 1000, 1005],
	[200, 60_000, 60_300],
	[20_000, 40_000, 60_300],
])('429 after %i ms, Retry-After %i ms: the window is %i ms', (after, wait, periodMs) => {
	const limit = new LearnedLimit(lesson(50, { after, wait }));
	expect(allowed(limit)).toBe(50);
	expect(limit.periodMs).toBeCloseTo(periodMs);
});

test('a cycle that may have been several windows is taken for its rate', () => {
	const limit = new LearnedLimit(lesson(90, { after: 1800 }));
	expect(allowed(limit)).toBe(50);
	expect(limit.periodMs).toBeCloseTo(1005);
});

test('after three cycles tries one more, then more and more', () => {
	const limit = new LearnedLimit(lesson(50));
	allowed(limit);
	expect(nextCycles(limit, 6)).toEqual([50, 50, 51, 57, 80, 112]);
});

test('a limit found twice is kept for longer', () => {
	const limit = new LearnedLimit(lesson(50));
	allowed(limit);
	nextCycles(limit, 3);
	limit.teach(lesson(50));
	allowed(limit);
	expect(nextCycles(limit, 20)).toEqual([...Array<number>(19).fill(50), 51]);
});

test('after one low cycle, returns to the previous number once the low one has held', () => {
	const limit = new LearnedLimit(lesson(50));
	allowed(limit);
	nextCycles(limit, 1);
	limit.teach(lesson(31));
	expect(allowed(limit)).toBe(31);
	expect(nextCycles(limit, 2)).toEqual([50, 50]);
});

test('if that is too many again, the low one counts', () => {
	const limit = new LearnedLimit(lesson(50));
	allowed(limit);
	limit.teach(lesson(31));
	allowed(limit);
	nextCycles(limit, 1);
	limit.teach(lesson(30));
	expect(allowed(limit)).toBe(30);
	expect(nextCycles(limit, 2)).toEqual([30, 30]);
});

/*
 * The complete path: the real requester against a simulated API and clock. After a 429, it waits for `Retry-After`,
 * which is rounded up to a whole second, so a run never reaches the full limit.
 */
describe('of a limit of 50 a second, 1,000 messages get', () => {
	const world = { messages: 1000, limit: 50, latency: 20 };

	const seeds = [1, 2, 3];

	test.each<[string, number, Partial<Parameters<typeof sendThrough>[0]>]>([
		['nearly all', 0.97, {}],
		['nearly all when windows begin at whole seconds', 0.97, { aligned: true }],
		['nearly all with answers after 200 ms', 0.9, { latency: 200 }],
		['nearly all with five at a time', 0.95, { atOnce: 5 }],
		['most when the machine is busy half of the time', 0.9, { busyMs: 5 }],
		['most with many short pauses', 0.93, { pauses: { perSecond: 5, from: 20, to: 80 } }],
		['most with a long pause now and then', 0.9, { pauses: { perSecond: 0.3, from: 50, to: 500 } }],
		[
			'enough with a long pause in every second',
			0.85,
			{ pauses: { perSecond: 1, from: 50, to: 500 } },
		],
	])('%s (%d)', async (_name, part, more) => {
		for (const seed of seeds) {
			const { ofLimit, refused, lost } = await sendThrough({ ...world, ...more, seed });
			expect(lost).toBe(0);
			expect(ofLimit).toBeGreaterThan(part);
			expect(refused).toBeLessThan(world.messages * 0.05);
		}
	});

	test("nearly all if the server's clock is a little slower", async () => {
		const { ofLimit } = await sendThrough({ ...world, windowMs: 1004 });
		expect(ofLimit).toBeGreaterThan(0.9);
	});

	test('the whole limit after another client stops', async () => {
		const others = [{ from: 0, to: 5000, perSecond: 30 }];
		const { windows } = await sendThrough({ ...world, others });
		// It is gone from the sixth window on.
		const full = windows.findIndex((taken) => taken >= 49);
		expect(full).toBeGreaterThan(4);
		expect(full).toBeLessThan(12);
	});

	test('their share while another client is active', async () => {
		const others = [{ from: 5000, to: 15_000, perSecond: 30 }];
		const { ofLimit, refused } = await sendThrough({ ...world, others });
		expect(ofLimit).toBeGreaterThan(0.75);
		expect(refused).toBeLessThan(world.messages * 0.1);
	});
});

/*
 * Whether a 429 with `Retry-After` halves the number of requests in flight: see docs/howSendingWorks.md. Both mistakes
 * are expensive: halving for a rate limit makes a run slow that only had to wait, and not halving gets the same number
 * rejected again.
 */
test('a server that accepts ten at a time is soon not overloaded, even if it asks for seconds', async () => {
	const world = { messages: 500, limit: 1e6, parallel: 10, latency: 20, busyMs: 0.2 };
	const { refused, lost } = await sendThrough(world);
	expect(lost).toBe(0);
	expect(refused).toBeLessThan(20);
});

test('a limit of 300 a second is used with responses after 200 ms', async () => {
	const world = { messages: 6000, limit: 300, latency: 200, busyMs: 0.5 };
	const { ofLimit } = await sendThrough(world);
	expect(ofLimit).toBeGreaterThan(0.8);
});
