import type { IDataObject } from 'n8n-workflow';
import { FakeRecord } from './fakeRecord';
import { PollingHost } from './pollingHost';

/* What people do to a workflow that polls: edit it, pause it, change the key, fall behind, grow. */

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
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

async function nextTick(minutes = 1): Promise<void> {
	clock += minutes * MINUTE;
	await host.tick();
}

const bodies = (output = 0) => host.out(output).map(({ body }) => body);

const sent = (body: string, status = 'sending', at = clock) =>
	record.add({ inbound: false, body, status }, { at });

describe('another credential', () => {
	/** Another team's record. Its IDs are like those of the first one. */
	const otherTeam = (texts: number) => {
		const other = new FakeRecord(() => clock);
		for (let count = 0; count < texts; count++) {
			other.add({ body: `old ${count}` }, { at: clock - 2 * 24 * HOUR + count * 1000 });
		}
		return other;
	};
	const use = (apiKey: string, other: FakeRecord) => {
		host.apiKey = apiKey;
		host.record = record = other;
	};

	test('of another team: none of its old texts starts the workflow, and each new one does', async () => {
		record.add({ body: 'before' }, { at: START - MINUTE });
		await host.publish();
		await nextTick();
		clock += 3 * 24 * HOUR;
		use('key-of-b', otherTeam(433));
		await host.publish('update');
		clock += 1000;
		record.add({ body: 'new' });
		await nextTick();
		await nextTick();
		expect(bodies()).toEqual(['new']);
	});

	test('of the same team: nothing is lost', async () => {
		record.add({ body: 'before' }, { at: START - MINUTE });
		await host.publish();
		await nextTick();
		record.add({ body: 'while the key was replaced' });
		host.apiKey = 'a-new-key';
		await host.publish('update');
		await nextTick();
		expect(bodies()).toEqual(['while the key was replaced']);
	});

	test('that shows nothing: nobody can tell, so the position is kept, and it shows', async () => {
		record.add({ body: 'before' }, { at: START - MINUTE });
		await host.publish();
		await nextTick();
		const first = record;
		clock += MINUTE;
		record.add({ body: 'unread' });
		use('key-of-b', new FakeRecord(() => clock));
		await nextTick();
		await nextTick();
		expect(host.failures.map(({ message }) => message)).toEqual([
			'This trigger cannot tell whether the new API key belongs to the same Clerk Chat team',
		]);
		use('a-secret-key', first);
		await nextTick();
		expect(bodies()).toEqual(['unread']);
	});

	test('of another team that was quiet: its first text comes out', async () => {
		record.add({ body: 'before' }, { at: START - MINUTE });
		await host.publish();
		await nextTick();
		use('key-of-b', new FakeRecord(() => clock));
		await nextTick();
		clock += 1000;
		record.add({ body: 'first' });
		await nextTick();
		expect(bodies()).toEqual(['first']);
	});

	test('at another address is another account, too', async () => {
		record.add({ body: 'before' }, { at: START - MINUTE });
		await host.publish();
		await nextTick();
		clock += 24 * HOUR;
		host.baseUrl = 'https://api.other.test';
		host.record = record = otherTeam(5);
		await nextTick();
		record.add({ body: 'new' });
		await nextTick();
		expect(bodies()).toEqual(['new']);
	});
});

describe('an edit that makes the key fail', () => {
	test('is told within two polls, and the position is kept', async () => {
		await host.publish();
		await nextTick();
		record.fault = () => 401;
		await nextTick();
		expect(host.failures).toHaveLength(1);
		// The same failure again, after an edit.
		host.apiKey = 'another-wrong-key';
		await host.publish('update');
		record.add({ body: 'unread' });
		await nextTick();
		await nextTick();
		expect(host.failures).toHaveLength(2);
		record.fault = () => undefined;
		host.apiKey = 'a-secret-key';
		await host.publish('update');
		await nextTick();
		expect(bodies()).toEqual(['unread']);
	});
});

