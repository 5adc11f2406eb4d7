import { sleep } from 'n8n-workflow';
import type { IDataObject, INodeParameters } from 'n8n-workflow';
import { limits } from '../../nodes/api/limits';
import { loadFreshNodes } from '../freshNodes';
import { clerkChatApi } from './clerkChatApi';
import type { Answer, Received } from './clerkChatApi';
import { closeNetwork } from './closeNetwork';
import { API_KEY, asTool, hintsOf, leadingBack, retry, runNode } from './engine';
import type { Result, Setup } from './engine';
import { messageObject } from './messages';

/* The option 'Wait for Delivery (Seconds)' of Message: Send. */

const setup = (
	options: IDataObject = { waitForDeliverySeconds: 60 },
	settings: Setup['settings'] = {},
	parameters: INodeParameters = {},
): Setup => ({
	parameters: {
		resource: 'message',
		operation: 'send',
		sender: '+14155550100',
		recipients: '={{ $json.to }}',
		body: '={{ $json.text }}',
		options: options as INodeParameters,
		...parameters,
	},
	settings: { waitBetweenTries: 1, ...settings },
});

const toContinue = { onError: 'continueRegularOutput' } as const;
const briefly = { waitForDeliverySeconds: 0.2 };
const reason = 'The carrier blocks unregistered businesses';

/** Each test has people of its own. */
let tests = 0;
const itemsOf = (...texts: string[]) =>
	texts.map((text, index) => ({ text, to: `+1415555${1000 + tests * 10 + index}` }));

/**
 * Clerk Chat with a record. The first word of a text says what becomes of it from the look of that number on: `delivered2`
 * is delivered at the second look at the record. `sent` stays on its way.
 */
function clerkChat({ record }: { record?: (look: number) => Answer | undefined } = {}) {
	const entries: IDataObject[] = [];
	const looks: Received[] = [];
	const answerTo = ({ body }: Received): Answer => {
		const [fate] = String(body.body).split(' ');
		if (fate === 'refused') return [422, { message: 'No, thanks' }];
		const time = new Date().toISOString();
		const message = messageObject(entries.length + tests * 100, {
			body: body.body,
			sender: body.sender,
			members: [body.sender, ...(body.recipients as string[])],
			...{ created: time, updated: time, timestamp: time },
			status: fate === 'rejected' ? 'failed' : 'sent',
		});
		entries.push(message);
		return fate === 'lost' ? [500, {}] : [201, { data: message }];
	};
	const shown = (entry: IDataObject): IDataObject => {
		const [, status, look] = /^([a-z]+)(\d+)/i.exec(String(entry.body)) ?? [];
		if (status === undefined || looks.length < Number(look)) return entry;
		const error = ['failed', 'undelivered'].includes(status) ? `${reason} (${API_KEY})` : null;
		return { ...entry, status, error };
	};
	const sent = clerkChatApi(answerTo, {
		documented: false,
		record: (request) => {
			looks.push(request);
			const { page, limit } = request.query;
			const from = (Number(page) - 1) * Number(limit);
			const data = entries
				.map(shown)
				.reverse()
				.slice(from, from + Number(limit));
			return record?.(looks.length) ?? [200, { data, total: entries.length }];
		},
	});
	return { sent, looks, entries };
}

const statuses = ({ items }: Result) =>
	items.map(({ json }) => (json.error as IDataObject | undefined)?.code ?? json.status);

closeNetwork();
beforeEach(() => {
	tests++;
	jest.replaceProperty(limits, 'firstRepeatWait', 1);
});

test('without the option, the record is not read', async () => {
	const { looks } = clerkChat();
	const result = await runNode(itemsOf('failed1 a'), setup({}));
	expect(statuses(result)).toEqual(['sent']);
	expect(looks).toEqual([]);
});

test('what comes out is the newest entry, as soon as all are delivered', async () => {
	const { looks } = clerkChat();
	const items = itemsOf('delivered1 a', 'delivered3 b', 'read2 c', 'DELIVERED2 d');
	const result = await runNode(items, setup());
	expect(statuses(result)).toEqual(['delivered', 'delivered', 'read', 'DELIVERED']);
	expect(result.items.map(({ pairedItem }) => pairedItem)).toEqual(
		[0, 1, 2, 3].map((item) => ({ item })),
	);
	expect(looks.length).toBeGreaterThanOrEqual(3);
});

