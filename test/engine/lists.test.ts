import type { IDataObject, INodeParameters } from 'n8n-workflow';
import { setGlobalState, sleep } from 'n8n-workflow';
import nock from 'nock';
import { isErrorItem } from '../../nodes/api/errors';
import { limits } from '../../nodes/api/limits';
import { clerkChatApi } from './clerkChatApi';
import type { Answer, Received } from './clerkChatApi';
import { closeNetwork } from './closeNetwork';
import { cutConnections } from './cutConnections';
import { API_KEY, asTool, BASE_URL, hintsOf, operationsWith, runNode } from './engine';
import type { Result, Setup } from './engine';
import { linksOf, messageObject, setupOf, toContinue } from './messages';

/* Every operation that returns a list. */

interface List {
	name: string;
	fields?: INodeParameters;
	path: string;
	entry: (n: number) => IDataObject;
}

const messages: List = {
	name: 'message getAll',
	fields: { simplify: false },
	path: '/public/messages',
	entry: (n) => messageObject(n),
};

const templates: List = {
	name: 'messageTemplate getAll',
	path: '/public/message-templates',
	entry: (n) => ({ id: n, name: `Template ${n}`, body: 'Hi', attachmentIds: [], somethingNew: 1 }),
};

const contacts: List = {
	name: 'contact getAll',
	path: '/public/contacts',
	entry: (n) => ({ id: `${n}`, name: `Contact ${n}`, attributes: [], somethingNew: 1 }),
};

const users: List = {
	name: 'user getAll',
	path: '/public/admin/users',
	entry: (n) => ({ id: `${n}`, email: `u${n}@example.com`, role: 'member', somethingNew: 1 }),
};

const paged = [messages, templates];
const unpaged = [contacts, users];
const lists = [...paged, ...unpaged];

const setup = (
	{ name, fields: own }: List,
	fields: INodeParameters = {},
	settings?: Setup['settings'],
): Setup => setupOf(name, { ...own, ...fields }, settings);

/** Answers as no document allows, to show what the lists make of it. */
const oddApi = (answer: Parameters<typeof clerkChatApi>[0]) =>
	clerkChatApi(answer, { documented: false });

const range = (from: number, to: number) =>
	Array.from({ length: to - from + 1 }, (_, index) => from + index);

const idsOf = ({ items }: Result) => items.map(({ json }) => Number(json.id));

const outcomesOf = ({ items }: Result) =>
	items.map(({ json }) => (json.error as IDataObject).outcome);

/** What was asked for, such as `page 2, 50 at most`. */
const pagesOf = (received: Received[]) =>
	received.map(({ query }) => `page ${String(query.page)}, ${String(query.limit)} at most`);

const pagesOf50 = (count: number) => range(1, count).map((page) => `page ${page}, 50 at most`);

const violationsIn = (received: Received[]) => received.flatMap(({ violations }) => violations);

/** Runs it once with these fields. */
const read = async (list: List, fields: INodeParameters = {}) =>
	await runNode([{}], setup(list, fields));

const readAll = async (list: List) => await read(list, { returnAll: true });

/** The entries of one page, numbered from 1. */
function cut(ids: number[], { query }: Received, cap = 50): number[] {
	const size = Math.min(Number(query.limit), cap);
	return ids.slice((Number(query.page) - 1) * size, Number(query.page) * size);
}

/** All a paged endpoint can say about the end of the list; tests take of it what they need. */
type Sign = (page: { ids: number[]; all: number[]; last: boolean }) => IDataObject;

const signs = {
	total: ({ all }) => ({ total: all.length }),
	'links.next null': ({ last }) => ({ links: { next: last ? null : `${BASE_URL}/next` } }),
	'links.next empty': ({ last }) => ({ links: { next: last ? '' : `${BASE_URL}/next` } }),
	none: () => ({}),
	'links without next': () => ({ links: { self: `${BASE_URL}/self` } }),
} satisfies Record<string, Sign>;

/** A list of that many entries, page by page. */
function listApi(list: List, count: number, sign: Sign, cap = 50): Received[] {
	const all = range(1, count);
	return oddApi((asked) => {
		const ids = cut(all, asked, cap);
		const last = ids.length === 0 || ids.at(-1) === count;
		return [200, { data: ids.map(list.entry), ...sign({ ids, all, last }) }];
	});
}

closeNetwork();
beforeEach(() => {
	jest.replaceProperty(limits, 'firstRepeatWait', 1);
});
afterEach(() => setGlobalState({ defaultTimezone: 'America/New_York' }));

/** Operations that read and have a test file of their own. */
const apart = ['contact get'];

test('every read operation is tested here, or has its own test file', () => {
	expect([...lists.map(({ name }) => name), ...apart].sort()).toEqual(operationsWith('read'));
});

