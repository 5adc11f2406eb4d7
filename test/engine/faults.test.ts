import type { IDataObject } from 'n8n-workflow';
import { limits } from '../../nodes/api/limits';
import { isErrorItem } from '../../nodes/api/errors';
import { startSandbox } from '../sandbox/sandbox';
import type { Sandbox } from '../sandbox/sandbox';
import { retry, runNode } from './engine';
import type { Result, Setup } from './engine';

/*
 * The promise about sending, row by row (docs/sending.md): each fault once, and one of each kind in each position among
 * three items, with each setting of On Error, with and without Retry On Fail. test/random plays what is in between. The
 * other side is the sandbox with real connections.
 */

interface Fault {
	name: string;
	recipient: string;
	/** What is known after it: certainly not sent, possibly sent, or it goes through in the end. */
	then: 'refused' | 'unknown' | 'passes';
	/** Whether nothing further is started, whatever On Error says. */
	endsAll?: boolean;
	/** How many requests with it reach the sandbox each time n8n runs the node; 1 when left out. */
	requests?: number;
	/** n8n's time-out for the request; the sandbox's slow answer takes 400 ms. */
	timeoutMs?: number;
	httpCode?: string;
	message: RegExp;
	detail?: RegExp;
}

/** One of each kind: refused, ends all, unknown, passes in the end, and no connection. */
const IN_FULL = new Set(['422', '401', '500', '429 with seconds, once', 'refused connection']);

/** Requests with this recipient go to a port where nobody listens. */
const UNREACHABLE = '+15005550999';

const faults: Fault[] = [
	{
		name: '400',
		recipient: '+15005550400',
		then: 'refused',
		httpCode: '400',
		message: /could not read the request/,
		detail: /The request body is not valid/,
	},
	{
		name: '401',
		recipient: '+15005550401',
		then: 'refused',
		endsAll: true,
		httpCode: '401',
		message: /does not accept the API key/,
		detail: /Settings > API/,
	},
	{
		name: '403',
		recipient: '+15005550403',
		then: 'refused',
		httpCode: '403',
		message: /not allowed/,
		detail: /This key may not send/,
	},
	{
		name: '404',
		recipient: '+15005550404',
		then: 'refused',
		httpCode: '404',
		message: /did not find/,
		detail: /No inbox has this sender/,
	},
	{
		name: '422',
		recipient: '+15005550422',
		then: 'refused',
		httpCode: '422',
		message: /did not accept the values/,
		detail: /has opted out; sender is not registered/,
	},
	{
		name: '429 that asks for a longer wait than patience lasts',
		recipient: '+15005550429',
		then: 'refused',
		endsAll: true,
		httpCode: '429',
		message: /too many requests/,
	},
	{
		name: '429 with seconds, once',
		recipient: '+15005550612',
		then: 'passes',
		requests: 2,
		message: /^/,
	},
	{
		name: '429 with a date, once',
		recipient: '+15005550611',
		then: 'passes',
		requests: 2,
		message: /^/,
	},
	{
		name: '429 without a header, once',
		recipient: '+15005550610',
		then: 'passes',
		requests: 2,
		message: /^/,
	},
	{
		name: '500',
		recipient: '+15005550500',
		then: 'unknown',
		httpCode: '500',
		message: /trouble on its side/,
		detail: /Internal server error/,
	},
	{
		name: '500, once',
		recipient: '+15005550613',
		then: 'unknown',
		httpCode: '500',
		message: /trouble on its side/,
	},
	{
		name: '502',
		recipient: '+15005550502',
		then: 'unknown',
		httpCode: '502',
		message: /trouble on its side/,
		detail: /The carrier did not answer/,
	},
	{
		name: '503',
		recipient: '+15005550503',
		then: 'unknown',
		httpCode: '503',
		message: /trouble on its side/,
		detail: /Down for maintenance/,
	},
	{
		name: '504',
		recipient: '+15005550504',
		then: 'unknown',
		httpCode: '504',
		message: /trouble on its side/,
	},
	{
		name: 'time-out',
		recipient: '+15005550600',
		timeoutMs: 150,
		then: 'unknown',
		message: /did not answer in time/,
	},
	{
		name: 'reset, nothing kept',
		recipient: '+15005550601',
		then: 'unknown',
		message: /connection to Clerk Chat ended/,
	},
	{
		name: 'reset, message kept',
		recipient: '+15005550602',
		then: 'unknown',
		message: /connection to Clerk Chat ended/,
	},
	{
		name: 'HTML with 200',
		recipient: '+15005550603',
		then: 'unknown',
		httpCode: '200',
		message: /does not look like one from Clerk Chat/,
	},
	{
		name: 'HTML with 502',
		recipient: '+15005550604',
		then: 'unknown',
		httpCode: '502',
		message: /trouble on its side/,
	},
	{
		name: 'rejected 201',
		recipient: '+15005550605',
		then: 'refused',
		httpCode: '201',
		message: /The message was not sent/,
		detail: /The carrier refused the message, code 30007/,
	},
	{
		name: '201 without a message',
		recipient: '+15005550606',
		then: 'unknown',
		httpCode: '201',
		message: /does not look like one from Clerk Chat/,
	},
	{
		name: 'unreadable 201',
		recipient: '+15005550607',
		then: 'unknown',
		httpCode: '201',
		message: /does not look like one from Clerk Chat/,
	},
	{
		name: 'redirect',
		recipient: '+15005550608',
		then: 'unknown',
		httpCode: '302',
		message: /leads to another address/,
	},
	{
		name: 'refused connection',
		recipient: UNREACHABLE,
		then: 'refused',
		requests: 0,
		message: /could not be reached/,
		detail: /ECONNREFUSED/,
	},
];