test('what a workflow writes back of an old position does not count: nothing comes twice after an edit', async () => {
	await host.publish();
	await nextTick();
	const old = host.saved;
	clock += 1000;
	record.add({ body: 'once' });
	await nextTick();
	// The end of an execution that uses static data itself.
	host.saved = old;
	await host.publish('update');
	await nextTick();
	expect(bodies()).toEqual(['once']);
});

describe('off and on again', () => {
	const every = (item: IDataObject) => ({ pollTimes: { item: [item] } }) as never;

	test.each([
		[{ mode: 'everyX', value: 15, unit: 'minutes' }, 14],
		[{ mode: 'everyHour' }, 59],
		[{ mode: 'everyX', value: 3, unit: 'hours' }, 170],
		[{ mode: 'custom', cronExpression: '0 */30 * * * *' }, 29],
		[{ mode: 'custom', cronExpression: '5 9 * * *' }, 23 * 60],
	])('with polls %j loses nothing of the %d minutes before', async (item, minutes) => {
		host.parameters = every(item);
		await host.publish();
		await nextTick(minutes + 1);
		clock += 1000;
		record.add({ body: 'since the last poll' });
		clock += minutes * MINUTE;
		host.unpublish();
		await host.publish();
		await nextTick();
		expect(bodies()).toEqual(['since the last poll']);
	});

	test('after a longer pause begins anew', async () => {
		host.parameters = every({ mode: 'everyX', value: 15, unit: 'minutes' });
		await host.publish();
		await nextTick(15);
		host.unpublish();
		clock += 15 * MINUTE;
		record.add({ body: 'while it was off' });
		clock += 16 * MINUTE;
		await host.publish();
		await nextTick();
		expect(bodies()).toEqual([]);
	});
});

describe('a backlog that does not fit into one poll', () => {
	/** Texts while n8n was down. */
	const backlog = (count: number, over: number) => {
		const began = clock;
		for (let each = 0; each < count; each++) {
			record.add({ body: String(each) }, { at: Math.floor(began + (each * over) / count) });
		}
		clock = began + over;
	};
	/** So many requests a poll, and no more. */
	const limit = (requests: number) => {
		let left = requests;
		// Neither repeated nor waited for.
		record.fault = () => (left-- > 0 ? undefined : 500);
		return () => (left = requests);
	};

	test.each([
		['in order of time', { order: 'oldest', total: true }],
		['the newest first', { order: 'newest', total: true }],
		['in no order', { order: 'none', total: true }],
		['without a total', { order: 'newest', total: false }],
	] as const)(
		'is read in slices, oldest first: 13,500 texts, %s',
		async (_, habits) => {
			Object.assign(record.habits, habits);
			host.parameters = { options: { answerQuestions: false } };
			await host.publish();
			await nextTick();
			backlog(13_500, 10 * HOUR);
			await host.restart();
			const refill = limit(120);
			for (let polls = 0; polls < 30; polls++) {
				refill();
				await nextTick();
			}
			const came = bodies().map(Number);
			expect(new Set(came).size).toBe(13_500);
			expect(came).toHaveLength(13_500);
			expect(host.executions.length).toBeGreaterThan(2);
			// Each execution holds what is newer than what the one before held.
			expect(came).toEqual([...came].sort((a, b) => a - b));
		},
		60_000,
	);

	test('of one moment is read page by page', async () => {
		host.parameters = { options: { answerQuestions: false } };
		await host.publish();
		await nextTick();
		clock += MINUTE;
		for (let each = 0; each < 5_000; each++) record.add({ body: String(each) });
		clock += 20 * MINUTE;
		await host.restart();
		const refill = limit(45);
		for (let polls = 0; polls < 20; polls++) {
			refill();
			await nextTick();
		}
		expect(bodies()).toHaveLength(5_000);
		expect(new Set(bodies()).size).toBe(5_000);
	}, 60_000);

	test('in the search for earlier questions holds texts for three minutes at most', async () => {
		await host.publish();
		await nextTick();
		clock += 1000;
		record.add({ body: 'Hello' });
		record.fault = (number) => (record.requests[number].end ? 500 : undefined);
		for (let polls = 0; polls < 3; polls++) await nextTick();
		expect(bodies()).toEqual([]);
		await nextTick();
		expect(host.out()).toMatchObject([{ body: 'Hello', openQuestion: { reason: 'notChecked' } }]);
		// Each text waits for itself: the search may have come to its end until then.
		record.add({ body: 'Next' });
		for (let polls = 0; polls < 4; polls++) await nextTick();
		expect(bodies()).toEqual(['Hello', 'Next']);
	}, 60_000);
});

