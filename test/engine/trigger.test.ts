/* eslint-disable @n8n/community-nodes/no-restricted-imports -- runs on a developer's machine, not inside n8n */
import { gzipSync } from 'node:zlib';
import * as fc from 'fast-check';
import type { IDataObject, INodeParameters, WorkflowActivateMode } from 'n8n-workflow';
import { EVENTS_REMEMBERED, RECORD_LENGTH } from '../../nodes/ClerkChatTrigger/repeats';
import { TriggerHost, type Sending } from './triggerHost';

const VALUE = 'a-long-random-text';
const RIGHT = { authorization: VALUE };
const CREDENTIAL = {
	apiKey: 'key',
	webhookHeaderName: 'Authorization',
	webhookHeaderValue: VALUE,
};
const NAMES = [
	'message.delivered',
	'message.failed',
	'message.read',
	'message.received',
	'message.sent',
	'rcsPostbackReceived',
];

let host: TriggerHost;
let lastNumber = 0;

/** A new event each time, so that none is taken for a repeat by accident. */
function newEvent(changes: IDataObject = {}): IDataObject {
	lastNumber += 1;
	return {
		eventId: `event-${lastNumber}`,
		type: 'message.received',
		teamId: 'team',
		data: { anyKey: 'any value', deep: { list: [1, 'two', null] } },
		...changes,
	};
}

/** Delivers with the right header, unless told otherwise. */
async function deliver(body: IDataObject | string | Buffer, sending: Sending = {}) {
	const bytes = typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body);
	return await host.send(bytes, { ...sending, headers: { ...RIGHT, ...sending.headers } });
}

function setUp(parameters: INodeParameters): void {
	host.trigger.parameters = parameters;
}

/** The events that are stored with the workflow, one text each. */
function stored(): string[] {
	const text = String(host.staticData().startedEvents ?? '');
	return text.match(new RegExp(`.{${RECORD_LENGTH}}`, 'g')) ?? [];
}

/** The items that executions started with. */
function items(): IDataObject[] {
	return host.executions.flat().map(({ json }) => json);
}

beforeEach(async () => {
	lastNumber += 1;
	host = new TriggerHost({
		workflowId: `workflow-${lastNumber}`,
		credential: { ...CREDENTIAL },
		parameters: { events: ['message.received'] },
	});
	await host.start();
});

afterEach(async () => {
	jest.useRealTimers();
	await host.stop();
	expect(host.failures).toEqual([]);
});

