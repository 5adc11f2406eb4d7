import type { IDataObject } from 'n8n-workflow';
import {
	SECOND,
	MINUTE,
	HOUR,
	START,
	bodies,
	clock,
	edit,
	host,
	pass,
	poll,
	polls,
	publish,
	publishAndPoll,
	publishAnew,
	record,
	requestsOfPoll,
	sent,
	setClock,
	text,
} from './polling';

/* The polling trigger as n8n runs it: what it returns, when it fails, and what it requests. */

const refused = new Error('connect ECONNREFUSED 127.0.0.1:80');

describe('publishing', () => {
	test('starts nothing for existing messages, and starts for each new one', async () => {
		text('an hour ago', {}, START - HOUR);
		text('just now', {}, START - 500);
		await host.publish();
		expect(host.executions).toEqual([]);
		text('right after', {}, START + 100);
		await poll();
		expect(bodies()).toEqual(['right after']);
		await poll();
		expect(bodies()).toHaveLength(1);
	});

	test("returns messages as in the API's response, oldest first", async () => {
		await publish({ simplify: false });
		const first = text('one');
		pass(SECOND);
		const second = record.add({ body: 'two', somethingElse: [1] });
		await poll();
		expect(host.executions).toHaveLength(1);
		expect(host.executions[0]).toEqual([[{ json: first }, { json: second }], []]);
	});

	test.each([
		[401, "Clerk Chat doesn't accept the API key"],
		[403, 'This API key is not allowed to do that'],
		[404, "Check 'Base URL' in the credential"],
	])('reports a wrong key or address: %s', async (status, words) => {
		record.fault = () => status;
		await expect(host.publish()).rejects.toThrow(words);
		expect(host.staticData()).toEqual({});
		await expect(host.publish()).rejects.toThrow(words);
	});

	test('reports a missing credential', async () => {
		host.credentialError = new Error('Credential with ID "1" does not exist');
		await expect(host.publish()).rejects.toThrow('does not exist');
	});

	test.each([
		['is down', () => refused],
		['is in trouble', () => 500],
	])(
		'works while the API %s: new messages start the workflow',
		async (_, fault) => {
			text('before', {}, START - MINUTE);
			record.fault = fault;
			await host.publish();
			expect(host.isOn).toBe(true);
			expect(host.logged).toHaveLength(1);
			pass(SECOND);
			text('meanwhile');
			pass(3 * 24 * HOUR);
			await host.restart();
			record.fault = () => undefined;
			await poll();
			expect(bodies()).toEqual(['meanwhile']);
		},
		20_000,
	);

	test('again continues where it was, unless it was off for a while', async () => {
		await publishAndPoll();
		text('between two polls');
		await publishAndPoll();
		expect(bodies()).toEqual(['between two polls']);
		host.unpublish();
		pass(HOUR);
		text('while it was off');
		pass(HOUR);
		await publishAndPoll();
		expect(bodies()).toEqual(['between two polls']);
	});

	test('with other inboxes starts over', async () => {
		await host.publish();
		pass(MINUTE);
		text('elsewhere', { inboxId: 'b' });
		host.parameters = { filters: { inboxIds: ['b'] } };
		pass(MINUTE);
		await host.publish('update');
		await poll();
		text('later', { inboxId: 'b' });
		await poll();
		expect(bodies()).toEqual(['later']);
	});
});

describe('when n8n starts', () => {
	test.each(['init', 'leadershipChange'] as const)('nothing can fail (%s)', async (mode) => {
		await host.publish();
		record.fault = () => 401;
		host.credentialError = new Error('gone');
		await host.publish(mode);
		expect(host.isOn).toBe(true);
	});

	test('messages received while it was down are returned, once', async () => {
		await publish();
		text('first');
		await poll();
		pass(MINUTE);
		text('second');
		pass(24 * HOUR);
		await host.restart();
		await poll();
		await host.restart();
		await poll();
		expect(bodies()).toEqual(['first', 'second']);
	});
});