/** As the document has it. */
const documented = (list: List, count: number) =>
	clerkChatApi((asked) => {
		const ids = asked.query.page ? cut(range(1, count), asked) : range(1, count);
		const body = { data: ids.map(list.entry), total: count, links: { self: BASE_URL } };
		return [list === users ? 201 : 200, body];
	});

describe.each(lists)('$name', (list) => {
	test('results are returned complete, including undocumented fields, linked to their item', async () => {
		const received = documented(list, 3);
		const { items } = await read(list);
		expect(received).toMatchObject([{ method: 'GET', path: list.path, violations: [] }]);
		expect(received[0].headers.apikey).toBe(API_KEY);
		expect(items).toEqual([1, 2, 3].map((n) => ({ json: list.entry(n), pairedItem: { item: 0 } })));
	});

	test.each<[string, INodeParameters, number]>([
		['50 when nothing else is said', {}, 50],
		['Limit 1', { limit: 1 }, 1],
		['Limit 51', { limit: 51 }, 51],
		['Return All, whatever Limit was before', { returnAll: true, limit: 5 }, 130],
		['Return All as text', { returnAll: 'true' }, 130],
		['Return All from an expression', { returnAll: '={{ true }}' }, 130],
		['Return All from an expression, as text', { returnAll: '={{ "true" }}' }, 130],
	])('of 130: %s', async (_name, fields, count) => {
		const received = documented(list, 130);
		expect(idsOf(await read(list, fields))).toEqual(range(1, count));
		expect(violationsIn(received)).toEqual([]);
	});

	test('an agent that uses it as a tool gets the list', async () => {
		documented(list, 60);
		const answer = await asTool(setup(list, { returnAll: true }))({});
		expect(JSON.parse(String(answer))).toEqual(range(1, 60).map(list.entry));
	});

	test('an empty list: no items, and no error', async () => {
		documented(list, 0);
		const { items, status } = await readAll(list);
		expect([items, status]).toEqual([[], 'success']);
	});
});

/* All lists share one code path, so one paged and one unpaged list stand for the other cases. */

