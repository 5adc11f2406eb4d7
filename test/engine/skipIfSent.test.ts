/* eslint-disable @n8n/community-nodes/no-restricted-globals -- runs on a developer's machine, not inside n8n */
import { sleep } from 'n8n-workflow';
import type { IDataObject, INodeParameters } from 'n8n-workflow';
import type { Answer } from './clerkChatApi';
import { closeNetwork } from './closeNetwork';
import {
	at,
	clerkChat,
	counts,
	entryOf,
	idsOf,
	isTo,
	itemsTo,
	later,
	LISTED,
	LOST,
	outcomesOf,
	REFUSED,
	sendAgain,
	setup,
	skipping,
	some,
	somebody,
	textsOf,
	toContinue,
	UNCLEAR,
	UNLISTED,
} from './deliveries';
import type { Deliveries, Fate } from './deliveries';
import { hintsOf, retry, runNode } from './engine';
import type { Setup } from './engine';
import { startProcess } from '../random/process';
import { ledger } from '../../nodes/ClerkChat/sending/ledger/ledger';
import { realServer } from './realServer';

/* 'Skip If Sent in the Last (Hours)': doesn't resend what is already on record (docs/sending.md). */

closeNetwork();

const HOUR = 3_600_000;

const separately = { severalNumbers: 'separately' };

/** Clerk Chat that takes so many ms for each message. */
const slow = (ms: number, listed = true) =>
	clerkChat(async () => {
		await sleep(ms);
		return listed ? {} : { onRecord: false };
	});

test('messages on record are returned and not sent; the rest is sent', async () => {
	const people = some(3);
	const chat = clerkChat();
	const items = itemsTo(people, ['a', 'b', 'c']);
	const entry = entryOf({ text: 'b', to: people[1] }, { status: 'delivered' });
	chat.entries.push(entry);
	const result = await runNode(items, skipping());
	expect(result.items.map(({ json, pairedItem }) => [json.body, pairedItem])).toEqual([
		['a', { item: 0 }],
		['b', { item: 1 }],
		['c', { item: 2 }],
	]);
	expect(result.items[1].json).toEqual({ ...entry, skipped: true });
	expect(chat.texts()).toEqual(['a', 'c']);
	expect(chat.looks).toHaveLength(1);
	expect(hintsOf(result)).toEqual(['Sent 2, skipped 1.']);
});

test('run again after all were sent: nobody gets anything twice', async () => {
	const chat = clerkChat();
	const items = itemsTo(some(3), ['a', 'b', 'c']);
	await runNode(items, skipping());
	expect(textsOf(await runNode(items, skipping()))).toEqual(['a', 'b', 'c']);
	expect(chat.sent).toHaveLength(3);
});

test.each<[string, IDataObject, boolean]>([
	['longer ago than that', at(Date.now() - 3 * HOUR), true],
	['within the time', at(Date.now() - HOUR), false],
	['failed', { status: 'failed' }, true],
	['from another number', { sender: '+14155550999' }, true],
	['to somebody else', { members: ['+14155550100', '+14155559999'] }, true],
	['with another text', { body: 'A' }, true],
	['that was received', { inbound: true }, true],
	['scheduled', { status: 'scheduled' }, false],
	['with other blanks', { body: ' a ' }, false],
])('on record is one %s', async (_, changes, isSent) => {
	const ann = somebody();
	const chat = clerkChat();
	chat.entries.push(entryOf({ text: 'a', to: ann }, changes));
	await runNode(itemsTo([ann], 'a'), skipping({ skipSentWithinHours: 2 }));
	expect(chat.got(ann)).toBe(isSent ? 1 : 0);
});

test.each([
	['an error beside another status', { error: 'odd' }],
	['an object for a text', { body: { toString: 1 } }],
	['an object for a time', { timestamp: { toString: 1 }, created: { toString: 1 } }],
])('on record is one with %s: it is neither sent again nor returned as sent', async (_, odd) => {
	const [ann, bob] = some(2);
	const chat = clerkChat({}, { documented: false });
	chat.entries.push(entryOf({ text: 'odd', to: ann }, odd));
	const result = await runNode(itemsTo([ann, bob], 'odd'), skipping({}, toContinue));
	expect(counts(chat, [ann, bob])).toEqual([0, 1]);
	expect(outcomesOf(result)).toEqual(['unknown', 'sent']);
});

test('of equal items, sends as many as are not on record yet', async () => {
	const ann = somebody();
	const chat = clerkChat();
	chat.entries.push(entryOf({ text: 'a', to: ann }));
	const result = await runNode(itemsTo([ann, ann, ann], 'a'), skipping());
	expect(chat.texts()).toEqual(['a', 'a']);
	expect(new Set(idsOf(result)).size).toBe(3);
});

