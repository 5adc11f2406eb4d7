import { createRunExecutionData, sleep } from 'n8n-workflow';
import type { IDataObject } from 'n8n-workflow';
import { loadFreshNodes } from '../freshNodes';
import { clerkChatApi } from './clerkChatApi';
import type { Answer, Received } from './clerkChatApi';
import { closeNetwork } from './closeNetwork';
import { asTool, asToolNode, hintsOf, leadingBack, retry, runNode } from './engine';
import type { Result, Setup } from './engine';
import { messageObject } from './messages';

/*
 * Options that hold messages back: what is sent, what fails with which code, and what is read to decide
 * (docs/guards.md).
 */

closeNetwork();

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const FROM = '+14155550100';

/** What the clock shows: noon in New York, or what a test sets. */
let now = 0;
/** Every test has people, keys and months of its own: the process remembers. */
let tests = 0;

beforeEach(() => {
	tests++;
	now = Date.parse('2026-01-15T17:00:00Z') + tests * 40 * DAY;
	jest.spyOn(Date, 'now').mockImplementation(() => now);
});

afterEach(() => jest.restoreAllMocks());

/** Nine in the evening in New York, when 'Send Only Between' ends there. */
const NINE = '2026-01-16T02:00:00Z';

/** The people of a test: Ann to Fay in New York, Wes in San Francisco, Liv in London, Kei in Tokyo. */
const PEOPLE = ['ann', 'ben', 'cat', 'dan', 'eve', 'fay', 'wes', 'liv', 'kei'];
const AREAS: Record<string, string> = { wes: '+1415', liv: '+44207', kei: '+8190' };
const numberOf = (name: string) =>
	`${AREAS[name] ?? '+1212'}${5_550_000 + tests * 10 + PEOPLE.indexOf(name)}${name === 'kei' ? '0' : ''}`;
const numbersIn = (text: string) =>
	text.replace(/[a-z]+/g, (w) => (PEOPLE.includes(w) ? numberOf(w) : w));
const namesIn = (text: string) =>
	PEOPLE.reduce((named, name) => named.replaceAll(numberOf(name), name), text);

/** Items such as `ann ben,cat:text`; without a text, each has its own. */
const itemsOf = (items: string) =>
	items.split(' ').map((item, index) => {
		const [to, text = `text ${index}`] = item.split(':');
		return { to: numbersIn(to), text };
	});

type OnError = NonNullable<Setup['settings']>['onError'];
const STOP: OnError = 'stopWorkflow';
const GO_ON: OnError = 'continueErrorOutput';

function setupWith(options: IDataObject, onError = GO_ON, parameters: IDataObject = {}): Setup {
	return {
		parameters: {
			resource: 'message',
			operation: 'send',
			sender: FROM,
			recipients: '={{ $json.to }}',
			body: '={{ $json.text }}',
			...parameters,
			options,
		} as Setup['parameters'],
		settings: { onError, waitBetweenTries: 1 },
		credentials: {
			apiKey: `key-${tests}`,
			baseUrl: 'https://api.clerk-chat.test',
			webhookHeaderName: 'Authorization',
			webhookHeaderValue: '',
		},
	};
}

interface World {
	entries: IDataObject[];
	contacts: IDataObject[];
	/** What the list of contacts answers. */
	contactsAnswer: () => Answer | Promise<Answer>;
	recordStatus: number;
	/** What a look at the record waits for. */
	onLook: () => Promise<void>;
	onContacts: () => void;
	answer: (request: Received, index: number) => Answer | undefined | Promise<Answer | undefined>;
}

let ids = 5000;

/** Clerk Chat with contacts and a record of messages. */
function clerkChat(world: Partial<World> = {}) {
	const { entries = [], contacts = [] } = world;
	const looks: Received[] = [];
	const lists: Received[] = [];
	const sends: Received[] = [];
	clerkChatApi(
		async (request) => {
			if (request.path === '/public/contacts') {
				lists.push(request);
				world.onContacts?.();
				return (
					(await world.contactsAnswer?.()) ?? [200, { data: contacts, total: contacts.length }]
				);
			}
			sends.push(request);
			const given = await world.answer?.(request, sends.length - 1);
			if (given) return given;
			const [to] = request.body.recipients as string[];
			const entry = entryTo(to, 0, { body: request.body.body });
			entries.push(entry);
			return [201, { data: entry }];
		},
		{
			documented: false,
			record: async (request) => {
				looks.push(request);
				await world.onLook?.();
				if (world.recordStatus) return [world.recordStatus, { message: 'no' }];
				const from = Date.parse(String(request.query.start));
				const listed = entries.filter(({ timestamp }) => Date.parse(String(timestamp)) > from);
				const skipped = (Number(request.query.page) - 1) * 50;
				const data = listed.slice(skipped, skipped + 50);
				return [200, { data, total: listed.length }, { date: new Date(now).toUTCString() }];
			},
		},
	);
	const to = () => sends.map(({ body }) => namesIn((body.recipients as string[]).join()));
	return { entries, looks, lists, sends, to };
}

/** A message on record: to someone, and this many hours ago. */
function entryTo(to: string, hours = 0, changes: IDataObject = {}): IDataObject {
	const timestamp = new Date(now - hours * HOUR).toISOString();
	const times = { timestamp, created: timestamp, updated: timestamp };
	return messageObject(ids++, {
		members: [FROM, ...numbersIn(to).split(',')],
		...times,
		...changes,
	});
}

/** A text that someone sent us. */
const said = (name: string, body: string, hours: number, changes: IDataObject = {}) =>
	entryTo(name, hours, { sender: numberOf(name), inbound: true, body, ...changes });

/** Each item that failed: its number, for whom, why, and in how many hours it may go out. */
const heldIn = ({ errorItems }: Result) =>
	errorItems.map(({ json, pairedItem }) => {
		const { code, sendAfter, outcome, to } = json.error as IDataObject;
		const hours = sendAfter ? ` +${(Date.parse(String(sendAfter)) - now) / HOUR}` : '';
		const why = outcome === 'notTried' ? code : outcome;
		return `${(pairedItem as { item: number }).item} ${namesIn(String(to))} ${String(why)}${hours}`;
	});

