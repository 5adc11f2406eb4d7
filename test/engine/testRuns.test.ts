import type { IDataObject, INodeExecutionData, INodeParameters } from 'n8n-workflow';
import { clerkChatApi } from './clerkChatApi';
import { closeNetwork } from './closeNetwork';
import { hintsOf, retry, runNode } from './engine';
import type { Setup } from './engine';
import { linksOf, messageObject, setup as sending, toContinue, toErrorOutput } from './messages';

/* What Send does before it sends a text: test runs, length, several numbers (docs/fields.md). */

const setup = (
	options: IDataObject = {},
	settings: Setup['settings'] = {},
	parameters: INodeParameters = {},
): Setup => sending({ options: options as INodeParameters, ...parameters }, settings);

const items = ['a', 'b', 'c'].map((text, index) => ({ text, to: `+1415555010${index}` }));

const clerkChat = (onRecord?: IDataObject[]) => {
	const sent = clerkChatApi(
		({ body }, index) => [
			201,
			{ data: messageObject(index + 1, { body: body.body, members: body.recipients }) },
		],
		onRecord && { record: () => [200, { data: onRecord, total: onRecord.length }] },
	);
	return { sent, went: () => sent.map(({ body }) => [body.recipients, body.body]) };
};

/** Clerk Chat that refuses some messages and takes the others. */
const refusing = (isRefused: (body: IDataObject) => boolean) =>
	clerkChatApi(({ body }, index) =>
		isRefused(body)
			? [422, {}]
			: [201, { data: messageObject(index + 1, { members: body.recipients }) }],
	);

closeNetwork();

