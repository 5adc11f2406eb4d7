import type { IDataObject, ILoadOptionsFunctions, INodeProperties } from 'n8n-workflow';
import nock from 'nock';
import { ClerkChat } from '../../nodes/ClerkChat/ClerkChat.node';
import { clerkChatApi } from './clerkChatApi';
import type { Received } from './clerkChatApi';
import { closeNetwork } from './closeNetwork';
import { cutConnections } from './cutConnections';
import { editor } from './editor';
import { API_KEY, BASE_URL } from './engine';
import { messageObject } from './messages';

/*
 * The pickers of 'From', 'Contact' and 'User', and what all pickers show if the list can't be read. n8n calls them in
 * the editor, not while a workflow runs. Templates have their own test file.
 */

const methods = new ClerkChat().methods.listSearch;
const { searchSenders, searchContacts, searchUsers } = methods;

const { properties } = new ClerkChat().description;

/** All resource locators of the node, those inside collections too. */
const locators = properties
	.flatMap((property) => [property, ...((property.options ?? []) as INodeProperties[])])
	.filter(({ type }) => type === 'resourceLocator');

const range = (from: number, to: number) =>
	Array.from({ length: to - from + 1 }, (_, index) => from + index);

/** Responds as given, and records the requests. */
const api = (bodyOf: (asked: Received) => IDataObject, status = 200) =>
	clerkChatApi((asked) => [status, bodyOf(asked)], { documented: false });

closeNetwork();

describe('the fields', () => {
	test.each([
		['sender', 'searchSenders', ['list', 'number']],
		['contactId', 'searchContacts', ['list', 'id', 'phone', 'email']],
		['userId', 'searchUsers', ['list', 'id']],
		['templateId', 'searchTemplates', ['list', 'id']],
	])("'%s' is filled by '%s' everywhere", (name, searchListMethod, modes) => {
		const fields = locators.filter((field) => field.name === name);
		expect(fields.length).toBeGreaterThan(0);
		for (const field of fields) {
			expect(field.modes?.map((mode) => mode.name)).toEqual(modes);
			expect(field.modes?.[0].typeOptions).toMatchObject({ searchListMethod, searchable: true });
			expect(field.default).toEqual({ mode: 'list', value: '' });
		}
	});

	test('From has a picker in every operation that texts people', () => {
		const shown = properties
			.filter(({ name, type }) => name === 'sender' && type === 'resourceLocator')
			.map(({ displayOptions }) => displayOptions?.show?.operation?.[0]);
		expect(shown.sort()).toEqual(['reply', 'send', 'sendAndWait', 'start']);
	});

	test('every picker has a list, and every list a picker', () => {
		const used = locators.map(({ modes }) => modes?.[0].typeOptions?.searchListMethod);
		expect([...new Set(used)].sort()).toEqual(Object.keys(methods).sort());
	});
});

