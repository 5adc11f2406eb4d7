import type { IDataObject, INodeParameters } from 'n8n-workflow';
import { limits } from '../../nodes/api/limits';
import { clerkChatApi } from './clerkChatApi';
import type { Answer, Received } from './clerkChatApi';
import { closeNetwork } from './closeNetwork';
import { API_KEY, asTool, BASE_URL, runNode } from './engine';
import type { Result, Setup } from './engine';
import { linksOf, setupOf, toContinue, toErrorOutput } from './messages';

/*
 * Finding a contact in the list by phone number or email address: 'Contact: Get', and 'Contact: Update', which then
 * changes it.
 */

const setup = (
	operation: 'get' | 'update',
	mode: string,
	value: unknown,
	settings?: Setup['settings'],
): Setup => {
	const contactId = { __rl: true, mode, value } as INodeParameters;
	return setupOf(`contact ${operation}`, { contactId, updateFields: { name: 'Ann' } }, settings);
};

const people: IDataObject[] = [
	{ id: '1', phone: '+14155550101', email: 'ann@example.com', somethingNew: { kept: true } },
	{ id: '2', phone: '+1 (415) 555-0102', email: 'Ben@Example.com' },
	{ id: '3', phone: '+14155550103', email: 'cy@example.com' },
	{ id: '4', phone: '+14155550103', email: 'CY@example.com' },
	{ id: '5', phone: null },
	{ id: '6' },
];

/** So many contacts that are nobody, for a full page. */
const filler = (count: number) => Array.from({ length: count }, (_, n) => ({ id: `x${n}` }));

/** Lists these contacts and changes what it is asked to. */
const api = (
	list: (asked: Received, index: number) => Answer = () => [200, { data: people }],
	put: (id: string, body: IDataObject) => Answer = (id, body) => [200, { data: { id, ...body } }],
) =>
	clerkChatApi(
		(asked, index) =>
			asked.method === 'GET' ? list(asked, index) : put(asked.path.split('/').pop()!, asked.body),
		{ documented: false },
	);

const requestsOf = (received: Received[]) =>
	received.map(({ method, path }) => `${method} ${path.replace('/public/', '')}`);

const idsOf = (items: Result['items']) => items.map(({ json }) => json.id);

closeNetwork();
beforeEach(() => {
	jest.replaceProperty(limits, 'firstRepeatWait', 1);
});

