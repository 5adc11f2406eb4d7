import { sleep } from 'n8n-workflow';
import { inTurns } from '../../nodes/api/turns';

const jobs = (count: number, lane: (index: number) => string | undefined) =>
	Array.from({ length: count }, (_, index) => ({ index, lane: lane(index) }));

test.each([
	['no lanes', () => undefined, 4],
	['one lane', () => 'a', 1],
	['three lanes', (index: number) => 'abc'[index % 3], 3],
	['lanes of very different length', (index: number) => (index < 20 ? 'a' : String(index)), 4],
])('%s: every job once, lanes in order, never more than allowed', async (_name, lane, peak) => {
	const done: number[] = [];
	let running = 0;
	let most = 0;
	const busy = new Set<string>();
	await inTurns(jobs(60, lane), { limit: 4 }, async (job) => {
		if (job.lane !== undefined) {
			expect(busy.has(job.lane)).toBe(false);
			busy.add(job.lane);
		}
		most = Math.max(most, ++running);
		await sleep(Math.random() * 2);
		running--;
		done.push(job.index);
		if (job.lane !== undefined) busy.delete(job.lane);
	});
	expect([...done].sort((a, b) => a - b)).toEqual(Array.from({ length: 60 }, (_, index) => index));
	for (const key of new Set(jobs(60, lane).map((job) => job.lane))) {
		if (key === undefined) continue;
		const order = done.filter((index) => lane(index) === key);
		expect(order).toEqual([...order].sort((a, b) => a - b));
	}
	expect(most).toBe(peak);
});

test('a changed limit applies from the next job', async () => {
	const atOnce = { limit: 1 };
	const peaks: number[] = [];
	let running = 0;
	await inTurns(
		jobs(60, () => undefined),
		atOnce,
		async ({ index }) => {
			running++;
			await sleep(1);
			peaks.push(running);
			if (index === 10) atOnce.limit = 8;
			if (index === 40) atOnce.limit = 2;
			running--;
		},
	);
	expect(Math.max(...peaks.slice(0, 10))).toBe(1);
	expect(Math.max(...peaks)).toBe(8);
	expect(Math.max(...peaks.slice(-5))).toBe(2);
});

test('10,000 empty jobs', async () => {
	let done = 0;
	await inTurns(
		jobs(10_000, () => undefined),
		{ limit: 100 },
		async () => void done++,
	);
	expect(done).toBe(10_000);
});

test("throws a job's exception", async () => {
	const failing = inTurns(
		jobs(3, () => undefined),
		{ limit: 1 },
		async () => {
			throw new Error('broken');
		},
	);
	await expect(failing).rejects.toThrow('broken');
});

test.each([1, 3])('after one has thrown, starts no more (%i at a time)', async (limit) => {
	const started: number[] = [];
	const failing = inTurns(
		jobs(20, () => undefined),
		{ limit },
		async ({ index }) => {
			started.push(index);
			await sleep(index === 4 ? 1 : 5);
			if (index === 4) throw new Error('broken');
		},
	);
	await expect(failing).rejects.toThrow('broken');
	const before = started.length;
	await sleep(60);
	expect(started).toHaveLength(before);
	expect(before).toBeLessThanOrEqual(4 + limit + 1);
});

test('waits for running jobs when one throws', async () => {
	let ended = 0;
	const failing = inTurns(
		jobs(3, () => undefined),
		{ limit: 3 },
		async ({ index }) => {
			if (index === 0) throw new Error('broken');
			await sleep(10);
			ended++;
		},
	);
	await expect(failing).rejects.toThrow('broken');
	expect(ended).toBe(2);
});

test('nothing to do', async () => {
	await expect(inTurns([], { limit: 5 }, async () => {})).resolves.toBeUndefined();
});
