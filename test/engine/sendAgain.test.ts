import { sleep } from 'n8n-workflow';
import type { IDataObject } from 'n8n-workflow';
import { limits } from '../../nodes/api/limits';
import { newSignal } from '../../nodes/api/signal';
import { ledger } from '../../nodes/ClerkChat/sending/ledger/ledger';
import { startProcess } from '../random/process';
import { closeNetwork } from './closeNetwork';
import {
	at,
	clerkChat,
	counts,
	entryOf,
	idsOf,
	isTo,
	itemsTo,
	killed,
	LISTED,
	LOST,
	later,
	outcomesOf,
	REFUSED,
	sendAgain,
	setup,
	skipping,
	some,
	somebody,
	toContinue,
	UNCLEAR,
	UNLISTED,
	wordsOf,
} from './deliveries';
import type { Deliveries, Fate } from './deliveries';
import { retry, runNode } from './engine';
import type { Setup } from './engine';

/* 'Send Again': searches for messages with an unclear result, then sends them once more (docs/sending.md). */

closeNetwork();

const tries = (maxTries: number): Setup['settings'] => ({
	...toContinue,
	retryOnFail: true,
	maxTries,
});

describe('at most one more is sent', () => {
	test.each([LOST, UNLISTED])('with Retry On Fail (%j)', async (fate) => {
		const chat = clerkChat(fate);
		const result = await runNode(itemsTo(some(1), 'five'), setup(sendAgain, tries(5)));
		expect(chat.sent).toHaveLength(2);
		expect(outcomesOf(result)).toEqual(['unknown']);
	});

	test.each<[string, boolean, boolean]>([
		['at the newest execution', true, false],
		['at the newest execution, n8n is restarted', true, true],
		['at the first execution each time', false, false],
	])('with the Retry button %s', async (_, isNewest, isRestarted) => {
		const chat = clerkChat(UNLISTED);
		const items = itemsTo(some(1), 'button');
		const first = await runNode(items, setup(sendAgain));
		let newest = first;
		for (let times = 0; times < 3; times++) {
			const node = isRestarted ? startProcess(1) : undefined;
			newest = await retry(isNewest ? newest : first, items, { ...setup(sendAgain), node });
		}
		expect(chat.sent).toHaveLength(2);
		expect(newest.error?.message).toMatch(/may have been sent/);
	});

	test('with the button and Retry On Fail together', async () => {
		const chat = clerkChat(UNLISTED);
		const items = itemsTo(some(1), 'both');
		const eager = setup(sendAgain, { retryOnFail: true, maxTries: 3 });
		await retry(await runNode(items, eager), items, eager);
		expect(chat.sent).toHaveLength(2);
	});

	test('to each of several numbers', async () => {
		const people = some(2);
		const chat = clerkChat(UNLISTED);
		const options = { ...sendAgain, severalNumbers: 'separately' };
		await runNode(itemsTo([people.join(', ')], 'each'), setup(options, tries(4)));
		expect(counts(chat, people)).toEqual([2, 2]);
	});

	test("a refusal in between doesn't count", async () => {
		const ann = somebody();
		const chat = clerkChat((_request, index) => (index === 1 ? REFUSED : UNLISTED));
		await runNode(itemsTo([ann], 'between'), setup(sendAgain, tries(5)));
		expect(chat.got(ann)).toBeLessThanOrEqual(2);
	});

	test(`for an item containing this node's own error; "refused" isn't certain`, async () => {
		const ann = somebody();
		const chat = clerkChat(UNLISTED);
		const first = await runNode(itemsTo([ann], 'carried'), setup({}, toContinue));
		const carried = itemsTo([ann], 'carried').map((item) => ({ ...item, ...first.items[0].json }));
		await runNode(carried, setup(sendAgain, tries(5)));
		expect(chat.got(ann)).toBe(2);
	});

	test('only if the later try has the option: without it, nothing is sent after a refusal', async () => {
		const chat = clerkChat([UNCLEAR, REFUSED]);
		const items = itemsTo(some(1), 'refused');
		const settings = { retryOnFail: true, maxTries: 2 };
		await retry(await runNode(items, setup(sendAgain, settings)), items, setup());
		expect(chat.sent).toHaveLength(2);
	});
});

