import { createRunExecutionData } from 'n8n-workflow';
import type { IDataObject } from 'n8n-workflow';
import { loadFreshNodes } from '../freshNodes';
import { clerkChatApi } from './clerkChatApi';
import type { Answer, Received } from './clerkChatApi';
import { closeNetwork } from './closeNetwork';
import { asTool, asToolNode, hintsOf, leadingBack, retry, runNode } from './engine';
import type { Result, Setup } from './engine';
import { messageObject } from './messages';

/* Options that hold messages back: what goes out, what fails with which code, and what is read for it (docs/guards.md). */

closeNetwork();

/** What the clock shows: noon in New York, or what a test sets. */
let now = 0;
let people = 0;

beforeEach(() => {
	now = Date.parse('2026-01-15T17:00:00Z') + people * 40 * 86_400_000;
	// Every test has people, keys and months of its own: the process remembers.
	people++;
	jest.spyOn(Date, 'now').mockImplementation(() => now);
});

afterEach(() => jest.restoreAllMocks());

const HOUR = 3_600_000;

/** A number with an area code, of this test alone. */
const numberWith = (area: string, index = 0) => `+1${area}${5_550_000 + people * 100 + index}`;

const setupWith = (
	options: IDataObject,
	onError: NonNullable<Setup['settings']>['onError'] = 'continueErrorOutput',
	parameters: IDataObject = {},
): Setup => ({
	parameters: {
		resource: 'message',
		operation: 'send',
		sender: '+14155550100',
		recipients: '={{ $json.to }}',
		body: '={{ $json.text }}',
		...parameters,
		options: options as never,
	} as Setup['parameters'],
	settings: { onError, waitBetweenTries: 1 },
	credentials: {
		apiKey: `key-${people}`,
		baseUrl: 'https://api.clerk-chat.test',
		webhookHeaderName: 'Authorization',
		webhookHeaderValue: '',
	},
});

const toStop = 'stopWorkflow';

interface World {
	entries: IDataObject[];
	contacts: IDataObject[];
	/** What the list of contacts answers. */
	contactsAnswer?: (contacts: IDataObject[]) => Answer;
	recordStatus?: number;
	answer?: (request: Received, index: number) => Answer | undefined;
}

let ids = 5000;

/** Clerk Chat with contacts and a record of messages. */
function clerkChat(world: Partial<World> = {}) {
	const { entries = [], contacts = [] } = world;
	const looks: Received[] = [];
	const lists: Received[] = [];
	const sends: Received[] = [];
	clerkChatApi(
		(request) => {
			if (request.path === '/public/contacts') {
				lists.push(request);
				const given = world.contactsAnswer?.(contacts);
				return given ?? [200, { data: contacts, total: contacts.length }];
			}
			sends.push(request);
			const given = world.answer?.(request, sends.length - 1);
			if (given) return given;
			const entry = entryTo((request.body.recipients as string[])[0], { body: request.body.body });
			entries.push(entry);
			return [201, { data: entry }];
		},
		{
			documented: false,
			record: (request) => {
				looks.push(request);
				if (world.recordStatus) return [world.recordStatus, { message: 'no' }];
				const from = Date.parse(String(request.query.start));
				const listed = entries.filter(({ timestamp }) => Date.parse(String(timestamp)) > from);
				const skipped = (Number(request.query.page) - 1) * 50;
				const data = listed.slice(skipped, skipped + 50);
				return [200, { data, total: listed.length }, { date: new Date(now).toUTCString() }];
			},
		},
	);
	return {
		entries,
		looks,
		lists,
		to: () => sends.map(({ body }) => (body.recipients as string[])[0]),
		texts: () => sends.map(({ body }) => body.body),
	};
}

function entryTo(to: string, changes: IDataObject = {}, ago = 0): IDataObject {
	const timestamp = new Date(now - ago).toISOString();
	const times = { timestamp, created: timestamp, updated: timestamp };
	return messageObject(ids++, { members: ['+14155550100', to], ...times, ...changes });
}

/** A text that somebody wrote. */
const textFrom = (from: string, body: string, ago: number) =>
	entryTo(
		'+14155550100',
		{ sender: from, members: ['+14155550100', from], inbound: true, body },
		ago,
	);

/** The code of each item that failed, and when it may go out. */
const heldIn = ({ errorItems }: Result) =>
	errorItems.map(({ json, pairedItem }) => {
		const { code, sendAfter, outcome, to } = json.error as IDataObject;
		return { code, sendAfter, outcome, to, item: (pairedItem as { item: number }).item };
	});

