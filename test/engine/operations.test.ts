import type { IDataObject, IHttpRequestMethods, INodeParameters } from 'n8n-workflow';
import { resources } from '../../nodes/ClerkChat/resources';
import { limits } from '../../nodes/api/limits';
import { Waits } from '../../nodes/api/waits';
import { clerkChatApi } from './clerkChatApi';
import type { Answer, Received } from './clerkChatApi';
import { closeNetwork } from './closeNetwork';
import { cutConnections } from './cutConnections';
import { API_KEY, asTool, operationsWith, retry, runNode } from './engine';
import type { Setup } from './engine';
import { linksOf, setupOf, toContinue, toErrorOutput } from './messages';
import { slowApi } from './slowApi';

/* Every write operation except those in `apart`, which have their own tests. */

const webhookId = (end: number | string) => `3f2a6c1e-0d4b-4f7a-9c58-6b1e2d3c4a5${end}`;

const WEBHOOK_ID = webhookId(0);

interface Write {
	/** Its resource and itself. */
	name: string;
	/** POST when left out. */
	method?: IHttpRequestMethods;
	/** Where it goes for the item n; 0 is the one with as few fields as possible. */
	path: (n: number) => string;
	/** Doing it twice is the same as doing it once. */
	repeatable?: true;
	/** Clerk Chat answers with nothing, so there is nothing in an answer that could be missing. */
	answersNothing?: true;
	/** Only the required fields, and the resulting request. */
	minimal: { fields: INodeParameters; body: IDataObject };
	/** All fields, from expressions over `$json.n`, and the resulting request for an item. */
	all: { fields: INodeParameters; body: (n: number) => IDataObject };
	answer: (request: Received) => Answer;
	/** What is returned for a response. */
	out: (request: Received) => IDataObject;
	/** What people read when it is not known whether it was done. */
	unknown: RegExp;
}

const wrapped = (status: number, thing: (request: Received) => IDataObject) => ({
	answer: (request: Received): Answer => [status, { data: thing(request) }],
	out: thing,
});

const bare = (thing: (request: Received) => IDataObject) => ({
	answer: (request: Received): Answer => [201, thing(request)],
	out: thing,
});

const somethingNew = { kept: true };

const contactFields = {
	name: '=Guest {{ $json.n }}',
	phone: '=+1 415 555 010{{ $json.n }}',
	email: '=guest{{ $json.n }}@example.com',
	public: '={{ $json.n === 2 }}',
	dataFields: {
		values: [
			{ name: 'plan', value: '=gold {{ $json.n }}' },
			{ name: '=from{{ $json.n }}', value: '={{ $json.n }}' },
		],
	},
	data: '={{ { visits: $json.n, tags: ["a"] } }}',
};

const contactBody = (n: number) => ({
	name: `Guest ${n}`,
	phone: `+1415555010${n}`,
	email: `guest${n}@example.com`,
	public: n === 2,
	data: { visits: n, tags: ['a'], plan: `gold ${n}`, [`from${n}`]: n },
});

