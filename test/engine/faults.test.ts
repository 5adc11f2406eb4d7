import type { IDataObject } from 'n8n-workflow';
import { limits } from '../../nodes/api/limits';
import { isErrorItem } from '../../nodes/api/errors';
import { startSandbox } from '../sandbox/sandbox';
import type { Sandbox } from '../sandbox/sandbox';
import { hintsOf, retry, runNode } from './engine';
import type { Result, Setup } from './engine';
import { linksOf, oneAtATime, setup, toContinue, toErrorOutput } from './messages';

/*
 * The guarantees for sending, row by row (docs/sending.md). Each test sends three items, one of them to a number that
 * makes the sandbox simulate a fault. The connections to the sandbox are real. test/random covers the combinations.
 */

interface Fault {
	/** What came back. */
	name: string;
	/** What is known then. */
	known: string;
	/** The recipient that makes the sandbox play it. */
	recipient: string;
	/** What the error holds: the status, if there was one, what happened, and what Clerk Chat or the connection said itself. */
	httpCode: string;
	message: string;
	detail: string;
}

const faults = `
	400                      | not sent | +15005550400 | 400 | couldn't read the request  | The request body is not valid
	403                      | not sent | +15005550403 | 403 | not allowed                 | This key may not send
	404                      | not sent | +15005550404 | 404 | couldn't find               | No inbox has this sender
	422                      | not sent | +15005550422 | 422 | didn't accept the values    | has opted out; sender is not registered
	201 with status: failed  | not sent | +15005550605 | 201 | The message was not sent    | The carrier refused the message, code 30007
	no connection            | not made | +15005550999 |     | couldn't reach Clerk Chat   | ECONNREFUSED
	401                      | ends all | +15005550401 | 401 | doesn't accept the API key | Settings > API
	429 for ever             | ends all | +15005550429 | 429 | too many requests           | Too Many Requests
	500                      | unknown  | +15005550500 | 500 | an issue on its side         | Internal server error
	500, once                | unknown  | +15005550613 | 500 | an issue on its side         |
	500, kept                | unknown  | +15005550614 | 500 | an issue on its side         |
	502                      | unknown  | +15005550502 | 502 | an issue on its side         | The carrier did not answer
	503                      | unknown  | +15005550503 | 503 | an issue on its side         | Down for maintenance
	504                      | unknown  | +15005550504 | 504 | an issue on its side         |
	time-out                 | unknown  | +15005550600 |     | didn't answer in time       |
	reset, nothing kept      | unknown  | +15005550601 |     | Clerk Chat ended            |
	reset, kept              | unknown  | +15005550602 |     | Clerk Chat ended            |
	HTML with 200            | unknown  | +15005550603 | 200 | doesn't look like one      |
	HTML with 502            | unknown  | +15005550604 | 502 | an issue on its side         |
	201 without a message    | unknown  | +15005550606 | 201 | doesn't look like one      |
	201, cut off             | unknown  | +15005550607 | 201 | doesn't look like one      |
	redirect                 | unknown  | +15005550608 | 302 | redirects to another address    |
	429 with seconds, once   | passes   | +15005550612 |     |                             |
	429 with a date, once    | passes   | +15005550611 |     |                             |
	429 without header, once | passes   | +15005550610 |     |                             |`
	.trim()
	.split('\n')
	.map((row): Fault => {
		const [name, known, recipient, httpCode, message, detail] = row
			.split('|')
			.map((cell) => cell.trim());
		return { name, known, recipient, httpCode, message, detail };
	});

const areKnown = (as: string) => faults.filter(({ known }) => known === as);
const named = (wanted: string) => faults.find(({ name }) => name === wanted)!;

/** Requests with this recipient go to a port where nobody listens, and n8n waits shortly for this one. */
const NOT_REACHED = named('no connection').recipient;
const SLOW = named('time-out').recipient;

let sandbox: Sandbox;

/** An address where nobody listens. */
let closedPort: string;

/** How many requests were made for a recipient, whether they arrived or not. */
let made: Record<string, number>;

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
	// The record shows nothing, so unclear results stay unclear.
	sandbox.settings({ slowMs: 400, record: { access: 'forbidden' } });
	made = {};
	jest.replaceProperty(limits, 'longestWait', 15);
	jest.replaceProperty(limits, 'patience', 150);
	jest.replaceProperty(limits, 'firstWait', 5);
	jest.replaceProperty(limits, 'firstRepeatWait', 2);
});