interface Scene {
	at?: string;
	onError?: OnError;
	/** What is on record, and the like. */
	world?: () => Partial<World>;
	/** What is different about the node and its execution. */
	parameters?: IDataObject;
	mode?: Setup['mode'];
}

/** Runs the node once. */
async function play(items: string, options: IDataObject, scene: Scene = {}) {
	const { at, onError, world, parameters, mode } = scene;
	if (at) now = Date.parse(at);
	const named = JSON.parse(numbersIn(JSON.stringify(options))) as IDataObject;
	const setup = { ...setupWith(named, onError, parameters), ...(mode && { mode }) };
	const chat = clerkChat(world?.());
	const input = itemsOf(items);
	const result = await runNode(input, setup);
	const words = namesIn(`${result.error?.message}\n${result.error?.description}`);
	return { ...chat, setup, input, result, held: heldIn(result).join('; '), words };
}

const evening = { sendBetween: { values: { from: '08:00', to: '21:00' } } };
const between = (values: IDataObject) => ({
	sendBetween: { values: { ...evening.sendBetween.values, ...values } },
});
const atMost = (count: number, hours = 24) => ({ maxPerPerson: { values: { count, hours } } });
const skipOptedOut = { skipOptedOut: true };
const separately = { severalNumbers: 'separately' };
const manually = { mode: 'manual' } as const;
const redirectTo = (testRecipient: string) => ({ testRuns: 'redirect', testRecipient });
const optedOut = (name: string) => ({
	contacts: [{ id: '1', phone: numberOf(name), optOut: true }],
});
/** Messages sent before, such as `ann 23`: this many hours ago. */
const had =
	(...messages: string[]) =>
	() => ({
		entries: messages.map((each) => entryTo(each.split(' ')[0], Number(each.split(' ')[1]))),
	});

type Row = [name: string, items: string, options: IDataObject, sent: string, held: string, Scene?];

const nine = { at: NINE };
const spring = { at: '2026-03-08T04:00:00Z' };
const sundayNights = between({ from: '22:00', to: '06:00', days: ['sunday'] });
const rows: Row[] = [
	['the recipient sleeps', 'ann wes', evening, 'wes', '0 ann quietHours +11', nine],
	[
		'the workflow sleeps',
		'wes',
		between({ whoseTime: 'workflow' }),
		'',
		'0 wes quietHours +11',
		nine,
	],
	['a recipient without a number sleeps', 'inbox-7', evening, '', '0 inbox-7 quietHours +11', nine],
	['one of several sleeps', 'wes,ann', evening, '', '0 wes, ann quietHours +14', nine],
	[
		'some of several sleep, separately',
		'ann,wes,liv',
		{ ...evening, ...separately },
		'wes',
		'0 ann quietHours +11; 0 liv quietHours +6',
		nine,
	],
	['it never opens', 'ann,kei wes', between({ to: '11:00' }), 'wes', '0 ann, kei refused'],
	['clocks change that night', 'ann', evening, '', '0 ann quietHours +8', spring],
	// 23:00 on Saturday: the night of the Sunday is chosen.
	['it opens over midnight', 'ann', sundayNights, '', '0 ann quietHours +22', spring],
	[
		'the test recipient sleeps',
		'wes',
		{ ...evening, ...redirectTo('ann') },
		'',
		'0 ann quietHours +11',
		{ ...nine, ...manually },
	],
	[
		'a question is asked',
		'ann',
		evening,
		'',
		'0 ann quietHours +11',
		{ ...nine, parameters: { operation: 'sendAndWait', message: 'Friday?' } },
	],
	['not on the list', 'ben ann', { onlyTo: 'ann' }, 'ann', '0 ben notAllowed'],
	['one is not on the list', 'ann,ben', { onlyTo: 'ann' }, '', '0 ann, ben notAllowed'],
	[
		'the test recipient is not on the list',
		'ann',
		{ onlyTo: 'ann', ...redirectTo('ben') },
		'',
		'0 ben notAllowed',
		manually,
	],
	[
		'texted STOP, or opted out in their contact',
		'ann ben cat dan eve contact-7',
		skipOptedOut,
		'cat dan eve',
		'0 ann optedOut; 1 ben optedOut; 5 contact-7 optedOut',
		{
			world: () => ({
				contacts: [
					...optedOut('ann').contacts,
					{ id: '2', phone: numberOf('eve'), optOut: false },
					{ id: 'contact-7', optOut: true },
				],
				entries: [
					said('ben', 'Stop.', 29 * 24),
					said('ben', 'Thanks anyway', 1),
					said('cat', 'STOP', 3),
					said('cat', 'start', 2),
					said('dan', 'Stop by when you like', 1),
				],
			}),
		},
	],
	[
		'START and then STOP; both at once; to another of our numbers; by an unknown sender; 31 days ago',
		'ann ben cat dan eve fay',
		skipOptedOut,
		'eve',
		'0 ann optedOut; 1 ben optedOut; 2 cat optedOut; 3 dan optedOut; 5 fay optedOut',
		{
			world: () => ({
				entries: [
					said('ann', 'START', 3),
					said('ann', 'STOP', 2),
					said('ben', 'STOP', 1),
					said('ben', 'START', 1),
					said('fay', 'START', 1),
					said('fay', 'STOP', 1),
					said('cat', 'Arrêt', 1, { members: ['+14155550199', numberOf('cat')] }),
					said('dan', 'STOP', 1, { sender: null }),
					said('eve', 'STOP', 31 * 24),
				],
			}),
		},
	],
	[
		'too many, with those on record',
		'ann ann ann',
		atMost(2),
		'ann',
		'1 ann tooMany +1; 2 ann tooMany +1',
		{ world: had('ann 23') },
	],
	[
		'too many for some of several',
		'ann,ben,cat',
		atMost(1),
		'',
		'0 ann, ben, cat tooMany +19',
		{ world: had('ann 10', 'ben 5') },
	],
	[
		'too many for some of several, separately',
		'ann,ben,cat',
		{ ...atMost(1), ...separately },
		'cat',
		'0 ann tooMany +14; 0 ben tooMany +19',
		{ world: had('ann 10', 'ben 5') },
	],
	[
		'too many, with a group message',
		'ann ben',
		atMost(1),
		'',
		'0 ann tooMany +23; 1 ben tooMany +23',
		{ world: had('ann,ben 1') },
	],
	[
		'too many, with a group as one text, or listed by members only',
		'ann ben cat dan eve',
		atMost(1),
		'eve',
		'0 ann tooMany +23; 1 ben tooMany +23; 2 cat tooMany +22; 3 dan tooMany +22',
		{
			world: () => ({
				entries: [
					entryTo('ann', 1, { members: numbersIn('ann,ben') }),
					entryTo('cat,dan', 2, { recipients: ['c_1', 'c_2'] }),
				],
			}),
		},
	],
	[
		'too many, not counting failed, received or older ones',
		'ann ben cat dan',
		atMost(1),
		'ann ben cat',
		'3 dan tooMany +1',
		{
			world: () => ({
				entries: [
					entryTo('ann', 1, { status: 'failed' }),
					entryTo('ben', 1, { inbound: true }),
					...had('cat 25', 'dan 23')().entries,
				],
			}),
		},
	],
	['too many in a run', 'ann ben', { maxMessages: 1 }, '', '0 ann tooMany; 1 ben tooMany'],
	['as many as a run allows', 'ann ben', { maxMessages: 2 }, 'ann ben', ''],
	['too many recipients in a run', 'ann,ben', { maxMessages: 1 }, '', '0 ann, ben tooMany'],
];

