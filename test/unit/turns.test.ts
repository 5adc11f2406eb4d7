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
	await inTurns(jobs(60, lane), 4, async (job) => {
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

test('nothing to do', async () => {
	await expect(inTurns([], 5, async () => {})).resolves.toBeUndefined();
});
