import { sleep } from 'n8n-workflow';
import type { IDataObject, INodeParameters } from 'n8n-workflow';
import { startProcess } from '../random/process';
import { clerkChatApi } from './clerkChatApi';
import { closeNetwork } from './closeNetwork';
import {
	clerkChat,
	entryOf,
	outcomesOf,
	REFUSED,
	SENDER,
	sendAgain,
	setup,
	somebody,
	toContinue,
	UNCLEAR,
	wordsOf,
} from './deliveries';
import type { Deliveries } from './deliveries';
import { retry, runNode } from './engine';
import type { Result, Setup } from './engine';

/* The Retry button and Retry On Fail, whatever was edited in between, and whatever n8n lost (docs/sending.md). */

closeNetwork();

const counts = (chat: Deliveries, people: string[]) => people.map((person) => chat.got(person));

const idsOf = ({ items }: Result) => items.map(({ json }) => json.id);

/** What n8n has of an execution whose process was killed in this node: nothing of the node's own. */
function crashed({ data, ...others }: Result): Result {
	const saved = JSON.parse(JSON.stringify(data)) as Result['data'];
	saved.executionData!.contextData = {};
	delete saved.resultData.runData['Clerk Chat'];
	return { ...others, data: saved };
}

describe("Retry at an execution in whose middle n8n was killed, with 'Save Execution Progress'", () => {
	/** Ann has her text, Bob's was refused, Cat was not tried. n8n is killed there, and started again. */
	async function killed(original = setup(), changes: IDataObject | false = {}) {
		const people = [somebody(), somebody(), somebody()];
		const chat = clerkChat((_request, index) =>
			index === 1 ? { answer: REFUSED } : { onRecord: changes },
		);
		const items = people.map((to, index) => ({ to, text: `text ${index}` }));
		const stopped = await runNode(items, original);
		expect(counts(chat, people)).toEqual([1, 0, 0]);
		const node = startProcess(1);
		const again = async (edited: Setup = original) =>
			await retry(crashed(stopped), items, { ...edited, node });
		return { people, chat, items, again };
	}

	test('who is on record gets nothing and comes out as sent, the rest is sent', async () => {
		const { people, chat, again } = await killed();
		const result = await again();
		expect(counts(chat, people)).toEqual([1, 1, 1]);
		expect(outcomesOf(result)).toEqual(['sent', 'sent', 'sent']);
		expect(result.items[0].json.id).toBe(chat.entries[0].id);
	});

	test('nor does anybody get it again when Retry is used at it once more', async () => {
		const { people, chat, again } = await killed();
		await again();
		await again();
		expect(counts(chat, people)).toEqual([1, 1, 1]);
	});

	test('it looks 12 hours back', async () => {
		const hoursAgo = (hours: number) => {
			const time = new Date(Date.now() - hours * 3_600_000).toISOString();
			return { timestamp: time, created: time };
		};
		const [ann, bob] = [somebody(), somebody()];
		const chat = clerkChat((_request, index) => (index === 0 ? { answer: REFUSED } : {}));
		const items = [ann, bob].map((to) => ({ to, text: 'hours' }));
		const stopped = await runNode(items, setup());
		chat.entries.push(entryOf({ text: 'hours', to: ann }, hoursAgo(11)));
		chat.entries.push(entryOf({ text: 'hours', to: bob }, hoursAgo(13)));
		await retry(crashed(stopped), items, { ...setup(), node: startProcess(1) });
		expect(counts(chat, [ann, bob])).toEqual([0, 1]);
	});

	test('of equal items as many are sent as are not on record', async () => {
		const ann = somebody();
		const chat = clerkChat((_request, index) => (index === 1 ? { answer: REFUSED } : {}));
		const items = Array.from({ length: 3 }, () => ({ to: ann, text: 'equal' }));
		const stopped = await runNode(items, setup());
		await retry(crashed(stopped), items, { ...setup(), node: startProcess(1) });
		expect(chat.got(ann)).toBe(3);
	});

	test.each<[string, INodeParameters]>([
		['a template', { additionalFields: { templateId: '7' } }],
		[
			'media without a text',
			{ body: '', additionalFields: { mediaUrls: ['https://clerk-chat.test/a.png'] } },
		],
	])('what the record cannot tell is refused and says how to go on: %s', async (_, parameters) => {
		const { people, chat, again } = await killed(setup({}, {}, parameters));
		const result = await again(setup({}, toContinue, parameters));
		expect(counts(chat, people)).toEqual([1, 0, 0]);
		expect(outcomesOf(result)).not.toContain('sent');
		expect(wordsOf(result)).toContain("'Send Again'");
		const resent = await again(setup(sendAgain, {}, parameters));
		expect(outcomesOf(resent)).toEqual(['sent', 'sent', 'sent']);
		expect(counts(chat, people).slice(1)).toEqual([1, 1]);
	});

	test('when the record cannot be read, nothing goes out', async () => {
		const people = [somebody(), somebody()];
		const state: { closed?: number } = {};
		const chat = clerkChat((_request, index) => (index === 1 ? { answer: REFUSED } : {}), {
			closed: () => state.closed,
		});
		const items = people.map((to) => ({ to, text: 'closed' }));
		const stopped = await runNode(items, setup());
		state.closed = 403;
		const again = { ...setup({}, toContinue), node: startProcess(1) };
		const result = await retry(crashed(stopped), items, again);
		expect(counts(chat, people)).toEqual([1, 0]);
		expect(outcomesOf(result)).not.toContain('sent');
	});

	test('other operations go on', async () => {
		let creations = 0;
		clerkChatApi(() => [201, { data: { id: String(++creations), name: 'Ann' } }], {
			documented: false,
		});
		const parameters = {
			resource: 'contact',
			operation: 'create',
			additionalFields: { name: '={{ $json.name }}' },
		};
		const items = [{ name: 'Ann' }, { name: '' }];
		const stopped = await runNode(items, { parameters });
		expect(stopped.status).toBe('error');
		const again = { parameters, settings: toContinue, node: startProcess(1) };
		const result = await retry(crashed(stopped), items, again);
		expect(outcomesOf(result)[0]).toBe('sent');
		expect(creations).toBe(1);
	});

	test('an execution that is no retry is not compared with the record', async () => {
		const ann = somebody();
		const chat = clerkChat();
		chat.entries.push(entryOf({ text: 'anew', to: ann }));
		await runNode([{ to: ann, text: 'anew' }], setup());
		expect(chat.got(ann)).toBe(1);
		expect(chat.looks).toHaveLength(0);
	});
});