const onErrors = ['stopWorkflow', 'continueRegularOutput', 'continueErrorOutput'] as const;
const tries = { off: 1, on: 3 };
const positions = { first: 0, middle: 1, last: 2 };

let sandbox: Sandbox;

/** An address where nobody listens. */
let closedPort: string;

beforeAll(async () => {
	sandbox = await startSandbox();
	const closed = await startSandbox();
	closedPort = closed.url;
	await closed.close();
});

afterAll(async () => {
	await sandbox.close();
});

beforeEach(() => {
	sandbox.reset();
	sandbox.settings({ slowMs: 400 });
	jest.replaceProperty(limits, 'longestWait', 15);
	jest.replaceProperty(limits, 'patience', 150);
	jest.replaceProperty(limits, 'firstWait', 5);
	jest.replaceProperty(limits, 'firstRepeatWait', 2);
});

afterEach(() => {
	jest.restoreAllMocks();
});

const setup = (settings: Setup['settings'], options = {}, timeoutMs = 10_000): Setup => ({
	parameters: {
		resource: 'message',
		operation: 'send',
		sender: '+14155550100',
		recipients: '={{ $json.to }}',
		body: '=Order {{ $json.order }}',
		options,
		requestOptions: { timeout: timeoutMs },
	},
	settings: { waitBetweenTries: 1, ...settings },
	credentials: { apiKey: sandbox.apiKey, baseUrl: sandbox.url },
	reroute: (request) => {
		if (JSON.stringify(request.body).includes(UNREACHABLE)) request.baseURL = closedPort;
	},
});

/** Three items of which one, at the position (from 0), goes to the recipient. */
const itemsWith = (recipient: string, position: number) =>
	[0, 1, 2].map((index) => ({
		order: `A${index}`,
		to: index === position ? recipient : `+1415555020${index}`,
	}));

/** How many requests reached the sandbox, by recipient. */
const received = (): Record<string, number> => {
	const counts: Record<string, number> = {};
	for (const { body } of sandbox.requests()) {
		const [recipient] = (body as { recipients: string[] }).recipients;
		counts[recipient] = (counts[recipient] ?? 0) + 1;
	}
	return counts;
};

/** What is saved with the execution: one entry for each request. */
const memoryOf = ({ data }: Result) => {
	const sending = data.executionData?.contextData['node:Clerk Chat']?.sending;
	return Object.keys(((sending as IDataObject)?.notes ?? {}) as IDataObject);
};

/** How many times n8n runs the node: it repeats after a throw, and after an error in the first item of the output. */
const runsOf = (fault: Fault, onError: string, retryOnFail: 'on' | 'off', position: number) =>
	fault.then !== 'passes' && (onError === 'stopWorkflow' || position === 0)
		? tries[retryOnFail]
		: 1;