describe.each([messages, contacts])('$name, for every list', (list) => {
	test('one list per item, with its own fields and link', async () => {
		documented(list, 130);
		const limits = [2, 60, 1];
		const result = await runNode(
			limits.map((limit) => ({ limit })),
			setup(list, { limit: '={{ $json.limit }}' }),
		);
		expect(linksOf(result.items)).toEqual(limits.flatMap((limit, item) => Array(limit).fill(item)));
		expect(idsOf(result)).toEqual(limits.flatMap((limit) => range(1, limit)));
	});

	const NO_LIMIT = "'Limit' is not a valid number of results";

	test.each<[string, INodeParameters, string]>([
		// Nobody may take a part for the whole.
		['yes', { returnAll: '={{ "yes" }}' }, "'Return All' is neither true nor false"],
		['0', { limit: '={{ 0 }}' }, NO_LIMIT],
		['2.5', { limit: '={{ 2.5 }}' }, NO_LIMIT],
		['many', { limit: '={{ "many" }}' }, NO_LIMIT],
		['nothing', { limit: '={{ $json.gone }}' }, NO_LIMIT],
	])('a limit of %s: refused, and reads nothing', async (_name, fields, message) => {
		const received = documented(list, 3);
		const { error } = await read(list, fields);
		expect(error?.message).toBe(message);
		expect(error?.context.itemIndex).toBe(0);
		expect(received).toHaveLength(0);
	});

	describe('when it fails', () => {
		/** Gives these answers one after the other, and then a list of one. */
		const failing = (...answers: Answer[]) =>
			oddApi((_asked, index) => answers[index] ?? [200, { data: [list.entry(1)], total: 1 }]);

		test.each([502, 503, 504])('%s, then fine', async (status) => {
			const received = failing([status, {}], [status, {}]);
			expect((await read(list)).items).toHaveLength(1);
			expect(received).toHaveLength(3);
		});

		test('a cut connection, then fine', async () => {
			const server = await cutConnections(1, [200, { data: [list.entry(1)], total: 1 }]);
			const { items } = await runNode([{}], { ...setup(list), credentials: server.credentials });
			await server.close();
			expect(items).toHaveLength(1);
			expect(server.requests()).toBe(2);
		});

		test('429, then fine', async () => {
			jest.replaceProperty(limits, 'firstWait', 60_000);
			jest.replaceProperty(limits, 'longestGuessedWait', 60_000);
			const received = failing([429, {}, { 'retry-after': '0.01' }]);
			expect((await read(list)).items).toHaveLength(1);
			expect(received).toHaveLength(2);
		});

		test.each([
			[500, 'an issue on its side'],
			[400, "couldn't read the request"],
			[401, "doesn't accept the API key"],
			[403, 'not allowed'],
			[404, "couldn't find"],
			[422, "didn't accept"],
		])("%s: an error at once, with Clerk Chat's reason", async (status, words) => {
			const received = failing([status, { message: `No, ${API_KEY}` }]);
			const { error } = await read(list);
			expect(error?.message).toContain(words);
			expect(error?.description).toContain('"No, ***"');
			expect(error?.httpCode).toBe(String(status));
			expect(error?.context.itemIndex).toBe(0);
			expect(received).toHaveLength(1);
		});

		test('permanent 503: gives up after a few tries', async () => {
			const received = oddApi(() => [503, {}]);
			const { error } = await read(list);
			expect(error?.message).toContain('an issue on its side');
			expect(received).toHaveLength(limits.tries);
		});

		test.each<[string, unknown]>([
			['HTML', '<!doctype html><p>Sign in</p>'],
			['no data', { total: 3 }],
			['data that is no list', { data: { id: 1 } }],
			['nothing', ''],
		])('a 200 with %s is an error, not an empty list', async (_name, body) => {
			oddApi(() => [200, body]);
			const { error, items } = await read(list);
			expect(error?.message).toBe("The answer doesn't look like one from Clerk Chat");
			expect(items).toEqual([]);
		});
	});

	test.each([
		['stopWorkflow', [], []],
		['continueRegularOutput', [0, 1, 2, 2, 2], []],
		['continueErrorOutput', [0, 2, 2, 2], [1]],
	] as const)('On Error = %s, when it is the second of three items', async (onError, ...links) => {
		documented(list, 3);
		const items = [{ limit: 1 }, { limit: 0 }, { limit: 3 }];
		const result = await runNode(items, setup(list, { limit: '={{ $json.limit }}' }, { onError }));
		expect([result.items, result.errorItems].map(linksOf)).toEqual(links);
		const failed = [...result.items, ...result.errorItems].find(isErrorItem);
		const error = (failed?.json.error ?? result.error) as IDataObject;
		expect(error.message).toBe(NO_LIMIT);
		if (!failed) expect(result.error?.context.itemIndex).toBe(1);
	});

	test('an unreadable credential, with On Error = Continue: one error item per item', async () => {
		const received = documented(list, 3);
		const { items, status } = await runNode([{}, {}], {
			...setup(list, {}, toContinue),
			onCredentials: () => {
				throw new Error('the credential is gone');
			},
		});
		expect(received).toHaveLength(0);
		expect(status).toBe('success');
		const error = { message: 'the credential is gone', outcome: 'notTried' };
		expect(items).toMatchObject([0, 1].map((item) => ({ json: { error }, pairedItem: { item } })));
	});

	test.each(['continueRegularOutput', 'continueErrorOutput'] as const)(
		'On Error = %s: an invalid response after valid pages becomes one error item',
		async (onError) => {
			const links = { next: `${BASE_URL}${list.path}?limit=50&page=2` };
			oddApi(({ query }, index) =>
				index === 0
					? [200, { data: range(1, 50).map(list.entry), total: 100, links }]
					: [403, { message: `page ${String(query.page)}` }],
			);
			const result = await runNode([{}], setup(list, { returnAll: true }, { onError }));
			const [output, other] =
				onError === 'continueErrorOutput'
					? [result.errorItems, result.items]
					: [result.items, result.errorItems];
			const error = {
				message: 'This API key is not allowed to do that',
				httpCode: '403',
				description: expect.stringContaining('page 2') as string,
			};
			expect(output).toMatchObject([{ json: { error }, pairedItem: { item: 0 } }]);
			expect(other).toEqual([]);
		},
	);
});

