import type { IDataObject } from 'n8n-workflow';
import { FakeRecord } from './fakeRecord';
import { PollingHost } from './pollingHost';

/* The polling trigger as n8n runs it: what it gives out, when it fails, and what it asks for. */

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
});

afterEach(() => jest.restoreAllMocks());

/** A minute passes, and n8n polls. */
async function nextTick(minutes = 1): Promise<void> {
	clock += minutes * MINUTE;
	await host.tick();
}

const bodies = (output = 0) => host.out(output).map(({ body }) => body);

const refused = new Error('connect ECONNREFUSED 127.0.0.1:80');

describe('publishing', () => {
	test('starts nothing with what is there already, and everything with what comes then', async () => {
		record.add({ body: 'an hour ago' }, { at: START - 60 * MINUTE });
		record.add({ body: 'just now' }, { at: START - 500 });
		await host.publish();
		expect(host.executions).toEqual([]);
		record.add({ body: 'right after' }, { at: START + 100 });
		await nextTick();
		expect(bodies()).toEqual(['right after']);
		await nextTick();
		expect(bodies()).toHaveLength(1);
	});

	test('gives out messages as the API gave them, oldest first', async () => {
		host.parameters = { simplify: false };
		await host.publish();
		clock += 1000;
		const first = record.add({ body: 'one' });
		clock += 1000;
		const second = record.add({ body: 'two', somethingElse: [1] });
		await nextTick();
		expect(host.executions).toHaveLength(1);
		expect(host.executions[0]).toEqual([[{ json: first }, { json: second }], []]);
	});

	test.each([
		[401, "Clerk Chat doesn't accept the API key"],
		[403, 'This API key is not allowed to do that'],
		[404, "Check 'Base URL' in the credential"],
	])('shows a key or an address that is not right: %s', async (status, words) => {
		record.fault = () => status;
		await expect(host.publish()).rejects.toThrow(words);
		expect(host.staticData()).toEqual({});
		await expect(host.publish()).rejects.toThrow(words);
	});

	test('shows a credential that is not there', async () => {
		host.credentialError = new Error('Credential with ID "1" does not exist');
		await expect(host.publish()).rejects.toThrow('does not exist');
	});

	test.each([
		['is down', () => refused],
		['is in trouble', () => 500],
	])(
		'works while the API %s: what comes from then on starts the workflow',
		async (_, fault) => {
			record.add({ body: 'before' }, { at: START - MINUTE });
			record.fault = fault;
			await host.publish();
			expect(host.isOn).toBe(true);
			expect(host.logged).toHaveLength(1);
			clock += 1000;
			record.add({ body: 'meanwhile' });
			clock += 3 * 24 * 60 * MINUTE;
			await host.restart();
			record.fault = () => undefined;
			await nextTick();
			expect(bodies()).toEqual(['meanwhile']);
		},
		20_000,
	);

	test('anew goes on where it was, unless it was off for a while', async () => {
		await host.publish();
		await nextTick();
		record.add({ body: 'between two polls' });
		await host.publish();
		await nextTick();
		expect(bodies()).toEqual(['between two polls']);
		host.unpublish();
		clock += 60 * MINUTE;
		record.add({ body: 'while it was off' });
		clock += 60 * MINUTE;
		await host.publish();
		await nextTick();
		expect(bodies()).toEqual(['between two polls']);
	});

	test('with other inboxes begins anew', async () => {
		await host.publish();
		clock += MINUTE;
		record.add({ body: 'elsewhere', inboxId: 'b' });
		host.parameters = { filters: { inboxIds: ['b'] } };
		clock += MINUTE;
		await host.publish('update');
		await nextTick();
		record.add({ body: 'later', inboxId: 'b' });
		await nextTick();
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

	test('what came while it was down comes out, once', async () => {
		await host.publish();
		clock += 1000;
		record.add({ body: 'first' });
		await nextTick();
		clock += MINUTE;
		record.add({ body: 'second' });
		clock += 24 * 60 * MINUTE;
		await host.restart();
		await nextTick();
		await host.restart();
		await nextTick();
		expect(bodies()).toEqual(['first', 'second']);
	});
});

describe('a poll that fails', () => {
	test('is shown once an hour for each kind, and otherwise written into the log', async () => {
		await host.publish();
		record.fault = () => 500;
		for (let minutes = 0; minutes < 59; minutes++) await nextTick();
		expect(host.failures.map(({ message }) => message)).toEqual([
			"Clerk Chat couldn't handle the request because of an issue on its side",
		]);
		expect(host.logged).toHaveLength(59);
		record.fault = () => 401;
		await nextTick();
		expect(host.failures).toHaveLength(2);
		record.fault = () => 500;
		await nextTick();
		await nextTick();
		expect(host.failures).toHaveLength(3);
		expect(host.logged.join()).not.toContain('a-secret-key');
	});

	test('loses nothing', async () => {
		await host.publish();
		clock += 1000;
		record.add({ body: 'during the outage' });
		record.fault = () => 500;
		for (let hours = 0; hours < 48; hours++) await nextTick(60);
		record.fault = () => undefined;
		await nextTick();
		expect(bodies()).toEqual(['during the outage']);
	});
});

describe('a list that is not what it should be', () => {
	/** Texts while n8n was down, a minute apart. */
	const hours = (count: number, lateBy = 0) => {
		for (let minutes = 0; minutes < count; minutes++) {
			clock += MINUTE;
			record.add({ body: String(minutes) }, { lateBy });
		}
	};
	const all = (count: number) => Array.from({ length: count }, (_, minutes) => String(minutes));

	test('shows the same page again and again: the rest comes out when it can be read', async () => {
		await host.publish();
		hours(120);
		let firstPage: IDataObject | undefined;
		record.distort = (body) => (firstPage ??= body);
		await host.tick();
		expect(host.out()).toHaveLength(50);
		record.distort = (body) => body;
		await nextTick();
		expect(bodies().sort()).toEqual(all(120).sort());
	});

	test('is an hour behind as a whole: nothing is lost', async () => {
		await host.publish();
		for (let minutes = 0; minutes < 120; minutes++) {
			hours(1, 60 * MINUTE);
			await host.tick();
		}
		for (let polls = 0; polls < 70; polls++) await nextTick();
		expect(host.out()).toHaveLength(120);
	});

	test('is longer than what can be kept in mind: nothing twice, and the newest are there', async () => {
		await host.publish();
		clock += MINUTE;
		for (let count = 0; count < 6_000; count++) record.add({}, { at: clock - 30_000 + count });
		await host.tick();
		await nextTick();
		record.add({ body: 'newest' });
		await nextTick();
		expect(host.out()).toHaveLength(6_001);
		expect(Object.keys((host.staticData().position as IDataObject).seen as object)).toHaveLength(
			5_000,
		);
	});
});

describe('loses no text', () => {
	test('that came in while the polls failed, when the workflow is then published anew', async () => {
		await host.publish();
		await nextTick();
		record.fault = () => 401;
		for (let minutes = 0; minutes < 15; minutes++) await nextTick();
		record.add({ body: 'while the key was wrong' });
		await nextTick();
		record.fault = () => undefined;
		host.unpublish();
		await host.publish();
		await nextTick();
		expect(bodies()).toEqual(['while the key was wrong']);
	});

	test('that came in while n8n was down, when the workflow is published anew right after the start', async () => {
		await host.publish();
		await nextTick();
		record.add({ body: 'while n8n was down' });
		clock += 30 * MINUTE;
		await host.restart();
		host.unpublish();
		await host.publish();
		await nextTick();
		expect(bodies()).toEqual(['while n8n was down']);
	});

	// n8n 2.41 with N8N_POLLER_DURABLE_CURSORS_ENABLED: publishing saves nothing, and each poll has a context of its own.
	test('that comes in after publishing, where n8n does not save what publishing stored', async () => {
		await host.publish();
		host.saved = '{}';
		clock += 1000;
		record.add({ body: 'right after' });
		clock += MINUTE;
		await host.publish('update');
		await nextTick();
		expect(bodies()).toEqual(['right after']);
	});

	test('that comes in while the record is read for the first time', async () => {
		record.onRequest = (request) => {
			if (request > 0) return;
			clock += 5000;
			record.add({ body: 'meanwhile' });
			clock += 5000;
		};
		await host.publish();
		await nextTick();
		expect(bodies()).toEqual(['meanwhile']);
	});
});

test('starts nothing by what came in while it was off, where n8n does not save what publishing stored, and still has what was stored before', async () => {
	await host.publish();
	await nextTick();
	host.unpublish();
	const { saved } = host;
	clock += 30 * MINUTE;
	record.add({ body: 'while it was off' });
	clock += 30 * MINUTE;
	await host.publish();
	host.saved = saved;
	clock += 1000;
	record.add({ body: 'right after' });
	clock += MINUTE;
	await host.publish('update');
	await nextTick();
	expect(bodies()).toEqual(['right after']);
});

describe('polls that overlap', () => {
	test('one waits for the other, but not forever', async () => {
		host.parameters = { options: { answerQuestions: false } };
		await host.publish();
		clock += 1000;
		record.add({ body: 'once' });
		let release = () => {};
		clock += MINUTE;
		let slow: Promise<void> | undefined;
		await new Promise<void>((underWay) => {
			record.onRequest = async () => {
				underWay();
				await new Promise<void>((resolve) => (release = resolve));
			};
			slow = host.tick();
		});
		record.onRequest = () => {};
		await nextTick();
		expect(record.requests).toHaveLength(3);
		await nextTick(5);
		expect(record.requests).toHaveLength(4);
		expect(bodies()).toEqual(['once']);
		release();
		await slow;
		expect(bodies()).toEqual(['once']);
	});
});

describe('what it costs', () => {
	const idle = async () => {
		const before = record.requests.length;
		await nextTick();
		return record.requests.length - before;
	};

	test.each([
		[{ total: true, links: false }],
		[{ total: false, links: false }],
		[{ total: true, links: true }],
		[{ total: false, links: true }],
	])('one request when nothing is new, also right after a restart (%j)', async (habits) => {
		Object.assign(record.habits, habits);
		await host.publish();
		// One of them to know the account by.
		expect(record.requests).toHaveLength(2);
		clock += 1000;
		for (let count = 0; count < 40; count++) record.add({ body: String(count) });
		// The first text lets the trigger look back for questions, once.
		expect(await idle()).toBe(4);
		expect(host.out()).toHaveLength(40);
		expect(await idle()).toBe(1);
		clock += 1000;
		record.add();
		expect(await idle()).toBe(1);
		expect(await idle()).toBe(1);
		await host.restart();
		expect(await idle()).toBe(1);
	});

	test('asks for the chosen inboxes, from a little before the newest message on', async () => {
		host.parameters = { filters: { inboxIds: ['b', 'a, c'] } };
		await host.publish();
		clock += 10 * MINUTE;
		record.add({ inboxId: 'b' });
		await nextTick();
		await nextTick(60);
		expect(record.requests.at(-1)).toEqual({
			inboxIds: ['a', 'b', 'c'],
			limit: 50,
			page: 1,
			start: new Date(START + 5 * MINUTE).toISOString(),
		});
	});
});

describe('clocks', () => {
	test('a machine whose clock is behind or ahead loses nothing and starts nothing with what was there', async () => {
		for (const ahead of [-20 * MINUTE, 20 * MINUTE]) {
			clock = START;
			record = new FakeRecord(() => clock);
			host = new PollingHost(record, `clock ${ahead}`);
			jest.spyOn(Date, 'now').mockImplementation(() => clock + ahead);
			record.add({ body: 'before' }, { at: START - MINUTE });
			record.fault = () => 500;
			await host.publish();
			record.fault = () => undefined;
			clock += 2000;
			record.add({ body: 'after' });
			await nextTick();
			expect(bodies()).toEqual(['after']);
		}
	});

	test.each([-3 * 60 * MINUTE, 3 * 60 * MINUTE])(
		'one that is %d ms ahead asks for no more and no less',
		async (ahead) => {
			jest.spyOn(Date, 'now').mockImplementation(() => clock + ahead);
			for (const events of [['message.received'], ['message.failed']]) {
				host = new PollingHost(record, events[0]);
				host.parameters = { events };
				await host.publish();
				clock += 60 * 60 * MINUTE;
				const newest = clock;
				record.add({ status: 'failed', inbound: events[0] === 'message.received' });
				await nextTick();
				await nextTick(10);
				expect(record.requests.at(-1)?.start).toBe(new Date(newest - 5 * MINUTE).toISOString());
				expect(host.out()).toHaveLength(1);
			}
		},
	);

	test('a message from the future holds nothing up', async () => {
		await host.publish();
		clock += 1000;
		record.add(
			{ body: 'from the future' },
			{ at: clock + 24 * 60 * MINUTE, lateBy: -24 * 60 * MINUTE },
		);
		await nextTick();
		for (let hours = 0; hours < 30; hours++) {
			record.add({ body: String(hours) });
			await nextTick(60);
		}
		expect(bodies()).toHaveLength(31);
	});

	test('a message without a time comes out once', async () => {
		await host.publish();
		clock += 1000;
		record.habits.compares = 'updated';
		record.add({ timestamp: null, created: null });
		for (let polls = 0; polls < 20; polls++) await nextTick();
		expect(bodies()).toHaveLength(1);
	});
});

describe('fetching a test event', () => {
	test('gives the newest message that matches, and leaves everything as it is', async () => {
		record.add({ body: 'older' }, { at: START - 2 * MINUTE });
		record.add({ body: 'newer' }, { at: START - MINUTE });
		record.add({ body: 'sent', inbound: false }, { at: START - 500 });
		const [items, answers] = (await host.fetchTestEvent())!;
		expect(items.map(({ json }) => json.body)).toEqual(['newer']);
		expect(answers).toEqual([]);
		expect(record.requests).toHaveLength(1);
		expect(host.staticData()).toEqual({});
	});

	test.each([2 / 24, 2, 20])('looks back as far as it takes (%d days)', async (days) => {
		record.add({ body: 'long ago' }, { at: START - days * 24 * 60 * MINUTE });
		const [[{ json }]] = (await host.fetchTestEvent())!;
		expect(json.body).toBe('long ago');
	});

	test('says that there is none, and what to do', async () => {
		record.add({}, { at: START - 31 * 24 * 60 * MINUTE });
		record.add({ inbound: false }, { at: START - MINUTE });
		await expect(host.fetchTestEvent()).rejects.toMatchObject({
			message: 'No message of the last 30 days would start this workflow',
			description: expect.stringContaining('Text your Clerk Chat number') as string,
		});
	});

	test('shows what is wrong with the key', async () => {
		record.fault = () => 401;
		await expect(host.fetchTestEvent()).rejects.toThrow("doesn't accept the API key");
	});

	test('looks at the status where that is asked for', async () => {
		host.parameters = { events: ['message.failed'] };
		record.add({ inbound: false, status: 'failed', body: 'this' }, { at: START - 2 * MINUTE });
		record.add({ inbound: false, status: 'delivered' }, { at: START - MINUTE });
		record.add({ inbound: true }, { at: START - MINUTE });
		const [[{ json }]] = (await host.fetchTestEvent())!;
		expect(json.body).toBe('this');
	});
});

describe('events about messages that were sent', () => {
	const sent = (body: string, status = 'sending', at = clock) =>
		record.add({ inbound: false, body, status }, { at });

	test.each([
		[['message.sent'], ['sent', 'delivered', 'read'], ['sent']],
		[['message.delivered'], ['sent', 'delivered', 'read'], ['delivered']],
		[['message.read'], ['sent', 'delivered', 'read'], ['read']],
		[['message.failed'], ['sent', 'failed'], ['failed']],
		[
			['message.sent', 'message.read'],
			['sent', 'delivered', 'read'],
			['sent', 'read'],
		],
		[['message.delivered'], ['sent', 'read'], ['read']],
		[['message.sent', 'message.delivered'], ['delivered'], ['delivered']],
		[['message.delivered'], ['somethingNew', 'delivered'], ['delivered']],
	])('%j: a message that becomes %j comes out as %j', async (events, statuses, expected) => {
		host.parameters = { events };
		await host.publish();
		clock += 1000;
		const message = sent('Hello');
		await nextTick();
		for (const status of statuses) {
			record.update(message, { status });
			await nextTick();
			await nextTick();
		}
		expect(host.out().map(({ status }) => status)).toEqual(expected);
	});

	test('what had happened before publishing starts nothing, what happens then does', async () => {
		host.parameters = { events: ['message.failed', 'message.delivered'] };
		sent('long delivered', 'delivered', START - 30 * MINUTE);
		const open = sent('open', 'sent', START - 30 * MINUTE);
		await host.publish();
		await nextTick();
		record.update(open, { status: 'failed' });
		await nextTick();
		expect(bodies()).toEqual(['open']);
	});

	test.each([1, 3])('a message is watched for %d hours', async (watchStatusHours) => {
		host.parameters = { events: ['message.failed'], options: { watchStatusHours } };
		await host.publish();
		clock += 1000;
		const [early, late] = [sent('in time'), sent('too late')];
		// Others keep the cursor moving.
		for (let minutes = 0; minutes < watchStatusHours * 60 - 2; minutes += 10) {
			record.add();
			await nextTick(10);
		}
		record.add();
		clock = START + watchStatusHours * 60 * MINUTE - MINUTE;
		record.update(early, { status: 'failed' });
		await host.tick();
		clock += 10 * MINUTE;
		record.update(late, { status: 'failed' });
		await nextTick();
		expect(bodies()).toEqual(['in time']);
	});

	test('what is chosen already is not lost when another event is chosen as well', async () => {
		host.parameters = { events: ['message.delivered'] };
		await host.publish();
		clock += 1000;
		const message = sent('delivered', 'sent');
		await nextTick();
		record.update(message, { status: 'delivered' });
		host.parameters = { events: ['message.delivered', 'message.failed'] };
		await host.publish('update');
		await nextTick();
		expect(bodies()).toEqual(['delivered']);
	});

	test('nothing comes twice when the list shows an older status for once', async () => {
		host.parameters = { events: ['message.delivered'] };
		await host.publish();
		clock += 1000;
		const message = sent('once', 'sent');
		await nextTick();
		for (const status of ['delivered', 'sent', 'delivered']) {
			record.update(message, { status });
			await nextTick();
		}
		expect(bodies()).toEqual(['once']);
	});

	test('nor when it shows one from before the text failed', async () => {
		host.parameters = { events: ['message.sent', 'message.failed'] };
		await host.publish();
		clock += 1000;
		const message = sent('failed');
		await nextTick();
		for (const status of ['sent', 'failed', 'sent', 'failed']) {
			record.update(message, { status });
			await nextTick();
		}
		expect(host.out().map(({ status }) => status)).toEqual(['sent', 'failed']);
	});

	test('nothing is told twice after a restart, and nothing is left out', async () => {
		host.parameters = { events: ['message.delivered'] };
		await host.publish();
		clock += 1000;
		const [a, b, c] = [sent('a'), sent('b'), sent('c')];
		await nextTick();
		record.update(a, { status: 'delivered' });
		await nextTick();
		record.update(b, { status: 'delivered' });
		await host.restart();
		record.update(c, { status: 'delivered' });
		await nextTick();
		await host.restart();
		await nextTick();
		expect(bodies()).toEqual(['a', 'b', 'c']);
	});

	test('received and failed together, without those that only were sent', async () => {
		host.parameters = { events: ['message.received', 'message.failed'] };
		await host.publish();
		clock += 1000;
		record.add({ body: 'received' });
		sent('failed', 'failed');
		sent('sent', 'sent');
		await nextTick();
		expect(bodies()).toEqual(['received', 'failed']);
	});

	test.each([
		['message.received', 'message.failed'],
		['message.failed', 'message.received'],
		['message.delivered', 'message.failed'],
	])('beside %s, later, %s: nothing of what happened before', async (first, second) => {
		const happens = (body: string) => {
			if (second === 'message.received') record.add({ body });
			else sent(body, 'failed');
		};
		host.parameters = { events: [first] };
		await host.publish();
		clock += 1000;
		happens('before');
		await nextTick();
		host.parameters = { events: [first, second] };
		await host.publish('update');
		await host.restart();
		await nextTick();
		happens('after');
		await nextTick();
		expect(bodies()).toEqual(['after']);
	});
});

test('static data stay small: about 20 characters for a message', async () => {
	host.parameters = { events: ['message.delivered'] };
	await host.publish();
	clock += 1000;
	for (let count = 0; count < 1000; count++) {
		record.add({ id: 79_999_000 + count });
		record.add({ id: 80_999_000 + count, inbound: false, status: 'delivered' });
	}
	await nextTick();
	expect(host.out()).toHaveLength(1000);
	expect(host.saved.length).toBeLessThan(2000 * 25);
});
