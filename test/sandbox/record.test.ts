/* eslint-disable @n8n/community-nodes/no-restricted-imports -- runs on a developer's machine, not inside n8n */
import { setTimeout as wait } from 'node:timers/promises';
import { ask, readRecord, until, useSandbox } from './ask';

const sandbox = useSandbox();

const ann = '+14155550111';
const messages = 'GET /public/messages';
const send = async (body: string) => await sandbox.send({ body });
const idsOf = (entries: Array<{ id: number }>) => entries.map(({ id }) => id);

test('newest first, by inbox, time and page; excludes `start`, includes `end`', async () => {
	const sent = [];
	for (const sender of ['a', 'b', 'a']) {
		sent.push(await sandbox.send({ sender }));
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
		const { json } = await sandbox.ask(`${messages}?${query}`);
		expect([query, idsOf(json.data)]).toEqual([query, ids]);
	}
});

test('the order can be set, and a shuffled one stays when entries are added in between', async () => {
	const all = Array.from({ length: 20 }, (_, index) => index + 1);
	for (let count = 0; count < 20; count++) await sandbox.send();
	sandbox.settings({ record: { order: 'shuffled' } });
	const before = idsOf(await sandbox.list());
	expect([...before].sort((one, other) => one - other)).toEqual(all);
	for (const inTime of [all, [...all].reverse()]) expect(before).not.toEqual(inTime);
	for (let count = 0; count < 20; count++) await sandbox.send();
	const after = idsOf(await readRecord(sandbox.url, { limit: 5 }));
	expect(after.filter((id) => id <= 20)).toEqual(before);
	expect(after.slice(0, 20)).not.toEqual(before);
	expect(new Set(after).size).toBe(40);
});

test('a page can arrive long after its headers', async () => {
	sandbox.settings({ record: { bodyAfterMs: 60_000 } });
	const response = await fetch(`${sandbox.url}/public/messages`, {
		headers: { apiKey: sandbox.apiKey },
	});
	expect(response.status).toBe(200);
	const body = response.text().catch(() => 'cut off');
	expect(await Promise.race([body, wait(50, 'nothing yet')])).toBe('nothing yet');
});

test('messages can be listed late, under the time of sending, or held back until further notice', async () => {
	const { timestamp } = await send('in time');
	sandbox.settings({ record: { listedAfterMs: 60_000 } });
	await send('in a minute');
	sandbox.settings({ record: { listedAfterMs: 30 } });
	const soon = await send('soon');
	await until(async () => (await sandbox.list()).length === 2);
	sandbox.settings({ record: { listedAfterMs: null } });
	await send('held back');
	const listed = [
		{ body: 'soon', timestamp: soon.timestamp },
		{ body: 'in time', timestamp },
	];
	expect(await sandbox.list()).toMatchObject(listed);
	sandbox.settings({ record: { listedAfterMs: 0 } });
	expect(await sandbox.list()).toMatchObject([{ body: 'held back' }, ...listed]);
	expect(sandbox.messages()).toHaveLength(4);
});

const minute = 60_000;

test.each([2 * minute, -2 * minute])("the API's clock is %i ms ahead", async (clockOffsetMs) => {
	sandbox.settings({ record: { clockOffsetMs } });
	const written = [await sandbox.send(), sandbox.receive({ from: ann, body: 'yes' })];
	const times = written.flatMap(({ created, updated, timestamp }) => [created, updated, timestamp]);
	for (const path of ['/public/messages', '/nowhere'])
		times.push((await ask(sandbox.url, 'GET', path)).headers.get('date')!);
	for (const time of times)
		expect(Math.abs(Date.parse(time) - clockOffsetMs - Date.now())).toBeLessThan(minute);
	const before = new Date(Date.now() + clockOffsetMs - minute).toISOString();
	expect(await sandbox.list(`start=${before}`)).toHaveLength(2);
	expect(await sandbox.list(`end=${before}`)).toEqual([]);
});

test.each([
	['forbidden', 403],
	['failing', 500],
] as const)('access %s responds with %i, only for reading messages', async (access, status) => {
	sandbox.settings({ record: { access } });
	expect((await sandbox.ask(messages)).status).toBe(status);
	expect((await sandbox.ask('GET /public/message-templates')).status).toBe(200);
	expect((await sandbox.send()).id).toBe(1);
});

test('a form changes how sent messages are returned and listed, and nothing else', async () => {
	sandbox.settings({ record: { form: 'textFoldedBlanks' } });
	expect(await send('Hi  Ann')).toMatchObject({ body: 'Hi Ann' });
	sandbox.receive({ from: ann, body: 'y  e  s' });
	expect(await sandbox.list()).toMatchObject([{ body: 'y  e  s' }, { body: 'Hi Ann' }]);
	expect(sandbox.messages()).toMatchObject([{ message: { body: 'Hi  Ann' } }]);
});
