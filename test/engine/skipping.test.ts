/* eslint-disable @n8n/community-nodes/no-restricted-globals -- runs on a developer's machine, not inside n8n */
import { sleep } from 'n8n-workflow';
import type { IDataObject, INodeParameters } from 'n8n-workflow';
import { clerkChatApi } from './clerkChatApi';
import type { Received } from './clerkChatApi';
import { closeNetwork } from './closeNetwork';
import { API_KEY, asTool, hintsOf, retry, runNode } from './engine';
import type { Setup } from './engine';
import { messageObject } from './messages';

/* 'Skip If Sent in the Last (Hours)': what is on record already is not sent again (docs/sending.md). */

const setup = (hours: unknown = 24, parameters: INodeParameters = {}, settings = {}): Setup => ({
	parameters: {
		resource: 'message',
		operation: 'send',
		sender: '+14155550100',
		recipients: '={{ $json.to }}',
		body: '={{ $json.text }}',
		...parameters,
		options: {
			...(hours !== undefined && { skipSentWithinHours: hours as number }),
			...(parameters.options as IDataObject),
		} as never,
	},
	settings: { waitBetweenTries: 1, ...settings },
});

/** A credential that leads to another server. */
const FOR_TESTS = { apiKey: API_KEY, baseUrl: 'https://tests.clerk-chat.test' };

const toContinue = { onError: 'continueRegularOutput' };

/** People of their own for each test: the node remembers for a while what went out. */
const itemsOf = (...texts: string[]) => {
	const first = 1_000_000 + ids * 1000;
	return texts.map((text, index) => ({ text, to: `+1415${first + index}` }));
};

let ids = 100;
beforeEach(() => void ids++);

const entryOf = ({ text, to }: { text: string; to: string }, changes: IDataObject = {}) => {
	const now = new Date().toISOString();
	return messageObject(ids++, {
		body: text,
		members: ['+14155550100', to],
		created: now,
		timestamp: now,
		...changes,
	});
};

/** Clerk Chat with a record that lists a message when `listed` says so. */
function clerkChat(
	{ closed, takes = 0, isListed = true, refused, baseUrl } = {} as {
		closed?: number;
		takes?: number;
		isListed?: boolean;
		/** Which request (from 0) is refused. */
		refused?: number;
		baseUrl?: string;
	},
) {
	const entries: IDataObject[] = [];
	const looks: Received[] = [];
	const sent = clerkChatApi(
		async ({ body }, index) => {
			if (index === refused) return [422, {}];
			const entry = entryOf({ text: String(body.body), to: (body.recipients as string[])[0] });
			if (takes > 0) await sleep(takes);
			if (isListed) entries.push(entry);
			return [201, { data: entry }];
		},
		{
			baseUrl,
			record: (request) => {
				looks.push(request);
				if (closed) return [closed, { message: 'no' }];
				const from = Date.parse(String(request.query.start));
				const listed = entries.filter(({ timestamp }) => Date.parse(String(timestamp)) > from);
				const skipped = (Number(request.query.page) - 1) * 50;
				return [200, { data: listed.slice(skipped, skipped + 50), total: listed.length }];
			},
		},
	);
	return { entries, looks, sent, texts: () => sent.map(({ body }) => body.body) };
}

const hoursAgo = (hours: number) => {
	const timestamp = new Date(Date.now() - hours * 3_600_000).toISOString();
	return { timestamp, created: timestamp };
};

closeNetwork();

test('what is on record comes out as that and is not sent; the rest is', async () => {
	const { entries, looks, texts } = clerkChat();
	const items = itemsOf('a', 'b', 'c');
	entries.push(entryOf(items[1], { status: 'delivered' }));
	const result = await runNode(items, setup());
	expect(result.items.map(({ json, pairedItem }) => [json.body, pairedItem])).toEqual([
		['a', { item: 0 }],
		['b', { item: 1 }],
		['c', { item: 2 }],
	]);
	expect(result.items[1].json).toEqual({ ...entries[0], skipped: true });
	expect(texts()).toEqual(['a', 'c']);
	expect(looks).toHaveLength(1);
	expect(hintsOf(result)).toEqual(['Sent 2, skipped 1.']);
});

