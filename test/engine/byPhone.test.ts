import type { IDataObject, INodeParameters } from 'n8n-workflow';
import { limits } from '../../nodes/api/limits';
import { clerkChatApi } from './clerkChatApi';
import type { Answer, Received } from './clerkChatApi';
import { closeNetwork } from './closeNetwork';
import { asTool, BASE_URL, runNode } from './engine';
import type { Setup } from './engine';

/* 'Contact: Update' of a contact that is named by its phone number. */

const setup = (value: unknown, settings: Setup['settings'] = {}): Setup => ({
	parameters: {
		resource: 'contact',
		operation: 'update',
		contactId: { __rl: true, mode: 'phone', value } as INodeParameters,
		updateFields: { name: 'Ann' },
	},
	settings: { waitBetweenTries: 1, ...settings },
});

const people: IDataObject[] = [
	{ id: '1', phone: '+14155550101' },
	{ id: '2', phone: '+1 (415) 555-0102' },
	{ id: '3', phone: '+14155550103' },
	{ id: '4', phone: '+14155550103' },
	{ id: '5', phone: null },
	{ id: '6' },
];

/** Lists these contacts and changes what it is asked to. */
const api = (
	list: (asked: Received) => Answer = () => [200, { data: people }],
	put: (asked: Received) => Answer = ({ path, body }) => [
		200,
		{ data: { id: path.split('/').pop(), ...body } },
	],
) =>
	clerkChatApi((asked) => (asked.method === 'GET' ? list(asked) : put(asked)), {
		documented: false,
	});

const requestsOf = (received: Received[]) =>
	received.map(({ method, path }) => `${method} ${path}`);

closeNetwork();
beforeEach(() => {
	jest.replaceProperty(limits, 'firstRepeatWait', 1);
});

test.each([
	['+14155550101', '1'],
	['+1 (415) 555-0101', '1'],
	['+14155550102', '2'],
	['={{ $json.phone }}', '1'],
	["={{ '+1' + '4155550102' }}", '2'],
])('the one contact with %s is changed', async (phone, id) => {
	const received = api();
	const { items } = await runNode([{ phone: '+1-415-555-0101' }], setup(phone));
	expect(requestsOf(received)).toEqual(['GET /public/contacts', `PUT /public/contacts/${id}`]);
	expect(received[1]).toMatchObject({ body: { name: 'Ann' }, violations: [] });
	expect(items).toEqual([{ json: { id, name: 'Ann' }, pairedItem: { item: 0 } }]);
});

test('so is the one contact with an email address', async () => {
	const received = api(() => [200, { data: [...people, { id: '8', email: 'Ann@example.com' }] }]);
	const { parameters } = setup('');
	const contactId = { __rl: true, mode: 'email', value: 'ann@example.com' };
	await runNode([{}], { parameters: { ...parameters, contactId } });
	expect(requestsOf(received)).toEqual(['GET /public/contacts', 'PUT /public/contacts/8']);
});

test('for many items the list is read once', async () => {
	const received = api();
	const items = Array.from({ length: 20 }, (_, n) => ({ phone: `+1415555010${(n % 2) + 1}` }));
	const result = await runNode(items, setup('={{ $json.phone }}'));
	expect(received.filter(({ method }) => method === 'GET')).toHaveLength(1);
	expect(result.items.map(({ json }) => json.id)).toEqual(items.map((_, n) => `${(n % 2) + 1}`));
});

test('contacts on further pages are found', async () => {
	const received = api(({ query }) =>
		query.page === '2'
			? [200, { data: people }]
			: [200, { data: [{ id: '9' }], links: { next: `${BASE_URL}/public/contacts?page=2` } }],
	);
	await runNode([{}], setup('+14155550101'));
	expect(requestsOf(received)).toEqual([
		'GET /public/contacts',
		'GET /public/contacts',
		'PUT /public/contacts/1',
	]);
});