describe.each(paged)('the pages of $name', (list) => {
	test.each([
		[1, ['page 1, 1 at most']],
		[50, pagesOf50(1)],
		[51, pagesOf50(2)],
		[120, pagesOf50(3)],
	])('Limit %i: only as many pages as needed, of up to 50', async (limit, pages) => {
		const received = listApi(list, 500, signs.total);
		expect(idsOf(await read(list, { limit }))).toEqual(range(1, limit));
		expect(pagesOf(received)).toEqual(pages);
	});

	test.each<[keyof typeof signs, number, number]>([
		['total', 100, 2],
		['total', 120, 3],
		['links.next null', 100, 2],
		['links.next null', 120, 3],
		['links.next empty', 100, 2],
		['links without next', 120, 3],
		['links without next', 100, 3],
		['none', 120, 3],
		['none', 100, 3],
		['none', 49, 1],
	])('Return All, where only %s says that %i are all', async (sign, count, requests) => {
		const received = listApi(list, count, signs[sign]);
		expect(idsOf(await readAll(list))).toEqual(range(1, count));
		expect(pagesOf(received)).toEqual(pagesOf50(requests));
		expect(violationsIn(received)).toEqual([]);
	});

	test.each<[string, Sign]>([
		['nothing said', signs.none],
		['a larger total', () => ({ total: 1000 })],
		['always a next link', () => ({ links: { next: `${BASE_URL}/next` } })],
	])('a server that ignores the page number, with %s: stops', async (_name, sign) => {
		const received = oddApi(() => [
			200,
			{ data: range(1, 50).map(list.entry), ...sign({ ids: [], all: [], last: false }) },
		]);
		expect(idsOf(await readAll(list))).toEqual(range(1, 50));
		expect(received).toHaveLength(2);
	});

	test('a total for the page only, with a next link: continues', async () => {
		const received = listApi(list, 120, ({ ids, last }) => ({
			total: ids.length,
			links: { next: last ? null : `${BASE_URL}/next` },
		}));
		expect(idsOf(await readAll(list))).toEqual(range(1, 120));
		expect(received).toHaveLength(3);
	});

	test.each<[string, Sign]>([
		['total', signs.total],
		['links', signs['links.next null']],
		['nothing', signs.none],
	])('a page shifted by new entries, with %s: no duplicates, no gaps', async (_n, sign) => {
		const all = range(1, 130);
		const received = oddApi((asked, index) => {
			// Newest first: three arrive before each further page.
			if (index > 0) all.unshift(...range(1, 3).map((n) => 1000 * index + n));
			const ids = cut(all, asked);
			const last = ids.at(-1) === 130;
			return [200, { data: ids.map(list.entry), ...sign({ ids, all, last }) }];
		});
		expect(idsOf(await readAll(list))).toEqual(range(1, 130));
		expect(received).toHaveLength(3);
	});

	test('a shifted page with Limit: as many as requested, no duplicates', async () => {
		const all = range(1, 300);
		oddApi((asked, index) => {
			if (index > 0) all.unshift(1000 + index);
			return [200, { data: cut(all, asked).map(list.entry), total: all.length }];
		});
		expect(idsOf(await read(list, { limit: 150 }))).toEqual(range(1, 150));
	});

	test.each<[string, Sign]>([
		['total', signs.total],
		['links', signs['links.next null']],
	])('pages capped at 25 although 50 were requested, with %s', async (_name, sign) => {
		const received = listApi(list, 120, sign, 25);
		expect(idsOf(await readAll(list))).toEqual(range(1, 120));
		expect(received).toHaveLength(5);
		expect(idsOf(await read(list, { limit: 60 }))).toEqual(range(1, 60));
		expect(received).toHaveLength(8);
	});

	test('a server that returns everything at once', async () => {
		oddApi(() => [200, { data: range(1, 130).map(list.entry) }]);
		expect(idsOf(await readAll(list))).toEqual(range(1, 130));
		expect(idsOf(await read(list, { limit: 3 }))).toEqual(range(1, 3));
	});

	test('entries without an ID are distinguished by their content', async () => {
		const received = oddApi((asked) => [
			200,
			{ data: cut(range(1, 60), asked).map((n) => ({ body: `text ${n}` })), total: 60 },
		]);
		const { items } = await readAll(list);
		expect(new Set(items.map(({ json }) => json.body)).size).toBe(60);
		expect(received).toHaveLength(2);
	});
});

