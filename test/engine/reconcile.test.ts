import { sleep } from 'n8n-workflow';
import type { IDataObject } from 'n8n-workflow';
import { limits } from '../../nodes/api/limits';
import { startProcess } from '../random/process';
import { recordFormOf, richText } from '../recordForms';
import { clerkChatApi } from './clerkChatApi';
import type { Answer } from './clerkChatApi';
import { closeNetwork } from './closeNetwork';
import {
	at,
	clerkChat,
	entryOf,
	idsOf,
	isTo,
	itemsTo,
	killed,
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
	wordsOf,
} from './deliveries';
import type { Deliveries, Fate } from './deliveries';
import { API_KEY, hintsOf, retry, runNode } from './engine';
import type { Setup } from './engine';
import { realServer } from './realServer';
import { ask } from './waitingHost';

/* Unclear results are looked up on Clerk Chat's record (docs/howSendingWorks.md). */

closeNetwork();
// On a busy machine a look takes long.
beforeEach(() => void jest.replaceProperty(limits, 'longestSearch', 60_000));

/** What is listed at a look, counted from 1, and not before. */
const listedAt = (look: number): Deliveries => {
	const chat: Deliveries = clerkChat(UNLISTED, {
		onLook: () => (chat.looks.length >= look ? chat.list() : undefined),
	});
	return chat;
};

const FAILED: Fate = { ...LISTED, onRecord: { status: 'failed', error: 'The carrier is down' } };

