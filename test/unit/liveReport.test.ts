/* eslint-disable @n8n/community-nodes/no-restricted-imports, @n8n/community-nodes/no-restricted-globals -- runs on a developer's machine, not inside n8n */
import fc from 'fast-check';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import type { IDataObject } from 'n8n-workflow';
import { observe, type Observation, type Pace } from '../e2e/live/observe';
import type { Exchange } from '../e2e/live/relay';
import { issueLink, reportOf, type Circumstances } from '../e2e/live/report';
import { changesIn, changesText } from '../e2e/live/reportChanges';
import { howChanged } from '../e2e/live/reportRecord';
import { orderOf } from '../e2e/live/reportList';
import { FakeRecord, type Habits } from '../engine/fakeRecord';
import { messageObject } from '../engine/messages';

/* What the report of `npm run demo -- --live` says about all kinds of APIs, and what it never says. */

const message = { sender: '+14155550100', recipients: ['+14155550177'], body: 'Hello  Ann' };
const time = Date.parse('2026-11-25T12:00:00.250Z');
const iso = (ms: number) => new Date(time + ms).toISOString();

const sentEntry = messageObject(7, {
	body: message.body,
	members: message.recipients,
	...FakeRecord.times(iso(0)),
});
const olderEntry = { ...sentEntry, id: 6, body: 'Older', ...FakeRecord.times(iso(-5_000)) };

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

const dateHeader: Exchange['headers'] = { date: new Date(time).toUTCString() };

interface FakeApi {
	/** The response to sending. */
	sent?: Exchange;
	/** The messages, oldest first. */
	entries?: IDataObject[];
	/** Which time `start` and `end` are compared with; none when they are not obeyed. */
	compared?: Habits['compares'];
	/** A page as it is sent. */
	page?: (page: IDataObject) => unknown;
	/** A response instead of the list, by the query and how many came before it. */
	instead?: (query: URLSearchParams, count: number) => Exchange | undefined;
	pageSize?: number;
}

let now: number;
beforeEach(() => {
	now = time + 100;
	jest.spyOn(Date, 'now').mockImplementation(() => now);
});
afterEach(() => void jest.restoreAllMocks());

const pace: Pace = { waits: [0, 0], againAfter: -Infinity };

async function reportOn({
	sent = exchange(201, { data: sentEntry }, dateHeader),
	entries = [olderEntry, sentEntry],
	compared,
	page = (each) => each,
	instead,
	pageSize = 10,
}: FakeApi): Promise<string> {
	const record = new FakeRecord(() => time);
	for (const entry of entries) record.add(entry);
	record.habits.compares = compared ?? 'timestamp';
	const all = { page: 1, limit: pageSize, start: iso(-1e9) };
	let count = 0;
	const observation = await observe(
		sent,
		async (text) => {
			now += 100;
			const query = new URLSearchParams(text);
			const given = instead?.(query, count++);
			if (given) return given;
			const qs = { ...all, ...Object.fromEntries(query) };
			if (!compared) Object.assign(qs, { start: all.start, end: undefined });
			const { body } = await record.answer({ url: '', qs });
			return exchange(200, page(body as IDataObject), dateHeader);
		},
		pace,
	);
	return reportOf(observation, circumstances);
}

async function lineOn(label: string, api: FakeApi): Promise<string> {
	const report = await reportOn(api);
	return report.split('\n').find((line) => line.startsWith(`- **${label}:**`)) ?? report;
}

/** Clerk Chat that responds to sending with this. */
const sends = (body: unknown, headers = dateHeader, status = 201): FakeApi => ({
	sent: exchange(status, body, headers),
});
/** One that responds with a message that has these fields, and these beside `data`. */
const answers = (changes: IDataObject, beside: IDataObject = {}): FakeApi =>
	sends({ data: { ...sentEntry, ...changes }, ...beside });
/** One that responded so many milliseconds ago. */
const answeredAgo = (ms: number): FakeApi => ({
	sent: { ...exchange(201, { data: sentEntry }), answeredAt: time + 100 - ms },
});
/** One that lists the message with these fields. */
const lists = (changes: IDataObject): FakeApi => ({
	entries: [olderEntry, { ...sentEntry, ...changes }],
});
/** One that responds to some of the queries differently. */
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
const limits = { ratelimit: '99;w=1', 'x-ratelimit-reset': '1795608000' };
const limited = sends({ data: sentEntry }, { ...limits, ...dateHeader });
const tooManyOnce = instead((_, count) => count === 2, 429, {}, { 'retry-after': '0' });
const none = { data: [], total: 0 };
const listedAfter = (reads: number) => instead((_, count) => count < reads, 200, none, dateHeader);
const delivered = { ...sentEntry, status: 'delivered', updated: iso(900) };
const deliveredLater = instead((_, count) => count > 0, 200, { data: [delivered] }, dateHeader);
const ahead = { ...sentEntry, ...FakeRecord.times(iso(90_000)) };
const isAhead = sends({ data: ahead }, { date: new Date(time + 90_000).toUTCString() });
const blanks = { body: 'Hello Ann' };
const footer = { body: `${message.body} STOP` };

