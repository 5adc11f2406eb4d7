/* eslint-disable @n8n/community-nodes/no-restricted-imports, @n8n/community-nodes/no-restricted-globals -- runs on a developer's machine, not inside n8n */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { readRecord, sendMessage, useSandbox } from './ask';
import { startSandbox } from './sandbox';

const [ann, bob] = ['+14155550111', '+14155550112'];
const [shop, office] = ['+14155550100', '+14155550101'];

const sandbox = useSandbox();

test("a received text is listed as received, between both numbers, and isn't among sent ones", async () => {
	await sandbox.send();
	const text = await sandbox.client.receive({ from: ann, to: office, body: ' yes ' });
	const people = { inbound: true, sender: ann, members: [ann, office] };
	expect(text).toMatchObject({ id: 2, body: ' yes ', status: 'delivered', ...people });
	expect((await sandbox.list())[0]).toEqual(text);
	expect((await sandbox.send()).id).toBe(3);
	expect(sandbox.messages()).toHaveLength(2);
});

describe('the conversation of a text', () => {
	const receive = (from: string, more: { to?: string; conversationId?: string } = {}) =>
		sandbox.receive({ from, body: 'yes', ...more });

	test('is that of the newest message to the sender (perhaps one of several), or the one given', async () => {
		const older = await sandbox.send();
		const newer = await sandbox.send({ sender: office, recipients: [bob, ann] });
		await sandbox.send({ recipients: [bob] });
		expect(newer.conversationId).not.toBe(older.conversationId);
		const { conversationId, inboxId } = newer;
		expect(receive(ann)).toMatchObject({ conversationId, inboxId, members: [ann, office] });
		expect(receive(ann, { to: shop }).conversationId).toBe(older.conversationId);
		const named = { conversationId: older.conversationId };
		expect(receive(ann, named)).toMatchObject({ ...named, members: [ann, shop] });
		expect(receive(ann, { conversationId: 'other' }).conversationId).toBe('other');
	});

	test('is a new one if nobody wrote to that person before, and continues afterwards', async () => {
		const other = await sandbox.send();
		const { conversationId, members } = receive(bob);
		expect(members).toEqual([bob, shop]);
		expect(conversationId).not.toBe(other.conversationId);
		const afterwards = [receive(bob), await sandbox.send({ recipients: [bob] })];
		expect(afterwards).toMatchObject([{ conversationId }, { conversationId }]);
	});
});

test('texts from before the start: only if configured, and restored by a reset', async () => {
	expect(await sandbox.list()).toEqual([]);
	const seeded = await startSandbox({ seedTexts: true, record: { listedAfterMs: 60_000 } });
	const seeds = await readRecord(seeded.url);
	expect(seeds.filter(({ inbound }) => inbound)).toHaveLength(4);
	expect(new Set(seeds.map(({ conversationId }) => conversationId)).size).toBe(2);
	const [{ timestamp, sender, conversationId }] = seeds;
	expect(Date.parse(timestamp)).toBeLessThan(Date.now());
	expect((await sendMessage(seeded.url, sender)).json.data).toMatchObject({ conversationId });
	seeded.reset();
	expect(await readRecord(seeded.url)).toHaveLength(4);
	await seeded.close();
});

test('the command sends a text to a running sandbox', async () => {
	const { conversationId } = await sandbox.send({ sender: office });
	const words = ['text', ann, 'yes, please', '--port', String(sandbox.port)];
	const start = ['--import', 'tsx', join(__dirname, 'start.ts')];
	const { stdout } = await promisify(execFile)(process.execPath, [...start, ...words]);
	expect(stdout).toBe(`Message 2: ${ann} wrote to ${office}, in conversation ${conversationId}.\n`);
	expect((await sandbox.list())[0]).toMatchObject({
		inbound: true,
		sender: ann,
		body: 'yes, please',
	});
});
