import { sleep } from 'n8n-workflow';
import type { IDataObject, INodeParameters } from 'n8n-workflow';
import { limits } from '../../nodes/api/limits';
import { loadFreshNodes } from '../freshNodes';
import { clerkChatApi } from './clerkChatApi';
import { closeNetwork } from './closeNetwork';
import { clerkChat as clerkChatWith, setup as sending, somebody, UNCLEAR } from './deliveries';
import type { Deliveries, Fate } from './deliveries';
import { API_KEY, asTool, hintsOf, leadingBack, retry, runNode } from './engine';
import type { Result, Setup } from './engine';
import { linksOf, messageObject, textsIn, toContinue, toErrorOutput } from './messages';

/* The option 'Wait for Delivery (Seconds)' of Message: Send. */

const waiting = { waitForDeliverySeconds: 60 };

const setup = (
	options: IDataObject = waiting,
	settings: Setup['settings'] = {},
	parameters: INodeParameters = {},
): Setup => sending(options, settings, parameters);

const briefly = { waitForDeliverySeconds: 0.2 };
const reason = 'The carrier blocks unregistered businesses';

const separately = { ...waiting, severalNumbers: 'separately' };

/** Items with these texts, each to another person. */
const itemsOf = (...texts: string[]) => texts.map((text) => ({ text, to: somebody() }));

/** One item to two people. */
const toTwo = (text: string) => [{ text, to: [somebody(), somebody()] }];

const fates: Record<string, Fate> = {
	refused: { answer: [422, { message: 'No, thanks' }] },
	rejected: { says: { status: 'failed' }, onRecord: { status: 'failed' } },
	lost: { answer: UNCLEAR, isDelivered: true },
	unlisted: { onRecord: false },
};

/**
 * Clerk Chat with a record. The first word of a text says its status from that search on: `delivered2` is delivered at
 * the second search of the record. `sent` stays in transit.
 * @param closed the status returned for a search of the record, by its number from 1
 */
function clerkChat(closed: (look: number) => number | undefined = () => undefined): Deliveries {
	const chat = clerkChatWith(({ body }) => fates[String(body.body).split(' ')[0]] ?? {}, {
		documented: false,
		closed: () => closed(chat.looks.length),
		onLook: () => {
			for (const entry of chat.entries) {
				const [, status, look] = /^([a-z]+)(\d+)/i.exec(String(entry.body)) ?? [];
				if (status === undefined || chat.looks.length < Number(look)) continue;
				const error = /failed|undelivered/.test(status) ? `${reason} (${API_KEY})` : null;
				Object.assign(entry, { status, error });
			}
		},
	});
	return chat;
}

const statuses = ({ items }: Result) =>
	items.map(({ json }) => (json.error as IDataObject | undefined)?.code ?? json.status);

closeNetwork();
beforeEach(() => {
	jest.replaceProperty(limits, 'firstRepeatWait', 1);
});

test("without the option, doesn't read the record", async () => {
	const { looks } = clerkChat();
	const result = await runNode(itemsOf('failed1 a'), setup({}));
	expect(statuses(result)).toEqual(['sent']);
	expect(looks).toEqual([]);
});

test('returns the newest entries as soon as all are delivered', async () => {
	const { looks } = clerkChat();
	const items = itemsOf('delivered1 a', 'delivered3 b', 'read2 c', 'DELIVERED2 d');
	const result = await runNode(items, setup());
	expect(statuses(result)).toEqual(['delivered', 'delivered', 'read', 'DELIVERED']);
	expect(linksOf(result.items)).toEqual([0, 1, 2, 3]);
	expect(looks.length).toBeGreaterThanOrEqual(3);
});

test('checks at growing intervals, no longer than necessary', async () => {
	const { looks } = clerkChat();
	await runNode(itemsOf('delivered2 a'), setup());
	expect(looks).toHaveLength(2);
	for (const [index, wait] of limits.waitsForDelivery.entries()) {
		expect(wait).toBeGreaterThan(limits.waitsForDelivery[index - 1] ?? 0);
	}
});