describe.each(unpaged)('the links of $name', (list) => {
	/** Two pages; the first one links to the second. */
	const linkedApi = (next: unknown, more: IDataObject = {}) =>
		oddApi((_asked, index) =>
			index === 0
				? [200, { data: range(1, 50).map(list.entry), links: { next }, ...more }]
				: [200, { data: range(51, 80).map(list.entry), links: {}, ...more }],
		);
	test('adds no paging parameters of its own', async () => {
		const received = oddApi(() => [200, { data: [list.entry(1)] }]);
		await read(list, { limit: 10 });
		expect(received.map(({ query }) => query)).toEqual([{}]);
	});

	test.each([
		['a whole address', `${BASE_URL}${list.path}?limit=50&page=2&in=a&in=b%26c`],
		['a path', `${list.path}?limit=50&page=2&in=a&in=b%26c`],
		['a query alone', '?limit=50&page=2&in=a&in=b%26c'],
		['another host and path', 'http://elsewhere.test/steal?limit=50&page=2&in=a&in=b%26c'],
	])("%s: uses its query, on the credential's host", async (_name, next) => {
		const elsewhere = nock('http://elsewhere.test').get(/.*/).reply(200, {});
		const received = linkedApi(next);
		expect(idsOf(await readAll(list))).toEqual(range(1, 80));
		expect(received.map(({ path }) => path)).toEqual([list.path, list.path]);
		expect(received[1].query).toEqual({ limit: '50', page: '2', in: ['a', 'b&c'] });
		expect(elsewhere.isDone()).toBe(false);
	});

	test('stops at Limit', async () => {
		const received = linkedApi(`${list.path}?page=2`);
		expect(idsOf(await read(list, { limit: 50 }))).toEqual(range(1, 50));
		expect(received).toHaveLength(1);
	});

	test("a reached total and a link: follows the link, because the total may be the page's", async () => {
		const received = linkedApi(`${list.path}?page=2`, { total: 50 });
		expect(idsOf(await readAll(list))).toEqual(range(1, 80));
		expect(received).toHaveLength(2);
	});

	test.each([[null], [''], [undefined], [7]])('next is %p: that is the end', async (next) => {
		const received = linkedApi(next);
		expect(idsOf(await readAll(list))).toEqual(range(1, 50));
		expect(received).toHaveLength(1);
	});

	test('a link that always leads to the same page: stops', async () => {
		const received = oddApi(() => [
			200,
			{ data: range(1, 50).map(list.entry), links: { next: `${list.path}?page=2` } },
		]);
		expect(idsOf(await readAll(list))).toEqual(range(1, 50));
		expect(received).toHaveLength(2);
	});

	test.each([
		['a larger total', { total: 80 }],
		['a link without a query', { links: { next: '/next' } }],
	])('%s, and no way to request the rest: one hint says so', async (_name, sign) => {
		oddApi(() => [200, { data: range(1, 50).map(list.entry), ...sign }]);
		const result = await runNode([{}, {}], setup(list, { returnAll: true }));
		expect(idsOf(result)).toEqual([...range(1, 50), ...range(1, 50)]);
		expect(hintsOf(result)).toEqual([expect.stringContaining('has more results than these')]);
	});

	test('no hint about entries beyond Limit', async () => {
		oddApi(() => [200, { data: range(1, 50).map(list.entry), total: 80 }]);
		expect(hintsOf(await read(list, { limit: 50 }))).toEqual([]);
	});
});

