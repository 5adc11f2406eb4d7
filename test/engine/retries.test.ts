import { Settings } from 'luxon';
import { sleep } from 'n8n-workflow';
import type { IDataObject, INodeParameters } from 'n8n-workflow';
import { limits } from '../../nodes/api/limits';
import { clerkChatApi } from './clerkChatApi';
import type { Answer } from './clerkChatApi';
import { closeNetwork } from './closeNetwork';
import {
	clerkChat,
	counts,
	entryOf,
	idsOf,
	isTo,
	itemsTo,
	LISTED,
	LOST,
	outcomesOf,
	REFUSED,
	sendAgain,
	SENDER,
	setup,
	some,
	somebody,
	textsOf,
	toContinue,
	UNCLEAR,
	UNLISTED,
} from './deliveries';
import type { Deliveries, Fate } from './deliveries';
import { retry, runNode } from './engine';
import type { Result, Setup } from './engine';

/* The Retry button and Retry On Fail, with edits in between: nobody is texted twice, and what was sent is returned. */

closeNetwork();
beforeEach(() => {
	jest.replaceProperty(limits, 'firstRepeatWait', 1);
	jest.replaceProperty(limits, 'firstWait', 40);
});

/** Three items, the second of which is refused the first time. */
async function stopped(original = setup(), texts = ['a', 'b', 'c'], fates = [{}, REFUSED]) {
	const people = some(3);
	const chat = clerkChat(fates);
	const items = itemsTo(people, texts);
	return { people, chat, items, first: await runNode(items, original) };
}

/** Responses by text, one after the other; once they are used up, the message is sent. */
const answers = (byText: Record<string, Array<Fate | Answer>>) =>
	clerkChat(({ body }) => byText[String(body.body).split(' ')[0]]?.shift() ?? {});

/** What is saved with the execution of what the node remembers. */
const savedOf = ({ data }: Result) => JSON.stringify(data.executionData?.contextData);

const twice = { retryOnFail: true, maxTries: 2 };

describe('a text that differs in every try', () => {
	const changing = (settings: Setup['settings'] = {}, options = {}, more: INodeParameters = {}) =>
		setup(options, settings, {
			body: '={{ $json.text }} {{ $now.toISO() }} {{ Math.random() }}',
			...more,
		});

	const wordsIn = (texts: unknown[]) => texts.map((text) => String(text).split(' ')[0]);

	test('Retry On Fail sends nothing twice', async () => {
		const { chat, first } = await stopped(changing(twice));
		expect(wordsIn(chat.texts())).toEqual(['a', 'b', 'b', 'c']);
		expect(textsOf(first)).toEqual([0, 2, 3].map((index) => chat.texts()[index]));
	});

	test('what may have been sent is not sent again', async () => {
		const { chat, first } = await stopped(changing(twice), undefined, [{}, LOST]);
		expect(wordsIn(chat.texts())).toEqual(['a', 'b', 'c']);
		expect(first.error?.description).toContain('unclear whether the message was sent');
	});

	test('a second try that the record shows as failed proves nothing about the first', async () => {
		const ann = somebody();
		const chat = clerkChat([UNLISTED, LOST]);
		const items = itemsTo([ann], 'first');
		const first = await runNode(items, changing());
		const second = await retry(first, items, changing({}, sendAgain));
		const text = String(chat.texts()[1]);
		chat.entries.push(entryOf({ text, to: ann }, { status: 'failed' }));
		const third = await retry(second, items, changing(toContinue));
		expect(outcomesOf(third)).toEqual(['unknown']);
		expect(chat.got(ann)).toBe(1);
	});

	test.each<[string, Setup, Fate, string[]]>([
		['nothing', changing(), { answer: REFUSED }, ['a', 'b', 'b', 'c']],
		['nothing', changing(), LOST, ['a', 'b', 'c']],
		["'If the Result Is Unclear'", changing({}, sendAgain), LOST, ['a', 'b', 'b', 'c']],
		[
			"'Timeout'",
			changing({}, {}, { requestOptions: { timeout: 20_000 } }),
			{ answer: REFUSED },
			['a', 'b', 'b', 'c'],
		],
		[
			"'Messages at the Same Time'",
			changing({}, { maxConcurrency: 2 }),
			{ answer: REFUSED },
			['a', 'b', 'b', 'c'],
		],
	])('nor by the Retry button, after %s was changed', async (_, edited, fate, expected) => {
		const { chat, items, first } = await stopped(changing(), undefined, [{}, fate]);
		await retry(first, items, edited);
		expect(wordsIn(chat.texts()).sort()).toEqual(expected);
	});
});