describe('a poll that fails', () => {
	test('is reported once an hour per kind, and otherwise logged', async () => {
		await host.publish();
		record.fault = () => 500;
		await polls(59);
		expect(host.failures.map(({ message }) => message)).toEqual([
			"Clerk Chat couldn't handle the request because of an issue on its side",
		]);
		expect(host.logged).toHaveLength(59);
		record.fault = () => 401;
		await poll();
		expect(host.failures).toHaveLength(2);
		record.fault = () => 500;
		await polls(2);
		expect(host.failures).toHaveLength(3);
		expect(host.logged.join()).not.toContain('a-secret-key');
	});

	test('loses nothing', async () => {
		await publish();
		text('during the outage');
		record.fault = () => 500;
		await polls(48, HOUR);
		record.fault = () => undefined;
		await poll();
		expect(bodies()).toEqual(['during the outage']);
	});
});

describe('a list that misbehaves', () => {
	/** Texts while n8n was down, a minute apart. */
	const hours = (count: number, lateBy = 0) => {
		for (let minutes = 0; minutes < count; minutes++) {
			pass(MINUTE);
			record.add({ body: String(minutes) }, { lateBy });
		}
	};
	const all = (count: number) => Array.from({ length: count }, (_, minutes) => String(minutes));

	test('repeats the same page: the rest is returned once it can be read', async () => {
		await host.publish();
		hours(120);
		let firstPage: IDataObject | undefined;
		record.distort = (body) => (firstPage ??= body);
		await host.tick();
		expect(host.out()).toHaveLength(50);
		record.distort = (body) => body;
		await poll();
		expect(bodies().sort()).toEqual(all(120).sort());
	});

	test('lags an hour behind: nothing is lost', async () => {
		await host.publish();
		for (let minutes = 0; minutes < 120; minutes++) {
			hours(1, HOUR);
			await host.tick();
		}
		await polls(70);
		expect(host.out()).toHaveLength(120);
	});

	test('is longer than the saved state can hold: no duplicates, and the newest are returned', async () => {
		await host.publish();
		pass(MINUTE);
		for (let count = 0; count < 6_000; count++) {
			const conversationId = String(count % 500);
			const sender = `+1415555${1000 + (count % 500)}`;
			const members = ['+14155550100', sender];
			record.add({ conversationId, sender, members }, { at: clock - 30_000 + count });
		}
		await host.tick();
		await poll();
		text('newest');
		await poll();
		expect(host.out()).toHaveLength(6_001);
		expect(Object.keys((host.staticData().position as IDataObject).seen as object)).toHaveLength(
			5_000,
		);
	});
});

describe("doesn't lose a text", () => {
	test('received while polls failed, if the workflow is then published again', async () => {
		await publishAndPoll();
		record.fault = () => 401;
		await polls(15);
		text('while the key was wrong');
		await poll();
		record.fault = () => undefined;
		await publishAnew();
		expect(bodies()).toEqual(['while the key was wrong']);
	});

	test('received while n8n was down, if the workflow is published again right after the start', async () => {
		await publishAndPoll();
		text('while n8n was down');
		pass(30 * MINUTE);
		await host.restart();
		await publishAnew();
		expect(bodies()).toEqual(['while n8n was down']);
	});

	// n8n 2.41 with N8N_POLLER_DURABLE_CURSORS_ENABLED: publishing saves nothing, and each poll has a context of its own.
	test("received after publishing, if n8n doesn't save what publishing stored", async () => {
		await host.publish();
		host.saved = '{}';
		pass(SECOND);
		text('right after');
		pass(MINUTE);
		await host.publish('update');
		await poll();
		expect(bodies()).toEqual(['right after']);
	});

	test('received while the record is read for the first time', async () => {
		record.onRequest = (request) => {
			if (request > 0) return;
			pass(5 * SECOND);
			text('meanwhile');
			pass(5 * SECOND);
		};
		await publishAndPoll();
		expect(bodies()).toEqual(['meanwhile']);
	});
});

