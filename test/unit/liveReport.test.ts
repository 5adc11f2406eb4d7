/* eslint-disable @n8n/community-nodes/no-restricted-imports, @n8n/community-nodes/no-restricted-globals -- runs on a developer's machine, not inside n8n */
import fc from 'fast-check';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';

import { observe, type Pace } from '../e2e/live/observe';
import type { Exchange } from '../e2e/live/relay';
import { issueLink, reportOf, type Circumstances } from '../e2e/live/report';
import { howChanged } from '../e2e/live/reportRecord';
import { orderOf } from '../e2e/live/reportList';

/*
 * What the report of `npm run demo -- --live` says of an API that does what the sandbox does not, and what it never says.
 */

type Json = Record<string, unknown>;

const message = { sender: '+14155550100', recipients: ['+14155550177'], body: 'Hello  Ann' };
const time = Date.parse('2026-11-25T12:00:00.250Z');
const iso = (ms: number) => new Date(time + ms).toISOString();

const sentEntry = {
	id: 7,
	body: message.body,
	conversationId: 'c-1',
	inbound: false,
	members: message.recipients,
	sender: message.sender,
	senderType: 'user',
	status: 'sent',
	error: null,
	errorCode: null,
	created: iso(0),
	updated: iso(0),
	seen: false,
	segments: 1,
	timestamp: iso(0),
};

const olderEntry = {
	...sentEntry,
	id: 6,
	body: 'Older',
	timestamp: iso(-5_000),
	created: iso(-5_000),
};

const circumstances: Circumstances = {
	packageVersion: '0.1.0',
	n8nVersion: '2.40.7',
	isClerkChat: true,
	date: new Date(time),
	statuses: [201],
};

function exchange(status: number, body: unknown, headers: Record<string, string> = {}): Exchange {
	const times = { askedAt: time - 50, answeredAt: time + 50 };
	return { method: 'GET', path: '', requestBody: message, status, body, headers, ...times };
}

const dateHeader = { date: new Date(time).toUTCString() };

interface FakeApi {
	/** The answer to sending. */
	sent?: Exchange;
	entries?: Json[];
	/** Which time `start` and `end` are compared with; none when they are not obeyed. */
	compared?: 'timestamp' | 'created' | 'updated';
	/** What stands beside `data`. */
	more?: (count: number) => Json;
	/** An answer instead of the list, by the query and how many came before it. */
	instead?: (query: URLSearchParams, count: number) => Exchange | undefined;
	pageSize?: number;
}

beforeEach(() => void jest.spyOn(Date, 'now').mockImplementation(() => time + 100));
afterEach(() => void jest.restoreAllMocks());

const pace: Pace = { waits: [0, 0], againAfter: -Infinity };

async function reportOn({
	sent = exchange(201, { data: sentEntry }, dateHeader),
	entries = [sentEntry, olderEntry],
	compared,
	more = (total) => ({ total }),
	instead,
	pageSize = 10,
}: FakeApi): Promise<string> {
	let count = 0;
	const observation = await observe(
		sent,
		async (text) => {
			const query = new URLSearchParams(text);
			const given = instead?.(query, count++);
			if (given) return given;
			const size = Number(query.get('limit') ?? pageSize);
			const page = Number(query.get('page') ?? 1);
			const listed = entries.filter((entry) => {
				if (!compared) return true;
				const at = Date.parse(String(entry[compared]));
				return (
					at > Date.parse(query.get('start') ?? iso(-1e9)) &&
					at <= Date.parse(query.get('end') ?? iso(1e9))
				);
			});
			const data = listed.slice((page - 1) * size, page * size);
			return exchange(200, { data, ...more(listed.length) }, dateHeader);
		},
		pace,
	);
	return reportOf(observation, circumstances);
}

async function lineOn(label: string, api: FakeApi): Promise<string> {
	const report = await reportOn(api);
	return report.split('\n').find((line) => line.startsWith(`- **${label}:**`)) ?? report;
}

