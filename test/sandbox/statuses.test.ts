/* eslint-disable @n8n/community-nodes/no-restricted-imports -- runs on a developer's machine, not inside n8n */
import { setTimeout as wait } from 'node:timers/promises';
import { readRecord, sendMessage, until, useSandbox } from './ask';
import { createSandboxClient } from './client';
import { validateResponse } from './openApiDocument';
import type { StatusSettings } from './settings';

const sandbox = useSandbox();
/** Nobody listens here; the sandbox takes note of its events all the same. */
beforeEach(() => void sandbox.settings({ webhook: { url: 'http://127.0.0.1:1/' } }));

const send = async (recipient = '+14155550111') =>
	(await sendMessage(sandbox.url, recipient)).json.data;
const listed = async () => (await readRecord(sandbox.url))[0];
const eventTypes = () => sandbox.deliveries().map(({ type }) => type.replace('message.', ''));

const unreachable = { error: expect.any(String), errorCode: 30003 };

test.each<[Partial<StatusSettings>, recipient: string, string[], fields?: object]>([
	[{}, '+14155550111', ['sent', 'delivered'], { status: 'sent' }],
	[{ deliveredAfterMs: 20 }, '+14155550111', ['sent', 'delivered']],
	[{ deliveredAfterMs: 20 }, '+15005550620', ['sent', 'failed'], unreachable],
	[{ deliveredAfterMs: 0 }, '+15005550605', ['failed']],
])('with %j a message to %s becomes %j', async (statuses, recipient, events, ...[fields]) => {
	sandbox.settings({ statuses });
	const sent = await send(recipient);
	expect(sent.status).toBe(events[0]);
	await until(() => eventTypes().length >= events.length);
	expect(eventTypes()).toEqual(events);
	const entry = await listed();
	expect(entry).toMatchObject({ status: events.at(-1), ...fields });
	expect(validateResponse('GET', '/public/messages', 200, { data: [entry], total: 1 })).toEqual([]);
	expect(sandbox.messages()).toMatchObject([{ message: { status: entry.status } }]);
	// The time of the change alone is another one, and only when there was one.
	const { updated } = entry;
	if (statuses.deliveredAfterMs)
		expect(Date.parse(updated)).toBeGreaterThan(Date.parse(sent.updated));
	else expect(updated).toBe(sent.updated);
});

test('a message that was read no longer changes, nor does any after a reset', async () => {
	sandbox.settings({ statuses: { deliveredAfterMs: 20 } });
	const { id } = await send();
	sandbox.setStatus({ id, status: 'read' });
	await send();
	await until(() => eventTypes().includes('delivered'));
	expect(eventTypes()).toEqual(['sent', 'read', 'sent', 'delivered']);
	await send();
	const { message } = sandbox.messages()[2];
	sandbox.reset();
	await wait(30);
	expect(message.status).toBe('sent');
});

describe('set manually', () => {
	const client = () => createSandboxClient(sandbox.url);

	test('a message gets another status at once', async () => {
		sandbox.settings({ statuses: { deliveredAfterMs: 60_000 } });
		const { id } = await send();
		const reason = { error: 'Blocked', errorCode: 30004 };
		expect(await client().setStatus({ id, status: 'failed', ...reason })).toMatchObject(reason);
		expect(await listed()).toMatchObject({ status: 'failed', ...reason });
		await client().setStatus({ id, status: 'read' });
		expect(await listed()).toMatchObject({ status: 'read', error: null, errorCode: null });
		await until(() => eventTypes().length === 3);
		expect(eventTypes()).toEqual(['sent', 'failed', 'read']);
	});

	test('unknown messages and statuses are refused', async () => {
		const { id } = await send();
		await expect(client().setStatus({ id: id + 1, status: 'read' })).rejects.toThrow(
			'There is no message 2',
		);
		await expect(client().setStatus({ id, status: 'lost' as 'read' })).rejects.toThrow(
			'status must be one of sending',
		);
	});
});