describe("From: the team's numbers", () => {
	const search = async (filter?: string, context = editor(BASE_URL)) =>
		await searchSenders.call(context, filter);

	const sent = (id: number, sender: string, day: number, more: IDataObject = {}) => {
		const time = `2026-01-${String(day).padStart(2, '0')}T12:00:00.000Z`;
		return messageObject(id, { sender, timestamp: time, created: time, ...more });
	};

	const some = [
		sent(1, '+14155550100', 2),
		sent(2, '+14155550101', 9),
		sent(3, '+14155550100', 7),
		sent(4, '+14155550123', 10, { inbound: true, members: ['+14155550123', '+14155550102'] }),
		sent(8, '+14155550123', 12, { inbound: true, members: ['+1', '+14155550123', '+14155550103'] }),
		sent(5, '+14155550100', 3),
		sent(6, '+14155550999', 11, { status: 'failed' }),
		sent(7, 'rcs:agent-7', 1),
	];

	test("each once, most recently used first; received messages count if they name the number, failed ones don't", async () => {
		const received = clerkChatApi(() => [200, { data: some, total: some.length, links: {} }]);
		const choice = (number: string, description: string) => ({
			name: number,
			value: number,
			description,
		});
		expect(await search()).toEqual({
			results: [
				choice('+14155550102', '1 recent message, the last on 2026-01-10'),
				choice('+14155550101', '1 recent message, the last on 2026-01-09'),
				choice('+14155550100', '3 recent messages, the last on 2026-01-07'),
				choice('rcs:agent-7', '1 recent message, the last on 2026-01-01'),
			],
		});
		expect(received).toMatchObject([
			{ path: '/public/messages', query: { limit: '50', page: '1' }, violations: [] },
		]);
	});

	test.each([
		['0101', ['+14155550101']],
		['+1 (415) 555-0100', ['+14155550100']],
		['RCS', ['rcs:agent-7']],
		['nothing like it', []],
		[' ', ['+14155550102', '+14155550101', '+14155550100', 'rcs:agent-7']],
	])('a search for %j', async (filter, values) => {
		api(() => ({ data: some, total: some.length }));
		const { results } = await search(filter);
		expect(results.map(({ value }) => value)).toEqual(values);
	});

	test('a number in two formats is listed once, as in the newest message', async () => {
		const data = [sent(1, '+1 415 555 0100', 1), sent(2, '+14155550100', 2), sent(3, ' ', 3)];
		api(() => ({ data: [...data, sent(4, '+1 (415) 5550100', 1)], total: 4 }));
		const { results } = await search();
		expect(results).toMatchObject([
			{ value: '+14155550100', description: '3 recent messages, the last on 2026-01-02' },
		]);
	});

	test('messages without a time', async () => {
		const timeless = { timestamp: undefined, created: undefined };
		api(() => ({ data: [sent(1, 'A', 1, timeless), sent(2, 'B', 5), sent(3, 'A', 1, timeless)] }));
		expect((await search()).results).toMatchObject([
			{ value: 'B' },
			{ value: 'A', description: '2 recent messages' },
		]);
	});

	test('a long record: reads only five pages', async () => {
		const received = api(({ query }) => ({
			data: range(1, 50).map((n) =>
				sent(Number(query.page) * 100 + n, `+1415555${String(query.page).padStart(4, '0')}`, 1),
			),
			total: 100_000,
		}));
		const { results } = await search();
		expect(results).toHaveLength(5);
		expect(received.map(({ query }) => [query.limit, query.page])).toEqual(
			range(1, 5).map((page) => ['50', String(page)]),
		);
	});

	test.each<[string, IDataObject[]]>([
		['nothing on record', []],
		['only a group on record', [sent(1, '+1', 1, { inbound: true, members: ['+1', '+2', '+3'] })]],
		['only failed messages on record', [sent(1, '+14155550100', 1, { status: 'failed' })]],
	])('%s: the list says what to do', async (_name, data) => {
		api(() => ({ data, total: data.length }));
		const { results } = await search();
		expect(results).toMatchObject([
			{ name: "No numbers yet: choose 'Number' and enter yours", value: '' },
		]);
	});
});