test.each(rows)('held back: %s', async (...[, items, options, sent, held, scene]) => {
	const played = await play(items, options, scene);
	expect(played.to().sort().join(' ')).toBe(sent);
	expect(played.held).toBe(held);
});

test.each(rows.filter(([, , , , held]) => held))(
	'with On Error = Stop, sends nothing: %s',
	async (...[, items, options, , , scene]) => {
		const { to, result } = await play(items, options, { ...scene, onError: STOP });
		expect([to(), result.status]).toEqual([[], 'error']);
	},
);

/** Where nothing is redirected, and nobody waits for an answer. */
const previewed = rows.filter(
	([, , options, , , scene]) => !options.testRuns && !scene?.parameters,
);

test.each(previewed)(
	'a test run shows what would be sent: %s',
	async (...[, items, options, sent, held, scene]) => {
		const { to, result, ...played } = await play(
			items,
			{ ...options, testRuns: 'preview' },
			{ ...scene, ...manually },
		);
		expect([to(), played.held]).toEqual([[], held]);
		expect(result.items.map(({ json }) => json.status)).toEqual(
			sent
				.split(' ')
				.filter(Boolean)
				.map(() => 'preview'),
		);
	},
);

test.each<[string, IDataObject, RegExp]>([
	[
		'nobody would get one',
		{ testRuns: 'preview', onlyTo: 'cat' },
		/^Test run: nothing was sent\. Once/,
	],
	[
		'one would',
		{ testRuns: 'preview', onlyTo: 'ben' },
		/nothing was sent\. The output shows 1 message that/,
	],
	[
		'nor the test recipient',
		{ ...redirectTo('cat'), onlyTo: 'ben' },
		/nothing was sent\. The output shows 1 m/,
	],
	[
		'skipped',
		{ testRuns: 'preview', skipSentWithinHours: 3 },
		/nothing was sent\. The output shows 1 message that/,
	],
])('the hint of a test run counts what would be sent: %s', async (_, options, hint) => {
	const world = () => ({ entries: [entryTo('ann', 1, { body: 'a' })] });
	const { result } = await play('ann:a ben:b', options, { ...manually, world });
	expect(hintsOf(result)).toContainEqual(expect.stringMatching(hint));
});

test.each<[string, IDataObject, string]>([
	['ann ben cat', { maxMessages: 2 }, '1 ben tooMany; 2 cat tooMany'],
	['ann,ben cat', { maxMessages: 2 }, '1 cat tooMany'],
	['ann ann', atMost(1), '1 ann tooMany +24'],
])(
	'in a test run, the message sent to me counts as in a real one: %s %j',
	async (items, options, held) => {
		const played = await play(items, { ...options, ...redirectTo('dan') }, manually);
		expect([played.to(), played.held]).toEqual([['dan'], held]);
	},
);