describe('In Test Runs', () => {
	/** Set up as before, and started in the editor. */
	const inEditor = (...given: Parameters<typeof setup>): Setup => ({
		...setup(...given),
		mode: 'manual',
	});
	const preview = { testRuns: 'preview' };
	const redirect = { testRuns: 'redirect', testRecipient: '+14155550199' };

	test('Show What Would Be Sent: sends nothing; each item shows the message, most important fields first', async () => {
		const { sent } = clerkChat();
		const result = await runNode(items, inEditor(preview));
		expect(sent).toEqual([]);
		const fields = { mediaUrls: [], encoding: 'GSM-7', characters: 1, forcing: [] };
		expect(result.items).toMatchObject(
			items.map(({ text, to }, item) => ({
				json: {
					...{ status: 'preview', recipients: [to], body: text, segments: 1 },
					...{ sender: '+14155550100', ...fields },
				},
				pairedItem: { item },
			})),
		);
		const names = Object.keys(result.items[0].json);
		expect(names.slice(0, 4)).toEqual(['status', 'recipients', 'body', 'segments']);
		expect(hintsOf(result)[0]).toMatch(/^Test run: nothing was sent\. The output shows 3 messages/);
	});

	test('so is an evaluation, which the editor starts with test data', async () => {
		const { sent } = clerkChat();
		const result = await runNode(items, { ...setup(preview), mode: 'evaluation' });
		expect(sent).toEqual([]);
		expect(result.items.map(({ json }) => json.status)).toEqual(Array(3).fill('preview'));
	});

	test("Send the First Message to a Test Recipient: sends it, whatever an earlier node's error says", async () => {
		const received = clerkChatApi(({ body }, index) =>
			index === 0 ? [500, {}] : [201, { data: messageObject(1, { members: body.recipients }) }],
		);
		const failed = await runNode(items.slice(0, 1), setup({}, toErrorOutput));
		const again = failed.errorItems.map(({ json }) => ({ ...items[0], ...json }));
		await runNode(again, inEditor(redirect));
		expect(received.map(({ body }) => body.recipients)).toEqual([[items[0].to], ['+14155550199']]);
	});

	test.each([preview, redirect])(
		'$testRuns: hints show what the whole list would cost',
		async (options) => {
			clerkChat();
			const group = { to: '+14155550101, +14155550102', text: 'x'.repeat(161) };
			const result = await runNode([group, { to: '41555', text: 'a' }], inEditor(options));
			expect(hintsOf(result)).toEqual([
				...(options === redirect ? ['Sent 1.'] : []),
				expect.stringMatching(/^Test run: /),
				expect.stringContaining('All messages together have 3 segments.'),
				expect.stringContaining('1 message to 2 people'),
				expect.stringContaining('treated as IDs: 41555'),
			]);
		},
	);

	test('a preview makes all checks of a real send', async () => {
		const result = await runNode([...items, { text: '', to: 'x' }], inEditor(preview));
		expect(result.error?.message).toBe("'Message' is empty");
	});

	test('with Continue, unsendable items fail in a preview, too', async () => {
		const bad = [items[0], { text: 'b', to: '' }];
		const result = await runNode(bad, inEditor(preview, toContinue));
		expect(result.items.map(({ json }) => json.status ?? json.error)).toMatchObject([
			'preview',
			{ message: "'To' is empty", outcome: 'refused' },
		]);
	});

	test('a preview shows what makes a text expensive', async () => {
		const result = await runNode([{ ...items[0], text: 'It’s here' }], inEditor(preview));
		expect(result.items[0].json).toMatchObject({
			encoding: 'UCS-2',
			forcing: [{ character: '’', codePoint: 'U+2019', name: 'curly apostrophe' }],
		});
	});

	test('Send the First to Me: the first goes to the test recipient, the others are shown', async () => {
		const { went } = clerkChat();
		const national = { testRecipient: '415 555 0199', defaultCountryCode: '+1' };
		const result = await runNode(items, inEditor({ ...redirect, ...national }));
		expect(went()).toEqual([[['+14155550199'], 'a']]);
		expect(result.items.map(({ json }) => json.status)).toEqual(['sent', 'preview', 'preview']);
		expect(linksOf(result.items)).toEqual([0, 1, 2]);
	});

	const NO_CHOICE = "'In Test Runs' is not one of its choices";

	test.each<[IDataObject, string, string]>([
		[{ testRuns: 'redirect' }, "'Test Recipient' is empty", "Add the option 'Test Recipient'"],
		[{ testRuns: '={{ "" }}' }, NO_CHOICE, 'Choose what test runs do'],
		[{ testRuns: '={{ undefined }}' }, NO_CHOICE, 'Choose what test runs do'],
		[{ testRuns: 'maybe' }, NO_CHOICE, 'Choose what test runs do'],
	])('%j: sends nothing', async (options, message, description) => {
		const { sent } = clerkChat();
		const result = await runNode(items, inEditor(options));
		expect(result.error?.message).toBe(message);
		expect(result.error?.description).toContain(description);
		expect(sent).toEqual([]);
	});

	test.each(['trigger', 'webhook', 'integrated', 'retry'] as const)(
		'executions in mode %s send, whatever the option says',
		async (mode) => {
			// A retry without saved data searches the record first.
			const { sent } = clerkChat([]);
			const own = items.map(({ to, text }) => ({ to, text: `${text}, ${mode}` }));
			const result = await runNode(own, { ...setup(preview), mode });
			expect(sent).toHaveLength(3);
			expect(result.items.map(({ json }) => json.status)).toEqual(['sent', 'sent', 'sent']);
		},
	);

	test('without the option, a test run sends', async () => {
		const { sent } = clerkChat();
		await runNode(items, inEditor());
		expect(sent).toHaveLength(3);
	});

	const broken = { recipients: '={{ $json.text === "b" ? "" : $json.to }}' };

	test.each<[string, Setup, IDataObject, unknown[]]>([
		['preview', inEditor(preview, {}, broken), preview, []],
		['redirect', inEditor(redirect, {}, broken), redirect, [[['+14155550199'], 'a']]],
		['the option itself', inEditor({ testRuns: '={{ "" }}' }), preview, []],
	])('Retry on a failed test run is a test run: %s', async (_name, first, then, expected) => {
		const { went } = clerkChat();
		const failed = await runNode(items, first);
		expect(failed.status).toBe('error');
		expect((await retry(failed, items, setup(then))).status).toBe('success');
		expect(went()).toEqual(expected);
	});
});

