/* eslint-disable @n8n/community-nodes/no-restricted-imports, @n8n/community-nodes/no-restricted-globals -- runs on a developer's machine, not inside n8n */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ask, readRecord, sendMessage, until } from './ask';
import { changedTextEnd } from './record';
import { startSandbox } from './sandbox';
import type { Sandbox } from './sandbox';
import { validateResponse } from './openApiDocument';
import { defaultSettings } from './settings';

let sandbox: Sandbox;

beforeAll(async () => {
	sandbox = await startSandbox({ repeatIds: true });
});
beforeEach(() => sandbox.reset());
afterAll(async () => await sandbox.close());

const send = async (body = 'Hello', recipient = '+14155550111') =>
	(await sendMessage(sandbox.url, recipient, { body })).json.data;
const sendSeveral = async (count: number) => {
	for (let number = 1; number <= count; number++) await send(`Text ${number}`);
};
const read = async (query?: string) => await readRecord(sandbox.url, { query });
const idsOf = (entries: Array<{ id: number }>) => entries.map(({ id }) => id);
const bySize = (ids: number[]) => [...ids].sort((one, other) => one - other);
const upTo = (count: number) => Array.from({ length: count }, (_, index) => index + 1);

describe('order', () => {
	test('newest first unless set otherwise, and oldest first', async () => {
		await sendSeveral(3);
		expect(idsOf(await read())).toEqual([3, 2, 1]);
		sandbox.settings({ record: { order: 'oldestFirst' } });
		expect(idsOf(await read())).toEqual([1, 2, 3]);
	});

	test('shuffled is no order of time, and the same in every request', async () => {
		await sendSeveral(20);
		sandbox.settings({ record: { order: 'shuffled' } });
		const ids = idsOf(await read());
		expect(bySize(ids)).toEqual(upTo(20));
		expect(ids).not.toEqual(upTo(20));
		expect(ids).not.toEqual(upTo(20).reverse());
		expect(idsOf(await read())).toEqual(ids);
	});

	test('shuffled keeps its order when entries are added, which fall between the others', async () => {
		await sendSeveral(20);
		sandbox.settings({ record: { order: 'shuffled' } });
		const before = idsOf(await read());
		await sendSeveral(20);
		const after = idsOf(await read());
		expect(after.filter((id) => id <= 20)).toEqual(before);
		expect(after.slice(0, 20)).not.toEqual(before);
	});

	test.each(['newestFirst', 'oldestFirst', 'shuffled'] as const)(
		'%s: all pages together hold every entry once',
		async (order) => {
			await sendSeveral(23);
			sandbox.settings({ record: { order } });
			const entries = await readRecord(sandbox.url, { limit: 5 });
			expect(idsOf(entries)).toEqual(idsOf(await read()));
			expect(bySize(idsOf(entries))).toEqual(upTo(23));
		},
	);

	test('newest first: what is sent between two pages pushes entries onto the next one', async () => {
		await sendSeveral(4);
		const page = async (number: number) =>
			idsOf((await ask(sandbox.url, 'GET', `/public/messages?limit=2&page=${number}`)).json.data);
		expect(await page(1)).toEqual([4, 3]);
		await send();
		expect(await page(2)).toEqual([3, 2]);
	});
});

describe('when a message is listed', () => {
	test('late, under the time of sending, and only those that were sent with that setting', async () => {
		await send('in time');
		sandbox.settings({ record: { listedAfterMs: 60_000 } });
		await send('in a minute');
		sandbox.settings({ record: { listedAfterMs: 30 } });
		const late = await send('soon');
		await until(async () => (await read()).length === 2);
		const [newest, oldest] = await read();
		expect([newest.body, oldest.body]).toEqual(['soon', 'in time']);
		expect(newest.timestamp).toBe(late.timestamp);
		expect(sandbox.messages()).toHaveLength(3);
	});

	test('held back, until the setting is a number again', async () => {
		sandbox.settings({ record: { listedAfterMs: null } });
		await sendSeveral(2);
		expect(await read()).toEqual([]);
		sandbox.settings({ record: { listedAfterMs: 0 } });
		expect(idsOf(await read())).toEqual([2, 1]);
	});

	test('the recipient that is listed late', async () => {
		sandbox.settings({ lateMs: 60_000 });
		await send('Hello', '+15005550621');
		await send('Hello');
		expect(idsOf(await read())).toEqual([2]);
		expect(sandbox.messages()).toHaveLength(2);
	});
});

