import { sleep } from 'n8n-workflow';
import type { IDataObject, INodeParameters } from 'n8n-workflow';
import { limits } from '../../nodes/api/limits';
import { clerkChatApi } from './clerkChatApi';
import type { Answer, Received } from './clerkChatApi';
import { closeNetwork } from './closeNetwork';
import { asTool, BASE_URL, API_KEY, hintsOf, retry, runNode } from './engine';
import type { Setup } from './engine';
import { itemsOf, messageObject, oneAtATime, sent, setup, textsIn } from './messages';

/* Ways in which somebody could get the same text twice, or be called "not sent" after getting it. */

const items = itemsOf('a', 'b', 'c');

closeNetwork();
beforeEach(() => {
	jest.replaceProperty(limits, 'firstRepeatWait', 1);
	jest.replaceProperty(limits, 'firstWait', 40);
});

describe('what waits to be sent again counts as on its way', () => {
	const refusedOnce = (answers: Answer[]) => {
		let refusals = 0;
		return clerkChatApi((request, index) => {
			if (request.body.body !== 'a') return sent(request, index);
			return refusals++ === 0 ? [422, {}] : (answers.shift() ?? sent(request, index));
		});
	};

	test.each<[string, Answer]>([
		['Retry-After', [429, {}, { 'retry-after': '0.05' }]],
		['a 429 without it', [429, {}]],
	])('two retries of one execution, the first of which waits: %s', async (_name, tooMany) => {
		const received = refusedOnce([tooMany]);
		const stopped = await runNode(items, setup());
		const first = retry(stopped, items, setup());
		await sleep(15);
		const [one, two] = await Promise.all([first, retry(stopped, items, setup())]);
		// Refused, too many, and then once.
		expect(textsIn(received).filter((text) => text === 'a')).toHaveLength(3);
		expect([one.status, two.status].sort()).toEqual(['error', 'success']);
		expect(two.error?.message).toBe('This message to +14155550100 was already on its way');
	});

	test("two calls of an agent, the first of which waits; 'Send Again' makes no difference", async () => {
		const answers: Answer[] = [
			[429, {}],
			[500, {}],
		];
		const received = clerkChatApi((request, index) => answers.shift() ?? sent(request, index));
		const options = { unknownOutcome: 'resend' };
		const { parameters } = setup({ recipients: '+14155550123', body: 'Hello', options });
		const call = asTool({ parameters });
		const first = call({});
		await sleep(15);
		await expect(call({})).rejects.toThrow(/was already on its way/);
		await expect(first).rejects.toThrow(/may have been sent/);
		expect(received).toHaveLength(2);
	});
});

test.each<[string, Answer | undefined]>([
	['it goes out', undefined],
	['its outcome is unknown again', [500, {}]],
])(
	"two calls of an agent with 'Send Again' that both look at the record first, one of them longer: %s",
	async (_name, second) => {
		jest.replaceProperty(limits, 'waitsForRecord', []);
		let looks = 0;
		const received = clerkChatApi(
			(request, index) => (index === 0 ? [500, {}] : (second ?? sent(request, index))),
			{
				record: async () => {
					// One look belongs to the first call, and the next two to the others.
					if (++looks === 3) await sleep(100);
					return [200, { data: [], total: 0 }];
				},
			},
		);
		const body = `Hello, ${_name}`;
		const options = { unknownOutcome: 'resend' };
		const { parameters } = setup({ recipients: '+14155550123', body, options });
		const call = asTool({ parameters });
		await expect(call({})).rejects.toThrow(/may have been sent/);
		const results = await Promise.allSettled([call({}), call({})]);
		expect(received).toHaveLength(2);
		const failed = results.filter(({ status }) => status === 'rejected');
		expect(failed).toHaveLength(second ? 2 : 1);
		// What is asked for after it was sent is the agent's decision again; a third try of what is unknown is nobody's.
		await call({}).catch(() => {});
		expect(received).toHaveLength(second ? 2 : 3);
	},
);