test("a skipped item's entry isn't matched to an equal message that got lost", async () => {
	const ann = somebody();
	const chat = clerkChat(LOST);
	chat.entries.push(entryOf({ text: 'one', to: ann }));
	const result = await runNode(itemsTo([ann, ann], 'one'), skipping({}, toContinue));
	expect(chat.sent).toHaveLength(1);
	expect(outcomesOf(result)).toEqual(['sent', 'unknown']);
});

test('reads 1,000 messages of the day in 21 requests', async () => {
	const people = some(1_000);
	const chat = clerkChat();
	chat.entries.push(...people.map((to) => entryOf({ text: 'day', to })));
	await runNode(itemsTo(people.slice(0, 60), 'day'), skipping());
	expect(chat.sent).toHaveLength(0);
	expect(chat.looks).toHaveLength(21);
});

describe("if the record can't be read, sends nothing", () => {
	test.each([
		[403, /not allowed/],
		[500, /an issue on its side/],
	])('%i, On Error = Stop', async (status, reason) => {
		const chat = clerkChat({}, { closed: () => status });
		const result = await runNode(itemsTo(some(2), 'x'), skipping());
		expect(result.error?.message).toBe(
			"Nothing was sent: Clerk Chat's message history couldn't be read",
		);
		expect(result.error?.description).toMatch(reason);
		expect(result.error?.description).toContain("'Skip If Sent in the Last (Hours)'");
		expect(chat.sent).toHaveLength(0);
	});

	test('On Error = Continue: every item says so, and a later try sends', async () => {
		const chat = clerkChat({}, { closed: () => 403 });
		const result = await runNode(itemsTo(some(2), 'x'), skipping({}, toContinue));
		expect(result.items.map(({ json }) => json.error)).toMatchObject([
			{ outcome: 'notTried', description: expect.stringContaining('Skip If Sent') as string },
			{ outcome: 'notTried' },
		]);
		expect(chat.sent).toHaveLength(0);
	});
});

