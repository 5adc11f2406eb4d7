/* eslint-disable @n8n/community-nodes/no-restricted-globals -- runs on a developer's machine, not inside n8n */
import type { IDataObject, IHttpRequestOptions, IN8nHttpFullResponse } from 'n8n-workflow';
import fc from 'fast-check';
import { readRecord, readSpan, RunningRecord } from '../../nodes/api/record';
import type { Reading } from '../../nodes/api/record';
import { Requester } from '../../nodes/api/requester';

/* A window of the record is read completely, however the list changes meanwhile. */

const START = Date.parse('2026-11-25T12:00:00.000Z');

type Body = Record<string, unknown>;

/** An API whose list of messages is what `list` returns for each request, including the newest state. */
function recordOf(
	answerPage: (page: number, limit: number, request: number) => Body | number,
	date?: () => Date,
) {
	const asked: IDataObject[] = [];
	let inFlight = 0;
	let most = 0;
	const request = async ({ qs = {} }: IHttpRequestOptions): Promise<IN8nHttpFullResponse> => {
		asked.push(qs);
		most = Math.max(most, ++inFlight);
		const given = answerPage(Number(qs.page), Number(qs.limit), asked.length);
		await new Promise((resolve) => setImmediate(resolve));
		inFlight--;
		const headers = date ? { date: date().toUTCString() } : {};
		if (typeof given === 'number') return { statusCode: given, body: {}, headers };
		return { statusCode: 200, body: given as IDataObject, headers };
	};
	const requester = Requester.create(
		{
			node: {} as never,
			connect: async () => ({
				credential: {
					apiKey: 'key',
					baseUrl: 'https://api.test',
					allowedHttpRequestDomains: 'all',
				},
				request,
			}),
		},
		{ transport: {} },
	);
	return { requester, asked, most: () => most };
}

const entries = (count: number, from = 0) =>
	Array.from({ length: count }, (_, index) => ({ id: from + index }));

/** A page of a list, with or without `total` and links. */
const pageOf = (list: unknown[], page: number, limit: number, says = true): Body => ({
	data: list.slice((page - 1) * limit, page * limit),
	...(says && { total: list.length }),
});

const idsOf = (reading: Reading | undefined) =>
	reading?.kind === 'read'
		? reading.entries.map(({ id }) => id).sort((a, b) => +a! - +b!)
		: reading;

const all = (count: number) => entries(count).map(({ id }) => id);

test('requests the window, in pages of the largest size', async () => {
	const { requester, asked } = recordOf((page, limit) => pageOf([], page, limit));
	const end = START + 60_000;
	await readRecord(await requester, { start: START, end, inboxIds: ['a', 'b'] });
	expect(asked).toEqual([
		{
			limit: 50,
			page: 1,
			start: '2026-11-25T12:00:00.000Z',
			end: '2026-11-25T12:01:00.000Z',
			inboxIds: ['a', 'b'],
		},
	]);
});

test('reads 1,000 messages with 21 requests, several at a time: the page after a full one shows the end', async () => {
	const list = entries(1000);
	const { requester, asked, most } = recordOf((page, limit) => pageOf(list, page, limit));
	const reading = await readRecord(await requester, { start: START });
	expect(idsOf(reading)).toEqual(all(1000));
	expect(asked).toHaveLength(21);
	expect(most()).toBeGreaterThan(1);
});

test('makes one request if there is nothing', async () => {
	const { requester, asked } = recordOf((page, limit) => pageOf([], page, limit));
	expect(await readRecord(await requester, { start: START })).toEqual({
		kind: 'read',
		entries: [],
		isWhole: true,
	});
	expect(asked).toHaveLength(1);
});

test('stops at an empty page, whatever `total` and the links say', async () => {
	const links = { next: '/public/messages?page=2' };
	const { requester, asked } = recordOf(() => ({ data: [], total: 5000, links }));
	await readRecord(await requester, { start: START });
	expect(asked.map(({ page }) => page).filter((page) => Number(page) > 1)).toEqual([]);
});