describe('what one retry left open', () => {
	test('is known to the next retry of it also when n8n was restarted in between', async () => {
		const received = clerkChatApi((request, index) => {
			if (request.body.body === 'b') return [422, {}];
			return index === 0 ? [401, {}] : request.body.body === 'a' ? [500, {}] : sent(request, index);
		});
		const stopped = await runNode(items, setup(oneAtATime));
		await retry(stopped, items, setup(oneAtATime));
		// This one did not ask for the first message itself: it only heard of it from the other one.
		const sibling = await retry(stopped, items, setup(oneAtATime));
		expect(sibling.error?.description).toMatch(/^Unclear 1, not tried 1, failed 1 \(/);
		const ofItself = JSON.stringify(sibling.data.executionData?.contextData);
		expect(ofItself).toContain('"state":"unknown"');
		expect(textsIn(received).filter((text) => text === 'a')).toHaveLength(2);
	});
});

test('an edit of an expression after several retries of the first execution: what says the same is not sent again', async () => {
	const received = clerkChatApi((request, index) =>
		index === 0 ? [401, {}] : request.body.body === 'b' ? [422, {}] : sent(request, index),
	);
	const stopped = await runNode(items, setup(oneAtATime));
	await retry(stopped, items, setup(oneAtATime));
	await retry(stopped, items, setup({ ...oneAtATime, recipients: '={{ "" }}' }));
	await retry(stopped, items, setup({ ...oneAtATime, body: '={{ ($json.text) }}' }));
	expect(textsIn(received).filter((text) => text === 'a')).toHaveLength(2);
});

test('two retries that go on with a loop at the same moment send each item once', async () => {
	const received = clerkChatApi((request, index) =>
		index === 0 ? [401, {}] : sent(request, index),
	);
	const looped = { ...setup(oneAtATime), runs: 2 };
	const stopped = await runNode(items, looped);
	await Promise.all([retry(stopped, items, looped), retry(stopped, items, looped)]);
	const counts = ['a', 'b', 'c'].map(
		(text) => textsIn(received).filter((each) => each === text).length,
	);
	expect(Math.max(...counts.slice(1))).toBeLessThanOrEqual(2);
});

describe('a 201 that does not say clearly that the message was sent', () => {
	const answering = (data: unknown, documented = true) =>
		clerkChatApi(
			(request, index) =>
				request.body.body === 'a' ? [201, { data: data as IDataObject }] : sent(request, index),
			{ documented },
		);

	test.each<[string, unknown]>([
		['error beside another status', messageObject(1, { error: 'carrier trouble' })],
		['errorCode beside another status', messageObject(1, { errorCode: 30007, status: 'sent' })],
		['a list of which one failed', [messageObject(1), messageObject(2, { status: 'failed' })]],
		['no message in it', {}],
		['a message without an id', { ...messageObject(1), id: null }],
	])('%s: unknown, and not sent again', async (_name, data) => {
		const received = answering(data, false);
		const settings = { retryOnFail: true, maxTries: 2 };
		const stopped = await runNode(items, setup({}, settings));
		expect(stopped.error?.message).toMatch(/; the message to \+14155550100 may have been sent$/);
		await retry(stopped, items, setup());
		expect(textsIn(received).filter((text) => text === 'a')).toHaveLength(1);
	});

	test('a list of which all failed: refused, and sent again', async () => {
		const failed = [messageObject(1, { status: 'failed' }), messageObject(2, { status: 'failed' })];
		const received = answering(failed, false);
		const stopped = await runNode(items, setup());
		expect(stopped.error?.message).toBe('The message was not sent');
		await retry(stopped, items, setup());
		expect(textsIn(received).filter((text) => text === 'a')).toHaveLength(2);
	});
});

describe("the credential's allowed domains", () => {
	const credentials = (more: IDataObject) => ({
		apiKey: API_KEY,
		baseUrl: BASE_URL,
		allowedHttpRequestDomains: 'domains',
		...more,
	});

	test.each([['example.com'], ['*.example.com, clerk-chat.test'], ['']])(
		'%j: nothing goes out',
		async (allowedDomains) => {
			const received = clerkChatApi(sent);
			const restricted = { ...setup(), credentials: credentials({ allowedDomains }) };
			const { error } = await runNode(items, restricted);
			expect(received).toHaveLength(0);
			expect(error?.message).toBe('n8n blocked the request');
			expect(error?.description).toContain('The credential does not allow api.clerk-chat.test');
		},
	);

	test.each<[IDataObject]>([
		[{ allowedDomains: 'api.clerk-chat.test' }],
		[{ allowedDomains: 'example.com, *.CLERK-CHAT.test.' }],
		[{ allowedDomains: 'https://api.clerk-chat.test/' }],
		[{ allowedDomains: 'api.clerk-chat.test:443, example.com' }],
		[{ allowedHttpRequestDomains: 'all', allowedDomains: 'example.com' }],
		[{ allowedHttpRequestDomains: 'none' }],
	])('%j: it goes out', async (more) => {
		const received = clerkChatApi(sent);
		await runNode(items, { ...setup(), credentials: credentials(more) as never });
		expect(received).toHaveLength(3);
	});
});

describe('a campaign', () => {
	const campaign = (more: INodeParameters = {}): Setup => ({
		parameters: {
			resource: 'campaign',
			operation: 'start',
			sender: '+14155550100',
			listName: '={{ $json.list }}',
			body: 'Sale',
			...more,
		},
	});
	const started = (_request: Received, index: number): Answer => [
		201,
		{ data: { id: index + 1, status: 'scheduled' } },
	];
	const rows = [{ list: 'A' }, { list: 'A' }, { list: 'B' }];

	test('that an earlier item starts is not started again; with On Error = Stop nothing is', async () => {
		const received = clerkChatApi(started, { documented: false });
		const { error } = await runNode(rows, campaign());
		expect(received).toHaveLength(0);
		expect(error?.message).toBe('This would text everyone on the list again');
		expect(error?.description).toMatch(/'Allow Repeats'.*This is item 2 of 3/);
	});

	test('goes on with the others when On Error is not Stop', async () => {
		const received = clerkChatApi(started, { documented: false });
		const settings = { onError: 'continueRegularOutput' } as const;
		const result = await runNode(rows, { ...campaign(), settings });
		expect(received.map(({ body }) => body.listName)).toEqual(['A', 'B']);
		expect(result.items[1].json.error).toMatchObject({ outcome: 'refused' });
		expect(hintsOf(result)).toEqual([
			'Started 2, failed 1 (1 this would text everyone on the list again).',
		]);
	});

	test("is started again with 'Allow Repeats', and when it says something else", async () => {
		const received = clerkChatApi(started, { documented: false });
		await runNode(rows, campaign({ options: { allowRepeats: true } }));
		await runNode(rows, campaign({ body: '=Sale {{ $itemIndex }}' }));
		expect(received).toHaveLength(6);
	});

	test('another name or provider does not make it another one', async () => {
		const received = clerkChatApi(started, { documented: false });
		const additionalFields = { name: '=Sale {{ $itemIndex }}' };
		await runNode(rows.slice(0, 2), campaign({ additionalFields }));
		expect(received).toHaveLength(0);
	});
});
