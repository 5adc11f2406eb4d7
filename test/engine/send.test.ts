import type { IDataObject, IHttpRequestOptions, INodeParameters } from 'n8n-workflow';
import { sleep } from 'n8n-workflow';
import { createdOf } from '../../nodes/api/bodies';
import { limits } from '../../nodes/api/limits';
import { send } from '../../nodes/ClerkChat/resources/message/send';
import type { OfWrite } from '../../nodes/ClerkChat/operation';
import { answering, clerkChatApi } from './clerkChatApi';
import type { Answer } from './clerkChatApi';
import { closeNetwork } from './closeNetwork';
import { API_KEY, BASE_URL, hintsOf, retry, runNode, warningsOf } from './engine';
import {
	itemsOf,
	linksOf,
	messageObject,
	numbered,
	numberOf,
	oneAtATime,
	sent,
	setup,
	textsIn,
	toContinue,
	toErrorOutput,
} from './messages';
import { slowApi } from './slowApi';
import type { Seen } from './slowApi';

const accepted = () => clerkChatApi(sent);

closeNetwork();

const hello = { to: '+14155550123', text: 'Hello' };

/** What the operation asks of the API, to look into or to break. */
const { write } = send as OfWrite;

/** The request for one item, valid by the OpenAPI document. */
const bodyOf = async (item: IDataObject, parameters: INodeParameters = {}) => {
	const received = accepted();
	await runNode([item], setup(parameters));
	expect(received).toMatchObject([{ method: 'POST', path: '/public/messages', violations: [] }]);
	const { apikey, authorization } = received[0].headers;
	expect([apikey, authorization]).toEqual([API_KEY, undefined]);
	return received[0].body;
};

describe('requests', () => {
	test('only the required fields; media are always sent, as an empty list', async () => {
		expect(await bodyOf(hello)).toEqual({
			sender: '+14155550100',
			recipients: ['+14155550123'],
			body: 'Hello',
			mediaUrls: [],
		});
	});

	test('every field, from expressions, for each of many items', async () => {
		const received = accepted();
		const items = [1, 2, 3, 4, 5, 6, 7].map((n) => ({ n }));
		const result = await runNode(
			items,
			setup({
				sender: '=+1415555010{{ $json.n }}',
				recipients: '=+1415555020{{ $json.n }}; +1 (415) 555-030{{ $json.n }}',
				body: '=Order {{ $json.n }}',
				additionalFields: {
					mediaUrls: ['=https://example.com/{{ $json.n }}.jpg', 'https://example.com/b.png'],
					sentByName: '=Desk {{ $json.n }}',
					templateId: { __rl: true, mode: 'id', value: '={{ $json.n * 10 }}' },
				},
			}),
		);
		const byOrder = [...received].sort((a, b) =>
			String(a.body.body).localeCompare(String(b.body.body)),
		);
		expect(byOrder.flatMap(({ violations }) => violations)).toEqual([]);
		expect(byOrder.map(({ body }) => body)).toEqual(
			items.map(({ n }) => ({
				sender: `+1415555010${n}`,
				recipients: [`+1415555020${n}`, `+1415555030${n}`],
				body: `Order ${n}`,
				mediaUrls: [`https://example.com/${n}.jpg`, 'https://example.com/b.png'],
				sentByName: `Desk ${n}`,
				templateId: n * 10,
			})),
		);
		expect(linksOf(result.items)).toEqual([0, 1, 2, 3, 4, 5, 6]);
		expect(result.items.map(({ json }) => json.body)).toEqual(items.map(({ n }) => `Order ${n}`));
	});

	const inUs = { defaultCountryCode: '+1' };
	const media = (mediaUrls: unknown) => ({ additionalFields: { mediaUrls } as INodeParameters });

	test.each<[string, IDataObject, INodeParameters, IDataObject]>([
		[
			'numbers where texts belong, as texts; phone numbers with the default country code',
			{ from: 14155550100, to: 14155550123, text: 42 },
			{
				sender: '={{ $json.from }}',
				options: inUs,
				additionalFields: { sentByName: '={{ 7 }}', templateId: '={{ 5 }}' as never },
			},
			{ sender: '+14155550100', recipients: ['+14155550123'], body: '42', sentByName: '7' },
		],
		[
			'a list from an expression, and national numbers completed',
			{ to: ['415 555 0123', '(415) 555-0124', '415 555 0123', 'inbox-7'], text: 'Hi' },
			{ sender: '(415) 555-0100', options: inUs },
			{ sender: '+14155550100', recipients: ['+14155550123', '+14155550124', 'inbox-7'] },
		],
		[
			'media without a text',
			{ to: '+14155550123' },
			media(['https://example.com/a.jpg']),
			{ body: '', mediaUrls: ['https://example.com/a.jpg'] },
		],
		[
			'a field for media that was added and left empty, as n8n stores it',
			hello,
			media([[]]),
			{ body: 'Hello', mediaUrls: [] },
		],
	])('%s', async (_name, item, parameters, body) => {
		expect(await bodyOf(item, parameters)).toMatchObject(body);
	});
});