describe('who may come in', () => {
	test.each([
		['the value', { authorization: VALUE }],
		['the value after Bearer', { authorization: `Bearer ${VALUE}` }],
		['the value after bearer in lower case', { authorization: `bearer ${VALUE}` }],
	])('lets in %s', async (_, headers) => {
		expect(await deliver(newEvent(), { headers })).toMatchObject({ status: 200 });
		expect(items()).toHaveLength(1);
	});

	test.each<[string, Sending['headers']]>([
		['another value', { authorization: 'another' }],
		['an empty value', { authorization: '' }],
		['the value and more', { authorization: `${VALUE}x` }],
		['the beginning of the value', { authorization: VALUE.slice(0, -1) }],
		['the value in other letters', { authorization: VALUE.toUpperCase() }],
		['Bearer twice', { authorization: `Bearer Bearer ${VALUE}` }],
		['the value under another name', { authorization: '', 'x-other': VALUE }],
	])('turns away %s with 401', async (_, headers) => {
		expect(await deliver(newEvent(), { headers })).toMatchObject({ status: 401 });
		expect(items()).toEqual([]);
	});

	test('turns away a delivery without the header', async () => {
		expect(await host.send(JSON.stringify(newEvent()))).toMatchObject({ status: 401 });
		expect(items()).toEqual([]);
	});

	test('neither logs nor answers anything of the body or the header values', async () => {
		const headers = { authorization: 'presented-value' };
		const answer = await deliver(newEvent({ data: { body: 'private words' } }), { headers });
		expect(answer.status).toBe(401);
		const everything = [...host.logged, answer.body].join('\n');
		expect(host.logged).toHaveLength(1);
		for (const secret of ['private words', 'presented-value', VALUE, 'event-']) {
			expect(everything).not.toContain(secret);
		}
	});

	test('takes a value that itself begins with Bearer', async () => {
		host.trigger.credential = { ...CREDENTIAL, webhookHeaderValue: `Bearer ${VALUE}` };
		const headers = { authorization: `Bearer ${VALUE}` };
		expect(await deliver(newEvent(), { headers })).toMatchObject({ status: 200 });
		expect(await deliver(newEvent())).toMatchObject({ status: 401 });
	});

	test('looks at the header that the credential names, in any letters', async () => {
		host.trigger.credential = { ...CREDENTIAL, webhookHeaderName: ' X-Clerk-Secret ' };
		const headers = { 'x-clerk-secret': VALUE, authorization: '' };
		expect(await deliver(newEvent(), { headers })).toMatchObject({ status: 200 });
		expect(await deliver(newEvent())).toMatchObject({ status: 401 });
		expect(items()).toHaveLength(1);
	});

	test('takes a value with letters beyond ASCII', async () => {
		host.trigger.credential = { ...CREDENTIAL, webhookHeaderValue: 'gr\u00fc\u00dfe 1234' };
		const headers = { authorization: 'gr\u00fc\u00dfe 1234' };
		expect(await deliver(newEvent(), { headers })).toMatchObject({ status: 200 });
		headers.authorization += 'x';
		expect(await deliver(newEvent(), { headers })).toMatchObject({ status: 401 });
	});

	test('takes the previous value, too, as long as there is a new one', async () => {
		const previous = 'the-value-before';
		host.trigger.credential = { ...CREDENTIAL, previousWebhookHeaderValue: previous } as never;
		const headers = { authorization: `Bearer ${previous}` };
		expect(await deliver(newEvent(), { headers })).toMatchObject({ status: 200 });
		expect(await deliver(newEvent())).toMatchObject({ status: 200 });
		headers.authorization = '';
		expect(await deliver(newEvent(), { headers })).toMatchObject({ status: 401 });
		const alone = { webhookHeaderValue: '', previousWebhookHeaderValue: previous };
		host.trigger.credential = { ...CREDENTIAL, ...alone } as never;
		headers.authorization = previous;
		expect(await deliver(newEvent(), { headers })).toMatchObject({ status: 401 });
	});

	test('takes a value that is a number', async () => {
		host.trigger.credential = { ...CREDENTIAL, webhookHeaderValue: 12345 };
		const headers = { authorization: '12345' };
		expect(await deliver(newEvent(), { headers })).toMatchObject({ status: 200 });
		expect(await deliver(newEvent())).toMatchObject({ status: 401 });
	});

	test('takes Authorization when the credential names no header', async () => {
		host.trigger.credential = { apiKey: 'key', webhookHeaderValue: VALUE };
		expect(await deliver(newEvent())).toMatchObject({ status: 200 });
		expect(await host.send(JSON.stringify(newEvent()))).toMatchObject({ status: 401 });
	});

	test('refuses every delivery when the credential is gone, and asks to come again', async () => {
		host.trigger.credential = undefined;
		expect(await deliver(newEvent())).toMatchObject({ status: 503 });
		expect(items()).toEqual([]);
	});
});

/** What the credential's field may hold, or its expression give, that nobody could be told by. */
const NO_SECRETS: Array<[string, unknown]> = [
	['an empty text', ''],
	['blanks', ' \t\n\u00A0'],
	['an expression that returns undefined', undefined],
	['an expression that returns null', null],
	['an expression that returns an object', { a: 'secret' }],
	['an expression that returns a list', ['secret']],
	['an expression that returns true', true],
	['an expression that returns no number', NaN],
	['an expression that returns nothing after Bearer', 'Bearer '],
];

