import { sleep } from 'n8n-workflow';
import { limits } from '../../nodes/api/limits';
import { Pace } from '../../nodes/api/pace';
import { randomFrom } from './network';

afterEach(() => jest.restoreAllMocks());

/** A pace on a clock that only moves while it waits; `at` is the time since the beginning. */
function madeUp(batch?: { size: number; intervalMs: number }) {
	const pace = new Pace(undefined, batch);
	const begin = 1_000_000;
	const clock = { at: 0 };
	jest.spyOn(performance, 'now').mockImplementation(() => begin + clock.at);
	const wait = jest.spyOn(pace.waits, 'wait');
	wait.mockImplementation(async (ms) => void (clock.at += ms));
	return { pace, clock, wait, begin };
}

test('no request waits forever, for any responses in any order', async () => {
	jest.replaceProperty(limits, 'longestWait', 6);
	jest.replaceProperty(limits, 'firstWait', 2);
	jest.replaceProperty(limits, 'patience', 5_000);
	const play = async (seed: number) => {
		const random = randomFrom(seed);
		const workers = 1 + Math.floor(random() * 12);
		const pace = new Pace();
		let left = 60;
		const worker = async () => {
			while (left > 0) {
				await pace.turn();
				const sentAt = performance.now();
				await sleep(random() * 4);
				if (random() < 0.3) {
					const asked = random() < 0.7 ? 1000 : undefined;
					expect(pace.afterTooMany(asked, sentAt)).toBe(true);
				} else {
					pace.passed(sentAt, random() < 0.8);
					left--;
				}
			}
		};
		await Promise.all(Array.from({ length: workers }, worker));
		return left;
	};
	// All at once: most of the time is waiting.
	const left = await Promise.all(Array.from({ length: 30 }, async (_, seed) => await play(seed)));
	expect(Math.max(...left)).toBeLessThanOrEqual(0);
});

test('gives up some time after the last success', async () => {
	jest.replaceProperty(limits, 'longestWait', 5);
	jest.replaceProperty(limits, 'patience', 20);
	const { pace } = madeUp();
	let tries = 0;
	do {
		tries++;
		await pace.turn();
	} while (pace.afterTooMany(8, performance.now()));
	// Each waits for 5 of the 8 ms that are asked for: at 0, 5 and 10 there is time for one more, at 15 there is not.
	expect(tries).toBe(4);
});

test("n8n's own batching: a wait after each batch of requests", async () => {
	const { pace, clock } = madeUp({ size: 2, intervalMs: 400 });
	const startedAt: number[] = [];
	for (let count = 0; count < 6; count++) {
		await pace.turn();
		startedAt.push(clock.at);
		pace.passed(performance.now(), true);
	}
	expect(startedAt).toEqual([0, 0, 400, 400, 800, 800]);
});

test('a wait longer than the maximum ends the run at once', async () => {
	const pace = new Pace();
	await pace.turn();
	expect(pace.afterTooMany(limits.patience + 1000, performance.now())).toBe(false);
});

test("setting the clock back doesn't lengthen pauses", async () => {
	const pace = new Pace();
	const waits: number[] = [];
	jest.spyOn(pace.waits, 'wait').mockImplementation(async (ms) => {
		waits.push(ms);
		pace.waits.stop();
	});
	jest.spyOn(Date, 'now').mockReturnValue(2_000_000_000_000);
	await pace.turn();
	pace.afterTooMany(1000, performance.now());
	jest.spyOn(Date, 'now').mockReturnValue(1_000_000_000_000);
	await pace.turn();
	expect(waits).toHaveLength(1);
	expect(waits[0]).toBeLessThanOrEqual(1000);
});

test('its own pauses do not count as time without success', async () => {
	jest.replaceProperty(limits, 'patience', 50);
	const pace = new Pace(undefined, { size: 1, intervalMs: 100 });
	await pace.turn();
	pace.passed(performance.now(), true);
	await pace.turn();
	expect(pace.afterTooMany(10, performance.now())).toBe(true);
});

test('a Retry-After of zero leads to increasing waits', async () => {
	const { pace, wait } = madeUp();
	for (let request = 0; request < 3; request++) {
		pace.afterTooMany(0, performance.now());
		await pace.turn();
	}
	const waits = wait.mock.calls.map(([ms]) => ms);
	expect(waits[0]).toBeGreaterThanOrEqual(limits.firstWait * 0.75);
	expect(waits[2]).toBeGreaterThan(waits[0] * 2);
});

test('several 429s to requests in flight together increase the guessed wait once', async () => {
	const { pace, clock, wait, begin } = madeUp();
	for (let request = 0; request < 3; request++) await pace.turn();
	for (clock.at = 1; clock.at <= 3; clock.at++) pace.afterTooMany(undefined, begin);
	await pace.turn();
	expect(wait).toHaveBeenCalledTimes(1);
	expect(wait.mock.calls[0][0]).toBeLessThanOrEqual(limits.firstWait);
});

test('requests accepted while another got a 429 count for the learned limit', async () => {
	const { pace, clock, wait, begin } = madeUp();
	for (let request = 0; request < 3; request++) await pace.turn();
	clock.at = 10;
	pace.passed(begin, true);
	pace.afterTooMany(1000, begin);
	pace.passed(begin, true);
	for (let request = 0; request < 2; request++) {
		await pace.turn();
		pace.passed(performance.now(), true);
	}
	expect(wait).toHaveBeenCalledTimes(1);
	await pace.turn();
	expect(wait).toHaveBeenCalledTimes(2);
});

test("a request that starts late doesn't shorten the next window", async () => {
	const { pace, clock, begin } = madeUp();
	const send = async (leaving = 0) => {
		await pace.turn();
		const sentAt = performance.now();
		clock.at += leaving + 1;
		pace.passed(sentAt, true);
	};
	await send();
	await send();
	pace.afterTooMany(1000, begin);
	// The window begins when the first request arrives, and two are known to fit into it.
	await send(40);
	const began = clock.at - 1;
	await send();
	await pace.turn();
	expect(clock.at - began).toBeGreaterThanOrEqual(1000);
});

test.each(['cancelling', 'stopping'])(
	'%s ends all waits, and nothing more is started',
	async (how) => {
		const controller = new AbortController();
		const pace = new Pace(controller.signal);
		pace.afterTooMany(5_000, performance.now());
		const turns = Promise.all([pace.turn(), pace.turn(), pace.waits.wait(5_000)]);
		if (how === 'cancelling') controller.abort();
		else pace.waits.stop();
		await expect(turns).resolves.toEqual([false, false, undefined]);
		await expect(pace.turn()).resolves.toBe(false);
	},
);