test('returns the unwrapped MessageObject complete, including undocumented fields', async () => {
	clerkChatApi(() => [201, { data: messageObject(9) }]);
	const { items } = await runNode([hello], setup());
	expect(items).toEqual([{ json: messageObject(9), pairedItem: { item: 0 } }]);
});

describe('bad input is refused before anything is sent', () => {
	const more = (additionalFields: unknown) => ({ additionalFields }) as INodeParameters;
	const option = (name: string, value: string): INodeParameters => ({ options: { [name]: value } });

	/** What is wrong in the item, or in the fields, and what the error says first and then. */
	const inItem: Array<[string, IDataObject, RegExp, RegExp]> = [
		['no recipient', { to: null }, /'To' is empty/, /at least one phone number/],
		['only separators', { to: ' , ;\n' }, /'To' is empty/, /expression/],
		['no number after +', { to: '+1 415 CALL' }, /'To' .* "\+1 415 CALL"/, /7 to 15/],
		['too long a number', { to: '+1234567890123456' }, /'To'/, /7 to 15/],
		['no plus, as in spreadsheets', { to: 15202345678 }, /'To' .*15202345678/, /any country.*'Def/],
		['no message', { text: null }, /'Message' is empty/, /media/],
		['blank message', { text: ' \n ' }, /'Message' is empty/, /media/],
		['an object as message', { text: { a: 1 } }, /'Message' is not text/, /object/],
		[
			'an object in it',
			{ text: 'Hi [object Object]' },
			/contains "\[object/,
			/\{\{ \$json\.text \}\}/,
		],
	];
	const inFields: Array<[string, INodeParameters, RegExp, RegExp]> = [
		['no sender', { sender: '={{ $json.from }}' }, /'From' is empty/, /Enter a value/],
		['no number as sender', { sender: '+12' }, /'From' .* "\+12"/, /7 to 15/],
		[
			'an expression as text',
			{ body: 'Hi {{ $json.name }}' },
			/'Message' contains an/,
			/Expression/,
		],
		[
			'no web address',
			more({ mediaUrls: ['ftp://a.de/b'] }),
			/'Media .*"ftp:\/\/a.de\/b"/,
			/https/,
		],
		[
			'a template ID that is no number',
			more({ templateId: { __rl: true, mode: 'id', value: 'welcome' } }),
			/'Template' is not an ID/,
			/number such as 123/,
		],
		[
			'digits that are two numbers',
			{ recipients: '62812092994', ...option('defaultCountryCode', '+62') },
			/'To' .*62812092994/,
			/could be \+6262812092994 or \+62812092994/,
		],
		['no country code', option('defaultCountryCode', 'US'), /'Default Country Code' .*"US"/, /\+1/],
		[
			'no number of requests',
			option('maxConcurrency', '={{ "many" }}'),
			/'Messages at the Same Time' is not a whole number/,
			/Enter 1 or more/,
		],
	];
	const cases: Array<[string, IDataObject, INodeParameters, RegExp, RegExp]> = [
		...inItem.map(([name, item, ...words]) => [name, item, {}, ...words] as never),
		...inFields.map(([name, fields, ...words]) => [name, {}, fields, ...words] as never),
	];

	test.each(cases)('%s', async (_name, item, parameters, message, description) => {
		const received = accepted();
		const { error } = await runNode([{ ...hello, ...item }], setup(parameters));
		expect(error?.name).toBe('NodeOperationError');
		expect(error?.message).toMatch(message);
		expect(error?.description).toMatch(description);
		expect(error?.context.itemIndex).toBe(0);
		expect(received).toHaveLength(0);
	});

	test('On Error = Stop: bad input in the last item is noticed before anything is sent', async () => {
		const received = accepted();
		const { error } = await runNode([hello, hello, { text: 'x' }], setup());
		expect(error?.message).toBe("'To' is empty");
		expect(error?.description).toContain('This is item 3 of 3 (n8n counts from 0).');
		expect(error?.description).toMatch(/^Nothing was sent\.<br>/);
		expect(received).toHaveLength(0);
	});

	test(`doesn't say "nothing was sent" if an earlier try sent something`, async () => {
		const received = answering({ Bye: [403, {}] });
		const items = [hello, { ...hello, text: 'Bye' }];
		const stopped = await runNode(items, setup());
		const retried = await retry(stopped, items, setup({ sender: '={{ "" }}' }));
		expect(textsIn(received)).toEqual(['Hello', 'Bye']);
		// What was sent before still counts, so only the other one is a problem.
		expect(retried.error?.message).toBe("'From' is empty");
		expect(retried.error?.description).toMatch(/This is item 2 of 2 \(n8n counts from 0\)\.$/);
	});

	test.each(['continueRegularOutput', 'continueErrorOutput'] as const)(
		'On Error = %s: sends the others, the bad one stays linked',
		async (onError) => {
			const received = accepted();
			const items = [hello, { text: 'x' }, { ...hello, text: 'Bye' }];
			const result = await runNode(items, setup({}, { onError }));
			expect(textsIn(received)).toEqual(['Hello', 'Bye']);
			const output = onError === 'continueErrorOutput' ? result.errorItems : result.items;
			expect(output.find(({ json }) => json.error)).toMatchObject({
				json: { error: { message: "'To' is empty", outcome: 'refused' } },
				pairedItem: { item: 1 },
			});
		},
	);

	test('an expression that fails for one item fails only that item', async () => {
		const received = accepted();
		const items = [hello, { ...hello, text: 'boom' }, { ...hello, text: 'Bye' }];
		const body = '={{ $json.text === "boom" ? $("Nowhere").item.json.x : $json.text }}';
		const stopped = await runNode(items, setup({ body }));
		expect(stopped.status).toBe('error');
		expect(stopped.error?.context.itemIndex).toBe(1);
		expect(received).toHaveLength(0);
		const continued = await runNode(items, setup({ body }, toErrorOutput));
		expect(textsIn(received)).toEqual(['Hello', 'Bye']);
		expect(continued.errorItems).toMatchObject([
			{ json: { text: 'boom' }, pairedItem: { item: 1 } },
		]);
	});
});

test('while a long list is read, other work in the process gets its turn', async () => {
	accepted();
	let read = 0;
	let readAtTurn = Infinity;
	jest.spyOn(send as OfWrite, 'check').mockImplementation(() => {
		if (read++ === 0) void sleep(0).then(() => (readAtTurn = read));
	});
	const items = Array.from({ length: 200 }, () => hello);
	await runNode([...items, { text: 'x' }], setup());
	expect(readAtTurn).toBeLessThan(200);
});

describe('a message that Clerk Chat accepts', () => {
	test.each<[string, IDataObject, IDataObject]>([
		['with the error code 0: sent', { errorCode: 0 }, {}],
		[
			'and marks as failed, where that is no error',
			{ status: 'failed' },
			{ rejectedAsError: false },
		],
	])('%s', async (_name, answer, options) => {
		clerkChatApi(() => [201, { data: messageObject(1, answer) }]);
		const { items } = await runNode([hello], setup({ options: options as INodeParameters }));
		expect(items).toMatchObject([{ json: answer }]);
	});

	test('and marks as failed: an item error', async () => {
		clerkChatApi(() => [201, { data: messageObject(1, { status: 'failed', errorCode: 30007 }) }]);
		const { error } = await runNode([hello], setup());
		expect(error?.message).toBe('The message was not sent');
		expect(error?.description).toContain('code 30007');
	});
});

test.each<['results' | 'objection', string]>([
	['results', "The answer doesn't look like one from Clerk Chat"],
	['objection', "Clerk Chat's answer couldn't be read"],
])(
	'a response that breaks the code (%s): perhaps sent, not sent again, and the others are sent',
	async (name, message) => {
		jest.replaceProperty(limits, 'firstWait', 1);
		// After a pause the first request goes alone, and all others wait for its answer.
		const received = clerkChatApi((request, index) =>
			index === 0 ? [429, {}] : sent(request, index),
		);
		write.results ??= createdOf;
		const original = write[name] as (...given: unknown[]) => never;
		jest.spyOn(write, name).mockImplementation((given: unknown, ...more: unknown[]) => {
			if (JSON.stringify(given).includes('"body":"a"')) throw new TypeError('a is not a function');
			return original(given, ...more);
		});
		const items = itemsOf('a', 'b', 'c');
		// n8n runs the node again because of its first item.
		const result = await runNode(items, setup(oneAtATime, { ...toContinue, retryOnFail: true }));
		expect(textsIn(received)).toEqual(['a', 'a', 'b', 'c']);
		const error = {
			message: `${message}; the message to +14155550100 may have been sent`,
			description: expect.stringMatching(/a is not a function.*unclear whether/) as string,
			outcome: 'unknown',
		};
		expect(result.items).toMatchObject([
			{ json: { error }, pairedItem: { item: 0 } },
			{ json: { body: 'b' }, pairedItem: { item: 1 } },
			{ json: { body: 'c' }, pairedItem: { item: 2 } },
		]);
	},
);

test('a rerun after n8n saw a failure requests only the rejected messages again', async () => {
	const failed = { status: 'failed', error: 'No carrier' };
	const received = clerkChatApi(({ body }, index) => [
		201,
		{ data: messageObject(index, body.body === 'a' ? failed : {}) },
	]);
	const options = { rejectedAsError: false };
	const setUp = setup({ options }, { retryOnFail: true, maxTries: 3 });
	const result = await runNode(itemsOf('a', 'b', 'c'), setUp);
	expect(result.items).toHaveLength(3);
	// n8n takes the first item for a failed one because of its field `error`.
	expect(textsIn(received)).toEqual(['a', 'b', 'c', 'a', 'a']);
});

describe('order and pace', () => {
	const texts = (n: number, to: (index: number) => string) =>
		Array.from({ length: n }, (_, index) => ({ to: to(index), text: `${index}` }));

	const slow = () =>
		slowApi(
			(request) => sent(request, 0),
			() => Math.random() * 8,
		);

	test('Messages at the Same Time left out: starts with 5 and learns how many more', async () => {
		let atFirst: number | undefined;
		const seen: Seen = slowApi(
			({ body: { body } }) => {
				atFirst ??= seen.peak;
				return [201, { data: messageObject(1, { body }) }];
			},
			() => 20,
		);
		const items = texts(60, (index) => `+141555501${String(index).padStart(2, '0')}`);
		const result = await runNode(items, setup());
		expect(atFirst).toBe(5);
		expect(seen.peak).toBeGreaterThan(10);
		expect(result.items.map(({ json }) => json.body)).toEqual(items.map(({ text }) => text));
	});

	test.each([1, 12])('Messages at the Same Time = %i: never more', async (maxConcurrency) => {
		const seen = slow();
		const items = numbered(40);
		const result = await runNode(items, setup({ options: { maxConcurrency } }));
		expect(seen.peak).toBe(maxConcurrency);
		expect(result.items.map(({ json }) => json.body)).toEqual(items.map(({ text }) => text));
	});

	test.each([
		['to three recipients from one sender', { sender: '+14155550100' }],
		[
			'from three senders to one recipient',
			{ sender: '={{ $json.to }}', recipients: '+14155550100' },
		],
	])('%s: in item order for each, and in parallel', async (_name, parameters) => {
		const seen = slow();
		const items = texts(30, (index) => `+1415555010${index % 3}`);
		await runNode(items, setup({ ...parameters, options: { maxConcurrency: 10 } }));
		for (const lane of [0, 1, 2]) {
			const order = seen.bodies.map(({ body }) => Number(body)).filter((n) => n % 3 === lane);
			expect(order).toEqual([...order].sort((a, b) => a - b));
		}
		expect(seen.peak).toBe(3);
	});

	test.each([1, 5])("n8n's own batching is kept, %i at a time", async (maxConcurrency) => {
		let cancel = () => {};
		const received = clerkChatApi((request, index) => {
			// The first batch is complete; time for a third request, if anybody made one.
			if (index === 1) void sleep(100).then(() => cancel());
			return sent(request, index);
		});
		const batch = { batchSize: 2, batchInterval: 5_000 };
		await runNode(numbered(6), {
			...setup({ requestOptions: { batching: { batch } }, options: { maxConcurrency } }),
			onStart: (run) => (cancel = run.cancel),
		});
		expect(received).toHaveLength(2);
	});

	test('once the run has ended, nothing waits for the next batch', async () => {
		clerkChatApi(() => [422, {}]);
		const batch = { batchSize: 1, batchInterval: 6_000 };
		const items = numbered(20);
		const { error } = await runNode(items, setup({ requestOptions: { batching: { batch } } }));
		// Nothing was sent, so there is nothing to say about sending the rest.
		expect(error?.description).toMatch(
			/^Not tried 19, failed 1: Clerk Chat didn't .*This is item 1 of 20 \(n8n counts from 0\)\.$/,
		);
	});

	const proxy = {
		protocol: 'http',
		host: 'my-proxy',
		port: 3128,
		auth: { username: 'name', password: 'word' },
	};

	test.each<[string, INodeParameters, object]>([
		['nothing', {}, { timeout: limits.timeout }],
		['Timeout', { timeout: 20_000 }, { timeout: 20_000 }],
		['Ignore SSL Issues', { allowUnauthorizedCerts: true }, { skipSslCertificateValidation: true }],
		['Proxy', { proxy: 'http://name:word@my-proxy:3128' }, { proxy }],
	])("n8n makes the request with %s from the node's settings", async (_name, set, expected) => {
		accepted();
		const made: IHttpRequestOptions[] = [];
		const result = await runNode([hello], {
			...setup({ requestOptions: set }),
			reroute: (request) => {
				made.push({ ...request });
				// There is none.
				delete request.proxy;
			},
		});
		expect(made).toMatchObject([expected]);
		expect(result.items).toHaveLength(1);
	});

	test.each(['proxy.local:3128', 'socks5://name:word@proxy:3128', 'http://na%me:word@proxy:3128'])(
		'a proxy that n8n would ignore is refused, and not shown: %s',
		async (proxy) => {
			const received = accepted();
			const { error } = await runNode([hello], setup({ requestOptions: { proxy } }));
			expect(error?.message).toBe("'Proxy' in the node's settings is not a valid address");
			expect(`${error?.message} ${error?.description}`).not.toContain(proxy);
			expect(received).toEqual([]);
		},
	);

	test('On Error = Stop: starts nothing more, and the counts say so', async () => {
		const received = answering({ 3: [422, { message: 'no' }] });
		const items = numbered(10);
		const { error } = await runNode(items, setup(oneAtATime));
		expect(received).toHaveLength(4);
		expect(error?.description).toMatch(/^Sent 3, not tried 6, failed 1: no\.<br>/);
		expect(error?.description).toContain(
			'This is item 4 of 10 (n8n counts from 0).<br>To continue with the others, set On Error in this node',
		);
	});

	test.each(['continueRegularOutput', 'continueErrorOutput'] as const)(
		'an invalid API key also ends the run with On Error = %s',
		async (onError) => {
			const received = clerkChatApi(() => [401, { message: 'Unauthorized' }]);
			const items = numbered(10);
			const result = await runNode(items, setup(oneAtATime, { onError }));
			expect(received).toHaveLength(1);
			const output = [...result.items, ...result.errorItems];
			expect(output.map(({ json }) => (json.error as IDataObject).outcome)).toEqual([
				'refused',
				...Array<string>(9).fill('notTried'),
			]);
			expect(output[5]).toMatchObject({
				json: {
					error: {
						message: "Clerk Chat doesn't accept the API key",
						description: expect.stringMatching(
							/^Not tried: the run ended at item 1\. Details: "Unauthorized"\./,
						) as string,
					},
				},
				pairedItem: { item: 5 },
			});
		},
	);

	test('a 429 pauses all requests, and a long queue at a slow limit still finishes', async () => {
		jest.replaceProperty(limits, 'patience', 300);
		jest.replaceProperty(limits, 'longestWait', 30);
		const perWindow = new Map<number, number>();
		const received = clerkChatApi((_request, index) => {
			const window = Math.floor(Date.now() / 25);
			const count = (perWindow.get(window) ?? 0) + 1;
			perWindow.set(window, count);
			return count > 2
				? [429, { message: 'slow down' }, { 'retry-after': '0.05' }]
				: [201, { data: messageObject(index) }];
		});
		const items = numbered(30);
		const started = Date.now();
		const result = await runNode(items, setup());
		expect(result.status).toBe('success');
		expect(Date.now() - started).toBeGreaterThan(limits.patience);
		expect(received.length).toBeGreaterThan(30);
	});

	test("requests waiting after a 429 when the run ends: not tried, because they weren't sent", async () => {
		const received = clerkChatApi(({ body }) =>
			body.body === '0' ? [429, {}, { 'retry-after': '5' }] : [401, {}],
		);
		const { items } = await runNode(numbered(2), setup({}, toContinue));
		expect(received).toHaveLength(2);
		expect(items).toMatchObject([
			{ json: { error: { httpCode: '401', outcome: 'notTried' } } },
			{ json: { error: { httpCode: '401', outcome: 'refused' } } },
		]);
	});

	test('cancelling starts nothing more', async () => {
		const seen = slow();
		const items = numbered(200);
		const result = await runNode(items, {
			...setup({}, { retryOnFail: true }),
			onStart: ({ cancel }) => void sleep(60).then(cancel),
		});
		expect(result.items).toEqual([]);
		const atCancel = seen.bodies.length;
		expect(atCancel).toBeLessThan(200);
		await sleep(80);
		expect(seen.bodies.length).toBe(atCancel);
	});
});

test('replayed items are returned complete and linked, and nothing is saved if all went well', async () => {
	const answers: Record<string, Answer> = { b: [403, {}] };
	const received = answering(answers);
	const items = ['a', 'b', 'c'].map((text) => ({ to: '+14155550123', text }));
	const stopped = await runNode(items, setup());
	expect(textsIn(received)).toEqual(['a', 'b']);
	delete answers.b;
	const retried = await retry(stopped, items, setup());
	expect(textsIn(received)).toEqual(['a', 'b', 'b', 'c']);
	expect(retried.items.map(({ json }) => [json.id, json.body, json.somethingNew])).toEqual([
		[1, 'a', { kept: true }],
		[3, 'b', { kept: true }],
		[4, 'c', { kept: true }],
	]);
	expect(linksOf(retried.items)).toEqual([0, 1, 2]);
	expect(retried.data.executionData?.contextData['node:Clerk Chat'].sending).toEqual({
		version: 1,
		entries: {},
		last: expect.objectContaining({ run: '0' }) as IDataObject,
	});
});

test('an edited message counts as another one', async () => {
	const received = answering({ b: [422, {}] });
	const before = ['a', 'b'].map((text) => ({ to: '+14155550123', text }));
	const stopped = await runNode(before, setup());
	await retry(stopped, before, setup({ body: '={{ $json.text }}!' }));
	expect(textsIn(received)).toEqual(['a', 'b', 'a!', 'b!']);
});

test.each([API_KEY, `  ${API_KEY}\n`])(
	"the vendor's response never exposes the API key in an error, however it was pasted: %j",
	async (apiKey) => {
		clerkChatApi(() => [401, { message: `The key ${API_KEY} is not known` }]);
		const keys: unknown[] = [];
		const result = await runNode([hello], {
			...setup(),
			credentials: { apiKey, baseUrl: BASE_URL },
			reroute: ({ headers }) => void keys.push(headers?.apiKey),
		});
		expect(keys).toEqual([API_KEY]);
		expect(result.error?.description).toContain('The key *** is not known');
		expect(JSON.stringify(result)).not.toContain(API_KEY);
	},
);

describe('what people read when items failed', () => {
	const api = () => answering({ refused: [422, { message: 'no' }], lost: [500, {}] });

	test('On Error = Continue: a summary in a hint, and the recipient in the item', async () => {
		api();
		const items = itemsOf('a', 'refused', 'lost', 'b', 'refused');
		const result = await runNode(items, setup({}, toContinue));
		expect(hintsOf(result)).toEqual(['Sent 2, unclear 1, failed 2: no.']);
		expect(warningsOf(result)).toEqual(hintsOf(result));
		expect(result.items.map(({ json }) => (json.error as IDataObject | null)?.to)).toEqual([
			undefined,
			numberOf(1),
			numberOf(2),
			undefined,
			numberOf(4),
		]);
	});

	test('all went well: the count', async () => {
		api();
		const result = await runNode(itemsOf('a', 'b'), setup());
		expect(hintsOf(result)).toEqual(['Sent 2.']);
		expect(warningsOf(result)).toEqual([]);
	});

	test('several bad rows: one error of up to six lines, grouped by problem', async () => {
		api();
		const items = Array.from({ length: 20 }, (_, index) => ({
			to: index % 2 === 0 || index > 17 || index === 3 ? 'x' : '',
			text: index === 3 ? 'c' : 'd',
		}));
		const body = '={{ $json.text === "c" ? "" : $json.text }}';
		const { error } = await runNode([...items, ...items.slice(0, 6)], setup({ body }));
		expect(error?.message).toBe('12 of 26 items have an invalid field');
		const lines = error!.description!.split('<br>');
		expect(lines.length).toBeLessThanOrEqual(6);
		expect(lines[0]).toBe('Nothing was sent.');
		expect(lines[1]).toBe("Items 2, 6, 8, 10, 12, 14, 16, 18, 22, 26: 'To' is empty.");
		expect(lines[2]).toBe("Items 4, 24: 'Message' is empty.");
		expect(error?.context.itemIndex).toBe(1);
	});

	test('several bad rows: advice once per kind', async () => {
		api();
		const items = [{ to: '+1x' }, { to: '' }, { to: '+2x' }, { to: '+14155550101' }, { to: '' }];
		const { error } = await runNode(items, setup({ body: 'Hi' }));
		const count = (words: string) => error!.description!.split(words).length - 1;
		expect(count('After the +, enter the country code and the number')).toBe(1);
		expect(count('Enter at least one phone number with + and country code')).toBe(1);
	});

	test('several rows with the same problem: one message with the rows', async () => {
		api();
		const items = Array.from({ length: 12 }, () => ({ to: '' }));
		const { error } = await runNode([{ to: '+14155550101' }, ...items], setup({ body: 'Hi' }));
		expect(error?.message).toBe("'To' is empty in 12 of 13 items");
		expect(error?.description).toMatch(
			/^Nothing was sent\.<br>Items 2, 3, 4, 5, 6, 7, 8, 9, 10, 11 and 2 more\.<br>Enter /,
		);
		expect(error?.description).not.toContain("'To' is empty");
	});

	test('On Error = Stop and refused: the advice works', async () => {
		const received = api();
		const items = itemsOf('a', 'refused', 'b');
		const stopped = await runNode(items, setup(oneAtATime));
		expect(stopped.error?.description).toMatch(
			/'Continue \(using error output\)'.*'Retry with currently saved workflow'/,
		);
		const retried = await retry(stopped, items, setup(oneAtATime, toErrorOutput));
		expect(linksOf(retried.items)).toEqual([0, 2]);
		expect(retried.errorItems).toHaveLength(1);
		expect(textsIn(received)).toEqual(['a', 'refused', 'refused', 'b']);
	});

	test('a Retry-After that is too long ends the run at once and says when to try again', async () => {
		const received = clerkChatApi((_request, index) =>
			index === 0 ? [201, { data: messageObject(1) }] : [429, {}, { 'retry-after': '5400' }],
		);
		const { error } = await runNode(itemsOf('a', 'b', 'c'), setup(oneAtATime));
		expect(received).toHaveLength(2);
		expect(error?.message).toBe('Clerk Chat is receiving too many requests');
		expect(error?.description).toMatch(
			/asks n8n to wait 90 minutes\. Try again after \d{4}-\d\d-\d\d \d\d:\d\d \(/,
		);
		expect(error?.description).toMatch(/^Sent 1, not tried 1, failed 1: /);
	});
});

test.each([undefined, { retryOnFail: true, maxTries: 2 }])(
	"data that no later try can use isn't kept in the execution: at most 5 %% of the output (%j)",
	async (more) => {
		answering({ '0': [422, {}] });
		const items = numbered(100);
		const settings = { ...toContinue, ...more };
		const result = await runNode(items, setup({ options: { maxConcurrency: 100 } }, settings));
		const notes = JSON.stringify(result.data.executionData?.contextData).length;
		expect(result.items).toHaveLength(100);
		expect(notes).toBeLessThan(JSON.stringify(result.items).length * 0.05);
	},
);
