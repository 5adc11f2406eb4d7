/* eslint-disable @n8n/community-nodes/no-restricted-imports -- runs on a developer's machine, not inside n8n */
import { setTimeout as wait } from 'node:timers/promises';
import { FakeRecord } from './fakeRecord';
import { PollingHost } from './pollingHost';

/* n8n's scheduler with durable cursors: position and execution are saved together, or neither is. */

const MINUTE = 60_000;
const START = Date.parse('2026-05-01T12:00:00.000Z');

let clock: number;
let record: FakeRecord;
let host: PollingHost;

beforeEach(() => {
	clock = START;
	jest.spyOn(Date, 'now').mockImplementation(() => clock);
	record = new FakeRecord(() => clock);
	host = new PollingHost(record);
	host.isDurable = true;
});

afterEach(() => jest.restoreAllMocks());

async function nextTick(minutes = 1): Promise<void> {
	clock += minutes * MINUTE;
	await host.scheduledTick();
}

const bodies = () => host.out().map(({ body }) => body);

test('each text comes out once, also after restarts', async () => {
	record.add({ body: 'old' }, { at: START - MINUTE });
	await host.publish();
	for (let count = 0; count < 10; count++) {
		record.add({ body: String(count) }, { at: clock + 1000 });
		await nextTick();
		if (count % 3 === 0) await host.restart();
	}
	await nextTick();
	expect(bodies()).toEqual(Array.from({ length: 10 }, (_, count) => String(count)));
});

test('polls that begin from the same position give their items out once', async () => {
	await host.publish();
	await nextTick();
	const { cursor } = host;
	record.add({ body: 'once' });
	await nextTick();
	const moved = host.cursor;
	for (let polls = 0; polls < 3; polls++) {
		clock += 1000;
		await host.scheduledTick(cursor);
	}
	host.cursor = moved;
	record.add({ body: 'later' });
	await nextTick();
	expect(bodies()).toEqual(['once', 'later']);
});

test('the first polls after publishing, too', async () => {
	await host.publish();
	record.add({ body: 'once' }, { at: clock + 1000 });
	clock += MINUTE;
	await host.scheduledTick('{}');
	await host.scheduledTick('{}');
	expect(bodies()).toEqual(['once']);
});

test('what n8n did not get to save comes out at a later poll', async () => {
	await host.publish();
	await nextTick();
	record.add({ body: 'lost at first' });
	host.commitFails = true;
	await nextTick();
	expect(bodies()).toEqual([]);
	host.commitFails = false;
	await nextTick();
	expect(bodies()).toEqual(['lost at first']);
});

test.each([401, 403])('%s: n8n does not stop polling for half an hour', async (status) => {
	await host.publish();
	await nextTick();
	record.fault = () => status;
	for (let polls = 0; polls < 10; polls++) await nextTick();
	expect(host.failures).toHaveLength(1);
	expect(host.failures[0]).toMatchObject({ failure: { cause: 'temporarily-unavailable' } });
	record.add({ body: 'meanwhile' });
	record.fault = () => undefined;
	await nextTick();
	expect(bodies()).toEqual(['meanwhile']);
});

test('after an edit that makes the key fail, the first poll shows it', async () => {
	await host.publish();
	await nextTick();
	record.fault = () => 401;
	await nextTick();
	host.apiKey = 'another-wrong-key';
	await nextTick();
	await nextTick();
	expect(host.failures).toHaveLength(2);
});

test('another team, and soon another one: the poll right after the first text of a team counts', async () => {
	record.add({ body: 'old' }, { at: START - MINUTE });
	await host.publish();
	await nextTick(0.1);
	for (const body of ['b', 'c']) {
		host.record = record = new FakeRecord(() => clock);
		host.apiKey += body;
		await nextTick(0.1);
		clock += 1000;
		record.add({ body });
		await nextTick(body === 'b' ? 0.1 : 1);
	}
	expect(bodies()).toEqual(['b', 'c']);
});

describe('killed between publishing and the first poll', () => {
	test('what came in between comes out', async () => {
		record.add({ body: 'old' }, { at: START - MINUTE });
		await host.publish();
		record.add({ body: 'in between' }, { at: clock + 1000 });
		clock += 5 * MINUTE;
		await host.restart();
		await nextTick();
		expect(bodies()).toEqual(['in between']);
	});

	test('after it was off for a while, what came then starts nothing', async () => {
		await host.publish();
		await nextTick();
		host.unpublish();
		record.add({ body: 'while it was off' }, { at: clock + MINUTE });
		clock += 60 * MINUTE;
		await host.restart();
		await host.publish();
		record.add({ body: 'in between' }, { at: clock + 1000 });
		clock += MINUTE;
		await host.restart();
		await nextTick();
		await nextTick();
		expect(bodies()).toEqual(['in between']);
	});
});

test('published anew within ten minutes it goes on where it was', async () => {
	await host.publish();
	await nextTick();
	record.add({ body: 'first' });
	host.unpublish();
	clock += 5 * MINUTE;
	await host.publish();
	await nextTick();
	expect(bodies()).toEqual(['first']);
});

test('a poll ends within its budget, and the next one goes on there', async () => {
	host.parameters = { options: { answerQuestions: false } };
	await host.publish();
	await nextTick();
	for (let count = 0; count < 3_000; count++) {
		record.add({ body: String(count) }, { at: clock + count * 100 });
	}
	clock += 20 * MINUTE;
	record.onRequest = async () => {
		await wait(10);
	};
	host.budgetMs = 300;
	let most = 0;
	for (let polls = 0; polls < 40; polls++) {
		const before = record.requests.length;
		await nextTick();
		most = Math.max(most, record.requests.length - before);
	}
	expect(most).toBeLessThan(40);
	expect(new Set(bodies()).size).toBe(3_000);
	expect(bodies()).toHaveLength(3_000);
});