const writes: Write[] = [
	{
		name: 'contact create',
		path: () => '/public/contacts',
		minimal: {
			fields: { additionalFields: { phone: '+14155550123' } },
			body: { phone: '+14155550123' },
		},
		all: {
			fields: { additionalFields: contactFields },
			body: contactBody,
		},
		...wrapped(201, ({ body }) => ({
			id: '7',
			optOut: false,
			attributes: [],
			...body,
			somethingNew,
		})),
		unknown: /unclear whether the contact was created, so it is not created again\. Look for it/,
	},
	{
		name: 'contact update',
		path: (n) => `/public/contacts/${n === 0 ? 7 : `c${n}`}`,
		method: 'PUT',
		repeatable: true,
		minimal: {
			fields: { contactId: '7', updateFields: { name: 'Nathan' } },
			body: { name: 'Nathan' },
		},
		all: {
			fields: { contactId: '=c{{ $json.n }}', updateFields: contactFields },
			body: contactBody,
		},
		...wrapped(200, ({ body, path }) => ({ id: path.split('/').pop(), ...body, somethingNew })),
		unknown: /unclear whether the contact was updated\. Run this item again/,
	},
	{
		name: 'campaign start',
		path: () => '/public/campaigns',
		minimal: {
			fields: { sender: '+14155550100', listName: 'Regulars', body: 'Soup of the day' },
			body: {
				sender: '+14155550100',
				listName: 'Regulars',
				body: 'Soup of the day',
				mediaUrls: [],
			},
		},
		all: {
			fields: {
				sender: '=+1 (415) 555-010{{ $json.n }}',
				listName: '=List {{ $json.n }}',
				body: '=Offer {{ $json.n }}',
				additionalFields: {
					mediaUrls: ['=https://example.com/{{ $json.n }}.jpg', 'https://example.com/b.png'],
					name: '=Campaign {{ $json.n }}',
					provider: '={{ ["rcs", "whatsapp", "non_voip"][$json.n - 1] }}',
				},
			},
			body: (n) => ({
				sender: `+1415555010${n}`,
				listName: `List ${n}`,
				body: `Offer ${n}`,
				mediaUrls: [`https://example.com/${n}.jpg`, 'https://example.com/b.png'],
				name: `Campaign ${n}`,
				provider: ['rcs', 'whatsapp', 'non_voip'][n - 1],
			}),
		},
		...wrapped(201, ({ body }) => ({
			id: 12,
			body: body.body,
			name: body.name ?? '',
			status: 'scheduled',
			somethingNew,
		})),
		unknown: /unclear whether the campaign was started[^]*under Campaigns/,
	},
	{
		name: 'user create',
		path: () => '/public/admin/users',
		minimal: {
			fields: { email: ' nathan@example.com ' },
			body: { email: 'nathan@example.com' },
		},
		all: {
			fields: {
				email: '=user{{ $json.n }}@example.com',
				additionalFields: {
					firstName: '=First {{ $json.n }}',
					lastName: '=Last {{ $json.n }}',
					role: '={{ ["admin", "workspace_owner", "agent"][$json.n - 1] }}',
				},
			},
			body: (n) => ({
				email: `user${n}@example.com`,
				firstName: `First ${n}`,
				lastName: `Last ${n}`,
				role: ['admin', 'workspace_owner', 'agent'][n - 1],
			}),
		},
		...bare(({ body }) => ({ id: 'u-1', role: 'member', ...body, somethingNew })),
		unknown: /unclear whether the user was created/,
	},
	{
		name: 'user assignPhone',
		path: () => '/public/admin/phone-assignments',
		minimal: {
			fields: { userId: 'u-1', phoneId: 'p-1' },
			body: { userId: 'u-1', phoneId: 'p-1' },
		},
		all: {
			fields: { userId: '=u-{{ $json.n }}', phoneId: '={{ $json.n }}' },
			body: (n) => ({ userId: `u-${n}`, phoneId: `${n}` }),
		},
		...bare(({ body }) => ({
			id: body.userId,
			name: 'Nathan',
			email: 'nathan@example.com',
			phone: '+14155550100',
			somethingNew,
		})),
		unknown: /unclear whether the phone number was assigned/,
	},
	{
		name: 'inbox create',
		path: () => '/public/twilio-connector/inbox/application',
		minimal: {
			fields: { name: 'Support Line' },
			body: { name: 'Support Line' },
		},
		all: {
			fields: {
				name: '=Line {{ $json.n }}',
				additionalFields: { accountSID: '=AC{{ $json.n }}', authToken: '=token-{{ $json.n }}' },
			},
			body: (n) => ({ name: `Line ${n}`, accountSID: `AC${n}`, authToken: `token-${n}` }),
		},
		...wrapped(201, ({ body }) => ({
			id: 'i-1',
			externalId: 'AP1',
			name: body.name,
			somethingNew,
		})),
		unknown: /unclear whether the inbox was created/,
	},
	{
		name: 'agent start',
		path: (n) => `/public/pipelines/webhook/${webhookId(n)}`,
		answersNothing: true,
		minimal: {
			fields: { webhookId: WEBHOOK_ID },
			body: {},
		},
		all: {
			fields: {
				webhookId: `=${webhookId('{{ $json.n }}')}`,
				phone: '=+1 415 555 010{{ $json.n }}',
				specifyData: 'json',
				data: '={ "order": {{ $json.n }}, "paid": true }',
			},
			body: (n) => ({ order: n, paid: true, phone: `+1415555010${n}` }),
		},
		answer: () => [202],
		out: ({ path }) => ({ started: true, webhookId: path.split('/').pop() }),
		unknown: /unclear whether the agent was started[^]*conversation/,
	},
];

/** Operations that write and have a test file of their own. */
const apart = [
	'contact createMany',
	'contact upsert',
	'message reply',
	'message send',
	'message sendAndWait',
];

const writeOf = (name: string) => writes.find((write) => write.name === name)!;

const setup = ({ name }: Write, fields: INodeParameters, settings?: Setup['settings']): Setup =>
	setupOf(name, fields, settings);

/** Answers that the OpenAPI document does not allow, one after the other; the last one for all that follow. */
const undocumentedApi = (...answers: Answer[]) =>
	clerkChatApi((_request, index) => answers[Math.min(index, answers.length - 1)], {
		documented: false,
	});

/** The request bodies in the order of arrival, all valid by the OpenAPI document. */
const bodiesOf = async (write: Write, fields: INodeParameters, items: IDataObject[] = [{}]) => {
	const received = clerkChatApi(write.answer);
	await runNode(items, setup(write, { ...write.minimal.fields, ...fields }));
	expect(received.flatMap(({ violations }) => violations)).toEqual([]);
	return received.map(({ body }) => body);
};

