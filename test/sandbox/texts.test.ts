/* eslint-disable @n8n/community-nodes/no-restricted-imports, @n8n/community-nodes/no-restricted-globals -- runs on a developer's machine, not inside n8n */
import { execFile } from 'node:child_process';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { ask, readRecord, sendMessage, until } from './ask';
import { createSandboxClient } from './client';
import type { SandboxClient } from './client';
import { startSandbox } from './sandbox';
import type { Sandbox } from './sandbox';

const ann = '+14155550111';
const bob = '+14155550112';
const shop = '+14155550100';
const office = '+14155550101';

let sandbox: Sandbox;
let client: SandboxClient;

beforeAll(async () => {
	sandbox = await startSandbox({ repeatIds: true });
	client = createSandboxClient(sandbox.url);
});
beforeEach(() => sandbox.reset());
afterAll(async () => await sandbox.close());

const send = async (recipient: string, changes?: Record<string, unknown>) =>
	(await sendMessage(sandbox.url, recipient, changes)).json.data;
const list = async () => await readRecord(sandbox.url);

test('a text that comes in is listed as received, between both numbers', async () => {
	const text = await client.receive({ from: ann, to: office, body: ' yes ' });
	expect(text).toMatchObject({
		id: 1,
		inbound: true,
		sender: ann,
		members: [ann, office],
		body: ' yes ',
		status: 'delivered',
	});
	expect(await list()).toEqual([text]);
});

test('what comes in is not among what was sent', async () => {
	await send(ann);
	sandbox.receive({ from: ann, body: 'yes' });
	expect(sandbox.messages()).toHaveLength(1);
	expect(sandbox.stats()).toMatchObject({ messages: 1, messagesPerRecipient: { [ann]: 1 } });
});

test('ids count sent and received messages together', async () => {
	const ids = [
		(await send(ann)).id,
		sandbox.receive({ from: ann, body: 'yes' }).id,
		(await send(ann)).id,
	];
	expect(ids).toEqual([1, 2, 3]);
});

describe('the conversation of a text', () => {
	test('is that of the newest message to who writes', async () => {
		const older = await send(ann);
		const newer = await send(ann, { sender: office });
		await send(bob);
		expect(newer.conversationId).not.toBe(older.conversationId);
		expect(sandbox.receive({ from: ann, body: 'yes' })).toMatchObject({
			conversationId: newer.conversationId,
			members: [ann, office],
			inboxId: newer.inboxId,
		});
	});

	test('may be one of several people', async () => {
		const { conversationId } = await send(ann, { recipients: [bob, ann] });
		expect(sandbox.receive({ from: ann, body: 'yes' })).toMatchObject({ conversationId });
	});

	test('is that with `to`, or the one that is named, when these are given', async () => {
		const older = await send(ann);
		await send(ann, { sender: office });
		const { conversationId } = older;
		expect(sandbox.receive({ from: ann, to: shop, body: 'yes' })).toMatchObject({ conversationId });
		expect(sandbox.receive({ from: ann, conversationId, body: 'yes' })).toMatchObject({
			conversationId,
			members: [ann, shop],
		});
		expect(sandbox.receive({ from: ann, conversationId: 'other', body: 'yes' })).toMatchObject({
			conversationId: 'other',
		});
	});

	test('is a new one when nobody wrote to that person, and goes on from there', async () => {
		await send(ann);
		const first = sandbox.receive({ from: bob, body: 'Hi' });
		const second = sandbox.receive({ from: bob, body: 'Anybody there?' });
		const answer = await send(bob);
		expect(first.members).toEqual([bob, shop]);
		expect(first.conversationId).not.toBe((await send(ann)).conversationId);
		expect([second.conversationId, answer.conversationId]).toEqual([
			first.conversationId,
			first.conversationId,
		]);
	});
});

test('a webhook is told of it', async () => {
	const events: unknown[] = [];
	const receiver = createServer((request, response) => {
		let body = '';
		request.setEncoding('utf8').on('data', (chunk: string) => (body += chunk));
		request.on('end', () => {
			events.push(JSON.parse(body));
			response.end();
		});
	});
	await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
	const { port } = receiver.address() as AddressInfo;
	sandbox.settings({ webhook: { url: `http://127.0.0.1:${port}/` } });
	sandbox.receive({ from: ann, body: 'yes' });
	await until(() => sandbox.deliveries().length === 1);
	expect(events).toMatchObject([
		{
			type: 'message.received',
			data: { direction: 'inbound', sender: ann, body: 'yes', status: 'delivered' },
		},
	]);
	receiver.closeAllConnections();
	await new Promise((resolve) => receiver.close(resolve));
});

test.each([
	[{ body: 'yes' }, 'from must be a text'],
	[{ from: ann }, 'body must be a text'],
	[{ from: ann, body: 'yes', to: 1 }, 'to must be a text'],
	['yes', 'from must be a text'],
	[undefined, 'from must be a text'],
])('refuses %j', async (body, message) => {
	const got = await ask(sandbox.url, 'POST', '/__sandbox/receive', { body });
	expect([got.status, got.json.message]).toEqual([400, message]);
	expect(await list()).toEqual([]);
});

test('texts from before the start: only when asked for, and there again after a reset', async () => {
	expect(await list()).toEqual([]);
	const seeded = await startSandbox({ seedTexts: true });
	const seeds = await readRecord(seeded.url);
	const conversations = new Set(seeds.map(({ conversationId }) => conversationId));
	expect(conversations.size).toBeGreaterThan(1);
	expect(seeds.length).toBeGreaterThan(conversations.size);
	expect(seeds.every(({ inbound }) => inbound)).toBe(true);
	const times = seeds.map(({ timestamp }) => Date.parse(timestamp));
	expect(times).toEqual([...times].sort((one, other) => other - one));
	expect(times[0]).toBeLessThan(Date.now());
	expect(seeded.messages()).toEqual([]);
	const reply = (await sendMessage(seeded.url, seeds[0].sender)).json.data;
	expect(reply.conversationId).toBe(seeds[0].conversationId);
	seeded.reset();
	expect(await readRecord(seeded.url)).toHaveLength(seeds.length);
	await seeded.close();
});

describe('the command', () => {
	const run = async (...words: string[]) =>
		await promisify(execFile)(process.execPath, [
			...['--import', 'tsx', join(__dirname, 'start.ts')],
			...words,
		]);

	test('writes a text to a sandbox that runs', async () => {
		const { conversationId } = await send(ann, { sender: office });
		const { stdout } = await run('text', ann, 'yes, please', '--port', String(sandbox.port));
		expect(stdout).toBe(
			`Message 2: ${ann} wrote to ${office}, in conversation ${conversationId}.\n`,
		);
		expect((await list())[0]).toMatchObject({ inbound: true, sender: ann, body: 'yes, please' });
	});

	test('says so when there is no sandbox', async () => {
		const gone = await startSandbox();
		await gone.close();
		await expect(run('text', ann, 'yes', '--port', String(gone.port))).rejects.toMatchObject({
			code: 1,
			stderr: expect.stringContaining(`No sandbox answers at ${gone.url}`),
		});
	});

	test('says how it is used when a word is missing', async () => {
		await expect(run('text', ann)).rejects.toMatchObject({
			code: 1,
			stderr: expect.stringContaining('npm run sandbox -- text <from> <text>'),
		});
	});
});