function allow(allowWithoutSecret: unknown): void {
	setUp({ events: ['message.received'], options: { allowWithoutSecret } as INodeParameters });
}

describe.each(NO_SECRETS)('without a secret: %s', (_, webhookHeaderValue) => {
	beforeEach(() => {
		host.trigger.credential = { ...CREDENTIAL, webhookHeaderValue } as never;
	});

	test('is not published, and the words say what to fill in', async () => {
		for (const mode of ['activate', 'update', 'create'] as WorkflowActivateMode[]) {
			await expect(host.activate(mode)).rejects.toThrow(
				/'Webhook Header Value'.*publish.*'Allow Without Secret'/s,
			);
		}
	});

	test('does not listen in the editor either', async () => {
		await expect(host.activate('manual')).rejects.toThrow("'Webhook Header Value'");
	});

	test.each(['init', 'leadershipChange'] as const)(
		'stays published when n8n starts again (%s), and the log says why nothing comes in',
		async (mode) => {
			await host.activate(mode);
			expect(host.logged.join('\n')).toContain("'Webhook Header Value'");
		},
	);

	test('refuses every delivery', async () => {
		const presented = ['', ' ', VALUE, 'undefined', 'null', 'true', 'NaN', 'secret', 'Bearer'];
		for (const authorization of [...presented, 'Bearer ', '[object Object]', 'Bearer Bearer']) {
			const answer = await deliver(newEvent(), { headers: { authorization } });
			expect(answer).toMatchObject({ status: 401 });
			expect(answer.body).toContain('no secret');
		}
		expect(await host.send(JSON.stringify(newEvent()))).toMatchObject({ status: 401 });
		expect(await deliver(newEvent(), { mode: 'manual' })).toMatchObject({ status: 401 });
		expect(items()).toEqual([]);
		expect(host.logged[0]).toContain("'Webhook Header Value'");
	});

	test('lets everybody in when that is allowed', async () => {
		allow(true);
		await host.activate();
		await host.activate('manual');
		expect(await host.send(JSON.stringify(newEvent()))).toMatchObject({ status: 200 });
		expect(await deliver(newEvent())).toMatchObject({ status: 200 });
		expect(items()).toHaveLength(2);
	});

	test.each([false, undefined, 'false', 'true', 1, {}])(
		'takes %j for "not allowed"',
		async (allowed) => {
			allow(allowed);
			await expect(host.activate()).rejects.toThrow("'Webhook Header Value'");
			expect(await deliver(newEvent())).toMatchObject({ status: 401 });
		},
	);
});

describe('publishing', () => {
	test.each([undefined, false, true])(
		'goes well with a secret (allowed without: %p)',
		async (on) => {
			allow(on);
			for (const mode of ['activate', 'update', 'init', 'manual'] as WorkflowActivateMode[]) {
				await host.activate(mode);
			}
			expect(host.logged).toEqual([]);
		},
	);

	test('goes well when the credential cannot be read just then; deliveries are asked to come again', async () => {
		const { credential } = host.trigger;
		host.trigger.credential = undefined;
		for (const mode of ['activate', 'update', 'init', 'manual'] as WorkflowActivateMode[]) {
			await host.activate(mode);
		}
		expect(host.logged[0]).toContain('could not be read');
		for (const allowed of [false, true]) {
			allow(allowed);
			expect(await deliver(newEvent())).toMatchObject({ status: 503 });
		}
		host.trigger.credential = credential;
		expect(await deliver(newEvent())).toMatchObject({ status: 200 });
		expect(items()).toHaveLength(1);
	});
});

/** One line of what a client may send as a header's value. */
const headerValue = fc.oneof(
	fc.constantFrom('', ' ', 'Bearer', 'Bearer ', 'undefined', 'null', '[object Object]', VALUE),
	fc.string({ unit: fc.constantFrom(...'aB1 -_') }),
);