afterEach(() => {
	jest.restoreAllMocks();
});

const nodeWith = (settings: Setup['settings'], options = {}): Setup => ({
	...setup({ options }, settings),
	credentials: { apiKey: sandbox.apiKey, baseUrl: sandbox.url },
	reroute: (request) => {
		const [recipient] = (request.body as { recipients?: string[] } | undefined)?.recipients ?? [];
		if (recipient === undefined) return;
		made[recipient] = (made[recipient] ?? 0) + 1;
		if (recipient === NOT_REACHED) request.baseURL = closedPort;
		if (recipient === SLOW) request.timeout = 150;
	},
});

const others = ['+14155550200', '+14155550201', '+14155550202'];

const replaced = <T>(list: T[], position: number, by: T): T[] =>
	list.map((each, index) => (index === position ? by : each));

/** Three items, the one at `position` to the recipient. */
const itemsWith = (recipient: string, position: number) =>
	replaced(others, position, recipient).map((to, index) => ({ to, text: `text ${index}` }));

/** How many requests to send something have arrived, in the order of the items. */
const received = (recipient: string, position: number) =>
	replaced(others, position, recipient).map((to) => {
		const arrived = sandbox.requests().filter(({ method }) => method === 'POST');
		return arrived.filter(({ body }) => (body as { recipients: string[] }).recipients[0] === to)
			.length;
	});

/** Runs the node and returns its output and what arrived; the API key must not appear anywhere. */
async function run(recipient: string, position: number, used: Setup) {
	const result = await runNode(itemsWith(recipient, position), used);
	expect(JSON.stringify(result)).not.toContain(sandbox.apiKey);
	return { result, requests: received(recipient, position) };
}

/** How much is saved of what the node remembers. */
const notesOf = ({ data }: Result) => {
	const sending = data.executionData?.contextData['node:Clerk Chat']?.sending as IDataObject;
	return Object.keys((sending?.entries ?? {}) as IDataObject).length;
};

const wordsOf = (error: Result['error']) => ({
	message: error?.message,
	description: error?.description,
});

const textsOf = ({ items }: Result) => items.map(({ json }) => json.body);

/** The run has ended with the fault of the item at `position`. */
function expectStop({ result }: { result: Result }, fault: Fault, position: number) {
	const { error } = result;
	expect(result.status).toBe('error');
	expect(error?.message).toContain(fault.message);
	expect(error?.description).toContain(fault.detail);
	expect(error?.description).toContain(`This is item ${position + 1} of 3 (n8n counts from 0).`);
	expect(error?.context.itemIndex).toBe(position);
	expect(error?.httpCode ?? '').toBe(fault.httpCode);
	expect(notesOf(result)).toBeGreaterThan(0);
}

/** The item at `position` has failed with the fault, and the others are sent; all are linked, and nothing is saved. */
function expectErrorItem(
	{ result }: { result: Result },
	{ message, detail, httpCode }: Fault,
	position: number,
	outcome: 'refused' | 'unknown',
) {
	const failed = [...result.items, ...result.errorItems].filter(isErrorItem);
	expect(result.status).toBe('success');
	expect(linksOf(failed)).toEqual([position]);
	expect(failed[0].json.error).toMatchObject({
		message: expect.stringContaining(message) as string,
		description: expect.stringContaining(detail) as string,
		outcome,
		...(httpCode && { httpCode }),
	});
	const well = result.items.filter((item) => !isErrorItem(item));
	const rest = [0, 1, 2].filter((index) => index !== position);
	expect(well.map(({ json }) => json.body)).toEqual(rest.map((index) => `text ${index}`));
	expect(linksOf(well)).toEqual(rest);
	// A later run of the node, in a loop, does not send again what may have been sent.
	expect(notesOf(result)).toBe(outcome === 'unknown' ? 1 : 0);
}

/* The counts shown, the requests made, and the further ones made by a retry. */
const rules: Array<[string, RegExp, number[], number[]]> = [
	['not sent', /^Sent 2, failed 1: .+?\.<br>/, [1, 1, 1], [1, 2, 1]],
	['ends all', /^Sent 1, not tried 1, failed 1: .+?\.<br>/, [1, 1, 0], [1, 2, 0]],
	['unknown', /^Sent 2, unclear 1\.<br>/, [1, 1, 1], [1, 1, 1]],
];