describe('length', () => {
	/** Two segments because of one character. */
	const curly = { ...items[0], text: `It’s ${'x'.repeat(80)}` };

	test('Max Segments refuses a longer text before anything is sent', async () => {
		const { sent } = clerkChat();
		const long = { ...items[1], text: 'x'.repeat(161) };
		const result = await runNode([items[0], long], setup({ maxSegments: 1 }));
		expect(result.error?.message).toBe(
			"'Message' has 2 segments as an SMS, but 'Max Segments' allows 1",
		);
		expect(result.error?.description).toContain('This is item 2 of 2');
		expect(sent).toEqual([]);
	});

	test('says which characters make it long', async () => {
		const result = await runNode([curly], setup({ maxSegments: 1 }));
		expect(result.error?.description).toContain('because of: curly apostrophe');
	});

	test('Plain Characters is applied first', async () => {
		const { went } = clerkChat();
		await runNode([curly], setup({ maxSegments: 1, plainCharacters: true }));
		expect(went()).toEqual([[['+14155550100'], curly.text.replace('’', "'")]]);
	});

	test('a hint says how many segments a text has, and why', async () => {
		clerkChat();
		expect(hintsOf(await runNode([curly], setup()))).toEqual([
			'Sent 1.',
			expect.stringMatching(/2 segments.*"’" \(curly apostrophe\).*Plain Characters/),
		]);
		expect(hintsOf(await runNode(items, setup()))).toEqual(['Sent 3.']);
	});

	test.each([0, 1.5, 'few', '={{ undefined }}'])('Max Segments of %s is refused', async (most) => {
		const { sent } = clerkChat();
		const result = await runNode(items, setup({ maxSegments: most }));
		expect(result.error?.message).toMatch(/'Max Segments' is not a whole number/);
		expect(sent).toEqual([]);
	});
});