describe('executions of the same process, while the record lists nothing yet', () => {
	test('that request the same at the same time: sent once', async () => {
		const chat = slow(20, false);
		const items = itemsTo(some(3), ['a', 'b', 'c']);
		const [one, two] = await Promise.all([runNode(items, skipping()), runNode(items, skipping())]);
		expect(chat.texts().sort()).toEqual(['a', 'b', 'c']);
		expect(idsOf(two)).toEqual(idsOf(one));
	});

	test("that partly overlap wait for each other, others don't", async () => {
		const chat = slow(20);
		const [a, b, c] = itemsTo(some(3), ['a', 'b', 'c']);
		const lists = [
			[a, b],
			[b, c],
			[c, a],
		];
		const results = await Promise.all(
			lists.map(async (items) => await runNode(items, skipping({ maxConcurrency: 5 }))),
		);
		expect(results.map(({ status }) => status)).toEqual(['success', 'success', 'success']);
		expect(chat.texts().sort()).toEqual(['a', 'b', 'c']);
	});

	test('one that is cancelled while waiting sends nothing, and lets the next one continue', async () => {
		const chat = slow(60);
		const items = itemsTo(some(1), 'x');
		const first = runNode(items, skipping());
		const cancelled = runNode(items, {
			...skipping(),
			onStart: ({ cancel }) => setTimeout(cancel, 20),
		});
		const third = runNode(items, skipping());
		expect((await cancelled).items).toEqual([]);
		await Promise.all([first, third]);
		expect(chat.sent).toHaveLength(1);
	});

	/** Runs until this many requests are in flight, and is then cancelled. */
	async function cancelledAt(
		count: number,
		chat: ReturnType<typeof slow>,
		items: IDataObject[],
		used: Setup,
	) {
		let cancel = () => {};
		const running = runNode(items, { ...used, onStart: (run) => (cancel = run.cancel) });
		while (chat.sent.length < count) await sleep(1);
		cancel();
		await running;
	}

	test('an unclear one is searched for a few times, while a cancelled one may still arrive', async () => {
		const [ann, bob] = some(2);
		const until = async (isSo: () => boolean) => {
			while (!isSo()) await sleep(1);
		};
		let isCancelled = false;
		let cancel = () => {};
		const chat: Deliveries = clerkChat(async (request, index): Promise<Fate> => {
			// The third one has read the record, and is at its first message.
			if (isTo(bob, request)) await until(() => isCancelled);
			if (index === 2) await sleep(500);
			return index === 1 ? LOST : {};
		});
		const third = runNode(itemsTo([bob, ann], 'cancelled'), skipping({}, toContinue));
		await until(() => chat.sent.length === 1);
		const items = itemsTo([ann], 'cancelled');
		await runNode(items, setup({}, toContinue));
		const second = runNode(items, { ...setup(), onStart: (run) => (cancel = run.cancel) });
		await until(() => chat.sent.length === 3);
		cancel();
		isCancelled = true;
		await second;
		const looks = chat.looks.length;
		expect(outcomesOf(await third)).toEqual(['sent', 'unknown']);
		expect(chat.looks.length - looks).toBeLessThanOrEqual(8);
	});

	test('messages that a cancelled one sent count', async () => {
		const chat = slow(20, false);
		const items = itemsTo(some(3), ['a', 'b', 'c']);
		await cancelledAt(2, chat, items, skipping());
		await runNode(items, skipping());
		// What became of 'b' nobody knows: n8n ended its request.
		expect(chat.texts().filter((text) => text !== 'b')).toEqual(['a', 'c']);
	});

	test('messages in flight when one was cancelled may still arrive: the next one waits for them', async () => {
		const chat = slow(150);
		const items = itemsTo(some(2), ['a', 'b']);
		await cancelledAt(2, chat, items, setup({ maxConcurrency: 2 }));
		await runNode(items, skipping());
		expect(chat.texts().sort()).toEqual(['a', 'b']);
	});

	test.each<[string, (items: IDataObject[]) => Promise<{ items: unknown[] }>, number]>([
		['one without the option', async (items) => await runNode(items, setup()), 0],
		[
			'a retry of that',
			async (items) => await retry(await runNode(items, setup()), items, setup()),
			1,
		],
	])("messages that %s sent aren't sent again", async (_, send, refusals) => {
		const people = some(2);
		const chat = clerkChat((_request, index) =>
			index === 1 && refusals > 0 ? REFUSED : { onRecord: false },
		);
		const items = itemsTo(people, 'without');
		await send(items);
		const second = await runNode(items, skipping());
		expect(counts(chat, people)).toEqual([1, 1]);
		expect(outcomesOf(second)).toEqual(['sent', 'sent']);
	});

	test('nor messages that one without the option is sending to the same people in another form', async () => {
		const people = some(2);
		const chat = slow(30, false);
		const items = itemsTo([people.join(', ')], 'moment');
		const without = runNode(items, setup(separately));
		await sleep(5);
		await Promise.all([without, runNode(items, skipping({}, toContinue))]);
		expect(counts(chat, people)).toEqual([1, 1]);
	});

	test.each([true, false])(
		"unclear messages aren't sent again (with the option: %s)",
		async (has) => {
			const ann = somebody();
			const chat = clerkChat([UNLISTED]);
			const items = itemsTo([ann], 'unknown');
			await runNode(items, has ? skipping({}, toContinue) : setup({}, toContinue));
			const again = async () => outcomesOf(await runNode(items, skipping({}, toContinue)));
			expect(await again()).toEqual(['unknown']);
			chat.list();
			expect(await again()).toEqual(['sent']);
			expect(chat.got(ann)).toBe(1);
		},
	);

	test.each<[string, IDataObject, typeof LOST]>([
		["what ended unknown is sent with 'Send Again'", sendAgain, LOST],
		['what was refused is sent', {}, { answer: REFUSED }],
	])('%s', async (_, options, fate) => {
		const chat = clerkChat([fate]);
		const items = itemsTo(some(1), 'again');
		await runNode(items, skipping({}, toContinue));
		const second = await runNode(items, skipping(options, toContinue));
		expect(chat.sent).toHaveLength(2);
		expect(outcomesOf(second)).toEqual(['sent']);
	});

	test.each([{}, sendAgain])(
		'an unclear message that one sent after the other had read the record: both find it, it is sent once (%j)',
		async (options) => {
			const ann = somebody();
			const chat: Deliveries = clerkChat([LISTED], {
				onLook: async () => {
					while (chat.looks.length < 2) await sleep(1);
				},
			});
			const items = itemsTo([ann], 'both have read');
			const run = async () => await runNode(items, skipping(options, toContinue));
			const results = await Promise.all([run(), run()]);
			expect(chat.got(ann)).toBe(1);
			expect(results.map(outcomesOf)).toEqual([['sent'], ['sent']]);
		},
	);

	test("none of a run's 500 messages is sent again", async () => {
		const people = some(500);
		let sent = 0;
		const { credentials, close } = await realServer(({ method }, response) => {
			const data = method === 'GET' ? [] : entryOf({ text: 'many', to: [] }, { id: ++sent });
			response.writeHead(method === 'GET' ? 200 : 201, { 'content-type': 'application/json' });
			response.end(JSON.stringify({ data, total: 0 }));
		});
		const items = itemsTo([people.join(', ')], 'many');
		const used = { ...skipping({ ...separately, maxConcurrency: 50 }), credentials };
		await runNode(items, used);
		const second = await runNode(items, used);
		await close();
		expect(sent).toBe(500);
		expect(second.items).toHaveLength(500);
	});

	test.each<[string, IDataObject]>([
		['another text', { body: 'What Clerk Chat made of it' }],
		['another sender', { sender: '+14155550999' }],
		['a time long ago', at(Date.parse('2020-01-01'))],
		['no time at all', { timestamp: null, created: null }],
		['other members', { members: ['someone', 'else'] }],
		[
			'no more than its ID',
			Object.fromEntries(
				['body', 'sender', 'members', 'created', 'timestamp'].map((name) => [name, undefined]),
			),
		],
	])("a response that mentions %s: it isn't sent again", async (_, says) => {
		const ann = somebody();
		const chat = clerkChat({ says, onRecord: false }, { documented: false });
		const items = itemsTo([ann], 'answer');
		await Promise.all([runNode(items, skipping()), runNode(items, skipping())]);
		const third = await runNode(items, skipping());
		expect(chat.got(ann)).toBe(1);
		expect(outcomesOf(third)).toEqual(['sent']);
	});

	test('many equal messages of another execution: looks at each a few times, not once for every item', async () => {
		const ann = somebody();
		clerkChat({ onRecord: false });
		const items = itemsTo(Array<string>(300).fill(ann), 'many equal');
		await runNode(items, setup());
		const looks = jest.spyOn(ledger, 'has');
		const second = await runNode(items, skipping());
		expect(new Set(outcomesOf(second))).toEqual(new Set(['sent']));
		expect(looks.mock.calls.length).toBeLessThan(300 * 20);
	});

	test('a long record of messages to others: asks once for each whose it is', async () => {
		const [ann, bob] = some(2);
		const chat = clerkChat();
		for (let n = 0; n < 100; n++) chat.entries.push(entryOf({ text: `other ${n}`, to: bob }));
		const asks = jest.spyOn(ledger.owners, 'of');
		await runNode(itemsTo([ann], 'long record'), skipping());
		expect(chat.got(ann)).toBe(1);
		expect(asks.mock.calls.length).toBeLessThan(100 * 2);
	});

	test('older than the hours: it is sent again', async () => {
		const ann = somebody();
		const chat = clerkChat({ onRecord: false });
		const items = itemsTo([ann], 'reminder');
		await runNode(items, setup());
		later(25 * HOUR);
		await runNode(items, skipping());
		expect(chat.got(ann)).toBe(2);
	});

	test('equal items of one run are separate messages', async () => {
		const ann = somebody();
		const chat = clerkChat({ onRecord: false });
		await runNode(itemsTo([ann], 'equal'), setup());
		await runNode(itemsTo([ann, ann, ann], 'equal'), skipping());
		expect(chat.got(ann)).toBe(3);
	});

	test.each([false, true])(
		'another execution sent one of two equal items and lost the other (as a retry: %s)',
		async (isRetry) => {
			const ann = somebody();
			const chat = clerkChat([{}, LOST]);
			const items = itemsTo([ann, ann], 'equal');
			await runNode(items, setup());
			const stopped = await runNode(items, skipping());
			const again = skipping({}, toContinue);
			const result = isRetry ? await retry(stopped, items, again) : await runNode(items, again);
			expect(chat.got(ann)).toBe(1);
			expect(chat.sent).toHaveLength(2);
			expect(outcomesOf(result)).toEqual(['sent', 'unknown']);
		},
	);
});