describe('in this try', () => {
	test.each(['stopWorkflow', 'continueRegularOutput', 'continueErrorOutput'] as const)(
		'On Error = %s: a message on record is returned as sent, linked to its item, and the run continues',
		async (onError) => {
			const chat = clerkChat([{}, LISTED, {}, LISTED, {}]);
			const texts = ['a', 'b', 'c', 'd', 'e'];
			const result = await runNode(itemsTo(some(5), texts), setup({}, { onError }));
			expect(result.items.map(({ json }) => json)).toEqual(chat.entries);
			expect(result.items.map(({ pairedItem }) => pairedItem)).toEqual(
				[0, 1, 2, 3, 4].map((item) => ({ item })),
			);
			expect(result.errorItems).toEqual([]);
			expect(chat.texts()).toEqual(texts);
			expect(hintsOf(result)).toEqual(["Sent 5 (2 confirmed by Clerk Chat's history)."]);
		},
	);

	test('finds a message that is listed only after a while', async () => {
		const chat = listedAt(3);
		expect(textsOf(await runNode(itemsTo(some(1), 'late'), setup()))).toEqual(['late']);
		expect(chat.looks).toHaveLength(3);
	});

	test('searches for a message that waited its turn as long as for any other', async () => {
		const chat: Deliveries = clerkChat([[429, {}, { 'retry-after': '1' }], UNLISTED], {
			onLook: () => (chat.looks.length > 1 ? chat.list() : undefined),
		});
		const result = await runNode(itemsTo(some(1), 'waited'), setup({}, toContinue));
		expect(textsOf(result)).toEqual(['waited']);
		expect(chat.looks).toHaveLength(2);
	});

	test('a message not on record stays unclear, says so, and ends the run if On Error is Stop', async () => {
		const people = some(3);
		const chat = clerkChat([{}, LOST]);
		const result = await runNode(itemsTo(people, ['a', 'b', 'c']), setup());
		expect(result.error?.message).toMatch(/the message to \+\d+ may have been sent$/);
		expect(result.error?.message).toContain(people[1]);
		expect(result.error?.description).toMatch(
			/^Sent 1, unclear 1, not tried 1\.<br>After \d+ seconds, Clerk Chat's message history doesn't show it.*unclear whether/,
		);
		expect(chat.texts()).toEqual(['a', 'b']);
	});

	test('a message on record as failed was not sent, for the reason on record', async () => {
		const chat = clerkChat([{}, FAILED]);
		const result = await runNode(itemsTo(some(2), 'failed'), setup({}, toContinue));
		expect(result.items[1].json.error).toMatchObject({
			outcome: 'refused',
			message: 'The message was not sent',
			description: expect.stringContaining('The carrier is down') as string,
		});
		expect(chat.sent).toHaveLength(2);
	});

	test("on record as failed, with 'Fail on Refused Message' off: returned", async () => {
		clerkChat(FAILED);
		const result = await runNode(itemsTo(some(1), 'x'), setup({ rejectedAsError: false }));
		expect(result.items).toMatchObject([{ json: { status: 'failed' } }]);
	});

	test('an error with another status stays unclear, even on record', async () => {
		const chat = clerkChat({ ...LISTED, onRecord: { error: 'odd' } });
		const result = await runNode(itemsTo(some(1), 'x'), setup({}, toContinue));
		expect(outcomesOf(result)).toEqual(['unknown']);
		expect(chat.sent).toHaveLength(1);
	});

	test.each<[number, number]>([
		[403, 1],
		[401, 1],
		[500, 3],
	])('a record that responds with %i: still unclear, after %i searches', async (status, count) => {
		const chat = clerkChat([LISTED], { closed: () => status });
		const result = await runNode(itemsTo(some(2), 'x'), setup({}, toContinue));
		expect(outcomesOf(result)).toEqual(['unknown', 'sent']);
		expect(wordsOf(result)).toContain("couldn't be read");
		expect(chat.looks).toHaveLength(count);
	});

	test("a message with a template isn't looked up: its text may differ", async () => {
		const chat = clerkChat(LISTED);
		const templated = setup({}, toContinue, { additionalFields: { templateId: '7' } });
		await runNode(itemsTo(some(1), 'x'), templated);
		expect(chat.looks).toHaveLength(0);
	});

	test('without unclear messages, makes no extra request', async () => {
		const chat = clerkChat();
		await runNode(itemsTo(some(3), 'x'), setup());
		expect([chat.sent.length, chat.looks.length]).toEqual([3, 0]);
	});

	test('100 items, 34 of them unclear, take at most 40 searches', async () => {
		const chat = clerkChat((_request, index) => (index % 3 === 0 ? LISTED : {}));
		const texts = Array.from({ length: 100 }, (_, n) => `${n}`);
		const result = await runNode(itemsTo(some(100), texts), setup({}, toContinue));
		expect(outcomesOf(result)).toEqual(Array(100).fill('sent'));
		expect(chat.looks.length).toBeLessThanOrEqual(40);
	});
});

