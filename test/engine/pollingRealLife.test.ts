import type { IDataObject } from 'n8n-workflow';
import {
	SECOND,
	MINUTE,
	HOUR,
	START,
	bodies,
	clock,
	edit,
	emptyRecord,
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
	text,
	use,
} from './polling';

/* What people do to a polling workflow: edit it, pause it, change the key, fall behind, grow. */

describe('another credential', () => {
	/** Another team's record. Its IDs are like those of the first one. */
	const otherTeam = (texts: number) => {
		const other = emptyRecord();
		for (let count = 0; count < texts; count++) {
			other.add({ body: `old ${count}` }, { at: clock - 2 * 24 * HOUR + count * 1000 });
		}
		return other;
	};
	beforeEach(async () => {
		text('before', {}, START - MINUTE);
		await publishAndPoll();
	});

	test("of another team: its old texts don't start the workflow, each new one does", async () => {
		pass(3 * 24 * HOUR);
		use(otherTeam(433), 'key-of-b');
		await host.publish('update');
		pass(SECOND);
		text('new');
		await polls(2);
		expect(bodies()).toEqual(['new']);
	});

	test('of the same team: nothing is lost', async () => {
		text('while the key was replaced');
		pass(10 * SECOND);
		host.apiKey = 'a-new-key';
		await host.publish('update');
		await poll();
		expect(bodies()).toEqual(['while the key was replaced']);
	});

	test('that shows no messages: the team is unclear, so the position is kept and an error shown', async () => {
		const first = record;
		pass(MINUTE);
		text('unread');
		use(emptyRecord(), 'key-of-b');
		await polls(2);
		expect(host.failures.map(({ message }) => message)).toEqual([
			'This trigger cannot tell whether the new API key belongs to the same Clerk Chat team',
		]);
		use(first, 'a-secret-key');
		await poll();
		expect(bodies()).toEqual(['unread']);
	});

	test('of another, quiet team: its first text is returned', async () => {
		use(emptyRecord(), 'key-of-b');
		await poll();
		pass(SECOND);
		text('first');
		await poll();
		expect(bodies()).toEqual(['first']);
	});

	test('at another address is another account, too', async () => {
		pass(24 * HOUR);
		host.baseUrl = 'https://api.other.test';
		use(otherTeam(5));
		await poll();
		text('new');
		await poll();
		expect(bodies()).toEqual(['new']);
	});
});

describe('an edit that makes the key fail', () => {
	test('is reported within two polls, and the position is kept', async () => {
		await publishAndPoll();
		record.fault = () => 401;
		await poll();
		expect(host.failures).toHaveLength(1);
		// The same failure again, after an edit.
		host.apiKey = 'another-wrong-key';
		await host.publish('update');
		text('unread');
		await polls(2);
		expect(host.failures).toHaveLength(2);
		record.fault = () => undefined;
		host.apiKey = 'a-secret-key';
		await host.publish('update');
		await poll();
		expect(bodies()).toEqual(['unread']);
	});
});

test('an old position written back by an edit is ignored: nothing is returned twice', async () => {
	await publishAndPoll();
	const old = host.saved;
	pass(SECOND);
	text('once');
	await poll();
	// The end of an execution that uses static data itself.
	host.saved = old;
	await host.publish('update');
	await poll();
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
	])('with polls %j, loses nothing of the previous %d minutes', async (item, minutes) => {
		host.parameters = every(item);
		await host.publish();
		await poll((minutes + 1) * MINUTE);
		pass(SECOND);
		text('since the last poll');
		pass(minutes * MINUTE);
		await publishAnew();
		expect(bodies()).toEqual(['since the last poll']);
	});

	test('starts over after a longer pause', async () => {
		host.parameters = every({ mode: 'everyX', value: 15, unit: 'minutes' });
		await host.publish();
		await poll(15 * MINUTE);
		host.unpublish();
		pass(15 * MINUTE);
		text('while it was off');
		pass(16 * MINUTE);
		await publishAndPoll();
		expect(bodies()).toEqual([]);
	});
});