const other = 'Other than the node expects';
const answering = (changes: Json, beside: Json = {}) =>
	exchange(201, { data: { ...sentEntry, ...changes }, ...beside }, dateHeader);
const listing = (changes: Json) => [{ ...sentEntry, ...changes }, olderEntry];
const times = { timestamp: iso(0), created: iso(400), updated: iso(900) };

test.each<[what: string, label: string, api: FakeApi, words: string[]]>([
	[
		'fields that were seen in a real answer',
		'Fields of the answer',
		{ sent: answering({ recipients: message.recipients }) },
		['missing: none; not documented: `recipients`'],
	],
	[
		'links beside data',
		'Body',
		{ sent: answering({}, { links: { self: '/' } }) },
		['`links` object'],
	],
	['no Date', 'Clock', { sent: exchange(201, { data: sentEntry }) }, ['no `Date` header', other]],
	[
		'an answer without an id',
		'Message in the answer',
		{ sent: exchange(201, { data: { status: 'sent' } }, dateHeader) },
		['`data`: `status` string', other, 'The outcome is unknown to it'],
	],
	[
		'an answer that is no JSON',
		'Body',
		{ sent: exchange(201, '<html>', dateHeader) },
		['string', other],
	],
	[
		'a list in data',
		'Message in the answer',
		{ sent: exchange(201, { data: [sentEntry] }) },
		['the list in `data`'],
	],
	[
		'an error beside another status',
		'Status in the answer',
		{ sent: answering({ errorCode: 30007 }) },
		['`errorCode` number', other, 'The outcome is unknown'],
	],
	[
		'headers about a limit',
		'Rate limit',
		{
			sent: exchange(
				201,
				{ data: sentEntry },
				{ 'x-ratelimit-remaining': '99;w=1', 'x-ratelimit-reset': '1795608000', ...dateHeader },
			),
		},
		['`x-ratelimit-remaining` 99;w=1, `x-ratelimit-reset` [10 digits]; no 429'],
	],
	[
		'a 429 while it reads',
		'Rate limit',
		{
			instead: (_, count) => (count === 2 ? exchange(429, {}, { 'retry-after': '0' }) : undefined),
		},
		['`retry-after` 0; 429 to 1 of the reads'],
	],
	['an ID of another type', 'ID', { entries: listing({ id: '7' }) }, ['but string and not number']],
	['another ID', 'ID', { entries: listing({ id: 8 }) }, ['another than in the answer', other]],
	[
		'another conversation',
		'Conversation',
		{ entries: listing({ conversationId: 'c-2' }) },
		['another than in the answer'],
	],
	['inbound', 'Direction', { entries: listing({ inbound: true }) }, ['`inbound` true', other]],
	[
		'a number that is written differently',
		'Sender',
		{ entries: listing({ sender: '1 (415) 555-0100' }) },
		['as sent, but written differently. As'],
	],
	['another sender', 'Sender', { entries: listing({ sender: 'Shop' }) }, ['another string', other]],
	[
		'the sender among the members',
		'`members`',
		{ entries: listing({ members: ['+14155550100', '+14155550177'] }) },
		['list of 2 strings: [to], [from]. As'],
	],
	[
		'others among the members',
		'`members`',
		{ entries: listing({ members: ['+14155550177', 'bob', 'eve'] }) },
		['[to], without [from], 2 others. As'],
	],
	[
		'members without the recipient',
		'`members`',
		{ entries: listing({ members: ['+14155550100'] }) },
		['without [to], [from]', other, 'It does not recognise the message'],
	],
	['a text that is missing', 'Text', { entries: listing({ body: undefined }) }, ['nothing', other]],
	[
		'a time that is too early',
		'Time of the message',
		{ entries: listing({ timestamp: iso(-4_000) }) },
		['s before it was asked for', other],
	],
	[
		'a message that is not in the window',
		'On record',
		{
			instead: (query) =>
				query.has('start') ? exchange(200, { data: [], total: 0 }, dateHeader) : undefined,
		},
		['at the first look', 'but only in a list without `start`', other],
	],
	[
		'start by timestamp',
		'`start`',
		{ compared: 'timestamp', entries: listing(times) },
		['is compared with `timestamp`. As'],
	],
	[
		'start by created',
		'`start`',
		{ compared: 'created', entries: listing(times) },
		['is compared with `created`. As'],
	],
	[
		'start by updated',
		'`start`',
		{ compared: 'updated', entries: listing(times) },
		['is compared with `updated`. As'],
	],
	[
		'start by times that are the same',
		'`start`',
		{ compared: 'updated' },
		['cannot be told, because they are all the same (`timestamp` or `created` or `updated`). As'],
	],
	['start that is not obeyed', '`start`', {}, ['does not leave the message out']],
	[
		'end that is not obeyed',
		'`end`',
		{},
		['before the message: listed; 1 s after it: listed', other],
	],
	[
		'start that is refused',
		'`start`',
		{
			instead: (query) =>
				query.get('start')?.startsWith('2026-11-25T11:59:59') ? exchange(422, {}) : undefined,
		},
		['not always answered', other],
	],
	[
		'a limit of 50 that is refused',
		'`limit=50`',
		{
			instead: (query) => (query.get('limit') === '50' ? exchange(422, { error: 'x' }) : undefined),
		},
		['not accepted: 422, `error` string', other],
	],
	[
		'pages that are all the first',
		'Pages',
		{
			instead: (query) =>
				query.get('page') === '2' ? exchange(200, { data: [sentEntry], total: 2 }) : undefined,
		},
		['`page=2` gives the same entry as `page=1`', other],
	],
	['a smaller page than all', 'Default page size', { pageSize: 1 }, ['1. The node']],
	[
		'a smaller page without a total',
		'Default page size',
		{ pageSize: 1, more: () => ({}) },
		['1. The node'],
	],
	[
		'a total that is a text',
		'`total`',
		{ more: (total) => ({ total: String(total) }) },
		['string', other],
	],
	[
		'one message in all',
		'Order',
		{ entries: [sentEntry] },
		['cannot be told: too few messages of different times'],
	],
])('%s', async (_, label, api, words) => {
	const line = await lineOn(label, api);
	for (const word of words) expect(line).toContain(word);
	if (!words.includes(other)) expect(line).not.toContain(other);
});