describe('an entry of the record is one message', () => {
	test('messages to one person: each matches its own entry', async () => {
		const ann = somebody();
		const chat = clerkChat([LISTED, LOST, LISTED]);
		const items = itemsTo([ann, ann, ann], ['same', 'lost', 'same']);
		const result = await runNode(items, setup({}, toContinue));
		expect(idsOf(result)).toEqual([chat.entries[0].id, undefined, chat.entries[1].id]);
	});

	test.each<[string, IDataObject, IDataObject]>([
		['the same', {}, {}],
		['missing on record', {}, { id: undefined }],
		['text in the answer and a number on record', { id: '77000001' }, { id: 77_000_001 }],
		['a number in the answer and text on record', { id: 77_000_002 }, { id: '77000002' }],
	])('two equal items, the second of which is lost; the ID is %s', async (_, says, onRecord) => {
		const ann = somebody();
		const chat = clerkChat([{ says, onRecord }, LOST], { documented: false });
		const result = await runNode(itemsTo([ann, ann], 'equal'), setup({}, toContinue));
		expect(chat.got(ann)).toBe(1);
		expect(outcomesOf(result)).toEqual(['sent', 'unknown']);
	});

	test.each<[string, Setup['settings'], number, string[]]>([
		['in this try', toContinue, 2, ['refused', 'unknown']],
		// The failed one is sent again, the other one is sent once.
		[
			'in a later try',
			{ retryOnFail: true, maxTries: 3, ...toContinue },
			3,
			['unknown', 'unknown'],
		],
	])('a failed entry belongs to one of two equal messages %s', async (...row) => {
		const [, settings, count, outcomes] = row;
		const ann = somebody();
		const chat = clerkChat((_request, index) => (index === 0 ? FAILED : UNLISTED));
		const result = await runNode(itemsTo([ann, ann], 'equal'), setup({}, settings));
		expect(chat.sent).toHaveLength(count);
		expect(outcomesOf(result)).toEqual(outcomes);
	});

	describe('what Clerk Chat marked as failed in its answer is no other message', () => {
		const MARKED: Fate = { says: { status: 'failed' }, onRecord: { status: 'failed' } };

		test('of a later try: that one is found, and nothing goes out a third time', async () => {
			const chat = clerkChat([MARKED, LISTED]);
			const settings = { retryOnFail: true, maxTries: 3 };
			const result = await runNode(itemsTo(some(1), 'later try'), setup({}, settings));
			expect(chat.sent).toHaveLength(2);
			expect(idsOf(result)).toEqual([chat.entries[1].id]);
		});

		test('of a retry, after n8n was restarted', async () => {
			const chat = clerkChat([MARKED, LISTED]);
			const items = itemsTo(some(1), 'restarted');
			const result = await retry(await runNode(items, setup()), items, {
				...setup({}, toContinue),
				node: startProcess(1),
			});
			expect(idsOf(result)).toEqual([chat.entries[1].id]);
		});

		test('of an equal item', async () => {
			const chat = clerkChat([MARKED, LISTED]);
			const ann = somebody();
			const result = await runNode(itemsTo([ann, ann], 'equal item'), setup({}, toContinue));
			expect(idsOf(result)).toEqual([undefined, chat.entries[1].id]);
		});

		test('of another execution', async () => {
			const chat = clerkChat([MARKED, LISTED]);
			const items = itemsTo(some(1), 'other execution');
			await runNode(items, setup({}, toContinue));
			const result = await runNode(items, setup({}, toContinue));
			expect(idsOf(result)).toEqual([chat.entries[1].id]);
		});
	});

	test("it isn't matched while another execution has the same message in flight", async () => {
		const ann = somebody();
		const chat: Deliveries = clerkChat(async (_request, index) => {
			if (index === 0) return LOST;
			chat.entries.push(entryOf({ text: 'twice', to: ann }));
			// Its own execution hears of it after the other one has looked.
			while (chat.looks.length === 0) await sleep(1);
			await sleep(5);
			return { answer: [201, { data: chat.entries[0] }], isDelivered: false };
		});
		const items = itemsTo([ann], 'twice');
		const run = async () => await runNode(items, setup({}, toContinue));
		const results = await Promise.all([run(), run()]);
		expect(results.flatMap(outcomesOf).sort()).toEqual(['sent', 'unknown']);
		expect(results.flatMap(idsOf)).toContain(chat.entries[0].id);
	});

	test('nor if that one is to a group, and this one to a member', async () => {
		const [ann, bob] = some(2);
		const chat: Deliveries = clerkChat(async (request) => {
			if (!isTo(bob, request)) return LOST;
			const entry = entryOf({ text: 'taken', to: [ann, bob] });
			chat.entries.push(entry);
			while (chat.looks.length === 0) await sleep(1);
			await sleep(10);
			return { answer: [201, { data: entry }], isDelivered: false };
		});
		const [alone] = await Promise.all([
			runNode(itemsTo([ann], 'taken'), setup({}, toContinue)),
			runNode(itemsTo([`${ann}, ${bob}`], 'taken'), setup({}, toContinue)),
		]);
		expect(chat.entries).toHaveLength(1);
		expect(outcomesOf(alone)).toEqual(['unknown']);
	});

	test('an ID from a test server is another message', async () => {
		const baseUrl = 'https://tests.clerk-chat.test';
		clerkChat({ says: { id: 7 } }, { baseUrl });
		const credentials = { apiKey: API_KEY, baseUrl };
		await runNode(itemsTo(some(1), 'a'), { ...setup(), credentials });
		clerkChat({ ...LISTED, onRecord: { id: 7 } });
		expect(textsOf(await runNode(itemsTo(some(1), 'b'), setup()))).toEqual(['b']);
	});

	test('a message that another execution found meanwhile is returned as sent', async () => {
		const [ann, bob] = some(2);
		let release = () => {};
		const held = new Promise<void>((resolve) => (release = resolve));
		const chat = clerkChat(async (request) => {
			if (!isTo(bob, request)) return LISTED;
			await held;
			return {};
		});
		const first = runNode(itemsTo([ann, bob], 'found'), setup({ maxConcurrency: 2 }, toContinue));
		while (chat.sent.length < 2) await sleep(5);
		const second = await runNode(itemsTo([ann], 'found'), skipping({}, toContinue));
		expect(outcomesOf(second)).toEqual(['sent']);
		release();
		expect(outcomesOf(await first)).toEqual(['sent', 'sent']);
		expect(chat.got(ann)).toBe(1);
	});

	test.each<[string, IDataObject | undefined, unknown]>([
		['as sent: it ends', undefined, 'sent'],
		['as failed: it ends', { status: 'failed' }, 'refused'],
	])(
		'a search whose message another execution finds %s, and takes no other',
		async (_, marked, becomes) => {
			const ann = somebody();
			let isFirstDone = false;
			const until = async (isSo: () => boolean) => {
				while (!isSo()) await sleep(1);
			};
			const chat: Deliveries = clerkChat([UNLISTED, LISTED, LISTED], {
				onLook: async () => {
					const look = chat.looks.length;
					// The first execution's second look sees what the other one has sent by then, before that one looks for it.
					if (look === 2) await until(() => chat.sent.length > 1 && chat.looks.length > 4);
					if (look === 3) {
						chat.list();
						Object.assign(chat.entries[0], marked);
					}
					if (look > 4) await until(() => isFirstDone);
				},
			});
			const first = runNode(itemsTo([ann], 'both'), setup({}, toContinue));
			void first.then(() => (isFirstDone = true));
			await until(() => chat.looks.length === 2);
			const second = await runNode(itemsTo([ann, ann], 'both'), skipping({}, toContinue));
			expect(outcomesOf(await first)).toEqual([becomes]);
			expect(idsOf(await first)).not.toContain(chat.entries[1].id);
			expect(outcomesOf(second)).toEqual(['sent', 'sent']);
			expect(new Set(idsOf(second)).size).toBe(2);
		},
	);

	test('a group message that another execution found for one member is returned as sent', async () => {
		const [ann, bob] = some(2);
		let isSecondDone = false;
		const chat: Deliveries = clerkChat([UNLISTED], {
			onLook: async () => {
				if (chat.looks.length === 3) chat.list();
				while (chat.looks.length === 2 && !isSecondDone) await sleep(1);
			},
		});
		const first = runNode(itemsTo([`${bob}, ${ann}`], 'group'), setup({}, toContinue));
		while (chat.looks.length < 2) await sleep(1);
		const second = await runNode(itemsTo([ann], 'group'), skipping({}, toContinue));
		isSecondDone = true;
		expect(outcomesOf(second)).toEqual(['sent']);
		expect(outcomesOf(await first)).toEqual(['sent']);
		expect(chat.got(ann)).toBe(1);
	});

	describe("a later execution's message isn't an earlier one's", () => {
		test('which is unclear itself, and listed late', async () => {
			const ann = somebody();
			const chat = clerkChat((_request, index) => (index === 1 ? UNLISTED : LOST));
			const items = itemsTo([ann], 'minutes');
			const first = await runNode(items, setup());
			later(5 * 60_000);
			const second = await runNode(items, setup());
			chat.list();
			const retried = await retry(first, items, setup({}, toContinue));
			expect(outcomesOf(retried)).toEqual(['unknown']);
			const other = await retry(second, items, setup({}, toContinue));
			expect(outcomesOf(other)).toEqual(['sent']);
			expect(chat.got(ann)).toBe(1);
		});

		test('which was sent minutes after, before n8n was started again', async () => {
			const ann = somebody();
			const chat = clerkChat([LOST]);
			const items = itemsTo([ann], 'minutes');
			const first = await runNode(items, setup());
			later(5 * 60_000);
			await runNode(items, setup());
			const again = { ...setup({}, toContinue), node: startProcess(1) };
			expect(outcomesOf(await retry(first, items, again))).toEqual(['unknown']);
			expect(chat.got(ann)).toBe(1);
		});
	});

	test("media without a text: another such message isn't mistaken for it", async () => {
		const ann = somebody();
		const chat = clerkChat(LOST);
		chat.entries.push(entryOf({ text: '', to: ann }, at(Date.now() + 500)));
		const additionalFields = { mediaUrls: ['https://clerk-chat.test/a.png'] };
		const parameters = { body: '', additionalFields };
		const result = await runNode(itemsTo([ann], ''), setup({}, toContinue, parameters));
		expect(outcomesOf(result)).toEqual(['unknown']);
	});

	test("a record whose body arrives seconds after its headers: an older equal text isn't mistaken for it", async () => {
		const ann = somebody();
		const before = entryOf({ text: 'slow', to: ann }, at(Date.now() - 3_500));
		const { credentials, close } = await realServer(({ method }, response) => {
			const isLook = method === 'GET';
			// Node adds the header `Date`.
			response.writeHead(isLook ? 200 : 500, { 'content-type': 'application/json' });
			response.flushHeaders();
			const body = isLook ? { data: [before], total: 1 } : {};
			void sleep(isLook ? 2_600 : 0).then(() => response.end(JSON.stringify(body)));
		});
		const used = { ...setup({}, toContinue), credentials };
		const result = await runNode(itemsTo([ann], 'slow'), used);
		await close();
		expect(outcomesOf(result)).toEqual(['unknown']);
	});

	test.each<[string, IDataObject]>([
		['an object for its text', { body: { toString: 1 } }],
		['objects for its people', { members: [{ toString: 1 }], recipients: [{ toString: 1 }] }],
		['an object for its sender', { sender: { toString: 1 } }],
		['an object for its time', { timestamp: { toString: 1 }, created: { toString: 1 } }],
		['objects for its status and direction', { status: { toString: 1 }, inbound: { toString: 1 } }],
		['objects for its ID and error code', { id: { toString: 1 }, errorCode: { toString: 1 } }],
	])('one that has %s: a sent message is returned as sent', async (_, odd) => {
		const [ann, bob] = some(2);
		const chat = clerkChat([{}, LOST], { documented: false });
		const soon = at(Date.now() + 1_000);
		chat.entries.push(entryOf({ text: 'x', to: bob }, { ...soon, ...odd }));
		const result = await runNode(itemsTo([ann, bob], ['sent', 'lost']), setup({}, toContinue));
		expect(outcomesOf(result)).toEqual(['sent', 'unknown']);
		expect(wordsOf(result)).not.toContain('Cannot convert');
		expect(chat.got(ann)).toBe(1);
	});
});