describe("a message on record isn't sent again", () => {
	test('only the rest is', async () => {
		const [ann, bob] = some(2);
		const chat = clerkChat([UNCLEAR, UNCLEAR]);
		const items = itemsTo([ann, bob], ['lost a', 'lost b']);
		const again = setup({ ...sendAgain, maxConcurrency: 2 });
		const stopped = await runNode(items, again);
		chat.entries.push(entryOf({ text: 'lost a', to: ann }));
		await retry(stopped, items, again);
		expect(chat.texts()).toEqual(['lost a', 'lost b', 'lost b']);
	});

	test.each<[string, IDataObject]>([
		['errorCode', { errorCode: 30007, status: 'sent' }],
		['error', { error: 'carrier trouble', status: 'sent' }],
	])('nor with %s and another status', async (_, odd) => {
		const chat = clerkChat({ ...LISTED, onRecord: odd });
		const items = itemsTo(some(1), 'odd');
		const stopped = await runNode(items, setup(sendAgain, { retryOnFail: true, maxTries: 3 }));
		expect(stopped.error?.message).toMatch(/may have been sent/);
		const retried = await retry(stopped, items, setup(sendAgain, toContinue));
		expect(chat.sent).toHaveLength(1);
		expect(outcomesOf(retried)).toEqual(['unknown']);
		expect(wordsOf(retried)).not.toContain("message history doesn't show");
	});

	test('nor when another execution skipped it before, after a restart', async () => {
		const chat = clerkChat([UNLISTED]);
		const items = itemsTo(some(1), 'skipped meanwhile');
		const first = await runNode(items, setup());
		const node = startProcess(1);
		chat.list();
		const other = await runNode(items, { ...skipping(), node });
		const again = await retry(first, items, { ...setup(sendAgain), node });
		expect(chat.sent).toHaveLength(1);
		expect(idsOf(again)).toEqual(idsOf(other));
	});

	test('nor while another execution has an equal one in flight, which it may be', async () => {
		// Two searches of three looks each, however long they take.
		jest.replaceProperty(limits, 'longestSearch', 60_000);
		let isAnswered = false;
		const chat = clerkChat(async (_request, index): Promise<Fate> => {
			if (index === 0) return UNLISTED;
			while (!isAnswered) await sleep(1);
			return {};
		});
		const items = itemsTo(some(1), 'equal');
		const first = await runNode(items, setup());
		chat.list();
		const other = runNode(items, setup({}, toContinue));
		while (chat.sent.length < 2) await sleep(1);
		const again = retry(first, items, setup(sendAgain, toContinue));
		// By then, the search is over.
		while (chat.looks.length < 6) await sleep(1);
		await sleep(100);
		const looks = chat.looks.length;
		isAnswered = true;
		await other;
		expect(idsOf(await again)).toEqual([chat.entries[0].id]);
		expect(chat.sent).toHaveLength(2);
		// It waits for the answer instead of searching on.
		expect(looks).toBe(6);
	});

	test('the first try is found, even if the second one is unclear as well', async () => {
		const ann = somebody();
		const chat = clerkChat(LOST);
		const items = itemsTo([ann], 'thrice');
		const first = await runNode(items, setup(sendAgain));
		// It did go out, but is listed only when the second try has looked in vain.
		const entry = entryOf({ text: 'thrice', to: ann });
		later(60_000);
		const second = await retry(first, items, setup(sendAgain));
		chat.entries.push(entry);
		const third = await retry(second, items, setup(sendAgain));
		expect(chat.sent).toHaveLength(2);
		expect(third.items[0]?.json).toMatchObject({ id: entry.id });
	});

	test('a failed earlier try says nothing about the later one', async () => {
		const ann = somebody();
		const chat = clerkChat(LOST);
		const items = itemsTo([ann], 'later one');
		const first = await runNode(items, setup(sendAgain));
		const failed = entryOf({ text: 'later one', to: ann }, { status: 'failed' });
		later(60_000);
		const time = Date.now();
		const second = await retry(first, items, setup(sendAgain));
		const delivered = entryOf({ text: 'later one', to: ann }, at(time));
		chat.entries.push(failed, delivered);
		const third = await retry(second, items, setup(sendAgain));
		expect(chat.sent).toHaveLength(2);
		expect(third.items[0]?.json).toMatchObject({ id: delivered.id });
	});

	test("an entry doesn't match both a second try and another message", async () => {
		const ann = somebody();
		const chat = clerkChat([LOST, REFUSED, LOST, LISTED]);
		const settings = { retryOnFail: true, maxTries: 2, ...toContinue };
		const result = await runNode(itemsTo([ann, ann], 'one entry'), setup(sendAgain, settings));
		expect(chat.sent).toHaveLength(4);
		expect(chat.entries).toHaveLength(1);
		expect(outcomesOf(result).sort()).toEqual(['sent', 'unknown']);
	});
});