test.each([
	[10, 'As the node expects'],
	[45, 'it within 30 s. An unknown outcome stays unknown'],
])('on record only %i s after the answer', async (seconds, words) => {
	const answeredAt = Date.now() - seconds * 1000;
	const sent = { ...exchange(201, { data: sentEntry }), askedAt: answeredAt, answeredAt };
	const line = await lineOn('On record', { sent });
	expect(line).toMatch(/at the first look, \d+\.\d s after the answer/);
	expect(line).toContain(words);
});

test('the sum names the lines that are other than expected', async () => {
	const api = { compared: 'created', entries: listing({ inbound: true }) } as const;
	expect(await reportOn(api)).toMatch(
		/\*\*2 of \d+ lines are other than the node expects: Direction, The node's own search\.\*\*/,
	);
});

test('the API cannot be reached any more after sending: there is a report all the same', async () => {
	const report = await reportOn({
		instead: () => {
			throw new TypeError('fetch failed');
		},
	});
	expect(report).toContain('**On record:** cannot be read: no answer');
});

test.each([
	['Hello', 'Hello', 'unchanged'],
	['a  b\nc', 'a b c', 'blanks changed (5 characters instead of 6)'],
	[
		'Hello',
		'Hello Reply STOP',
		'changed (16 characters instead of 5: something was added behind it)',
	],
	['Hello', 'Shop: Hello', 'changed (11 characters instead of 5: something was added before it)'],
	['Hello', '(Hello)', 'changed (7 characters instead of 5: something was added)'],
	['Hello', 'Hell', 'changed (4 characters instead of 5: its end is missing)'],
	['Hello', 'HELLO', 'changed (5 characters instead of 5: capitals and small letters)'],
	['voilà', 'voil?', 'changed (5 characters instead of 5: not only at its ends)'],
	['voilà', 'voilâ', 'changed (5 characters instead of 5: characters beyond ASCII are others)'],
])('the text %j that is listed as %j', (sent, listed, words) => {
	expect(howChanged(listed, sent)).toBe(words);
});