const NO_ANSWER = /^The answer doesn't look like one from Clerk Chat(; the .* may have been .*)?$/;

/** Rows of names and values, as n8n stores them. */
const rows = (...values: IDataObject[]) => ({ values }) as unknown as INodeParameters;

/** The same, from an object. */
const rowsOf = (data: Record<string, string>) =>
	rows(...Object.entries(data).map(([name, value]) => ({ name, value })));

closeNetwork();
beforeEach(() => {
	jest.replaceProperty(limits, 'firstRepeatWait', 1);
});

test('every write operation is tested here, or has its own test file', () => {
	expect([...writes.map(({ name }) => name), ...apart].sort()).toEqual(operationsWith('write'));
});

describe.each(writes)('$name', (write) => {
	const { method = 'POST', path, minimal, all, answer, out, unknown } = write;

	test('only required fields: sends nothing else', async () => {
		const received = clerkChatApi(answer);
		const { items, status } = await runNode([{}], setup(write, minimal.fields));
		expect(status).toBe('success');
		expect(received).toMatchObject([{ method, path: path(0), query: {}, violations: [] }]);
		expect(received[0].body).toEqual(minimal.body);
		expect(received[0].headers['content-type']).toContain('application/json');
		expect(received[0].headers.apikey).toBe(API_KEY);
		expect(items).toEqual([{ json: out(received[0]), pairedItem: { item: 0 } }]);
	});

	test('every field, from expressions, for each of several items', async () => {
		const received = clerkChatApi(answer);
		const { items } = await runNode([{ n: 1 }, { n: 2 }, { n: 3 }], setup(write, all.fields));
		expect(received.flatMap(({ violations }) => violations)).toEqual([]);
		const sent = received.map(({ body, ...request }) => ({
			method: request.method,
			path: request.path,
			body,
		}));
		const expected = [1, 2, 3].map((n) => ({ method, path: path(n), body: all.body(n) }));
		expect(sent).toHaveLength(3);
		expect(sent).toEqual(expect.arrayContaining(expected));
		expect(items).toEqual(
			expected.map((request, item) => ({
				json: out(request as Received),
				pairedItem: { item },
			})),
		);
	});

	test("a 2xx with other content doesn't count as Clerk Chat's response", async () => {
		const nothing = write.answersNothing ? [] : ['', {}, { data: null }, { data: [] }];
		const bodies = ['<html>Sign in</html>', ...nothing];
		undocumentedApi(...bodies.map((body): Answer => [201, body]));
		for (const body of bodies) {
			const { items } = await runNode([{}], setup(write, minimal.fields, toContinue));
			expect([body, items]).toMatchObject([
				body,
				[{ json: { error: { message: expect.stringMatching(NO_ANSWER) as string } } }],
			]);
		}
	});

	if (!write.repeatable) {
		test('503: perhaps done, so not repeated, even by Retry On Fail; the error says where to look', async () => {
			const received = clerkChatApi((request, index) =>
				index === 0 ? [503, {}] : answer(request),
			);
			const result = await runNode([{}], setup(write, minimal.fields, { retryOnFail: true }));
			expect(received).toHaveLength(1);
			expect(result.status).toBe('error');
			expect(result.error?.description).toMatch(unknown);
		});
	}

	test('a field that fails in the last item: noticed before anything is sent', async () => {
		const received = clerkChatApi(answer);
		const broken = '={{ $json.n === 3 ? $("Nowhere").item.json.x : "7" }}';
		const [[name, value]] = Object.entries(minimal.fields);
		const field = { [name]: typeof value === 'object' ? { name: broken } : broken };
		const items = [{ n: 1 }, { n: 2 }, { n: 3 }];
		const stopped = await runNode(items, setup(write, { ...all.fields, ...field }));
		expect(stopped.error?.context.itemIndex).toBe(2);
		expect(stopped.error?.description).toMatch(
			/^Nothing was \w+\.<br>.*This is item 3 of 3 \(n8n counts from 0\)\./,
		);
		expect(received).toHaveLength(0);
	});

	test("as an agent's tool: done once, and the agent gets the result", async () => {
		const received = clerkChatApi(answer);
		const result = JSON.parse(String(await asTool(setup(write, minimal.fields))({}))) as unknown;
		expect(received).toMatchObject([{ path: path(0), violations: [] }]);
		expect(result).toEqual([out(received[0])]);
	});
});

/*
 * All operations share the code path of Message: Send, whose tests (faults, send, retries) cover its responses. These
 * tests cover the rest.
 */

const create = writeOf('contact create');
const update = writeOf('contact update');
const campaign = writeOf('campaign start');
const agent = writeOf('agent start');