describe("the API's clock", () => {
	const day = 24 * 60 * 60 * 1000;
	const clocks: Array<[direction: string, offset: number]> = [
		['ahead', 2 * day],
		['behind', -2 * day],
	];

	test.each(clocks)('%s of ours stamps messages and texts', async (_, clockOffsetMs) => {
		sandbox.settings({ record: { clockOffsetMs } });
		const from = Date.now();
		const sent = await send();
		const received = sandbox.receive({ from: '+14155550111', body: 'yes' });
		const to = Date.now();
		for (const { created, updated, timestamp } of [sent, received]) {
			for (const time of [created, updated, timestamp].map(Date.parse)) {
				expect(time - clockOffsetMs).toBeGreaterThanOrEqual(from);
				expect(time - clockOffsetMs).toBeLessThanOrEqual(to);
			}
		}
		expect(await read(`start=${new Date(from + clockOffsetMs - 1).toISOString()}`)).toHaveLength(2);
		expect(await read(`end=${new Date(from + clockOffsetMs - 1).toISOString()}`)).toEqual([]);
	});

	test.each(clocks)('%s of ours is in the Date of every answer', async (_, clockOffsetMs) => {
		sandbox.settings({ record: { clockOffsetMs } });
		const { url } = sandbox;
		const answers = [
			await ask(url, 'GET', '/public/messages'),
			await ask(url, 'GET', '/public/messages', { headers: {} }),
			await ask(url, 'GET', '/nowhere'),
			await ask(url, 'POST', '/public/messages', { body: '{' }),
			await sendMessage(url, '+14155550111'),
			await sendMessage(url, '+15005550504'),
			await sendMessage(url, '+15005550604'),
			await sendMessage(url, '+15005550608'),
			await ask(url, 'GET', '/sign-in'),
			await ask(url, 'GET', '/__sandbox/stats'),
		];
		expect(answers.map(({ status }) => status)).toEqual([
			200, 401, 404, 400, 201, 504, 502, 302, 200, 200,
		]);
		for (const { headers } of answers) {
			const distance = Date.parse(headers.get('date')!) - clockOffsetMs - Date.now();
			expect(Math.abs(distance)).toBeLessThan(day);
		}
	});
});

describe('what an entry says', () => {
	const body = '  One \n\n two\tthree ';

	test.each([
		['asSent', body],
		['foldedBlanks', 'One two three'],
		['changed', body + changedTextEnd],
	] as const)('text %s', async (text, listed) => {
		sandbox.settings({ record: { text } });
		expect((await send(body)).body).toBe(body);
		expect(await read()).toMatchObject([{ body: listed }]);
		expect(sandbox.messages()).toMatchObject([{ message: { body }, request: { body } }]);
	});

	test('text changed leaves what came in as it is', async () => {
		sandbox.settings({ record: { text: 'changed' } });
		sandbox.receive({ from: '+14155550111', body: 'yes' });
		expect(await read()).toMatchObject([{ body: 'yes' }]);
	});

	const people = ['+14155550111', '+14155550112'];
	test.each([
		['members', { members: people }],
		['recipients', { recipients: people }],
		['both', { members: people, recipients: people }],
	] as const)('addresses as %s', async (addresses, fields) => {
		sandbox.settings({ record: { addresses } });
		await sendMessage(sandbox.url, '', { recipients: people });
		const [{ members, recipients }] = await read();
		expect(JSON.parse(JSON.stringify({ members, recipients }))).toEqual(fields);
	});
});

describe('access', () => {
	test.each([
		['forbidden', 403],
		['failing', 500],
	] as const)('%s answers %i, and only to reading messages', async (access, status) => {
		await send();
		sandbox.settings({ record: { access } });
		expect((await ask(sandbox.url, 'GET', '/public/messages')).status).toBe(status);
		expect((await ask(sandbox.url, 'GET', '/public/message-templates')).status).toBe(200);
		expect((await send()).id).toBe(2);
		sandbox.settings({ record: { access: 'allowed' } });
		expect(await read()).toHaveLength(2);
	});
});

describe('the window', () => {
	const windowOf = (time: string) => {
		const before = new Date(Date.parse(time) - 1).toISOString();
		return `start=${before}&end=${time}`;
	};

	test.each([
		['timestamp', 1, 0],
		['created', 0, 1],
	] as const)('is one of %s', async (timeField, byTimestamp, byCreated) => {
		sandbox.settings({ record: { createdAfterMs: 60_000, timeField } });
		const { timestamp, created } = await send();
		expect(Date.parse(created) - Date.parse(timestamp)).toBe(60_000);
		expect(await read(windowOf(timestamp))).toHaveLength(byTimestamp);
		expect(await read(windowOf(created))).toHaveLength(byCreated);
	});
});

describe('the answer', () => {
	test.each([
		{},
		{ order: 'shuffled', timeField: 'created' },
		{ text: 'foldedBlanks' },
		{ text: 'changed', addresses: 'both', clockOffsetMs: -60_000 },
	] as const)('is as documented with %j', async (record) => {
		sandbox.settings({ record });
		await send();
		sandbox.receive({ from: '+14155550111', body: 'yes' });
		const { status, json } = await ask(sandbox.url, 'GET', '/public/messages');
		expect(json.data).toHaveLength(2);
		expect(validateResponse('GET', '/public/messages', status, json)).toEqual([]);
	});

	test('is not as documented where `members` or the total are left out: clients must bear it', async () => {
		await send();
		sandbox.settings({ record: { addresses: 'recipients', hideTotal: true } });
		const { status, json } = await ask(sandbox.url, 'GET', '/public/messages?limit=1');
		expect(Object.keys(json)).toEqual(['data']);
		expect(validateResponse('GET', '/public/messages', status, json)).toEqual([
			"body must have required property 'total'",
			"data.0 must have required property 'members'",
		]);
	});
});

test('every setting is in the README, with what it is when nothing is chosen', () => {
	const readme = readFileSync(join(__dirname, 'README.md'), 'utf8');
	for (const [name, value] of Object.entries(defaultSettings().record)) {
		expect(readme).toMatch(new RegExp(`\\| \`${name}\` +\\| \\*\\*\`?${value}\`?\\*\\*`));
	}
});

test('100 clients at once each read all of 120 messages', async () => {
	await Promise.all(upTo(10).map(async () => await sendSeveral(12)));
	const readings = await Promise.all(upTo(100).map(async () => await read()));
	for (const reading of readings) expect(bySize(idsOf(reading))).toEqual(upTo(120));
});
