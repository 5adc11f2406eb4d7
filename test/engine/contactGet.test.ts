import type { IDataObject, INodeParameters } from 'n8n-workflow';
import { limits } from '../../nodes/api/limits';
import { clerkChatApi } from './clerkChatApi';
import type { Answer } from './clerkChatApi';
import { closeNetwork } from './closeNetwork';
import { API_KEY, asTool, BASE_URL, runNode } from './engine';
import type { Setup } from './engine';

/* 'Contact: Get': one contact by ID, phone number or email address, found in the list. */

const setup = (mode: string, value: unknown, settings: Setup['settings'] = {}): Setup => ({
	parameters: {
		resource: 'contact',
		operation: 'get',
		contactId: { __rl: true, mode, value } as INodeParameters,
	},
	settings: { waitBetweenTries: 1, ...settings },
});

const people: IDataObject[] = [
	{ id: '1', phone: '+14155550101', email: 'ann@example.com', somethingNew: { kept: true } },
	{ id: '2', phone: '+1 (415) 555-0102', email: 'Ben@Example.com' },
	{ id: '3', phone: '+14155550103', email: 'cy@example.com' },
	{ id: '4', phone: '+14155550103', email: 'CY@example.com' },
	{ id: '5', phone: null },
];

const api = (list: Answer | (() => Answer) = [200, { data: people }]) =>
	clerkChatApi(() => (typeof list === 'function' ? list() : list), { documented: false });

closeNetwork();
beforeEach(() => {
	jest.replaceProperty(limits, 'firstRepeatWait', 1);
});

test.each([
	['id', '1', '1'],
	['id', '={{ 2 }}', '2'],
	['list', '1', '1'],
	['phone', '+1 415 555 0101', '1'],
	['phone', '+14155550102', '2'],
	['phone', '={{ $json.phone }}', '1'],
	['email', 'ann@example.com', '1'],
	['email', ' BEN@example.com ', '2'],
])('by %s, %s: the contact comes out whole', async (mode, value, id) => {
	const received = api();
	const { items } = await runNode([{ phone: '+1-415-555-0101' }], setup(mode, value));
	expect(received).toMatchObject([{ method: 'GET', path: '/public/contacts', violations: [] }]);
	expect(received[0].headers.apikey).toBe(API_KEY);
	expect(items).toEqual([{ json: people.find((each) => each.id === id), pairedItem: { item: 0 } }]);
});

test('a plain value, as an agent gives it, is an ID', async () => {
	api();
	const parameters = { resource: 'contact', operation: 'get', contactId: '3' };
	const { items } = await runNode([{}], { parameters });
	expect(items).toMatchObject([{ json: { id: '3' } }]);
});

test('the default country code of the credential completes numbers on both sides', async () => {
	api([200, { data: [{ id: '9', phone: '(415) 555-0109' }] }]);
	const { items } = await runNode([{}], {
		...setup('phone', '415 555 0109'),
		credentials: { apiKey: API_KEY, baseUrl: BASE_URL, defaultCountryCode: '1' },
	});
	expect(items).toMatchObject([{ json: { id: '9' } }]);
});

test('for many items the list is read once, and each gets its own', async () => {
	const received = api();
	const items = [{ id: 2 }, { id: 1 }, { id: 2 }];
	const result = await runNode(items, setup('id', '={{ $json.id }}'));
	expect(received).toHaveLength(1);
	expect(result.items.map(({ json, pairedItem }) => [json.id, pairedItem])).toEqual([
		['2', { item: 0 }],
		['1', { item: 1 }],
		['2', { item: 2 }],
	]);
});

const filler = (count: number) => Array.from({ length: count }, (_, n) => ({ id: `x${n}` }));