describe('with Retry', () => {
	test('messages that an earlier try sent are returned, the rest is compared with the record', async () => {
		const people = some(2);
		const chat = clerkChat();
		const items = itemsTo(people, ['a', 'b']);
		const broken = { recipients: '={{ $json.text === "b" ? "" : $json.to }}' };
		const stopped = await runNode(items, skipping({}, {}, broken));
		expect(stopped.status).toBe('error');
		chat.entries.push(entryOf({ text: 'b', to: people[1] }));
		expect(textsOf(await retry(stopped, items, skipping()))).toEqual(['a', 'b']);
		expect(chat.texts()).toEqual(['a']);
	});

	test("the entry of an item that an earlier try sent isn't matched to an equal one", async () => {
		const ann = somebody();
		const chat = clerkChat([{}, REFUSED]);
		const items = itemsTo([ann, ann], 'a');
		const stopped = await runNode(items, skipping());
		expect(stopped.status).toBe('error');
		const retried = await retry(stopped, items, skipping());
		expect(chat.texts()).toEqual(['a', 'a', 'a']);
		expect(new Set(idsOf(retried)).size).toBe(2);
	});

	test.each(['sent', 'unclear'])(
		"a message that another retry sends while the record is read isn't matched to an equal one (%s)",
		async (outcome) => {
			const ann = somebody();
			let arrive = () => {};
			const arrived = new Promise<void>((resolve) => (arrive = resolve));
			const chat = clerkChat(
				async (_request, index): Promise<Fate> => {
					if (index !== 2)
						return [{ answer: [401, {}] as Answer }, { answer: REFUSED }][index] ?? {};
					// It is on record before it is answered.
					const data = entryOf({ text: 'a', to: ann });
					chat.entries.push(data);
					arrive();
					await sleep(50);
					const answer: Answer = outcome === 'sent' ? [201, { data }] : UNCLEAR;
					return { answer, isDelivered: true, onRecord: false };
				},
				{ onLook: async () => (chat.looks.length === 1 ? await arrived : undefined) },
			);
			const items = itemsTo([ann, ann], 'a');
			const stopped = await runNode(items, setup());
			const retried = retry(stopped, items, skipping());
			while (chat.looks.length === 0) await sleep(1);
			// The first item is refused, the second one is sent.
			await retry(stopped, items, setup({}, toContinue));
			expect(new Set(idsOf(await retried)).size).toBe(2);
			expect(chat.got(ann)).toBe(2);
		},
	);

	test.each<[string, Setup, boolean]>([
		['with Send Again', skipping(sendAgain, toContinue), false],
		['with Send Again, after a restart', skipping(sendAgain, toContinue), true],
		['without either option', setup({}, toContinue), false],
	])(
		'a skipped message that an earlier try may have sent is returned by the next retry %s',
		async (_, used, isRestart) => {
			const [ann, bob] = some(2);
			const chat = clerkChat((request, index) =>
				index === 0 ? LOST : isTo(bob, request) ? { answer: REFUSED } : {},
			);
			const items = itemsTo([ann, bob], 'skipped');
			const first = await runNode(items, setup());
			await runNode(itemsTo([ann], 'skipped'), setup());
			const second = await retry(first, items, skipping(sendAgain));
			const third = await retry(second, items, {
				...used,
				...(isRestart && { node: startProcess(1) }),
			});
			expect(chat.got(ann)).toBe(1);
			expect(outcomesOf(third)).toEqual(['sent', 'refused']);
		},
	);

	test('what another retry sent to a group is returned as sent, though another execution texted a member', async () => {
		const [ann, bob, cat] = some(3);
		let isAnnTexted = false;
		const until = async (isSo: () => boolean) => {
			while (!isSo()) await sleep(1);
		};
		const chat: Deliveries = clerkChat(async (request, index): Promise<Fate> => {
			if (index === 0) return { answer: [401, {}] };
			// By then, the other retry has begun the group message; it is answered after the message to Ann.
			if (isTo(cat, request)) await until(() => chat.sent.length === 3);
			if (isTo(bob, request)) await until(() => isAnnTexted);
			return {};
		});
		const items = itemsTo([cat, `${ann}, ${bob}`], 'three at once');
		const first = await runNode(items, setup());
		const skips = retry(first, items, skipping({}, toContinue));
		await until(() => chat.sent.length === 2);
		const sends = retry(first, items, setup({ maxConcurrency: 2 }, toContinue));
		await until(() => chat.sent.length === 3);
		await runNode(itemsTo([ann], 'three at once'), setup());
		isAnnTexted = true;
		const results = await Promise.all([skips, sends]);
		expect(results.map(outcomesOf)).toEqual([
			['sent', 'sent'],
			['sent', 'sent'],
		]);
	});

	test('when the record cannot be read, what another retry has sent meanwhile does not end the run well', async () => {
		const chat: Deliveries = clerkChat([[401, {}], {}, [401, {}]], {
			closed: () => 403,
			onLook: async () => {
				while (chat.sent.length < 3) await sleep(1);
				await sleep(20);
			},
		});
		const items = itemsTo(some(3), 'ends');
		const stopped = await runNode(items, setup());
		const skips = retry(stopped, items, skipping());
		await retry(stopped, items, setup());
		expect((await skips).error?.message).toMatch('Nothing was sent');
	});

	test("while it waits for one retry, another one's message isn't taken for a stranger's", async () => {
		const [ann, bob, carol] = some(3);
		const until = async (isSo: () => boolean) => {
			while (!isSo()) await sleep(1);
		};
		const chat: Deliveries = clerkChat(async (request, index) => {
			if (index === 0) return [401, {}];
			if (index === 1) {
				await until(() => chat.sent.length > 2);
				return [401, {}];
			}
			if (!isTo(bob, request)) return {};
			// On record before its answer says whose it is.
			const entry = entryOf({ text: 'group', to: [ann, bob] });
			chat.entries.push(entry);
			await until(() => chat.looks.length > 0);
			await sleep(5);
			return { answer: [201, { data: entry }], isDelivered: false };
		});
		const items = itemsTo([carol, ann, `${ann}, ${bob}`], 'group');
		const stopped = await runNode(items, setup());
		const again = async (used: Setup) => await retry(stopped, items, used);
		const stops = again(setup());
		await until(() => chat.sent.length === 2);
		const skips = again(skipping());
		await sleep(20);
		const reversed = again(
			setup({}, {}, { recipients: '={{ $input.all()[2 - $itemIndex].json.to }}' }),
		);
		await stops;
		expect(new Set(idsOf(await skips)).size).toBe(3);
		expect(idsOf(await reversed)).toEqual(idsOf(await skips).reverse());
		expect(chat.sent).toHaveLength(5);
	});

	test('two retries at once return the same, though the text is another one in each of them', async () => {
		const people = some(3);
		const chat = clerkChat([[401, {}]]);
		const items = itemsTo(people, 'changing');
		const used = skipping({}, {}, { body: '={{ $json.text }} {{ Math.random() }}' });
		const stopped = await runNode(items, used);
		const results = await Promise.all([retry(stopped, items, used), retry(stopped, items, used)]);
		expect(counts(chat, people)).toEqual([1, 1, 1]);
		const ids = chat.entries.map(({ id }) => id);
		expect(results.map(idsOf)).toEqual([ids, ids]);
	});
});