test('run again after all went out: nobody gets anything twice', async () => {
	const { texts } = clerkChat();
	const items = itemsOf('a', 'b', 'c');
	await runNode(items, setup());
	const again = await runNode(items, setup());
	expect(again.items.map(({ json }) => json.body)).toEqual(['a', 'b', 'c']);
	expect(texts()).toHaveLength(3);
});

test.each<[string, IDataObject, boolean]>([
	['longer ago than that', hoursAgo(3), true],
	['within the time', hoursAgo(1), false],
	['failed', { status: 'failed' }, true],
	['from another number', { sender: '+14155550999' }, true],
	['to somebody else', { members: ['+14155550100', '+14155559999'] }, true],
	['with another text', { body: 'A' }, true],
	['that came in', { inbound: true }, true],
	['scheduled', { status: 'scheduled' }, false],
	['with other blanks', { body: ' a ' }, false],
])('on record is one %s', async (_, changes, isSent) => {
	const { entries, texts } = clerkChat();
	const items = itemsOf('a');
	entries.push(entryOf(items[0], changes));
	await runNode(items, setup(2));
	expect(texts()).toEqual(isSent ? ['a'] : []);
});

test('of equal items as many are sent as are not on record yet', async () => {
	const { entries, texts } = clerkChat();
	const [item] = itemsOf('a');
	const items = [item, item, item];
	entries.push(entryOf(items[0]));
	const result = await runNode(items, setup());
	expect(texts()).toEqual(['a', 'a']);
	expect(new Set(result.items.map(({ json }) => json.id)).size).toBe(3);
});

test('1,000 messages of the day are read in 21 requests', async () => {
	const { entries, looks, texts } = clerkChat();
	const all = Array.from({ length: 1000 }, (_, n) => `${n}`);
	const items = itemsOf(...all);
	entries.push(...items.map((item) => entryOf(item)));
	await runNode(items.slice(0, 60), setup());
	expect(texts()).toEqual([]);
	expect(looks).toHaveLength(21);
});

describe('when the record cannot be read, nothing goes out', () => {
	test.each([
		[403, /not allowed/],
		[500, /an issue on its side/],
	])('%i, On Error = Stop', async (closed, reason) => {
		const { texts } = clerkChat({ closed });
		const result = await runNode(itemsOf('a', 'b'), setup());
		expect(result.error?.message).toBe(
			"Nothing was sent: Clerk Chat's message history couldn't be read",
		);
		expect(result.error?.description).toMatch(reason);
		expect(result.error?.description).toContain("'Skip If Sent in the Last (Hours)'");
		expect(texts()).toEqual([]);
	});

	test('On Error = Continue: every item says so, and a later try sends', async () => {
		const { texts } = clerkChat({ closed: 403 });
		const result = await runNode(itemsOf('a', 'b'), setup(24, {}, toContinue));
		expect(result.items.map(({ json }) => json.error)).toMatchObject([
			{ outcome: 'notTried', description: expect.stringContaining('Skip If Sent') as string },
			{ outcome: 'notTried' },
		]);
		expect(texts()).toEqual([]);
	});
});

describe('executions of the same process', () => {
	test('that want the same at the same moment: once, though the record lists nothing yet', async () => {
		const { texts } = clerkChat({ takes: 20, isListed: false });
		const items = itemsOf('x1', 'x2', 'x3');
		const [one, two] = await Promise.all([runNode(items, setup()), runNode(items, setup())]);
		expect(texts().sort()).toEqual(['x1', 'x2', 'x3']);
		expect(two.items.map(({ json }) => json.id)).toEqual(one.items.map(({ json }) => json.id));
	});

	test('that overlap in part wait for each other, others do not', async () => {
		const { texts } = clerkChat({ takes: 20 });
		const [a, b, c] = itemsOf('y1', 'y2', 'y3');
		const results = await Promise.all([
			runNode([a, b], setup()),
			runNode([b, c], setup()),
			runNode([c, a], setup()),
		]);
		expect(results.map(({ status }) => status)).toEqual(['success', 'success', 'success']);
		expect(texts().sort()).toEqual(['y1', 'y2', 'y3']);
	});

	test('one that is cancelled while it waits sends nothing, and lets the next one go', async () => {
		const { texts } = clerkChat({ takes: 60 });
		const items = itemsOf('z1');
		const first = runNode(items, setup());
		const cancelled = runNode(items, {
			...setup(),
			onStart: ({ cancel }) => setTimeout(cancel, 20),
		});
		const third = runNode(items, setup());
		expect((await cancelled).items).toEqual([]);
		await Promise.all([first, third]);
		expect(texts()).toEqual(['z1']);
	});
});