describe("an edit that doesn't affect the message", () => {
	test.each<[string, INodeParameters]>([
		['Sent By Name is added', { additionalFields: { sentByName: 'Order Desk' } }],
		['From is another number of the team', { sender: '+14155550999' }],
		['To is another expression', { recipients: '={{ ($json.to) }}' }],
		['Message is another expression', { body: "={{ $json.text + '' }}" }],
	])("%s: isn't sent again", async (_, parameters) => {
		const { people, chat, items, first } = await stopped();
		const result = await retry(first, items, setup({}, {}, parameters));
		expect(counts(chat, people)).toEqual([1, 1, 1]);
		expect(outcomesOf(result)).toEqual(['sent', 'sent', 'sent']);
		expect(savedOf(result)).not.toContain('"state"');
	});

	test('Sent By Name is changed and removed again', async () => {
		const people = some(2);
		const chat = clerkChat((request) => (isTo(people[1], request) ? REFUSED : {}));
		const items = itemsTo(people, 'name');
		const named = (sentByName: string) => setup({}, {}, { additionalFields: { sentByName } });
		const first = await runNode(items, named('A'));
		const second = await retry(first, items, named('B'));
		await retry(second, items, setup());
		await retry(first, items, named('C'));
		expect(counts(chat, people)).toEqual([1, 0]);
	});

	test.each<[string, INodeParameters]>([
		['another text', { body: '={{ $json.text }}!' }],
		['another picture', { additionalFields: { mediaUrls: ['https://clerk-chat.test/a.png'] } }],
		['a template', { additionalFields: { templateId: '7' } }],
	])('%s is another message', async (_, parameters) => {
		const { people, chat, items, first } = await stopped();
		const result = await retry(first, items, setup({}, {}, parameters));
		expect(counts(chat, people)).toEqual([2, 1, 1]);
		expect(savedOf(result)).not.toContain('"state"');
	});

	test('an unclear message stays unclear', async () => {
		const chat = clerkChat(UNLISTED);
		const items = itemsTo(some(1), 'unknown');
		const first = await runNode(items, setup());
		const edited = setup({}, toContinue, { additionalFields: { sentByName: 'Order Desk' } });
		expect(outcomesOf(await retry(first, items, edited))).toEqual(['unknown']);
		expect(chat.sent).toHaveLength(1);
	});

	test('after several retries of the first execution', async () => {
		const { chat, items, first } = await stopped(setup(), undefined, [[401, {}], {}, REFUSED]);
		await retry(first, items, setup());
		await retry(first, items, setup({}, {}, { recipients: '={{ "" }}' }));
		await retry(first, items, setup({}, {}, { body: '={{ ($json.text) }}' }));
		expect(chat.texts().filter((text) => text === 'a')).toHaveLength(2);
	});

	test.each([sendAgain, {}])('sent after an edit, then edited back (%j)', async (options) => {
		const chat = answers({ a: [UNCLEAR], b: [REFUSED, REFUSED] });
		const items = itemsTo(some(3), ['a', 'b', 'c']);
		const edited = setup(sendAgain, {}, { body: '={{ ($json.text) }}' });
		const second = await retry(await runNode(items, setup()), items, edited);
		expect(chat.texts()).toEqual(['a', 'a', 'b']);
		const third = await retry(second, items, setup(options));
		const { error } = await retry(third, items, setup(options));
		expect(chat.texts()).toEqual(['a', 'a', 'b', 'b', 'b', 'c']);
		expect(error).toBeUndefined();
	});
});

