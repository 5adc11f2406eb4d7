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
 * What the report of `npm run demo -- --live` says about APIs that behave unlike the sandbox, and what it never says.
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
	/** The fields next to `data`. */
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

/** Clerk Chat that answers sending with this. */
const sends = (body: unknown, headers: Record<string, string> = dateHeader): FakeApi => ({
	sent: exchange(201, body, headers),
});
/** One that answers with a message that has these fields, and these beside `data`. */
const answers = (changes: Json, beside: Json = {}): FakeApi =>
	sends({ data: { ...sentEntry, ...changes }, ...beside });
/** One that lists the message with these fields. */
const lists = (changes: Json): FakeApi => ({ entries: [{ ...sentEntry, ...changes }, olderEntry] });
/** One that answers some of the queries otherwise. */
const instead = (
	isMeant: (query: URLSearchParams, count: number) => boolean,
	...answer: Parameters<typeof exchange>
): FakeApi => ({
	instead: (query, count) => (isMeant(query, count) ? exchange(...answer) : undefined),
});
const asksFor = (name: string, value: string) => (query: URLSearchParams) =>
	query.get(name)?.startsWith(value) ?? false;

const { recipients } = message;
const [from, to] = ['+14155550100', '+14155550177'];
const membersAre = (...members: string[]) => lists({ members });
const differ = { timestamp: iso(0), created: iso(400), updated: iso(900) };
const byTime = (compared: FakeApi['compared']) => ({ ...lists(differ), compared });
const limits = { 'x-ratelimit-remaining': '99;w=1', 'x-ratelimit-reset': '1795608000' };
const allPages = { data: [sentEntry], total: 2 };

const asExpected: Array<[label: string, seen: string, api: FakeApi]> = [
	['Fields of the answer', 'missing: none; not documented: `recipients`', answers({ recipients })],
	['Body', '`links` object', answers({}, { links: { self: '/' } })],
	['Message in the answer', 'the list in `data`', sends({ data: [sentEntry] })],
	[
		'Rate limit',
		'`x-ratelimit-remaining` 99;w=1, `x-ratelimit-reset` [10 digits]; no 429',
		sends({ data: sentEntry }, { ...limits, ...dateHeader }),
	],
	[
		'Rate limit',
		'`retry-after` 0; 429 to 1 of the reads',
		instead((_, count) => count === 2, 429, {}, { 'retry-after': '0' }),
	],
	['ID', 'but string and not number', lists({ id: '7' })],
	['Conversation', 'another than in the answer', lists({ conversationId: 'c-2' })],
	['Sender', 'as sent, but written differently. As', lists({ sender: '1 (415) 555-0100' })],
	['`members`', 'list of 2 strings: [to], [from]. As', membersAre(from, to)],
	['`members`', 'missing. The node goes by the other', lists({ members: undefined, recipients })],
	['Times', '`created` is 0.4 s later, `updated` is 0.9 s later', lists(differ)],
	['`start`', 'is compared with `timestamp`. As', byTime('timestamp')],
	['`start`', 'is compared with `updated`. As', byTime('updated')],
	[
		'`start`',
		'cannot be told, because they are all the same (`timestamp` or `created` or `updated`). As',
		{ compared: 'updated' },
	],
	['`start`', 'does not leave the message out', {}],
	['Default page size', '1. The node', { pageSize: 1 }],
	['Order', 'cannot be told: too few messages of different times', { entries: [sentEntry] }],
];