describe.each([
	['get', []],
	['update', ['PUT']],
] as const)('%s', (operation, writes) => {
	const changeOf = (id: string) => writes.map((method) => `${method} contacts/${id}`);

	test.each([
		['phone', '+1 415 555 0101', '1'],
		['phone', '+14155550102', '2'],
		['phone', '={{ $json.phone }}', '1'],
		['email', 'ann@example.com', '1'],
		['email', ' BEN@example.com ', '2'],
	])('by %s, %s: finds the one contact that has it', async (mode, value, id) => {
		const received = api();
		const { items } = await runNode([{ phone: '+1-415-555-0101' }], setup(operation, mode, value));
		expect(requestsOf(received)).toEqual(['GET contacts', ...changeOf(id)]);
		expect(received.flatMap(({ violations }) => violations)).toEqual([]);
		expect(received[0].headers.apikey).toBe(API_KEY);
		const whole = people.find((each) => each.id === id);
		const json = operation === 'get' ? whole : { id, name: 'Ann' };
		expect(items).toEqual([{ json, pairedItem: { item: 0 } }]);
	});

	test('the default country code of the credential completes numbers on both sides', async () => {
		api(() => [200, { data: [{ id: '9', phone: '(415) 555-0109' }] }]);
		const { items } = await runNode([{}], {
			...setup(operation, 'phone', '415 555 0109'),
			credentials: { apiKey: API_KEY, baseUrl: BASE_URL, defaultCountryCode: '1' },
		});
		expect(items).toMatchObject([{ json: { id: '9' } }]);
	});

	test('reads the list once for many items, and each gets its own contact', async () => {
		const received = api();
		const items = [2, 1, 2].map((n) => ({ phone: `+1415555010${n}` }));
		const result = await runNode(items, setup(operation, 'phone', '={{ $json.phone }}'));
		expect(received.filter(({ method }) => method === 'GET')).toHaveLength(1);
		expect(idsOf(result.items)).toEqual(['2', '1', '2']);
		expect(linksOf(result.items)).toEqual([0, 1, 2]);
	});

	test('finds contacts on further pages', async () => {
		const received = api(({ query }) =>
			query.page === '2'
				? [200, { data: people }]
				: [200, { data: [{ id: '9' }], links: { next: `${BASE_URL}/public/contacts?page=2` } }],
		);
		await runNode([{}], setup(operation, 'phone', '+14155550101'));
		expect(requestsOf(received)).toEqual(['GET contacts', 'GET contacts', ...changeOf('1')]);
	});

	const byPhone = 'has the phone number';
	const only = `Can't tell whether only one contact ${byPhone} +14155550101`;
	const any = `Can't tell whether a contact ${byPhone} +14155550199`;

	test.each<[string, string, IDataObject, string, RegExp]>([
		['none', '+14155550199', {}, `No contact ${byPhone} +14155550199`, /Check the phone number/],
		['none, by email', 'dee@x.de', {}, 'No contact has the email address dee@x.de', /create the/],
		['an empty list', '+14155550199', { data: [] }, `No contact ${byPhone}`, /create the contact/],
		['two', '+14155550103', {}, '2 contacts have the phone number +14155550103', /IDs: 3, 4\./],
		['two, by email', 'cy@example.com', {}, '2 contacts have the email address cy@', /3, 4\./],
		['one of more', '+14155550101', { total: 500 }, only, /may have more contacts than it/],
		['none of more', '+14155550199', { total: 500 }, any, /may have more contacts than it/],
		[
			'one, on a full page that may not be the last',
			'+14155550101',
			{ data: [...people, ...filler(44)] },
			only,
			/may have more contacts/,
		],
		[
			'none, on two full pages at once',
			'+14155550199',
			{ data: [...people, ...filler(94)] },
			any,
			/may have more contacts/,
		],
		[
			'the one that has it has no ID',
			'+14155550101',
			{ data: [{ phone: '+14155550101' }] },
			`No contact ${byPhone}`,
			/create/,
		],
		['no number', '+1 CALL', {}, "'Contact' contains an invalid phone number", /country code/],
		['nothing', '={{ $json.gone }}', {}, "'Contact' is empty", /Enter a value/],
		['a number out of a spreadsheet', '={{ 4155550101 }}', {}, '"4155550101"', /Write it with \+/],
	])('%s: refused', async (_name, value, more, message, description) => {
		const received = api(() => [200, { data: people, ...more }]);
		const mode = value.includes('@') ? 'email' : 'phone';
		const { error } = await runNode([{}], setup(operation, mode, value));
		expect(error?.message).toContain(message);
		expect(error?.description).toMatch(description);
		expect(error?.context.itemIndex).toBe(0);
		expect(requestsOf(received)).not.toContainEqual(expect.stringMatching(/PUT/));
	});

	test('On Error = Continue: that item alone', async () => {
		api();
		const items = [3, 1, '={{', 9].map((n) => ({ phone: `+1415555010${n}` }));
		const value = '={{ $json.phone.endsWith("9") ? $("Nowhere").item.json.x : $json.phone }}';
		const result = await runNode(items, setup(operation, 'phone', value, toErrorOutput));
		expect(idsOf(result.items)).toEqual(['1']);
		expect(linksOf(result.items)).toEqual([1]);
		expect(linksOf(result.errorItems)).toEqual([0, 2, 3]);
		expect(result.errorItems[0].json.error).toMatchObject({ outcome: 'refused' });
	});

	test.each([403, 500])('%i for the list: reports what Clerk Chat says', async (status) => {
		const received = api(() => [status, { message: 'No, thanks' }]);
		const { items } = await runNode(
			[{}, {}],
			setup(operation, 'phone', '+14155550101', toContinue),
		);
		const error = { description: expect.stringContaining('"No, thanks"') as string };
		expect(items).toMatchObject([{ json: { error } }, { json: { error } }]);
		expect(requestsOf(received)).toEqual(['GET contacts']);
	});

	test('500 for the list at first, with Retry On Fail: reads it again', async () => {
		api((_asked, index) => (index === 0 ? [500, {}] : [200, { data: people }]));
		const settings = { retryOnFail: true };
		const { items } = await runNode([{}], setup(operation, 'phone', '+14155550101', settings));
		expect(items).toMatchObject([{ json: { id: '1' } }]);
	});

	test('an agent names the contact', async () => {
		const received = api();
		const call = asTool(setup(operation, 'phone', "={{ $fromAI('phone') }}"));
		expect(JSON.parse(String(await call({ phone: '+1 415 555 0102' })))).toMatchObject([
			{ id: '2' },
		]);
		expect(requestsOf(received)).toEqual(['GET contacts', ...changeOf('2')]);
		await expect(call({ phone: '+14155550103' })).rejects.toThrow(
			/2 contacts have the phone number/,
		);
	});
});