describe('an edit of the order or the number of items', () => {
	/** The values of an item's fields after the edit: those of another item on the list. */
	const from = (index: string): INodeParameters => ({
		recipients: `={{ $input.all()[${index}].json.to }}`,
		body: `={{ $input.all()[${index}].json.text }}`,
	});

	test.each([
		['other texts', ['a', 'b', 'c']],
		['the same text', ['a', 'a', 'a']],
	])('reversed, with %s: each result stays with its item', async (_, texts) => {
		const { people, chat, items, first } = await stopped(setup(), texts);
		const result = await retry(first, items, setup({}, {}, from('2 - $itemIndex')));
		expect(counts(chat, people)).toEqual([1, 1, 1]);
		const idTo = (person: string) =>
			chat.entries.find(({ members }) => (members as string[]).includes(person))?.id;
		expect(result.items.map(({ json, pairedItem }) => [json.id, pairedItem])).toEqual(
			[...people].reverse().map((person, item) => [idTo(person), { item }]),
		);
	});

	test("shifted by one: new people get a text, those already texted don't", async () => {
		const { people, chat, items, first } = await stopped();
		const result = await retry(first, items, setup({}, {}, from('($itemIndex + 1) % 3')));
		expect(counts(chat, people)).toEqual([1, 1, 1]);
		expect(textsOf(result)).toEqual(['b', 'c', 'a']);
	});

	test('an unclear result moves along', async () => {
		const people = some(2);
		const chat = clerkChat([UNLISTED]);
		const items = itemsTo(people, 'along');
		const first = await runNode(items, setup());
		const result = await retry(first, items, setup({}, toContinue, from('1 - $itemIndex')));
		expect(counts(chat, people)).toEqual([1, 1]);
		expect(outcomesOf(result)).toEqual(['sent', 'unknown']);
	});

	test('the same fields return the texts in another order: each is recognized by its content, not its position', async () => {
		const ann = somebody();
		const chat = clerkChat([{}, REFUSED]);
		const items = itemsTo([ann, ann], ['a', 'b']);
		const used = setup({}, {}, from('$vars.isReversed ? 1 - $itemIndex : $itemIndex'));
		const first = await runNode(items, { ...used, variables: {} });
		const result = await retry(first, items, { ...used, variables: { isReversed: true } });
		expect(chat.texts()).toEqual(['a', 'b', 'b']);
		expect(textsOf(result)).toEqual(['b', 'a']);
	});

	const joined: INodeParameters = {
		recipients: "={{ $input.all().map((item) => item.json.to).join(', ') }}",
	};

	test('joined into one item, Separately: only those without the text get it', async () => {
		const { people, chat, items, first } = await stopped(setup(), ['x', 'x', 'x']);
		const options = { severalNumbers: 'separately' };
		const result = await retry(first, items, setup(options, { executeOnce: true }, joined));
		expect(counts(chat, people)).toEqual([1, 1, 1]);
		expect(idsOf(result)).toEqual(chat.entries.map(({ id }) => id));
	});

	test('joined into one item, together: refused, naming who has it', async () => {
		const { people, chat, items, first } = await stopped(setup(), ['x', 'x', 'x']);
		const result = await retry(first, items, setup({}, { executeOnce: true }, joined));
		expect(counts(chat, people)).toEqual([1, 0, 0]);
		expect(`${result.error?.message} ${result.error?.description}`).toContain(people[0]);
	});

	test('split into an item for each', async () => {
		const people = some(2);
		const chat = clerkChat([{}, REFUSED]);
		// The second item is there for the edit alone.
		const items = itemsTo([people.join(', '), somebody()], 'split');
		const first = await runNode(items, setup({ severalNumbers: 'separately' }));
		const each = { recipients: "={{ $input.all()[0].json.to.split(', ')[1 - $itemIndex] }}" };
		const result = await retry(first, items, setup({}, {}, each));
		expect(counts(chat, people)).toEqual([1, 1]);
		expect(idsOf(result)).toEqual([chat.entries[1].id, chat.entries[0].id]);
	});

	test('equal items still count as separate messages', async () => {
		const ann = somebody();
		const chat = clerkChat([{}, {}, REFUSED]);
		const items = itemsTo([ann, ann, ann], 'equal');
		const first = await runNode(items, setup());
		const result = await retry(first, items, setup({}, {}, from('2 - $itemIndex')));
		expect(chat.got(ann)).toBe(3);
		expect(new Set(idsOf(result)).size).toBe(3);
	});

	test('Create Many: reversed, creates no contact again', async () => {
		const created: string[] = [];
		let isRefusing = true;
		clerkChatApi(
			({ body }) => {
				const contacts = body.contacts as IDataObject[];
				if (isRefusing && contacts.length < 100) return [422, { message: 'no' }];
				created.push(...contacts.map(({ name }) => String(name)));
				return [201, { data: contacts.map((each) => ({ id: `id of ${each.name}`, ...each })) }];
			},
			{ documented: false },
		);
		const names = Array.from({ length: 130 }, (_, index) => `Guest ${index}`);
		const items = names.map((name) => ({ name }));
		const creating = (name: string): Setup => ({
			parameters: { resource: 'contact', operation: 'createMany', additionalFields: { name } },
		});
		const first = await runNode(items, creating('={{ $json.name }}'));
		expect(created).toHaveLength(100);
		isRefusing = false;
		const reversed = creating('={{ $input.all()[129 - $itemIndex].json.name }}');
		const result = await retry(first, items, reversed);
		expect([...created].sort()).toEqual([...names].sort());
		expect(result.items.map(({ json }) => json.name)).toEqual([...names].reverse());
	});
});