describe('a message to several people, who were texted one by one in an earlier run', () => {
	const group = (text: string) => {
		const [a, b] = itemsOf(text, text);
		return { one: a, two: b, both: { text, to: `${a.to}, ${b.to}` } };
	};

	test('all of them: it comes out as their messages, and is not sent', async () => {
		const { texts, entries } = clerkChat();
		const { both } = group('all');
		await runNode([both], setup(24, { options: { severalNumbers: 'separately' } }));
		const again = await runNode([both], setup());
		expect(texts()).toEqual(['all', 'all']);
		expect(again.items.map(({ json, pairedItem }) => [json, pairedItem])).toEqual(
			entries.map((entry) => [{ ...entry, skipped: true }, { item: 0 }]),
		);
	});

	test('the other way round: who was in one message to all gets none of their own', async () => {
		const sent = clerkChat();
		const { both } = group('round');
		await runNode([both], setup());
		sent.entries[0].members = both.to.split(', ');
		const again = await runNode([both], setup(24, { options: { severalNumbers: 'separately' } }));
		expect(sent.texts()).toEqual(['round']);
		expect(again.items.map(({ json }) => json.id)).toEqual(Array(2).fill(sent.entries[0].id));
	});

	test('at the same moment, together and separately: each gets one', async () => {
		const { texts } = clerkChat({ takes: 30 });
		const { both } = group('moment');
		const separately = setup(24, { options: { severalNumbers: 'separately' } });
		const results = await Promise.all([runNode([both], separately), runNode([both], setup())]);
		expect(texts()).toEqual(['moment', 'moment']);
		expect(results[1].items).toHaveLength(2);
	});

	test('some of them: refused, with who has it', async () => {
		const { texts } = clerkChat();
		const { one, both } = group('some');
		await runNode([one], setup());
		const result = await runNode([both], setup());
		expect(texts()).toEqual(['some']);
		expect(result.error?.message).toBe(`Some recipients in 'To' already have this text: ${one.to}`);
		expect(result.error?.description).toContain("'Separately'");
	});

	test('a message of their own in the same list does not count', async () => {
		const { texts } = clerkChat();
		const { one, two, both } = group('own');
		await runNode([one], setup());
		await runNode([one, both, two], setup(24, { options: { maxConcurrency: 1 } }));
		expect(texts()).toEqual(['own', 'own', 'own']);
	});
});

test('a server for tests: what was sent there does not count as sent', async () => {
	const items = itemsOf('a', 'b');
	const forTests = clerkChat({ isListed: false, baseUrl: FOR_TESTS.baseUrl });
	await runNode(items, { ...setup(), credentials: FOR_TESTS });
	const { texts } = clerkChat();
	await runNode(items, setup());
	expect(forTests.texts()).toEqual(['a', 'b']);
	expect(texts()).toEqual(['a', 'b']);
});

test('what a cancelled execution sent counts, though the record does not list it yet', async () => {
	const { texts } = clerkChat({ isListed: false, takes: 20 });
	const items = itemsOf('a', 'b', 'c');
	const oneByOne = setup(24, { options: { maxConcurrency: 1 } });
	let cancel = () => {};
	const cancelled = runNode(items, { ...oneByOne, onStart: (run) => (cancel = run.cancel) });
	while (texts().length < 2) await sleep(1);
	cancel();
	await cancelled;
	await runNode(items, oneByOne);
	// What became of 'b' nobody knows: n8n ended its request.
	expect(texts().filter((text) => text !== 'b')).toEqual(['a', 'c']);
});

test('what was on its way when an execution was cancelled may still arrive: the next one waits for it', async () => {
	const { texts } = clerkChat({ takes: 150 });
	const items = itemsOf('a', 'b');
	const withoutOption = setup(undefined);
	let cancel = () => {};
	const cancelled = runNode(items, { ...withoutOption, onStart: (run) => (cancel = run.cancel) });
	while (texts().length < 2) await sleep(1);
	cancel();
	await cancelled;
	await runNode(items, setup());
	expect(texts().sort()).toEqual(['a', 'b']);
});

