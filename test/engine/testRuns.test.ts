import type { IDataObject, INodeParameters } from 'n8n-workflow';
import { clerkChatApi } from './clerkChatApi';
import { closeNetwork } from './closeNetwork';
import { hintsOf, retry, runNode } from './engine';
import type { Setup } from './engine';
import { messageObject } from './messages';

/* What Send does before a text goes out: test runs, length, several numbers (docs/fields.md). */

const setup = (options: IDataObject = {}, changes: Partial<Setup> = {}): Setup => ({
	parameters: {
		resource: 'message',
		operation: 'send',
		sender: '+14155550100',
		recipients: '={{ $json.to }}',
		body: '={{ $json.text }}',
		options: options as INodeParameters,
	},
	...changes,
});

const toContinue = { settings: { onError: 'continueRegularOutput' } } as const;

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
	const inEditor = { mode: 'manual' } as const;

	test('Show What Would Be Sent: nothing goes out, each item says what would', async () => {
		const { sent } = clerkChat();
		const result = await runNode(items, setup({ testRuns: 'preview' }, inEditor));
		expect(sent).toEqual([]);
		expect(result.items).toMatchObject(
			items.map(({ text, to }, item) => ({
				json: {
					sender: '+14155550100',
					recipients: [to],
					body: text,
					mediaUrls: [],
					status: 'preview',
					segments: 1,
					encoding: 'GSM-7',
					characters: 1,
					forcing: [],
				},
				pairedItem: { item },
			})),
		);
		expect(hintsOf(result)[0]).toMatch(/^Test run: nothing was sent\. The output shows 3 messages/);
	});

	test('so is an evaluation, which the editor starts with test data', async () => {
		const { sent } = clerkChat();
		const result = await runNode(items, setup({ testRuns: 'preview' }, { mode: 'evaluation' }));
		expect(sent).toEqual([]);
		expect(result.items.map(({ json }) => json.status)).toEqual(Array(3).fill('preview'));
	});

	test('a preview begins with what people look for', async () => {
		const result = await runNode(items, setup({ testRuns: 'preview' }, inEditor));
		const names = Object.keys(result.items[0].json);
		expect(names.slice(0, 4)).toEqual(['status', 'recipients', 'body', 'segments']);
	});

	test.each(['preview', 'redirect'])(
		'%s: hints say what the whole list would cost',
		async (testRuns) => {
			clerkChat();
			const group = { to: '+14155550101, +14155550102', text: 'x'.repeat(161) };
			const options = { testRuns, testRecipient: '+14155550199' };
			const result = await runNode([group, { to: '41555', text: 'a' }], setup(options, inEditor));
			expect(hintsOf(result)).toEqual([
				...(testRuns === 'redirect' ? ['Sent 1.'] : []),
				expect.stringMatching(/^Test run: /),
				expect.stringContaining('All messages together have 3 segments.'),
				expect.stringContaining('1 message to 2 people'),
				expect.stringContaining('treated as IDs: 41555'),
			]);
		},
	);

	test('a preview makes all checks of a real send', async () => {
		const result = await runNode(
			[...items, { text: '', to: 'x' }],
			setup({ testRuns: 'preview' }, inEditor),
		);
		expect(result.error?.message).toBe("'Message' is empty");
	});

	test('a preview names what makes a text expensive', async () => {
		const [, curly] = [items, { to: '+14155550123', text: 'It’s here' }] as const;
		const result = await runNode([curly], setup({ testRuns: 'preview' }, inEditor));
		expect(result.items[0].json).toMatchObject({
			encoding: 'UCS-2',
			forcing: [{ character: '’', codePoint: 'U+2019', name: 'curly apostrophe' }],
		});
	});

	test('Send the First to Me: the first goes to the test recipient, the others are shown', async () => {
		const { went } = clerkChat();
		const options = {
			testRuns: 'redirect',
			testRecipient: '415 555 0199',
			defaultCountryCode: '+1',
		};
		const result = await runNode(items, setup(options, inEditor));
		expect(went()).toEqual([[['+14155550199'], 'a']]);
		expect(result.items.map(({ json }) => json.status)).toEqual(['sent', 'preview', 'preview']);
		expect(result.items.map(({ pairedItem }) => pairedItem)).toEqual(
			[0, 1, 2].map((item) => ({ item })),
		);
	});

	test('without a test recipient nothing goes out', async () => {
		const { sent } = clerkChat();
		const result = await runNode(items, setup({ testRuns: 'redirect' }, inEditor));
		expect(result.error?.message).toBe("'Test Recipient' is empty");
		expect(result.error?.description).toContain("Add the option 'Test Recipient'");
		expect(sent).toEqual([]);
	});

	test.each(['={{ "" }}', '={{ undefined }}', 'maybe'])(
		'an expression that returns none of the choices, such as %s: nothing goes out',
		async (testRuns) => {
			const { sent } = clerkChat();
			const result = await runNode(items, setup({ testRuns }, inEditor));
			expect(result.error?.message).toBe("'In Test Runs' is not one of its choices");
			expect(sent).toEqual([]);
		},
	);

	test.each(['trigger', 'webhook', 'integrated', 'retry'] as const)(
		'executions of the mode %s send, whatever it says',
		async (mode) => {
			// A retry of which nothing was kept looks at the record first.
			const { sent } = clerkChat([]);
			const options = { testRuns: 'preview', testRecipient: '+14155550199' };
			const own = items.map(({ to, text }) => ({ to, text: `${text}, ${mode}` }));
			const result = await runNode(own, setup(options, { mode }));
			expect(sent).toHaveLength(3);
			expect(result.items.map(({ json }) => json.status)).toEqual(['sent', 'sent', 'sent']);
		},
	);

	test.each([
		['preview', []],
		['redirect', [[['+14155550199'], 'a']]],
	])('%s: Retry at a test run that failed is a test run', async (testRuns, expected) => {
		const { went } = clerkChat();
		const options = { testRuns, testRecipient: '+14155550199' };
		const broken = setup(options, inEditor);
		broken.parameters.recipients = '={{ $json.text === "b" ? "" : $json.to }}';
		const failed = await runNode(items, broken);
		expect(failed.status).toBe('error');
		const retried = await retry(failed, items, setup(options));
		expect(retried.status).toBe('success');
		expect(went()).toEqual(expected);
	});

	test('so is one that failed because of the option itself', async () => {
		const { went } = clerkChat();
		const failed = await runNode(items, setup({ testRuns: '={{ "" }}' }, inEditor));
		expect(failed.status).toBe('error');
		await retry(failed, items, setup({ testRuns: 'preview' }));
		expect(went()).toEqual([]);
	});

	test('without the option, a test run sends', async () => {
		const { sent } = clerkChat();
		await runNode(items, setup({}, inEditor));
		expect(sent).toHaveLength(3);
	});

	test('with Continue, what cannot be sent fails in a preview, too', async () => {
		const bad = [items[0], { text: 'b', to: '' }];
		const result = await runNode(
			bad,
			setup({ testRuns: 'preview' }, { ...inEditor, ...toContinue }),
		);
		expect(result.items.map(({ json }) => json.status ?? json.error)).toMatchObject([
			'preview',
			{ message: "'To' is empty", outcome: 'refused' },
		]);
	});
});