describe('a message that an earlier try may have sent stays unclear', () => {
	test('if it is refused now', async () => {
		const ann = somebody();
		const chat = clerkChat([UNCLEAR, [422, { message: 'has opted out' }]]);
		const result = await runNode(itemsTo([ann], 'refused'), setup(sendAgain, tries(2)));
		expect(chat.sent).toHaveLength(2);
		expect(result.items[0].json.error).toMatchObject({
			message: `Clerk Chat didn't accept the values of this item; in an earlier try the message to ${ann} may have been sent`,
			description: expect.stringMatching(
				/has opted out.*Look for it in the conversation/,
			) as string,
			outcome: 'unknown',
		});
	});

	test('if it is not tried now', async () => {
		const people = some(3);
		clerkChat([REFUSED, UNCLEAR, {}, [401, {}]]);
		const result = await runNode(itemsTo(people, 'not tried'), setup(sendAgain, tries(2)));
		expect(outcomesOf(result)).toEqual(['refused', 'unknown', 'sent']);
		expect(result.items[1].json.error).toMatchObject({
			message: `Clerk Chat doesn't accept the API key; in an earlier try the message to ${people[1]} may have been sent`,
		});
	});

	test('and is counted as unclear when the run stops', async () => {
		const [ann, bob] = some(2);
		clerkChat((request) => (isTo(ann, request) ? REFUSED : UNCLEAR));
		const items = itemsTo([ann, bob], 'counted');
		const stopped = await runNode(items, setup({ ...sendAgain, maxConcurrency: 2 }));
		const { error } = await retry(stopped, items, setup(sendAgain));
		expect(error?.description).toMatch(/^Unclear 1, failed 1: /);
	});

	test("if the credential can't be read now", async () => {
		const ann = somebody();
		clerkChat(LOST);
		let reads = 0;
		const result = await runNode(itemsTo([ann], 'credential'), {
			...setup(sendAgain, tries(2)),
			onCredentials: () => {
				if (++reads > 1) throw new Error('the database is gone');
			},
		});
		expect(outcomesOf(result)).toEqual(['unknown']);
		expect(wordsOf(result)).toContain(`in an earlier try the message to ${ann} may have been sent`);
	});

	test.each<[string, string[], (people: string[]) => IDataObject[]]>([
		['Skip If Sent cannot read the record', [], () => []],
		[
			'Skip If Sent finds that one of several has it',
			['a second'],
			([ann]) => [entryOf({ text: 'doubt', to: ann })],
		],
	])('if %s now', async (_, more, onRecord) => {
		const people = [somebody(), ...more.map(somebody)];
		const chat = clerkChat(LOST, {
			closed: () => (chat.sent.length > 0 && more.length === 0 ? 403 : undefined),
		});
		const options = { ...sendAgain, skipSentWithinHours: 24 };
		const items = itemsTo([people.join(', ')], 'doubt');
		const stopped = await runNode(items, setup(options));
		chat.entries.push(...onRecord(people));
		const retried = await retry(stopped, items, setup(options, toContinue));
		expect(chat.sent).toHaveLength(1);
		expect(outcomesOf(retried)).toEqual(['unknown']);
	});
});

