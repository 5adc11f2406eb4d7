/* eslint-disable @n8n/community-nodes/no-restricted-globals -- runs on a developer's machine, not inside n8n */
import type { IDataObject } from 'n8n-workflow';
import { HOUR, clock, host, pass, poll, record } from './polling';

/*
 * The polling trigger in a large team: it misses nothing, and its saved state stays small. POLLING_DAYS=30 simulates a
 * month, POLLING_TEXTS=50000 a longer backlog.
 */

const DAYS = Number(process.env.POLLING_DAYS ?? 2);
const TEXTS = Number(process.env.POLLING_TEXTS ?? 11_000);

/** Prints figures for docs/benchmarks.md if more was requested than the tests need. */
function told(figures: string): void {
	const { POLLING_DAYS, POLLING_TEXTS } = process.env;
	if (POLLING_DAYS !== undefined || POLLING_TEXTS !== undefined)
		process.stdout.write(`${figures}\n`);
}

test('1,000 texts a day, some of which fail: returns each failure once', async () => {
	host.parameters = { events: ['message.failed'], options: { watchStatusHours: 24 } };
	await host.publish();
	const failed: unknown[] = [];
	const later: Array<{ entry: IDataObject; at: number; status: string }> = [];
	let largest = 0;
	for (let hours = 0; hours < DAYS * 24; hours++) {
		for (let each = 0; each < 42; each++) {
			const at = clock + 1_000 + each * 60_000;
			const entry = record.add(
				{ inbound: false, status: 'sent', id: 80_000_000 + hours * 5_000 + each * 7 },
				{ at },
			);
			if (each % 20 === 0) failed.push(entry.id);
			const status = each % 20 === 0 ? 'failed' : 'delivered';
			// One in three never reports its final status.
			if (each % 3 !== 1 || status === 'failed') {
				later.push({ entry, at: clock + HOUR * (1 + (each % 11)), status });
			}
		}
		pass(HOUR);
		for (const { entry, at, status } of later)
			if (at <= clock && entry.status === 'sent') record.update(entry, { status });
		while (later.length > 0 && later[0].entry.status !== 'sent') later.shift();
		await host.tick();
		largest = Math.max(largest, host.saved.length);
	}
	for (let hours = 0; hours < 14; hours++) {
		for (const { entry, status } of later)
			if (entry.status === 'sent') record.update(entry, { status });
		await poll(HOUR);
	}
	const out = host.out().map(({ id }) => id);
	expect(out).toHaveLength(failed.length);
	expect(new Set(out)).toEqual(new Set(failed));
	expect(largest).toBeLessThan(20_000);
	told(
		`${DAYS} days: ${out.length} failures, ${record.requests.length} requests, at most ${largest} bytes saved`,
	);
}, 300_000);

test('saves at most 300 kB in total', async () => {
	const options = { firstOnlyHours: 48, quietSeconds: 600, watchStatusHours: 24 };
	host.parameters = {
		events: ['message.received', 'message.failed'],
		options: { answerQuestions: false, ...options },
	};
	await host.publish();
	for (let each = 0; each < 20_000; each++) {
		record.add(
			{ inbound: false, status: 'sent', id: 80_000_000 + each * 13 },
			{ at: clock + 1_000 + each * 150 },
		);
	}
	pass(HOUR);
	let largest = 0;
	const pollsOf = async (count: number) => {
		for (let each = 0; each < count; each++) {
			await poll();
			largest = Math.max(largest, host.saved.length);
		}
	};
	await pollsOf(8);
	for (let each = 0; each < 5_000; each++) {
		const conversationId = `00000000-0000-4000-8000-${String(each).padStart(12, '0')}`;
		record.add({ conversationId, body: 'x'.repeat(300) }, { at: clock + each * 10 });
	}
	await pollsOf(15);
	expect(host.out()).toHaveLength(5_000);
	expect(largest).toBeLessThan(300_000);
}, 300_000);

test('returns a long backlog, each text once, about 5,000 per poll', async () => {
	host.parameters = { options: { answerQuestions: false } };
	await host.publish();
	await host.tick();
	for (let each = 0; each < TEXTS; each++) record.add({}, { at: clock + each * 10_000 });
	pass(TEXTS * 10_000);
	await host.restart();
	let polls = 0;
	for (; host.out().length < TEXTS && polls < TEXTS / 1_000; polls++) {
		await poll();
	}
	const ids = host.out().map(({ id }) => id);
	expect(ids).toHaveLength(TEXTS);
	expect(new Set(ids).size).toBe(TEXTS);
	expect(polls).toBeLessThan(TEXTS / 3_000);
	expect(host.saved.length).toBeLessThan(100_000);
	told(
		`${TEXTS} texts: ${polls} polls, ${record.requests.length} requests, at the end ${host.saved.length} bytes saved`,
	);
}, 300_000);