describe('several numbers in To', () => {
	const [one, two, three] = ['+14155550101', '+14155550102', '+14155550103'];
	const several = [
		{ text: 'a', to: `${one}, ${two}` },
		{ text: 'b', to: three },
	];

	const oneByOne = { maxConcurrency: 1 };
	const separately = { ...oneByOne, severalNumbers: 'separately' };
	/** What was sent, and to whom. */
	const wentTo = (sent: ReturnType<typeof refusing>) =>
		sent.map(({ body }) => [body.recipients, body.body]);
	const idsOf = (items: INodeExecutionData[]) => items.map(({ json }) => json.id);

	test('share one message, and a hint says what that means', async () => {
		const { went } = clerkChat();
		const result = await runNode(several, setup());
		expect(went()).toEqual([
			[[one, two], 'a'],
			[[three], 'b'],
		]);
		expect(hintsOf(result)).toEqual([
			'Sent 2.',
			expect.stringMatching(/^1 message to 2 people, who may see.*'Separately'\.$/),
		]);
	});

	test('Separately: one message for each, linked to the item, in order', async () => {
		const { went } = clerkChat();
		const result = await runNode(several, setup(separately));
		expect(went()).toEqual([
			[[one], 'a'],
			[[two], 'a'],
			[[three], 'b'],
		]);
		expect(result.items.map(({ json, pairedItem }) => [json.members, pairedItem])).toEqual([
			[[one], { item: 0 }],
			[[two], { item: 0 }],
			[[three], { item: 1 }],
		]);
		expect(hintsOf(result)).toEqual(['Sent 3.']);
	});

	test('each is saved: Retry On Fail sends only the unsent ones, in any order', async () => {
		let tries = 0;
		const sent = clerkChatApi(({ body }, index) => {
			const [to] = body.recipients as string[];
			if (to === two && ++tries < 3) return [422, {}];
			return [201, { data: messageObject(index + 1, { members: [to] }) }];
		});
		const recipients = '={{ Math.random() < 0.5 ? $json.to : [...$json.to].reverse() }}';
		const result = await runNode(
			[{ text: 'a', to: [one, two, three] }],
			setup(separately, { retryOnFail: true, maxTries: 4 }, { recipients }),
		);
		const to = sent.map(({ body }) => (body.recipients as string[])[0]);
		expect(to.sort()).toEqual([one, two, two, two, three]);
		const out = result.items.map(({ json }) => (json.members as string[])[0]);
		expect(out.sort()).toEqual([one, two, three]);
	});

	test('chosen before a retry: members of a sent group message get none', async () => {
		const sent = refusing((body) => body.body === 'b');
		const stopped = await runNode(several, setup(oneByOne));
		const retried = await retry(stopped, several, setup(separately, toContinue));
		expect(wentTo(sent)).toEqual([
			[[one, two], 'a'],
			[[three], 'b'],
			[[three], 'b'],
		]);
		expect(idsOf(retried.items)).toEqual([1, 1, undefined]);
	});

	test('reverted before a retry: the item is refused, naming those who have it', async () => {
		const sent = refusing((body) => (body.recipients as string[])[0] === two);
		const stopped = await runNode(several, setup(separately));
		const retried = await retry(stopped, several, setup(oneByOne, toContinue));
		expect(wentTo(sent)).toEqual([
			[[one], 'a'],
			[[two], 'a'],
			[[three], 'b'],
		]);
		expect(retried.items.map(({ json }) => json.id ?? (json.error as IDataObject).message)).toEqual(
			[expect.stringContaining(`already have this text: ${one}`), 3],
		);
		const again = await retry(stopped, several, setup(separately, toContinue));
		expect(idsOf(again.items)).toEqual([1, undefined, 3]);
		expect(sent).toHaveLength(4);
	});

	test.each([
		['another expression with the same result', '={{ $json.text }}', '={{ ($json.text) }}'],
		['a text that differs in every try', ...Array(2).fill('={{ Math.random() }}')],
	])('reverted together with %s: nobody gets a second text', async (_, first, second) => {
		const sent = refusing(({ recipients }) => (recipients as string[])[0] === two);
		const stopped = await runNode(several, setup(separately, {}, { body: first }));
		const retried = await retry(stopped, several, setup(oneByOne, {}, { body: second }));
		expect(retried.error?.message).toContain(`already have this text: ${one}`);
		expect(retried.error?.description).toContain("'Several Numbers' to 'Separately'");
		expect(sent.map(({ body }) => body.recipients)).toEqual([[one], [two]]);
	});

	/** The first message goes to one person alone. */
	const short = { recipients: `={{ $json.text === 'a' ? '${one}' : $json.to }}` };

	test.each<[string, INodeParameters, INodeParameters, unknown[], unknown[]]>([
		['shrinks to one of those who have it', {}, short, [[one], [two]], [1, undefined]],
		['grows: only who is new gets a text', short, {}, [[one], [two]], [1, 3, undefined]],
	])('a list that %s', async (_name, before, after, recipients, ids) => {
		const sent = refusing((body) => body.body === 'b');
		const stopped = await runNode(several, setup(separately, {}, before));
		const retried = await retry(stopped, several, setup(separately, toContinue, after));
		const ofA = sent.filter(({ body }) => body.body === 'a');
		expect(ofA.map(({ body }) => body.recipients)).toEqual(recipients);
		expect(idsOf(retried.items)).toEqual(ids);
	});

	test("a refused one doesn't hide the others", async () => {
		refusing(({ recipients }) => (recipients as string[])[0] === two);
		const result = await runNode(several, setup(separately, toContinue));
		const failed = result.items.map(({ json }) => (json.error as IDataObject | null)?.to);
		expect(failed).toEqual([undefined, two, undefined]);
		expect(hintsOf(result)).toEqual([
			"Sent 2, failed 1: Clerk Chat didn't accept the values of this item.",
		]);
	});

	test('an invalid choice is refused', async () => {
		const { sent } = clerkChat();
		const result = await runNode(several, setup({ severalNumbers: 'apart' }));
		expect(result.error?.message).toMatch(/^'Several Numbers' is not one of its choices/);
		expect(sent).toEqual([]);
	});
});

test('a hint lists numbers without a plus', async () => {
	clerkChat();
	const result = await runNode(
		['41555', 'call me', '+14155550101'].map((to) => ({ to, text: 'a' })),
		setup(),
	);
	expect(hintsOf(result)).toEqual([
		'Sent 3.',
		'No + or country code, so treated as IDs: 41555, call me. If these are phone numbers, write them with + and their country code.',
	]);
});

test('item data in hints is text, never HTML', async () => {
	clerkChatApi(() => [422, { message: '<img src=x> & Co' }]);
	const items = [{ to: '<img src=x> & Co', text: 'a' }];
	const result = await runNode(items, setup({}, toContinue));
	expect(hintsOf(result)).toEqual(['Failed 1: &lt;img src=x&gt; &amp; Co.']);
});