describe.each(rules)('%s', (known, counts, requests, requestsAfterRetry) => {
	const isUnknown = known === 'unknown';
	const settings = known === 'ends all' ? oneAtATime.options : {};

	describe.each(areKnown(known))('$name', (fault) => {
		const { recipient } = fault;

		test('Stop: the error says so; the Retry button sends it again unless it may have been sent', async () => {
			const used = nodeWith({}, settings);
			const stopped = await run(recipient, 1, used);
			expectStop(stopped, fault, 1);
			const { error } = stopped.result;
			expect(error?.description).toMatch(counts);
			expect(error?.description?.includes('unclear whether the message was sent')).toBe(isUnknown);
			expect(stopped.requests).toEqual(requests);
			const retried = await retry(stopped.result, itemsWith(recipient, 1), used);
			if (isUnknown) expect(retried.error).toMatchObject(wordsOf(error));
			expect(received(recipient, 1)).toEqual(requestsAfterRetry);
		});

		test('Continue: it is an error item, and the others are sent unless it ends the run', async () => {
			const used = nodeWith(toContinue, oneAtATime.options);
			const done = await run(recipient, 1, used);
			expect(done.requests).toEqual(requests);
			if (known !== 'ends all') {
				expectErrorItem(done, fault, 1, isUnknown ? 'unknown' : 'refused');
				return;
			}
			expect(done.result.items).toMatchObject([
				{ json: { body: 'text 0' }, pairedItem: { item: 0 } },
				{ json: { error: { outcome: 'refused' } }, pairedItem: { item: 1 } },
				{ json: { error: { outcome: 'notTried' } }, pairedItem: { item: 2 } },
			]);
		});
	});
});

describe.each(areKnown('passes'))('$name: waits and then goes through', ({ recipient }) => {
	test.each(['stopWorkflow', 'continueErrorOutput'] as const)('%s', async (onError) => {
		// A short patience ends on a busy machine before what passes has passed.
		jest.replaceProperty(limits, 'patience', 10_000);
		const { result, requests } = await run(recipient, 1, nodeWith({ onError, retryOnFail: true }));
		expect(requests).toEqual([1, 2, 1]);
		expect(textsOf(result)).toEqual(['text 0', 'text 1', 'text 2']);
		expect(result.errorItems).toEqual([]);
		expect(notesOf(result)).toBe(0);
	});
});

test('no connection: 4 tries, and 4 more with the Retry button', async () => {
	const { recipient } = named('no connection');
	const used = nodeWith({});
	const stopped = await run(recipient, 1, used);
	expect(stopped.result.error?.description).not.toContain('unclear whether');
	expect(made).toEqual({ [recipient]: 4, [others[0]]: 1, [others[2]]: 1 });
	await retry(stopped.result, itemsWith(recipient, 1), used);
	expect(made).toEqual({ [recipient]: 8, [others[0]]: 1, [others[2]]: 1 });
});

describe.each([
	{ fault: named('422'), outcome: 'refused', inTries: [1, 2, 3] },
	{ fault: named('500'), outcome: 'unknown', inTries: [1, 1, 1] },
	{ fault: named('no connection'), outcome: 'refused', inTries: [4, 8, 12] },
] as const)('$fault.name, in each position', ({ fault, outcome, inTries }) => {
	const { recipient } = fault;
	const [inOneTry, , inThreeTries] = inTries;
	const retryOnFail = true;
	const madeTo = (position: number) => replaced(others, position, recipient).map((to) => made[to]);

	describe.each([0, 1, 2])('item %i', (position) => {
		test('Stop: Retry On Fail gives it three tries, and the others one', async () => {
			expectStop(await run(recipient, position, nodeWith({ retryOnFail })), fault, position);
			expect(madeTo(position)).toEqual(replaced([1, 1, 1], position, inThreeTries));
		});

		test.each(['continueRegularOutput', 'continueErrorOutput'] as const)(
			'%s: one try each, every item returned and linked',
			async (onError) => {
				const done = await run(recipient, position, nodeWith({ onError }));
				expectErrorItem(done, fault, position, outcome);
				expect(madeTo(position)).toEqual(replaced([1, 1, 1], position, inOneTry));
			},
		);
	});

	test("the error output has the item's fields, and the main output the others", async () => {
		const { result } = await run(recipient, 1, nodeWith(toErrorOutput));
		expect(result.errorItems).toMatchObject([{ json: { to: recipient, text: 'text 1' } }]);
		expect(textsOf(result)).toEqual(['text 0', 'text 2']);
	});

	test.each([
		['continueRegularOutput', 0, inThreeTries],
		['continueRegularOutput', 1, inOneTry],
		['continueErrorOutput', 0, inThreeTries],
		['continueErrorOutput', 2, inOneTry],
	] as const)(
		'%s with Retry On Fail: n8n tries again when it is the first item (%i)',
		async (onError, position, requests) => {
			const done = await run(recipient, position, nodeWith({ onError, retryOnFail }));
			expectErrorItem(done, fault, position, outcome);
			expect(madeTo(position)).toEqual(replaced([1, 1, 1], position, requests));
		},
	);
});

