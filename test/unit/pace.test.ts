import { sleep } from 'n8n-workflow';
import { limits } from '../../nodes/ClerkChat/requests/limits';
import { Pace } from '../../nodes/ClerkChat/requests/pace';

afterEach(() => jest.restoreAllMocks());

/** A sequence of numbers from 0 to 1 that is the same for the same seed. */
function randomFrom(seed: number): () => number {
	let state = seed;
	return () => {
		state = (state * 1_664_525 + 1_013_904_223) % 2 ** 32;
		return state / 2 ** 32;
	};
}

test.each(Array.from({ length: 30 }, (_, seed) => seed))(
	'whatever is answered, and in whatever order, nobody waits for ever (%i)',
	async (seed) => {
		jest.replaceProperty(limits, 'longestWait', 6);
		jest.replaceProperty(limits, 'firstWait', 2);
		jest.replaceProperty(limits, 'patience', 5_000);
		const random = randomFrom(seed);
		const workers = 1 + Math.floor(random() * 12);
		const pace = new Pace();
		let left = 60;
		const worker = async () => {
			while (left > 0) {
				await pace.turn();
				if (random() < 0.05) {
					pace.notUsed();
					continue;
				}
				const sentAt = Date.now();
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
		expect(left).toBeLessThanOrEqual(0);
	},
);

test('after the last success, patience comes to its end', async () => {
	jest.replaceProperty(limits, 'longestWait', 5);
	jest.replaceProperty(limits, 'patience', 20);
	const pace = new Pace();
	let tries = 0;
	do {
		tries++;
		await pace.turn();
	} while (pace.afterTooMany(1000, Date.now()));
	expect(tries).toBeGreaterThan(2);
});

test('cancelling ends every wait', async () => {
	const controller = new AbortController();
	const pace = new Pace(controller.signal);
	pace.afterTooMany(5_000, Date.now());
	const turns = Promise.all([pace.turn(), pace.turn(), pace.wait(5_000)]);
	controller.abort();
	await expect(turns).resolves.toBeDefined();
});

test('a learned limit is kept to for a while, then more is tried until it is too much', async () => {
	jest.replaceProperty(limits, 'cyclesBetweenTrials', 3);
	let now = 1_000_000;
	jest.spyOn(Date, 'now').mockImplementation(() => now);
	const pace = new Pace();
	jest.spyOn(pace, 'wait').mockImplementation(async (ms) => {
		now += ms;
	});
	const perWindow = new Map<number, number>();
	/** A server with windows of a second that begin with their first request; gives how many went through in each. */
	const send = async (messages: number, limit: number) => {
		const windows: number[] = [];
		let opened = -Infinity;
		for (let sent = 0; sent < messages; ) {
			await pace.turn();
			if (now >= opened + 1000) {
				opened = now;
				windows.push(0);
			}
			const sentAt = now;
			now += 1;
			if (windows.at(-1)! < limit) {
				windows[windows.length - 1]++;
				sent++;
				pace.passed(sentAt, true);
			} else {
				perWindow.set(windows.length, (perWindow.get(windows.length) ?? 0) + 1);
				pace.afterTooMany(1000, sentAt);
			}
		}
		return windows;
	};
	await send(200, 20);
	// The first window teaches the limit; after every three that held, one message is one too many.
	expect([...perWindow]).toEqual([
		[1, 1],
		[5, 1],
		[9, 1],
	]);
	const windows = await send(400, 100);
	expect(Math.max(...windows)).toBeGreaterThan(40);
});