test('returns the latest status when time is up, with a hint', async () => {
	clerkChat();
	const result = await runNode(itemsOf('sent a', 'delivered1 b'), setup(briefly));
	expect(statuses(result)).toEqual(['sent', 'delivered']);
	expect(hintsOf(result)).toContain(
		'1 message was not delivered within 0.2 seconds, but may still arrive. Each item shows its latest status.',
	);
});

test.each(['failed1', 'undelivered2'])(
	'%s: an error with the reason, and its code',
	async (fate) => {
		clerkChat();
		const items = itemsOf('delivered1 a', `${fate} b`);
		const result = await runNode(items, setup(waiting, toErrorOutput));
		expect(statuses(result)).toEqual(['delivered']);
		const { to, text } = items[1];
		const error = {
			message: `The message to ${to} was not delivered`,
			description: expect.stringContaining(`"${reason} (***)"`) as string,
			outcome: 'refused',
			code: 'notDelivered',
			to,
		};
		expect(result.errorItems).toMatchObject([{ json: { text, error }, pairedItem: { item: 1 } }]);
		expect(JSON.stringify(result.errorItems)).not.toContain(API_KEY);
	},
);

test("On Error = Stop: a retry doesn't text again, but returns the message and continues", async () => {
	const { sent } = clerkChat();
	const items = itemsOf('delivered1 a', 'failed1 b', 'delivered1 c');
	const stopped = await runNode(items, setup());
	expect(stopped.error?.message).toContain('was not delivered');
	expect(stopped.error?.context.itemIndex).toBe(1);
	expect(stopped.error?.description).toContain("a retry doesn't send it again");
	const retried = await retry(stopped, items, setup());
	expect(statuses(retried)).toEqual(['delivered', 'failed', 'delivered']);
	expect(retried.items[1].json).toMatchObject({ error: expect.stringContaining(reason) as string });
	expect(hintsOf(retried)[0]).toBe('Sent 2, failed 1: not delivered.');
	expect(sent).toHaveLength(3);
});

test('Retry On Fail: the same at once', async () => {
	const { sent } = clerkChat();
	const result = await runNode(itemsOf('failed1 a'), setup(undefined, { retryOnFail: true }));
	expect(statuses(result)).toEqual(['failed']);
	expect(hintsOf(result)[0]).toBe('Failed 1: not delivered.');
	expect(sent).toHaveLength(1);
});

test("without 'Fail on Refused Message', an immediate failure doesn't count as sent", async () => {
	clerkChat();
	const result = await runNode(itemsOf('rejected a', 'sent b'), setup({ rejectedAsError: false }));
	expect(statuses(result)).toEqual(['failed', 'sent']);
	expect(hintsOf(result)[0]).toBe('Sent 1, failed 1: not delivered.');
});

describe('the error output leads back into the node', () => {
	const runsOf = ({ data }: Result) =>
		data.resultData.runData['Clerk Chat'].map(({ data: out }) => out?.main ?? []);

	test("an undelivered message isn't sent again but returned, and the loop ends", async () => {
		const { sent } = clerkChat();
		const result = await runNode(itemsOf('failed1 a', 'delivered1 b'), leadingBack(3, setup()));
		expect(sent).toHaveLength(2);
		const runs = runsOf(result);
		expect(runs).toHaveLength(2);
		expect(runs[1][0]).toMatchObject([
			{ json: { status: 'failed', error: expect.stringContaining(reason) as string } },
		]);
	});

	test.each([
		['nobody gets it again', 'failed1 a', separately, 3, 2],
		['refused ones are sent again', 'refused a', { severalNumbers: 'separately' }, 1, 4],
	])('several numbers, separately: %s', async (_name, text, options, times, requests) => {
		const { sent } = clerkChat();
		await runNode(toTwo(text), leadingBack(times, setup(options)));
		expect(sent).toHaveLength(requests);
	});

	test("an item from a forgotten execution isn't texted again", async () => {
		const { sent } = clerkChat();
		const [item] = itemsOf('failed1 a');
		const first = setup(waiting, toErrorOutput);
		const { errorItems } = await runNode([item], first);
		const { ClerkChat } = loadFreshNodes();
		const again = { ...first, node: new ClerkChat(), executionId: '2' };
		const later = await runNode([errorItems[0].json], again);
		expect(sent).toHaveLength(1);
		expect(later.items).toMatchObject([{ json: { body: item.text, status: 'failed' } }]);
	});

	test("it is returned as its own message, not as another execution's", async () => {
		const items = itemsOf('reminder');
		let other: Promise<unknown> | undefined;
		const chat = clerkChatWith(() => ({}), {
			onLook: async () => {
				if (other) return;
				// Tomorrow's execution says the same, and that one arrives.
				other = runNode(items, { ...sending(), executionId: '2' });
				await other;
				Object.assign(chat.entries[0], { status: 'failed', error: 'switched off' });
			},
		});
		const [, [out]] = runsOf(await runNode(items, leadingBack(1, setup())));
		expect(out).toMatchObject([{ json: { id: chat.entries[0].id, status: 'failed' } }]);
		expect(chat.got(items[0].to)).toBe(2);
	});

	test('two equal items are each returned as their own message', async () => {
		const [ann] = itemsOf('failed1 equal');
		const { entries, got } = clerkChat();
		const [, [out]] = runsOf(await runNode([ann, ann], leadingBack(1, setup())));
		expect(out?.map(({ json }) => json.id)).toEqual(entries.map(({ id }) => id));
		expect(got(ann.to)).toBe(2);
	});

	test('another text to the same person is sent', async () => {
		const { sent } = clerkChat();
		const body = '={{ $json.error ? "delivered1 Once more" : $json.text }}';
		await runNode(itemsOf('failed1 a'), leadingBack(1, setup(waiting, {}, { body })));
		expect(sent).toHaveLength(2);
	});
});