describe('perhaps sent, with the record open', () => {
	test.each([
		['500, kept', '+15005550614'],
		['reset, kept', '+15005550602'],
	])('%s: returned as sent, as on record', async (_name, recipient) => {
		sandbox.settings({ record: { access: 'allowed' } });
		const { result, requests } = await run(
			recipient,
			1,
			nodeWith({ retryOnFail: true }, oneAtATime.options),
		);
		expect(requests).toEqual([1, 1, 1]);
		expect(result.status).toBe('success');
		expect(result.items.map(({ json, pairedItem }) => [json.id, pairedItem])).toEqual(
			sandbox.messages().map(({ message }, item) => [message.id, { item }]),
		);
		expect(hintsOf(result)).toEqual(["Sent 3 (1 confirmed by Clerk Chat's history)."]);
		expect(notesOf(result)).toBe(0);
	});

	test('500 and not on record: still unclear', async () => {
		sandbox.settings({ record: { access: 'allowed' } });
		const stopped = await run('+15005550500', 1, nodeWith({ retryOnFail: true }));
		expectStop(stopped, named('500'), 1);
		expect(stopped.result.error?.description).toContain('unclear whether the message was sent');
		expect(stopped.requests).toEqual([1, 1, 1]);
	});
});

describe('the Retry button after an item that may have been sent', () => {
	test('sends the items after it, and reports that one again', async () => {
		const items = [...itemsWith('+15005550613', 1), { text: 'text 3', to: '+14155550203' }];
		const used = nodeWith({}, oneAtATime.options);
		const stopped = await runNode(items, used);
		expect(stopped.error?.description).toMatch(/^Sent 1, unclear 1, not tried 2\.<br>/);
		const retried = await retry(stopped, items, used);
		expect(retried.error?.message).toBe(stopped.error?.message);
		expect(retried.error?.description).toMatch(/^Sent 3, unclear 1\.<br>/);
		expect(Object.values(made)).toEqual([1, 1, 1, 1]);
	});

	test('sends it again if the user chose to', async () => {
		const used = nodeWith({}, { unknownOutcome: 'resend' });
		const stopped = await run('+15005550613', 1, used);
		expectStop(stopped, named('500, once'), 1);
		const retried = await retry(stopped.result, itemsWith('+15005550613', 1), used);
		expect(textsOf(retried)).toEqual(['text 0', 'text 1', 'text 2']);
		expect(received('+15005550613', 1)).toEqual([1, 2, 1]);
		expect(notesOf(retried)).toBe(0);
	});
});

test('learns a limit: hardly any requests are rejected after the first 429', async () => {
	jest.restoreAllMocks();
	sandbox.settings({ rateLimit: { limit: 10, perMs: 1000 } });
	const items = Array.from({ length: 40 }, (_, n) => ({ text: `${n}`, to: `+141555503${10 + n}` }));
	const result = await runNode(items, nodeWith({}, { maxConcurrency: 5 }));
	expect(result.items).toHaveLength(40);
	const { messages, requestsByStatus } = sandbox.stats();
	expect(messages).toBe(40);
	// Those in flight together when the limit was first reached, and a few more on a busy machine.
	expect(requestsByStatus[429]).toBeLessThanOrEqual(10);
});