describe("'Send Again' sends at most one more", () => {
	const lost = (really: boolean) =>
		clerkChat(() => ({ answer: UNCLEAR, isDelivered: really, onRecord: false }));

	test.each([true, false])('with Retry On Fail (really sent: %s)', async (really) => {
		const ann = somebody();
		const chat = lost(really);
		const settings = { ...toContinue, retryOnFail: true, maxTries: 5 };
		const result = await runNode([{ to: ann, text: 'five' }], setup(sendAgain, settings));
		expect(chat.sent).toHaveLength(2);
		expect(outcomesOf(result)).toEqual(['unknown']);
	});

	test.each([true, false])('with the Retry button (n8n is restarted: %s)', async (isRestarted) => {
		const ann = somebody();
		const chat = lost(true);
		const items = [{ to: ann, text: 'button' }];
		let newest = await runNode(items, setup(sendAgain));
		for (let times = 0; times < 3; times++) {
			const node = isRestarted ? startProcess(1) : undefined;
			newest = await retry(newest, items, { ...setup(sendAgain), node });
		}
		expect(chat.got(ann)).toBe(2);
		expect(newest.error?.message).toMatch(/may have been sent/);
	});

	test('with the button at the first execution each time', async () => {
		const ann = somebody();
		const chat = lost(true);
		const items = [{ to: ann, text: 'first' }];
		const stopped = await runNode(items, setup(sendAgain));
		for (let times = 0; times < 3; times++) await retry(stopped, items, setup(sendAgain));
		expect(chat.got(ann)).toBe(2);
	});

	test('with the button and Retry On Fail together', async () => {
		const ann = somebody();
		const chat = lost(true);
		const items = [{ to: ann, text: 'both' }];
		const eager = setup(sendAgain, { retryOnFail: true, maxTries: 3 });
		await retry(await runNode(items, eager), items, eager);
		expect(chat.got(ann)).toBe(2);
	});

	test('to each of several numbers', async () => {
		const people = [somebody(), somebody()];
		const chat = lost(true);
		const settings = { ...toContinue, retryOnFail: true, maxTries: 4 };
		const options = { ...sendAgain, severalNumbers: 'separately' };
		await runNode([{ to: people.join(', '), text: 'each' }], setup(options, settings));
		expect(counts(chat, people)).toEqual([2, 2]);
	});

	test('what was refused in between does not count', async () => {
		const ann = somebody();
		const chat = clerkChat((_request, index) => ({
			answer: index === 1 ? REFUSED : UNCLEAR,
			isDelivered: index !== 1,
			onRecord: false,
		}));
		const settings = { ...toContinue, retryOnFail: true, maxTries: 5 };
		await runNode([{ to: ann, text: 'between' }], setup(sendAgain, settings));
		expect(chat.got(ann)).toBeLessThanOrEqual(2);
	});
});