test.each([
	['newest first, by `timestamp`', [3, 2, 2, 1], [1, 2, 3, 4]],
	['oldest first, by `timestamp`', [1, 2, 3, 4], [4, 3, 2, 1]],
	['oldest first, by `created`', [1, 3, 2, 4], [1, 2, 3, 4]],
	['newest first, by `created`', [5, 5, 5, 5], [4, 3, 2, 1]],
	['neither newest first nor oldest first', [1, 3, 2, 4], [2, 1, 4, 3]],
	['cannot be told: too few messages of different times', [5, 5, 5, 5], [5, 5, 5, 5]],
])('an order that is %s', (words, timestamps, created) => {
	const entries = timestamps.map((timestamp, index) => ({
		timestamp: iso(timestamp),
		created: iso(created[index]),
	}));
	expect(orderOf(entries)).toBe(words);
});

test('nothing private is in the report, whatever the API puts where', async () => {
	const secrets = [
		'+14155550177',
		'4155550100',
		'Jane Roe',
		'sk_live_51Hx',
		'9f8b2c1d-77aa',
		'79999924',
	];
	const secret = fc.constantFrom(...secrets, 79999924);
	const value = fc.oneof(
		secret,
		fc.array(secret, { maxLength: 3 }),
		fc.dictionary(fc.constantFrom('a'), secret, { noNullPrototype: true }),
	);
	const changes = fc.dictionary(
		fc.constantFrom(...Object.keys(sentEntry), 'recipients', 'links', ...secrets),
		value,
		{ noNullPrototype: true },
	);
	const headers = fc.dictionary(
		fc.constantFrom('x-ratelimit-key', 'date', 'x-quota-79999924'),
		secret.map(String),
	);
	await fc.assert(
		fc.asyncProperty(changes, changes, changes, headers, async (answer, entry, beside, named) => {
			const report = await reportOn({
				sent: exchange(201, { data: { ...sentEntry, ...answer }, ...beside }, named),
				entries: [{ ...sentEntry, ...entry }],
				more: () => beside,
			});
			for (const each of secrets) expect(report).not.toContain(each);
			expect(report).not.toContain(message.body);
		}),
		{ numRuns: 60 },
	);
});

describe('the issue', () => {
	const template = parse(
		readFileSync(join(__dirname, '../../.github/ISSUE_TEMPLATE/api_fact.yml'), 'utf8'),
	) as { body: Array<{ id?: string }> };

	test('link opens the form, and fills in a field that it has', () => {
		const link = new URL(issueLink(circumstances));
		expect(link.pathname).toMatch(/\/issues\/new$/);
		expect(link.searchParams.get('template')).toBe('api_fact.yml');
		const fields = [...link.searchParams.keys()].filter(
			(key) => !['template', 'title'].includes(key),
		);
		expect(fields).toEqual(['when']);
		expect(template.body.map(({ id }) => id)).toEqual(expect.arrayContaining(fields));
		expect(link.searchParams.get('when')).toMatch(/^November 2026, /);
	});

	test('form keeps Markdown as it is pasted', () => {
		expect(template.body.find(({ id }) => id === 'seen')).not.toHaveProperty('attributes.render');
	});
});