describe('a group message and one to some of its members', () => {
	/** Two people, a message to each of them and one to both. */
	const group = (text: string) => {
		const people = some(2);
		return { people, ones: itemsTo(people, text), both: itemsTo([people.join(', ')], text) };
	};

	const asked = ({ sent }: ReturnType<typeof clerkChat>) => sent.map(({ body }) => body.recipients);

	test('each alone before: returned as their messages, and not sent', async () => {
		const chat = clerkChat();
		const { both } = group('all');
		await runNode(both, skipping(separately));
		const again = await runNode(both, skipping());
		expect(chat.sent).toHaveLength(2);
		expect(again.items.map(({ json, pairedItem }) => [json, pairedItem])).toEqual(
			chat.entries.map((entry) => [{ ...entry, skipped: true }, { item: 0 }]),
		);
	});

	test.each<[string, boolean]>([
		['Separately', true],
		['as an item for each', false],
	])('together before, and %s now: nobody gets the text twice', async (_, isOneItem) => {
		const chat = clerkChat();
		const { people, ones, both } = group('round');
		await runNode(both, skipping());
		const again = await runNode(isOneItem ? both : ones, skipping(isOneItem ? separately : {}));
		expect(asked(chat)).toEqual([people]);
		expect(idsOf(again)).toEqual(Array(2).fill(chat.entries[0].id));
		expect(again.items.map(({ pairedItem }) => pairedItem)).toEqual([
			{ item: 0 },
			{ item: isOneItem ? 0 : 1 },
		]);
	});

	test('at the same time, together and separately: each gets one', async () => {
		const chat = slow(30);
		const { people, both } = group('moment');
		const results = await Promise.all([
			runNode(both, skipping({ ...separately, maxConcurrency: 2 })),
			runNode(both, skipping()),
		]);
		expect(counts(chat, people)).toEqual([1, 1]);
		expect(results[1].items).toHaveLength(2);
	});

	test('at the same time, to both and to one of them: nobody gets the text twice', async () => {
		const chat = slow(30);
		const { people, ones, both } = group('group');
		await Promise.all([runNode(both, skipping()), runNode(ones.slice(0, 1), skipping())]);
		expect(asked(chat)).toEqual([people]);
	});

	test('one of them alone before: refused, naming who has it', async () => {
		const chat = clerkChat();
		const { people, ones, both } = group('some');
		await runNode(ones.slice(0, 1), skipping());
		const result = await runNode(both, skipping());
		expect(chat.sent).toHaveLength(1);
		expect(result.error?.message).toBe(
			`Some recipients in 'To' already have this text: ${people[0]}`,
		);
		expect(result.error?.description).toContain("'Separately'");
	});

	test('two together before, with a third now: refused together; Separately, only the third gets it', async () => {
		const chat = clerkChat();
		const { people, both } = group('third');
		const cat = somebody();
		await runNode(both, skipping());
		const three = itemsTo([[...people, cat].join(', ')], 'third');
		const result = await runNode(three, skipping());
		expect(result.error?.message).toContain(people.join(', '));
		await runNode(three, skipping(separately));
		expect(asked(chat)).toEqual([people, [cat]]);
	});

	test("on record is the group's, though the list has its member first", async () => {
		const chat = clerkChat();
		const { people, ones, both } = group('first');
		chat.entries.push(entryOf({ text: 'first', to: people }));
		const result = await runNode([ones[0], ...both], skipping());
		expect(asked(chat)).toEqual([[people[0]]]);
		expect(result.items.map(({ json }) => json.skipped)).toEqual([undefined, true]);
	});

	test("their own message in the same list doesn't count", async () => {
		const chat = clerkChat();
		const { ones, both } = group('own');
		await runNode(ones.slice(0, 1), skipping());
		await runNode([ones[0], ...both, ones[1]], skipping());
		expect(chat.sent).toHaveLength(3);
	});
});