test('at growing intervals, and no longer than it takes', async () => {
	const { looks } = clerkChat();
	await runNode(itemsOf('delivered2 a'), setup());
	expect(looks).toHaveLength(2);
	for (const [index, wait] of limits.waitsForDelivery.entries()) {
		expect(wait).toBeGreaterThan(limits.waitsForDelivery[index - 1] ?? 0);
	}
});

test('when the time is over, they come out as they are, and a hint says so', async () => {
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
		const result = await runNode(items, setup(undefined, { onError: 'continueErrorOutput' }));
		expect(statuses(result)).toEqual(['delivered']);
		expect(result.errorItems).toMatchObject([
			{
				json: {
					text: `${fate} b`,
					error: {
						message: `The message to ${items[1].to} was not delivered`,
						description: expect.stringContaining(`"${reason} (***)"`) as string,
						outcome: 'refused',
						code: 'notDelivered',
						to: items[1].to,
					},
				},
				pairedItem: { item: 1 },
			},
		]);
		expect(JSON.stringify(result.errorItems)).not.toContain(API_KEY);
	},
);

test("On Error = Stop: a retry doesn't text again, but gives it out and goes on", async () => {
	const { sent } = clerkChat();
	const items = itemsOf('delivered1 a', 'failed1 b', 'delivered1 c');
	const stopped = await runNode(items, setup());
	expect(stopped.error?.message).toContain('was not delivered');
	expect(stopped.error?.context.itemIndex).toBe(1);
	expect(stopped.error?.description).toContain("a retry doesn't text again");
	const retried = await retry(stopped, items, setup());
	expect(statuses(retried)).toEqual(['delivered', 'failed', 'delivered']);
	expect(retried.items[1].json).toMatchObject({ error: expect.stringContaining(reason) as string });
	expect(hintsOf(retried)[0]).toBe('Sent 2, failed 1 (1 not delivered).');
	expect(sent).toHaveLength(3);
});

test('Retry On Fail: the same at once', async () => {
	const { sent } = clerkChat();
	const result = await runNode(itemsOf('failed1 a'), setup(undefined, { retryOnFail: true }));
	expect(statuses(result)).toEqual(['failed']);
	expect(hintsOf(result)[0]).toBe('Failed 1 (1 not delivered).');
	expect(sent).toHaveLength(1);
});

test("without 'Fail on Refused Message', what failed at once is not counted as sent", async () => {
	clerkChat();
	const result = await runNode(itemsOf('rejected a', 'sent b'), setup({ rejectedAsError: false }));
	expect(statuses(result)).toEqual(['failed', 'sent']);
	expect(hintsOf(result)[0]).toBe('Sent 1, failed 1 (1 not delivered).');
});

describe('the error output leads back into the node', () => {
	const runsOf = ({ data }: Result) =>
		data.resultData.runData['Clerk Chat'].map(({ data: out }) => out?.main ?? []);

	test('what was not delivered is not texted again, but given out, and the loop ends', async () => {
		const { sent } = clerkChat();
		const result = await runNode(
			itemsOf('failed1 a', 'delivered1 b'),
			leadingBack(3, setup({ waitForDeliverySeconds: 60 })),
		);
		expect(sent).toHaveLength(2);
		const runs = runsOf(result);
		expect(runs).toHaveLength(2);
		expect(runs[1][0]).toMatchObject([
			{ json: { status: 'failed', error: expect.stringContaining(reason) as string } },
		]);
	});

	test('several numbers, separately: nobody gets it again', async () => {
		const { sent } = clerkChat();
		const options = { waitForDeliverySeconds: 60, severalNumbers: 'separately' };
		const items = [{ text: 'failed1 a', to: itemsOf('a', 'b').map(({ to }) => to) }];
		await runNode(items, leadingBack(3, setup(options)));
		expect(sent).toHaveLength(2);
	});

	test('several numbers, separately: what was refused goes out once more, to that person alone', async () => {
		const { sent } = clerkChat();
		const options = { severalNumbers: 'separately' };
		const items = [{ text: 'refused a', to: itemsOf('a', 'b').map(({ to }) => to) }];
		await runNode(items, leadingBack(1, setup(options)));
		expect(sent).toHaveLength(4);
	});

	test('the item comes from an execution that nobody knows any more: not texted again', async () => {
		const { sent } = clerkChat();
		const [item] = itemsOf('failed1 a');
		const options = setup(undefined, { onError: 'continueErrorOutput' });
		const { errorItems } = await runNode([item], options);
		const { ClerkChat } = loadFreshNodes();
		const later = await runNode(
			errorItems.map(({ json }) => json),
			{ ...options, node: new ClerkChat(), executionId: '2' },
		);
		expect(sent).toHaveLength(1);
		expect(later.items).toMatchObject([{ json: { body: item.text, status: 'failed' } }]);
	});

	test('another text to the same person goes out', async () => {
		const { sent } = clerkChat();
		const options = { waitForDeliverySeconds: 60 };
		const body = '={{ $json.error ? "delivered1 Once more" : $json.text }}';
		await runNode(itemsOf('failed1 a'), leadingBack(1, setup(options, {}, { body })));
		expect(sent).toHaveLength(2);
	});
});