describe('a backlog too large for one poll', () => {
	const begun = { options: { answerQuestions: false } };
	/** So many polls, each with so many requests and no more. */
	const pollsWith = async (requests: number, count: number) => {
		let left = requests;
		// Neither repeated nor waited for.
		record.fault = () => (left-- > 0 ? undefined : 500);
		for (let each = 0; each < count; each++, left = requests) await poll();
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
			await publishAndPoll(begun);
			const downFor = 10 * HOUR;
			for (let each = 0; each < 13_500; each++) {
				text(String(each), {}, Math.floor(clock + (each * downFor) / 13_500));
			}
			pass(downFor);
			await host.restart();
			await pollsWith(120, 30);
			const came = bodies().map(Number);
			expect(new Set(came).size).toBe(13_500);
			expect(came).toHaveLength(13_500);
			expect(host.executions.length).toBeGreaterThan(2);
			// Each execution holds what is newer than what the one before held.
			expect(came).toEqual([...came].sort((a, b) => a - b));
		},
		60_000,
	);

	test('from a single moment is read page by page', async () => {
		await publishAndPoll(begun);
		pass(MINUTE);
		for (let each = 0; each < 5_000; each++) text(String(each));
		pass(20 * MINUTE);
		await host.restart();
		await pollsWith(45, 20);
		expect(bodies()).toHaveLength(5_000);
		expect(new Set(bodies()).size).toBe(5_000);
	}, 60_000);

	test('holds texts for at most three minutes while searching for earlier questions', async () => {
		await publishAndPoll();
		pass(SECOND);
		text('Hello');
		record.fault = (number) => (record.requests[number].end ? 500 : undefined);
		await polls(3);
		expect(bodies()).toEqual([]);
		await poll();
		expect(host.out()).toMatchObject([{ body: 'Hello', openQuestion: { reason: 'notChecked' } }]);
		// Each text waits for itself: the search may have come to its end until then.
		text('Next');
		await polls(4);
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
			await publishAndPoll({ events: ['message.failed'], options: { watchStatusHours: 2 } });
			pass(SECOND);
			const campaign = Array.from({ length: 10_500 }, (__, each) =>
				sent(String(each), 'sent', clock + each * apart),
			);
			pass(10_500 * apart);
			await polls(8);
			const failed = campaign.filter((__, index) => index % 1_000 === 0);
			failed.forEach((each) => record.update(each, { status: 'failed' }));
			await polls(30);
			expect(new Set(bodies())).toEqual(new Set(failed.map(({ body }) => body)));
			expect(bodies()).toHaveLength(failed.length);
			expect(host.saved.length).toBeLessThan(300_000);
		},
		120_000,
	);

	test("polled once an hour: returns a text's final status, then forgets it", async () => {
		await publish({ events: ['message.failed'], options: { watchStatusHours: 2 } });
		const [early] = [sent('early', 'sent'), sent('never', 'sent')];
		await poll(HOUR);
		record.update(early, { status: 'failed' });
		await polls(5, HOUR);
		expect(bodies()).toEqual(['early']);
		expect(await requestsOfPoll(HOUR)).toBe(1);
	});

	test("messages with a final status aren't looked up again", async () => {
		await publish({ events: ['message.failed'] });
		for (let each = 0; each < 500; each++) sent(String(each), 'delivered');
		await poll();
		sent('later', 'delivered', clock + 10 * MINUTE);
		await poll(11 * MINUTE);
		expect(await requestsOfPoll()).toBe(1);
	});
});

describe('a list that misbehaves', () => {
	test("a scheduled text doesn't move the position", async () => {
		await publishAndPoll();
		pass(SECOND);
		sent('planned', 'scheduled', clock + 24 * HOUR);
		record.habits.compares = 'created';
		await poll();
		// Late, but not later than five minutes after what is newer.
		record.add({ body: 'late' }, { at: clock - 7 * MINUTE, lateBy: 7 * MINUTE + 1000 });
		await poll();
		expect(bodies()).toEqual([]);
	});

	test.each([0, 20])('a total of %d loses nothing', async (total) => {
		record.distort = (body) => ({ ...body, total });
		await publish();
		for (let count = 0; count < 130; count++) text(String(count));
		await polls(2);
		expect(new Set(bodies()).size).toBe(130);
		expect(bodies()).toHaveLength(130);
	});

	test("a server that ignores 'inboxIds' doesn't start workflows for other inboxes", async () => {
		record.ignoresInboxes = true;
		await publish({ filters: { inboxIds: ['b'] } });
		text('ours', { inboxId: 'b' });
		text('theirs', { inboxId: 'c' });
		await poll();
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
		await publish();
		const time = new Date(clock).toISOString().replace('Z', '');
		record.add({ body: 'first', timestamp: time, created: time });
		await poll();
		pass(10 * MINUTE);
		text('second');
		await polls(2);
		expect(bodies()).toEqual(['first', 'second']);
		expect(host.staticData().position).toMatchObject({ cursor: clock - 2 * MINUTE });
	});
});

describe('choosing another event', () => {
	test('during an outage: a failure after it is not lost', async () => {
		await publish({ events: ['message.delivered'] });
		const message = sent('failed', 'sent');
		await poll();
		record.fault = () => 500;
		await edit({ events: ['message.delivered', 'message.failed'] });
		await poll();
		record.update(message, { status: 'failed' });
		await poll();
		record.fault = () => undefined;
		await poll();
		expect(bodies()).toEqual(['failed']);
	});

	test('one that can still happen to texts with a final status', async () => {
		await publish({ events: ['message.delivered'] });
		const message = sent('read at last', 'delivered');
		await poll();
		record.add({}, { at: clock + 10 * MINUTE });
		await poll(11 * MINUTE);
		await edit({ events: ['message.delivered', 'message.read'] });
		await poll();
		record.update(message, { status: 'read' });
		await poll();
		expect(host.out().map(({ status }) => status)).toEqual(['delivered', 'read']);
	});

	test('during an outage: texts received before Message Received was chosen start nothing', async () => {
		await publishAndPoll({ events: ['message.failed'] });
		record.fault = () => 500;
		text('before');
		pass(5 * SECOND);
		await edit({ events: ['message.received', 'message.failed'] });
		pass(5 * SECOND);
		text('after');
		await poll();
		record.fault = () => undefined;
		await poll();
		expect(bodies()).toEqual(['after']);
	});
});

test("after a 429 with 'Retry-After', waits that long before the next request", async () => {
	await publishAndPoll();
	record.retryAfter = 3600;
	record.fault = () => 429;
	await poll();
	const asked = record.requests.length;
	await polls(58);
	expect(record.requests).toHaveLength(asked);
	record.fault = () => undefined;
	text('meanwhile');
	await poll(3 * MINUTE);
	expect(bodies()).toEqual(['meanwhile']);
});

test("'Answer Questions' as text from an expression means what it says", async () => {
	await publish({ options: { answerQuestions: 'false' } });
	text('Hello');
	expect(await requestsOfPoll()).toBe(1);
	expect(bodies()).toEqual(['Hello']);
});
