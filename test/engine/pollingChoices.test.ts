/* eslint-disable @n8n/community-nodes/no-restricted-globals -- runs on a developer's machine, not inside n8n */
import fc from 'fast-check';
import type { IDataObject } from 'n8n-workflow';
import {
	SECOND,
	MINUTE,
	HOUR,
	begin,
	bodies,
	clock,
	edit,
	host,
	pass,
	poll,
	polls,
	publish,
	publishAndPoll,
	record,
	text,
} from './polling';

/* Which texts start a workflow, what their items contain, and which texts are returned together. */

describe('Simplify', () => {
	test('returns the names that Message: Get Many uses', async () => {
		await publish();
		text('Hello', { sender: '+14155550123', members: ['+14155550100', '+14155550123'] });
		await poll();
		expect(host.out()).toEqual([
			expect.objectContaining({
				body: 'Hello',
				inbound: true,
				sender: '+14155550123',
				to: ['+14155550100'],
				conversationId: '7',
				status: 'sent',
			}),
		]);
		expect(host.out()[0]).not.toHaveProperty('somethingNew');
		// No second name for one thing.
		expect(host.out()[0]).not.toHaveProperty('from');
		expect(host.out()[0]).not.toHaveProperty('direction');
	});

	test.each([false, 'false'])('turned off (%j), returns all fields', async (simplify) => {
		await publish({ simplify });
		const message = text('Hello');
		await poll();
		expect(host.out()).toEqual([message]);
	});

	test('keeps why a text failed', async () => {
		await publish({ events: ['message.failed'] });
		text('Hello', { inbound: false, status: 'failed', error: 'landline', errorCode: '30006' });
		await poll();
		expect(host.out()).toMatchObject([{ error: 'landline', errorCode: '30006' }]);
	});

	test('applies to the test event, too', async () => {
		text('Hello');
		const [[{ json }]] = (await host.fetchTestEvent())!;
		expect(json).toMatchObject({ inbound: true, body: 'Hello' });
	});
});

describe('Filters', () => {
	const ours = ['+14155550100', '+14155550123'];

	test.each<[IDataObject, IDataObject, boolean]>([
		[{ from: ['+14155550123'] }, { sender: '+14155550123' }, true],
		[{ from: ['+1 (415) 555-0123'] }, { sender: '+14155550123' }, true],
		// Without its country code, as elsewhere.
		[{ from: ['(415) 555-0123'] }, { sender: '+14155550123' }, true],
		[{ from: ['07400 123456'] }, { sender: '+447400123456' }, true],
		[{ from: ['555-0123'] }, { sender: '+14155550123' }, false],
		[{ from: ['+4155550123'] }, { sender: '+14155550123' }, false],
		[{ from: ['12345'] }, { sender: '12345' }, true],
		[{ from: ['12345'] }, { sender: '+14155512345' }, false],
		[{ from: '+14155550199, +14155550123' }, { sender: '+14155550123' }, true],
		[{ from: ['+14155550199'] }, { sender: '+14155550123' }, false],
		[{ to: ['+14155550100'] }, { members: ours }, true],
		[{ to: ['+14155550123'] }, { members: ours }, false],
		[{ to: ['+14155550101'] }, { members: ours }, false],
		[{ conversationId: '7' }, { conversationId: '7' }, true],
		[{ conversationId: ' 7 ' }, { conversationId: 7 }, true],
		[{ conversationId: '8' }, { conversationId: '7' }, false],
		[{ containsWords: ['refund'] }, { body: 'I want a REFUND!' }, true],
		[{ containsWords: ['refund'] }, { body: 'Refunding is slow' }, false],
		[{ containsWords: ['art'] }, { body: 'to start' }, false],
		[{ containsWords: ['\u00fcber'] }, { body: 'Wir reden \u00dcBER alles' }, true],
		[{ containsWords: ['\u00fcber'] }, { body: 'Wir reden gegen\u00fcber' }, false],
		[{ containsWords: ['not now'] }, { body: 'Not,  now' }, true],
		[{ containsWords: ['\u{1f44d}'] }, { body: 'ok\u{1f44d}' }, true],
		[{ containsWords: ['yes', 'ok'] }, { body: 'OK' }, true],
		[{ containsWords: ['yes'] }, { body: null }, false],
		[{ containsWords: ['yes'], from: ['+14155550199'] }, { body: 'yes' }, false],
	])('%j of %j: %j', async (filters, message, isWanted) => {
		await publish({ filters });
		record.add(message);
		await poll();
		expect(host.out()).toHaveLength(isWanted ? 1 : 0);
	});

	test('apply to sent texts, too', async () => {
		await publish({ events: ['message.failed'], filters: { to: ['+14155550123'] } });
		const sent = { inbound: false, status: 'failed', sender: '+14155550100' };
		record.add({ ...sent, members: ['+14155550100', '+14155550123'], body: 'this' });
		record.add({ ...sent, members: ['+14155550100', '+14155550124'], body: 'another' });
		await poll();
		expect(bodies()).toEqual(['this']);
	});

	test('apply to the test event', async () => {
		host.parameters = { filters: { containsWords: ['refund'] } };
		text('refund');
		pass(SECOND);
		text('newer');
		const [[{ json }]] = (await host.fetchTestEvent())!;
		expect(json.body).toBe('refund');
	});
});