test('starts nothing for texts received while it was off, if n8n kept the old state instead of what publishing stored', async () => {
	await publishAndPoll();
	host.unpublish();
	const { saved } = host;
	pass(30 * MINUTE);
	text('while it was off');
	pass(30 * MINUTE);
	await host.publish();
	host.saved = saved;
	pass(SECOND);
	text('right after');
	pass(MINUTE);
	await host.publish('update');
	await poll();
	expect(bodies()).toEqual(['right after']);
});

describe('polls that overlap', () => {
	test('one waits for the other, but not forever', async () => {
		await publish({ options: { answerQuestions: false } });
		text('once');
		let release = () => {};
		pass(MINUTE);
		let slow: Promise<void> | undefined;
		await new Promise<void>((underWay) => {
			record.onRequest = async () => {
				underWay();
				await new Promise<void>((resolve) => (release = resolve));
			};
			slow = host.tick();
		});
		record.onRequest = () => {};
		await poll();
		expect(record.requests).toHaveLength(3);
		await poll(5 * MINUTE);
		expect(record.requests).toHaveLength(4);
		expect(bodies()).toEqual(['once']);
		release();
		await slow;
		expect(bodies()).toEqual(['once']);
	});
});

describe('what it costs', () => {
	test.each([
		{ total: true, links: false },
		{ total: false, links: false },
		{ total: true, links: true },
		{ total: false, links: true },
	])('one request when nothing is new, even right after a restart (%j)', async (habits) => {
		Object.assign(record.habits, habits);
		await publish();
		// One of them to know the account by.
		expect(record.requests).toHaveLength(2);
		for (let count = 0; count < 40; count++) text(String(count));
		// The first text lets the trigger look back for questions, once.
		expect(await requestsOfPoll()).toBe(4);
		expect(host.out()).toHaveLength(40);
		expect(await requestsOfPoll()).toBe(1);
		pass(SECOND);
		text('one more');
		expect(await requestsOfPoll()).toBe(1);
		expect(await requestsOfPoll()).toBe(1);
		await host.restart();
		expect(await requestsOfPoll()).toBe(1);
	});

	test('requests the chosen inboxes, from a little before the newest message', async () => {
		host.parameters = { filters: { inboxIds: ['b', 'a, c'] } };
		await host.publish();
		pass(10 * MINUTE);
		record.add({ inboxId: 'b' });
		await poll();
		await poll(HOUR);
		expect(record.requests.at(-1)).toEqual({
			inboxIds: ['a', 'b', 'c'],
			limit: 50,
			page: 1,
			start: new Date(START + 5 * MINUTE).toISOString(),
		});
	});
});

describe('clocks', () => {
	test.each([-20 * MINUTE, 20 * MINUTE])(
		'a machine that is %d ms ahead loses nothing, and existing messages start nothing',
		async (ahead) => {
			jest.spyOn(Date, 'now').mockImplementation(() => clock + ahead);
			text('before', {}, START - MINUTE);
			record.fault = () => 500;
			await publish();
			record.fault = () => undefined;
			pass(SECOND);
			text('after');
			await poll();
			expect(bodies()).toEqual(['after']);
		},
	);

	test.each([
		[-3 * HOUR, 'message.received'],
		[-3 * HOUR, 'message.failed'],
		[3 * HOUR, 'message.received'],
		[3 * HOUR, 'message.failed'],
	])('one that is %d ms ahead requests no more and no less (%s)', async (ahead, event) => {
		jest.spyOn(Date, 'now').mockImplementation(() => clock + ahead);
		host.parameters = { events: [event] };
		await host.publish();
		pass(60 * HOUR);
		const newest = clock;
		record.add({ status: 'failed', inbound: event === 'message.received' });
		await poll();
		await poll(10 * MINUTE);
		expect(record.requests.at(-1)?.start).toBe(new Date(newest - 5 * MINUTE).toISOString());
		expect(host.out()).toHaveLength(1);
	});

	test('a message from the future delays nothing', async () => {
		await publish();
		record.add({ body: 'future' }, { at: clock + 24 * HOUR, lateBy: -24 * HOUR });
		await poll();
		for (let hours = 0; hours < 30; hours++) {
			text(String(hours));
			await poll(HOUR);
		}
		expect(bodies()).toHaveLength(31);
	});

	test.each([{}, { containsWords: 'hello' }])(
		'a message with objects in all its fields does not stop the polls (%j)',
		async (filters) => {
			const odd = { toString: 1 };
			const events = ['message.received', 'message.delivered', 'message.failed'];
			await publish({ events, filters });
			const others = { members: [odd], recipients: [odd], sender: odd, inboxId: odd };
			const times = { timestamp: odd, created: odd };
			record.habits.compares = 'updated';
			record.add({ id: odd, body: odd, conversationId: odd, status: odd, ...others, ...times });
			text('hello after it');
			await polls(3);
			expect(bodies()).toContain('hello after it');
		},
	);

	test('a message without a time is returned once', async () => {
		await publish();
		record.habits.compares = 'updated';
		record.add({ timestamp: null, created: null });
		await polls(20);
		expect(bodies()).toHaveLength(1);
	});
});