describe.each([create, update])('$name: responses', (write) => {
	test('422: refused, linked, and the others are done', async () => {
		const received = clerkChatApi((request) =>
			request.body.name === 'Guest 2' ? [422, { message: 'No, thanks' }] : write.answer(request),
		);
		const items = [{ n: 1 }, { n: 2 }, { n: 3 }];
		const result = await runNode(items, setup(write, write.all.fields, toErrorOutput));
		expect(received).toHaveLength(3);
		expect(linksOf(result.items)).toEqual([0, 2]);
		const description = expect.stringContaining('"No, thanks"') as string;
		const error = { httpCode: '422', outcome: 'refused', description };
		expect(result.errorItems).toMatchObject([{ json: { n: 2, error }, pairedItem: { item: 1 } }]);
	});

	test('429: waits, then goes through', async () => {
		const received = clerkChatApi((request, index) =>
			index === 0 ? [429, {}, { 'retry-after': '0.01' }] : write.answer(request),
		);
		const { items } = await runNode([{}], setup(write, write.minimal.fields));
		expect(received).toHaveLength(2);
		expect(received[1].body).toEqual(write.minimal.body);
		expect(items).toHaveLength(1);
	});
});

test('contact create after a cut connection: not repeated', async () => {
	const server = await cutConnections(1, [201, { data: { id: '7' } }]);
	const { credentials } = server;
	const used = setup(create, create.minimal.fields, { retryOnFail: true });
	const { error } = await runNode([{}], { ...used, credentials });
	await server.close();
	expect(server.requests()).toBe(1);
	expect(error?.message).toContain('connection to Clerk Chat ended');
	expect(error?.description).toMatch(create.unknown);
});

describe('contact update, which may be repeated', () => {
	const { minimal, answer } = update;

	test.each([502, 503, 504])('%s: repeated', async (status) => {
		const received = clerkChatApi((request, index) => (index < 2 ? [status, {}] : answer(request)));
		const { items } = await runNode([{}], setup(update, minimal.fields));
		expect(received).toHaveLength(3);
		expect(items).toEqual([{ json: update.out(received[2]), pairedItem: { item: 0 } }]);
	});

	test('permanent 503: gives up after a few tries, doubling each wait', async () => {
		const received = clerkChatApi(() => [503, {}]);
		const wait = jest.spyOn(Waits.prototype, 'wait');
		const { error } = await runNode([{}], setup(update, minimal.fields));
		expect(received).toHaveLength(limits.tries);
		expect(error?.message).toContain('an issue on its side');
		// Each is a little shorter, by chance.
		expect(wait.mock.calls.map(([ms]) => Math.ceil(ms))).toEqual([1, 2, 4]);
	});

	test.each([500, 422])('%s: not repeated', async (status) => {
		const received = clerkChatApi(() => [status, {}]);
		await runNode([{}], setup(update, minimal.fields));
		expect(received).toHaveLength(1);
	});

	test('waiting to be repeated when the run ends: perhaps done, not untried', async () => {
		jest.replaceProperty(limits, 'firstRepeatWait', 6_000);
		clerkChatApi(({ path }) => [path.endsWith('/1') ? 502 : 401, {}]);
		const inOrder = { contactId: '={{ $json.id }}', updateFields: { name: 'Ann' } };
		const { items } = await runNode([{ id: 1 }, { id: 2 }], setup(update, inOrder, toContinue));
		expect(items).toMatchObject([
			{ json: { error: { httpCode: '502', outcome: 'unknown' } } },
			{ json: { error: { httpCode: '401', outcome: 'refused' } } },
		]);
	});
});

test("a Twilio account's auth token is redacted in what people read", async () => {
	clerkChatApi(() => [422, { message: 'authToken token-7 was refused by Twilio' }]);
	const additionalFields = { accountSID: 'AC7', authToken: "={{ 'token-' + 7 }}" };
	const fields = { name: 'Support Line', additionalFields };
	const { error } = await runNode([{}], setup(writeOf('inbox create'), fields));
	expect(error?.description).toContain('authToken *** was refused');
	expect(JSON.stringify(error)).not.toContain('token-7');
});

describe('in item order, or at the same time', () => {
	const phone = '+14155550123';
	const items = [{ n: 1 }, { n: 2 }, { n: 3 }];

	test.each<[string, Write, INodeParameters, (body: IDataObject) => unknown]>([
		[
			'the same contact',
			update,
			{ contactId: '7', updateFields: { name: '={{ $json.n }}' } },
			({ name }) => Number(name),
		],
		[
			'an agent with the same phone',
			agent,
			{ phone, specifyData: 'json', data: '={ "n": {{ $json.n }} }' },
			({ n }) => n,
		],
	])('%s: one after the other', async (_name, write, fields, numberIn) => {
		const seen = slowApi(write.answer, () => 50);
		await runNode(items, setup(write, { ...write.minimal.fields, ...fields }));
		expect(seen.bodies.map(numberIn)).toEqual([1, 2, 3]);
		expect(seen.peak).toBe(1);
	});

	test.each<[string, Write, INodeParameters]>([
		['other contacts', update, { contactId: '={{ $json.n }}' }],
		['agents without a phone', agent, {}],
		['other agents with the same phone', agent, { webhookId: '={{ $json.n }}', phone }],
	])('%s: at the same time', async (_name, write, fields) => {
		const seen = slowApi(write.answer, () => 200);
		await runNode(items, setup(write, { ...write.minimal.fields, ...fields }));
		expect(seen.peak).toBe(3);
	});
});

