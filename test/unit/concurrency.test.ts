import fc from 'fast-check';
import { Concurrency } from '../../nodes/api/concurrency';
import { limits } from '../../nodes/api/limits';
import { best, course } from './network';
import type { Network } from './network';

const sum = (numbers: number[]) => numbers.reduce((all, each) => all + each, 0);
const mean = (numbers: number[]) => sum(numbers) / numbers.length;

/** What part of the best a run over this network gets, and where it ends. */
function runOver(network: Network, { seconds = 40, from = 5, seed = 1 } = {}) {
	const run = course(new Concurrency(), () => network, seconds, seed);
	// The mean of a log-normal spread is above its median.
	const latency = network.latency * Math.exp((network.noise ?? 0) ** 2 / 2);
	const part = mean(run.perSecond.slice(from)) / best({ ...network, latency }, limits.mostAtOnce);
	return { ...run, part, last: mean(run.limits.slice(-10)) };
}

/** Sends and answers everything at once, all of it well, so many times. */
function roundTrips(concurrency: Concurrency, count: number, { latency = 20, at = 0 } = {}) {
	const sizes: number[] = [];
	for (let trip = 0; trip < count; trip++) {
		const { limit } = concurrency;
		const sentAt = at + trip * latency;
		for (let request = 0; request < limit; request++) concurrency.started();
		for (let request = 0; request < limit; request++) {
			concurrency.ended('well', sentAt, sentAt + latency);
		}
		sizes.push(concurrency.limit);
	}
	return sizes;
}

test('starts with 5, doubles in each round trip, and stops at 100', () => {
	const concurrency = new Concurrency();
	expect(concurrency.limit).toBe(5);
	expect(roundTrips(concurrency, 6)).toEqual([10, 20, 40, 80, 100, 100]);
});

test('a number set by the user never changes', () => {
	const concurrency = new Concurrency(7);
	expect(roundTrips(concurrency, 5)).toEqual([7, 7, 7, 7, 7]);
	concurrency.started();
	concurrency.ended('tooMuch', 100, 120);
	expect(concurrency.limit).toBe(7);
});

test('rejections in flight together halve it once, the next round trip halves it again', () => {
	const concurrency = new Concurrency();
	roundTrips(concurrency, 3);
	for (let request = 0; request < 40; request++) concurrency.started();
	for (let request = 0; request < 20; request++) concurrency.ended('tooMuch', 60, 80);
	expect(concurrency.limit).toBe(20);
	for (let request = 0; request < 20; request++) concurrency.ended('tooMuch', 80, 100);
	expect(concurrency.limit).toBe(10);
});

test('always allows one request, whatever fails', () => {
	const concurrency = new Concurrency();
	for (let at = 0; at < 1000; at += 20) {
		concurrency.started();
		concurrency.ended('tooMuch', at, at + 10);
	}
	expect(concurrency.limit).toBe(1);
});

test("a response about the item itself doesn't count", () => {
	const concurrency = new Concurrency();
	for (let at = 0; at < 1000; at += 20) {
		concurrency.started();
		concurrency.ended('nothing', at, at + 1);
	}
	expect(concurrency.limit).toBe(5);
});

test("unused capacity doesn't grow", () => {
	const concurrency = new Concurrency();
	for (let at = 0; at < 4000; at += 20) {
		concurrency.started();
		concurrency.ended('well', at, at + 20);
	}
	// With one at a time, nobody knows how ten would do.
	expect(concurrency.limit).toBe(5);
});

const latencies = [20, 200];

test.each(latencies)(
	'an unlimited API with responses after %i ms is soon used to the maximum',
	(latency) => {
		const { perSecond, last } = runOver({ latency });
		expect(perSecond[2] / best({ latency }, limits.mostAtOnce)).toBeGreaterThan(0.9);
		expect(last).toBe(limits.mostAtOnce);
	},
);

test.each([
	[1, 20],
	[1, 200],
	[10, 20],
	[10, 200],
	[20, 20],
	[20, 200],
])(
	'%i workers, responses after %i ms: all are always busy, and few requests queue',
	(workers, latency) => {
		const { part, last } = runOver(
			{ latency, queue: { workers, workMs: latency } },
			{ seconds: latency < 100 ? 20 : 120 },
		);
		expect(part).toBeGreaterThan(0.95);
		expect(last).toBeLessThanOrEqual(workers * 3 + 1);
	},
);

test.each([
	[3, 20],
	[3, 200],
	[30, 20],
	[30, 200],
])('%i at the same time, responses after %i ms: used, and rarely exceeded', (parallel, latency) => {
	const { part, tooMuch, perSecond } = runOver(
		{ latency, parallel },
		{ seconds: latency < 100 ? 20 : 60 },
	);
	expect(part).toBeGreaterThan(0.9);
	expect(tooMuch / sum(perSecond)).toBeLessThan(0.01);
});

test("one fault in a thousand doesn't keep it low", () => {
	const { part } = runOver({ latency: 200, faulty: 0.001 }, { seconds: 200 });
	expect(part).toBeGreaterThan(0.5);
});

test.each<[string, Network, number]>([
	['an outage of two seconds', { latency: 20, faulty: 1 }, 4],
	['answers that take ten times as long for two seconds', { latency: 200 }, 3],
	[
		'a server with two workers for two seconds',
		{ latency: 20, queue: { workers: 2, workMs: 20 } },
		4,
	],
])('recovers after %s', (_name, bad, until) => {
	const good = { latency: 20 };
	const networkAt = (at: number) => (at >= 2000 && at < 4000 ? bad : good);
	const { perSecond, tooMuch } = course(new Concurrency(), networkAt, 12, 1);
	expect(mean(perSecond.slice(4 + until))).toBeGreaterThan(0.9 * best(good, limits.mostAtOnce));
	expect(tooMuch).toBeLessThan(300);
});

test('grows even if responses become permanently slower', () => {
	const networkAt = (at: number) => ({ latency: at < 300 ? 20 : 200, faulty: 0 });
	const concurrency = new Concurrency();
	const { limits: limitsThen } = course(concurrency, networkAt, 60, 1);
	expect(limitsThen.at(-1)).toBe(limits.mostAtOnce);
});

test('with any API, uses it, and never above 100 or below 1', () => {
	const networks = fc.record({
		latency: fc.integer({ min: 5, max: 500 }),
		noise: fc.double({ min: 0, max: 0.4, noNaN: true }),
		workers: fc.option(fc.integer({ min: 1, max: 150 })),
		parallel: fc.option(fc.integer({ min: 1, max: 150 })),
	});
	const property = fc.property(
		networks,
		fc.integer({ min: 0, max: 2 ** 31 }),
		({ latency, noise, workers, parallel }, seed) => {
			const network: Network = {
				latency,
				noise,
				...(workers !== null && { queue: { workers, workMs: latency } }),
				...(parallel !== null && { parallel }),
			};
			// In a shorter run, one search for the right limit takes too large a part.
			const trips = 200;
			const seconds = Math.max(2, Math.ceil((trips * latency) / 1000));
			const { part, lowest, highest } = runOver(network, { seconds, from: seconds >> 1, seed });
			expect(lowest).toBeGreaterThanOrEqual(1);
			expect(highest).toBeLessThanOrEqual(100);
			expect(part).toBeGreaterThan(0.75);
		},
	);
	const found = { latency: 93, noise: 0.31737578800462024, workers: 6, parallel: null };
	fc.assert(property, { numRuns: 60, examples: [[found, 28]] });
});