describe('With On Error = Stop, one sentence counts', () => {
	const until = 'the first until 2026-01-16 08:00 America/New_York';
	const ann = () => optedOut('ann');
	const both = { ...evening, ...skipOptedOut };
	const skipping = { ...evening, skipSentWithinHours: 1 };
	const annHadA = () => ({ entries: [entryTo('ann', 0.5, { body: 'a' })] });

	/** What the error says about the whole run, and whether it says how to send the others. */
	test.each<[string, string, IDataObject, summary: string, others: boolean, Scene?]>([
		['all closed', 'ann ben', evening, `Waiting 2 (${until}).`, false],
		['one, and it is closed', 'ann', evening, '', false],
		['some closed', 'wes ann ben', evening, `Waiting 2 (${until}), not tried 1.`, true],
		['parts', 'wes,ann', { ...evening, ...separately }, `Waiting 1 (${until}), not tried 1.`, true],
		[
			'opted out',
			'wes ann',
			skipOptedOut,
			'Not tried 1, failed 1: opted out.',
			true,
			{ world: ann },
		],
		['too many in a run', 'wes ann', { maxMessages: 1 }, 'Failed 2: too many.', false],
		[
			'several guards',
			'wes ann ben',
			both,
			`Waiting 1 (${until}), not tried 1, failed 1: opted out.`,
			true,
			{ world: ann },
		],
		[
			'several guards, nobody else',
			'ann ben',
			{ ...evening, onlyTo: 'ben' },
			`Waiting 1 (${until}), failed 1: not allowed.`,
			false,
		],
		[
			'too many for one person',
			'wes wes',
			atMost(1),
			'Waiting 1 (the first until 2026-01-16 21:00 America/New_York), not tried 1.',
			true,
		],
		[
			'never open',
			'wes ann,kei',
			between({ from: '17:00', to: '19:00' }),
			'Not tried 1, failed 1: no open hour.',
			true,
		],
		[
			'some skipped',
			'ann:a ann:b',
			skipping,
			`Skipped 1, waiting 1 (${until}).`,
			false,
			{ world: annHadA },
		],
	])('%s', async (...[, items, options, summary, others, scene]) => {
		const { to, words, result } = await play(items, options, { ...nine, ...scene, onError: STOP });
		expect(to()).toEqual([]);
		expect(result.error?.description?.startsWith(summary)).toBe(true);
		if (summary) expect(words).toContain(`${summary}<br>Nothing was sent.<br>`);
		// Nothing else counts.
		expect(words).not.toMatch(/\b\d+ of \d+ messages/);
		expect(/sends the others now|To send the others,/.test(words)).toBe(others);
	});

	test('counts what an earlier try sent; a retry during the hours sends each once', async () => {
		const answer: World['answer'] = (_, index) =>
			index === 1 ? [422, { message: 'no' }] : undefined;
		const { result, input, setup, to } = await play(
			'wes ann ben',
			{ ...evening, maxConcurrency: 1 },
			{ at: '2026-01-16T01:59:00Z', onError: STOP, world: () => ({ answer }) },
		);
		now += 60_000;
		const second = await retry(result, input, setup);
		expect(second.error?.description?.startsWith(`Sent 1, waiting 2 (${until}).`)).toBe(true);
		expect(second.error?.description).not.toMatch(/Nothing was sent|sends the others/);
		expect(second.error?.description).toContain("Don't run the whole workflow again");
		now += 11 * HOUR;
		expect((await retry(second, input, setup)).status).toBe('success');
		expect(to()).toEqual(['wes', 'ann', 'ann', 'ben']);
	});
});

describe('Its advice fits the run', () => {
	const toWait = 'to a Wait node with {{ $json.error.sendAfter }}, and that node back to this one.';

	test(`doesn't say "nothing was sent" if an earlier try may have sent something`, async () => {
		now = Date.parse(NINE) - HOUR;
		const scene = { onError: STOP, world: () => ({ answer: (): Answer => [500, {}] }) };
		const options = { ...evening, maxConcurrency: 1 };
		const { result, input, setup, to } = await play('ann ben', options, scene);
		now += HOUR;
		const again = await retry(result, input, setup);
		const words = again.error?.description;
		expect(words).toMatch(/^Waiting 1 .*, unclear 1\./);
		expect(words).toContain("Don't run the whole workflow again");
		expect(words).not.toContain('Nothing was sent');
		expect(to()).toEqual(['ann']);
	});

	test.each<[OnError, string]>([
		['continueErrorOutput', 'connect the error output'],
		[
			'continueRegularOutput',
			"set On Error in this node's settings to 'Continue (using error output)', and connect that output",
		],
	])('%s', async (onError, advice) => {
		const { result } = await play('ann wes', evening, { ...nine, onError });
		const failed = [...result.errorItems, ...result.items].find(({ json }) => json.error);
		expect((failed?.json.error as IDataObject).description).toBe(
			`It can be sent at 08:00 on 2026-01-16 (America/New_York). To send it then, ${advice} ${toWait}`,
		);
		expect(hintsOf(result)).toEqual([
			'Sent 1, waiting 1 (the first until 2026-01-16 08:00 America/New_York).',
		]);
	});

	test.each<[IDataObject, string]>([
		[evening, "It's 21:00 for ann, outside 'Send Only Between' (08:00 to 21:00)"],
		[atMost(1, 12), 'ann has already received 1 message in the last 12 hours'],
	])(
		'an agent learns when to send, but not what to change on the canvas: %j',
		async (options, heading) => {
			now = Date.parse(NINE);
			const { to } = clerkChat(had('ann 1')());
			const call = asTool(setupWith(options, STOP, { recipients: numberOf('ann'), body: 'Hello' }));
			const told = await call({}).catch(({ message }: Error) => namesIn(message));
			expect(told).toContain(heading);
			expect(told).toMatch(/It can be sent at 08:00 on 2026-01-16 \(America\/New_York\)\.\W*$/);
			expect(to()).toEqual([]);
		},
	);

	test.each([
		['+12125550198,+12125550199', /^Waiting 2 .*\. Nothing was sent\. It can be sent at/],
		['', /^Nothing was sent\. Enter at least one/],
	])('an agent reads no HTML (%s)', async (to, told) => {
		clerkChat();
		now = Date.parse(NINE);
		const options = { ...evening, ...separately };
		const parameters = { recipients: "={{ $fromAI('to') }}", body: 'Hello' };
		const call = asTool(setupWith(options, STOP, parameters));
		const { description } = (await call({ to }).catch((error) => error)) as { description: string };
		expect(description).toMatch(told);
	});

	test("doesn't claim that someone got messages if only this run would send too many", async () => {
		const { words } = await play('ann ann ann', atMost(2), { onError: STOP });
		expect(words).toMatch(/^ann would receive 3 messages within 24 hours\n/);
	});

	test('the last one has opted out, and all others were sent: no advice is needed', async () => {
		const { words, to } = await longRun('ann ben', 61, { onError: STOP });
		expect(to()).toEqual(['ann']);
		expect(words).toMatch(/^ben has opted out\nSent 1, failed 1: opted out\.<br>/);
		expect(words).not.toMatch(/On Error|Retry execution|Nothing was sent/);
		expect(words).toContain("Don't run the whole workflow again");
	});

	test.each([
		['Skip Opted-Out', skipOptedOut],
		['At Most per Person', atMost(1)],
	])('names the option that needs the history: %s', async (name, options) => {
		const world = () => ({ recordStatus: 500 });
		const { words, to } = await play('ann ben', options, { onError: STOP, world });
		expect(words).toMatch(
			/^Not sent: Clerk Chat's message history couldn't be read\nNot tried 2\.<br>/,
		);
		expect(words.match(/'(Skip Opted-Out|At Most per Person)'/g)).toEqual([`'${name}'`]);
		expect(to()).toEqual([]);
	});
});