describe('when it is not exactly one', () => {
	test.each<[string, string, Answer, string, RegExp]>([
		[
			'none has it',
			'+14155550199',
			[200, { data: people }],
			'No contact has the phone number +14155550199',
			/^Nothing was updated\.<br>Check the phone number, or create the contact first\./,
		],
		[
			'there are no contacts',
			'+14155550199',
			[200, { data: [] }],
			'No contact has the phone number +14155550199',
			/create the contact first/,
		],
		[
			'two have it',
			'+14155550103',
			[200, { data: people }],
			'2 contacts have the phone number +14155550103',
			/IDs: 3, 4\. .*'By ID'/,
		],
		[
			'one has it, but there are contacts that Clerk Chat does not give',
			'+14155550101',
			[200, { data: people, total: 500 }],
			"Can't tell whether only one contact has the phone number +14155550101",
			/may have more contacts than it returns.*'By ID'/,
		],
		[
			'none has it, but there are contacts that Clerk Chat does not give',
			'+14155550199',
			[200, { data: people, total: 500 }],
			"Can't tell whether a contact has the phone number +14155550199",
			/may have more contacts than it returns/,
		],
		[
			'one has it, on a full page of which nothing tells that it is the last one',
			'+14155550101',
			[200, { data: [...people, ...Array.from({ length: 44 }, (_, n) => ({ id: `x${n}` }))] }],
			"Can't tell whether only one contact has the phone number +14155550101",
			/may have more contacts than it returns/,
		],
		[
			'the one that has it has no ID',
			'+14155550101',
			[200, { data: [{ phone: '+14155550101' }] }],
			'No contact has the phone number +14155550101',
			/create/,
		],
		[
			'no number',
			'+1 CALL',
			[200, { data: people }],
			'\'Contact\' contains an invalid phone number: "+1 CALL"',
			/country code/,
		],
		[
			'nothing',
			'={{ $json.gone }}',
			[200, { data: people }],
			"'Contact' is empty",
			/Enter a value/,
		],
		[
			'a number out of a spreadsheet',
			'={{ 4155550101 }}',
			[200, { data: people }],
			'\'Contact\' contains an invalid phone number: "4155550101"',
			/Write it with \+/,
		],
	])('%s: refused, and nothing is changed', async (_name, phone, list, message, description) => {
		const received = api(() => list);
		const { error } = await runNode([{}], setup(phone));
		expect(error?.message).toBe(message);
		expect(error?.description).toMatch(description);
		expect(error?.context.itemIndex).toBe(0);
		expect(received.filter(({ method }) => method === 'PUT')).toEqual([]);
	});

	test('On Error = Stop: found before anything is changed', async () => {
		const received = api();
		const items = [{ phone: '+14155550101' }, { phone: '+14155550103' }];
		const { error } = await runNode(items, setup('={{ $json.phone }}'));
		expect(error?.context.itemIndex).toBe(1);
		expect(requestsOf(received)).toEqual(['GET /public/contacts']);
	});

	test('On Error = Continue: that item alone, the others are changed', async () => {
		api();
		const items = [
			{ phone: '+14155550103' },
			{ phone: '+14155550101' },
			{ phone: '={{' },
			{ phone: '+14155550199' },
		];
		const settings = { onError: 'continueErrorOutput' } as const;
		const result = await runNode(items, setup('={{ $json.phone }}', settings));
		expect(result.items).toMatchObject([{ json: { id: '1' }, pairedItem: { item: 1 } }]);
		expect(result.errorItems.map(({ pairedItem }) => pairedItem)).toEqual(
			[0, 2, 3].map((item) => ({ item })),
		);
		expect(result.errorItems[0].json.error).toMatchObject({ outcome: 'refused' });
	});

	test('an expression that fails for one item is that item alone', async () => {
		api();
		const value = '={{ $json.bad ? $("Nowhere").item.json.x : "+14155550101" }}';
		const settings = { onError: 'continueRegularOutput' } as const;
		const { items } = await runNode([{ bad: true }, {}], setup(value, settings));
		expect(items.map(({ json }) => json.id ?? 'error')).toEqual(['error', '1']);
	});
});

describe('when the list cannot be read', () => {
	test.each<[number, RegExp]>([
		[
			403,
			/^The contact could not be looked up: This API key is not allowed to do that in 2 of 2 items$/,
		],
		[500, /^The contact could not be looked up: Clerk Chat couldn't handle the request/],
	])('%i: refused, with what Clerk Chat says', async (status, message) => {
		const received = api(() => [status, { message: 'No, thanks' }]);
		const { error } = await runNode([{}, {}], setup('+14155550101'));
		expect(error?.message).toMatch(message);
		expect(error?.description).toContain('"No, thanks"');
		expect(requestsOf(received)).toEqual(['GET /public/contacts']);
	});

	test('503, then fine: read again', async () => {
		let reads = 0;
		api(() => (reads++ === 0 ? [503, {}] : [200, { data: people }]));
		const { items } = await runNode([{}], setup('+14155550101'));
		expect(items).toMatchObject([{ json: { id: '1' } }]);
	});

	test('Retry On Fail reads it again', async () => {
		let reads = 0;
		const received = api(() => (reads++ === 0 ? [500, {}] : [200, { data: people }]));
		const { items } = await runNode([{}], setup('+14155550101', { retryOnFail: true }));
		expect(items).toMatchObject([{ json: { id: '1' } }]);
		expect(received).toHaveLength(3);
	});

	test('what an earlier try changed comes out all the same', async () => {
		let reads = 0;
		const received = api(
			() => (reads++ === 0 ? [200, { data: people }] : [500, {}]),
			({ path }) =>
				path.endsWith('/2') ? [500, {}] : [200, { data: { id: path.split('/').pop() } }],
		);
		const settings = { onError: 'continueErrorOutput', retryOnFail: true, maxTries: 2 } as const;
		const items = [{ phone: '+14155550101' }, { phone: '+14155550102' }];
		const result = await runNode(items, setup('={{ $json.phone }}', settings));
		expect(result.items).toMatchObject([{ json: { id: '1' } }]);
		expect(received.filter(({ path }) => path.endsWith('/1'))).toHaveLength(1);
	});

	test('a key that cannot be one, with On Error = Continue: an error for each item', async () => {
		const received = api();
		const { items } = await runNode([{}, {}], {
			...setup('+14155550101', { onError: 'continueRegularOutput' }),
			credentials: { apiKey: 'a\nb', baseUrl: BASE_URL },
		});
		expect(items).toHaveLength(2);
		expect(JSON.stringify(items)).toContain("'API Key' in the credential");
		expect(received).toEqual([]);
	});
});

test.each(['list', 'id'])('mode %s: no list is read', async (mode) => {
	const received = api();
	const { parameters } = setup('');
	const contactId = { __rl: true, mode, value: '7' };
	await runNode([{}], { parameters: { ...parameters, contactId } });
	expect(requestsOf(received)).toEqual(['PUT /public/contacts/7']);
});

test('an agent names the contact by its phone number', async () => {
	const received = api();
	const call = asTool(setup("={{ $fromAI('phone') }}"));
	await call({ phone: '+1 415 555 0102' });
	expect(requestsOf(received)).toEqual(['GET /public/contacts', 'PUT /public/contacts/2']);
	await expect(call({ phone: '+14155550103' })).rejects.toThrow(/2 contacts have the phone number/);
});