describe.each(faults)('$name', (fault) => {
	// A short patience ends on a busy machine before what passes has passed.
	if (fault.then === 'passes')
		beforeEach(() => void jest.replaceProperty(limits, 'patience', 10_000));

	const all = IN_FULL.has(fault.name);
	describe.each(all ? onErrors : onErrors.slice(0, 1))('On Error = %s', (onError) => {
		describe.each(all ? (['off', 'on'] as const) : (['off'] as const))(
			'Retry On Fail %s',
			(retryOnFail) => {
				test.each(all ? (['first', 'middle', 'last'] as const) : (['middle'] as const))(
					'in the %s item',
					async (where) => {
						const position = positions[where];
						const items = itemsWith(fault.recipient, position);
						const settings = { onError, retryOnFail: retryOnFail === 'on' };
						const result = await runNode(items, setup(settings, {}, fault.timeoutMs));

						// What the other side received.
						const counts = received();
						const runs = runsOf(fault, onError, retryOnFail, position);
						if (fault.then === 'unknown') expect(counts[fault.recipient]).toBe(1);
						else expect(counts[fault.recipient] ?? 0).toBe((fault.requests ?? 1) * runs);
						for (const { to } of items.filter(({ to }) => to !== fault.recipient)) {
							expect(counts[to]).toBe(1);
						}

						// What came out.
						expect(JSON.stringify(result)).not.toContain(sandbox.apiKey);
						if (fault.then === 'passes') {
							expect(result.items.map(({ json }) => json.body)).toEqual([
								'Order A0',
								'Order A1',
								'Order A2',
							]);
							expect(memoryOf(result)).toEqual([]);
							return;
						}
						if (onError === 'stopWorkflow') {
							expect(memoryOf(result)).not.toEqual([]);
							expect(result.status).toBe('error');
							expect(result.error?.message).toMatch(fault.message);
							expect(result.error?.description).toMatch(fault.detail ?? /^/);
							expect(result.error?.description).toContain(
								`This is item ${position + 1} of 3 (n8n counts from 0).`,
							);
							expect(result.error?.description).toContain('Of the others: 2 sent.');
							expect(result.error?.context.itemIndex).toBe(position);
							expect(result.error?.httpCode ?? undefined).toBe(fault.httpCode);
							expect(result.error?.description).toMatch(
								fault.then === 'unknown'
									? /not known whether the message was sent/
									: /^((?!not known).)*$/,
							);
							return;
						}
						expect(memoryOf(result)).toEqual([]);
						expect(result.status).toBe('success');
						const output = onError === 'continueErrorOutput' ? result.errorItems : result.items;
						const [failed] = output.filter(isErrorItem);
						expect(failed.json.error).toMatchObject({
							message: expect.stringMatching(fault.message) as string,
							description: expect.stringMatching(fault.detail ?? /./) as string,
							outcome: fault.then,
							...(fault.httpCode && { httpCode: fault.httpCode }),
						});
						expect(failed.pairedItem).toEqual({ item: position });
						const sent = result.items.filter((item) => !isErrorItem(item));
						expect(sent.map(({ json }) => json.body)).toEqual(
							['Order A0', 'Order A1', 'Order A2'].filter((_, index) => index !== position),
						);
						expect(sent.map(({ pairedItem }) => pairedItem)).toEqual(
							[0, 1, 2].filter((index) => index !== position).map((item) => ({ item })),
						);
						if (onError === 'continueErrorOutput') expect(failed.json.order).toBe(`A${position}`);
					},
				);
			},
		);
	});
});

describe('the Retry button on an execution that stopped', () => {
	test.each(faults.filter(({ then }) => then !== 'passes'))('$name', async (fault) => {
		const items = itemsWith(fault.recipient, 1);
		const setUp = setup({ onError: 'stopWorkflow' }, {}, fault.timeoutMs);
		const stopped = await runNode(items, setUp);
		const before = received()[fault.recipient] ?? 0;
		const retried = await retry(stopped, items, setUp);
		const counts = received();
		expect([counts['+14155550200'], counts['+14155550202']]).toEqual([1, 1]);
		if (fault.then === 'unknown') {
			expect(counts[fault.recipient]).toBe(1);
			expect(retried.error?.message).toBe(stopped.error?.message);
			expect(retried.error?.description).toBe(stopped.error?.description);
		} else if (fault.requests !== 0) expect(counts[fault.recipient]).toBeGreaterThan(before);
	});

	test('sends what is left behind an item that may have been sent, and tells of that one again', async () => {
		const items = [...itemsWith('+15005550613', 1), { order: 'A3', to: '+14155550203' }];
		const setUp = setup({ onError: 'stopWorkflow' }, { maxConcurrency: 1 });
		const stopped = await runNode(items, setUp);
		expect(stopped.error?.description).toContain('Of the others: 1 sent, 2 not tried.');
		const retried = await retry(stopped, items, setUp);
		expect(retried.error?.message).toBe(stopped.error?.message);
		expect(retried.error?.description).toContain('Of the others: 3 sent.');
		expect(Object.values(received())).toEqual([1, 1, 1, 1]);
	});

	test('sends again what may have been sent when the user chose so', async () => {
		const items = itemsWith('+15005550613', 1);
		const again = setup({ onError: 'stopWorkflow' }, { unknownOutcome: 'resend' });
		const stopped = await runNode(items, again);
		expect(stopped.error?.message).toMatch(/trouble on its side/);
		const retried = await retry(stopped, items, again);
		expect(retried.items.map(({ json }) => json.body)).toEqual([
			'Order A0',
			'Order A1',
			'Order A2',
		]);
		expect(received()).toEqual({ '+14155550200': 1, '+15005550613': 2, '+14155550202': 1 });
		expect(memoryOf(retried)).toEqual([]);
	});
});

test('a limit is learned: after the first 429 hardly anybody is turned away', async () => {
	jest.restoreAllMocks();
	sandbox.settings({ rateLimit: { limit: 10, perMs: 1000 } });
	const items = Array.from({ length: 40 }, (_, n) => ({
		order: `${n}`,
		to: `+141555503${10 + n}`,
	}));
	const result = await runNode(items, setup({}, { maxConcurrency: 5 }));
	expect(result.items).toHaveLength(40);
	const { messages, requestsByStatus } = sandbox.stats();
	expect(messages).toBe(40);
	// Those that were on their way together when the limit was reached for the first time, and few more on a busy machine.
	expect(requestsByStatus[429]).toBeLessThanOrEqual(10);
});