describe('in a later try', () => {
	test('Retry On Fail finds what is on record by then, and sends nothing again', async () => {
		const chat = listedAt(4);
		const result = await runNode(itemsTo(some(1), 'later'), setup({}, { retryOnFail: true }));
		expect(textsOf(result)).toEqual(['later']);
		expect(chat.sent).toHaveLength(1);
		expect(chat.looks).toHaveLength(4);
	});

	/** A message that is lost, and what the record says of it after the first try. */
	async function lost(texts = ['a'], used = setup()) {
		const people = some(texts.length);
		const chat = clerkChat([LOST]);
		const items = itemsTo(people, texts);
		const stopped = await runNode(items, used);
		const list = (changes: IDataObject = {}) => {
			const [text] = chat.texts() as string[];
			chat.entries.push(entryOf({ text, to: people[0] }, changes));
		};
		return { chat, items, stopped, list };
	}

	test('the Retry button finds it too, and continues with the rest', async () => {
		const { chat, items, stopped, list } = await lost(['a', 'b']);
		list();
		const retried = await retry(stopped, items, setup());
		expect(textsOf(retried)).toEqual(['a', 'b']);
		expect(chat.texts()).toEqual(['a', 'b']);
		expect(hintsOf(retried)).toEqual(["Sent 2 (1 confirmed by Clerk Chat's history)."]);
	});

	test('a group message that another execution found for one member in between is returned as sent', async () => {
		const [ann, bob] = some(2);
		const chat = clerkChat([UNLISTED]);
		const items = itemsTo([`${bob}, ${ann}`], 'group');
		const first = await runNode(items, setup());
		chat.list();
		const second = await runNode(itemsTo([ann], 'group'), skipping({}, toContinue));
		const again = await retry(first, items, setup({}, toContinue));
		expect([second, again].map(outcomesOf)).toEqual([['sent'], ['sent']]);
		expect(chat.sent).toHaveLength(1);
	});

	test.each<[string, IDataObject]>([
		['together', {}],
		['Separately and Again', { severalNumbers: 'separately', ...sendAgain }],
	])(
		'a group message found by a retry to one member only is sent for all: the next one %s returns it',
		async (_, options) => {
			const [ann, bob, cat] = some(3);
			const chat = clerkChat((request, index) =>
				index === 0 ? UNLISTED : isTo(cat, request) ? { answer: REFUSED } : {},
			);
			const items = itemsTo([`${ann}, ${bob}`, cat], 'group');
			const first = await runNode(items, setup());
			chat.list();
			const toOne = { recipients: "={{ $json.to.split(', ')[0] }}" };
			const second = await retry(first, items, setup({}, {}, toOne));
			const third = await retry(second, items, setup(options, toContinue));
			expect([chat.got(ann), chat.got(bob)]).toEqual([1, 1]);
			expect(new Set(outcomesOf(third))).toEqual(new Set(['sent', 'refused']));
			expect(outcomesOf(third).at(-1)).toBe('refused');
		},
	);

	test('a message that another execution found failed in between is sent', async () => {
		const chat = clerkChat([{ ...UNLISTED }, REFUSED]);
		const items = itemsTo(some(1), 'failed');
		const first = await runNode(items, setup());
		chat.list();
		Object.assign(chat.entries[0], { status: 'failed' });
		const second = await runNode(items, skipping({}, toContinue));
		const again = await retry(first, items, setup({}, toContinue));
		expect([second, again].map(outcomesOf)).toEqual([['refused'], ['sent']]);
	});

	test('the record also resolves messages in flight when n8n was killed', async () => {
		const { chat, items, stopped, list } = await lost(['a', 'b']);
		list();
		const left = killed(stopped, (data) => {
			const text = JSON.stringify(data).replace('"state":"unknown"', '"state":"inFlight"');
			expect(text).not.toBe(JSON.stringify(data));
			Object.assign(data, JSON.parse(text));
		});
		const retried = await retry(left, items, { ...setup(), node: startProcess(1) });
		expect(textsOf(retried)).toEqual(['a', 'b']);
		expect(chat.texts()).toEqual(['a', 'b']);
	});

	test('the same text on another day, long after the request ended, is another message', async () => {
		const { chat, items, stopped, list } = await lost();
		const tomorrow = Date.now() + 86_400_000;
		list(at(tomorrow));
		later(86_460_000);
		const retried = await retry(stopped, items, setup());
		expect(retried.error?.message).toBe(stopped.error?.message);
		expect(chat.texts()).toEqual(['a']);
	});

	test('finds it by its text at the time, even if an expression returns another text now', async () => {
		const body = '={{ $json.text }} {{ $now.toMillis() }}{{ Math.random() }}';
		const changing = setup({}, {}, { body });
		const { chat, items, stopped, list } = await lost(undefined, changing);
		list();
		expect(textsOf(await retry(stopped, items, changing))).toEqual(chat.texts());
		expect(chat.texts()).toHaveLength(1);
	});

	test('a message on record as failed is sent again', async () => {
		const { chat, items, stopped, list } = await lost();
		list({ status: 'failed', error: 'The carrier is down' });
		await retry(stopped, items, setup());
		expect(chat.texts()).toEqual(['a', 'a']);
	});

	test("a message not on record isn't sent again", async () => {
		const { chat, items, stopped } = await lost();
		const retried = await retry(stopped, items, setup());
		expect(retried.error?.message).toBe(stopped.error?.message);
		expect(chat.texts()).toEqual(['a']);
	});
});

