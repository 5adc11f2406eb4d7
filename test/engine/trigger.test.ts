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

/** Delivers with the right header by default. */
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

describe('authentication', () => {
	const previous = 'the-value-before';
	const letters = 'gr\u00fc\u00dfe 1234';
	const named = { webhookHeaderName: ' X-Clerk-Secret ' };
	const unnamed = { webhookHeaderName: undefined };
	const withBearer = { webhookHeaderValue: `Bearer ${VALUE}` };

	test.each<[what: string, number, credential: object, presented: string | Sending['headers']]>([
		['the value', 200, {}, VALUE],
		['the value after Bearer', 200, {}, `Bearer ${VALUE}`],
		['the value after bearer in lower case', 200, {}, `bearer ${VALUE}`],
		['another value', 401, {}, 'another'],
		['an empty value', 401, {}, ''],
		['no header', 401, {}, {}],
		['the value and more', 401, {}, `${VALUE}x`],
		['the beginning of the value', 401, {}, VALUE.slice(0, -1)],
		['the value in other letters', 401, {}, VALUE.toUpperCase()],
		['Bearer twice', 401, {}, `Bearer Bearer ${VALUE}`],
		['the value under another name', 401, {}, { authorization: '', 'x-other': VALUE }],
		['a value that itself begins with Bearer', 200, withBearer, `Bearer ${VALUE}`],
		['such a value without it', 401, withBearer, VALUE],
		['the header that is named, in any letters', 200, named, { 'x-clerk-secret': VALUE }],
		['another header than the one that is named', 401, named, VALUE],
		['Authorization when no header is named', 200, unnamed, VALUE],
		['no header when none is named', 401, unnamed, {}],
		['letters beyond ASCII', 200, { webhookHeaderValue: letters }, letters],
		['such letters and more', 401, { webhookHeaderValue: letters }, `${letters}x`],
		['a number', 200, { webhookHeaderValue: 12345 }, '12345'],
		['another than the number', 401, { webhookHeaderValue: 12345 }, VALUE],
		['the previous value', 200, { previousWebhookHeaderValue: previous }, `Bearer ${previous}`],
		['the value beside a previous one', 200, { previousWebhookHeaderValue: previous }, VALUE],
		['nothing beside a previous one', 401, { previousWebhookHeaderValue: previous }, ''],
		[
			'the previous value alone',
			401,
			{ webhookHeaderValue: '', previousWebhookHeaderValue: previous },
			previous,
		],
	])('%s: %i', async (_, status, credential, presented) => {
		host.trigger.credential = { ...CREDENTIAL, ...credential };
		const headers = typeof presented === 'string' ? { authorization: presented } : presented;
		const answer = await host.send(JSON.stringify(newEvent()), { headers });
		expect(answer.status).toBe(status);
		expect(items()).toHaveLength(status === 200 ? 1 : 0);
	});

	test('neither logs nor returns anything from the body or the header values', async () => {
		const headers = { authorization: 'presented-value' };
		const answer = await deliver(newEvent({ data: { body: 'private words' } }), { headers });
		expect(answer.status).toBe(401);
		const everything = [...host.logged, answer.body].join('\n');
		expect(host.logged).toHaveLength(1);
		for (const secret of ['private words', 'presented-value', VALUE, 'event-']) {
			expect(everything).not.toContain(secret);
		}
	});

	test('refuses every delivery if the credential is missing, and asks for redelivery', async () => {
		host.trigger.credential = undefined;
		expect(await deliver(newEvent())).toMatchObject({ status: 503 });
		expect(items()).toEqual([]);
	});
});

/** Values of the credential's field or its expression that can't authenticate anyone. */
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

	test('is not published, and the error says what to fill in', async () => {
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
		'stays published when n8n restarts (%s), and the log says why deliveries are rejected',
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

	test('accepts all deliveries if that is allowed', async () => {
		allow(true);
		await host.activate();
		await host.activate('manual');
		expect(await host.send(JSON.stringify(newEvent()))).toMatchObject({ status: 200 });
		expect(await deliver(newEvent())).toMatchObject({ status: 200 });
		expect(items()).toHaveLength(2);
	});

	test.each([false, undefined, 'false', 'true', 1, {}])(
		'treats %j as "not allowed"',
		async (allowed) => {
			allow(allowed);
			await expect(host.activate()).rejects.toThrow("'Webhook Header Value'");
			expect(await deliver(newEvent())).toMatchObject({ status: 401 });
		},
	);
});