describe('the Retry button again, after the retry also failed', () => {
	const items = () => itemsTo(some(3), ['a', 'b', 'c']);

	test.each([
		['of the first execution', true],
		['of the retry', false],
	])("%s: a sent message isn't sent again", async (_, isFirst) => {
		const chat = answers({ a: [REFUSED], c: [REFUSED] });
		const list = items();
		const first = await runNode(list, setup());
		const failed = await retry(first, list, setup());
		expect(failed.status).toBe('error');
		const result = await retry(isFirst ? first : failed, list, setup());
		expect(chat.texts()).toEqual(['a', 'a', 'b', 'c', 'c']);
		expect(textsOf(result)).toEqual(['a', 'b', 'c']);
	});

	test('of the first execution, after a retry had found it failed and was refused', async () => {
		const failed: Fate = { answer: UNCLEAR, isDelivered: true, onRecord: false };
		const chat = clerkChat([failed, REFUSED]);
		const list = itemsTo(some(1), 'failed');
		const first = await runNode(list, setup());
		chat.list();
		Object.assign(chat.entries[0], { status: 'failed' });
		expect(outcomesOf(await retry(first, list, setup({}, toContinue)))).toEqual(['refused']);
		expect(outcomesOf(await retry(first, list, setup({}, toContinue)))).toEqual(['sent']);
	});

	test('of the first execution, in which nothing was tried at all', async () => {
		const chat = answers({ c: [REFUSED] });
		const list = items();
		const first = await runNode(list, setup({}, {}, { recipients: '={{ "" }}' }));
		expect(chat.sent).toHaveLength(0);
		await retry(first, list, setup());
		await retry(first, list, setup());
		expect(chat.texts()).toEqual(['a', 'b', 'c', 'c']);
	});

	test('of the first execution, when this node succeeded and a later one failed', async () => {
		const chat = answers({ a: [REFUSED] });
		const list = items();
		const first = await runNode(list, setup());
		await retry(first, list, setup());
		const result = await retry(first, list, setup());
		expect(chat.texts()).toEqual(['a', 'a', 'b', 'c']);
		expect(textsOf(result)).toEqual(['a', 'b', 'c']);
	});

	test('a new execution knows nothing about it', async () => {
		const chat = answers({ a: [REFUSED] });
		const list = items();
		await retry(await runNode(list, setup()), list, setup());
		await runNode(list, setup());
		expect(chat.texts()).toEqual(['a', 'a', 'b', 'c', 'a', 'b', 'c']);
	});

	test('the next retry knows what the previous one left open, even after a restart', async () => {
		const chat = answers({ a: [[401, {}], UNCLEAR], b: [REFUSED, REFUSED] });
		const list = items();
		const first = await runNode(list, setup());
		await retry(first, list, setup());
		// This one did not ask for the first message itself: it only heard of it from the other one.
		const sibling = await retry(first, list, setup());
		expect(sibling.error?.description).toMatch(/^Unclear 1, not tried 1, failed 1: /);
		expect(savedOf(sibling)).toContain('"state":"unknown"');
		expect(chat.texts().filter((text) => text === 'a')).toHaveLength(2);
	});

	test('n8n reruns the node although all went well, and that try fails: still knows what was sent', async () => {
		const rejected: Fate = { says: { status: 'failed', error: 'spam' }, isDelivered: false };
		const chat = answers({ a: [rejected, REFUSED, REFUSED] });
		const list = items();
		const used = setup({ rejectedAsError: false }, twice);
		const first = await runNode(list, used);
		expect(first.status).toBe('error');
		await retry(first, list, used);
		expect(chat.texts()).toEqual(['a', 'b', 'c', 'a', 'a', 'a']);
	});
});