describe('fetching a test event', () => {
	test('returns the newest matching message, and changes nothing', async () => {
		text('older', {}, START - 2 * MINUTE);
		text('newer', {}, START - MINUTE);
		sent('sent', 'sent', START - 500);
		expect(await host.fetchTestEvent()).toMatchObject([[{ json: { body: 'newer' } }], []]);
		expect(record.requests).toHaveLength(1);
		expect(host.staticData()).toEqual({});
	});

	test.each([2 / 24, 2, 20])('looks back as far as needed (%d days)', async (days) => {
		text('long ago', {}, START - days * 24 * HOUR);
		expect(await host.fetchTestEvent()).toMatchObject([[{ json: { body: 'long ago' } }], []]);
	});

	test('says that there is none, and what to do', async () => {
		record.add({}, { at: START - 31 * 24 * HOUR });
		record.add({ inbound: false }, { at: START - MINUTE });
		await expect(host.fetchTestEvent()).rejects.toMatchObject({
			message: 'No message of the last 30 days would start this workflow',
			description: expect.stringContaining('Text your Clerk Chat number') as string,
		});
	});

	test('reports what is wrong with the key', async () => {
		record.fault = () => 401;
		await expect(host.fetchTestEvent()).rejects.toThrow("doesn't accept the API key");
	});

	test('checks the status if such an event is selected', async () => {
		host.parameters = { events: ['message.failed'] };
		sent('this', 'failed', START - 2 * MINUTE);
		sent('another', 'delivered', START - MINUTE);
		text('received', {}, START - MINUTE);
		expect(await host.fetchTestEvent()).toMatchObject([[{ json: { body: 'this' } }], []]);
	});
});