test("a retry waits for messages that an earlier try sent but didn't wait for", async () => {
	const { sent, looks } = clerkChat();
	const items = itemsOf('delivered2 a', 'refused b', 'delivered1 c');
	const stopped = await runNode(items, setup());
	expect(looks).toEqual([]);
	const retried = await retry(stopped, items, setup(waiting, toContinue));
	expect(retried.items[0].json.status).toBe('delivered');
	const again = ['refused b', 'refused b'];
	expect(textsIn(sent)).toEqual(['delivered2 a', ...again, 'delivered1 c']);
});

test('a failure in the response itself is sent again by a later try, as without the option', async () => {
	const { sent } = clerkChat();
	const items = itemsOf('rejected a');
	const stopped = await runNode(items, setup());
	expect(stopped.error?.message).toBe('The message was not sent');
	await retry(stopped, items, setup());
	expect(sent).toHaveLength(2);
});

test('also waits for a message with an unclear result that is on record', async () => {
	clerkChat();
	const result = await runNode(itemsOf('lost a'), setup(briefly));
	expect(statuses(result)).toEqual(['sent']);
	expect(hintsOf(result).join()).toContain('not delivered within');
});

test("doesn't wait for skipped messages that others sent", async () => {
	const { looks } = clerkChat();
	const items = itemsOf('sent a');
	await runNode(items, setup({}));
	const skipping = setup({ ...waiting, skipSentWithinHours: 1 });
	const result = await runNode(items, { ...skipping, executionId: '2' });
	expect(result.items).toMatchObject([{ json: { skipped: true, status: 'sent' } }]);
	expect(looks).toHaveLength(1);
});

test.each([
	[
		'separately: each message for itself',
		'delivered1 a',
		separately,
		['delivered', 'delivered'],
		1,
	],
	['together: one message', 'failed1 a', waiting, ['failed'], 1],
])('several numbers %s', async (_name, text, options, expected, reads) => {
	const { looks } = clerkChat();
	const result = await runNode(toTwo(text), setup(options, { retryOnFail: true }));
	expect(statuses(result)).toEqual(expected);
	expect(looks).toHaveLength(reads);
});

describe('the record', () => {
	test.each([401, 403])(
		'responds with %i: sent messages are returned at once, with a hint',
		async (status) => {
			const { looks } = clerkChat(() => status);
			const result = await runNode(itemsOf('sent a'), setup());
			expect(statuses(result)).toEqual(['sent']);
			expect(hintsOf(result).join()).toContain("couldn't be read");
			expect(looks).toHaveLength(1);
		},
	);

	test('responds with 500 for a while: reads it again', async () => {
		clerkChat((look) => (look < 3 ? 500 : undefined));
		const result = await runNode(itemsOf('delivered1 a'), setup());
		expect(statuses(result)).toEqual(['delivered']);
	});

	test("doesn't list a message: it is returned as in the response", async () => {
		clerkChat();
		expect(statuses(await runNode(itemsOf('unlisted a'), setup(briefly)))).toEqual(['sent']);
	});
});