const secretValue = fc.oneof(
	fc.constantFrom(...NO_SECRETS.map(([, value]) => value)),
	headerValue,
	fc.integer(),
);

test('refuses every delivery without the right header, unless there is no secret and that is allowed', async () => {
	const scenario = fc.record({
		secret: secretValue,
		isRight: fc.boolean(),
		prefix: fc.constantFrom('', 'Bearer ', 'bearer  '),
		presented: fc.option(headerValue, { nil: undefined }),
		allowed: fc.constantFrom(true, false, undefined, 'true'),
		mode: fc.constantFrom('webhook', 'manual') as fc.Arbitrary<'webhook' | 'manual'>,
	});
	host.whileStarting = async () => {};
	await fc.assert(
		fc.asyncProperty(scenario, async ({ secret, isRight, prefix, presented, allowed, mode }) => {
			host.trigger.credential = { ...CREDENTIAL, webhookHeaderValue: secret } as never;
			allow(allowed);
			const value = isRight ? `${prefix}${String(secret)}`.replace(/[^ -~]/g, '') : presented;
			const headers = value === undefined ? undefined : { authorization: value };
			const before = host.executions.length;
			const { status } = await host.send(JSON.stringify(newEvent()), { headers, mode });

			const isSecret = ['string', 'number'].includes(typeof secret) && !Number.isNaN(secret);
			const expected = isSecret ? String(secret).trim() : '';
			const isNone = expected === '' || expected.toLowerCase() === 'bearer';
			const given = value?.trim();
			const isKnown = given === expected || given?.replace(/^bearer +/i, '') === expected;
			const comesIn = isNone ? allowed === true : isKnown;
			expect([status, host.executions.length - before]).toEqual(comesIn ? [200, 1] : [401, 0]);
		}),
		{ seed: 12, numRuns: 200 },
	);
}, 60_000);

describe('what comes out', () => {
	test('puts out the event as it came', async () => {
		const event = newEvent({ somethingNew: true });
		await deliver(event);
		expect(host.executions).toEqual([[{ json: event }]]);
	});

	test('puts out the data only when asked to', async () => {
		setUp({ events: ['message.received'], options: { dataOnly: true } });
		const event = newEvent();
		await deliver(event);
		expect(items()).toEqual([event.data]);
	});

	test.each([
		['missing', undefined],
		['a text', 'text'],
		['a list', [1]],
		['null', null],
	])('puts the event out whole when its data is %s', async (_, data) => {
		setUp({ events: ['message.received'], options: { dataOnly: true } });
		const event = newEvent({ data });
		await deliver(event);
		expect(items()).toEqual([JSON.parse(JSON.stringify(event))]);
	});

	test('answers in words that the execution was started', async () => {
		expect(await deliver(newEvent())).toEqual({ status: 200, body: 'The workflow was started.' });
	});
});

describe('which events', () => {
	test.each(NAMES)('starts on %s when it is chosen, and on nothing else', async (type) => {
		setUp({ events: [type] });
		for (const name of NAMES) {
			expect(await deliver(newEvent({ type: name }))).toMatchObject({ status: 200 });
		}
		expect(items()).toMatchObject([{ type }]);
	});

	test('starts on several chosen ones', async () => {
		setUp({ events: ['message.sent', 'message.failed'] });
		for (const type of NAMES) await deliver(newEvent({ type }));
		expect(items()).toMatchObject([{ type: 'message.failed' }, { type: 'message.sent' }]);
	});

	test('starts on everything with all events, also on what is not known yet', async () => {
		setUp({ events: ['*'] });
		for (const type of [...NAMES, 'call.ended']) await deliver(newEvent({ type }));
		expect(items()).toHaveLength(NAMES.length + 1);
	});

	test('answers 200 to an event that is not known yet and starts nothing', async () => {
		expect(await deliver(newEvent({ type: 'call.ended' }))).toMatchObject({ status: 200 });
		expect(items()).toEqual([]);
	});
});