test.each<[string, INodeParameters, IDataObject, string]>([
	[
		'a template',
		{ additionalFields: { templateId: '7' } },
		{},
		"'Skip If Sent in the Last (Hours)' cannot be used with a template",
	],
	[
		'media without a text',
		{ body: ' ', additionalFields: { mediaUrls: ['https://clerk-chat.test/a.png'] } },
		{},
		"'Skip If Sent in the Last (Hours)' cannot be used without a text",
	],
	[
		'From without +, for the record lists numbers with it',
		{ sender: '4155550100' },
		{},
		"'Skip If Sent in the Last (Hours)' needs phone numbers with + and country code, not: 4155550100",
	],
	...[0, -1, 'soon', '={{ undefined }}'].map(
		(skipSentWithinHours): [string, INodeParameters, IDataObject, string] => [
			`${skipSentWithinHours} hours`,
			{},
			{ skipSentWithinHours },
			"'Skip If Sent in the Last (Hours)' is not a number above zero",
		],
	),
])('%s: refused', async (_, parameters, options, message) => {
	const chat = clerkChat();
	const { error } = await runNode(itemsTo(some(1), 'a'), skipping(options, {}, parameters));
	expect(error?.message).toBe(message);
	if ('sender' in parameters) expect(error?.description).toContain("'Default Country Code'");
	expect(chat.sent).toHaveLength(0);
});