describe.each([
	{
		name: 'Contact',
		search: searchContacts,
		path: '/public/contacts',
		entry: (id: number, more: IDataObject = {}): IDataObject => ({
			id: String(id),
			name: `Person ${id}`,
			phone: `+1415555${String(id).padStart(4, '0')}`,
			email: `p${id}@example.com`,
			attributes: [],
			...more,
		}),
		shown: (id: number) => `Person ${id} (+1415555${String(id).padStart(4, '0')})`,
		nameless: [
			['no name', { name: '' }, '+14155550007 (p7@example.com)'],
			['no name, no number', { name: null, phone: null }, 'p7@example.com'],
			['no number', { phone: undefined }, 'Person 7 (p7@example.com)'],
			['a name alone', { phone: '', email: null }, 'Person 7'],
			['nothing at all', { name: '', phone: '', email: '' }, 'Contact 7'],
		] as Array<[string, IDataObject, string]>,
	},
	{
		name: 'User',
		search: searchUsers,
		path: '/public/admin/users',
		entry: (id: number, more: IDataObject = {}): IDataObject => ({
			id: String(id),
			firstName: 'Person',
			lastName: String(id),
			email: `p${id}@example.com`,
			role: 'member',
			...more,
		}),
		shown: (id: number) => `Person ${id} (p${id}@example.com)`,
		nameless: [
			['no name', { firstName: '', lastName: null }, 'p7@example.com'],
			['a first name alone', { lastName: undefined }, 'Person (p7@example.com)'],
			['a name alone', { email: '' }, 'Person 7'],
			['nothing at all', { firstName: '', lastName: '', email: '' }, 'User 7'],
		] as Array<[string, IDataObject, string]>,
	},
])('$name', ({ search, path, entry, shown, nameless }) => {
	const ask = async (filter?: string, token?: string) =>
		await search.call(editor(BASE_URL), filter, token);

	test('names and addresses, with the ID as the value', async () => {
		const received = api(() => ({ data: [entry(1), entry(2)], total: 2, links: {} }));
		expect(await ask()).toEqual({
			results: [
				{ name: shown(1), value: '1' },
				{ name: shown(2), value: '2' },
			],
		});
		expect(received).toMatchObject([{ path, query: {}, violations: [] }]);
		expect(received).toHaveLength(1);
	});

	test.each(nameless)('%s', async (_name, more, expected) => {
		api(() => ({ data: [entry(7, more)] }));
		expect((await ask()).results).toEqual([{ name: expected, value: '7' }]);
	});

	test.each([
		['person 2', ['2', ...range(20, 29).map(String)]],
		['P13@EXAMPLE', ['13']],
		[' nobody ', []],
	])('a search for %j', async (filter, values) => {
		api(() => ({ data: range(1, 30).map((id) => entry(id)) }));
		const { results, paginationToken } = await ask(filter);
		expect(results.map(({ value }) => value)).toEqual(values);
		expect(paginationToken).toBeUndefined();
	});

	test('many: a hundred at a time, each once', async () => {
		api(() => ({ data: range(1, 230).map((id) => entry(id)) }));
		const values: unknown[] = [];
		const sizes: number[] = [];
		let token: string | undefined;
		do {
			const page = await ask(undefined, token);
			values.push(...page.results.map(({ value }) => value));
			sizes.push(page.results.length);
			token = page.paginationToken as string | undefined;
		} while (token !== undefined && sizes.length < 9);
		expect(values).toEqual(range(1, 230).map(String));
		expect(sizes).toEqual([100, 100, 30]);
	});

	test('a search in a long list returns as many as the editor can show', async () => {
		api(() => ({ data: range(1, 5000).map((id) => entry(id)) }));
		const { results, paginationToken } = await ask('person');
		expect(results).toHaveLength(200);
		// The editor asks for no more while something is typed.
		expect(paginationToken).toBeUndefined();
	});

	test('follows links to further pages', async () => {
		const received = api(({ query }) =>
			query.page === '2'
				? { data: [entry(3)], links: {} }
				: { data: [entry(1), entry(2)], links: { next: `https://elsewhere.test${path}?page=2` } },
		);
		const { results } = await ask();
		expect(results.map(({ value }) => value)).toEqual(['1', '2', '3']);
		expect(received.map((asked) => asked.path)).toEqual([path, path]);
	});

	test('endless links: stops after 20 pages', async () => {
		const received = api(({ query }) => {
			const page = Number(query.page ?? 1);
			return { data: [entry(page)], links: { next: `${path}?page=${page + 1}` } };
		});
		await ask();
		expect(received).toHaveLength(20);
	});

	test("entries without an ID can't be picked", async () => {
		api(() => ({ data: [entry(1, { id: undefined }), null, entry(2)] as IDataObject[] }));
		expect((await ask()).results.map(({ value }) => value)).toEqual(['2']);
	});

	test('none', async () => {
		api(() => ({ data: [] }));
		expect(await ask()).toEqual({ results: [] });
	});
});