const asExpected: Array<[label: string, seen: string, api: FakeApi]> = [
	['Body', '`links` object', answers({}, { links: { self: '/' } })],
	['Message in the answer', 'the list in `data`', sends({ data: [sentEntry] })],
	['Clock', "the API's clock is 90.3 s ahead", isAhead],
	['Rate limit', '`ratelimit` 99;w=1, `x-ratelimit-reset` [10 digits]; no 429', limited],
	['Rate limit', '`retry-after` 0; 429 to 1 of the reads', tooManyOnce],
	['On record', 'at the first look, 0.050 s after the answer. As', sends({}, dateHeader, 500)],
	['On record', 'at the first look, 10.0 s after the answer. As', answeredAgo(10_000)],
	['On record', 'after 0.3 s, and not yet after 0.050 s. As', listedAfter(2)],
	['On record', 'at the first look, 0.050 s after the answer. As', listedAfter(1)],
	['On record', 'not looked for, because it was refused', sends({}, {}, 400)],
	['ID', 'but string and not number', lists({ id: '7' })],
	['Conversation', 'another than in the answer', lists({ conversationId: 'c-2' })],
	['Sender', 'as sent, but written differently. As', lists({ sender: '1 (415) 555-0100' })],
	['`members`', 'list of 2 strings: [to], [from]. As', membersAre(from, to)],
	['`members`', 'missing. The node goes by the other', lists({ members: undefined, recipients })],
	['Text', 'blanks changed (9 characters instead of 10). As', lists(blanks)],
	['Changed in the answer', 'which the node takes for the same. As', answers(blanks)],
	['Times', '`created` is 0.4 s later, `updated` is 0.9 s later', lists(differ)],
	['Times', '; `updated` moved by 0.9 s meanwhile', deliveredLater],
	['Status', '`sent` at first, `delivered` after 0.1 s', deliveredLater],
	['Answer to `GET /public/messages`', '200, `data` list, `total` number. As', tooManyOnce],
	['`start`', 'is compared with `timestamp`. As', byTime('timestamp')],
	['`start`', 'is compared with `updated`. As', byTime('updated')],
	['`start`', '(`timestamp` or `created` or `updated`). As', { compared: 'updated' }],
	['`start`', 'does not leave the message out', {}],
	['Default page size', '1. The node', { pageSize: 1 }],
	['Order', 'cannot be told: too few messages of different times', { entries: [sentEntry] }],
];

const isUnknown = 'The outcome is unknown to it';
const isMissed = 'It does not recognise the message';
const isLate = 'it within 30 s. An unknown outcome stays unknown';
const isRefused = instead(() => true, 403, { message: 'x' });
const isGone = () => {
	throw new TypeError('fetch failed');
};
const unlisted = { entries: [olderEntry] };
const onlyInList = instead((query) => query.has('start'), 200, none, dateHeader);
const samePage = instead(asksFor('page', '2'), 200, { data: [sentEntry], total: 2 });
const otherStart = instead(asksFor('start', '2026-11-25T11:59:59'), 422, {});