describe('filters', () => {
	/** The queries that are asked. */
	const queriesOf = async (list: List, fields: INodeParameters, items: IDataObject[] = [{}]) => {
		const received = clerkChatApi((asked) => {
			const data = cut(range(1, 60), asked).map(list.entry);
			return list === users ? [201, { data, total: 0 }] : [200, { data, total: 60 }];
		});
		await runNode(items, setup(list, fields));
		expect(violationsIn(received)).toEqual([]);
		return received.map(({ query }) => query);
	};

	const page1 = { limit: '50', page: '1' };

	test('of messages: repeated keys, and points in time in UTC', async () => {
		setGlobalState({ defaultTimezone: 'Europe/Berlin' });
		const inboxIds = ['inbox-a', 'inbox-b'];
		const [start, end] = ['2026-01-31T09:00:00', '2026-07-01T09:00:00+09:00'];
		expect(await queriesOf(messages, { filters: { inboxIds, start, end } })).toEqual([
			{ inboxIds, start: '2026-01-31T08:00:00.000Z', end: '2026-07-01T00:00:00.000Z', ...page1 },
		]);
	});

	test('of messages: from expressions, per item, on every page', async () => {
		setGlobalState({ defaultTimezone: 'Europe/Berlin' });
		const filters = {
			inboxIds: '={{ $json.ids }}',
			start: '={{ DateTime.fromISO($json.day) }}',
			end: '={{ new Date($json.day) }}',
		};
		const items = [
			{ ids: ['a', 'b'], day: '2026-01-01' },
			{ ids: 'c, d\ne', day: '2026-07-01' },
		];
		const queries = await queriesOf(messages, { returnAll: true, filters }, items);
		const asked = queries.map(({ inboxIds, start, end }) => [inboxIds, start, end].flat());
		const expected = [
			['a', 'b', '2025-12-31T23:00:00.000Z', '2026-01-01T00:00:00.000Z'],
			['c', 'd', 'e', '2026-06-30T22:00:00.000Z', '2026-07-01T00:00:00.000Z'],
		];
		expect(asked.sort()).toEqual([expected[0], expected[0], expected[1], expected[1]]);
	});

	test.each<[string, INodeParameters]>([
		['empty fields', { inboxIds: [], start: '', end: '' }],
		['an Inbox ID that was added and left empty, as n8n stores it', { inboxIds: [[]] as never }],
		['fields that the item lacks', { inboxIds: ['={{ $json.a }}'], start: '={{ $json.b }}' }],
		['no fields', {}],
	])('of messages: %s are not sent', async (_name, filters) => {
		expect(await queriesOf(messages, { filters })).toEqual([page1]);
	});

	test.each<[string, unknown, IDataObject]>([
		['as repeated keys', ['a@x.de', 'b@x.de'], { emails: ['a@x.de', 'b@x.de'] }],
		[
			'with signs escaped',
			['a+b@x.de', '=c&{{ 7 }}@x.de', ''],
			{ emails: ['a+b@x.de', 'c&7@x.de'] },
		],
		['that the item lacks', ['={{ $json.gone }}'], {}],
		['that was added and left empty, as n8n stores it', [[]], {}],
	])('emails of users %s', async (_name, emails, query) => {
		expect(await queriesOf(users, { filters: { emails } as never })).toEqual([query]);
	});

	test("of users: are kept if the next link doesn't repeat them", async () => {
		const received = oddApi((_asked, index) => [
			200,
			{ data: [users.entry(index)], links: index === 0 ? { next: '?page=2' } : {} },
		]);
		const emails = ['a@example.com', 'b@example.com'];
		await read(users, { returnAll: true, filters: { emails } });
		expect(received[1].query).toEqual({ emails, page: '2' });
	});

	const searching = (...parameters: IDataObject[]) => ({
		options: { queryParameters: { parameters } } as unknown as INodeParameters,
	});

	test('of contacts: names and values as they are, a repeated name as a repeated key', async () => {
		const fields = searching(
			{ name: 'search', value: '={{ $json.q }}' },
			{ name: 'tag', value: 'a' },
			{ name: 'tag', value: 'b' },
			{ name: 'tag', value: '={{ 3 }}' },
			{ name: 'empty', value: '' },
			{ name: 'limit', value: '200' },
		);
		expect(await queriesOf(contacts, fields, [{ q: 'Nathan & Co' }])).toEqual([
			{ search: 'Nathan & Co', tag: ['a', 'b', '3'], empty: '', limit: '200' },
		]);
	});

	test('of contacts: an expression that fails for the first item fails only that item', async () => {
		clerkChatApi(() => [200, { data: [contacts.entry(1)] }]);
		const value = '={{ $json.bad ? $("Nowhere").item.json.x : "a" }}';
		const fields = searching({ name: 'search', value });
		const { items } = await runNode([{ bad: true }, {}, {}], setup(contacts, fields, toContinue));
		expect(items.map(({ json }) => json.id ?? 'error')).toEqual(['error', '1', '1']);
	});

	const object = '={{ ({ a: 1 }) }}';

	test.each<[List, INodeParameters, RegExp]>([
		[messages, { filters: { start: 'yesterday' } }, /^'After' is not a date: "yesterday"$/],
		[messages, { filters: { end: '31.01.2026' } }, /^'Before' is not a date: "31\.01\.2026"$/],
		[messages, { filters: { end: object } }, /^'Before' is not a date/],
		[messages, { filters: { inboxIds: [object] } }, /^'Inbox IDs' is not text$/],
		[
			messages,
			{ filters: { direction: '={{ "inbound" }}' } },
			/^'Direction' is neither .*"inbound"$/,
		],
		[messages, { filters: { direction: object } }, /^'Direction' is not text$/],
		[messages, { filters: { conversationId: object } }, /^'Conversation ID' is not text$/],
		[
			messages,
			{ filters: { participant: '+1 CALL ME' } },
			/^'Participant' .* invalid phone number/,
		],
		[
			messages,
			{ filters: { participant: '={{ 15202345678 }}' } },
			/^'Participant' .*"15202345678"/,
		],
		[users, { filters: { emails: [object] } }, /^'Emails' is not text$/],
		[contacts, searching({ name: ' ', value: 'a' }), /^'Search Parameters > Name' is empty$/],
		[
			contacts,
			searching({ name: 'a', value: object }),
			/^'Search Parameters > Value' is not text$/,
		],
	])('of %j: %j is refused, and reads nothing', async (list, fields, message) => {
		const received = documented(list, 0);
		const { error } = await read(list, fields);
		expect(error?.message).toMatch(message);
		expect(error?.context.itemIndex).toBe(0);
		expect(received).toHaveLength(0);
	});
});