describe('events about sent messages', () => {
	test.each<[events: string[], statuses: string[], expected: string[]]>([
		[['message.sent'], ['sent', 'delivered', 'read'], ['sent']],
		[['message.delivered'], ['sent', 'delivered', 'read'], ['delivered']],
		[['message.read'], ['sent', 'delivered', 'read'], ['read']],
		[['message.failed'], ['sent', 'failed'], ['failed']],
		[['message.delivered'], ['sent', 'read'], ['read']],
		[['message.delivered'], ['somethingNew', 'delivered'], ['delivered']],
		// As for Send.
		[['message.failed'], ['sent', 'undelivered'], ['undelivered']],
		[['message.failed'], ['sent', 'FAILED'], ['FAILED']],
		[['message.delivered'], ['sent', 'Delivered'], ['Delivered']],
		[['message.sent', 'message.delivered'], ['delivered'], ['delivered']],
		[
			['message.sent', 'message.read'],
			['sent', 'delivered', 'read'],
			['sent', 'read'],
		],
		// The list shows an older status for once.
		[['message.delivered'], ['sent', 'delivered', 'sent', 'delivered'], ['delivered']],
		[
			['message.delivered', 'message.read'],
			['delivered', 'sent', 'delivered', 'read'],
			['delivered', 'read'],
		],
		[
			['message.sent', 'message.failed'],
			['sent', 'failed', 'sent', 'failed'],
			['sent', 'failed'],
		],
	])('%j: a message that becomes %j is returned as %j', async (events, statuses, expected) => {
		await publish({ events });
		const message = sent('Hello');
		await poll();
		for (const status of statuses) {
			record.update(message, { status });
			await polls(2);
		}
		expect(host.out().map(({ status }) => status)).toEqual(expected);
	});

	test('earlier events start nothing, events after publishing do', async () => {
		host.parameters = { events: ['message.failed', 'message.delivered'] };
		sent('long delivered', 'delivered', START - 30 * MINUTE);
		const open = sent('open', 'sent', START - 30 * MINUTE);
		await publishAndPoll();
		record.update(open, { status: 'failed' });
		await poll();
		expect(bodies()).toEqual(['open']);
	});

	test.each([1, 3])('a message is watched for %d hours', async (watchStatusHours) => {
		await publish({ events: ['message.failed'], options: { watchStatusHours } });
		const [early, late] = [sent('in time'), sent('too late')];
		// Others keep the cursor moving.
		for (let minutes = 0; minutes < watchStatusHours * 60 - 2; minutes += 10) {
			record.add();
			await poll(10 * MINUTE);
		}
		record.add();
		setClock(START + watchStatusHours * HOUR - MINUTE);
		record.update(early, { status: 'failed' });
		await host.tick();
		pass(10 * MINUTE);
		record.update(late, { status: 'failed' });
		await poll();
		expect(bodies()).toEqual(['in time']);
	});

	test('loses nothing of a chosen event when another one is added', async () => {
		await publish({ events: ['message.delivered'] });
		const message = sent('delivered', 'sent');
		await poll();
		record.update(message, { status: 'delivered' });
		await edit({ events: ['message.delivered', 'message.failed'] });
		await poll();
		expect(bodies()).toEqual(['delivered']);
	});

	test('events since the last poll, from before they were chosen, start nothing', async () => {
		await publish({ events: ['message.delivered'] });
		const [early, late] = [sent('early', 'sent'), sent('late', 'sent')];
		await poll();
		record.update(early, { status: 'failed' });
		await edit({ events: ['message.delivered', 'message.failed'] });
		await poll();
		record.update(late, { status: 'failed' });
		await poll();
		expect(bodies()).toEqual(['late']);
	});

	test('reports nothing twice after a restart, and leaves nothing out', async () => {
		await publish({ events: ['message.delivered'] });
		const [a, b, c] = [sent('a'), sent('b'), sent('c')];
		await poll();
		record.update(a, { status: 'delivered' });
		await poll();
		record.update(b, { status: 'delivered' });
		await host.restart();
		record.update(c, { status: 'delivered' });
		await poll();
		await host.restart();
		await poll();
		expect(bodies()).toEqual(['a', 'b', 'c']);
	});

	test('returns received and failed ones together, without those only sent', async () => {
		await publish({ events: ['message.received', 'message.failed'] });
		text('received');
		sent('failed', 'failed');
		sent('sent', 'sent');
		await poll();
		expect(bodies()).toEqual(['received', 'failed']);
	});

	test.each([
		['message.received', 'message.failed'],
		['message.failed', 'message.received'],
		['message.delivered', 'message.failed'],
	])('with %s, adding %s later: no earlier events', async (first, second) => {
		const happens = (body: string) => {
			if (second === 'message.received') record.add({ body });
			else sent(body, 'failed');
		};
		await publish({ events: [first] });
		happens('before');
		await poll();
		await edit({ events: [first, second] });
		await host.restart();
		await poll();
		happens('after');
		await poll();
		expect(bodies()).toEqual(['after']);
	});
});

test('static data stays small: about 20 characters per message', async () => {
	await publish({ events: ['message.delivered'] });
	for (let count = 0; count < 1000; count++) {
		record.add({ id: 79_999_000 + count });
		record.add({ id: 80_999_000 + count, inbound: false, status: 'delivered' });
	}
	await poll();
	expect(host.out()).toHaveLength(1000);
	expect(host.saved.length).toBeLessThan(2000 * 25);
});