describe('Retry after an edit of what is no part of the message', () => {
	/** Ann has her text, Bob's is refused the first time. */
	async function stopped() {
		const people = [somebody(), somebody(), somebody()];
		const chat = clerkChat((_request, index) => (index === 1 ? { answer: REFUSED } : {}));
		const items = people.map((to, index) => ({ to, text: `text ${index}` }));
		return { people, chat, items, first: await runNode(items, setup()) };
	}

	test.each<[string, INodeParameters]>([
		['Sent By Name is added', { additionalFields: { sentByName: 'Order Desk' } }],
		['From is another number of the team', { sender: '+14155550999' }],
		['To and Message are other expressions', { recipients: '={{ ($json.to) }}' }],
	])('%s: nobody gets it again', async (_, parameters) => {
		const { people, chat, items, first } = await stopped();
		const result = await retry(first, items, setup({}, {}, parameters));
		expect(counts(chat, people)).toEqual([1, 1, 1]);
		expect(outcomesOf(result)).toEqual(['sent', 'sent', 'sent']);
	});

	test('Sent By Name is changed and taken out again', async () => {
		const people = [somebody(), somebody()];
		const chat = clerkChat(({ body }) =>
			(body.recipients as string[]).includes(people[1]) ? { answer: REFUSED } : {},
		);
		const items = people.map((to) => ({ to, text: 'name' }));
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
		await retry(first, items, setup({}, {}, parameters));
		expect(counts(chat, people)).toEqual([2, 1, 1]);
	});

	test('what is unknown stays so', async () => {
		const ann = somebody();
		const chat = clerkChat(() => ({ answer: UNCLEAR, isDelivered: true, onRecord: false }));
		const items = [{ to: ann, text: 'unknown' }];
		const first = await runNode(items, setup());
		const edited = setup({}, toContinue, { additionalFields: { sentByName: 'Order Desk' } });
		const result = await retry(first, items, edited);
		expect(chat.got(ann)).toBe(1);
		expect(outcomesOf(result)).toEqual(['unknown']);
	});
});