test('with Default Country Code, finds numbers without one on the record; a short code is a separate address', async () => {
	const ann = somebody();
	const chat = clerkChat();
	chat.entries.push(entryOf({ text: 'a', to: ann }), entryOf({ text: 'a', to: '72345' }));
	const options = { defaultCountryCode: '+1' };
	await runNode(itemsTo([ann.slice(2)], 'a'), skipping(options, {}, { sender: '4155550100' }));
	await runNode(itemsTo(['72345'], 'a'), skipping());
	expect(chat.sent).toHaveLength(0);
});

test("an earlier try's unclear message, listed just now, doesn't count as another execution's", async () => {
	const ann = somebody();
	let isSkipping = false;
	const chat: Deliveries = clerkChat([REFUSED, UNLISTED], {
		// A search has both ends.
		onLook: () => (isSkipping && !chat.looks.at(-1)!.query.end ? chat.list() : undefined),
	});
	const items = itemsTo([ann, ann], 'equal');
	const first = await runNode(items, setup({ maxConcurrency: 1 }));
	const unclear = await retry(first, items, setup({ maxConcurrency: 1 }));
	isSkipping = true;
	await retry(unclear, items, skipping({ maxConcurrency: 1 }, toContinue));
	const last = await retry(first, items, setup({}, toContinue));
	expect(chat.got(ann)).toBe(2);
	expect(idsOf(last)).toEqual(chat.entries.map(({ id }) => id));
});

