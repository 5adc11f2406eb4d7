import { readRecord, sendMessage, until } from './ask';
import { createSandboxClient } from './client';
import { startSandbox } from './sandbox';
import type { Sandbox } from './sandbox';
import { validateResponse } from './openApiDocument';
import { createStatuses } from './statuses';

let sandbox: Sandbox;

beforeAll(async () => {
	sandbox = await startSandbox();
});
beforeEach(() => sandbox.reset());
afterAll(async () => await sandbox.close());

const send = async (recipient = '+14155550111') =>
	(await sendMessage(sandbox.url, recipient)).json.data;
const listed = async () => (await readRecord(sandbox.url))[0];
const untilListedAs = async (status: string) =>
	await until(async () => (await listed()).status === status);
const eventTypes = () => sandbox.deliveries().map(({ type }) => type);

/** Nobody listens here; the sandbox takes note of its events all the same. */
const webhook = { url: 'http://127.0.0.1:1/' };

test('a message stays sent unless something is set', async () => {
	sandbox.settings({ webhook });
	await send();
	await until(() => eventTypes().length === 2);
	expect(eventTypes()).toEqual(['message.sent', 'message.delivered']);
	expect(await listed()).toMatchObject({ status: 'sent' });
});

test('a message is delivered, then read: `updated` changes, `timestamp` does not', async () => {
	sandbox.settings({ webhook, statuses: { deliveredAfterMs: 20, readAfterMs: 60 } });
	const sent = await send();
	expect(sent.status).toBe('sent');
	await untilListedAs('read');
	const read = await listed();
	expect(read).toEqual({ ...sent, status: 'read', updated: expect.any(String) });
	expect(Date.parse(read.updated)).toBeGreaterThan(Date.parse(sent.updated));
	expect(sandbox.messages()).toMatchObject([{ message: { status: 'read' } }]);
	await until(() => eventTypes().length === 3);
	expect(eventTypes()).toEqual(['message.sent', 'message.delivered', 'message.read']);
});

test('a message fails later on', async () => {
	sandbox.settings({ webhook, statuses: { failedAfterMs: 20, readAfterMs: 10 } });
	expect(await send()).toMatchObject({ status: 'sent', error: null });
	await untilListedAs('failed');
	const failed = await listed();
	expect(failed).toMatchObject({ error: expect.any(String), errorCode: expect.any(Number) });
	const answer = { data: [failed], total: 1 };
	expect(validateResponse('GET', '/public/messages', 200, answer)).toEqual([]);
	await until(() => eventTypes().length === 2);
	expect(eventTypes()).toEqual(['message.sent', 'message.failed']);
});

test('the recipient that fails later on does so when others are delivered', async () => {
	sandbox.settings({ statuses: { deliveredAfterMs: 20 } });
	expect(await send('+15005550620')).toMatchObject({ status: 'sent', error: null });
	await untilListedAs('failed');
	expect(await listed()).toMatchObject({ error: expect.any(String), errorCode: 30003 });
});

test('the recipient that fails later on does so by itself, too', async () => {
	await send('+15005550620');
	await send();
	await until(async () => (await readRecord(sandbox.url))[1].status === 'failed');
	expect(await listed()).toMatchObject({ status: 'sent' });
});

test('a message refused at once does not change any more', async () => {
	sandbox.settings({ webhook, statuses: { deliveredAfterMs: 0 } });
	await send('+15005550605');
	await send();
	await until(() => eventTypes().includes('message.delivered'));
	expect(eventTypes()).toEqual(['message.failed', 'message.sent', 'message.delivered']);
	expect((await readRecord(sandbox.url))[1]).toMatchObject({ status: 'failed' });
});

test('nothing changes any more once it is stopped, as a reset does', async () => {
	sandbox.settings({ statuses: { deliveredAfterMs: 60_000 } });
	await send();
	const [{ message }] = sandbox.messages();
	jest.useFakeTimers();
	try {
		const statuses = createStatuses(Date.now, () => {});
		const settings = { deliveredAfterMs: 10, readAfterMs: null, failedAfterMs: null };
		const other = { ...message };
		statuses.follow(message, settings);
		statuses.stop();
		statuses.follow(other, settings);
		jest.advanceTimersByTime(10);
		expect([message.status, other.status]).toEqual(['sent', 'delivered']);
	} finally {
		jest.useRealTimers();
	}
});

describe('by hand', () => {
	const client = () => createSandboxClient(sandbox.url);

	test('a message gets another status at once', async () => {
		sandbox.settings({ webhook, statuses: { deliveredAfterMs: 60_000 } });
		const { id } = await send();
		const reason = { error: 'Blocked', errorCode: 30004 };
		expect(await client().setStatus({ id, status: 'failed', ...reason })).toMatchObject(reason);
		expect(await listed()).toMatchObject({ status: 'failed', ...reason });
		await client().setStatus({ id, status: 'read' });
		expect(await listed()).toMatchObject({ status: 'read', error: null, errorCode: null });
		await until(() => eventTypes().length === 3);
		expect(eventTypes()).toEqual(['message.sent', 'message.failed', 'message.read']);
	});

	test('what there is not is refused', async () => {
		await expect(client().setStatus({ id: 1, status: 'read' })).rejects.toThrow(
			'There is no message 1',
		);
		const { id } = await send();
		await expect(client().setStatus({ id, status: 'lost' as 'read' })).rejects.toThrow(
			'status must be one of sending',
		);
	});
});