describe('large campaigns', () => {
	test.each([
		['in an hour', 300],
		['at one moment', 0],
	])(
		'of 10,500 texts %s, no failure is missed',
		async (_, apart) => {
			host.parameters = { events: ['message.failed'], options: { watchStatusHours: 2 } };
			await host.publish();
			await nextTick();
			clock += 1000;
			const campaign: IDataObject[] = [];
			for (let each = 0; each < 10_500; each++)
				campaign.push(sent(String(each), 'sent', clock + each * apart));
			clock += 10_500 * apart;
			for (let polls = 0; polls < 8; polls++) await nextTick();
			const failed = campaign.filter((__, index) => index % 1_000 === 0);
			failed.forEach((each) => record.update(each, { status: 'failed' }));
			for (let polls = 0; polls < 30; polls++) await nextTick();
			expect(
				bodies()
					.map(Number)
					.sort((a, b) => a - b),
			).toEqual(failed.map(({ body }) => Number(body)));
			expect(host.saved.length).toBeLessThan(300_000);
		},
		120_000,
	);

	test('polled once an hour: what became of a text comes out, and then it is forgotten', async () => {
		host.parameters = { events: ['message.failed'], options: { watchStatusHours: 2 } };
		await host.publish();
		clock += 1000;
		const [early] = [sent('early', 'sent'), sent('never', 'sent')];
		await nextTick(60);
		record.update(early, { status: 'failed' });
		for (let hours = 0; hours < 5; hours++) await nextTick(60);
		expect(bodies()).toEqual(['early']);
		const before = record.requests.length;
		await nextTick(60);
		expect(record.requests.length - before).toBe(1);
	});

	test('what has come to an end is not looked for again', async () => {
		host.parameters = { events: ['message.failed'] };
		await host.publish();
		clock += 1000;
		for (let each = 0; each < 500; each++) sent(String(each), 'delivered');
		await nextTick();
		sent('later', 'delivered', clock + 10 * MINUTE);
		await nextTick(11);
		const before = record.requests.length;
		await nextTick();
		expect(record.requests.length - before).toBe(1);
	});
});

describe('a list that is not what it should be', () => {
	test('a text that is planned for later moves nothing', async () => {
		await host.publish();
		await nextTick();
		clock += 1000;
		sent('planned', 'scheduled', clock + 24 * HOUR);
		const list = record.habits;
		list.compares = 'created';
		await nextTick();
		// Late, but not later than five minutes after what is newer.
		record.add({ body: 'late' }, { at: clock - 7 * MINUTE, lateBy: 7 * MINUTE + 1000 });
		await nextTick();
		expect(bodies()).toEqual([]);
	});

	test.each([0, 20])('a total of %d loses nothing', async (total) => {
		record.distort = (body) => ({ ...body, total });
		await host.publish();
		clock += 1000;
		for (let count = 0; count < 130; count++) record.add({ body: String(count) });
		await nextTick();
		await nextTick();
		expect(new Set(bodies()).size).toBe(130);
		expect(bodies()).toHaveLength(130);
	});

	test("a server that ignores 'inboxIds' starts no workflow of another inbox", async () => {
		host.parameters = { filters: { inboxIds: ['b'] } };
		record.distort = (body) => body;
		record.ignoresInboxes = true;
		await host.publish();
		clock += 1000;
		record.add({ body: 'ours', inboxId: 'b' });
		record.add({ body: 'theirs', inboxId: 'c' });
		await nextTick();
		expect(bodies()).toEqual(['ours']);
		expect(await host.fetchTestEvent()).toMatchObject([[{ json: { body: 'ours' } }], []]);
	});

	test('times without a zone are in UTC', async () => {
		const parse = Date.parse.bind(Date);
		// A machine in New York.
		jest
			.spyOn(Date, 'parse')
			.mockImplementation((text) =>
				parse(/Z|GMT|[+-]\d\d:\d\d$/.test(text) ? text : `${text}-04:00`),
			);
		record.habits.compares = 'updated';
		await host.publish();
		clock += 1000;
		const time = new Date(clock).toISOString().replace('Z', '');
		record.add({ body: 'first', timestamp: time, created: time });
		await nextTick();
		clock += 10 * MINUTE;
		record.add({ body: 'second' });
		await nextTick();
		await nextTick();
		expect(bodies()).toEqual(['first', 'second']);
		expect(host.staticData().position).toMatchObject({ cursor: clock - 2 * MINUTE });
	});
});