describe('an unclear response with an ID: searches the record for the ID, in whatever form the message is listed', () => {
	/** A footer makes a short text another one; and this form of recipients can't be read at all. */
	const forms = [
		['textFooter', 'Hi Ann'],
		['textAccentsGone', 'Voilà, Zoë'],
		['membersNames', richText],
		['membersMissing', richText],
	] as const;

	/** Answers with an ID and an error. @param listed what the record says of it */
	function answersWithId(form: string, listed: IDataObject, isOne = false) {
		const entries: IDataObject[] = [];
		let first: IDataObject | undefined;
		const sent = clerkChatApi(
			({ body }) => {
				const to = body.recipients as string[];
				const entry = (isOne && first) || entryOf({ text: String(body.body), to });
				if (entry !== first) {
					entries.push(recordFormOf(form).entry!({ ...entry, ...listed }) as IDataObject);
				}
				first ??= entry;
				return [201, { data: { ...entry, errorCode: 30007 } }];
			},
			{ documented: false, record: () => [200, { data: entries, total: entries.length }] },
		);
		return { sent, entries };
	}

	test.each(forms)('%s, with the same error: it is never sent again', async (form, text) => {
		const { sent } = answersWithId(form, { errorCode: 30007 });
		const items = itemsTo(some(1), text);
		const result = await runNode(items, setup(sendAgain));
		expect(result.status).toBe('error');
		await retry(result, items, setup(sendAgain));
		expect(sent).toHaveLength(1);
	});

	test.each(forms)('%s, without an error: it was sent', async (form, text) => {
		const { sent, entries } = answersWithId(form, {});
		const result = await runNode(itemsTo(some(1), text), setup());
		expect(idsOf(result)).toEqual([entries[0].id]);
		expect(sent).toHaveLength(1);
	});

	test("an equal message of another process isn't mistaken for it, even before it's listed", async () => {
		const ann = somebody();
		const [data, other] = [1, 2].map(() => entryOf({ text: 'equal', to: ann }));
		const answer: Answer = [201, { data: { ...data, errorCode: 30007 } }];
		const chat = clerkChat(
			{ answer, onRecord: false },
			{ onLook: () => void (chat.looks.length === 2 && chat.entries.push(data)) },
		);
		chat.entries.push(other);
		const items = itemsTo([ann], 'equal');
		expect(idsOf(await runNode(items, setup()))).toEqual([data.id]);
	});

	test('two responses with the same ID are one message: the second stays unclear', async () => {
		const ann = somebody();
		answersWithId(forms[0][0], {}, true);
		const result = await runNode(itemsTo([ann, ann], 'twice'), setup({}, toContinue));
		expect(outcomesOf(result)).toEqual(['sent', 'unknown']);
	});
});