describe("the filters of messages that are the node's own", () => {
	/** Clerk Chat with these messages, in pages of 50. */
	const listing = (all: IDataObject[], onPage: (index: number) => void = () => {}) =>
		clerkChatApi((asked, index) => {
			onPage(index);
			const numbers = cut(range(0, all.length - 1), asked);
			return [200, { data: numbers.map((n) => all[n]), total: all.length, links: {} }];
		});

	const received = { inbound: true, members: ['+14155550100'] };
	const some = [
		messageObject(1, { conversationId: '7', inbound: false }),
		messageObject(2, { ...received, conversationId: '7', sender: '+14155550123' }),
		messageObject(3, { conversationId: '8', inbound: false, members: ['+14155550199'] }),
		messageObject(4, { conversationId: '9', members: [], recipients: ['+1 (415) 555-0177'] }),
		messageObject(5, { ...received, conversationId: '10', sender: 'rcs:agent-7' }),
	];

	test.each<[INodeParameters, number[]]>([
		[{}, [1, 2, 3, 4, 5]],
		[{ conversationId: '', direction: '', participant: '' }, [1, 2, 3, 4, 5]],
		[{ conversationId: '7' }, [1, 2]],
		[{ conversationId: '={{ 7 }}' }, [1, 2]],
		[{ conversationId: ' 8 ' }, [3]],
		[{ conversationId: '77' }, []],
		[{ direction: 'received' }, [2, 5]],
		[{ direction: 'sent' }, [1, 3, 4]],
		[{ participant: '+14155550123' }, [1, 2]],
		[{ participant: '+1 (415) 555-0123' }, [1, 2]],
		[{ participant: '+14155550199' }, [3]],
		[{ participant: '+14155550177' }, [4]],
		[{ participant: 'rcs:agent-7' }, [5]],
		[{ participant: 'rcs:agent7' }, []],
		[{ participant: '+1415555012' }, []],
		[{ participant: '+14155550100', direction: 'received' }, [2, 5]],
		[{ participant: '+14155550123', direction: 'received', conversationId: '7' }, [2]],
		[{ participant: '+14155550123', conversationId: '8' }, []],
	])('%j', async (filters, ids) => {
		listing(some);
		expect(idsOf(await read(messages, { filters }))).toEqual(ids);
	});

	test('each item has its own', async () => {
		listing(some);
		const filters = { direction: '={{ $json.way }}' };
		const result = await runNode(
			[{ way: 'sent' }, { way: 'received' }, {}],
			setup(messages, { filters }),
		);
		expect(idsOf(result)).toEqual([1, 3, 4, 2, 5, 1, 2, 3, 4, 5]);
		expect(linksOf(result.items)).toEqual([0, 0, 0, 1, 1, 2, 2, 2, 2, 2]);
	});

	test.each([
		{ direction: 'sent' },
		{ direction: 'received' },
		{ conversationId: 'undefined' },
		{ participant: 'undefined' },
	])("messages without the filtered field don't match: %j", async (filters) => {
		oddApi(() => [200, { data: [{ id: 1, body: 'Hello' }], total: 1 }]);
		expect((await read(messages, { filters })).items).toEqual([]);
	});

	/** 230 messages, every tenth of them received. */
	const many = range(1, 230).map((n) => messageObject(n, { inbound: n % 10 === 0 }));
	const filters = { direction: 'received' };

	test.each([
		["'Limit' counts what passes: whole pages are read until there is enough", 7, 2],
		['as many as the first page has: no second one is read', 5, 1],
	])('%s', async (_name, limit, pages) => {
		const asked = listing(many);
		const result = await read(messages, { filters, limit });
		expect(idsOf(result)).toEqual(range(1, limit).map((n) => n * 10));
		expect(pagesOf(asked)).toEqual(pagesOf50(pages));
	});

	test.each<[string, INodeParameters]>([
		["more than there are, with 'Limit'", { limit: 100 }],
		['Return All', { returnAll: true }],
	])('%s: reads to the end of the list, even past pages without a match', async (_n, fields) => {
		const late = many.map((message) => ({ ...message, inbound: Number(message.id) > 200 }));
		const asked = listing(late);
		expect(idsOf(await read(messages, { ...fields, filters }))).toEqual(range(201, 230));
		expect(asked).toHaveLength(5);
	});

	test('a shifted page: repeated entries count once', async () => {
		const all = [...many];
		const asked = listing(all, (index) => {
			if (index > 0) all.unshift(messageObject(1000 + index, { inbound: false }));
		});
		const result = await read(messages, { filters, limit: 12 });
		expect(idsOf(result)).toEqual(range(1, 12).map((n) => n * 10));
		expect(asked).toHaveLength(3);
	});
});