test('finds a phone number typed in any format', async () => {
	api(() => ({
		data: [
			{ id: '1', phone: '+1 (415) 555-0123' },
			{ id: '2', phone: '+14155550199' },
		],
	}));
	for (const typed of ['+14155550123', '415 555 0123', '(415) 555-0123', '0123']) {
		const { results } = await searchContacts.call(editor(BASE_URL), typed);
		expect(results.map(({ value }) => value)).toEqual(['1']);
	}
});

describe.each(Object.entries(methods))("%s, if the list can't be read", (name, search) => {
	const byHand = name === 'searchSenders' ? "Or choose 'Number'" : "Or choose 'By ID'";

	/** n8n's editor shows the description only for a NodeApiError. */
	const failure = async (context: ILoadOptionsFunctions) => {
		const error = await (search.call(context) as Promise<unknown>).then(
			() => undefined,
			(exception: Error & { description: string; httpCode: string | null }) => exception,
		);
		expect(error?.name).toBe('NodeApiError');
		expect(JSON.stringify(error) + String(error?.message)).not.toContain(API_KEY);
		return error!;
	};

	test.each<[number, RegExp, RegExp]>([
		[401, /doesn't accept the API key/, /Open the credential and enter the key again/],
		[403, /not allowed to do that/, /Ask the owner of your Clerk Chat team/],
		[404, /couldn't find/, /Check 'Base URL' in the credential/],
		[429, /too many requests/, /again later/],
		[500, /an issue on its side/, /Try again later/],
		[503, /an issue on its side/, /Try again later/],
	])('%i: what happened, what Clerk Chat says, what to do', async (status, message, advice) => {
		const received = api(() => ({ message: `No, ${API_KEY}` }), status);
		const error = await failure(editor(BASE_URL));
		expect(error.message).toMatch(message);
		expect(error.description).toMatch(advice);
		expect(error.description).toContain('"No, ***"');
		expect(error.description).toContain(byHand);
		expect(error.httpCode).toBe(String(status));
		// Somebody waits for it: no second try.
		expect(received).toHaveLength(1);
	});

	test.each([['<html>'], [{ total: 0 }], [null]])('%j instead of a list', async (body) => {
		const headers = { 'content-type': 'application/json' };
		clerkChatApi(() => [200, JSON.stringify(body), headers], { documented: false });
		const error = await failure(editor(BASE_URL));
		expect(error.message).toBe("The answer doesn't look like one from Clerk Chat");
		expect(error.description).toContain(byHand);
	});

	test('no connection, and a cut one', async () => {
		const none = await failure(editor('http://127.0.0.1:9'));
		expect(none.message).toBe("n8n couldn't reach Clerk Chat");
		expect(none.description).toMatch(/can access the internet.*Or choose/);
		const server = await cutConnections(1, [200, { data: [] }]);
		const cut = await failure(editor(String(server.credentials.baseUrl)));
		await server.close();
		expect(cut.message).toBe('The connection to Clerk Chat ended before the answer arrived');
	});

	const clerkOnly = { allowedHttpRequestDomains: 'domains', allowedDomains: 'clerk.test' };

	test.each<[string, string, object, RegExp]>([
		['a key that cannot be one', 'a\nb', {}, /'API Key' in .* a character.*enter the key again/s],
		['an address that is not allowed', API_KEY, clerkOnly, /^n8n blocked.*only: clerk\.test/s],
	])('%s: makes no request', async (_name, key, credential, words) => {
		const received = api(() => ({ data: [] }));
		const { message, description } = await failure(editor(BASE_URL, key, credential));
		expect(`${message}\n${description}`).toMatch(words);
		expect(received).toHaveLength(0);
	});

	test("a redirect is not followed, so the key isn't sent along", async () => {
		const elsewhere = nock('https://elsewhere.test').get(/.*/).reply(200, { data: [] });
		clerkChatApi(() => [302, '', { location: 'https://elsewhere.test/' }]);
		const error = await failure(editor(BASE_URL));
		expect(error.message).toBe("'Base URL' in the credential redirects to another address");
		expect(elsewhere.isDone()).toBe(false);
	});
});
