/* eslint-disable @n8n/community-nodes/no-restricted-imports, @n8n/community-nodes/no-restricted-globals -- runs on a developer's machine, not inside n8n */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { ask, readRecord, sendMessage, until, useSandbox } from './ask';
import { validateResponse } from './openApiDocument';
import { defaultSettings } from './settings';

const sandbox = useSandbox();

const ann = '+14155550111';
const send = async (body = 'Hello', changes: Record<string, unknown> = {}) =>
	(await sendMessage(sandbox.url, ann, { body, ...changes })).json.data;
const read = async (query?: string) => await readRecord(sandbox.url, { query });
const idsOf = (entries: Array<{ id: number }>) => entries.map(({ id }) => id);

test('newest first, by inbox, time and page; excludes `start`, includes `end`', async () => {
	const sent = [];
	for (const sender of ['a', 'b', 'a']) {
		sent.push(await send('Hello', { sender }));
		await wait(2);
	}
	const [a, b] = sent.map(({ inboxId }) => `inboxIds=${inboxId}`);
	for (const [query, ids] of [
		['', [3, 2, 1]],
		[a, [3, 1]],
		[`${a}&${b}`, [3, 2, 1]],
		[`start=${sent[0].timestamp}`, [3, 2]],
		[`end=${sent[1].timestamp}`, [2, 1]],
		['limit=1&page=2', [2]],
	] as const) {
		const { json } = await ask(sandbox.url, 'GET', `/public/messages?${query}`);
		expect([query, idsOf(json.data)]).toEqual([query, ids]);
	}
});

test('the order can be set, and a shuffled one stays when entries are added in between', async () => {
	const all = Array.from({ length: 20 }, (_, index) => index + 1);
	for (let count = 0; count < 20; count++) await send();
	sandbox.settings({ record: { order: 'shuffled' } });
	const before = idsOf(await read());
	expect([...before].sort((one, other) => one - other)).toEqual(all);
	for (const inTime of [all, [...all].reverse()]) expect(before).not.toEqual(inTime);
	for (let count = 0; count < 20; count++) await send();
	const after = idsOf(await readRecord(sandbox.url, { limit: 5 }));
	expect(after.filter((id) => id <= 20)).toEqual(before);
	expect(after.slice(0, 20)).not.toEqual(before);
	expect(new Set(after).size).toBe(40);
});

test('messages sent between two pages push entries onto the next one', async () => {
	for (let count = 0; count < 4; count++) await send();
	const page = async (number: number) =>
		idsOf((await ask(sandbox.url, 'GET', `/public/messages?limit=2&page=${number}`)).json.data);
	expect(await page(1)).toEqual([4, 3]);
	await send();
	expect(await page(2)).toEqual([3, 2]);
});

describe('when a message is listed', () => {
	test('late, with the time of sending, and only messages sent with that setting', async () => {
		await send('in time');
		sandbox.settings({ record: { listedAfterMs: 60_000 } });
		await send('in a minute');
		sandbox.settings({ record: { listedAfterMs: 30 } });
		const { timestamp } = await send('soon');
		await until(async () => (await read()).length === 2);
		expect(await read()).toMatchObject([{ body: 'soon', timestamp }, { body: 'in time' }]);
		expect(sandbox.messages()).toHaveLength(3);
	});

	test('held back, until the setting is a number again', async () => {
		sandbox.settings({ record: { listedAfterMs: null } });
		await send();
		expect(await read()).toEqual([]);
		sandbox.settings({ record: { listedAfterMs: 0 } });
		expect(await read()).toHaveLength(1);
	});
});

const day = 24 * 60 * 60 * 1000;

describe.each([2 * day, -2 * day])("the API's clock is %i ms ahead", (clockOffsetMs) => {
	beforeEach(() => void sandbox.settings({ record: { clockOffsetMs } }));

	test('messages and texts have its time', async () => {
		const from = Date.now();
		const sent = await send();
		const received = sandbox.receive({ from: ann, body: 'yes' });
		const to = Date.now();
		for (const { created, updated, timestamp } of [sent, received]) {
			for (const time of [created, updated, timestamp].map(Date.parse)) {
				expect(time - clockOffsetMs).toBeGreaterThanOrEqual(from);
				expect(time - clockOffsetMs).toBeLessThanOrEqual(to);
			}
		}
		const before = new Date(from + clockOffsetMs - 1).toISOString();
		expect(await read(`start=${before}`)).toHaveLength(2);
		expect(await read(`end=${before}`)).toEqual([]);
	});

	test.each([
		['/public/messages', 200],
		['/nowhere', 404],
	])('it is in the Date of %s', async (path, status) => {
		const got = await ask(sandbox.url, 'GET', path);
		expect(got.status).toBe(status);
		const distance = Date.parse(got.headers.get('date')!) - clockOffsetMs - Date.now();
		expect(Math.abs(distance)).toBeLessThan(day);
	});
});

test.each([
	['forbidden', 403],
	['failing', 500],
] as const)('access %s responds with %i, only for reading messages', async (access, status) => {
	await send();
	sandbox.settings({ record: { access } });
	expect((await ask(sandbox.url, 'GET', '/public/messages')).status).toBe(status);
	expect((await ask(sandbox.url, 'GET', '/public/message-templates')).status).toBe(200);
	expect((await send()).id).toBe(2);
	sandbox.settings({ record: { access: 'allowed' } });
	expect(await read()).toHaveLength(2);
});

test.each([
	[null, 200, { body: 'Hi  Ann', members: [ann] }, []],
	['textFoldedBlanks', 200, { body: 'Hi Ann', members: [ann] }, []],
	['notAllowed', 403, undefined, []],
	[
		'recipientsInTheirPlace',
		200,
		{ body: 'Hi  Ann', recipients: [ann] },
		["data.1 must have required property 'members'"],
	],
])('the form %s: %i', async (form, status, entry, violations) => {
	sandbox.settings({ record: { form } });
	const sent = await send('Hi  Ann');
	if (entry) expect(sent).toMatchObject(entry);
	sandbox.receive({ from: ann, body: 'y  e  s' });
	const got = await ask(sandbox.url, 'GET', '/public/messages');
	expect(got.status).toBe(status);
	if (entry) expect(got.json.data).toMatchObject([{ body: 'y  e  s' }, entry]);
	expect(validateResponse('GET', '/public/messages', status, got.json)).toEqual(violations);
	expect(sandbox.messages()).toMatchObject([{ message: { body: 'Hi  Ann', members: [ann] } }]);
});

test('every setting is in the README, with its default', () => {
	const readme = readFileSync(join(__dirname, 'README.md'), 'utf8');
	for (const [name, value] of Object.entries(defaultSettings().record)) {
		expect(readme).toMatch(new RegExp(`\\| \`${name}\` +\\| \\*\\*\`?${value}\`?\\*\\*`));
	}
});