describe('Send and Wait for Response', () => {
	const asking = setup(
		{},
		{},
		{
			operation: 'sendAndWait',
			message: '={{ $json.text }}',
			responseType: 'freeText',
		},
	);

	test('waits when the question is on record', async () => {
		const chat = clerkChat(LISTED);
		expect((await ask(itemsTo(some(1), '?'), asking)).status).toBe('waiting');
		expect(chat.sent).toHaveLength(1);
	});

	test("doesn't wait when it isn't; Retry asks again once the record shows it, because the old link is dead", async () => {
		const ann = somebody();
		const chat = clerkChat([LOST]);
		const items = itemsTo([ann], '?');
		const stopped = await ask(items, asking);
		expect(stopped.error?.message).toMatch(/may have been sent/);
		expect(chat.sent).toHaveLength(1);
		chat.entries.push(entryOf({ text: String(chat.texts()[0]), to: ann }));
		await retry(stopped, items, { ...asking, executionId: '2' });
		expect(chat.sent).toHaveLength(2);
	});
});

describe('how much of the record is read', () => {
	const HOUR = 3_600_000;

	test('one early and one late unclear message: reads what is between them at most once, in a window with both ends', async () => {
		const start = Date.now();
		// Two messages are lost, two hours after each other; in between, 1,000 of others are recorded.
		const chat = clerkChat(({ body }) => {
			if (body.body === 'early') later(2 * HOUR);
			return UNCLEAR;
		});
		for (let n = 0; n < 1_000; n++) {
			const times = at(start + 600_000 + n * 6_000);
			chat.entries.push(entryOf({ text: `${n}`, to: '+14155559999' }, times));
		}
		const result = await runNode(itemsTo(some(2), ['early', 'late']), setup({}, toContinue));
		expect(outcomesOf(result)).toEqual(['unknown', 'unknown']);
		// All there is makes 20 pages and one that says that there are no more; and the record is looked at three times.
		expect(chat.looks.length).toBeLessThanOrEqual(28);
		expect(chat.looks.some(({ query }) => query.end !== undefined)).toBe(true);
	});
});