const itemTo = (to: string, text = 'Hello') => ({ to, text });

describe('Send Only Between', () => {
	const sendBetween = { values: { from: '08:00', to: '21:00' } };
	const atNine = () => (now = Date.parse('2026-01-16T02:00:00Z'));

	test('whoever sleeps is held back, with the moment at which it may go out', async () => {
		atNine();
		const { to } = clerkChat();
		const [east, west] = [numberWith('212'), numberWith('415')];
		const result = await runNode([itemTo(east), itemTo(west)], setupWith({ sendBetween }));
		expect(to()).toEqual([west]);
		expect(heldIn(result)).toEqual([
			{
				code: 'quietHours',
				sendAfter: '2026-01-16T13:00:00.000Z',
				outcome: 'notTried',
				to: east,
				item: 0,
			},
		]);
		expect(hintsOf(result)).toEqual([
			expect.stringMatching(/^Sent 1, waiting 1 \(the first until 2026-01-16 \d\d:00 .+\)\.$/),
		]);
	});

	test('with On Error = Stop nothing goes out, and one sentence counts who is held back', async () => {
		atNine();
		const { to } = clerkChat();
		const items = [itemTo(numberWith('415')), ...[0, 1].map((at) => itemTo(numberWith('212', at)))];
		const { error } = await runNode(items, setupWith({ sendBetween }, toStop));
		expect(to()).toEqual([]);
		expect(error?.message).toBe(
			`It's 21:00 for ${items[1].to}, outside 'Send Only Between' (08:00 to 21:00)`,
		);
		expect(error?.description).toMatch(/2 of 3 messages can't be sent now \(2 outside the hours\)/);
	});

	test('a retry after it has opened sends each once', async () => {
		atNine();
		const { to } = clerkChat();
		const items = [itemTo(numberWith('415')), itemTo(numberWith('212'))];
		const stopped = await runNode(items, setupWith({ sendBetween }, toStop));
		now += 15 * HOUR;
		const again = await retry(stopped, items, setupWith({ sendBetween }, toStop));
		expect(again.status).toBe('success');
		expect(to()).toEqual(items.map((each) => each.to));
	});

	test.each([
		['continueErrorOutput', undefined],
		[toStop, /^It's 21:00 for/],
	] as const)('a run that waits for 429 past nine stops sending (%s)', async (onError, message) => {
		atNine();
		now -= 60_000;
		const items = [0, 1, 2].map((at) => itemTo(numberWith('212', at)));
		const { to } = clerkChat({
			answer: (_, index) => {
				if (index !== 1) return undefined;
				now += 60_000;
				return [429, {}, { 'retry-after': '1' }];
			},
		});
		const options = { sendBetween, maxConcurrency: 1 };
		const result = await runNode(items, setupWith(options, onError));
		expect(to()).toEqual([items[0].to, items[1].to]);
		if (message) {
			expect(result.error?.message).toMatch(message);
			expect(result.error?.description).toMatch(/It can be sent at 08:00 on 2026-01-16/);
		} else {
			expect(result.items).toHaveLength(1);
			expect(heldIn(result).map(({ code, item }) => [code, item])).toEqual([
				['quietHours', 1],
				['quietHours', 2],
			]);
		}
	});

	test('with the time of the workflow, and for what is no phone number', async () => {
		atNine();
		const { to } = clerkChat();
		const items = [itemTo(numberWith('415'))];
		const values = { ...sendBetween.values, whoseTime: 'workflow' };
		const byWorkflow = await runNode(items, setupWith({ sendBetween: { values } }));
		const byName = await runNode([itemTo('inbox-7')], setupWith({ sendBetween }));
		expect([byWorkflow, byName].flatMap(heldIn).map(({ sendAfter }) => sendAfter)).toEqual(
			Array(2).fill('2026-01-16T13:00:00.000Z'),
		);
		expect(to()).toEqual([]);
	});

	test('a message to several goes out when it is open for all of them', async () => {
		atNine();
		const { to } = clerkChat();
		const both = `${numberWith('415')}, ${numberWith('212')}`;
		const result = await runNode([itemTo(both)], setupWith({ sendBetween }));
		expect(heldIn(result)).toMatchObject([{ sendAfter: '2026-01-16T16:00:00.000Z' }]);
		expect(to()).toEqual([]);
	});

	test.each(['continueErrorOutput', toStop] as const)(
		'where it never opens, the item is refused, and waiting is not advised (%s)',
		async (onError) => {
			const { to } = clerkChat();
			const values = { from: '08:00', to: '09:00' };
			const items = [itemTo(`${numberWith('212')}, +8190123${45_000 + people}`)];
			const result = await runNode(items, setupWith({ sendBetween: { values } }, onError));
			expect(to()).toEqual([]);
			if (onError === toStop) expect(result.error?.message).toMatch(/leaves no hour for/);
			else expect(heldIn(result)).toMatchObject([{ outcome: 'refused', sendAfter: undefined }]);
		},
	);

	test.each(['continueErrorOutput', toStop] as const)(
		'a question waits, too (%s)',
		async (onError) => {
			atNine();
			const { texts } = clerkChat();
			const parameters = { operation: 'sendAndWait', message: '={{ $json.text }}' };
			const asking = setupWith({ sendBetween }, onError, parameters);
			const result = await runNode([itemTo(numberWith('212'), 'Friday?')], asking);
			if (onError === toStop) expect(result.error?.message).toMatch(/^It's 21:00 for/);
			else expect(heldIn(result)).toMatchObject([{ code: 'quietHours', outcome: 'notTried' }]);
			expect(texts()).toEqual([]);
			now += 15 * HOUR;
			const later = await runNode([itemTo(numberWith('212'), 'Friday?')], asking);
			expect(later.status).toBe('waiting');
			expect(texts()).toHaveLength(1);
		},
	);

	test('several numbers, separately: each by their own clock', async () => {
		atNine();
		const { to } = clerkChat();
		const numbers = [numberWith('212'), numberWith('415'), `+4420718387${10 + people}`];
		const options = { sendBetween, severalNumbers: 'separately' };
		const result = await runNode([itemTo(numbers.join())], setupWith(options));
		expect(to()).toEqual([numbers[1]]);
		expect(heldIn(result).map((each) => [each.to, each.sendAfter])).toEqual([
			[numbers[0], '2026-01-16T13:00:00.000Z'],
			[numbers[2], '2026-01-16T08:00:00.000Z'],
		]);
	});

	test('several numbers, separately, led back by a loop: who got it gets no second one', async () => {
		atNine();
		const numbers = [numberWith('212'), numberWith('415'), numberWith('602')];
		const { to } = clerkChat();
		const options = { sendBetween, severalNumbers: 'separately' };
		await runNode([itemTo(numbers.join())], leadingBack(3, setupWith(options)));
		expect(to().sort()).toEqual(numbers.slice(1));
	});

	test('where clocks change that night, sendAfter is by the new time; over midnight and by day', async () => {
		now = Date.parse('2026-03-08T04:00:00Z');
		clerkChat();
		const held = async (values: IDataObject) =>
			heldIn(
				await runNode([itemTo(numberWith('212'))], setupWith({ sendBetween: { values } })),
			).map(({ sendAfter }) => sendAfter);
		expect(await held({ from: '08:00', to: '21:00' })).toEqual(['2026-03-08T12:00:00.000Z']);
		// 23:00 on Saturday in New York: the night of a Saturday is not chosen, that of the Sunday is.
		const nights = { from: '22:00', to: '06:00', days: ['sunday'] };
		expect(await held(nights)).toEqual(['2026-03-09T02:00:00.000Z']);
	});

	test('a test run that sends the first to somebody: their clock counts', async () => {
		atNine();
		const { to } = clerkChat();
		const options = { sendBetween, testRuns: 'redirect', testRecipient: numberWith('212') };
		const items = [itemTo(numberWith('415'))];
		const result = await runNode(items, { ...setupWith(options), mode: 'manual' });
		expect(heldIn(result)).toMatchObject([{ code: 'quietHours' }]);
		expect(to()).toEqual([]);
	});

	test('an agent is told when', async () => {
		atNine();
		const { to } = clerkChat();
		const parameters = { recipients: numberWith('212'), body: 'Hello' };
		const call = asTool(setupWith({ sendBetween }, toStop, parameters));
		await expect(call({})).rejects.toThrow(
			/It's 21:00 for[^]*It can be sent at 08:00 on 2026-01-16/,
		);
		expect(to()).toEqual([]);
	});

	test.each<[IDataObject, RegExp]>([
		[{ from: '8 in the morning' }, /'From' of 'Send Only Between' is not a time of day/],
		[{ to: '25:00' }, /'To' of 'Send Only Between' is not a time of day/],
		[{ to: '' }, /'To' of 'Send Only Between' is not a time of day/],
		[{ from: '21:00' }, /'From' and 'To' of 'Send Only Between' are the same/],
		[{ days: [] }, /'Days' of 'Send Only Between' is empty/],
		[{ days: ['someday'] }, /contains something that is not a day/],
		[{ whoseTime: 'mine' }, /'Whose Time' is not one of its choices/],
	])('not usable: %j', async (values, message) => {
		const { to } = clerkChat();
		const options = { sendBetween: { values: { ...sendBetween.values, ...values } } };
		const { error } = await runNode([itemTo(numberWith('212'))], setupWith(options, toStop));
		expect(error?.message).toMatch(message);
		expect(to()).toEqual([]);
	});
});

describe('Only To', () => {
	test('any other number is held back; however it is written', async () => {
		const { to } = clerkChat();
		const [one, other] = [numberWith('212'), numberWith('213')];
		const onlyTo = `+1 (212) ${one.slice(5)}`;
		const result = await runNode([itemTo(other), itemTo(one)], setupWith({ onlyTo }));
		expect(to()).toEqual([one]);
		expect(heldIn(result)).toEqual([
			{ code: 'notAllowed', sendAfter: undefined, outcome: 'notTried', to: other, item: 0 },
		]);
	});

	test('a message to several is held back when one of them is not on the list', async () => {
		const { to } = clerkChat();
		const [one, other] = [numberWith('212'), numberWith('213')];
		const { error } = await runNode(
			[itemTo(`${one},${other}`)],
			setupWith({ onlyTo: one }, toStop),
		);
		expect(error?.message).toBe(`'Only To' doesn't include ${other}`);
		expect(to()).toEqual([]);
	});

	test('an expression that returns nothing does not turn it off', async () => {
		const { to } = clerkChat();
		const setup = setupWith({ onlyTo: '={{ $json.nothing }}' }, toStop);
		const { error } = await runNode([itemTo(numberWith('212'))], setup);
		expect(error?.message).toMatch(/'Only To' is empty/);
		expect(to()).toEqual([]);
	});

	test('it holds for the test recipient, too', async () => {
		const { to } = clerkChat();
		const options = {
			onlyTo: numberWith('212'),
			testRuns: 'redirect',
			testRecipient: numberWith('213'),
		};
		const setup = { ...setupWith(options), mode: 'manual' as const };
		const result = await runNode([itemTo(numberWith('212'))], setup);
		expect(heldIn(result)).toMatchObject([{ code: 'notAllowed' }]);
		expect(to()).toEqual([]);
	});
});

describe('Skip Opted-Out', () => {
	const options = { skipOptedOut: true };

	test('whoever said stop, and whose contact says so, gets nothing; the others do', async () => {
		const [a, b, c, d, e] = [0, 1, 2, 3, 4].map((at) => numberWith('212', at));
		const { to, lists } = clerkChat({
			contacts: [
				{ id: '1', phone: a, optOut: true },
				{ id: '2', phone: e, optOut: false },
			],
			entries: [
				textFrom(b, 'Stop.', 29 * 24 * HOUR),
				textFrom(b, 'Thanks anyway', HOUR),
				textFrom(c, 'STOP', 3 * HOUR),
				textFrom(c, 'start', 2 * HOUR),
				textFrom(d, 'Stop by when you like', HOUR),
			],
		});
		const result = await runNode(
			[a, b, c, d, e].map((each) => itemTo(each)),
			setupWith(options),
		);
		expect(to().sort()).toEqual([c, d, e]);
		expect(heldIn(result).map(({ code, outcome, to: whom }) => [code, outcome, whom])).toEqual([
			['optedOut', 'notTried', a],
			['optedOut', 'notTried', b],
		]);
		expect(lists).toHaveLength(1);
	});

	test.each([
		[
			'with blanks and brackets',
			(number: string) => `+1 (${number.slice(2, 5)}) ${number.slice(5)}`,
		],
		['without a plus', (number: string) => number.slice(1)],
		['without a country code', (number: string) => number.slice(2)],
		['as a number', (number: string) => Number(number)],
		['with a channel', (number: string) => `whatsapp:${number}`],
	])('a contact whose phone is written %s', async (_, written) => {
		const number = numberWith('212');
		const { to } = clerkChat({ contacts: [{ id: '1', phone: written(number), optOut: true }] });
		const result = await runNode([itemTo(number)], setupWith(options));
		expect(heldIn(result)).toMatchObject([{ code: 'optedOut' }]);
		expect(to()).toEqual([]);
	});

	test('START and then STOP; a stop at the same moment as a start; by another of our numbers', async () => {
		const [a, b, c] = [0, 1, 2].map((at) => numberWith('212', at));
		const { to } = clerkChat({
			entries: [
				textFrom(a, 'START', 3 * HOUR),
				textFrom(a, 'STOP', 2 * HOUR),
				textFrom(b, 'STOP', HOUR),
				textFrom(b, 'START', HOUR),
				{ ...textFrom(c, 'Arrêt', HOUR), members: ['+14155550199', c] },
			],
		});
		const result = await runNode(
			[a, b, c].map((each) => itemTo(each)),
			setupWith(options),
		);
		expect(heldIn(result)).toHaveLength(3);
		expect(to()).toEqual([]);
	});

	test('who says stop while a loop is under way gets no more; a message to several neither', async () => {
		const [a, b] = [0, 1].map((at) => numberWith('212', at));
		const world = clerkChat({
			answer: (_, index) => {
				if (index === 0) world.entries.push(textFrom(a, 'stop', 0));
				return undefined;
			},
		});
		await runNode([itemTo(a)], setupWith(options));
		now += 60_000;
		const result = await runNode([itemTo(a, 'b'), itemTo(`${b},${a}`, 'c')], setupWith(options));
		expect(heldIn(result)).toHaveLength(2);
		expect(world.to()).toEqual([a]);
	});

	test('who has opted out is never texted by a retry', async () => {
		const number = numberWith('212');
		const { to } = clerkChat({ contacts: [{ id: '1', phone: number, optOut: 'true' }] });
		const setup = setupWith(options, toStop);
		const stopped = await runNode([itemTo(number), itemTo(numberWith('213'))], setup);
		const again = await retry(stopped, [itemTo(number), itemTo(numberWith('213'))], setup);
		expect(again.error?.message).toMatch(/has opted out/);
		expect(to()).toEqual([]);
	});

	test('who said stop is in the conversation when the sender is not told; else nothing goes out', async () => {
		const number = numberWith('212');
		const stop = textFrom(number, 'STOP', HOUR);
		const { to, entries } = clerkChat({ entries: [{ ...stop, sender: null }] });
		const held = await runNode([itemTo(number)], setupWith(options));
		expect(heldIn(held)).toMatchObject([{ code: 'optedOut' }]);
		entries.push({ ...textFrom(number, 'STOP', 0), sender: null, members: null });
		const { error } = await runNode([itemTo(numberWith('213'))], setupWith(options, toStop));
		expect(error?.message).toMatch(/message history couldn't be read/);
		expect(to()).toEqual([]);
	});

	test('what is over 30 days old does not count', async () => {
		const number = numberWith('212');
		const { to } = clerkChat({ entries: [textFrom(number, 'STOP', 31 * 24 * HOUR)] });
		await runNode([itemTo(number)], setupWith(options));
		expect(to()).toEqual([number]);
	});

	test('the record is read once, and from then on only what is new', async () => {
		const [one, other] = [numberWith('212'), numberWith('213')];
		const { looks, entries, to } = clerkChat({ entries: [textFrom(one, 'STOP', 24 * HOUR)] });
		await runNode([itemTo(one)], setupWith(options));
		now += HOUR;
		entries.push(textFrom(other, 'unsubscribe', HOUR / 2));
		const result = await runNode([itemTo(one), itemTo(other)], setupWith(options));
		expect(heldIn(result)).toHaveLength(2);
		expect(to()).toEqual([]);
		const reach = looks.map(({ query }) =>
			Math.round((now - Date.parse(String(query.start))) / HOUR),
		);
		expect(reach).toEqual([30 * 24 + 1, 1]);
	});

	test.each<[string, Partial<World>, RegExp]>([
		['the record is closed', { recordStatus: 403 }, /message history couldn't be read/],
		[
			'the contacts are closed',
			{ contactsAnswer: () => [403, {}] },
			/contacts couldn't all be read/,
		],
		[
			'the contacts end at a full page',
			{
				contactsAnswer: () => [
					200,
					{ data: Array.from({ length: 50 }, (_, id) => ({ id: String(id), phone: '+1' })) },
				],
			},
			/contacts couldn't all be read/,
		],
		[
			'there are more contacts than it returns',
			{ contactsAnswer: () => [200, { data: [{ id: '1' }], total: 2 }] },
			/contacts couldn't all be read/,
		],
	])('nothing goes out when %s', async (_, world, message) => {
		const { to } = clerkChat(world);
		const items = [itemTo(numberWith('212')), itemTo(numberWith('213'))];
		const { error } = await runNode(items, setupWith(options, toStop));
		expect(error?.message).toMatch(message);
		const result = await runNode(items, setupWith(options));
		expect(result.errorItems).toHaveLength(2);
		expect(to()).toEqual([]);
	});

	test('off, it reads nothing', async () => {
		const { to, looks, lists } = clerkChat();
		await runNode([itemTo(numberWith('212'))], setupWith({ skipOptedOut: false }));
		expect([to().length, looks.length, lists.length]).toEqual([1, 0, 0]);
	});
});

describe('At Most per Person', () => {
	const maxPerPerson = { values: { count: 2, hours: 24 } };

	test('what is on record and what this run sends count; the rest waits', async () => {
		const number = numberWith('212');
		const { to } = clerkChat({ entries: [entryTo(number, { body: 'earlier' }, 23 * HOUR)] });
		const items = ['a', 'b', 'c'].map((text) => itemTo(number, text));
		const result = await runNode(items, setupWith({ maxPerPerson }));
		expect(to()).toEqual([number]);
		expect(heldIn(result)).toEqual(
			[1, 2].map((item) => ({
				code: 'tooMany',
				sendAfter: new Date(now + HOUR).toISOString(),
				outcome: 'notTried',
				to: number,
				item,
			})),
		);
	});

	test('a message to several is held back until the last of them may get it', async () => {
		const [a, b, c] = [0, 1, 2].map((at) => numberWith('212', at));
		const one = { values: { count: 1, hours: 24 } };
		const { to } = clerkChat({
			entries: [entryTo(a, {}, 10 * HOUR), entryTo(b, {}, 5 * HOUR)],
		});
		const result = await runNode([itemTo([a, b, c].join())], setupWith({ maxPerPerson: one }));
		const sendAfter = new Date(now + 19 * HOUR).toISOString();
		expect(heldIn(result)).toMatchObject([{ code: 'tooMany', sendAfter }]);
		expect(to()).toEqual([]);
		// Separately, who had none gets theirs.
		const separately = { maxPerPerson: one, severalNumbers: 'separately' };
		const parts = await runNode([itemTo([a, b, c].join())], setupWith(separately));
		expect(to()).toEqual([c]);
		expect(heldIn(parts).map((each) => each.to)).toEqual([a, b]);
		// At that moment it may.
		now += 19 * HOUR;
		await runNode([itemTo([a, b].join())], setupWith(separately));
		expect(to()).toEqual([c, a, b]);
	});

	test('a group message on record counts for each of them', async () => {
		const [a, b] = [0, 1].map((at) => numberWith('212', at));
		const one = { values: { count: 1, hours: 24 } };
		const { to } = clerkChat({
			entries: [entryTo(a, { members: ['+14155550100', a, b] }, HOUR)],
		});
		const result = await runNode([itemTo(a), itemTo(b)], setupWith({ maxPerPerson: one }));
		expect(heldIn(result)).toHaveLength(2);
		expect(to()).toEqual([]);
	});

	test('a retry counts what the try before it sent once, and gives it out', async () => {
		const number = numberWith('212');
		const { to } = clerkChat({ answer: (_, index) => (index === 1 ? [422, {}] : undefined) });
		const setup = setupWith({ maxPerPerson, maxConcurrency: 1 }, toStop);
		const items = ['a', 'b'].map((text) => itemTo(number, text));
		const stopped = await runNode(items, setup);
		const again = await retry(stopped, items, setup);
		expect(again.items.map(({ json }) => json.body)).toEqual(['a', 'b']);
		expect(to()).toHaveLength(3);
	});

	test('two executions at the same moment: one message more than allowed goes to nobody', async () => {
		const number = numberWith('212');
		const { to } = clerkChat();
		const setup = setupWith({ maxPerPerson });
		const run = async (text: string) =>
			await runNode([itemTo(number, text)], { ...setup, executionId: text, mode: 'integrated' });
		const results = await Promise.all(['a', 'b', 'c'].map(run));
		expect(to()).toHaveLength(2);
		expect(results.flatMap(heldIn)).toMatchObject([{ code: 'tooMany' }]);
	});

	test.each<[string, IDataObject, number]>([
		['failed', { status: 'failed' }, 0],
		['came in', { inbound: true }, 0],
		['is older', {}, 25 * HOUR],
	])('what %s does not count', async (_, changes, ago) => {
		const number = numberWith('212');
		const { to } = clerkChat({ entries: [entryTo(number, changes, ago)] });
		const items = ['a', 'b'].map((text) => itemTo(number, text));
		await runNode(items, setupWith({ maxPerPerson }));
		expect(to()).toEqual([number, number]);
	});

	test('another execution of this n8n counts once, on record or not; what was refused does not', async () => {
		const number = numberWith('212');
		const { to } = clerkChat({ answer: (_, index) => (index === 0 ? [422, {}] : undefined) });
		for (const text of ['refused', 'a', 'b', 'c']) {
			await runNode([itemTo(number, text)], setupWith({ maxPerPerson }));
		}
		expect(to()).toHaveLength(3);
		now += 25 * HOUR;
		await runNode([itemTo(number, 'd')], setupWith({ maxPerPerson }));
		expect(to()).toHaveLength(4);
	});

	test('nothing goes out when the record does not say who got a message', async () => {
		const { to } = clerkChat({ entries: [entryTo('', { members: [{}] }, HOUR)] });
		const setup = setupWith({ maxPerPerson }, toStop);
		const { error } = await runNode([itemTo(numberWith('212'))], setup);
		expect(error?.description).toMatch(/It doesn't say who message \d+ is from or to/);
		expect(to()).toEqual([]);
	});

	test('with On Error = Stop, one person with too many keeps all from going out', async () => {
		const number = numberWith('212');
		const { to } = clerkChat();
		const items = [
			itemTo(numberWith('213')),
			...['a', 'b', 'c'].map((text) => itemTo(number, text)),
		];
		const { error } = await runNode(items, setupWith({ maxPerPerson }, toStop));
		expect(error?.message).toBe(`${number} has already received 2 messages in the last 24 hours`);
		expect(error?.description).toMatch(/1 of 4 messages can't be sent now \(1 too many\)/);
		expect(to()).toEqual([]);
	});

	test('one reading serves it, Skip Opted-Out and Skip If Sent', async () => {
		const number = numberWith('212');
		const { looks, to } = clerkChat({ entries: [entryTo(number, { body: 'a' }, HOUR)] });
		const options = { maxPerPerson, skipOptedOut: true, skipSentWithinHours: 12 };
		const items = ['a', 'b', 'c'].map((text) => itemTo(number, text));
		const result = await runNode(items, setupWith(options));
		expect(looks).toHaveLength(1);
		expect(to()).toHaveLength(1);
		expect(result.items.map(({ json }) => [json.body, json.skipped])).toEqual([
			['a', true],
			['b', undefined],
		]);
		expect(heldIn(result)).toMatchObject([{ code: 'tooMany', item: 2 }]);
	});

	test('nothing goes out when the record cannot be read', async () => {
		const { to } = clerkChat({ recordStatus: 500 });
		const { error } = await runNode(
			[itemTo(numberWith('212'))],
			setupWith({ maxPerPerson }, toStop),
		);
		expect(error?.message).toMatch(/message history couldn't be read/);
		expect(to()).toEqual([]);
	});
});

describe('Most Messages in a Run', () => {
	test.each(['continueErrorOutput', toStop] as const)(
		'a run that would send more sends nothing, and says how many (%s)',
		async (onError) => {
			const { to } = clerkChat();
			const items = [0, 1, 2].map((at) => itemTo(numberWith('212', at)));
			const { error, errorItems } = await runNode(items, setupWith({ maxMessages: 2 }, onError));
			const { message } = onError === toStop ? error! : (errorItems[0].json.error as IDataObject);
			expect(message).toBe("This run would send 3 messages, and 'Most Messages in a Run' allows 2");
			expect(to()).toEqual([]);
			await runNode(items, setupWith({ maxMessages: 3 }, onError));
			expect(to()).toHaveLength(3);
		},
	);

	test('each of several recipients counts', async () => {
		const { to } = clerkChat();
		const items = [itemTo(`${numberWith('212')},${numberWith('213')}`)];
		const result = await runNode(items, setupWith({ maxMessages: 1 }));
		expect(heldIn(result)).toMatchObject([{ code: 'tooMany', sendAfter: undefined }]);
		expect(to()).toEqual([]);
	});

	const toolSetup = (options: IDataObject = {}) => ({
		...setupWith(options, toStop, {
			recipients: "={{ $fromAI('to') }}",
			body: "={{ $fromAI('text') }}",
		}),
	});

	test('an agent in a loop is stopped after 20, also when it calls at the same moment', async () => {
		const { to } = clerkChat();
		const call = asTool(toolSetup());
		const calls = Array.from(
			{ length: 25 },
			async (_, index) => await call({ to: numberWith('212', index), text: `Hello ${index}` }),
		);
		const results = await Promise.allSettled(calls);
		expect(to()).toHaveLength(20);
		const failed = results.filter(({ status }) => status === 'rejected');
		expect(failed).toHaveLength(5);
		await expect(call({ to: numberWith('213'), text: 'Once more' })).rejects.toThrow(
			/An AI agent may send 20 messages in one execution/,
		);
	});

	test('the option changes that; another execution begins anew', async () => {
		const { to } = clerkChat();
		const one = asTool(toolSetup({ maxMessages: 1 }));
		const other = asTool(toolSetup({ maxMessages: 1 }));
		await one({ to: numberWith('212'), text: 'a' });
		await expect(one({ to: numberWith('212'), text: 'b' })).rejects.toThrow(/may send 1 message/);
		await other({ to: numberWith('212'), text: 'c' });
		expect(to()).toHaveLength(2);
	});

	test('so it is where n8n runs the tool as a node', async () => {
		const { to } = clerkChat();
		const setup = setupWith({ maxMessages: 2 }, 'continueRegularOutput', {
			recipients: numberWith('212'),
			body: 'Hello',
		});
		const call = asToolNode(setup);
		const results = [await call(), await call(), await call()].flat();
		expect(results.map(({ json }) => (json.error as IDataObject)?.code)).toEqual([
			undefined,
			undefined,
			'tooMany',
		]);
		expect(to()).toHaveLength(2);
	});

	test.each([false, true])(
		'so it is after a wait, also in another process (restarted: %s)',
		async (isRestarted) => {
			const { to } = clerkChat();
			const setup = setupWith({ maxMessages: 2 }, 'continueRegularOutput', {
				recipients: numberWith('212'),
				body: 'Hello',
			});
			const data = createRunExecutionData({ resultData: { runData: {} } });
			await asToolNode(setup, data)();
			const saved = JSON.parse(JSON.stringify(data)) as typeof data;
			const { ClerkChat } = loadFreshNodes();
			const call = asToolNode({ ...setup, ...(isRestarted && { node: new ClerkChat() }) }, saved);
			const results = [await call(), await call()].flat();
			expect(results.map(({ json }) => (json.error as IDataObject)?.code)).toEqual([
				undefined,
				'tooMany',
			]);
			expect(to()).toHaveLength(2);
		},
	);

	test('a workflow without the option sends as many as it likes', async () => {
		const { to } = clerkChat();
		await runNode(
			Array.from({ length: 30 }, (_, at) => itemTo(numberWith('212', at))),
			setupWith({}),
		);
		expect(to()).toHaveLength(30);
	});
});

describe('Test runs obey them', () => {
	const preview = { testRuns: 'preview' };
	const shown = async (items: IDataObject[], options: IDataObject) => {
		const result = await runNode(items, {
			...setupWith({ ...preview, ...options }),
			mode: 'manual',
		});
		expect(result.items.every(({ json }) => json.status === 'preview')).toBe(true);
		return [result.items.length, heldIn(result).map(({ code, item }) => [code, item])];
	};

	test('Send Only Between', async () => {
		now = Date.parse('2026-01-16T02:00:00Z');
		const { to } = clerkChat();
		const items = [itemTo(numberWith('415')), itemTo(numberWith('212'))];
		expect(await shown(items, { sendBetween: {} })).toEqual([1, [['quietHours', 1]]]);
		expect(to()).toEqual([]);
	});

	test('Only To', async () => {
		clerkChat();
		const items = [itemTo(numberWith('415')), itemTo(numberWith('212'))];
		expect(await shown(items, { onlyTo: items[0].to })).toEqual([1, [['notAllowed', 1]]]);
	});

	test('Most Messages in a Run', async () => {
		clerkChat();
		const items = [itemTo(numberWith('415')), itemTo(numberWith('212'))];
		const both = [
			['tooMany', 0],
			['tooMany', 1],
		];
		expect(await shown(items, { maxMessages: 1 })).toEqual([0, both]);
	});

	test('Skip Opted-Out', async () => {
		const number = numberWith('212');
		clerkChat({ entries: [textFrom(number, 'STOP', HOUR)] });
		const items = [itemTo(number), itemTo(numberWith('213'))];
		expect(await shown(items, { skipOptedOut: true })).toEqual([1, [['optedOut', 0]]]);
	});

	test('At Most per Person', async () => {
		const number = numberWith('212');
		clerkChat({ entries: [entryTo(number, {}, HOUR)] });
		const items = [itemTo(number, 'a'), itemTo(number, 'b'), itemTo(number, 'c')];
		const maxPerPerson = { values: { count: 2, hours: 24 } };
		expect(await shown(items, { maxPerPerson })).toEqual([
			1,
			[
				['tooMany', 1],
				['tooMany', 2],
			],
		]);
	});
});