describe('repeats', () => {
	test('answers 200 to an event seen before and starts nothing', async () => {
		const event = newEvent();
		await deliver(event);
		const again = await deliver(event);
		expect(again).toMatchObject({ status: 200 });
		expect(again.body).toContain('delivered before');
		expect(items()).toHaveLength(1);
	});

	test('starts one execution when the same event arrives many times at the same moment', async () => {
		const event = newEvent();
		const answers = await Promise.all(Array.from({ length: 20 }, async () => await deliver(event)));
		expect(answers.map(({ status }) => status)).toEqual(Array(20).fill(200));
		expect(items()).toHaveLength(1);
	});

	test('loses no event whose repeat comes while n8n is failing to start the first', async () => {
		const event = newEvent();
		let attempts = 0;
		host.startFails = () => ++attempts === 1;
		const answers = await Promise.all([deliver(event), deliver(event), deliver(event)]);
		expect(answers.map(({ status }) => status).sort((a, b) => a - b)).toEqual([200, 200, 500]);
		expect(items()).toEqual([event]);
	});

	test('lets an event in again that n8n could not start, also when nobody waited for the answer', async () => {
		const event = newEvent();
		host.startFails = () => true;
		await host.sendAndHangUp(JSON.stringify(event), { headers: RIGHT });
		host.startFails = () => false;
		expect(await deliver(event)).toMatchObject({ status: 200 });
		expect(items()).toEqual([event]);
	});

	test('lets an event in again to which n8n answered with a redirect: that is no start', async () => {
		const event = newEvent();
		host.startFails = () => true;
		host.statusOfFailure = 302;
		expect(await deliver(event)).toMatchObject({ status: 302 });
		host.startFails = () => false;
		expect(await deliver(event)).toMatchObject({ status: 200 });
		expect(items()).toEqual([event]);
	});

	test('asks to deliver a repeat again later when n8n takes too long to start the first', async () => {
		// With the others faked too, nothing would come over HTTP.
		jest.useFakeTimers({ doNotFake: ['nextTick', 'queueMicrotask', 'setImmediate'] });
		let start = () => {};
		const beginning = new Promise<void>((begins) => {
			host.whileStarting = async () => {
				begins();
				await new Promise<void>((resolve) => (start = resolve));
			};
		});
		const event = newEvent();
		const first = deliver(event);
		await beginning;
		let isAnswered = false;
		const repeat = deliver(event).finally(() => (isAnswered = true));
		for (let seconds = 0; !isAnswered && seconds < 1000; seconds++) {
			await jest.advanceTimersByTimeAsync(1000);
		}
		start();
		expect(await Promise.all([first, repeat])).toMatchObject([{ status: 200 }, { status: 503 }]);
		expect(await deliver(event)).toMatchObject({ status: 200 });
		expect(items()).toEqual([event]);
	});

	test('knows a repeat when nobody waited for the answer to the first', async () => {
		const event = newEvent();
		await host.sendAndHangUp(JSON.stringify(event), { headers: RIGHT });
		expect(await deliver(event)).toMatchObject({ status: 200 });
		expect(items()).toEqual([event]);
	});

	test('stores every event that started an execution, in spite of the copy n8n makes', async () => {
		for (let count = 1; count <= 3; count += 1) {
			await deliver(newEvent());
			expect(stored()).toHaveLength(count);
		}
	});

	test('restores what parallel deliveries overwrote in the static data', async () => {
		await Promise.all(Array.from({ length: 20 }, async () => await deliver(newEvent())));
		await deliver(newEvent());
		expect(stored()).toHaveLength(21);
	});

	test('knows a repeat from the static data alone, as after a restart or in another process', async () => {
		const event = newEvent();
		await deliver(event);
		host.trigger.nodeId = 'the same node, not yet known to this process';
		await deliver(event);
		expect(items()).toHaveLength(1);
	});

	test('knows a repeat from the process alone, when something else overwrote the static data', async () => {
		const event = newEvent();
		await deliver(event);
		host.stored.clear();
		await deliver(event);
		expect(items()).toHaveLength(1);
	});

	test('lets an event in again that n8n could not start', async () => {
		const event = newEvent();
		host.startFails = () => true;
		expect(await deliver(event)).toMatchObject({ status: 500 });
		host.startFails = () => false;
		expect(await deliver(event)).toMatchObject({ status: 200 });
		expect(items()).toEqual([event]);
	});

	test('does not store the event of another delivery that n8n could not start', async () => {
		const lost = newEvent();
		const started = newEvent();
		host.startFails = ({ eventId }) => eventId === lost.eventId;
		await Promise.all([deliver(lost), deliver(started)]);
		expect(stored()).toHaveLength(1);
		host.startFails = () => false;
		await deliver(lost);
		expect(items()).toEqual([started, lost]);
	});

	test('stores the event too where n8n makes no copy and saves at once', async () => {
		host.isOldAndQuick = true;
		await deliver(newEvent());
		await deliver(newEvent());
		expect(stored()).toHaveLength(2);
	});

	test('keeps workflows apart', async () => {
		const event = newEvent();
		await deliver(event);
		host.trigger.workflowId = `${host.trigger.workflowId}-other`;
		await deliver(event);
		expect(items()).toHaveLength(2);
	});

	test('lets repeats through when asked to, and then stores nothing', async () => {
		setUp({ events: ['message.received'], options: { ignoreRepeats: false } });
		const event = newEvent();
		await deliver(event);
		await deliver(event);
		expect(items()).toHaveLength(2);
		expect(host.stored.size).toBe(0);
	});

	test.each([
		['no', undefined],
		['an empty', ''],
		['an unusable', { id: 1 }],
		['too large a number as', 2 ** 53],
	])('lets events with %s eventId through every time', async (_, eventId) => {
		const event = newEvent({ eventId });
		await deliver(event);
		await deliver(event);
		expect(items()).toHaveLength(2);
	});

	test('takes events of two types for two, although they share an eventId', async () => {
		setUp({ events: ['*'] });
		await deliver(newEvent({ eventId: 'shared', type: 'message.sent' }));
		await deliver(newEvent({ eventId: 'shared', type: 'message.delivered' }));
		await deliver(newEvent({ eventId: 'shared', type: 'message.sent' }));
		expect(host.executions).toHaveLength(2);
	});

	test('knows a number as eventId too', async () => {
		await deliver(newEvent({ eventId: 7 }));
		await deliver(newEvent({ eventId: 7 }));
		expect(items()).toHaveLength(1);
	});

	test('takes every call to the test URL as new, and remembers none', async () => {
		const event = newEvent();
		await deliver(event, { mode: 'manual' });
		await deliver(event, { mode: 'manual' });
		await deliver(event);
		expect(items()).toHaveLength(3);
	});

	test('does not remember an event that was not chosen', async () => {
		const event = newEvent({ type: 'message.sent' });
		await deliver(event);
		setUp({ events: ['*'] });
		await deliver(event);
		expect(items()).toHaveLength(1);
	});

	test('does not remember an event that was turned away', async () => {
		const event = newEvent();
		await deliver(event, { headers: { authorization: 'wrong' } });
		await deliver(event);
		expect(items()).toHaveLength(1);
	});

	test('stores few bytes, however long the eventId is', async () => {
		await deliver(newEvent({ eventId: 'x'.repeat(1_000_000) }));
		expect(JSON.stringify(host.staticData()).length).toBeLessThan(100);
	});

	test.each([{ broken: 'text' }, 'broken'])('passes over %j', async (startedEvents) => {
		host.stored.set(
			host.trigger.workflowId as string,
			JSON.stringify({ 'node:Clerk Chat Trigger': { startedEvents } }),
		);
		await deliver(newEvent());
		expect(items()).toHaveLength(1);
		expect(stored()).toHaveLength(1);
	});

	test('stores no more than the last events', async () => {
		const old = (number: number) => `0000${String(number).padStart(RECORD_LENGTH - 4, '0')}`;
		const startedEvents = Array.from({ length: EVENTS_REMEMBERED }, (_, n) => old(n)).join('');
		host.stored.set(
			host.trigger.workflowId as string,
			JSON.stringify({ 'node:Clerk Chat Trigger': { startedEvents } }),
		);
		await deliver(newEvent());
		expect(stored()).toHaveLength(EVENTS_REMEMBERED);
		expect(stored()).not.toContain(old(0));
		expect(stored()).toContain(old(1));
	});
});