const otherThanExpected: Array<[label: string, seen: string, api: FakeApi, means?: string]> = [
	['Answer', '400 after 0.1 s', sends({}, {}, 400), 'The message was refused'],
	['Answer', '500 after 0.1 s', sends({}, {}, 500), isUnknown],
	['Clock', 'no `Date` header', sends({ data: sentEntry }, {})],
	['Message in the answer', '`data`: `status` string', sends({ data: { status: 'a' } }), isUnknown],
	['Body', 'string', sends('<html>')],
	['Status in the answer', '`errorCode` number', answers({ errorCode: 30007 }), isUnknown],
	['Status in the answer', '`failed`, ', answers({ status: 'failed' }), 'was not sent'],
	['Changed in the answer', 'text: changed (15 characters', answers(footer), 'may not find such'],
	['Changed in the answer', 'sender: written differently', answers({ sender: 'Shop' })],
	['ID', 'another than in the answer', lists({ id: 8 })],
	['Direction', '`inbound` true', lists({ inbound: true })],
	['Sender', 'another string', lists({ sender: 'Shop' })],
	['`members`', 'without [to], [from]', membersAre(from), isMissed],
	['Text', 'nothing', lists({ body: undefined })],
	['Text', '15 characters instead of 10: something was added after it', lists(footer), isMissed],
	['Time of the message', 's before it was asked for', lists(FakeRecord.times(iso(-4_000)))],
	['On record', 'not within 0.3 s', unlisted, isLate],
	['On record', 'at the first look, 45.0 s', answeredAgo(45_000), isLate],
	['On record', 'cannot be read: 403, `message` string', isRefused, 'sends nothing'],
	['On record', 'cannot be read: no answer', { instead: isGone }],
	['On record', '0.050 s after the answer, but only in a list without `start`', onlyInList],
	["The node's own reading", 'it cannot read the record: 403', isRefused],
	["The node's own search", 'it does not find the message', unlisted],
	['Answer to `GET /public/messages`', '403, `message` string', isRefused],
	['`end`', 'before the message: listed; 1 s after it: listed', {}],
	['`start`', 'not always answered', otherStart],
	['`limit=50`', 'not accepted: 422, empty object', instead(asksFor('limit', '50'), 422, {})],
	['Pages', '`page=2` gives the same entry as `page=1`', samePage],
	['`total`', 'string', { page: ({ data, total }) => ({ data, total: String(total) }) }],
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

test('the summary lists the unexpected lines', async () => {
	const asDocumented = await reportOn({ compared: 'timestamp' });
	expect(asDocumented).toContain('**Nothing is other than the node expects.**');
	expect(await reportOn({ compared: 'created', ...lists({ inbound: true }) })).toMatch(
		/\*\*2 of \d+ lines are other than the node expects: Direction, The node's own search\.\*\*/,
	);
});

test.each([
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

test("the sender, who isn't a stranger, reads what was changed", () => {
	const textOf = (answered: IDataObject) =>
		changesText(changesIn({ answered, message } as Observation));
	expect(textOf({ ...sentEntry, ...footer })).toBe(
		`What Clerk Chat changed (this is not part of the report):
  text: "Hello  Ann" became "Hello  Ann STOP". The node may not find it later.`,
	);
	expect(textOf(sentEntry)).toMatch(/as it was sent/);
});

test('the report contains nothing private, wherever the API puts it', async () => {
	const numbers = ['+14155550177', '4155550100', '79999924'];
	const secrets = [...numbers, 'Jane Roe', 'sk_live_51Hx', '9f8b2c1d-77aa'];
	const secret = fc.constantFrom(...secrets, 79999924);
	const noNullPrototype = { noNullPrototype: true };
	const inside = fc.dictionary(fc.constantFrom('a'), secret, noNullPrototype);
	const value = fc.oneof(secret, fc.array(secret, { maxLength: 3 }), inside);
	const names = fc.constantFrom(...Object.keys(sentEntry), 'recipients', 'links', ...secrets);
	const changes = fc.dictionary(names, value, noNullPrototype);
	const headerNames = fc.constantFrom('x-ratelimit-key', 'date', 'x-quota-79999924');
	const headers = fc.dictionary(headerNames, secret.map(String));
	await fc.assert(
		fc.asyncProperty(changes, changes, changes, headers, async (answer, entry, beside, named) => {
			const report = await reportOn({
				...sends({ data: { ...sentEntry, ...answer }, ...beside }, named),
				page: ({ total }) => ({ data: [{ ...sentEntry, ...entry }], total, ...beside }),
			});
			for (const each of [...secrets, message.body]) expect(report).not.toContain(each);
		}),
		{ numRuns: 60 },
	);
});

test('the link opens the form and fills in one of its fields, and the form keeps pasted Markdown', () => {
	const { searchParams } = new URL(issueLink(circumstances));
	const { template, when, ...others } = Object.fromEntries(searchParams);
	expect([when, Object.keys(others)]).toEqual([
		expect.stringMatching(/^November 2026, /),
		['title'],
	]);
	const file = join(__dirname, '../../.github/ISSUE_TEMPLATE', template);
	const form = parse(readFileSync(file, 'utf8')) as { body: Array<{ id?: string }> };
	expect(form.body.map(({ id }) => id)).toContain('when');
	expect(form.body.find(({ id }) => id === 'seen')).not.toHaveProperty('attributes.render');
});
