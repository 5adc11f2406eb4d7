import type { IDataObject, IHttpRequestMethods, INodeParameters } from 'n8n-workflow';
import { resources } from '../../nodes/ClerkChat/resources';
import { limits } from '../../nodes/api/limits';
import { Waits } from '../../nodes/api/waits';
import { clerkChatApi } from './clerkChatApi';
import type { Answer, Received } from './clerkChatApi';
import { closeNetwork } from './closeNetwork';
import { cutConnections } from './cutConnections';
import { API_KEY, asTool, operationOf, operationsWith, retry, runNode } from './engine';
import type { Setup } from './engine';
import { slowApi } from './slowApi';

/* Every operation that writes, besides those in `apart`, which have tests of their own. */

const WEBHOOK_ID = '3f2a6c1e-0d4b-4f7a-9c58-6b1e2d3c4a5f';

interface Write {
	name: string;
	parameters: INodeParameters;
	method: IHttpRequestMethods;
	/** Doing it twice is the same as doing it once. */
	repeatable?: true;
	/** Clerk Chat answers with nothing, so there is nothing in an answer that could be missing. */
	answersNothing?: true;
	/** As few fields as possible, and what goes out then. */
	minimal: { fields: INodeParameters; path: string; body?: IDataObject };
	/** All fields, from expressions over `$json.n`, and what goes out for an item. */
	all: {
		fields: INodeParameters;
		path: (n: number) => string;
		body: (n: number) => IDataObject | undefined;
	};
	answer: (request: Received) => Answer;
	/** What comes out for an answer. */
	out?: (request: Received) => IDataObject;
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
		parameters: { resource: 'contact', operation: 'create' },
		method: 'POST',
		minimal: {
			fields: { additionalFields: { phone: '+14155550123' } },
			path: '/public/contacts',
			body: { phone: '+14155550123' },
		},
		all: {
			fields: { additionalFields: contactFields },
			path: () => '/public/contacts',
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
		parameters: { resource: 'contact', operation: 'update' },
		method: 'PUT',
		repeatable: true,
		minimal: {
			fields: { contactId: '7', updateFields: { name: 'Nathan' } },
			path: '/public/contacts/7',
			body: { name: 'Nathan' },
		},
		all: {
			fields: { contactId: '=c{{ $json.n }}', updateFields: contactFields },
			path: (n) => `/public/contacts/c${n}`,
			body: contactBody,
		},
		...wrapped(200, ({ body, path }) => ({ id: path.split('/').pop(), ...body, somethingNew })),
		unknown: /unclear whether the contact was updated\. Run this item again/,
	},
	{
		name: 'campaign start',
		parameters: { resource: 'campaign', operation: 'start' },
		method: 'POST',
		minimal: {
			fields: { sender: '+14155550100', listName: 'Regulars', body: 'Soup of the day' },
			path: '/public/campaigns',
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
			path: () => '/public/campaigns',
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
		parameters: { resource: 'user', operation: 'create' },
		method: 'POST',
		minimal: {
			fields: { email: ' nathan@example.com ' },
			path: '/public/admin/users',
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
			path: () => '/public/admin/users',
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
		parameters: { resource: 'user', operation: 'assignPhone' },
		method: 'POST',
		minimal: {
			fields: { userId: 'u-1', phoneId: 'p-1' },
			path: '/public/admin/phone-assignments',
			body: { userId: 'u-1', phoneId: 'p-1' },
		},
		all: {
			fields: { userId: '=u-{{ $json.n }}', phoneId: '={{ $json.n }}' },
			path: () => '/public/admin/phone-assignments',
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
		parameters: { resource: 'inbox', operation: 'create' },
		method: 'POST',
		minimal: {
			fields: { name: 'Support Line' },
			path: '/public/twilio-connector/inbox/application',
			body: { name: 'Support Line' },
		},
		all: {
			fields: {
				name: '=Line {{ $json.n }}',
				additionalFields: { accountSID: '=AC{{ $json.n }}', authToken: '=token-{{ $json.n }}' },
			},
			path: () => '/public/twilio-connector/inbox/application',
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
		parameters: { resource: 'agent', operation: 'start' },
		method: 'POST',
		answersNothing: true,
		minimal: {
			fields: { webhookId: WEBHOOK_ID },
			path: `/public/pipelines/webhook/${WEBHOOK_ID}`,
			body: {},
		},
		all: {
			fields: {
				webhookId: `=${WEBHOOK_ID.slice(0, -1)}{{ $json.n }}`,
				phone: '=+1 415 555 010{{ $json.n }}',
				specifyData: 'json',
				data: '={ "order": {{ $json.n }}, "paid": true }',
			},
			path: (n) => `/public/pipelines/webhook/${WEBHOOK_ID.slice(0, -1)}${n}`,
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

const setup = (write: Write, fields: INodeParameters, settings: Setup['settings'] = {}): Setup => ({
	parameters: { ...write.parameters, ...fields },
	settings: { waitBetweenTries: 1, ...settings },
});

/** Answers that the OpenAPI document does not allow, one after the other; the last one for all that follow. */
const undocumentedApi = (...answers: Answer[]) =>
	clerkChatApi((_request, index) => answers[Math.min(index, answers.length - 1)], {
		documented: false,
	});

/** Runs the node against a server that cuts the first connection; tells how many requests there were. */
const withCutConnection = async (write: Write, settings: Setup['settings'] = {}) => {
	const [status, body] = write.answer({ path: '/7', body: {} } as Received);
	const server = await cutConnections(1, [status, body]);
	const { credentials } = server;
	const result = await runNode([{}], {
		...setup(write, write.minimal.fields, settings),
		credentials,
	});
	await server.close();
	return { result, requests: server.requests() };
};

closeNetwork();
beforeEach(() => {
	jest.replaceProperty(limits, 'firstRepeatWait', 1);
});

test('every operation that writes is tested here, or has a file of its own', () => {
	const names = writes.map(({ parameters }) => operationOf(parameters));
	expect([...names, ...apart].sort()).toEqual(operationsWith('write'));
});

describe.each(writes)('$name', (write) => {
	const { method, minimal, all, answer } = write;

	test('as few fields as possible: nothing else is sent', async () => {
		const received = clerkChatApi(answer);
		const { items, status } = await runNode([{}], setup(write, minimal.fields));
		expect(status).toBe('success');
		expect(received).toMatchObject([{ method, path: minimal.path, query: {}, violations: [] }]);
		expect(received[0].body).toEqual(minimal.body);
		if (minimal.body) expect(received[0].headers['content-type']).toContain('application/json');
		expect(received[0].headers.apikey).toBe(API_KEY);
		expect(items).toEqual([{ json: write.out?.(received[0]), pairedItem: { item: 0 } }]);
	});

	test('every field, from expressions, for each of several items', async () => {
		const received = clerkChatApi(answer);
		const { items } = await runNode([{ n: 1 }, { n: 2 }, { n: 3 }], setup(write, all.fields));
		expect(received.flatMap(({ violations }) => violations)).toEqual([]);
		const sent = received.map((request) => ({
			method: request.method,
			path: request.path,
			body: request.body,
		}));
		const expected = [1, 2, 3].map((n) => ({ method, path: all.path(n), body: all.body(n) }));
		expect(sent).toHaveLength(3);
		expect(sent).toEqual(expect.arrayContaining(expected));
		expect(items).toEqual(
			expected.map((request, item) => ({
				json: write.out?.(request as Received),
				pairedItem: { item },
			})),
		);
	});

	test.each(['403', '422'])('%s: refused, linked, and the others are done', async (status) => {
		const refusedAt = all.path(2) === all.path(1) ? undefined : all.path(2);
		const sorted = (body: IDataObject = {}) => JSON.stringify(Object.entries(body).sort());
		const isSecond = ({ path, body }: Received) =>
			refusedAt ? path === refusedAt : sorted(body) === sorted(all.body(2));
		const received = clerkChatApi((request) =>
			isSecond(request) ? [Number(status), { message: 'No, thanks' }] : answer(request),
		);
		const result = await runNode(
			[{ n: 1 }, { n: 2 }, { n: 3 }],
			setup(write, all.fields, { onError: 'continueErrorOutput' }),
		);
		expect(received).toHaveLength(3);
		expect(result.items.map(({ pairedItem }) => pairedItem)).toEqual([{ item: 0 }, { item: 2 }]);
		expect(result.errorItems).toMatchObject([
			{
				json: {
					n: 2,
					error: {
						httpCode: status,
						outcome: 'refused',
						description: expect.stringContaining('"No, thanks"') as string,
					},
				},
				pairedItem: { item: 1 },
			},
		]);
	});

	test('429: waits as Retry-After says, then goes through', async () => {
		// Without regard to the header, the wait would be longer than a test may take.
		jest.replaceProperty(limits, 'firstWait', 60_000);
		jest.replaceProperty(limits, 'longestGuessedWait', 60_000);
		const received = clerkChatApi((request, index) =>
			index === 0 ? [429, {}, { 'retry-after': '0.01' }] : answer(request),
		);
		const { items } = await runNode([{}], setup(write, minimal.fields));
		expect(received).toHaveLength(2);
		expect(received[1].body).toEqual(minimal.body);
		expect(items).toHaveLength(1);
	});

	test('429 for longer than patience lasts: refused, so that a later try does it', async () => {
		jest.replaceProperty(limits, 'patience', 500);
		const received = clerkChatApi((request, index) =>
			index === 0 ? [429, {}, { 'retry-after': '1' }] : answer(request),
		);
		const result = await runNode([{}], setup(write, minimal.fields, { retryOnFail: true }));
		expect(received).toHaveLength(2);
		expect(result.items).toHaveLength(1);
	});

	test('a 2xx with something else in it is not taken for an answer of Clerk Chat', async () => {
		undocumentedApi([200, '<html>Sign in</html>']);
		const { error } = await runNode([{}], setup(write, minimal.fields));
		expect(error?.message).toMatch(
			/^The answer doesn't look like one from Clerk Chat(; the .* may have been .*)?$/,
		);
	});

	test('the API key stays out of what people read', async () => {
		clerkChatApi(() => [422, { message: `bad ${API_KEY}` }]);
		const result = await runNode([{}], setup(write, minimal.fields));
		expect(result.error?.description).toContain('bad ***');
		expect(JSON.stringify(result.error)).not.toContain(API_KEY);
	});
});

describe.each(writes.filter(({ repeatable }) => !repeatable))(
	'$name, when it is not known whether it was done',
	(write) => {
		const { minimal, answer, unknown } = write;

		test.each([408, 500, 503])('%s: not done again, also not by Retry On Fail', async (status) => {
			const received = clerkChatApi((request, index) =>
				index === 0 ? [status, {}] : answer(request),
			);
			const result = await runNode([{}], setup(write, minimal.fields, { retryOnFail: true }));
			expect(received).toHaveLength(1);
			expect(result.status).toBe('error');
			expect(result.error?.description).toMatch(unknown);
		});

		test('cut connection: not done again', async () => {
			const { result, requests } = await withCutConnection(write, { retryOnFail: true });
			expect(requests).toBe(1);
			expect(result.error?.message).toContain('connection to Clerk Chat ended');
			expect(result.error?.description).toMatch(unknown);
		});

		test('the error item says so', async () => {
			clerkChatApi(() => [500, {}]);
			const settings = { onError: 'continueRegularOutput', retryOnFail: true } as const;
			const { items } = await runNode([{}], setup(write, minimal.fields, settings));
			expect(items).toMatchObject([
				{ json: { error: { outcome: 'unknown', httpCode: '500' } }, pairedItem: { item: 0 } },
			]);
		});
	},
);

test('the auth token of a Twilio account stays out of what people read', async () => {
	clerkChatApi(() => [422, { message: 'authToken token-7 was refused by Twilio' }]);
	const additionalFields = { accountSID: 'AC7', authToken: "={{ 'token-' + 7 }}" };
	const fields = { name: 'Support Line', additionalFields };
	const { error } = await runNode([{}], setup(writeOf('inbox create'), fields));
	expect(error?.description).toContain('authToken *** was refused');
	expect(JSON.stringify(error)).not.toContain('token-7');
});

describe.each(writes.filter(({ repeatable }) => repeatable))('$name, to be repeated', (write) => {
	const { minimal, answer } = write;

	test.each([502, 503, 504])('%s: repeated', async (status) => {
		const received = clerkChatApi((request, index) => (index < 2 ? [status, {}] : answer(request)));
		const { items } = await runNode([{}], setup(write, minimal.fields));
		expect(received).toHaveLength(3);
		expect(items).toEqual([{ json: write.out?.(received[2]), pairedItem: { item: 0 } }]);
	});

	test('cut connection: repeated', async () => {
		const { result, requests } = await withCutConnection(write);
		expect(requests).toBe(2);
		expect(result.items).toHaveLength(1);
	});

	test('503 for ever: given up after a few tries, and each wait is twice the one before', async () => {
		const received = clerkChatApi(() => [503, {}]);
		const wait = jest.spyOn(Waits.prototype, 'wait');
		const { error } = await runNode([{}], setup(write, minimal.fields));
		expect(received).toHaveLength(limits.tries);
		expect(error?.message).toContain('an issue on its side');
		// Each is a little shorter, by chance.
		expect(wait.mock.calls.map(([ms]) => Math.ceil(ms))).toEqual([1, 2, 4]);
	});

	test.each([500, 422])('%s: not repeated', async (status) => {
		const received = clerkChatApi(() => [status, {}]);
		await runNode([{}], setup(write, minimal.fields));
		expect(received).toHaveLength(1);
	});
});

describe('contact update', () => {
	const update = writeOf('contact update');

	test('one that waits to be repeated when the run ends: perhaps done, not untried', async () => {
		jest.replaceProperty(limits, 'firstRepeatWait', 6_000);
		clerkChatApi(({ path }) => [path.endsWith('/1') ? 502 : 401, {}]);
		const inOrder = { contactId: '={{ $json.id }}', updateFields: { name: 'Ann' } };
		const settings = { onError: 'continueRegularOutput' as const };
		const { items } = await runNode([{ id: 1 }, { id: 2 }], setup(update, inOrder, settings));
		expect(items).toMatchObject([
			{ json: { error: { httpCode: '502', outcome: 'unknown' } } },
			{ json: { error: { httpCode: '401', outcome: 'refused' } } },
		]);
	});

	test('the same contact in several items: changed one after the other, in item order', async () => {
		const seen = slowApi(update.answer, () => 50);
		const items = [1, 2, 3, 4].map((n) => ({ n }));
		const inOrder = { contactId: '7', updateFields: { name: '={{ $json.n }}' } };
		await runNode(items, setup(update, inOrder));
		expect(seen.bodies.map(({ name }) => name)).toEqual(['1', '2', '3', '4']);
		expect(seen.peak).toBe(1);
	});

	test('other contacts: changed at the same time', async () => {
		const seen = slowApi(update.answer, () => 200);
		const others = { contactId: '={{ $json.id }}', updateFields: { name: 'Ann' } };
		await runNode([{ id: 1 }, { id: 2 }, { id: 3 }], setup(update, others));
		expect(seen.peak).toBe(3);
	});
});

describe('bad input names the field as people see it, and nothing is sent', () => {
	const row = (name: string, value: string) => ({ values: [{ name, value }] });
	const rowCases: Array<[IDataObject[], RegExp]> = [
		[[{ name: ' ', value: 'gold' }], /^'Data > Name' is empty/],
		[[{ name: '={{ $json.gone }}', value: 'gold' }], /^'Data > Name' is empty/],
		[[{ name: '={{ ({}) }}', value: 'gold' }], /^'Data > Name' is not text/],
		[
			[
				{ name: 'plan', value: 'gold' },
				{ name: ' plan', value: 'silver' },
			],
			/^'Data' has the name "plan" twice/,
		],
		[[{ name: 'a', value: '{{ $json.x }}' }], /^'Data > Value' contains an expression/],
		[[{ name: 'a', value: '[object Object]' }], /^'Data > Value' contains "\[object Object\]"/],
	];
	const contactCases = (name: string, collection: string, fields: INodeParameters) => {
		const having = (values: IDataObject): INodeParameters => ({
			...fields,
			[collection]: values as INodeParameters,
		});
		const label = collection === 'updateFields' ? 'Update Fields' : 'Additional Fields';
		const cases: Array<[string, INodeParameters, RegExp]> = [
			[name, having({}), new RegExp(`^'${label}' is empty`)],
			[name, having({ name: '', phone: '={{ $json.gone }}' }), new RegExp(`^'${label}' is empty`)],
			[name, having({ name: '={{ ({ a: 1 }) }}' }), /^'Name' is not text/],
			[name, having({ email: '={{ ["a@example.com"] }}' }), /^'Email' is not text/],
			[name, having({ phone: '+1 CALL' }), /^'Phone' .*"\+1 CALL"/],
			[name, having({ phone: '={{ ({ a: 1 }) }}' }), /^'Phone' is not text/],
			[name, having({ data: '[1, 2]' }), /^'Data \(JSON\)' is not a JSON object/],
			[name, having({ data: '={{ [1, 2] }}' }), /^'Data \(JSON\)' is not a JSON object/],
			[name, having({ data: 'gold' }), /^'Data \(JSON\)' is not a JSON object/],
			[name, having({ data: 'null' }), /^'Data \(JSON\)' is not a JSON object/],
			[name, having({ data: '={{ 7 }}' }), /^'Data \(JSON\)' is not a JSON object/],
			[name, having({ name: 'A', public: '={{ "perhaps" }}' }), /^'Public'/],
			...rowCases.map(([values, message]): (typeof cases)[number] => [
				name,
				having({ dataFields: { values } as never }),
				message,
			]),
			[
				name,
				having({ dataFields: row('plan', 'gold'), data: '{ "plan": "silver" }' }),
				/^"plan" is in both 'Data' and 'Data \(JSON\)'$/,
			],
		];
		return cases;
	};
	const campaign = writeOf('campaign start').minimal.fields;
	const cases: Array<[string, INodeParameters, RegExp]> = [
		...contactCases('contact create', 'additionalFields', {}),
		...contactCases('contact update', 'updateFields', { contactId: '7' }),
		['contact update', { contactId: ' ', updateFields: { name: 'A' } }, /^'Contact' is empty/],
		[
			'contact update',
			{ contactId: '={{ ({ id: 7 }) }}', updateFields: { name: 'A' } },
			/^'Contact' is not text/,
		],
		['campaign start', { ...campaign, sender: '={{ "" }}' }, /^'From' is empty/],
		['campaign start', { ...campaign, sender: '+12' }, /^'From' .*"\+12"/],
		['campaign start', { ...campaign, listName: '={{ $json.gone }}' }, /^'List Name' is empty/],
		['campaign start', { ...campaign, listName: '={{ [] }}' }, /^'List Name' is not text/],
		['campaign start', { ...campaign, body: ' \n' }, /^'Message' is empty/],
		['campaign start', { ...campaign, body: '={{ ({ a: 1 }) }}' }, /^'Message' is not text/],
		[
			'campaign start',
			{ ...campaign, additionalFields: { mediaUrls: ['a.jpg'] } },
			/^'Media URLs' .*"a\.jpg"/,
		],
		[
			'campaign start',
			{ ...campaign, additionalFields: { name: '={{ ({ a: 1 }) }}' } },
			/^'Name' is not text/,
		],
		[
			'campaign start',
			{ ...campaign, additionalFields: { provider: '={{ ["rcs"] }}' } },
			/^'Provider' is not text/,
		],
		['user create', { email: ' ' }, /^'Email' is empty/],
		['user create', { email: '={{ ["a@example.com"] }}' }, /^'Email' is not text/],
		[
			'user create',
			{ email: 'a@example.com', additionalFields: { firstName: '={{ ({ a: 1 }) }}' } },
			/^'First Name' is not text/,
		],
		[
			'user create',
			{ email: 'a@example.com', additionalFields: { lastName: '={{ ({ a: 1 }) }}' } },
			/^'Last Name' is not text/,
		],
		[
			'user create',
			{ email: 'a@example.com', additionalFields: { role: '={{ ({ a: 1 }) }}' } },
			/^'Role' is not text/,
		],
		['user assignPhone', { userId: ' ', phoneId: 'p' }, /^'User' is empty/],
		['user assignPhone', { userId: 'u', phoneId: '={{ $json.gone }}' }, /^'Phone ID' is empty/],
		['user assignPhone', { userId: '={{ ({}) }}', phoneId: 'p' }, /^'User' is not text/],
		['inbox create', { name: '\t' }, /^'Name' is empty/],
		['inbox create', { name: '={{ [1] }}' }, /^'Name' is not text/],
		[
			'inbox create',
			{ name: 'A', additionalFields: { accountSID: 'AC1' } },
			/^'Auth Token' is missing/,
		],
		[
			'inbox create',
			{ name: 'A', additionalFields: { accountSID: '', authToken: 'x' } },
			/^'Account SID' is missing/,
		],
		[
			'inbox create',
			{ name: 'A', additionalFields: { accountSID: '={{ ({}) }}', authToken: 'x' } },
			/^'Account SID' is not text/,
		],
		['agent start', { webhookId: ' ' }, /^'Webhook ID' is empty/],
		['agent start', { webhookId: '={{ ({}) }}' }, /^'Webhook ID' is not text/],
		['agent start', { webhookId: WEBHOOK_ID, phone: '+1 CALL' }, /^'Phone' .*"\+1 CALL"/],
		...rowCases.map(([values, message]): (typeof cases)[number] => [
			'agent start',
			{ webhookId: WEBHOOK_ID, dataFields: { values } as never },
			message,
		]),
		[
			'agent start',
			{ webhookId: WEBHOOK_ID, specifyData: 'json', data: '[]' },
			/^'Data \(JSON\)' is not a JSON object/,
		],
		[
			'agent start',
			{ webhookId: WEBHOOK_ID, specifyData: 'json', data: '{ order: ' },
			/^'Data \(JSON\)' is not a JSON object/,
		],
	];

	test.each(cases)('%s with %j', async (name, fields, message) => {
		const write = writeOf(name);
		const received = clerkChatApi(() => [422, {}]);
		const { error } = await runNode([{}], setup(write, fields));
		expect(error?.message).toMatch(message);
		expect(error?.name).toBe('NodeOperationError');
		expect(error?.description).toMatch(/\w.*\.$/);
		expect(error?.context.itemIndex).toBe(0);
		expect(received).toHaveLength(0);
	});

	test.each(writes)('$name: in the last item, before anything is sent', async (write) => {
		const received = clerkChatApi(write.answer);
		const broken = '={{ $json.n === 3 ? $("Nowhere").item.json.x : "7" }}';
		const [[name, value]] = Object.entries(write.minimal.fields);
		const field = { [name]: typeof value === 'object' ? { name: broken } : broken };
		const items = [{ n: 1 }, { n: 2 }, { n: 3 }];
		const stopped = await runNode(items, setup(write, { ...write.all.fields, ...field }));
		expect(stopped.error?.context.itemIndex).toBe(2);
		expect(stopped.error?.description).toMatch(
			/^Nothing was \w+\.<br>.*This is item 3 of 3 \(n8n counts from 0\)\./,
		);
		expect(received).toHaveLength(0);
	});
});

describe('contacts', () => {
	const create = writeOf('contact create');
	const update = writeOf('contact update');

	test('only what is given goes out; false is given', async () => {
		const received = clerkChatApi(update.answer);
		const updateFields = { name: '', email: '={{ null }}', phone: ' ', public: false };
		await runNode([{}], setup(update, { contactId: '7', updateFields }));
		expect(received[0].body).toEqual({ public: false });
	});

	test("'Data (JSON)' as it is when it is added, an empty object, clears nothing in Clerk Chat", async () => {
		const received = clerkChatApi(update.answer);
		const updateFields = { name: 'Nathan', data: '{}' };
		await runNode([{}], setup(update, { contactId: '7', updateFields }));
		expect(received[0].body).toEqual({ name: 'Nathan' });
	});

	test.each<[string, unknown]>([
		['JSON text', '{ "plan": "gold", "visits": 2 }'],
		['JSON text from an expression', '={{ JSON.stringify({ plan: "gold", visits: 2 }) }}'],
		['an object from an expression', '={{ ({ plan: "gold", visits: 2 }) }}'],
		['JSON text with expressions in it', '={ "plan": "{{ $json.plan }}", "visits": 2 }'],
	])("'Data (JSON)' as %s", async (_name, data) => {
		const received = clerkChatApi(create.answer);
		await runNode([{ plan: 'gold' }], setup(create, { additionalFields: { data } as never }));
		expect(received).toMatchObject([{ body: { data: { plan: 'gold', visits: 2 } } }]);
	});

	const rows = (...values: IDataObject[]) => ({ dataFields: { values } }) as never;

	test.each<[string, IDataObject[], IDataObject | undefined]>([
		[
			'what is typed is text, also digits',
			[
				{ name: 'plan', value: ' gold ' },
				{ name: 'visits', value: '5' },
				{ name: 'vip', value: 'true' },
			],
			{ plan: ' gold ', visits: '5', vip: 'true' },
		],
		[
			'values from an expression keep their type',
			[
				{ name: 'visits', value: '={{ 5 }}' },
				{ name: 'vip', value: '={{ false }}' },
				{ name: 'tags', value: '={{ ["a"] }}' },
				{ name: 'address', value: '={{ ({ city: "Ulm" }) }}' },
				{ name: 'since', value: '={{ DateTime.fromISO("2026-01-31T09:00:00Z").toUTC() }}' },
				{ name: 'seen', value: '={{ new Date("2026-01-31T09:00:00Z") }}' },
			],
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
			[
				{ name: 'plan', value: 'gold' },
				{ name: 'gone', value: '={{ $json.gone }}' },
				{ name: 'plan', value: '' },
				{ name: '', value: '' },
			],
			{ plan: 'gold' },
		],
		['no row with a value', [{ name: 'gone', value: '={{ null }}' }], undefined],
		['no rows', [], undefined],
		[
			'a name that means something to JavaScript',
			[{ name: 'toString', value: 'a' }],
			{ toString: 'a' } as never,
		],
	])("'Data': %s", async (_name, values, data) => {
		const received = clerkChatApi(create.answer);
		const additionalFields = { name: 'Ann', ...(rows(...values) as object) };
		await runNode([{}], setup(create, { additionalFields }));
		expect(received.map(({ body }) => body)).toEqual([{ name: 'Ann', ...(data && { data }) }]);
		expect(received.flatMap(({ violations }) => violations)).toEqual([]);
	});

	test("'Data' alone is something to change", async () => {
		const received = clerkChatApi(update.answer);
		const updateFields = rows({ name: 'plan', value: 'gold' });
		await runNode([{}], setup(update, { contactId: '7', updateFields }));
		expect(received).toMatchObject([{ body: { data: { plan: 'gold' } } }]);
	});

	test('what people want first stands first', () => {
		for (const { parameters } of [
			create,
			update,
			{ parameters: { resource: 'contact', operation: 'createMany' } },
		]) {
			const shown = resources
				.find(({ option }) => option.value === 'contact')!
				.operations.find(({ option }) => option.value === parameters.operation)!
				.fields.find(({ type }) => type === 'collection')!;
			expect(shown.options?.map((field) => 'displayName' in field && field.displayName)).toEqual([
				'Name',
				'Phone',
				'Email',
				'Public',
				'Data',
				'Data (JSON)',
			]);
		}
	});

	test('numbers become texts', async () => {
		const received = clerkChatApi(create.answer);
		await runNode([{}], setup(create, { additionalFields: { name: '={{ 42 }}' } }));
		expect(received).toMatchObject([{ body: { name: '42' }, violations: [] }]);
	});

	test.each<[string, Write, INodeParameters, string]>([
		[
			'contact create',
			writeOf('contact create'),
			{ additionalFields: { phone: '={{ 15202345678 }}' } },
			'Phone',
		],
		['agent start', writeOf('agent start'), { phone: '={{ 15202345678 }}' }, 'Phone'],
	])(
		'%s: a phone number from a spreadsheet, without its plus, is refused',
		async (_name, operation, parameters, label) => {
			const received = clerkChatApi(operation.answer);
			const { error } = await runNode(
				[{}],
				setup(operation, { ...operation.minimal.fields, ...parameters }),
			);
			expect(error?.message).toBe(`'${label}' contains an invalid phone number: "15202345678"`);
			expect(error?.description).toContain("'Default Country Code' in the credential");
			expect(received).toHaveLength(0);
		},
	);

	test.each([
		['a/b ?#', 'a%2Fb%20%3F%23'],
		['50%', '50%25'],
		['é+1', '%C3%A9%2B1'],
		['../campaigns', '..%2Fcampaigns'],
	])('an ID %s is escaped', async (contactId, escaped) => {
		const received = clerkChatApi(update.answer);
		await runNode([{}], setup(update, { contactId, updateFields: { name: 'A' } }));
		expect(received).toMatchObject([
			{ path: `/public/contacts/${escaped}`, query: {}, violations: [] },
		]);
	});

	test('a number as contact ID', async () => {
		const received = clerkChatApi(update.answer);
		const fields = { contactId: '={{ $json.id }}', updateFields: { name: 'A' } };
		await runNode([{ id: 7 }], setup(update, fields));
		expect(received).toMatchObject([{ path: '/public/contacts/7' }]);
	});
});

describe('what can be picked from a list', () => {
	const pickers: Array<[string, string, string, (request: Received) => unknown]> = [
		['contact update', 'contactId', 'id', ({ path }) => path.split('/').pop()],
		['user assignPhone', 'userId', 'id', ({ body }) => body.userId],
		['campaign start', 'sender', 'number', ({ body }) => body.sender],
	];

	describe.each(pickers)('%s: %s', (name, field, byHand, sentOf) => {
		const write = writeOf(name);
		const located = (mode: string, value: unknown) =>
			({ __rl: true, mode, value }) as unknown as INodeParameters;

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
			const fields = { ...write.minimal.fields, [field]: value } as INodeParameters;
			const { items } = await runNode([{ id: 'p7' }], setup(write, fields));
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
			const fields = { ...write.minimal.fields, [field]: value } as INodeParameters;
			const { error } = await runNode([{}], setup(write, fields));
			expect(error?.message).toMatch(/^'(Contact|User|From)' is empty$/);
			expect(received).toHaveLength(0);
		});

		test('nothing picked at all: n8n does not even start', async () => {
			const received = clerkChatApi(write.answer);
			const fields = { ...write.minimal.fields, [field]: located('list', '') };
			await expect(runNode([{}], setup(write, fields))).rejects.toThrow(/has issues/);
			expect(received).toHaveLength(0);
		});

		test.each(['list', byHand])('an agent fills it in, in mode %s', async (mode) => {
			const received = clerkChatApi(write.answer);
			const value = located(mode, "={{ $fromAI('whom', 'Who it is', 'string') }}");
			const call = asTool(setup(write, { ...write.minimal.fields, [field]: value }));
			await call({ whom: 'p7' });
			expect(received.map(sentOf)).toEqual(['p7']);
		});
	});
});

describe('campaigns', () => {
	const start = writeOf('campaign start');

	test.each<[string, unknown, string[]]>([
		['left out', undefined, []],
		['an empty list', [], []],
		['empty texts', ['', ' '], []],
		[
			'text with line breaks',
			'={{ "https://a.test/1\\nhttps://a.test/2" }}',
			['https://a.test/1', 'https://a.test/2'],
		],
		['a list from an expression', '={{ ["https://a.test/1"] }}', ['https://a.test/1']],
	])("'Media URLs' %s: always sent as a list", async (_name, mediaUrls, expected) => {
		const received = clerkChatApi(start.answer);
		const additionalFields = (mediaUrls === undefined ? {} : { mediaUrls }) as INodeParameters;
		await runNode([{}], setup(start, { ...start.minimal.fields, additionalFields }));
		expect(received).toMatchObject([{ body: { mediaUrls: expected }, violations: [] }]);
	});

	test('the text goes out as it was written', async () => {
		const received = clerkChatApi(start.answer);
		await runNode([{}], setup(start, { ...start.minimal.fields, body: '  Hello\n\n' }));
		expect(received).toMatchObject([{ body: { body: '  Hello\n\n' } }]);
	});

	test('a campaign that comes back with an error may run all the same, so it is not started again', async () => {
		const error = '3 contacts skipped';
		const received = clerkChatApi(() => [201, { data: { id: 12, status: 'scheduled', error } }]);
		const starting = setup(start, start.minimal.fields, { retryOnFail: true, maxTries: 3 });
		const failed = await runNode([{}], starting);
		expect(failed.error?.message).toBe(
			'Clerk Chat answered with an error; the campaign may have been started',
		);
		expect(failed.error?.description).toContain(`"3 contacts skipped". It's unclear whether`);
		expect((await retry(failed, [{}], starting)).error?.message).toBe(failed.error?.message);
		expect(received).toHaveLength(1);
	});
});

describe('users and phone assignments', () => {
	const user = { id: 'u-1', email: 'a@example.com', role: 'member', name: 'A', somethingNew };

	describe.each(['user create', 'user assignPhone'])('%s', (name) => {
		const write = writeOf(name);

		test.each<[string, Answer]>([
			['bare, 201', [201, user]],
			['bare, 200', [200, user]],
			['in data, 201', [201, { data: user }]],
			['in data, 200', [200, { data: user }]],
		])('the answer %s', async (_name, answer) => {
			undocumentedApi(answer);
			const { items } = await runNode([{}], setup(write, write.minimal.fields));
			expect(items).toEqual([{ json: user, pairedItem: { item: 0 } }]);
		});

		test.each<[string, unknown]>([
			['nothing', ''],
			['an empty object', {}],
			['data that holds nothing', { data: null }],
		])('a 201 with %s is not taken for a user', async (_name, body) => {
			undocumentedApi([201, body]);
			const { error, items } = await runNode([{}], setup(write, write.minimal.fields));
			expect(error?.message).toMatch(
				/^The answer doesn't look like one from Clerk Chat(; the .* may have been .*)?$/,
			);
			expect(items).toEqual([]);
		});
	});
});

test.each(writes.filter(({ answersNothing }) => !answersNothing))(
	'$name: a 2xx with an empty list as data does not make the item vanish',
	async (write) => {
		undocumentedApi([201, { data: [] }]);
		const settings = { onError: 'continueRegularOutput' } as const;
		const { items } = await runNode([{}], setup(write, write.minimal.fields, settings));
		expect(items).toMatchObject([
			{
				json: {
					error: {
						message: expect.stringMatching(
							/^The answer doesn't look like one from Clerk Chat/,
						) as string,
					},
				},
				pairedItem: { item: 0 },
			},
		]);
	},
);

test.each(['.', '..'])('an ID %j is no way to another endpoint', async (id) => {
	const received = clerkChatApi(() => [404, {}]);
	const update = setup(writeOf('contact update'), { contactId: id, updateFields: { name: 'A' } });
	const start = setup(writeOf('agent start'), { webhookId: id });
	const errors = [(await runNode([{}], update)).error, (await runNode([{}], start)).error];
	expect(received.map(({ path }) => path)).toEqual([]);
	expect(errors.map((error) => error?.message)).toEqual([
		expect.stringContaining("'Contact'"),
		expect.stringContaining("'Webhook ID'"),
	]);
});

describe('agents', () => {
	const start = writeOf('agent start');
	const path = `/public/pipelines/webhook/${WEBHOOK_ID}`;

	test.each([
		WEBHOOK_ID,
		` ${WEBHOOK_ID}\n`,
		`https://web-api.clerk.chat${path}`,
		`https://web-api.clerk.chat${path}/`,
		`https://web-api.clerk.chat${path}?from=builder#top`,
	])("'Webhook ID' %j", async (webhookId) => {
		const received = clerkChatApi(start.answer);
		const { items } = await runNode([{}], setup(start, { webhookId }));
		// Always to the host of the credential, whatever address was pasted.
		expect(received).toMatchObject([{ path, violations: [] }]);
		expect(items).toMatchObject([{ json: { started: true, webhookId: WEBHOOK_ID } }]);
	});

	test("a 'Webhook ID' with signs that mean something in addresses is escaped", async () => {
		const received = clerkChatApi(() => [404, {}]);
		await runNode([{}], setup(start, { webhookId: 'a b?#%' }));
		expect(received).toMatchObject([
			{ path: '/public/pipelines/webhook/a%20b%3F%23%25', query: {} },
		]);
	});

	const rows = {
		dataFields: {
			values: [
				{ name: 'order', value: '1001' },
				{ name: 'count', value: '={{ 2 }}' },
			],
		},
	} as unknown as INodeParameters;

	test.each<[string, INodeParameters, IDataObject]>([
		['nothing', {}, {}],
		['empty data', { specifyData: 'json', data: '{}' }, {}],
		['no data at all', { specifyData: 'json', data: '' }, {}],
		['rows', { specifyData: 'fields', ...rows }, { order: '1001', count: 2 }],
		['rows, which is how it is at first', rows, { order: '1001', count: 2 }],
		[
			'rows and a phone',
			{ ...rows, phone: '+14155550123' },
			{ order: '1001', count: 2, phone: '+14155550123' },
		],
		['no rows', { dataFields: {} }, {}],
		[
			'rows, when something was entered as JSON before',
			{ specifyData: 'fields', ...rows, data: '{ "old": 1 }' },
			{ order: '1001', count: 2 },
		],
		[
			'JSON, when there were rows before',
			{ specifyData: 'json', ...rows, data: '{ "new": 1 }' },
			{ new: 1 },
		],
		['a phone of spaces', { phone: '  ' }, {}],
		[
			'a phone only',
			{ phone: '+1 415 555 0123', specifyData: 'json', data: '{}' },
			{ phone: '+14155550123' },
		],
		['data only', { specifyData: 'json', data: '{ "order": 7 }' }, { order: 7 }],
		[
			'a phone in both places',
			{ phone: '+14155550123', specifyData: 'json', data: '{ "phone": "+14155550199" }' },
			{ phone: '+14155550123' },
		],
		[
			'a phone in the data',
			{ specifyData: 'json', data: '{ "phone": "+14155550199" }' },
			{ phone: '+14155550199' },
		],
		[
			'data below data',
			{ specifyData: 'json', data: '{ "data": { "a": [1, null] } }' },
			{ data: { a: [1, null] } },
		],
	])('%s: the body is a JSON object', async (_name, fields, body) => {
		const received = clerkChatApi(start.answer);
		await runNode([{}], setup(start, { webhookId: WEBHOOK_ID, ...fields }));
		expect(received).toMatchObject([{ violations: [] }]);
		expect(received[0].body).toEqual(body);
		expect(received[0].headers['content-type']).toContain('application/json');
	});

	test('whatever the answer may hold one day comes out, too', async () => {
		undocumentedApi([202, { runId: 'r-1' }], [200, { data: { runId: 'r-2' } }]);
		const { items } = await runNode(
			[{}, {}],
			setup(start, { webhookId: WEBHOOK_ID, phone: '+14155550123' }),
		);
		expect(items.map(({ json }) => json)).toEqual([
			{ started: true, webhookId: WEBHOOK_ID, runId: 'r-1' },
			{ started: true, webhookId: WEBHOOK_ID, runId: 'r-2' },
		]);
	});

	test.each<[string, INodeParameters]>([
		['without a phone', {}],
		['the same phone and other agents', { webhookId: '={{ $json.n }}', phone: '+14155550123' }],
	])('%s: nobody waits for another', async (_name, fields) => {
		const seen = slowApi(start.answer, () => 200);
		const items = [{ n: 1 }, { n: 2 }, { n: 3 }];
		await runNode(items, setup(start, { webhookId: WEBHOOK_ID, ...fields }));
		expect(seen.peak).toBe(3);
	});

	test('the same phone in several items: one after the other, in item order', async () => {
		const seen = slowApi(start.answer, () => 50);
		const items = [1, 2, 3, 4].map((n) => ({ n }));
		const fields = {
			webhookId: WEBHOOK_ID,
			phone: '+14155550123',
			specifyData: 'json',
			data: '={ "n": {{ $json.n }} }',
		};
		await runNode(items, setup(start, fields));
		expect(seen.bodies.map(({ n }) => n)).toEqual([1, 2, 3, 4]);
		expect(seen.peak).toBe(1);
	});
});

describe('used as a tool by an agent', () => {
	test.each(writes)('$name: done once, and the result goes back', async (write) => {
		const received = clerkChatApi(write.answer);
		const call = asTool(setup(write, write.minimal.fields));
		const answer = JSON.parse(String(await call({}))) as unknown;
		expect(received).toMatchObject([{ path: write.minimal.path, violations: [] }]);
		expect(answer).toEqual([write.out?.(received[0])]);
	});

	test.each(writes.filter(({ repeatable }) => !repeatable))(
		'$name: what may have been done is not done again',
		async (write) => {
			const received = clerkChatApi(() => [500, {}]);
			const call = asTool(setup(write, write.minimal.fields, { retryOnFail: true }));
			await expect(call({})).rejects.toThrow(write.unknown);
			expect(received).toHaveLength(1);
		},
	);
});