describe('bad input: the error names the field as people see it, and nothing is sent', () => {
	const object = '={{ ({ a: 1 }) }}';
	const ofContact: Array<[IDataObject, RegExp]> = [
		[{}, /^'Additional Fields' is empty/],
		[{ name: '', phone: '={{ $json.gone }}' }, /^'Additional Fields' is empty/],
		[{ name: object }, /^'Name' is not text/],
		[{ email: '={{ ["a@example.com"] }}' }, /^'Email' is not text/],
		[{ phone: '+1 CALL' }, /^'Phone' .*"\+1 CALL"/],
		[{ phone: object }, /^'Phone' is not text/],
		[{ data: '[1, 2]' }, /^'Custom Data \(JSON\)' is not a JSON object/],
		[{ data: '={{ [1, 2] }}' }, /^'Custom Data \(JSON\)' is not a JSON object/],
		[{ data: 'gold' }, /^'Custom Data \(JSON\)' is not a JSON object/],
		[{ data: '={{ 7 }}' }, /^'Custom Data \(JSON\)' is not a JSON object/],
		[{ name: 'A', public: '={{ "perhaps" }}' }, /^'Public'/],
		[{ dataFields: rowsOf({ ' ': 'gold' }) }, /^'Custom Data > Name' is empty/],
		[{ dataFields: rowsOf({ '={{ $json.gone }}': 'gold' }) }, /^'Custom Data > Name' is empty/],
		[{ dataFields: rowsOf({ '={{ ({}) }}': 'gold' }) }, /^'Custom Data > Name' is not text/],
		[
			{ dataFields: rowsOf({ plan: 'a', ' plan': 'b' }) },
			/^'Custom Data' has the name "plan" twice/,
		],
		[
			{ dataFields: rowsOf({ a: '{{ $json.x }}' }) },
			/^'Custom Data > Value' contains an expression/,
		],
		[{ dataFields: rowsOf({ a: '[object Object]' }) }, /^'Custom Data > Value' contains "\[object/],
		[
			{ dataFields: rowsOf({ plan: 'gold' }), data: '{ "plan": "silver" }' },
			/^"plan" is in both 'Custom Data' and 'Custom Data \(JSON\)'$/,
		],
	];
	/** What is entered besides the fewest fields of an operation. */
	const entered: Record<string, Array<[INodeParameters, RegExp]>> = {
		'contact create': ofContact.map(([additionalFields, message]) => [
			{ additionalFields } as INodeParameters,
			message,
		]),
		'contact update': [
			[{ updateFields: {} }, /^'Update Fields' is empty/],
			[{ updateFields: { phone: '+1 CALL' } }, /^'Phone' .*"\+1 CALL"/],
			[{ contactId: ' ' }, /^'Contact' is empty/],
			[{ contactId: '={{ ({ id: 7 }) }}' }, /^'Contact' is not text/],
		],
		'campaign start': [
			[{ sender: '={{ "" }}' }, /^'From' is empty/],
			[{ sender: '+12' }, /^'From' .*"\+12"/],
			[{ listName: '={{ $json.gone }}' }, /^'List Name' is empty/],
			[{ listName: '={{ [] }}' }, /^'List Name' is not text/],
			[{ body: ' \n' }, /^'Message' is empty/],
			[{ body: object }, /^'Message' is not text/],
			[{ additionalFields: { mediaUrls: ['a.jpg'] } }, /^'Media URLs' .*"a\.jpg"/],
			[{ additionalFields: { name: object } }, /^'Name' is not text/],
			[{ additionalFields: { provider: '={{ ["rcs"] }}' } }, /^'Provider' is not text/],
		],
		'user create': [
			[{ email: ' ' }, /^'Email' is empty/],
			[{ email: '={{ ["a@example.com"] }}' }, /^'Email' is not text/],
			[{ additionalFields: { firstName: object } }, /^'First Name' is not text/],
			[{ additionalFields: { lastName: object } }, /^'Last Name' is not text/],
			[{ additionalFields: { role: object } }, /^'Role' is not text/],
		],
		'user assignPhone': [
			[{ userId: ' ' }, /^'User' is empty/],
			[{ phoneId: '={{ $json.gone }}' }, /^'Phone ID' is empty/],
			[{ userId: '={{ ({}) }}' }, /^'User' is not text/],
		],
		'inbox create': [
			[{ name: '\t' }, /^'Name' is empty/],
			[{ name: '={{ [1] }}' }, /^'Name' is not text/],
			[{ additionalFields: { accountSID: 'AC1' } }, /^'Auth Token' is missing/],
			[{ additionalFields: { accountSID: '', authToken: 'x' } }, /^'Account SID' is missing/],
			[{ additionalFields: { accountSID: object, authToken: 'x' } }, /^'Account SID' is not text/],
		],
		'agent start': [
			[{ webhookId: ' ' }, /^'Webhook ID' is empty/],
			[{ webhookId: object }, /^'Webhook ID' is not text/],
			[{ phone: '+1 CALL' }, /^'Phone' .*"\+1 CALL"/],
			[{ dataFields: rowsOf({ ' ': 'gold' }) }, /^'Data > Name' is empty/],
			[{ specifyData: 'json', data: '[]' }, /^'Data \(JSON\)' is not a JSON object/],
			[{ specifyData: 'json', data: '{ order: ' }, /^'Data \(JSON\)' is not a JSON object/],
		],
	};
	const cases = Object.entries(entered).flatMap(([name, each]) =>
		each.map(([fields, message]) => [name, fields, message] as const),
	);

	test.each(cases)('%s with %j', async (name, fields, message) => {
		const write = writeOf(name);
		const received = clerkChatApi(() => [422, {}]);
		const { error } = await runNode([{}], setup(write, { ...write.minimal.fields, ...fields }));
		expect(error?.message).toMatch(message);
		expect(error?.name).toBe('NodeOperationError');
		expect(error?.description).toMatch(/\w.*\.$/);
		expect(error?.context.itemIndex).toBe(0);
		expect(received).toHaveLength(0);
	});
});

describe('contacts', () => {
	test.each<[string, INodeParameters, IDataObject]>([
		[
			'only what is given; false is given',
			{ name: '', email: '={{ null }}', phone: ' ', public: false },
			{ public: false },
		],
		[
			"no 'Custom Data (JSON)' as it is when it is added: an empty object would clear nothing",
			{ name: 'Nathan', data: '{}' },
			{ name: 'Nathan' },
		],
		["'Custom Data' alone", { dataFields: rowsOf({ plan: 'gold' }) }, { data: { plan: 'gold' } }],
		['a number as text', { name: '={{ 42 }}' }, { name: '42' }],
	])('changes: %s', async (_name, updateFields, body) => {
		expect(await bodiesOf(update, { updateFields })).toEqual([body]);
	});

	test.each<[string, unknown]>([
		['JSON text', '{ "plan": "gold", "visits": 2 }'],
		['JSON text from an expression', '={{ JSON.stringify({ plan: "gold", visits: 2 }) }}'],
		['an object from an expression', '={{ ({ plan: "gold", visits: 2 }) }}'],
		['JSON text with expressions in it', '={ "plan": "{{ $json.plan }}", "visits": 2 }'],
	])("'Custom Data (JSON)' as %s", async (_name, data) => {
		const fields = { additionalFields: { data } as INodeParameters };
		expect(await bodiesOf(create, fields, [{ plan: 'gold' }])).toEqual([
			{ data: { plan: 'gold', visits: 2 } },
		]);
	});

	test.each<[string, INodeParameters, IDataObject | undefined]>([
		[
			'what is typed is text, also digits',
			rowsOf({ plan: ' gold ', visits: '5', vip: 'true' }),
			{ plan: ' gold ', visits: '5', vip: 'true' },
		],
		[
			'values from an expression keep their type',
			rowsOf({
				visits: '={{ 5 }}',
				vip: '={{ false }}',
				tags: '={{ ["a"] }}',
				address: '={{ ({ city: "Ulm" }) }}',
				since: '={{ DateTime.fromISO("2026-01-31T09:00:00Z").toUTC() }}',
				seen: '={{ new Date("2026-01-31T09:00:00Z") }}',
			}),
			{
				visits: 5,
				vip: false,
				tags: ['a'],
				address: { city: 'Ulm' },
				since: '2026-01-31T09:00:00.000Z',
				seen: '2026-01-31T09:00:00.000Z',
			},
		],
		[
			'rows without a value, such as those that this item lacks, are left out',
			rows(
				{ name: 'plan', value: 'gold' },
				{ name: 'gone', value: '={{ $json.gone }}' },
				{ name: 'plan', value: '' },
				{ name: '', value: '' },
			),
			{ plan: 'gold' },
		],
		['no row with a value', rowsOf({ gone: '={{ null }}' }), undefined],
		['no rows', rows(), undefined],
		[
			'a name that means something to JavaScript',
			rowsOf({ toString: 'a' }),
			{ toString: 'a' } as never,
		],
	])("'Custom Data': %s", async (_name, dataFields, data) => {
		expect(await bodiesOf(create, { additionalFields: { name: 'Ann', dataFields } })).toEqual([
			{ name: 'Ann', ...(data && { data }) },
		]);
	});

	test.each(['create', 'update', 'createMany'])(
		'%s: the most important fields come first',
		(name) => {
			const { operations } = resources.find(({ option }) => option.value === 'contact')!;
			const shown = operations
				.find(({ option }) => option.value === name)!
				.fields.find(({ type }) => type === 'collection')!;
			const labels = shown.options?.map((field) => 'displayName' in field && field.displayName);
			expect(labels).toEqual([
				'Name',
				'Phone',
				'Email',
				'Public',
				'Custom Data',
				'Custom Data (JSON)',
			]);
		},
	);

	test.each([
		['a/b ?#', 'a%2Fb%20%3F%23'],
		['50%', '50%25'],
		['é+1', '%C3%A9%2B1'],
		['../campaigns', '..%2Fcampaigns'],
		['={{ 7 }}', '7'],
	])('the ID %s in a path', async (contactId, escaped) => {
		const received = clerkChatApi(update.answer);
		await runNode([{}], setup(update, { contactId, updateFields: { name: 'A' } }));
		expect(received).toMatchObject([
			{ path: `/public/contacts/${escaped}`, query: {}, violations: [] },
		]);
	});
});

test.each(['.', '..'])("an ID %j can't lead to another endpoint", async (id) => {
	const received = clerkChatApi(() => [404, {}]);
	const toUpdate = setup(update, { contactId: id, updateFields: { name: 'A' } });
	const errors = [
		(await runNode([{}], toUpdate)).error,
		(await runNode([{}], setup(agent, { webhookId: id }))).error,
	];
	expect(received.map(({ path }) => path)).toEqual([]);
	expect(errors.map((error) => error?.message)).toEqual([
		expect.stringContaining("'Contact'"),
		expect.stringContaining("'Webhook ID'"),
	]);
});

describe.each<[string, string, string, (request: Received) => unknown]>([
	['contact update', 'contactId', 'id', ({ path }) => path.split('/').pop()],
	['user assignPhone', 'userId', 'id', ({ body }) => body.userId],
	['campaign start', 'sender', 'number', ({ body }) => body.sender],
])('picked from a list: %s, %s', (name, field, byHand, sentOf) => {
	const write = writeOf(name);
	const located = (mode: string, value: unknown) =>
		({ __rl: true, mode, value }) as unknown as INodeParameters;
	const having = (value: unknown) =>
		setup(write, { ...write.minimal.fields, [field]: value } as INodeParameters);

	test.each<[string, unknown, string]>([
		['picked', located('list', 'p7'), 'p7'],
		['picked, with its name', { ...located('list', 'p7'), cachedResultName: 'Ann' }, 'p7'],
		['entered by hand', located(byHand, ' p7 '), 'p7'],
		['an expression in the list', located('list', '={{ $json.id }}'), 'p7'],
		['an expression by hand', located(byHand, '={{ $json.id }}'), 'p7'],
		['plain text, as workflows have it that are older than the list', 'p7', 'p7'],
		['an expression in the place of all of it', '={{ $json.id }}', 'p7'],
		['an expression that returns digits', located(byHand, '={{ String(77) }}'), '77'],
	])('%s', async (_name, value, expected) => {
		const received = clerkChatApi(write.answer);
		const { items } = await runNode([{ id: 'p7' }], having(value));
		expect(items).toHaveLength(1);
		expect(received.map(sentOf)).toEqual([expected]);
		expect(received.flatMap(({ violations }) => violations)).toEqual([]);
	});

	test.each<[string, unknown]>([
		['nothing picked by an expression', located('list', '={{ $json.gone }}')],
		['nothing entered by an expression', located(byHand, '={{ "" }}')],
		['nothing but blanks', located(byHand, '  ')],
	])('%s: refused, and nothing is sent', async (_name, value) => {
		const received = clerkChatApi(write.answer);
		const { error } = await runNode([{}], having(value));
		expect(error?.message).toMatch(/^'(Contact|User|From)' is empty$/);
		expect(received).toHaveLength(0);
	});

	test("nothing picked: n8n doesn't start", async () => {
		const received = clerkChatApi(write.answer);
		await expect(runNode([{}], having(located('list', '')))).rejects.toThrow(/has issues/);
		expect(received).toHaveLength(0);
	});

	test.each(['list', byHand])('an agent fills it in, in mode %s', async (mode) => {
		const received = clerkChatApi(write.answer);
		const value = located(mode, "={{ $fromAI('whom', 'Who it is', 'string') }}");
		await asTool(having(value))({ whom: 'p7' });
		expect(received.map(sentOf)).toEqual(['p7']);
	});
});

describe('campaigns', () => {
	test.each<[string, INodeParameters, string[]]>([
		['left out', {}, []],
		[
			'text with line breaks',
			{ mediaUrls: '={{ "https://a.test/1\\nhttps://a.test/2" }}' },
			['https://a.test/1', 'https://a.test/2'],
		],
	])("'Media URLs' %s: always sent as a list", async (_name, additionalFields, mediaUrls) => {
		expect(await bodiesOf(campaign, { additionalFields })).toMatchObject([{ mediaUrls }]);
	});

	test('the text is sent as written', async () => {
		const body = '  Hello\n\n';
		expect(await bodiesOf(campaign, { body })).toMatchObject([{ body }]);
	});

	test("a campaign returned with an error may still run, so it isn't started again", async () => {
		const error = '3 contacts skipped';
		const received = clerkChatApi(() => [201, { data: { id: 12, status: 'scheduled', error } }]);
		const starting = setup(campaign, campaign.minimal.fields, { retryOnFail: true, maxTries: 3 });
		const failed = await runNode([{}], starting);
		expect(failed.error?.message).toBe(
			'Clerk Chat answered with an error; the campaign may have been started',
		);
		expect(failed.error?.description).toContain(`"3 contacts skipped". It's unclear whether`);
		expect((await retry(failed, [{}], starting)).error?.message).toBe(failed.error?.message);
		expect(received).toHaveLength(1);
	});
});

test.each(['user create', 'user assignPhone'])(
	'%s: the response is bare or in data, with 200 or 201',
	async (name) => {
		const write = writeOf(name);
		const user = { id: 'u-1', email: 'a@example.com', role: 'member', name: 'A', somethingNew };
		const answers: Answer[] = [user, { data: user }].flatMap((body): Answer[] => [
			[200, body],
			[201, body],
		]);
		undocumentedApi(...answers);
		for (const answer of answers) {
			const { items } = await runNode([{}], setup(write, write.minimal.fields));
			expect([answer, items]).toEqual([answer, [{ json: user, pairedItem: { item: 0 } }]]);
		}
	},
);

describe('agents', () => {
	const path = `/public/pipelines/webhook/${WEBHOOK_ID}`;

	test.each([
		WEBHOOK_ID,
		` ${WEBHOOK_ID}\n`,
		`https://web-api.clerk.chat${path}`,
		`https://web-api.clerk.chat${path}/`,
		`https://web-api.clerk.chat${path}?from=builder#top`,
	])("'Webhook ID' %j", async (webhookId) => {
		const received = clerkChatApi(agent.answer);
		const { items } = await runNode([{}], setup(agent, { webhookId }));
		// Always to the credential's host, whatever URL was pasted.
		expect(received).toMatchObject([{ path, violations: [] }]);
		expect(items).toMatchObject([{ json: { started: true, webhookId: WEBHOOK_ID } }]);
	});

	test("a 'Webhook ID' with characters reserved in URLs is escaped", async () => {
		const received = clerkChatApi(() => [404, {}]);
		await runNode([{}], setup(agent, { webhookId: 'a b?#%' }));
		expect(received).toMatchObject([
			{ path: '/public/pipelines/webhook/a%20b%3F%23%25', query: {} },
		]);
	});

	const phone = '+14155550123';
	const json = (data: string) => ({ specifyData: 'json', data });
	const order = { dataFields: rowsOf({ order: '1001', count: '={{ 2 }}' }) };
	const ordered = { order: '1001', count: 2 };

	test.each<[string, INodeParameters, IDataObject]>([
		['nothing', {}, {}],
		['empty data', json('{}'), {}],
		['no data at all', json(''), {}],
		['rows', { specifyData: 'fields', ...order }, ordered],
		['rows, which is how it is at first', order, ordered],
		['rows and a phone', { ...order, phone }, { ...ordered, phone }],
		['no rows', { dataFields: {} }, {}],
		['rows after JSON', { ...json('{ "old": 1 }'), specifyData: 'fields', ...order }, ordered],
		['JSON after rows', { ...order, ...json('{ "new": 1 }') }, { new: 1 }],
		['a phone of spaces', { phone: '  ' }, {}],
		['a phone only', { phone: '+1 415 555 0123', ...json('{}') }, { phone }],
		['data only', json('{ "order": 7 }'), { order: 7 }],
		['a phone in both places', { phone, ...json('{ "phone": "+14155550199" }') }, { phone }],
		['a phone in the data', json('{ "phone": "+14155550199" }'), { phone: '+14155550199' }],
		['data below data', json('{ "data": { "a": [1, null] } }'), { data: { a: [1, null] } }],
	])('%s: the body is a JSON object', async (_name, fields, body) => {
		expect(await bodiesOf(agent, fields)).toEqual([body]);
	});

	test('future fields of the response are returned, too', async () => {
		undocumentedApi([202, { runId: 'r-1' }], [200, { data: { runId: 'r-2' } }]);
		const { items } = await runNode([{}, {}], setup(agent, { webhookId: WEBHOOK_ID, phone }));
		expect(items.map(({ json }) => json)).toEqual([
			{ started: true, webhookId: WEBHOOK_ID, runId: 'r-1' },
			{ started: true, webhookId: WEBHOOK_ID, runId: 'r-2' },
		]);
	});
});