const otherThanExpected: Array<[label: string, seen: string, api: FakeApi, means?: string]> = [
	['Clock', 'no `Date` header', sends({ data: sentEntry }, {})],
	[
		'Message in the answer',
		'`data`: `status` string',
		sends({ data: { status: 'sent' } }),
		'The outcome is unknown to it',
	],
	['Body', 'string', sends('<html>')],
	[
		'Status in the answer',
		'`errorCode` number',
		answers({ errorCode: 30007 }),
		'The outcome is unknown',
	],
	['ID', 'another than in the answer', lists({ id: 8 })],
	['Direction', '`inbound` true', lists({ inbound: true })],
	['Sender', 'another string', lists({ sender: 'Shop' })],
	['`members`', 'without [to], [from]', membersAre(from), 'It does not recognise the message'],
	['Text', 'nothing', lists({ body: undefined })],
	['Time of the message', 's before it was asked for', lists({ timestamp: iso(-4_000) })],
	[
		'On record',
		'at the first look, 0.050 s after the answer, but only in a list without `start`',
		instead((query) => query.has('start'), 200, { data: [], total: 0 }, dateHeader),
	],
	['`end`', 'before the message: listed; 1 s after it: listed', {}],
	['`start`', 'not always answered', instead(asksFor('start', '2026-11-25T11:59:59'), 422, {})],
	[
		'`limit=50`',
		'not accepted: 422, `error` string',
		instead(asksFor('limit', '50'), 422, { error: 'x' }),
	],
	[
		'Pages',
		'`page=2` gives the same entry as `page=1`',
		instead(asksFor('page', '2'), 200, allPages),
	],
	['`total`', 'string', { more: (total) => ({ total: String(total) }) }],
];

test.each(asExpected)('%s: %s', async (label, seen, api) => {
	const line = await lineOn(label, api);
	expect(line).toContain(seen);
	expect(line).not.toContain('Other than');
});

test.each(otherThanExpected)('%s: %s, which is unexpected', async (...row) => {
	const [label, seen, api, means = ''] = row;
	const line = await lineOn(label, api);
	for (const words of [seen, 'Other than the node expects', means]) expect(line).toContain(words);
});

test.each([
	[10, 'As the node expects'],
	[45, 'it within 30 s. An unknown outcome stays unknown'],
])('on record only %i s after the response', async (seconds, words) => {
	const answeredAt = Date.now() - seconds * 1000;
	const sent = { ...exchange(201, { data: sentEntry }), askedAt: answeredAt, answeredAt };
	const line = await lineOn('On record', { sent });
	expect(line).toMatch(/at the first look, \d+\.\d s after the answer/);
	expect(line).toContain(words);
});

test('the summary lists the unexpected lines', async () => {
	expect(await reportOn({ compared: 'created', ...lists({ inbound: true }) })).toMatch(
		/\*\*2 of \d+ lines are other than the node expects: Direction, The node's own search\.\*\*/,
	);
});

test('if the API becomes unreachable after sending, there is still a report', async () => {
	const fails = () => {
		throw new TypeError('fetch failed');
	};
	const report = await reportOn({ instead: fails });
	expect(report).toContain('**On record:** cannot be read: no answer');
});

test.each([
	['Hello', 'Hello', 'unchanged'],
	['a  b\nc', 'a b c', 'blanks changed (5 characters instead of 6)'],
	['Hello', 'Hello Reply STOP', 'something was added after it'],
	['Hello', 'Shop: Hello', 'changed (11 characters instead of 5: something was added before it)'],
	['Hello', '(Hello)', 'something was added)'],
	['Hello', 'Hell', 'its end is missing'],
	['Hello', 'HELLO', 'capitals and small letters'],
	['voilà', 'voil?', 'not only at its ends'],
	['voilà', 'voilâ', 'characters beyond ASCII are others'],
])('the text %j listed as %j: %s', (sent, listed, words) => {
	expect(howChanged(listed, sent)).toContain(words);
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

test('the report contains nothing private, wherever the API puts it', async () => {
	const numbers = ['+14155550177', '4155550100', '79999924'];
	const secrets = [...numbers, 'Jane Roe', 'sk_live_51Hx', '9f8b2c1d-77aa'];
	const secret = fc.constantFrom(...secrets, 79999924);
	const noNullPrototype = { noNullPrototype: true };
	const inside = fc.dictionary(fc.constantFrom('a'), secret, noNullPrototype);
	const value = fc.oneof(secret, fc.array(secret, { maxLength: 3 }), inside);
	const names = [...Object.keys(sentEntry), 'recipients', 'links', ...secrets];
	const changes = fc.dictionary(fc.constantFrom(...names), value, noNullPrototype);
	const headerNames = fc.constantFrom('x-ratelimit-key', 'date', 'x-quota-79999924');
	const headers = fc.dictionary(headerNames, secret.map(String));
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

	test('form keeps pasted Markdown', () => {
		expect(template.body.find(({ id }) => id === 'seen')).not.toHaveProperty('attributes.render');
	});
});