test('a retry waits for what an earlier try sent and did not wait for', async () => {
	const { sent, looks } = clerkChat();
	const options = { waitForDeliverySeconds: 60, maxConcurrency: 1 };
	const items = itemsOf('delivered2 a', 'refused b', 'delivered1 c');
	const stopped = await runNode(items, setup(options));
	expect(looks).toEqual([]);
	const retried = await retry(stopped, items, setup(options, toContinue));
	expect(retried.items[0].json.status).toBe('delivered');
	expect(sent.map(({ body }) => body.body)).toEqual([
		'delivered2 a',
		'refused b',
		'refused b',
		'delivered1 c',
	]);
});

test('what fails in the answer itself is sent again by a later try, as without the option', async () => {
	const { sent } = clerkChat();
	const items = itemsOf('rejected a');
	const stopped = await runNode(items, setup());
	expect(stopped.error?.message).toBe('The message was not sent');
	await retry(stopped, items, setup());
	expect(sent).toHaveLength(2);
});

test('a message with an unknown outcome that is on record is waited for, too', async () => {
	clerkChat();
	const result = await runNode(itemsOf('lost a'), setup(briefly));
	expect(statuses(result)).toEqual(['sent']);
	expect(hintsOf(result).join()).toContain('not delivered within');
});

test('what was sent by others and skipped is not waited for', async () => {
	const { looks } = clerkChat();
	const items = itemsOf('sent a');
	await runNode(items, setup({}));
	const options = { waitForDeliverySeconds: 60, skipSentWithinHours: 1 };
	const result = await runNode(items, { ...setup(options), executionId: '2' });
	expect(result.items).toMatchObject([{ json: { skipped: true, status: 'sent' } }]);
	expect(looks).toHaveLength(1);
});

test('several numbers, separately: each message for itself', async () => {
	clerkChat();
	const options = { waitForDeliverySeconds: 60, severalNumbers: 'separately' };
	const items = [{ text: 'delivered1 a', to: itemsOf('a', 'b').map(({ to }) => to) }];
	expect(statuses(await runNode(items, setup(options)))).toEqual(['delivered', 'delivered']);
});

test('one message to several numbers is one message', async () => {
	const { looks } = clerkChat();
	const items = [{ text: 'failed1 a', to: itemsOf('a', 'b').map(({ to }) => to) }];
	const result = await runNode(items, setup(undefined, { retryOnFail: true }));
	expect(statuses(result)).toEqual(['failed']);
	expect(looks).toHaveLength(1);
});

describe('the record', () => {
	test.each([401, 403])(
		'answers %i: what was sent comes out at once, and a hint',
		async (status) => {
			const { looks } = clerkChat({ record: () => [status, {}] });
			const result = await runNode(itemsOf('sent a'), setup());
			expect(statuses(result)).toEqual(['sent']);
			expect(hintsOf(result).join()).toContain("couldn't be read");
			expect(looks).toHaveLength(1);
		},
	);

	test('answers 500 for a while: read again', async () => {
		clerkChat({ record: (look) => (look < 3 ? [500, {}] : undefined) });
		const result = await runNode(itemsOf('delivered1 a'), setup());
		expect(statuses(result)).toEqual(['delivered']);
	});

	test('does not list a message: it comes out as it was answered', async () => {
		clerkChat({ record: () => [200, { data: [], total: 0 }] });
		expect(statuses(await runNode(itemsOf('sent a'), setup(briefly)))).toEqual(['sent']);
	});
});