describe('Simplify', () => {
	const getAll = { resource: 'message', operation: 'getAll' };
	const simple = {
		id: 1,
		conversationId: '7',
		inboxId: '00000000-0000-4000-8000-000000000000',
		inbound: false,
		to: ['+14155550123'],
		sender: '+14155550100',
		members: ['+14155550100', '+14155550123'],
		body: 'Hello',
		status: 'sent',
		timestamp: '2026-01-01T00:00:00.000Z',
	};

	test.each<[string, INodeParameters, IDataObject]>([
		['left as it is', {}, simple],
		['on', { simplify: true }, simple],
		['off', { simplify: false }, messageObject(1)],
		['off, as text', { simplify: '={{ "false" }}' }, messageObject(1)],
	])('%s', async (_name, fields, json) => {
		clerkChatApi(() => [200, { data: [messageObject(1)], total: 1 }]);
		const { items } = await runNode([{}], { parameters: { ...getAll, ...fields } });
		expect(items).toEqual([{ json, pairedItem: { item: 0 } }]);
	});

	const own = '+14155550100';
	const ann = '+14155550123';
	const ben = '+14155550124';
	const sent = { inbound: false, sender: own };
	const received = { inbound: true, sender: ann };

	test.each<[string, IDataObject, string[]]>([
		['sent, where the sender is a member', { ...sent, members: [own, ann, ben] }, [ann, ben]],
		['sent, where it is none', { ...sent, members: [ann] }, [ann]],
		[
			'sent, with recipients, as real answers have them',
			{ ...sent, members: [own, ann, ben], recipients: [ben] },
			[ben],
		],
		['sent, with an empty list of recipients', { ...sent, members: [ann], recipients: [] }, [ann]],
		['sent to oneself', { ...sent, members: [own] }, [own]],
		[
			'sent, where the members write the sender in another way',
			{ ...sent, members: ['+1 (415) 555-0100', ann] },
			[ann],
		],
		['received', { ...received, members: [own, ann] }, [own]],
		['received, where the sender is no member', { ...received, members: [own] }, [own]],
		['received, where only the sender is a member', { ...received, members: [ann] }, []],
		['with no members', { ...sent, members: [] }, []],
	])('%s: the recipient', async (_name, given, to) => {
		clerkChatApi(() => [200, { data: [messageObject(1, given)], total: 1 }]);
		const { items } = await runNode([{}], { parameters: getAll });
		expect(items).toMatchObject([{ json: { sender: given.sender, to } }]);
	});

	test('a message that says neither: adds nothing', async () => {
		const bare = { id: 1, body: 'Hello' };
		oddApi(() => [200, { data: [bare] }]);
		const { items } = await runNode([{}], { parameters: getAll });
		expect(JSON.parse(JSON.stringify(items[0].json))).toEqual({ ...bare, to: [] });
	});

	test("follows each item's own expression", async () => {
		clerkChatApi(() => [200, { data: [messageObject(1)], total: 1 }]);
		const { items } = await runNode(
			[{ short: true }, { short: false }],
			setup(messages, { simplify: '={{ $json.short }}' }),
		);
		expect(items.map(({ json }) => Object.keys(json).length)).toEqual([
			Object.keys(simple).length,
			Object.keys(messageObject(1)).length,
		]);
	});
});

test.each([200, 201])('users: %s means success', async (status) => {
	oddApi(() => [status, { data: [users.entry(1)], total: 1 }]);
	const { items } = await runNode([{}], setup(users));
	expect(items).toEqual([{ json: users.entry(1), pairedItem: { item: 0 } }]);
});

/** Longer than a test may take, so waiting for the next batch must be cancelled. */
const slowBatches = {
	requestOptions: { batching: { batch: { batchSize: 1, batchInterval: 6_000 } } },
};

const thirty = range(1, 30).map((n) => ({ n }));

test("an invalid key isn't tried for every item", async () => {
	const received = clerkChatApi(() => [401, {}]);
	const result = await runNode(thirty, setup(messages, {}, toContinue));
	// As many as were in flight together.
	expect(received.length).toBeLessThanOrEqual(5);
	const outcomes = received.map(() => 'refused').concat(Array<string>(30).fill('notTried'));
	expect(outcomesOf(result)).toEqual(outcomes.slice(0, 30));
});

test('an invalid key also ends the wait for the next batch', async () => {
	const received = clerkChatApi(() => [401, {}]);
	const result = await runNode([{}, {}, {}], setup(messages, slowBatches, toContinue));
	expect(received).toHaveLength(1);
	expect(outcomesOf(result)).toEqual(['refused', 'notTried', 'notTried']);
});

test('On Error = Stop: reads nothing more after the first error', async () => {
	const received = clerkChatApi(() => [404, {}]);
	await runNode(thirty, setup(messages));
	expect(received.length).toBeLessThanOrEqual(5);
});

describe('cancelled: an incomplete list is never returned as complete', () => {
	const cancelled = async (cancelAt: number, fields: INodeParameters, settings = {}) => {
		let cancel = () => {};
		const received = oddApi(({ query }, index) => {
			if (index === cancelAt) void sleep(20).then(cancel);
			const first = Number(query.page) * 50;
			return [200, { data: range(first, first + 49).map(messages.entry), total: 5_000_000 }];
		});
		const result = await runNode([{}], {
			...setup(messages, { returnAll: true, ...fields }, settings),
			onStart: (run) => (cancel = run.cancel),
		});
		return { ...result, received };
	};

	test.each<[string, number, INodeParameters]>([
		['on the third page', 2, {}],
		['in the wait for the second page', 0, slowBatches],
	])('%s', async (_name, cancelAt, fields) => {
		const { items, error, received } = await cancelled(cancelAt, fields);
		expect(items).toEqual([]);
		expect(error?.message).toBe('The execution was stopped');
		if (fields === slowBatches) expect(received).toHaveLength(1);
	});

	test('nor an error item, even if On Error is Continue', async () => {
		const { items } = await cancelled(2, {}, toContinue);
		expect(items.filter(isErrorItem)).toEqual([]);
	});
});