test.each([
	[
		'without total and links',
		(list: unknown[], page: number, limit: number) => pageOf(list, page, limit, false),
	],
	['in pages smaller than asked for', (list: unknown[], page: number) => pageOf(list, page, 7)],
	[
		'with a total that counts more than the list has',
		(list: unknown[], page: number, limit: number) => ({
			...pageOf(list, page, limit),
			total: 5000,
		}),
	],
	[
		'with links and no total',
		(list: unknown[], page: number, limit: number) => ({
			...pageOf(list, page, limit, false),
			links: { next: page * limit < list.length ? `/public/messages?page=${page + 1}` : '' },
		}),
	],
])('reads a list %s', async (_, answer) => {
	const list = entries(120);
	const { requester } = recordOf((page, limit) => answer(list, page, limit));
	const reading = await readRecord(await requester, { start: START });
	expect(idsOf(reading)).toEqual(all(120));
	expect(reading).toMatchObject({ isWhole: true });
});

test('a total larger than the list, in a team that is always active', async () => {
	let requests = 0;
	const { requester } = recordOf((page, limit) => {
		const list = Array.from({ length: 60 + ++requests }, (_, id) => ({
			id,
			timestamp: new Date(START + id * 1000).toISOString(),
		}));
		return { ...pageOf(list, page, limit), total: 5000 };
	});
	expect(await readRecord(await requester, { start: START })).toMatchObject({ isWhole: true });
});

test('an empty page in the middle is ignored if the next reading has it full', async () => {
	const list = entries(120);
	let slips = 1;
	const { requester } = recordOf((page, limit) => {
		const given = pageOf(list, page, limit);
		return page === 2 && slips-- > 0 ? { ...given, data: [] } : given;
	});
	const reading = await readRecord(await requester, { start: START });
	expect(idsOf(reading)).toEqual(all(120));
	expect(reading).toMatchObject({ isWhole: true });
});

test('an empty page that comes and goes makes the list incomplete', async () => {
	const list = entries(200);
	let readings = 0;
	const { requester } = recordOf((page, limit) => {
		if (page === 1) readings++;
		const given = pageOf(list, page, limit);
		return page > 1 && page !== readings ? { ...given, data: [] } : given;
	});
	expect(await readRecord(await requester, { start: START })).toMatchObject({ isWhole: false });
});

test('a list that repeats the same page is read a few times, and called incomplete', async () => {
	const { requester, asked } = recordOf(() => ({ data: entries(50), total: 200 }));
	expect(await readRecord(await requester, { start: START })).toMatchObject({ isWhole: false });
	expect(asked.length).toBeLessThanOrEqual(3 * 7);
	const endless = recordOf(() => ({ data: entries(50) }));
	expect(idsOf(await readRecord(await endless.requester, { start: START }))).toEqual(all(50));
	expect(endless.asked.length).toBeLessThanOrEqual(4);
});

test('loses nothing if messages arrive while reading, in any order', async () => {
	const growth = fc.record({
		before: fc.integer({ min: 0, max: 160 }),
		grows: fc.array(fc.integer({ min: 0, max: 3 }), { maxLength: 12 }),
		newestFirst: fc.boolean(),
		says: fc.boolean(),
	});
	await fc.assert(
		fc.asyncProperty(growth, async ({ before, grows, newestFirst, says }) => {
			let count = before;
			const { requester } = recordOf((page, limit, request) => {
				count += grows[request - 1] ?? 0;
				const list = entries(count);
				return pageOf(newestFirst ? list.reverse() : list, page, limit, says);
			});
			const reading = await readRecord(await requester, { start: START });
			if (reading?.kind !== 'read') throw new Error('not read');
			const found = new Set(reading.entries.map(({ id }) => id));
			if (reading.isWhole) expect(all(before).filter((id) => !found.has(id))).toEqual([]);
		}),
	);
});

describe('the API’s clock', () => {
	test('counts: if it is slow, the window is requested once more', async () => {
		const hourBehind = () => new Date(Date.now() - 3_600_000);
		const { requester, asked } = recordOf((page, limit) => pageOf([], page, limit), hourBehind);
		const since = Date.now();
		await readSpan(await requester, { since });
		expect(asked).toHaveLength(2);
		expect(Date.parse(String(asked[1].start))).toBeLessThanOrEqual(since - 3_600_000);
	});

	test('adds a margin, in one request if the clocks agree', async () => {
		const { requester, asked } = recordOf(
			(page, limit) => pageOf([], page, limit),
			() => new Date(),
		);
		const since = Date.now();
		await readSpan(await requester, { since });
		expect(asked).toHaveLength(1);
		expect(Date.parse(String(asked[0].start))).toBeLessThan(since);
	});
});