describe('another event is chosen', () => {
	test('during an outage: a failure after it is not lost', async () => {
		host.parameters = { events: ['message.delivered'] };
		await host.publish();
		clock += 1000;
		const text = sent('failed', 'sent');
		await nextTick();
		record.fault = () => 500;
		host.parameters = { events: ['message.delivered', 'message.failed'] };
		await host.publish('update');
		await nextTick();
		record.update(text, { status: 'failed' });
		await nextTick();
		record.fault = () => undefined;
		await nextTick();
		expect(bodies()).toEqual(['failed']);
	});

	test('one that can still happen to texts that had come to an end', async () => {
		host.parameters = { events: ['message.delivered'] };
		await host.publish();
		clock += 1000;
		const text = sent('read at last', 'delivered');
		await nextTick();
		record.add({}, { at: clock + 10 * MINUTE });
		await nextTick(11);
		host.parameters = { events: ['message.delivered', 'message.read'] };
		await host.publish('update');
		await nextTick();
		record.update(text, { status: 'read' });
		await nextTick();
		expect(host.out().map(({ status }) => status)).toEqual(['delivered', 'read']);
	});

	test('during an outage: what came in before Message Received was chosen starts nothing', async () => {
		host.parameters = { events: ['message.failed'] };
		await host.publish();
		await nextTick();
		record.fault = () => 500;
		record.add({ body: 'before' });
		clock += 5000;
		host.parameters = { events: ['message.received', 'message.failed'] };
		await host.publish('update');
		clock += 5000;
		record.add({ body: 'after' });
		await nextTick();
		record.fault = () => undefined;
		await nextTick();
		expect(bodies()).toEqual(['after']);
	});
});

test.each([
	['message.failed', 'undelivered'],
	['message.failed', 'FAILED'],
	['message.delivered', 'Delivered'],
])('%s: so is a message whose status is %s, as for Send', async (event, status) => {
	host.parameters = { events: [event] };
	await host.publish();
	await nextTick();
	const entry = record.add({ inbound: false, status: 'sent' }, { at: clock + 1000 });
	await nextTick();
	record.update(entry, { status });
	await nextTick();
	await nextTick();
	expect(host.out()).toMatchObject([{ status }]);
});

test("429 with 'Retry-After' is not asked again before that time", async () => {
	await host.publish();
	await nextTick();
	record.retryAfter = 3600;
	record.fault = () => 429;
	await nextTick();
	const asked = record.requests.length;
	for (let minutes = 0; minutes < 58; minutes++) await nextTick();
	expect(record.requests).toHaveLength(asked);
	record.fault = () => undefined;
	record.add({ body: 'meanwhile' });
	await nextTick(3);
	expect(bodies()).toEqual(['meanwhile']);
});

test("'Answer Questions' given as a text by an expression means what it says", async () => {
	host.parameters = { options: { answerQuestions: 'false' } };
	await host.publish();
	clock += 1000;
	record.add({ body: 'Hello' });
	const before = record.requests.length;
	await nextTick();
	expect(bodies()).toEqual(['Hello']);
	expect(record.requests.length - before).toBe(1);
});
