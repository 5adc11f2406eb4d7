import { sleep } from 'n8n-workflow';
import { limits } from '../../nodes/api/limits';
import { Pace } from '../../nodes/api/pace';

afterEach(() => jest.restoreAllMocks());

/** A sequence of numbers from 0 to 1 that is the same for the same seed. */
function randomFrom(seed: number): () => number {
	let state = seed;
	return () => {
		state = (state * 1_664_525 + 1_013_904_223) % 2 ** 32;
		return state / 2 ** 32;
	};
}

test('whatever is answered, and in whatever order, nobody waits for ever', async () => {
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

test('after the last success, patience comes to its end', async () => {
	jest.replaceProperty(limits, 'longestWait', 5);
	jest.replaceProperty(limits, 'patience', 20);
	const pace = new Pace();
	let now = 1000;
	jest.spyOn(performance, 'now').mockImplementation(() => now);
	jest.spyOn(pace.waits, 'wait').mockImplementation(async (ms) => void (now += ms));
	let tries = 0;
	do {
		tries++;
		await pace.turn();
	} while (pace.afterTooMany(8, now));
	// Each waits for 5 of the 8 ms that are asked for: at 0, 5 and 10 there is time for one more, at 15 there is not.
	expect(tries).toBe(4);
});

test("n8n's own batching: a wait after every so many requests", async () => {
	const pace = new Pace(undefined, { size: 2, intervalMs: 400 });
	let now = 1000;
	jest.spyOn(performance, 'now').mockImplementation(() => now);
	jest.spyOn(pace.waits, 'wait').mockImplementation(async (ms) => void (now += ms));
	const startedAt: number[] = [];
	for (let count = 0; count < 6; count++) {
		await pace.turn();
		startedAt.push(now - 1000);
		pace.passed(now, true);
	}
	expect(startedAt).toEqual([0, 0, 400, 400, 800, 800]);
});

test('what asks for a longer wait than patience lasts ends it at once', async () => {
	const pace = new Pace();
	await pace.turn();
	expect(pace.afterTooMany(limits.patience + 1000, performance.now())).toBe(false);
});

test('a clock that is set back makes no pause longer', async () => {
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

test('a Retry-After that asks for no wait is answered with a wait that grows', async () => {
	const pace = new Pace();
	const waits: number[] = [];
	jest.spyOn(pace.waits, 'wait').mockImplementation(async (ms) => void waits.push(ms));
	const now = jest.spyOn(performance, 'now').mockReturnValue(1_000_000);
	for (let time = 1_000_000; waits.length < 3; time += 40_000) {
		now.mockReturnValue(time);
		pace.afterTooMany(0, time);
		const turn = pace.turn();
		now.mockReturnValue(time + 35_000);
		await turn;
	}
	expect(waits[0]).toBeGreaterThanOrEqual(limits.firstWait * 0.75);
	expect(waits[2]).toBeGreaterThan(waits[0] * 2);
});

test('several 429 to requests that were on their way together make the guessed wait grow once', async () => {
	const pace = new Pace();
	const wait = jest.spyOn(pace.waits, 'wait').mockResolvedValue();
	const now = jest.spyOn(performance, 'now').mockReturnValue(1_000_000);
	for (let request = 0; request < 3; request++) await pace.turn();
	for (let answer = 1; answer <= 3; answer++) {
		now.mockReturnValue(1_000_000 + answer);
		pace.afterTooMany(undefined, 1_000_000);
	}
	wait.mockImplementation(async () => void now.mockReturnValue(1_100_000));
	await pace.turn();
	expect(wait).toHaveBeenCalledTimes(1);
	expect(wait.mock.calls[0][0]).toBeLessThanOrEqual(limits.firstWait);
});

test('what went through while another was told that it was too many belongs to the limit that is learned', async () => {
	const pace = new Pace();
	const now = jest.spyOn(performance, 'now').mockReturnValue(1_000_000);
	const wait = jest.spyOn(pace.waits, 'wait').mockImplementation(async (ms) => {
		now.mockReturnValue(performance.now() + ms);
	});
	for (let request = 0; request < 3; request++) await pace.turn();
	now.mockReturnValue(1_000_010);
	pace.passed(1_000_000, true);
	pace.afterTooMany(1000, 1_000_000);
	pace.passed(1_000_000, true);
	for (let request = 0; request < 2; request++) {
		await pace.turn();
		pace.passed(performance.now(), true);
	}
	expect(wait).toHaveBeenCalledTimes(1);
	await pace.turn();
	expect(wait).toHaveBeenCalledTimes(2);
});

test.each(['cancelling', 'stopping'])('%s ends every wait, and nobody gets a turn', async (how) => {
	const controller = new AbortController();
	const pace = new Pace(controller.signal);
	pace.afterTooMany(5_000, performance.now());
	const turns = Promise.all([pace.turn(), pace.turn(), pace.waits.wait(5_000)]);
	if (how === 'cancelling') controller.abort();
	else pace.waits.stop();
	await expect(turns).resolves.toEqual([false, false, undefined]);
	await expect(pace.turn()).resolves.toBe(false);
});

/** A server whose windows begin with their first request, and a clock that only moves when it says so. */
class LimitedServer {
	private now = 1_000_000;

	private opened = -Infinity;

	/** How long (ms) a window is by this clock. */
	windowMs = 1000;

	/** How many went through in each window. */
	windows: number[] = [];

	/** In which windows a request was turned away. */
	tooMany: number[] = [];

	constructor(private readonly pace: Pace) {
		jest.spyOn(performance, 'now').mockImplementation(() => this.now);
		jest.spyOn(pace.waits, 'wait').mockImplementation(async (ms) => void (this.now += ms));
	}

	/**
	 * Sends messages one after the other.
	 * @param leaving how long (ms) each takes from its turn until it arrives
	 */
	async take(messages: number, limit: number, leaving: (index: number) => number = () => 0) {
		for (let index = 0, left = messages; left > 0; index++) {
			await this.pace.turn();
			const sentAt = this.now;
			this.now += leaving(index);
			if (this.now >= this.opened + this.windowMs) {
				this.opened = this.now;
				this.windows.push(0);
			}
			this.now += 1;
			if (this.windows.at(-1)! < limit) {
				this.windows[this.windows.length - 1]++;
				left--;
				this.pace.passed(sentAt, true);
			} else {
				this.tooMany.push(this.windows.length);
				this.pace.afterTooMany(1000, sentAt);
			}
		}
	}
}

test('a learned limit is kept to; a little more is tried soon, and rarely once the same was found twice', async () => {
	const server = new LimitedServer(new Pace());
	await server.take(700, 20);
	expect(server.tooMany).toEqual([1, 5, 26]);
});

test('what a limit has more than before is taken up in a few cycles', async () => {
	const server = new LimitedServer(new Pace());
	await server.take(60, 20);
	server.windows = [];
	await server.take(1000, 100);
	const full = server.windows.findIndex((taken) => taken > 90);
	expect(full).toBeGreaterThan(0);
	expect(full).toBeLessThan(12);
});

test('a server whose clock is a little slower turns nobody away once its limit is learned', async () => {
	const server = new LimitedServer(new Pace());
	server.windowMs = 1004;
	await server.take(200, 20);
	expect(server.tooMany).toEqual([1, 5]);
});

test('a request that leaves late makes the next window no shorter', async () => {
	const server = new LimitedServer(new Pace());
	await server.take(200, 20, (index) => (index % 40 === 21 ? 40 : 0));
	expect(server.tooMany).toEqual([1, 5]);
});