test('sends the whole list before waiting for anything', async () => {
	const { sent, looks } = clerkChat(() => {
		expect(sent).toHaveLength(3);
		return undefined;
	});
	const result = await runNode(itemsOf('failed1 a', 'failed1 b', 'delivered1 c'), setup());
	expect(result.error?.context.itemIndex).toBe(0);
	expect(looks).toHaveLength(1);
});

test.each(['={{ 0 }}', '={{ "soon" }}', '={{ $json.gone }}', -1])(
	'%s seconds: refused, and sends nothing',
	async (waitForDeliverySeconds) => {
		const { sent } = clerkChat();
		const { error } = await runNode(itemsOf('sent a'), setup({ waitForDeliverySeconds }));
		expect(error?.message).toBe("'Wait for Delivery (Seconds)' is not a number above zero");
		expect(sent).toEqual([]);
	},
);

test('a test run that only shows the messages waits for nothing', async () => {
	const { looks, sent } = clerkChat();
	const options = { ...waiting, testRuns: 'preview' };
	const result = await runNode(itemsOf('sent a'), { ...setup(options), mode: 'manual' });
	expect(statuses(result)).toEqual(['preview']);
	expect([looks, sent]).toEqual([[], []]);
});

test('the one message that a test run sends is waited for', async () => {
	clerkChat();
	const options = { ...waiting, testRuns: 'redirect', testRecipient: somebody() };
	const items = itemsOf('delivered1 a', 'sent b');
	const result = await runNode(items, { ...setup(options), mode: 'manual' });
	expect(statuses(result)).toEqual(['delivered', 'preview']);
});

test('stopping the execution ends the wait', async () => {
	const { looks } = clerkChat();
	jest.replaceProperty(limits, 'waitsForDelivery', [2_000]);
	let cancel = () => {};
	const run = runNode(itemsOf('sent a'), {
		...setup(),
		onStart: (started) => ({ cancel } = started),
	});
	void sleep(100).then(() => cancel());
	expect((await run).error?.message).toBe('The execution was stopped');
	expect(looks).toEqual([]);
});

describe('an agent', () => {
	/** Texts one person what it says. */
	const agent = () =>
		asTool(
			setup(waiting, {}, { output: 'raw', body: "={{ $fromAI('text') }}", recipients: somebody() }),
		);
	const answered = (answer: unknown) => JSON.parse(String(answer)) as unknown;

	test('that calls again gets the result, and nobody gets a second text', async () => {
		const { sent } = clerkChat();
		const call = agent();
		await expect(call({ text: 'failed1 a' })).rejects.toThrow(/was not delivered/);
		for (let again = 0; again < 2; again++) {
			const answer = await call({ text: 'failed1 a' });
			expect(answered(answer)).toMatchObject([{ status: 'failed' }]);
		}
		expect(sent).toHaveLength(1);
	});

	test("sees that a text was not delivered, and its next call doesn't wait for it", async () => {
		const { sent } = clerkChat();
		const call = agent();
		await expect(call({ text: 'failed1 a' })).rejects.toThrow(/was not delivered/);
		const answer = await call({ text: 'delivered1 b' });
		expect(answered(answer)).toMatchObject([{ status: 'delivered' }]);
		expect(sent).toHaveLength(2);
	});
});

test('a list in the response: one of two was not delivered', async () => {
	const to = [somebody(), somebody()];
	const two = to.map((person, id) => messageObject(800 + id, { members: [person] }));
	const data = two.map((each, at) => ({ ...each, status: at ? 'failed' : 'delivered' }));
	const sent = clerkChatApi(() => [201, { data: two }], {
		documented: false,
		record: () => [200, { data, total: 2 }],
	});
	const items = [{ text: 'a', to }];
	const stopped = await runNode(items, setup());
	expect(stopped.error?.message).toContain('was not delivered');
	const retried = await retry(stopped, items, setup());
	expect(statuses(retried)).toEqual(['delivered', 'failed']);
	expect(sent).toHaveLength(1);
});