test.each(['a retry', 'a retry by another process'])(
	"%s: a group's message that was taken for a lost one to one of its people counts for that person only",
	async (which) => {
		const [ann, bob] = some(2);
		const chat = clerkChat([{}, LOST]);
		const items = itemsTo([`${ann}, ${bob}`], 'x');
		const options = { ...separately, maxConcurrency: 1 };
		await runNode(items, setup());
		const failed = await runNode(items, setup(options));
		const again = skipping({ ...options, ...sendAgain });
		const isRestarted = which !== 'a retry';
		const last = await retry(failed, items, {
			...again,
			node: isRestarted ? startProcess(1) : undefined,
		});
		expect(counts(chat, [ann, bob])).toEqual([1, 1]);
		expect(new Set(idsOf(last))).toEqual(new Set(idsOf(last).slice(0, 1)));
		expect((await retry(last, items, again)).error).toBeUndefined();
		expect(counts(chat, [ann, bob])).toEqual([1, 1]);
	},
);

test.each(['this try', 'a retry', 'another execution'])(
	"a group's message of another process that %s takes for a lost one to Bob is nobody else's",
	async (which) => {
		const [ann, bob] = some(2);
		const chat = clerkChat([LOST, REFUSED]);
		const items = itemsTo([bob, ann], 'x');
		const group = entryOf({ text: 'x', to: [ann, bob] });
		if (which === 'this try') chat.entries.push(group);
		const failed = await runNode(items, setup());
		if (which !== 'this try') chat.entries.push(group);
		if (which === 'another execution') await runNode(items.slice(0, 1), skipping());
		const last = await retry(failed, items, skipping());
		expect(idsOf(last)).toEqual([group.id, group.id]);
		expect(counts(chat, [ann, bob])).toEqual([0, 0]);
	},
);

test.each([
	['its people missing', []],
	['its people as names', ['Ann']],
	['its people as objects', [{ contactId: 12 }]],
	['masked numbers', ['+1415***0123']],
])(
	"a message that is found by the ID in its answer, with %s, doesn't keep the rest from being sent",
	async (_, members) => {
		const [ann, bob] = some(2);
		const says = { error: 'odd', errorCode: '1' };
		const onRecord = { members, error: null };
		const chat = clerkChat([{ says, onRecord }, REFUSED], { documented: false });
		const items = itemsTo([ann, bob], 'x');
		const failed = await runNode(items, skipping());
		const last = await retry(failed, items, { ...skipping(), node: startProcess(1) });
		expect(last.error).toBeUndefined();
		expect(idsOf(last)).toEqual(chat.entries.map(({ id }) => id));
		expect(chat.got(bob)).toBe(1);
	},
);

test("what an execution has skipped isn't taken for its unclear equal message", async () => {
	const ann = somebody();
	const chat = clerkChat([UNLISTED]);
	chat.entries.push(entryOf({ text: 'x', to: ann }));
	const items = itemsTo([ann, ann], 'x');
	const first = await runNode(items, skipping({}, toContinue));
	expect(outcomesOf(first)).toEqual(['sent', 'unknown']);
	await runNode(items, skipping({}, toContinue));
	// And the one that was on record before.
	expect(chat.got(ann)).toBe(1);
});

test('nor for that of another retry', async () => {
	const bob = somebody();
	const chat = clerkChat([REFUSED, LOST]);
	const items = itemsTo([bob, bob], 'x');
	const failed = await runNode(items, setup());
	chat.entries.push(entryOf({ text: 'x', to: bob }));
	const again = async () => await retry(failed, items, skipping({}, toContinue));
	for (const each of await Promise.all([again(), again()])) {
		expect(outcomesOf(each)).toEqual(['sent', 'unknown']);
	}
});

test('a message to a group counts as that, though the record lists one person more and an item to a member comes first', async () => {
	const [ann, bob] = some(2);
	const members = [...(entryOf({ text: 'x', to: [bob, ann] }).members as string[]), somebody()];
	const chat = clerkChat([LOST, { ...LISTED, onRecord: { members } }]);
	const items = itemsTo([ann, `${bob}, ${ann}`, bob], 'x');
	const options = { maxConcurrency: 2 };
	const failed = await runNode(items, setup(options));
	const last = await retry(failed, items, skipping(options, toContinue));
	expect(outcomesOf(last)).toEqual(['unknown', 'sent', 'sent']);
	expect(counts(chat, [bob])).toEqual([2]);
});

test('an unclear message that another execution has skipped, after a restart, is still found by its own retry', async () => {
	const ann = somebody();
	const chat = clerkChat(UNLISTED);
	const items = itemsTo([ann], 'x');
	const failed = await runNode(items, setup());
	chat.list();
	const node = startProcess(1);
	expect(outcomesOf(await runNode(items, { ...skipping(), node }))).toEqual(['sent']);
	expect(outcomesOf(await retry(failed, items, { ...setup(), node }))).toEqual(['sent']);
	expect(chat.got(ann)).toBe(1);
});