test.each([401, 403, 404, 500])("%i: says why it couldn't be read", async (status) => {
	const { requester } = recordOf(() => status);
	expect(await readRecord(await requester, { start: START })).toMatchObject({
		kind: 'failed',
		fault: { status },
	});
});

test('a failed page in the middle makes the whole reading fail', async () => {
	const list = entries(300);
	const { requester } = recordOf((page, limit) => (page === 3 ? 500 : pageOf(list, page, limit)));
	expect(await readRecord(await requester, { start: START })).toMatchObject({ kind: 'failed' });
});

test('is undefined if it was stopped', async () => {
	const { requester } = recordOf((page, limit) => pageOf(entries(200), page, limit));
	const stopped = await requester;
	stopped.stop();
	expect(await readRecord(stopped, { start: START })).toBeUndefined();
});

describe('an incomplete list', () => {
	test.each<[string, (page: number, limit: number) => Body, RegExp]>([
		[
			'when `page` is ignored',
			() => ({ data: entries(50), total: 50 }),
			/all its pages are the same/,
		],
		['when `page` is ignored and nothing counts', () => ({ data: entries(50) }), /all its pages/],
	])('%s', async (_, answer, reason) => {
		const { requester, asked } = recordOf(answer);
		const reading = await readRecord(await requester, { start: START });
		expect(reading).toMatchObject({ isWhole: false, reason: expect.stringMatching(reason) });
		expect(asked.length).toBeLessThan(12);
	});
});

test.each<[string, Body | number]>([
	['204', 204],
	['{}', {}],
	['data: null', { data: null, total: 0 }],
	['an empty list', { data: [] }],
])('an empty record: %s', async (_, answer) => {
	const { requester } = recordOf(() => answer);
	expect(await readRecord(await requester, { start: START })).toEqual({
		kind: 'read',
		entries: [],
		isWhole: true,
	});
});

test.each<[string, Body | number]>([
	['404', 404],
	['another name for the list', { messages: [] }],
	['entries that are none', { data: ['1', '2'] }],
	['an object as list', { data: { items: [] } }],
])('no record: %s', async (_, answer) => {
	const { requester } = recordOf(() => answer);
	expect(await readRecord(await requester, { start: START })).toMatchObject({ kind: 'failed' });
});

test('a span has both ends, with a margin', async () => {
	const { requester, asked } = recordOf(
		(page, limit) => pageOf([], page, limit),
		() => new Date(),
	);
	const until = Date.now() - 600_000;
	await readSpan(await requester, { since: until - 1_000, until });
	expect(asked).toHaveLength(1);
	expect(Date.parse(String(asked[0].end))).toBeGreaterThan(until);
	expect(Date.parse(String(asked[0].end))).toBeLessThan(until + 120_000);
});

test('without a `Date` the clocks may differ by a quarter of an hour', async () => {
	const { requester, asked } = recordOf((page, limit) => pageOf([], page, limit));
	const since = Date.now();
	const same = await requester;
	await readSpan(same, { since });
	await readSpan(same, { since });
	expect(Date.parse(String(asked.at(-1)!.start))).toBeLessThanOrEqual(since - 900_000);
});

test('a running record is read once, then only what is new', async () => {
	const list = Array.from({ length: 500 }, (_, id) => ({
		id,
		timestamp: new Date(Date.now() - 3_600_000 + id).toISOString(),
	}));
	const { requester, asked } = recordOf(
		(page, limit) => {
			const start = Date.parse(String(asked.at(-1)!.start));
			return pageOf(
				list.filter(({ timestamp }) => Date.parse(timestamp) > start),
				page,
				limit,
			);
		},
		() => new Date(),
	);
	const record = new RunningRecord();
	const since = Date.now() - 2 * 3_600_000;
	for (let now = 0; now < 30; now++) {
		list.push({ id: 1000 + now, timestamp: new Date().toISOString() });
		const reading = await record.read(await requester, since);
		expect(idsOf(reading)).toHaveLength(500 + now + 1);
	}
	expect(asked.length).toBeLessThan(11 + 2 * 30);
});