test('with Retry: what an earlier try sent comes out, the rest is compared with the record', async () => {
	const { entries, texts } = clerkChat();
	const items = itemsOf('a', 'b');
	const broken = setup(24, { recipients: '={{ $json.text === "b" ? "" : $json.to }}' });
	const stopped = await runNode(items, broken);
	expect(stopped.status).toBe('error');
	entries.push(entryOf(items[1]));
	const retried = await retry(stopped, items, setup());
	expect(retried.items.map(({ json }) => json.body)).toEqual(['a', 'b']);
	expect(texts()).toEqual(['a']);
});

test('with Retry: the entry of an item that an earlier try sent is not taken for an equal one', async () => {
	const { texts } = clerkChat({ refused: 1 });
	const [item] = itemsOf('a');
	const oneByOne = setup(24, { options: { maxConcurrency: 1 } });
	const stopped = await runNode([item, item], oneByOne);
	expect(stopped.status).toBe('error');
	const retried = await retry(stopped, [item, item], oneByOne);
	expect(texts()).toEqual(['a', 'a', 'a']);
	expect(new Set(retried.items.map(({ json }) => json.id)).size).toBe(2);
});

test('an agent that asks again and again gets the first message back', async () => {
	const { texts } = clerkChat();
	const { parameters } = setup(24, { recipients: '+14155550123', body: 'To an agent' });
	const call = asTool({ parameters });
	const answers: unknown[] = [];
	for (let calls = 0; calls < 4; calls++) answers.push(JSON.parse(String(await call({}))));
	const [first, ...others] = answers as IDataObject[][];
	expect(others).toEqual(Array(3).fill([{ ...first[0], skipped: true }]));
	expect(texts()).toEqual(['To an agent']);
});

test('with a template it cannot be used, and says so', async () => {
	const { texts } = clerkChat();
	const additionalFields = { templateId: '7' };
	const result = await runNode(itemsOf('a'), setup(24, { additionalFields }));
	expect(result.error?.message).toBe(
		"'Skip If Sent in the Last (Hours)' cannot be used with a template",
	);
	expect(texts()).toEqual([]);
});

test('From without +: refused, for the record lists numbers with it', async () => {
	const { texts } = clerkChat();
	const result = await runNode(itemsOf('a'), setup(24, { sender: '4155550100' }));
	expect(result.error?.message).toBe(
		"'Skip If Sent in the Last (Hours)' needs phone numbers with + and country code, not: 4155550100",
	);
	expect(result.error?.description).toContain("'Default Country Code'");
	expect(texts()).toEqual([]);
});

test('with Default Country Code, such numbers are found on the record; a short code is an address of its own', async () => {
	const { entries, texts } = clerkChat();
	const [item] = itemsOf('a');
	entries.push(entryOf(item));
	const defaultCountryCode = '+1';
	const bare = { text: 'a', to: item.to.slice(2) };
	await runNode([bare], setup(24, { sender: '4155550100', options: { defaultCountryCode } }));
	expect(texts()).toEqual([]);
	const toShortCode = { text: 'a', to: '72345' };
	entries.push(entryOf(toShortCode));
	await runNode([toShortCode], setup());
	expect(texts()).toEqual([]);
});

test('media without a text cannot be told apart on the record: refused', async () => {
	const { texts } = clerkChat();
	const additionalFields = { mediaUrls: ['https://clerk-chat.test/a.png'] };
	const result = await runNode(itemsOf(' '), setup(24, { additionalFields }));
	expect(result.error?.message).toBe(
		"'Skip If Sent in the Last (Hours)' cannot be used without a text",
	);
	expect(texts()).toEqual([]);
});

test.each([0, -1, 'soon', '={{ undefined }}'])('%s hours: refused', async (hours) => {
	const { texts } = clerkChat();
	const result = await runNode(itemsOf('a'), setup(hours));
	expect(result.error?.message).toBe(
		"'Skip If Sent in the Last (Hours)' is not a number above zero",
	);
	expect(texts()).toEqual([]);
});