describe('Opt-Out Received', () => {
	const texts = ['STOP', 'Hello', ' stop. ', 'Please stop calling', 'Unsubscribe', 'HELP'];

	test.each([
		[['message.optOut'], ['STOP', ' stop. ', 'Unsubscribe']],
		[['message.received'], texts],
		[['message.received', 'message.optOut'], texts],
	])('%j', async (events, expected) => {
		await publish({ events });
		texts.forEach((body) => text(body));
		await poll();
		expect(bodies()).toEqual(expected);
	});

	test('chosen later starts from then, and loses nothing of the other event', async () => {
		await publishAndPoll({ events: ['message.received'] });
		text('Hello');
		host.parameters = { events: ['message.received', 'message.optOut'] };
		pass(SECOND);
		await host.publish('update');
		text('STOP');
		await poll();
		expect(bodies()).toEqual(['Hello', 'STOP']);
	});
});

test.each<[IDataObject, string[]]>([
	[{ oldestHours: 3 }, ['two hours ago', 'now']],
	[{ oldestHours: '1' }, ['now']],
	[{}, ['four hours ago', 'two hours ago', 'now']],
])('Oldest (Hours) %j: older texts start nothing', async (options, expected) => {
	host.parameters = { options } as never;
	await host.publish();
	for (const body of ['four hours ago', 'two hours ago']) {
		pass(HOUR);
		text(body);
		pass(HOUR);
	}
	text('now');
	await host.restart();
	await poll();
	expect(bodies()).toEqual(expected);
});

describe('First Text Only (Hours)', () => {
	test('lets one text of each conversation through within so many hours', async () => {
		await publish({ options: { firstOnlyHours: 2 } });
		text('a1', { conversationId: 'a' });
		text('b1', { conversationId: 'b' });
		text('a2', { conversationId: 'a' });
		await poll();
		pass(HOUR);
		text('a3', { conversationId: 'a' });
		await poll();
		await host.restart();
		pass(HOUR);
		text('a4', { conversationId: 'a' });
		text('c1', { conversationId: 'c' });
		await poll();
		expect(bodies()).toEqual(['a1', 'b1', 'a4', 'c1']);
	});
});