test.each<[string, string, string, IDataObject, string, RegExp]>([
	['none', 'id', '8', {}, 'No contact has the ID 8', /Check the ID/],
	['none', 'phone', '+14155550199', {}, 'No contact has the phone number +14155550199', /Check/],
	['none', 'email', 'dee@example.com', {}, 'No contact has the email address dee@exa', /create/],
	['two', 'phone', '+14155550103', {}, '2 contacts have the phone number +14155550103', /3, 4\./],
	['two', 'email', 'cy@example.com', {}, '2 contacts have the email address cy@example', /3, 4\./],
	['nothing', 'email', '={{ $json.gone }}', {}, "'Contact' is empty", /Enter a value/],
	[
		'one, and more than Clerk Chat gives',
		'email',
		'ann@example.com',
		{ total: 500 },
		"Can't tell whether only one contact has the email address ann@example.com",
		/may have more contacts/,
	],
	[
		'none, and more than Clerk Chat gives',
		'id',
		'8',
		{ total: 500 },
		"Can't tell whether a contact has the ID 8",
		/may have more contacts/,
	],
	[
		'none, on a full page',
		'phone',
		'+14155550199',
		{ data: [...people, ...filler(95)] },
		"Can't tell whether a contact has the phone number +14155550199",
		/may have more contacts/,
	],
])('%s, by %s %s: refused', async (_name, mode, value, more, message, description) => {
	api([200, { data: people, ...more }]);
	const { error } = await runNode([{}], setup(mode, value));
	expect(error?.message).toContain(message);
	expect(error?.description).toMatch(description);
	expect(error?.context.itemIndex).toBe(0);
});

test.each<[string, IDataObject]>([
	['the list is longer', { data: [...people, ...filler(95)] }],
	['there are more', { total: 500 }],
])('an ID has one contact alone, so it comes out although %s', async (_name, more) => {
	api([200, { data: people, ...more }]);
	const { items } = await runNode([{}], setup('id', '1'));
	expect(items).toMatchObject([{ json: { id: '1' } }]);
});

test('a full page is the whole list where `total` or `next` says so', async () => {
	for (const end of [{ total: 100 }, { links: { next: null } }]) {
		api([200, { data: [...people, ...filler(95)], ...end }]);
		const { items } = await runNode([{}], setup('phone', '+14155550101'));
		expect(items).toMatchObject([{ json: { id: '1' } }]);
	}
});

test('On Error = Continue: that item alone', async () => {
	api();
	const items = [{ id: 1 }, { id: 8 }, { id: 2 }, {}];
	const settings = { onError: 'continueErrorOutput' } as const;
	const result = await runNode(items, setup('id', '={{ $json.id }}', settings));
	expect(result.items.map(({ pairedItem }) => pairedItem)).toEqual([{ item: 0 }, { item: 2 }]);
	expect(result.errorItems).toMatchObject([
		{ json: { error: { message: 'No contact has the ID 8', outcome: 'refused' } } },
		{ json: { error: { message: "'Contact' is empty" } } },
	]);
});

test.each<[number, RegExp]>([
	[401, /doesn't accept the API key/],
	[500, /couldn't handle the request/],
])('%i: with what Clerk Chat says, for every item', async (status, message) => {
	api([status, { message: 'No, thanks' }]);
	const settings = { onError: 'continueRegularOutput' } as const;
	const { items } = await runNode([{}, {}], setup('id', '1', settings));
	for (const { json } of items) {
		expect(json.error).toMatchObject({
			message: expect.stringMatching(message) as string,
			httpCode: String(status),
			description: expect.stringContaining('"No, thanks"') as string,
		});
	}
	expect(items).toHaveLength(2);
});

test.each(['503 at first', 'Retry On Fail'])('%s: read again', async (name) => {
	let reads = 0;
	const status = name === 'Retry On Fail' ? 500 : 503;
	api(() => (reads++ === 0 ? [status, {}] : [200, { data: people }]));
	const { items } = await runNode([{}], setup('id', '1', { retryOnFail: true }));
	expect(items).toMatchObject([{ json: { id: '1' } }]);
});

test('an agent gets a contact by its email address', async () => {
	api();
	const call = asTool(setup('email', "={{ $fromAI('email') }}"));
	expect(JSON.parse(String(await call({ email: 'ann@example.com' })))).toEqual([people[0]]);
	await expect(call({ email: 'cy@example.com' })).rejects.toThrow(/2 contacts have/);
});