describe('Contact: Update, which is repeated: an update that a 502 may hide stays unclear', () => {
	const updating: Setup = {
		parameters: {
			resource: 'contact',
			operation: 'update',
			contactId: '={{ $json.id }}',
			updateFields: { name: '={{ $json.name }}' },
		},
		settings: { waitBetweenTries: 1, ...toContinue },
	};

	beforeEach(() => void jest.replaceProperty(limits, 'firstRepeatWait', 1));

	test('if a 4xx follows', async () => {
		const asked = clerkChatApi((_request, index) =>
			index === 0 ? [502, {}] : [400, { message: 'no' }],
		);
		const result = await runNode([{ id: '7', name: 'A' }], updating);
		expect(asked).toHaveLength(2);
		expect(outcomesOf(result)).toEqual(['unknown']);
	});

	test('if a 429 follows and the run is stopped', async () => {
		let asked = 0;
		clerkChatApi(async ({ path }) => {
			if (path.endsWith('/8')) {
				while (asked < 2) await sleep(1);
				await sleep(20);
				return [401, {}];
			}
			return asked++ === 0 ? [502, {}] : [429, {}, { 'retry-after': '60' }];
		});
		const items = ['7', '8'].map((id) => ({ id, name: 'A' }));
		expect(outcomesOf(await runNode(items, updating))[0]).toBe('unknown');
	});
});

test("a refused message doesn't end the search for another one", async () => {
	const chat = clerkChat([LISTED, REFUSED]);
	const two = setup({ maxConcurrency: 2 }, toContinue);
	expect(outcomesOf(await runNode(itemsTo(some(2), 'x'), two))).toEqual(['sent', 'refused']);
	expect(chat.sent).toHaveLength(2);
});