test('the whole list goes out before anything is waited for', async () => {
	const { sent, looks } = clerkChat({
		record: () => {
			expect(sent).toHaveLength(3);
			return undefined;
		},
	});
	const options = { waitForDeliverySeconds: 60, maxConcurrency: 1 };
	const result = await runNode(itemsOf('failed1 a', 'failed1 b', 'delivered1 c'), setup(options));
	expect(result.error?.context.itemIndex).toBe(0);
	expect(looks).toHaveLength(1);
});

test.each(['={{ 0 }}', '={{ "soon" }}', '={{ $json.gone }}', -1])(
	'%s seconds: refused, and nothing goes out',
	async (waitForDeliverySeconds) => {
		const { sent } = clerkChat();
		const { error } = await runNode(itemsOf('sent a'), setup({ waitForDeliverySeconds }));
		expect(error?.message).toBe("'Wait for Delivery (Seconds)' is not a number above zero");
		expect(sent).toEqual([]);
	},
);

test('a test run that only shows the messages waits for nothing', async () => {
	const { looks, sent } = clerkChat();
	const options = { waitForDeliverySeconds: 60, testRuns: 'preview' };
	const result = await runNode(itemsOf('sent a'), { ...setup(options), mode: 'manual' });
	expect(statuses(result)).toEqual(['preview']);
	expect([looks, sent]).toEqual([[], []]);
});

test('the one message that a test run sends is waited for', async () => {
	clerkChat();
	const [{ to: testRecipient }] = itemsOf('x');
	const options = { waitForDeliverySeconds: 60, testRuns: 'redirect', testRecipient };
	const items = itemsOf('delivered1 a', 'sent b');
	const result = await runNode(items, { ...setup(options), mode: 'manual' });
	expect(statuses(result)).toEqual(['delivered', 'preview']);
});

test('when the execution is stopped, the wait ends', async () => {
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

test('an agent that asks for the same again gets what became of it, and nobody a second text', async () => {
	const { sent } = clerkChat();
	const call = asTool(
		setup(undefined, {}, { output: 'raw', body: 'failed1 a', recipients: itemsOf('x')[0].to }),
	);
	await expect(call({})).rejects.toThrow(/was not delivered/);
	for (let again = 0; again < 2; again++) {
		expect(JSON.parse(String(await call({})))).toMatchObject([{ status: 'failed' }]);
	}
	expect(sent).toHaveLength(1);
});

test('a list in the answer: one of two did not arrive', async () => {
	const two = [0, 1].map((id) => {
		const members = ['+14155550100', `+1415555${9000 + tests * 10 + id}`];
		return messageObject(900_000 + tests * 10 + id, { members, status: 'sent' });
	});
	const sent = clerkChatApi(() => [201, { data: two }], {
		documented: false,
		record: () => [
			200,
			{ data: two.map((each, at) => ({ ...each, status: at ? 'failed' : 'delivered' })), total: 2 },
		],
	});
	const items = [{ text: 'a', to: two.map(({ members }) => (members as string[])[1]) }];
	const stopped = await runNode(items, setup());
	expect(stopped.error?.message).toContain('was not delivered');
	const retried = await retry(stopped, items, setup());
	expect(statuses(retried)).toEqual(['delivered', 'failed']);
	expect(sent).toHaveLength(1);
});

test('an agent hears that a text did not arrive, and its next call does not wait for it', async () => {
	const { sent } = clerkChat();
	const call = asTool(
		setup(
			undefined,
			{},
			{ output: 'raw', body: "={{ $fromAI('text') }}", recipients: itemsOf('x')[0].to },
		),
	);
	await expect(call({ text: 'failed1 a' })).rejects.toThrow(/was not delivered/);
	expect(JSON.parse(String(await call({ text: 'delivered1 b' })))).toMatchObject([
		{ status: 'delivered' },
	]);
	expect(sent).toHaveLength(2);
});
