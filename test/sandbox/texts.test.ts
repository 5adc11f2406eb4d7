/* eslint-disable @n8n/community-nodes/no-restricted-imports, @n8n/community-nodes/no-restricted-globals -- runs on a developer's machine, not inside n8n */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { ask, readRecord, sendMessage, useSandbox } from './ask';
import { createSandboxClient } from './client';
import { startSandbox } from './sandbox';

const ann = '+14155550111';
const bob = '+14155550112';
const shop = '+14155550100';
const office = '+14155550101';

const sandbox = useSandbox();

const send = async (recipient: string, changes?: Record<string, unknown>) =>
	(await sendMessage(sandbox.url, recipient, changes)).json.data;
const list = async () => await readRecord(sandbox.url);

test("a received text is listed as received, between both numbers, and isn't among sent ones", async () => {
	const ids = [(await send(ann)).id];
	const text = await createSandboxClient(sandbox.url).receive({
		from: ann,
		to: office,
		body: ' yes ',
	});
	expect(text).toMatchObject({
		id: 2,
		inbound: true,
		sender: ann,
		members: [ann, office],
		body: ' yes ',
		status: 'delivered',
	});
	expect((await list())[0]).toEqual(text);
	ids.push((await send(ann)).id);
	expect(ids).toEqual([1, 3]);
	expect(sandbox.messages()).toHaveLength(2);
	expect(sandbox.stats()).toMatchObject({ messages: 2, messagesPerRecipient: { [ann]: 2 } });
});

describe('the conversation of a text', () => {
	const receive = (from: string, more: { to?: string; conversationId?: string } = {}) =>
		sandbox.receive({ from, body: 'yes', ...more });

	test('is that of the newest message to the sender, or the one given', async () => {
		const older = await send(ann);
		const newer = await send(ann, { sender: office });
		await send(bob);
		expect(newer.conversationId).not.toBe(older.conversationId);
		const { conversationId, inboxId } = newer;
		expect(receive(ann)).toMatchObject({ conversationId, inboxId, members: [ann, office] });
		expect(receive(ann, { to: shop }).conversationId).toBe(older.conversationId);
		const named = { conversationId: older.conversationId };
		expect(receive(ann, named)).toMatchObject({ ...named, members: [ann, shop] });
		expect(receive(ann, { conversationId: 'other' }).conversationId).toBe('other');
	});

	test('may be one of several people', async () => {
		const { conversationId } = await send(ann, { recipients: [bob, ann] });
		expect(receive(ann)).toMatchObject({ conversationId });
	});

	test('is a new one if nobody wrote to that person before, and continues afterwards', async () => {
		const other = await send(ann);
		const { conversationId, members } = receive(bob);
		expect(members).toEqual([bob, shop]);
		expect(conversationId).not.toBe(other.conversationId);
		expect([receive(bob), await send(bob)]).toMatchObject([{ conversationId }, { conversationId }]);
	});
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

test('texts from before the start: only if configured, and restored by a reset', async () => {
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

test('the command sends a text to a running sandbox', async () => {
	const { conversationId } = await send(ann, { sender: office });
	const words = ['text', ann, 'yes, please', '--port', String(sandbox.port)];
	const start = ['--import', 'tsx', join(__dirname, 'start.ts')];
	const { stdout } = await promisify(execFile)(process.execPath, [...start, ...words]);
	expect(stdout).toBe(`Message 2: ${ann} wrote to ${office}, in conversation ${conversationId}.\n`);
	expect((await list())[0]).toMatchObject({ inbound: true, sender: ann, body: 'yes, please' });
});