describe('Retry after an edit of the order or the number of items', () => {
	/** What the fields of an item give after the edit: those of another item of the list. */
	const from = (index: string): INodeParameters => ({
		recipients: `={{ $input.all()[${index}].json.to }}`,
		body: `={{ $input.all()[${index}].json.text }}`,
	});

	async function stopped(...texts: string[]) {
		const people = texts.map(somebody);
		const chat = clerkChat((_request, index) => (index === 1 ? { answer: REFUSED } : {}));
		const items = people.map((to, index) => ({ to, text: texts[index] }));
		return { people, chat, items, first: await runNode(items, setup()) };
	}

	test.each([
		['other texts', ['a', 'b', 'c']],
		['the same text', ['a', 'a', 'a']],
	])('reversed, with %s: each result at the item that asks for it', async (_, texts) => {
		const { people, chat, items, first } = await stopped(...texts);
		const sentToAnn = chat.entries[0].id;
		const result = await retry(first, items, setup({}, {}, from('2 - $itemIndex')));
		expect(counts(chat, people)).toEqual([1, 1, 1]);
		expect(result.items.map(({ json, pairedItem }) => [json.id, pairedItem])).toEqual([
			[
				chat.entries.find(({ members }) => (members as string[]).includes(people[2]))?.id,
				{ item: 0 },
			],
			[
				chat.entries.find(({ members }) => (members as string[]).includes(people[1]))?.id,
				{ item: 1 },
			],
			[sentToAnn, { item: 2 }],
		]);
	});

	test('shifted by one: who is new at a place gets a text, who was sent one does not', async () => {
		const { people, chat, items, first } = await stopped('a', 'b', 'c');
		const result = await retry(first, items, setup({}, {}, from('($itemIndex + 1) % 3')));
		expect(counts(chat, people)).toEqual([1, 1, 1]);
		expect(result.items.map(({ json }) => json.body)).toEqual(['b', 'c', 'a']);
	});

	test('what is unknown moves along', async () => {
		const people = [somebody(), somebody()];
		const chat = clerkChat((_request, index) =>
			index === 0 ? { answer: UNCLEAR, isDelivered: true, onRecord: false } : {},
		);
		const items = people.map((to) => ({ to, text: 'along' }));
		const first = await runNode(items, setup());
		const edited = setup({}, toContinue, from('1 - $itemIndex'));
		const result = await retry(first, items, edited);
		expect(counts(chat, people)).toEqual([1, 1]);
		expect(outcomesOf(result)).toEqual(['sent', 'unknown']);
	});

	test('the same fields give the texts in another order: each is known by what it says, not by its place', async () => {
		const ann = somebody();
		const chat = clerkChat((_request, index) => (index === 1 ? { answer: REFUSED } : {}));
		const items = ['a', 'b'].map((text) => ({ to: ann, text }));
		const place = '$vars.isReversed ? 1 - $itemIndex : $itemIndex';
		const first = await runNode(items, { ...setup({}, {}, from(place)), variables: {} });
		const variables = { isReversed: true };
		const result = await retry(first, items, { ...setup({}, {}, from(place)), variables });
		expect(chat.sent.map(({ body }) => body.body)).toEqual(['a', 'b', 'b']);
		expect(result.items.map(({ json }) => json.body)).toEqual(['b', 'a']);
	});

	const joined: INodeParameters = {
		recipients: "={{ $input.all().map((item) => item.json.to).join(', ') }}",
	};

	test('joined into one item, Separately: only who has none gets one', async () => {
		const { people, chat, items, first } = await stopped('x', 'x', 'x');
		const options = { severalNumbers: 'separately' };
		const result = await retry(first, items, setup(options, { executeOnce: true }, joined));
		expect(counts(chat, people)).toEqual([1, 1, 1]);
		expect(idsOf(result)).toEqual(chat.entries.map(({ id }) => id));
	});

	test('joined into one item, together: refused, with who has it', async () => {
		const { people, chat, items, first } = await stopped('x', 'x', 'x');
		const result = await retry(first, items, setup({}, { executeOnce: true }, joined));
		expect(counts(chat, people)).toEqual([1, 0, 0]);
		expect(`${result.error?.message} ${result.error?.description}`).toContain(people[0]);
	});

	test('split into an item for each', async () => {
		const people = [somebody(), somebody()];
		const chat = clerkChat((_request, index) => (index === 1 ? { answer: REFUSED } : {}));
		// The second item is there for the edit alone.
		const items = [people.join(', '), somebody()].map((to) => ({ to, text: 'split' }));
		const first = await runNode(items, setup({ severalNumbers: 'separately' }));
		const each = { recipients: "={{ $input.all()[0].json.to.split(', ')[1 - $itemIndex] }}" };
		const result = await retry(first, items, setup({}, {}, each));
		expect(counts(chat, people)).toEqual([1, 1]);
		expect(idsOf(result)).toEqual([chat.entries[1].id, chat.entries[0].id]);
	});

	test('equal items are as many messages as before', async () => {
		const ann = somebody();
		const chat = clerkChat((_request, index) => (index === 2 ? { answer: REFUSED } : {}));
		const items = Array.from({ length: 3 }, () => ({ to: ann, text: 'equal' }));
		const first = await runNode(items, setup());
		const result = await retry(first, items, setup({}, {}, from('2 - $itemIndex')));
		expect(chat.got(ann)).toBe(3);
		expect(new Set(idsOf(result)).size).toBe(3);
	});
});

