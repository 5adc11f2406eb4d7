/* eslint-disable @n8n/community-nodes/no-restricted-imports -- runs on a developer's machine, not inside n8n */
import { setTimeout as wait } from 'node:timers/promises';
import {
	SECOND,
	MINUTE,
	HOUR,
	START,
	bodies,
	clock,
	emptyRecord,
	host,
	pass,
	poll,
	polls,
	publishAndPoll,
	record,
	text,
	use,
} from './polling';

/* n8n's scheduler with durable cursors: it saves the position and the execution together, or neither. */

beforeEach(() => void (host.isDurable = true));

test('returns each text once, even after restarts', async () => {
	text('old', {}, START - MINUTE);
	await host.publish();
	for (let count = 0; count < 10; count++) {
		text(String(count), {}, clock + 1000);
		await poll();
		if (count % 3 === 0) await host.restart();
	}
	await poll();
	expect(bodies()).toEqual(Array.from({ length: 10 }, (_, count) => String(count)));
});

test('polls that start from the same position return their items once', async () => {
	await publishAndPoll();
	const { cursor } = host;
	text('once');
	await poll();
	const moved = host.cursor;
	for (let polls = 0; polls < 3; polls++) {
		pass(SECOND);
		await host.scheduledTick(cursor);
	}
	host.cursor = moved;
	text('later');
	await poll();
	expect(bodies()).toEqual(['once', 'later']);
});

test('the first polls after publishing, too', async () => {
	await host.publish();
	text('once', {}, clock + 1000);
	pass(MINUTE);
	await host.scheduledTick('{}');
	await host.scheduledTick('{}');
	expect(bodies()).toEqual(['once']);
});

test("a later poll returns what n8n didn't get to save", async () => {
	await publishAndPoll();
	text('lost at first');
	host.commitFails = true;
	await poll();
	expect(bodies()).toEqual([]);
	host.commitFails = false;
	await poll();
	expect(bodies()).toEqual(['lost at first']);
});

test.each([401, 403])("%s: n8n doesn't stop polling for half an hour", async (status) => {
	await publishAndPoll();
	record.fault = () => status;
	await polls(10);
	expect(host.failures).toHaveLength(1);
	expect(host.failures[0]).toMatchObject({ failure: { cause: 'temporarily-unavailable' } });
	text('meanwhile');
	record.fault = () => undefined;
	await poll();
	expect(bodies()).toEqual(['meanwhile']);
});

test('after an edit that makes the key fail, the first poll shows it', async () => {
	await publishAndPoll();
	record.fault = () => 401;
	await poll();
	host.apiKey = 'another-wrong-key';
	await polls(2);
	expect(host.failures).toHaveLength(2);
});

test("two team changes in a row: the poll right after a team's first text counts", async () => {
	text('old', {}, START - MINUTE);
	await host.publish();
	await poll(0.1 * MINUTE);
	for (const body of ['b', 'c']) {
		use(emptyRecord(), host.apiKey + body);
		await poll(0.1 * MINUTE);
		pass(SECOND);
		record.add({ body });
		await poll((body === 'b' ? 0.1 : 1) * MINUTE);
	}
	expect(bodies()).toEqual(['b', 'c']);
});

describe('killed between publishing and the first poll', () => {
	test('texts received in between are returned', async () => {
		text('old', {}, START - MINUTE);
		await host.publish();
		text('in between', {}, clock + 1000);
		pass(5 * MINUTE);
		await host.restart();
		await poll();
		expect(bodies()).toEqual(['in between']);
	});

	test('texts received while it was off for long start nothing', async () => {
		await publishAndPoll();
		host.unpublish();
		text('while it was off', {}, clock + MINUTE);
		pass(HOUR);
		await host.restart();
		await host.publish();
		text('in between', {}, clock + 1000);
		pass(MINUTE);
		await host.restart();
		await polls(2);
		expect(bodies()).toEqual(['in between']);
	});
});

test('published again within ten minutes, continues where it was', async () => {
	await publishAndPoll();
	text('first');
	host.unpublish();
	pass(5 * MINUTE);
	await publishAndPoll();
	expect(bodies()).toEqual(['first']);
});

test('a poll ends within its budget, and the next one continues from there', async () => {
	await publishAndPoll({ options: { answerQuestions: false } });
	for (let count = 0; count < 3_000; count++) {
		text(String(count), {}, clock + count * 100);
	}
	pass(20 * MINUTE);
	record.onRequest = async () => {
		await wait(10);
	};
	host.budgetMs = 300;
	let most = 0;
	for (let polls = 0; polls < 40; polls++) {
		const before = record.requests.length;
		await poll();
		most = Math.max(most, record.requests.length - before);
	}
	expect(most).toBeLessThan(40);
	expect(new Set(bodies()).size).toBe(3_000);
	expect(bodies()).toHaveLength(3_000);
});