describe('length', () => {
	const long = 'x'.repeat(161);

	test('Max Segments refuses a longer text before anything goes out', async () => {
		const { sent } = clerkChat();
		const result = await runNode(
			[items[0], { ...items[1], text: long }],
			setup({ maxSegments: 1 }),
		);
		expect(result.error?.message).toBe(
			"'Message' has 2 segments as an SMS, and 'Max Segments' allows 1",
		);
		expect(result.error?.description).toContain('This is item 2 of 2');
		expect(sent).toEqual([]);
	});

	test('it says which characters make it long', async () => {
		const result = await runNode(
			[{ ...items[0], text: `It’s ${'x'.repeat(80)}` }],
			setup({ maxSegments: 1 }),
		);
		expect(result.error?.description).toContain('because of: curly apostrophe');
	});

	test('Plain Characters comes first', async () => {
		const { went } = clerkChat();
		const text = `It’s ${'x'.repeat(80)}`;
		await runNode([{ ...items[0], text }], setup({ maxSegments: 1, plainCharacters: true }));
		expect(went()).toEqual([[['+14155550100'], text.replace('’', "'")]]);
	});

	test('a hint says how many parts a text has, and what makes them many', async () => {
		clerkChat();
		const result = await runNode([{ ...items[0], text: `It’s ${'x'.repeat(80)}` }], setup());
		expect(hintsOf(result)).toEqual([
			'Sent 1.',
			expect.stringMatching(/2 segments.*"’" \(curly apostrophe\).*Plain Characters/),
		]);
		const short = await runNode(items, setup());
		expect(hintsOf(short)).toEqual(['Sent 3.']);
	});

	test.each([0, 1.5, 'few', '={{ undefined }}'])(
		'Max Segments of %s is refused',
		async (maxSegments) => {
			const { sent } = clerkChat();
			const result = await runNode(items, setup({ maxSegments }));
			expect(result.error?.message).toMatch(/'Max Segments' is not a whole number/);
			expect(sent).toEqual([]);
		},
	);
});