describe('Send Only Between', () => {
	test.each([GO_ON, STOP])(
		'a run that waits for 429 past nine stops sending (%s)',
		async (onError) => {
			const answer: World['answer'] = (_, index) => {
				if (index !== 1) return undefined;
				now += 60_000;
				return [429, {}, { 'retry-after': '0.01' }];
			};
			const scene = { at: '2026-01-16T01:59:00Z', onError, world: () => ({ answer }) };
			const played = await play('ann ben cat wes', { ...evening, maxConcurrency: 1 }, scene);
			const isStop = onError === STOP;
			expect(played.to()).toEqual(['ann', 'ben', ...(isStop ? [] : ['wes'])]);
			if (isStop)
				expect(played.words).toMatch(
					/^It's 21:00 for ben.*\nSent 1, waiting 2 .*, not tried 1\.<br>/,
				);
			else expect(played.held).toBe('1 ben quietHours +11; 2 cat quietHours +11');
		},
	);

	test.each(['whatsapp:+14155550177', 'whatsapp:14155550177', 'Wes <+1 415 555 0177>'])(
		'so does a number with a prefix: %s',
		async (to) => {
			const { sends } = clerkChat();
			// 05:30 in San Francisco, 08:30 for the workflow.
			now = Date.parse('2026-01-15T13:30:00Z');
			await runNode([{ to, text: 'a' }], setupWith(evening));
			expect(sends).toEqual([]);
			now += 3 * HOUR;
			await runNode([{ to, text: 'a' }], setupWith(evening));
			expect(sends).toHaveLength(1);
		},
	);

	test('a question is sent once the hours begin', async () => {
		const parameters = { operation: 'sendAndWait', message: 'Friday?' };
		const { setup, input, to } = await play('ann', evening, { ...nine, parameters });
		now += 11 * HOUR;
		expect((await runNode(input, setup)).status).toBe('waiting');
		expect(to()).toEqual(['ann']);
	});

	test('several numbers, separately, looped back: nobody is texted twice', async () => {
		now = Date.parse(NINE);
		const { to } = clerkChat();
		const setup = setupWith({ ...evening, ...separately });
		await runNode(itemsOf('ann,wes,+16025550123'), leadingBack(3, setup));
		expect(to().sort()).toEqual(['+16025550123', 'wes']);
	});

	test.each<[IDataObject, RegExp]>([
		[{ from: '8 in the morning' }, /'From' of 'Send Only Between' is not a time of day/],
		[{ to: '25:00' }, /'To' of 'Send Only Between' is not a time of day/],
		[{ from: '={{ undefined }}' }, /'From' of 'Send Only Between' is not a time of day/],
		[{ days: '={{ undefined }}' }, /'Days' of 'Send Only Between' is empty/],
		[{ whoseTime: '={{ undefined }}' }, /'Whose Time' is not one of its choices/],
		[{ to: '' }, /'To' of 'Send Only Between' is not a time of day/],
		[{ from: '21:00' }, /'From' and 'To' of 'Send Only Between' are the same/],
		[{ days: [] }, /'Days' of 'Send Only Between' is empty/],
		[{ days: ['someday'] }, /contains something that is not a day/],
		[{ whoseTime: 'mine' }, /'Whose Time' is not one of its choices/],
	])('invalid: %j', async (values, message) => {
		const { words, to } = await play('ann', between(values), { onError: STOP });
		expect(words).toMatch(message);
		expect(to()).toEqual([]);
	});
});

describe('Only To', () => {
	test('in any number format', async () => {
		const onlyTo = `+1 (212) ${numberOf('ann').slice(5)}`;
		expect((await play('ann', { onlyTo })).to()).toEqual(['ann']);
	});

	test('an expression that returns nothing does not turn it off', async () => {
		const options = { onlyTo: '={{ $json.nothing }}' };
		const { words, to } = await play('ann', options, { onError: STOP });
		expect(words).toMatch(/'Only To' is empty/);
		expect(to()).toEqual([]);
	});
});

/** While Ann's message is being sent, Ben texts STOP; each message takes this many seconds. */
async function longRun(
	items: string,
	seconds: number,
	{ onError = GO_ON, then = {} }: { onError?: OnError; then?: Partial<World> } = {},
) {
	const world: Partial<World> = { entries: [] };
	world.answer = (_, index) => {
		now += seconds * 1000;
		if (index === 0) world.entries!.push(said('ben', 'STOP', 0));
		Object.assign(world, then);
		return undefined;
	};
	const options = { ...skipOptedOut, maxConcurrency: 1 };
	return await play(items, options, { onError, world: () => world });
}

/** How a list may write numbers of countries whose numbers are shorter than ten digits, or begin with a zero. */
const BARE = [
	['+33612345678', '06 12 34 56 78'],
	['+4520123456', '20 12 34 56'],
	['+2250707070707', '07 07 07 07 07'],
];