describe('saved data that cannot be read', () => {
	const unreadable = (saved: Parameters<typeof killed>[0]) =>
		killed(saved, (data) => {
			data.executionData!.contextData['node:Clerk Chat'].sending = { version: 7 };
		});

	const again = () => ({ ...setup(sendAgain), node: startProcess(1) });

	test('one more', async () => {
		const ann = somebody();
		const chat = clerkChat(UNLISTED);
		const items = itemsTo([ann], 'unreadable');
		let newest = unreadable(await runNode(items, setup()));
		for (let times = 0; times < 3; times++) newest = await retry(newest, items, again());
		expect(chat.got(ann)).toBe(2);
	});

	test('returns messages sent since then', async () => {
		const [ann, bob] = some(2);
		let refusals = 0;
		const chat = clerkChat((request) => (isTo(bob, request) && refusals++ < 2 ? REFUSED : {}));
		const items = itemsTo([ann, bob], 'unreadable');
		const first = await retry(unreadable(await runNode(items, setup())), items, again());
		await retry(first, items, again());
		expect(chat.got(ann)).toBe(2);
	});
});

describe('two retries at once', () => {
	test('neither sends messages that the other found on record', async () => {
		const [ann, bob] = some(2);
		let looks = 0;
		const chat = clerkChat(LOST, {
			// The retry that finds it is the last to be done looking, because of the other message.
			onLook: async () => await sleep([0, 0, 5, 200][++looks] ?? 0),
		});
		const used = setup({ ...sendAgain, maxConcurrency: 2 });
		const items = itemsTo([ann, bob], ['found', 'lost']);
		const stopped = await runNode(items, used);
		expect(chat.sent).toHaveLength(2);
		chat.entries.push(entryOf({ text: 'found', to: ann }));
		looks = 0;
		jest.replaceProperty(limits, 'longestSearch', 60_000);
		await Promise.all([retry(stopped, items, used), retry(stopped, items, used)]);
		expect(chat.texts().slice(2)).toEqual(['lost']);
	});

	test('a message that one gives up is still unclear to the other', async () => {
		const [ann, bob] = some(2);
		let toAnn = 0;
		const chat = clerkChat(async (request): Promise<Fate> => {
			const isBob = isTo(bob, request);
			if (isBob || toAnn++ > 0) await sleep(100);
			if (isBob) return {};
			return toAnn === 2 ? { answer: REFUSED } : UNLISTED;
		});
		const items = itemsTo([ann, bob], 'taken back');
		const first = await runNode(items, setup());
		// Bob first, so that both retries are under way when Ann's turn comes.
		const reversed = { recipients: '={{ $input.all()[1 - $itemIndex].json.to }}' };
		const again = async () => await retry(first, items, setup(sendAgain, toContinue, reversed));
		await Promise.all([again(), again()]);
		await again();
		await again();
		expect(counts(chat, [ann, bob])).toEqual([2, 1]);
	});

	test.each([{}, toContinue])(
		'searches for a message that one left unclear before the other sends it (%j)',
		async (settings) => {
			const ann = somebody();
			const chat = clerkChat(async (_request, index) => {
				if (index > 0) await sleep(50);
				return [REFUSED, LISTED][index] ?? {};
			});
			const items = itemsTo([ann], 'one after the other');
			const first = await runNode(items, setup());
			const again = async () => await retry(first, items, setup(sendAgain, settings));
			const results = await Promise.all([again(), again()]);
			expect(chat.got(ann)).toBe(1);
			expect(results.flatMap(outcomesOf)).toEqual(['sent', 'sent']);
		},
	);

	test("the other's next try doesn't send again what one found marked as failed", async () => {
		const [ann, bob] = some(2);
		const marked: Fate = { answer: UNCLEAR, isDelivered: true, onRecord: { status: 'failed' } };
		const chat = clerkChat(async (request, index) => {
			// The one that sends to Ann looks for her message after it has heard of Bob's.
			await sleep(isTo(bob, request) ? 200 : 20);
			return isTo(ann, request) && index < 3 ? marked : index === 0 ? REFUSED : {};
		});
		const items = itemsTo([bob, ann], ['slow', 'marked']);
		const first = await runNode(items, setup({ maxConcurrency: 1 }));
		const item = '$input.all()[1 - $itemIndex].json';
		const reversed = { recipients: `={{ ${item}.to }}`, body: `={{ ${item}.text }}` };
		const used = setup({ ...sendAgain, maxConcurrency: 2 }, { retryOnFail: true, maxTries: 2 });
		const other = setup(sendAgain, {}, reversed);
		await Promise.all([retry(first, items, used), retry(first, items, other)]);
		// Once marked as failed, and once more.
		expect(counts(chat, [ann, bob])).toEqual([2, 1]);
	});

	test('even if one left it unclear before the other got to it', async () => {
		const [ann, bob] = some(2);
		let release = () => {};
		const held = new Promise<void>((resolve) => (release = resolve));
		const chat = clerkChat(async (request, index) => {
			if (index === 0) return REFUSED;
			if (isTo(bob, request)) return LISTED;
			await held;
			return {};
		});
		const items = itemsTo([ann, bob], 'left unclear');
		const first = await runNode(items, setup());
		// One is held at Ann and leaves Bob unclear meanwhile, the other one waits for Ann.
		const one = retry(first, items, setup({ ...sendAgain, maxConcurrency: 2 }, toContinue));
		const other = retry(first, items, setup(sendAgain, toContinue));
		while (chat.sent.length < 3) await sleep(5);
		release();
		const results = await Promise.all([one, other]);
		expect(counts(chat, [ann, bob])).toEqual([1, 1]);
		expect(results.flatMap(outcomesOf)).toEqual(['sent', 'sent', 'sent', 'sent']);
	});

	test('a search that another unclear message cuts short is made again', async () => {
		const [ann, bob, cyd] = some(3);
		const [annGoes, cydGoes] = [newSignal(), newSignal()];
		const chat: Deliveries = clerkChat(
			async (request, index) => {
				if (index === 0) return REFUSED;
				if (isTo(bob, request)) return UNLISTED;
				await (isTo(ann, request) ? annGoes : cydGoes).fired;
				return isTo(ann, request) ? {} : LISTED;
			},
			{
				// The first look is for Bob's message. Cyd's has stopped the run before the second one.
				onLook: async () => {
					cydGoes.fire();
					if (chat.looks.length === 1) await sleep(50);
					else chat.list();
				},
			},
		);
		const items = itemsTo([bob, ann, cyd], 'cut short');
		const first = await runNode(items, setup({ maxConcurrency: 1 }));
		// One leaves Bob unclear and is held at Ann. The other one begins with Cyd, and searches for Bob.
		const one = retry(first, items, setup({ ...sendAgain, maxConcurrency: 1 }, toContinue));
		const recipients = '={{ $input.all()[[2, 0, 1][$itemIndex]].json.to }}';
		const used = setup({ ...sendAgain, maxConcurrency: 2 }, {}, { recipients });
		const other = retry(first, items, used);
		for (let n = 0; n < 300 && chat.looks.length < 3 && chat.sent.length < 5; n++) await sleep(5);
		annGoes.fire();
		const results = await Promise.all([one, other]);
		expect(counts(chat, [ann, bob, cyd])).toEqual([1, 1, 1]);
		expect(results.flatMap(outcomesOf)).toEqual(Array(6).fill('sent'));
	});
});

test('many groups: looks at each message a few times, not once for every other one', async () => {
	const people = Array.from({ length: 40 }, () => some(5));
	const items = itemsTo(
		people.map((group) => group.join(', ')),
		'many groups',
	);
	const chat = clerkChat((_, index) => (index < 40 ? LOST : {}));
	const first = await runNode(items, setup({ maxConcurrency: 40 }));
	const looks = jest.spyOn(ledger, 'since');
	await retry(first, items, setup(sendAgain));
	const seen = looks.mock.results.map(({ value }) => (value as unknown[]).length);
	expect(counts(chat, people.flat())).toEqual(Array(200).fill(1));
	expect(seen.reduce((sum, count) => sum + count, 0)).toBeLessThan(200 * 20);
});