describe('get, by ID: also finds it in the list', () => {
	test.each([
		['id', '1', '1'],
		['id', '={{ 2 }}', '2'],
		['list', '1', '1'],
	])('by %s, %s', async (mode, value, id) => {
		api();
		const { items } = await runNode([{}], setup('get', mode, value));
		expect(items).toMatchObject([{ json: { id } }]);
	});

	test('a plain value, as agents send it, is an ID', async () => {
		api();
		const parameters = { resource: 'contact', operation: 'get', contactId: '3' };
		expect((await runNode([{}], { parameters })).items).toMatchObject([{ json: { id: '3' } }]);
	});

	test.each<[IDataObject, string]>([
		[{}, 'No contact has the ID 8'],
		[{ total: 500 }, "Can't tell whether a contact has the ID 8"],
	])('none, in a list with %j: refused', async (more, message) => {
		api(() => [200, { data: people, ...more }]);
		expect((await runNode([{}], setup('get', 'id', '8'))).error?.message).toBe(message);
	});

	test.each<[string, IDataObject]>([
		['the list is longer', { data: [...people, ...filler(94)] }],
		['there are more', { total: 500 }],
	])('an ID has only one contact, so it is returned although %s', async (_name, more) => {
		api(() => [200, { data: people, ...more }]);
		const { items } = await runNode([{}], setup('get', 'id', '1'));
		expect(items).toMatchObject([{ json: { id: '1' } }]);
	});

	test('a full page is the whole list if `total` or `next` says so', async () => {
		for (const end of [{ total: 100 }, { links: { next: null } }]) {
			api(() => [200, { data: [...people, ...filler(94)], ...end }]);
			const { items } = await runNode([{}], setup('get', 'phone', '+14155550101'));
			expect(items).toMatchObject([{ json: { id: '1' } }]);
		}
	});
});

describe('update: rules for changing', () => {
	test.each(['list', 'id'])('mode %s: no list is read', async (mode) => {
		const received = api();
		await runNode([{}], setup('update', mode, '7'));
		expect(requestsOf(received)).toEqual(['PUT contacts/7']);
	});

	test('On Error = Stop: a missing or ambiguous contact is noticed before anything is changed', async () => {
		const received = api();
		const items = [{ phone: '+14155550101' }, { phone: '+14155550103' }];
		const { error } = await runNode(items, setup('update', 'phone', '={{ $json.phone }}'));
		expect(error?.context.itemIndex).toBe(1);
		expect(error?.description).toMatch(/^Nothing was updated\.<br>Their IDs: 3, 4\. .*'By ID'/);
		expect(requestsOf(received)).toEqual(['GET contacts']);
	});

	test('unreadable list: one error for all items', async () => {
		api(() => [403, {}]);
		const { error } = await runNode([{}, {}], setup('update', 'phone', '+14155550101'));
		expect(error?.message).toBe(
			'The contact could not be looked up: This API key is not allowed to do that in 2 of 2 items',
		);
	});

	test("an earlier try's change is still returned", async () => {
		const received = api(
			(_asked, index) => (index === 0 ? [200, { data: people }] : [500, {}]),
			(id) => (id === '2' ? [500, {}] : [200, { data: { id } }]),
		);
		const settings = { onError: 'continueErrorOutput', retryOnFail: true, maxTries: 2 } as const;
		const items = [{ phone: '+14155550101' }, { phone: '+14155550102' }];
		const result = await runNode(items, setup('update', 'phone', '={{ $json.phone }}', settings));
		expect(result.items).toMatchObject([{ json: { id: '1' } }]);
		expect(received.filter(({ path }) => path.endsWith('/1'))).toHaveLength(1);
	});

	test('an invalid key, with On Error = Continue: an error for each item', async () => {
		const received = api();
		const { items } = await runNode([{}, {}], {
			...setup('update', 'phone', '+14155550101', toContinue),
			credentials: { apiKey: 'a\nb', baseUrl: BASE_URL },
		});
		expect(items).toHaveLength(2);
		expect(JSON.stringify(items)).toContain("'API Key' in the credential");
		expect(received).toEqual([]);
	});
});