describe('two retries at once', () => {
	const separately = { severalNumbers: 'separately' };

	test('of the same items: each is sent once', async () => {
		const { people, chat, items, first } = await stopped(setup(), undefined, [REFUSED]);
		await Promise.all([retry(first, items, setup()), retry(first, items, setup())]);
		expect(counts(chat, people)).toEqual([1, 1, 1]);
	});

	test.each<[string, Answer]>([
		['Retry-After', [429, {}, { 'retry-after': '0.05' }]],
		['a 429 without it', [429, {}]],
	])('a message waiting to be sent counts as in flight: %s', async (_, tooMany) => {
		jest.replaceProperty(limits, 'longestWait', 1_000);
		const { people, chat, items, first } = await stopped(setup(), undefined, [REFUSED, tooMany]);
		const one = retry(first, items, setup());
		await sleep(15);
		const results = await Promise.all([one, retry(first, items, setup())]);
		// Refused, too many, and then once.
		expect(chat.texts().filter((text) => text === 'a')).toHaveLength(3);
		expect(counts(chat, people)).toEqual([1, 1, 1]);
		expect(results.map(textsOf)).toEqual([items, items].map((all) => all.map(({ text }) => text)));
	});

	test('a guard holds nothing back that the other one sends while the record is read', async () => {
		const people = some(3);
		const chat: Deliveries = clerkChat([{ answer: [401, {}] }, {}, { answer: [401, {}] }], {
			onLook: async () => {
				while (chat.sent.length < 3) await sleep(1);
				await sleep(20);
			},
		});
		const items = itemsTo(people, 'guarded');
		const stopped = await runNode(items, setup());
		const maxPerPerson = { values: { count: 1, hours: 24 } };
		const guarded = retry(stopped, items, setup({ maxPerPerson }));
		await retry(stopped, items, setup());
		expect(outcomesOf(await guarded)).toEqual(['sent', 'sent', 'sent']);
		expect(counts(chat, people)).toEqual([1, 1, 1]);
	});

	test('of a message with an unclear answer: both find it', async () => {
		const chat = clerkChat([{ answer: [401, {}] }, LISTED]);
		const items = itemsTo(some(1), 'both find it');
		const first = await runNode(items, setup());
		const again = async () => outcomesOf(await retry(first, items, setup({}, toContinue)));
		expect(await Promise.all([again(), again()])).toEqual([['sent'], ['sent']]);
		expect(chat.sent).toHaveLength(2);
	});

	test('an immediate retry finds messages in flight when the execution was cancelled', async () => {
		// It is on record after 100 ms.
		jest.replaceProperty(limits, 'waitsForRecord', [100, 300, 1_000]);
		const chat = clerkChat(async () => {
			await sleep(100);
			return {};
		});
		const items = itemsTo(some(1), 'cancelled');
		let cancel = () => {};
		const running = runNode(items, { ...setup(), onStart: (run) => (cancel = run.cancel) });
		while (chat.sent.length === 0) await sleep(1);
		cancel();
		expect(textsOf(await retry(await running, items, setup()))).toEqual(['cancelled']);
		expect(chat.sent).toHaveLength(1);
	});

	/** A group message that wasn't sent at first. */
	async function refusedAtFirst(options: IDataObject = {}) {
		const people = some(2);
		const chat = clerkChat(async ({ body: { sender } }, index) => {
			expect(sender).toBe(SENDER);
			await sleep(10);
			return index === 0 ? [401, {}] : {};
		});
		const items = itemsTo([people.join(', ')], 'both');
		return { people, chat, items, first: await runNode(items, setup(options)) };
	}

	test.each([
		['Separately first', [separately, {}]],
		['together first', [{}, separately]],
	])('one Separately and one together: everybody gets one (%s)', async (_, both) => {
		const { people, chat, items, first } = await refusedAtFirst();
		const results = await Promise.all(
			both.map(async (options) => await retry(first, items, setup(options, toContinue))),
		);
		expect(Math.max(...counts(chat, people))).toBe(1);
		// Nobody is called not sent who was.
		for (const result of results) {
			if (counts(chat, people).includes(0)) continue;
			expect(outcomesOf(result)).not.toContain('notTried');
		}
	});

	test('both Separately, with the people in another order: everybody gets one', async () => {
		const { people, chat, items, first } = await refusedAtFirst(separately);
		const two = { ...separately, maxConcurrency: 2 };
		const reversed = { recipients: "={{ $json.to.split(', ').reverse().join(', ') }}" };
		await Promise.all([
			retry(first, items, setup(two)),
			retry(first, items, setup(two, {}, reversed)),
		]);
		expect(counts(chat, people)).toEqual([1, 1]);
	});

	test('one with Separately and Send Again, while the other searches for its group message: it is found for everyone', async () => {
		const [ann, bob] = some(2);
		let isFound = false;
		const chat: Deliveries = clerkChat(
			async (_request, index): Promise<Fate> => {
				if (index === 0) return { answer: [401, {}] };
				await sleep(30);
				return index === 1 ? LISTED : {};
			},
			{
				onLook: async () => {
					const look = chat.looks.length;
					while (look === 2 && !isFound) await sleep(1);
				},
			},
		);
		const items = itemsTo([`${ann}, ${bob}`], 'both ways');
		const first = await runNode(items, setup());
		const together = retry(first, items, setup({}, toContinue));
		while (chat.sent.length < 2) await sleep(1);
		const separate = await retry(first, items, setup({ ...separately, ...sendAgain }, toContinue));
		isFound = true;
		expect(counts(chat, [ann, bob])).toEqual([1, 1]);
		expect([await together, separate].map(outcomesOf)).toEqual([['sent'], ['sent', 'sent']]);
	});

	test('one of them to some of the people: nobody gets two', async () => {
		const { people, chat, items, first } = await refusedAtFirst();
		const part = { recipients: "={{ $json.to.split(', ')[0] }}" };
		await Promise.all([retry(first, items, setup()), retry(first, items, setup({}, {}, part))]);
		expect(Math.max(...counts(chat, people))).toBe(1);
	});
});