describe('publishing', () => {
	test.each([undefined, false, true])(
		'succeeds with a secret (allowed without: %p)',
		async (on) => {
			allow(on);
			for (const mode of ['activate', 'update', 'init', 'manual'] as WorkflowActivateMode[]) {
				await host.activate(mode);
			}
			expect(host.logged).toEqual([]);
		},
	);

	test("succeeds if the credential can't be read at the moment; asks for redelivery", async () => {
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

describe('the output', () => {
	test('returns the event unchanged', async () => {
		const event = newEvent({ somethingNew: true });
		await deliver(event);
		expect(host.executions).toEqual([[{ json: event }]]);
	});

	test.each<[string, unknown, isWhole: boolean]>([
		['an object', { anyKey: 'any value' }, false],
		['missing', undefined, true],
		['a text', 'text', true],
		['a list', [1], true],
		['null', null, true],
	])('returns only the data if selected: data is %s', async (_, data, isWhole) => {
		setUp({ events: ['message.received'], options: { dataOnly: true } });
		const event = newEvent({ data } as IDataObject);
		await deliver(event);
		expect(items()).toEqual([isWhole ? JSON.parse(JSON.stringify(event)) : data]);
	});

	test('responds that the execution was started', async () => {
		expect(await deliver(newEvent())).toEqual({ status: 200, body: 'The workflow was started.' });
	});
});

describe('which events', () => {
	const others = [...NAMES, 'call.ended'];

	test.each<[chosen: string[], starts: string[]]>([
		...NAMES.map((name): [string[], string[]] => [[name], [name]]),
		[
			['message.sent', 'message.failed'],
			['message.failed', 'message.sent'],
		],
		[['*'], others],
	])('%j starts on %j and on nothing else', async (events, starts) => {
		setUp({ events });
		for (const type of others) {
			expect(await deliver(newEvent({ type }))).toMatchObject({ status: 200 });
		}
		expect(items().map(({ type }) => type)).toEqual(starts);
	});
});

describe('repeats', () => {
	test('responds with 200 to a known event and starts nothing', async () => {
		const event = newEvent();
		await deliver(event);
		const again = await deliver(event);
		expect(again).toMatchObject({ status: 200 });
		expect(again.body).toContain('delivered before');
		expect(items()).toHaveLength(1);
	});

	test('starts one execution if the same event arrives many times at once', async () => {
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

	test.each<[how: string, number | undefined]>([
		['with an error', 500],
		['with a redirect', 302],
		['when nobody waited for it', undefined],
	])("accepts an event again that n8n couldn't start (response %s)", async (_, status) => {
		const event = newEvent();
		host.startFails = () => true;
		if (status === undefined) {
			await host.sendAndHangUp(JSON.stringify(event), { headers: RIGHT });
		} else {
			host.statusOfFailure = status;
			expect(await deliver(event)).toMatchObject({ status });
		}
		host.startFails = () => false;
		expect(await deliver(event)).toMatchObject({ status: 200 });
		expect(items()).toEqual([event]);
	});

	test('asks for later redelivery of a repeat if n8n takes too long to start the first', async () => {
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
		// On a busy machine the repeat takes many turns to arrive.
		for (let seconds = 0; !isAnswered && seconds < 100_000; seconds++) {
			await jest.advanceTimersByTimeAsync(1000);
		}
		start();
		expect(await Promise.all([first, repeat])).toMatchObject([{ status: 200 }, { status: 503 }]);
		expect(await deliver(event)).toMatchObject({ status: 200 });
		expect(items()).toEqual([event]);
	});

	test('recognizes a repeat even if nobody waited for the first response', async () => {
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

	test.each<[string, () => void]>([
		[
			'the static data alone, as after a restart or in another process',
			() => (host.trigger.nodeId = 'the same node, not yet known to this process'),
		],
		['the process alone, when something else overwrote the static data', () => host.stored.clear()],
	])('recognizes a repeat from %s', async (_, forget) => {
		const event = newEvent();
		await deliver(event);
		forget();
		await deliver(event);
		expect(items()).toHaveLength(1);
	});

	test("doesn't store another delivery's event that n8n couldn't start", async () => {
		const lost = newEvent();
		const started = newEvent();
		host.startFails = ({ eventId }) => eventId === lost.eventId;
		await Promise.all([deliver(lost), deliver(started)]);
		expect(stored()).toHaveLength(1);
		host.startFails = () => false;
		await deliver(lost);
		expect(items()).toEqual([started, lost]);
	});

	test('also stores the event if n8n makes no copy and saves at once', async () => {
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

	test('accepts repeats if selected, and then stores nothing', async () => {
		setUp({ events: ['message.received'], options: { ignoreRepeats: false } });
		const event = newEvent();
		await deliver(event);
		await deliver(event);
		expect(items()).toHaveLength(2);
		expect(host.stored.size).toBe(0);
	});

	test.each<[what: string, events: IDataObject[], number]>([
		['the same number as eventId', [{ eventId: 7 }, { eventId: 7 }], 1],
		['no eventId', [{ eventId: undefined }, { eventId: undefined }], 2],
		['an empty eventId', [{ eventId: '' }, { eventId: '' }], 2],
		['an unusable eventId', [{ eventId: { id: 1 } }, { eventId: { id: 1 } }], 2],
		['too large a number as eventId', [{ eventId: 2 ** 53 }, { eventId: 2 ** 53 }], 2],
		[
			'an eventId that two types share',
			['message.sent', 'message.delivered', 'message.sent'].map((type) => ({ eventId: 's', type })),
			2,
		],
	])('events with %s: %j start %i', async (_, events, count) => {
		setUp({ events: ['*'] });
		for (const changes of events) await deliver(newEvent(changes));
		expect(items()).toHaveLength(count);
	});

	test('treats every call to the test URL as new, and stores none', async () => {
		const event = newEvent();
		await deliver(event, { mode: 'manual' });
		await deliver(event, { mode: 'manual' });
		await deliver(event);
		expect(items()).toHaveLength(3);
	});

	test.each<[string, IDataObject, Sending]>([
		['not chosen', { type: 'message.sent' }, {}],
		['refused', {}, { headers: { authorization: 'wrong' } }],
	])('does not remember an event that was %s', async (_, changes, sending) => {
		const event = newEvent(changes);
		await deliver(event, sending);
		expect(items()).toEqual([]);
		setUp({ events: ['*'] });
		await deliver(event);
		expect(items()).toHaveLength(1);
	});

	test('stores few bytes, however long the eventId is', async () => {
		await deliver(newEvent({ eventId: 'x'.repeat(1_000_000) }));
		expect(JSON.stringify(host.staticData()).length).toBeLessThan(100);
	});

	describe('with events in the static data', () => {
		const store = (startedEvents: unknown) =>
			host.stored.set(
				host.trigger.workflowId as string,
				JSON.stringify({ 'node:Clerk Chat Trigger': { startedEvents } }),
			);

		test.each([{ broken: 'text' }, 'broken'])('ignores %j', async (startedEvents) => {
			store(startedEvents);
			await deliver(newEvent());
			expect(items()).toHaveLength(1);
			expect(stored()).toHaveLength(1);
		});

		test('stores only the last ones', async () => {
			const old = (number: number) => `0000${String(number).padStart(RECORD_LENGTH - 4, '0')}`;
			store(Array.from({ length: EVENTS_REMEMBERED }, (_, number) => old(number)).join(''));
			await deliver(newEvent());
			expect(stored()).toHaveLength(EVENTS_REMEMBERED);
			expect(stored()).not.toContain(old(0));
			expect(stored()).toContain(old(1));
		});
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
	])('responds with 400 to %s, says why, and starts nothing', async (_, body, contentType, why) => {
		setUp({ events: ['*'] });
		const answer = await deliver(body, { headers: { 'content-type': contentType } });
		expect(answer.status).toBe(400);
		expect((JSON.parse(answer.body) as IDataObject).message).toContain(why);
		expect(items()).toEqual([]);
	});

	test("isn't called if a body declared as JSON isn't JSON: n8n responds with 422", async () => {
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

	test('reads a gzipped body', async () => {
		const event = newEvent();
		const headers = { 'content-encoding': 'gzip' };
		expect(await deliver(gzipSync(JSON.stringify(event)), { headers })).toMatchObject({
			status: 200,
		});
		expect(items()).toEqual([event]);
	});

	test('repeats nothing from the body in its response', async () => {
		const answer = await deliver('private words', { headers: { 'content-type': 'text/plain' } });
		expect(answer.status).toBe(400);
		expect(answer.body).not.toContain('private');
		expect(host.logged).toEqual([]);
	});
});