describe('several numbers in To', () => {
	const [one, two, three] = ['+14155550101', '+14155550102', '+14155550103'];
	const several = [
		{ text: 'a', to: `${one}, ${two}` },
		{ text: 'b', to: three },
	];

	test('go into one message, and a hint says what that means', async () => {
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
		const result = await runNode(several, setup({ severalNumbers: 'separately' }));
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

	test('each is remembered: Retry On Fail sends only what was not sent, in whatever order it comes', async () => {
		let tries = 0;
		const sent = clerkChatApi(({ body }, index) => {
			const [to] = body.recipients as string[];
			if (to === two && ++tries < 3) return [422, {}];
			return [201, { data: messageObject(index + 1, { members: [to] }) }];
		});
		const result = await runNode([{ text: 'a', to: [one, two, three] }], {
			...setup({ severalNumbers: 'separately', maxConcurrency: 1 }),
			settings: { retryOnFail: true, maxTries: 4, waitBetweenTries: 1 },
			parameters: {
				...setup({ severalNumbers: 'separately', maxConcurrency: 1 }).parameters,
				recipients: '={{ Math.random() < 0.5 ? $json.to : [...$json.to].reverse() }}',
			},
		});
		const counts = sent.map(({ body }) => (body.recipients as string[])[0]);
		expect(counts.filter((to) => to === one)).toHaveLength(1);
		expect(counts.filter((to) => to === three)).toHaveLength(1);
		expect(counts.filter((to) => to === two)).toHaveLength(3);
		expect(result.items.map(({ json }) => (json.members as string[])[0]).sort()).toEqual([
			one,
			two,
			three,
		]);
	});

	test('chosen before a retry: whoever was in a message that went out gets none', async () => {
		const sent = refusing((body) => body.body === 'b');
		const oneByOne = { maxConcurrency: 1 };
		const stopped = await runNode(several, setup(oneByOne));
		const toSeparate = setup({ ...oneByOne, severalNumbers: 'separately' }, toContinue);
		const retried = await retry(stopped, several, toSeparate);
		expect(sent.map(({ body }) => [body.recipients, body.body])).toEqual([
			[[one, two], 'a'],
			[[three], 'b'],
			[[three], 'b'],
		]);
		expect(retried.items.map(({ json }) => json.id)).toEqual([1, 1, undefined]);
	});

	test('taken back before a retry: the item is refused with the names of those who have it', async () => {
		const sent = refusing((body) => (body.recipients as string[])[0] === two);
		const oneByOne = { maxConcurrency: 1 };
		const stopped = await runNode(several, setup({ ...oneByOne, severalNumbers: 'separately' }));
		const retried = await retry(stopped, several, setup(oneByOne, toContinue));
		expect(sent.map(({ body }) => [body.recipients, body.body])).toEqual([
			[[one], 'a'],
			[[two], 'a'],
			[[three], 'b'],
		]);
		expect(retried.items.map(({ json }) => json.id ?? (json.error as IDataObject).message)).toEqual(
			[expect.stringContaining(`already have this text: ${one}`), 3],
		);
		const back = setup({ ...oneByOne, severalNumbers: 'separately' }, toContinue);
		const again = await retry(stopped, several, back);
		expect(again.items.map(({ json }) => json.id)).toEqual([1, undefined, 3]);
		expect(sent).toHaveLength(4);
	});

	test.each([
		['another expression that gives the same', '={{ $json.text }}', '={{ ($json.text) }}'],
		['a text that is another one in every try', ...Array(2).fill('={{ Math.random() }}')],
	])('taken back together with %s: nobody gets a second text', async (_, first, second) => {
		const sent = refusing(({ recipients }) => (recipients as string[])[0] === two);
		const separately = setup({ maxConcurrency: 1, severalNumbers: 'separately' });
		separately.parameters.body = first;
		const stopped = await runNode(several, separately);
		const together = setup({ maxConcurrency: 1 });
		together.parameters.body = second;
		const retried = await retry(stopped, several, together);
		expect(retried.error?.message).toContain(`already have this text: ${one}`);
		expect(retried.error?.description).toContain("'Several Numbers' to 'Separately'");
		expect(sent.map(({ body }) => body.recipients)).toEqual([[one], [two]]);
	});

	test('a list that shrinks to one of those who got a message of their own', async () => {
		const sent = refusing((body) => body.body === 'b');
		const separately = { severalNumbers: 'separately', maxConcurrency: 1 };
		const stopped = await runNode(several, setup(separately));
		const shrunk = setup(separately, toContinue);
		shrunk.parameters.recipients = `={{ $json.text === 'a' ? '${one}' : $json.to }}`;
		const retried = await retry(stopped, several, shrunk);
		expect(sent.filter(({ body }) => body.body === 'a')).toHaveLength(2);
		expect(retried.items.map(({ json }) => json.id)).toEqual([1, undefined]);
	});

	test('a list that grows, too: only who is new gets a text', async () => {
		const sent = refusing((body) => body.body === 'b');
		const separately = { severalNumbers: 'separately', maxConcurrency: 1 };
		const short = setup(separately);
		short.parameters.recipients = `={{ $json.text === 'a' ? '${one}' : $json.to }}`;
		const stopped = await runNode(several, short);
		const retried = await retry(stopped, several, setup(separately, toContinue));
		expect(sent.filter(({ body }) => body.body === 'a').map(({ body }) => body.recipients)).toEqual(
			[[one], [two]],
		);
		expect(retried.items.map(({ json }) => json.id)).toEqual([1, 3, undefined]);
	});

	test('one that is refused does not hide the others', async () => {
		clerkChatApi(({ body }, index) =>
			(body.recipients as string[])[0] === two
				? [422, {}]
				: [201, { data: messageObject(index + 1) }],
		);
		const result = await runNode(several, setup({ severalNumbers: 'separately' }, toContinue));
		expect(
			result.items.map(({ json }) => (json.error ? (json.error as IDataObject).to : 'sent')),
		).toEqual(['sent', two, 'sent']);
		expect(hintsOf(result)).toEqual([
			"Sent 2, failed 1 (1 Clerk Chat didn't accept the values of this item).",
		]);
	});

	test('what is no choice is refused', async () => {
		const { sent } = clerkChat();
		const result = await runNode(several, setup({ severalNumbers: 'apart' }));
		expect(result.error?.message).toMatch(/^'Several Numbers' is not one of its choices/);
		expect(sent).toEqual([]);
	});
});

test('what has no plus is named beside the output', async () => {
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

test('what an item holds is text beside the output, never HTML', async () => {
	clerkChatApi(() => [422, { message: '<img src=x> & Co' }]);
	const items = [{ to: '<img src=x> & Co', text: 'a' }];
	const result = await runNode(items, setup({}, toContinue));
	expect(hintsOf(result)).toEqual(['Failed 1 (1 &lt;img src=x&gt; &amp; Co).']);
});