test('a group message on record as failed says nothing about an earlier message to one of the group', async () => {
	const [ann, bob] = some(2);
	const chat = clerkChat([UNLISTED, LOST]);
	const items = itemsTo([`${ann}, ${bob}`], 'first alone');
	const first = await runNode(items, setup({ severalNumbers: 'separately' }));
	const bobFirst = { recipients: "={{ $json.to.split(', ').reverse().join(', ') }}" };
	const second = await retry(first, items, setup(sendAgain, {}, bobFirst));
	chat.entries.push(entryOf({ text: 'first alone', to: [bob, ann] }, { status: 'failed' }));
	const third = await retry(second, items, setup({}, toContinue, bobFirst));
	expect(outcomesOf(third)).toEqual(['unknown']);
	expect([chat.sent.length, ...counts(chat, [ann, bob])]).toEqual([2, 1, 0]);
});

describe('a sent message is returned as sent, even if something is now invalid', () => {
	test.each<[string, Setup]>([
		['Messages at the Same Time', setup({ maxConcurrency: 'many' }, toContinue)],
		['Skip If Sent', setup({ skipSentWithinHours: 'soon' }, toContinue)],
		['the proxy', setup({}, toContinue, { requestOptions: { proxy: 'no address' } })],
	])('%s', async (_, edited) => {
		const { people, chat, items, first } = await stopped();
		expect(textsOf(await retry(first, items, edited))).toEqual(['a', 'notTried', 'notTried']);
		expect(counts(chat, people)).toEqual([1, 0, 0]);
	});

	test('nor is an unclear message relabeled', async () => {
		clerkChat(LOST);
		const items = itemsTo(some(1), 'perhaps');
		const first = await runNode(items, setup());
		const retried = await retry(first, items, setup({ maxConcurrency: 'many' }, toContinue));
		expect(outcomesOf(retried)).toEqual(['unknown']);
	});

	test('the credential', async () => {
		let reads = 0;
		const unreadable = {
			...setup({}, { ...twice, ...toContinue }),
			onCredentials: () => {
				if (++reads > 1) throw new Error('the database is gone');
			},
		};
		const { chat, first } = await stopped(unreadable, undefined, [REFUSED]);
		expect(chat.texts()).toEqual(['a', 'b', 'c']);
		expect(textsOf(first)).toEqual(['notTried', 'b', 'c']);
	});

	test('a field that is valid in one try and invalid in the next', async () => {
		const chat = answers({ a: [REFUSED] });
		// An answer was given: for the second item, the time is over from then on.
		const isOver = jest.spyOn(Settings, 'now').mockImplementation(() => chat.sent.length);
		const recipients = '={{ $json.text === "b" && $now.toMillis() > 0 ? "" : $json.to }}';
		const used = setup({}, { ...twice, ...toContinue }, { recipients });
		const result = await runNode(itemsTo(some(3), ['a', 'b', 'c']), used);
		expect(isOver).toHaveBeenCalled();
		expect(chat.texts()).toEqual(['a', 'b', 'c', 'a']);
		expect(textsOf(result)).toEqual(['a', 'b', 'c']);
	});

	test('the fields of a group message: it is returned once', async () => {
		clerkChat([{}, REFUSED]);
		const items = itemsTo([some(2).join(', '), somebody()], 'group');
		const first = await runNode(items, setup());
		const broken = setup({}, toContinue, { recipients: "={{ $itemIndex === 0 ? '' : $json.to }}" });
		expect(outcomesOf(await retry(first, items, broken))).toEqual(['sent', 'sent']);
	});

	test('a group message is returned once and complete, however much others have sent since', async () => {
		const [ann, bob, cat] = some(3);
		const bulk = 'x'.repeat(1_000_000);
		clerkChat(
			(request) => (isTo(cat, request) ? REFUSED : isTo(ann, request) ? {} : { says: { bulk } }),
			{ documented: false },
		);
		const items = itemsTo([`${ann}, ${bob}`, cat], 'kept');
		const first = await runNode(items, setup());
		await runNode(itemsTo(some(25), 'huge'), setup({}, toContinue));
		const again = await retry(first, items, setup({}, toContinue));
		expect(outcomesOf(again)).toEqual(['sent', 'refused']);
		expect(again.items[0].json.body).toBe('kept');
	});

	test.each([{}, { simplify: true }])(
		'although the answer has objects in place of texts (%j)',
		async (options) => {
			const odd = { toString: 1 };
			const says = { members: [odd], sender: odd, body: odd, status: odd, timestamp: odd };
			const chat = clerkChat({ says }, { documented: false });
			const result = await runNode(itemsTo(some(2), 'odd'), setup(options));
			expect(idsOf(result)).toEqual(chat.entries.map(({ id }) => id));
		},
	);

	test('huge results are all returned', async () => {
		const bulk = 'x'.repeat(1_000_000);
		const fates = (_: unknown, index: number) => (index === 0 ? REFUSED : { says: { bulk } });
		clerkChat(fates, { documented: false });
		const used = setup({}, { ...twice, ...toContinue });
		const result = await runNode(itemsTo(some(30), 'huge'), used);
		expect(result.items.every(({ json }) => json.bulk === bulk)).toBe(true);
	});
});