test('Create Many: after an edit that reverses the items, no contact is created again', async () => {
	const created: string[] = [];
	let isRefusing = true;
	clerkChatApi(
		({ body }) => {
			const contacts = body.contacts as IDataObject[];
			if (isRefusing && contacts.length < 100) return [422, { message: 'no' }];
			created.push(...contacts.map(({ name }) => String(name)));
			return [
				201,
				{ data: contacts.map((contact) => ({ id: `id of ${contact.name}`, ...contact })) },
			];
		},
		{ documented: false },
	);
	const items = Array.from({ length: 130 }, (_, index) => ({ name: `Guest ${index}` }));
	const creating = (name: string): Setup => ({
		parameters: { resource: 'contact', operation: 'createMany', additionalFields: { name } },
	});
	const stopped = await runNode(items, creating('={{ $json.name }}'));
	expect(created).toHaveLength(100);
	isRefusing = false;
	const reversed = creating('={{ $input.all()[129 - $itemIndex].json.name }}');
	const result = await retry(stopped, items, reversed);
	expect(created).toHaveLength(130);
	expect(new Set(created).size).toBe(130);
	expect(result.items.map(({ json }) => json.name)).toEqual(
		[...items].reverse().map(({ name }) => name),
	);
});

describe('Several Numbers, in retries of one execution', () => {
	const separately = { severalNumbers: 'separately' };

	/** A message to several, of which nothing went out at first. */
	async function refusedAtFirst(options: IDataObject = {}) {
		const people = [somebody(), somebody()];
		let isOpen = false;
		const chat = clerkChat(async ({ body: { sender } }) => {
			expect(sender).toBe(SENDER);
			await sleep(10);
			return isOpen ? {} : { answer: [401, {}] };
		});
		const items = [{ to: people.join(', '), text: 'both' }];
		const first = await runNode(items, setup(options));
		isOpen = true;
		return { people, chat, items, first };
	}

	test.each([
		['Separately first', [separately, {}]],
		['together first', [{}, separately]],
	])('two at once, one Separately and one together: everybody gets one (%s)', async (_, both) => {
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

	test('two at once, both Separately, with the people in another order: everybody gets one', async () => {
		const { people, chat, items, first } = await refusedAtFirst(separately);
		const reversed = { recipients: "={{ $json.to.split(', ').reverse().join(', ') }}" };
		await Promise.all([
			retry(first, items, setup({ ...separately, maxConcurrency: 2 })),
			retry(first, items, setup({ ...separately, maxConcurrency: 2 }, {}, reversed)),
		]);
		expect(counts(chat, people)).toEqual([1, 1]);
	});

	test('two at once, one of them to a part of the people: nobody gets two', async () => {
		const { people, chat, items, first } = await refusedAtFirst();
		const part = { recipients: "={{ $json.to.split(', ')[0] }}" };
		await Promise.all([retry(first, items, setup()), retry(first, items, setup({}, {}, part))]);
		expect(Math.max(...counts(chat, people))).toBe(1);
	});
});