describe('Wait Until Quiet (Seconds)', () => {
	beforeEach(async () => {
		await publish({ options: { quietSeconds: 90 } });
	});

	test('starts over after ten minutes, even if everything is read at once', async () => {
		for (let minutes = 0; minutes < 15; minutes++) {
			text(String(minutes), { conversationId: 'a' });
			pass(MINUTE);
		}
		await poll(2 * MINUTE);
		expect(bodies().map((body) => String(body).split('\n').length)).toEqual([10, 5]);
	});

	test("returns a conversation's texts together once nobody has written for that long", async () => {
		text('Hi', { conversationId: 'a' });
		text('Other', { conversationId: 'b' });
		await poll();
		text('I have a', { conversationId: 'a' });
		await poll(30 * SECOND);
		text('question', { conversationId: 'a' });
		await poll();
		expect(bodies()).toEqual(['Other']);
		await poll(31 * SECOND);
		expect(host.executions).toHaveLength(2);
		const [, burst] = host.out();
		expect(burst).toMatchObject({
			body: 'Hi\nI have a\nquestion',
			conversationId: 'a',
			messages: [{ body: 'Hi' }, { body: 'I have a' }, { body: 'question' }],
		});
		expect(burst.id).toBe((burst.messages as IDataObject[])[2].id);
		await polls(2);
		expect(host.out()).toHaveLength(2);
	});

	test('waits ten minutes at most', async () => {
		for (let seconds = 0; seconds < 660; seconds += 60) {
			text(String(seconds));
			await poll();
		}
		expect(host.out()).toHaveLength(1);
		expect(host.out()[0].messages).toHaveLength(10);
	});

	test.each(['saved with others', 'not saved'])('survives a restart (%s)', async (saved) => {
		text('one', { conversationId: 'a' });
		if (saved === 'saved with others') {
			text('long quiet', { conversationId: 'b' });
			await poll();
			text('two', { conversationId: 'a' });
			await poll(31 * SECOND);
			expect(bodies()).toEqual(['long quiet']);
		} else {
			await poll();
			text('two', { conversationId: 'a' });
			await poll(20 * SECOND);
		}
		await host.restart();
		await poll(100 * SECOND);
		await poll(100 * SECOND);
		expect(bodies().filter((body) => body !== 'long quiet')).toEqual(['one\ntwo']);
	});

	test('random texts and restarts: each text once, in order, at the latest at the first poll after ten minutes', async () => {
		const step = fc.oneof(
			{
				weight: 4,
				arbitrary: fc.record({ conversation: fc.constantFrom('a', 'b'), late: fc.nat(59) }),
			},
			{ weight: 3, arbitrary: fc.constant('poll' as const) },
			{ weight: 1, arbitrary: fc.constant('restart' as const) },
		);
		const history = fc.record({
			quietSeconds: fc.integer({ min: 1, max: 700 }),
			isDurable: fc.boolean(),
			steps: fc.array(step, { maxLength: 60 }),
		});
		await fc.assert(
			fc.asyncProperty(history, async ({ quietSeconds, isDurable, steps }) => {
				begin();
				host.isDurable = isDurable;
				host.parameters = { options: { quietSeconds, answerQuestions: false } };
				const came = new Map<string, number>();
				const polls: number[] = [];
				const late: string[] = [];
				const tick = async () => {
					const before = host.out().length;
					await poll();
					for (const { messages } of host.out().slice(before)) {
						for (const { body } of messages as IDataObject[]) {
							// The API's times are in whole seconds.
							const latest = came.get(String(body))! + 10 * MINUTE + 1_000;
							if (polls.some((time) => time >= latest)) late.push(String(body));
						}
					}
					polls.push(clock);
				};
				await host.publish();
				await tick();
				for (const each of steps) {
					if (each === 'poll') await tick();
					else if (each === 'restart') await host.restart();
					else {
						pass(each.late * 100);
						came.set(String(came.size), clock + 1);
						record.add(
							{ body: String(came.size - 1), conversationId: each.conversation },
							{ at: clock + 1 },
						);
					}
				}
				for (let left = 13; left > 0; left--) await tick();
				const bursts = host.out().map(({ messages }) => messages as IDataObject[]);
				const out = bursts.flat().map(({ body }) => Number(body));
				expect([...out].sort((a, b) => a - b)).toEqual([...came.keys()].map(Number));
				for (const burst of bursts) {
					const inBurst = burst.map(({ body }) => Number(body));
					expect(inBurst).toEqual([...inBurst].sort((a, b) => a - b));
					expect(new Set(burst.map(({ conversationId }) => conversationId)).size).toBe(1);
				}
				expect(late).toEqual([]);
			}),
			{ numRuns: Number(process.env.POLLING_RUNS ?? 40) },
		);
	});

	test('texts of a backlog are separate bursts', async () => {
		text('morning');
		pass(5 * HOUR);
		text('evening');
		pass(HOUR);
		await host.restart();
		await poll();
		expect(bodies()).toEqual(['morning', 'evening']);
	});

	test("an opt-out doesn't wait", async () => {
		text('STOP');
		await poll(5 * SECOND);
		expect(bodies()).toEqual(['STOP']);
	});

	test('when removed, waiting texts are returned', async () => {
		text('waits');
		await poll(5 * SECOND);
		await edit({});
		expect(bodies()).toEqual(['waits']);
	});

	test('with First Text Only, returns the whole first burst and no other', async () => {
		await edit({ options: { quietSeconds: 90, firstOnlyHours: 24 } });
		text('one');
		await poll();
		text('two');
		await polls(2);
		text('three');
		await polls(4);
		expect(bodies()).toEqual(['one\ntwo']);
	});
});