test('a test run that sends the first message to someone on the list', async () => {
	const [ann, me] = some(2);
	const chat = clerkChat(UNLISTED);
	const options = { testRuns: 'redirect', testRecipient: me };
	const used = setup(options, { retryOnFail: true, maxTries: 3, ...toContinue });
	await runNode(itemsTo([ann, me], 'to all'), { ...used, mode: 'manual' });
	expect(counts(chat, [ann, me])).toEqual([0, 1]);
});

describe("a 201 that doesn't clearly say that the message was sent", () => {
	const message = (id: number, changes: IDataObject = {}) => ({ id, status: 'sent', ...changes });

	test.each<[string, unknown]>([
		['error beside another status', message(1, { error: 'carrier trouble' })],
		['errorCode beside another status', message(1, { errorCode: 30007 })],
		['a list of which one failed', [message(1), message(2, { status: 'failed' })]],
		['no message in it', {}],
		['a message without an id', { status: 'sent', id: null }],
	])('%s: unclear, and not sent again', async (_, data) => {
		const chat = clerkChat([{ isDelivered: false, answer: [201, { data }] }], {
			documented: false,
		});
		const people = some(3);
		const items = itemsTo(people, ['a', 'b', 'c']);
		const first = await runNode(items, setup({}, twice));
		expect(first.error?.message).toContain(`; the message to ${people[0]} may have been sent`);
		await retry(first, items, setup());
		expect(chat.texts().filter((text) => text === 'a')).toHaveLength(1);
	});

	test('a list in which all failed: refused, and sent again', async () => {
		const data = [1, 2].map((id) => message(id, { status: 'failed' }));
		const chat = clerkChat([{ isDelivered: false, answer: [201, { data }] }], {
			documented: false,
		});
		const items = itemsTo(some(3), ['a', 'b', 'c']);
		const first = await runNode(items, setup());
		expect(first.error?.message).toBe('The message was not sent');
		await retry(first, items, setup());
		expect(chat.texts().filter((text) => text === 'a')).toHaveLength(2);
	});
});

test('an entry on record is one of several equal messages', async () => {
	const ann = somebody();
	const chat = clerkChat([LISTED, LOST]);
	const result = await runNode(itemsTo([ann, ann], 'equal'), setup({}, toContinue));
	expect(outcomesOf(result)).toEqual(['sent', 'unknown']);
	expect(chat.got(ann)).toBe(1);
});