describe.each(BARE)('%s, written %s', (number, phone) => {
	test.each<[string, IDataObject, () => Partial<World>]>([
		['optedOut', skipOptedOut, () => ({ contacts: [{ id: '1', phone, optOut: true }] })],
		['optedOut', skipOptedOut, () => ({ entries: [said('ann', 'STOP', 1, { sender: phone })] })],
		['tooMany', atMost(1), () => ({ entries: [entryTo('ann', 1, { members: [FROM, phone] })] })],
	])('counts: %s', async (code, options, world) => {
		const { to, held } = await play(number, options, { world });
		expect([to(), held.split(' ')[2]]).toEqual([[], code]);
	});
});

describe('Skip Opted-Out', () => {
	test.each<[string, (number: string) => unknown]>([
		['with blanks and brackets', (number) => `+1 (${number.slice(2, 5)}) ${number.slice(5)}`],
		['without a plus', (number) => number.slice(1)],
		['without a country code', (number) => number.slice(2)],
		['with the hyphens of a web page', (number) => number.slice(2).replace(/\d{4}$/, '\u2011$&')],
		['with invisible characters', (number) => `\u202a${number.slice(2)}\u202c`],
		['as a number', (number) => Number(number)],
		['with a channel', (number) => `whatsapp:${number}`],
	])('a contact whose phone is written %s', async (_, written) => {
		const contact = () => ({ id: '1', phone: written(numberOf('ann')), optOut: 'true' });
		const world = () => ({ contacts: [contact() as IDataObject] });
		const { to, held } = await play('ann', skipOptedOut, { world });
		expect([to(), held]).toEqual([[], '0 ann optedOut']);
	});

	test('a contact by its email address: counts its opt-out, and a STOP from its phone', async () => {
		const world = () => ({
			contacts: [
				{ id: '1', email: 'ann@shop.example', optOut: true },
				{ id: '2', email: 'Ben@shop.example', phone: numberOf('ben') },
				{ id: '3', email: 'cat@shop.example', phone: numberOf('cat') },
				{ id: '4', email: 'ben@shop.example' },
			],
			entries: [said('ben', 'STOP', 1)],
		});
		const items = ['ann', 'ben', 'cat'].map((name) => ({ to: `${name}@shop.example`, text: name }));
		const { sends } = clerkChat(world());
		const result = await runNode(items, setupWith(skipOptedOut));
		expect(result.errorItems.map(({ json }) => json.text)).toEqual(['ann', 'ben']);
		expect(sends.map(({ body }) => body.recipients)).toEqual([['cat@shop.example']]);
	});

	test.each(['STOP STOP', 'Stop 🛑'])('%s opts out, too', async (body) => {
		const world = () => ({ entries: [said('ann', body, 1)] });
		const { to, held } = await play('ann', skipOptedOut, { world });
		expect([to(), held]).toEqual([[], '0 ann optedOut']);
	});

	test('a contact by its ID: counts a STOP from its phone, and another contact with that phone', async () => {
		const world = () => ({
			contacts: [
				{ id: 'Contact-7', phone: numberOf('ann'), optOut: false },
				{ id: 'contact-8', phone: numberOf('ben'), optOut: false },
				{ id: 'contact-9', phone: numberOf('cat'), optOut: false },
				{ id: '10', phone: numberOf('ben'), optOut: true },
			],
			entries: [said('ann', 'STOP', 1)],
		});
		const { to, held } = await play('contact-7 contact-8 contact-9', skipOptedOut, { world });
		expect([to(), held]).toEqual([['contact-9'], '0 contact-7 optedOut; 1 contact-8 optedOut']);
	});

	test('someone who texts STOP during a loop gets no more texts, nor group messages', async () => {
		const { setup, to } = await longRun('ann', 60);
		expect(heldIn(await runNode(itemsOf('ben ann,ben cat'), setup))).toHaveLength(2);
		expect(to()).toEqual(['ann', 'cat']);
	});

	test('in a long run, reads what is new before sending more', async () => {
		const { to, held, looks, lists } = await longRun('ann ben cat', 61);
		expect([to(), held]).toEqual([['ann', 'cat'], '1 ben optedOut']);
		expect([looks.length, lists.length]).toEqual([2, 2]);
		// Not the 30 days again.
		expect(now - Date.parse(String(looks[1].query.start))).toBeLessThan(HOUR);
	});

	test('in a short run, reads everything once', async () => {
		const { to, looks, lists } = await longRun('ann ben cat', 10);
		expect([to().length, looks.length, lists.length]).toEqual([3, 1, 1]);
	});

	test.each([GO_ON, STOP])("if news can't be read, the rest is not sent (%s)", async (onError) => {
		const then = { recordStatus: 403 };
		const { to, result, words } = await longRun('ann ben cat', 61, { onError, then });
		expect(to()).toEqual(['ann']);
		if (onError === GO_ON) expect(result.errorItems).toHaveLength(2);
		else expect(words).toMatch(/^Not sent: Clerk Chat's message .*\nSent 1, not tried 2\.<br>/);
	});

	test('an unclear result cuts the second reading short: the run continues once it is found', async () => {
		let fail = () => {};
		const failed = new Promise<void>((resolve) => (fail = resolve));
		let lists = 0;
		const entries: IDataObject[] = [];
		const world: Partial<World> = {
			entries,
			contactsAnswer: async () => {
				if (++lists !== 2) return [200, { data: [] }];
				fail();
				await sleep(20);
				return [200, { data: [{ id: '1' }], links: { next: '/public/contacts?after=1' } }];
			},
			answer: async ({ body }, index) => {
				if (index === 1) now += 61_000;
				if (index !== 0) return undefined;
				await failed;
				entries.push(entryTo('ann', 0, { body: body.body }));
				return [500, {}];
			},
		};
		const options = { ...skipOptedOut, maxConcurrency: 2 };
		const scene = { onError: STOP, world: () => world };
		const { to, result } = await play('ann ben cat dan', options, scene);
		expect(to()).toEqual(['ann', 'ben', 'cat', 'dan']);
		expect(result.items).toHaveLength(4);
	});

	test('a retry never texts anyone who opted out', async () => {
		const scene = { onError: STOP, world: () => optedOut('ann') };
		const { result, input, setup, to } = await play('ann ben', skipOptedOut, scene);
		const again = await retry(result, input, setup);
		expect(again.error?.message).toMatch(/has opted out/);
		expect(to()).toEqual([]);
	});

	test('reads the record once, then only what is new', async () => {
		const entries = [said('ann', 'STOP', 24)];
		const { setup, looks, to } = await play('ann', skipOptedOut, { world: () => ({ entries }) });
		now += HOUR;
		entries.push(said('ben', 'unsubscribe', 0.5));
		expect(heldIn(await runNode(itemsOf('ann ben'), setup))).toHaveLength(2);
		expect(to()).toEqual([]);
		const reach = looks.map(({ query }) => now - Date.parse(String(query.start)));
		expect(reach.map((ms) => Math.round(ms / HOUR))).toEqual([30 * 24 + 1, 1]);
	});

	test('reads contacts in parallel with the record', async () => {
		let ask = () => {};
		const asked = new Promise<void>((resolve) => (ask = resolve));
		const world = () => ({ onLook: async () => await asked, onContacts: () => ask() });
		expect((await play('ann', skipOptedOut, { world })).to()).toEqual(['ann']);
	});

	const noRecord = /message history couldn't be read/;
	const noContacts = /not all contacts in Clerk Chat could be read/;
	const full = Array.from({ length: 50 }, (_, id) => ({ id: String(id), phone: '+1' }));
	const answering =
		(...answer: Answer) =>
		() => ({ contactsAnswer: () => answer });
	const next = { total: 2, links: { next: '/public/contacts?after=1' } };
	const inTurn =
		(...pages: IDataObject[]) =>
		() => ({
			contactsAnswer: (): Answer => [200, { total: 2, ...(pages.push(pages[0]), pages.shift()) }],
		});
	const byNobody = () => ({ entries: [said('ann', 'STOP', 0, { sender: null, members: null })] });
	test.each<[string, () => Partial<World>, RegExp]>([
		['the record is closed', () => ({ recordStatus: 403 }), noRecord],
		['nobody can tell who texted STOP', byNobody, noRecord],
		['the contacts are closed', answering(403, {}), noContacts],
		['the contacts end at a full page', answering(200, { data: full }), noContacts],
		['there are more contacts', answering(200, { data: [{ id: '1' }], total: 2 }), noContacts],
		[
			'the next contacts are the same',
			answering(200, { data: [{ id: '1' }], ...next }),
			noContacts,
		],
		['the next page is empty', inTurn({ data: [{ id: '1' }], ...next }, { data: [] }), noContacts],
	])('sends nothing when %s', async (_, world, message) => {
		const scene = { onError: STOP, world };
		const { words, to, setup, input } = await play('ann ben', skipOptedOut, scene);
		expect(words).toMatch(message);
		const result = await runNode(input, { ...setup, settings: { onError: GO_ON } });
		expect(result.errorItems).toHaveLength(2);
		expect(to()).toEqual([]);
	});

	test.each(['={{ undefined }}', '={{ null }}', '={{ "" }}', 'yes'])(
		'%s does not turn it off',
		async (given) => {
			const { words, to } = await play('ann', { skipOptedOut: given }, { onError: STOP });
			expect(words).toMatch(/'Skip Opted-Out' is neither true nor false/);
			expect(to()).toEqual([]);
		},
	);

	test('off, it reads nothing', async () => {
		const { to, looks, lists } = await play('ann', { skipOptedOut: false });
		expect([to().length, looks.length, lists.length]).toEqual([1, 0, 0]);
	});
});

describe('At Most per Person', () => {
	test('can be sent at the time it names', async () => {
		const options = { ...atMost(1), ...separately };
		const played = await play('ann,ben', options, { world: had('ann 10', 'ben 5') });
		now += 14 * HOUR;
		expect(heldIn(await runNode(played.input, played.setup))).toEqual(['0 ben tooMany +5']);
		expect(played.to()).toEqual(['ann']);
	});

	test('a retry counts what the previous try sent once, and returns it', async () => {
		const answer: World['answer'] = (_, index) => (index === 1 ? [422, {}] : undefined);
		const options = { ...atMost(2), maxConcurrency: 1 };
		const scene = { onError: STOP, world: () => ({ answer }) };
		const { result, input, setup, to } = await play('ann:a ann:b', options, scene);
		const again = await retry(result, input, setup);
		expect(again.items.map(({ json }) => json.body)).toEqual(['a', 'b']);
		expect(to()).toHaveLength(3);
	});

	test('several simultaneous executions: nobody gets more than allowed', async () => {
		const { to } = clerkChat();
		const run = async (executionId: string) =>
			await runNode(itemsOf(`ann:${executionId}`), { ...setupWith(atMost(2)), executionId });
		const results = await Promise.all(['a', 'b', 'c'].map(run));
		expect(to()).toHaveLength(2);
		expect(results.flatMap(heldIn)).toEqual(['0 ann tooMany +24']);
	});

	test('another execution counts once, on record or not; what was refused, or failed later, does not', async () => {
		const chat = clerkChat({ answer: (_, index) => (index === 0 ? [422, {}] : undefined) });
		const texts = () => chat.sends.map(({ body }) => body.body);
		const send = async (text: string) =>
			await runNode(itemsOf(`ann:${text}`), setupWith(atMost(2)));
		for (const text of ['refused', 'a', 'b', 'c']) await send(text);
		expect(texts()).toEqual(['refused', 'a', 'b']);
		Object.assign(chat.entries[0], { status: 'undelivered' });
		await send('d');
		now += 25 * HOUR;
		await send('e');
		expect(texts().slice(3)).toEqual(['d', 'e']);
	});

	test.each([
		[{ count: '={{ undefined }}' }, "'Messages' is not a whole number above zero"],
		[{ hours: '={{ undefined }}' }, "'Hours' of 'At Most per Person' is not a number above zero"],
	])('%j sends nothing', async (values, message) => {
		const options = { maxPerPerson: { values: { count: 1, hours: 24, ...values } } };
		const { words, to } = await play('ann', options, { onError: STOP });
		expect(words.split('\n')[0]).toBe(message);
		expect(to()).toEqual([]);
	});

	test('in a long run, a message that is read again counts once', async () => {
		const answer = () => void (now += 61_000);
		const world = () => ({ answer: answer as World['answer'], ...had('ben 1')() });
		const options = { ...atMost(2), maxConcurrency: 1 };
		const { to, looks } = await play('ann ben', options, { world });
		expect([to(), looks.length]).toEqual([['ann', 'ben'], 2]);
	});

	test('messages sent with another key of the account count', async () => {
		const { to } = clerkChat();
		const setup = setupWith(atMost(1));
		await runNode(itemsOf('ann:a'), setup);
		const credentials = { ...setup.credentials, apiKey: `other-${tests}` } as Setup['credentials'];
		const result = await runNode(itemsOf('ann:b'), { ...setup, credentials });
		expect([to(), heldIn(result)]).toEqual([['ann'], ['0 ann tooMany +24']]);
	});

	test("messages to a contact's ID count for its number", async () => {
		const entries: IDataObject[] = [];
		const answer: World['answer'] = () => [201, { data: (entries[0] = entryTo('ann')) }];
		const { to } = clerkChat({ entries, answer });
		await runNode(itemsOf('contact-7'), setupWith(atMost(1)));
		const result = await runNode(itemsOf('ann'), setupWith(atMost(1)));
		expect([to(), heldIn(result)]).toEqual([['contact-7'], ['0 ann tooMany +24']]);
	});

	test("sends nothing if the record doesn't say who got a message", async () => {
		const world = () => ({ entries: [entryTo('', 1, { members: [{}] })] });
		const { words, to } = await play('ann', atMost(1), { onError: STOP, world });
		expect(words).toMatch(/It doesn't say who message \d+ is from or to/);
		expect(to()).toEqual([]);
	});

	test('shares one reading with Skip Opted-Out and Skip If Sent', async () => {
		const options = { ...atMost(2), ...skipOptedOut, skipSentWithinHours: 12 };
		const world = () => ({ entries: [entryTo('ann', 1, { body: 'a' })] });
		const { looks, to, result, held } = await play('ann:a ann:b ann:c', options, { world });
		expect([looks.length, to(), held]).toEqual([1, ['ann'], '2 ann tooMany +23']);
		expect(result.items.map(({ json }) => [json.body, json.skipped])).toEqual([
			['a', true],
			['b', undefined],
		]);
	});
});

describe('Most Messages in a Run', () => {
	test('says how many there would have been', async () => {
		const { words } = await play('ann ben cat', { maxMessages: 2 }, { onError: STOP });
		const [heading] = words.split('\n');
		expect(heading).toBe("This run would send 3 messages, but 'Most Messages in a Run' allows 2");
	});

	test('a workflow without the option has no limit', async () => {
		expect((await play(Array(30).fill('ann').join(' '), {})).to()).toHaveLength(30);
	});

	const fromAgent = (options: IDataObject = {}) =>
		asTool(
			setupWith(options, STOP, {
				recipients: "={{ $fromAI('to') }}",
				body: "={{ $fromAI('text') }}",
			}),
		);

	test('an agent in a loop is stopped after 20, even with parallel calls', async () => {
		const { to } = clerkChat();
		const call = fromAgent();
		const input = (at: number) => ({ to: `+1212555${1000 + at}`, text: String(at) });
		const calls = Array.from({ length: 25 }, async (_, at) => await call(input(at)));
		const results = await Promise.allSettled(calls);
		expect(to()).toHaveLength(20);
		expect(results.filter(({ status }) => status === 'rejected')).toHaveLength(5);
		await expect(call(input(25))).rejects.toThrow(
			/An AI agent may send 20 messages in one execution/,
		);
	});

	test('a call to more people than are left, separately, sends nothing', async () => {
		const { to } = clerkChat();
		const call = fromAgent({ maxMessages: 3, ...separately });
		await call({ to: numberOf('ann'), text: 'a' });
		const input = { to: numbersIn('ann,ben,cat'), text: 'b' };
		await expect(call(input)).rejects.toThrow(/this would be number 4.*Nothing was sent/s);
		expect(to()).toEqual(['ann']);
	});

	test('the option overrides that; another execution starts from zero', async () => {
		const { to } = clerkChat();
		const [one, other] = [1, 2].map(() => fromAgent({ maxMessages: 1 }));
		const input = (text: string) => ({ to: numberOf('ann'), text });
		await one(input('a'));
		await expect(one(input('b'))).rejects.toThrow(/may send 1 message/);
		await other(input('c'));
		expect(to()).toHaveLength(2);
	});

	/** n8n runs the tool as a node: at once, after a wait, and after one in another process. */
	test.each(['at once', 'saved', 'restarted'])(
		'calls of a tool that is a node: %s',
		async (how) => {
			const { to } = clerkChat();
			const parameters = { recipients: numberOf('ann'), body: 'Hello' };
			const setup = setupWith({ maxMessages: 2 }, 'continueRegularOutput', parameters);
			const data = createRunExecutionData({ resultData: { runData: {} } });
			const before = asToolNode(setup, data);
			await before();
			const saved = JSON.parse(JSON.stringify(data)) as typeof data;
			const { ClerkChat } = loadFreshNodes();
			const node = how === 'restarted' ? { node: new ClerkChat() } : {};
			const call = how === 'at once' ? before : asToolNode({ ...setup, ...node }, saved);
			const results = [await call(), await call()].flat();
			expect(results.map(({ json }) => (json.error as IDataObject)?.code)).toEqual([
				undefined,
				'tooMany',
			]);
			expect(to()).toHaveLength(2);
		},
	);
});