describe('bad deliveries', () => {
	test.each([
		['not JSON, declared as text', 'hello', 'text/plain', 'not JSON'],
		['not JSON, declared as a form', 'type=a', 'application/x-www-form-urlencoded', 'not JSON'],
		['a form with files', '--x--', 'multipart/form-data; boundary=x', "no 'type'"],
		['nothing', '', 'application/json', 'empty'],
		['nothing, declared as text', '', 'text/plain', 'empty'],
		['a list', '[{"type":"message.received"}]', 'application/json', 'not an object'],
		['null', 'null', 'application/json', 'not an object'],
		['a text', '"message.received"', 'application/json', 'not an object'],
		['a number', '7', 'application/json', 'not an object'],
		['no type', '{"eventId":"1"}', 'application/json', "no 'type'"],
		['an empty type', '{"type":""}', 'application/json', "no 'type'"],
		['a type that is no text', '{"type":["message.received"]}', 'application/json', "no 'type'"],
	])('answers 400 to %s, says why, and starts nothing', async (_, body, contentType, why) => {
		setUp({ events: ['*'] });
		const answer = await deliver(body, { headers: { 'content-type': contentType } });
		expect(answer.status).toBe(400);
		expect((JSON.parse(answer.body) as IDataObject).message).toContain(why);
		expect(items()).toEqual([]);
	});

	test('is not asked when the body is declared as JSON and is none: n8n answers 422', async () => {
		expect(await deliver('{"type":')).toMatchObject({ status: 422 });
		expect(items()).toEqual([]);
	});

	test.each([
		'text/plain',
		'application/octet-stream',
		'application/vnd.api+json',
		'application/x-www-form-urlencoded',
		'application/json; charset=utf-8',
		'application/json ; charset=utf-8',
	])('reads a JSON body that is declared as %s', async (contentType) => {
		const event = newEvent({ data: { body: 'Grüße 👋' } });
		const answer = await deliver(event, { headers: { 'content-type': contentType } });
		expect(answer.status).toBe(200);
		expect(items()).toEqual([event]);
	});

	test('reads a JSON body that begins with a byte order mark', async () => {
		const event = newEvent();
		const headers = { 'content-type': 'text/plain' };
		await deliver(`\uFEFF${JSON.stringify(event)}`, { headers });
		expect(items()).toEqual([event]);
	});

	test('reads a body of several MB', async () => {
		const event = newEvent({ data: { body: 'x'.repeat(5_000_000) } });
		expect(await deliver(event)).toMatchObject({ status: 200 });
		expect(items()).toEqual([event]);
	});

	test('reads a body packed with gzip', async () => {
		const event = newEvent();
		const headers = { 'content-encoding': 'gzip' };
		expect(await deliver(gzipSync(JSON.stringify(event)), { headers })).toMatchObject({
			status: 200,
		});
		expect(items()).toEqual([event]);
	});

	test('repeats nothing of the body in its answer', async () => {
		const answer = await deliver('private words', { headers: { 'content-type': 'text/plain' } });
		expect(answer.status).toBe(400);
		expect(answer.body).not.toContain('private');
		expect(host.logged).toEqual([]);
	});
});
