/* eslint-disable @n8n/community-nodes/no-restricted-imports -- runs on a developer's machine, not inside n8n */
import { setTimeout as wait } from 'node:timers/promises';
import { until, useSandbox } from './ask';
import type { StatusSettings } from './settings';

const sandbox = useSandbox();
/** Nobody listens here; the sandbox takes note of its events all the same. */
beforeEach(() => void sandbox.settings({ webhook: { url: 'http://127.0.0.1:1/' } }));

const eventTypes = () => sandbox.deliveries().map(({ type }) => type.replace('message.', ''));
const listed = async () => (await sandbox.ask('GET /public/messages')).json.data[0];

const unreachable = { error: expect.any(String), errorCode: 30003 };

test.each<[Partial<StatusSettings>, recipient: string, string[], fields?: object]>([
	[{}, '+14155550111', ['sent', 'delivered'], { status: 'sent' }],
	[{ deliveredAfterMs: 20 }, '+14155550111', ['sent', 'delivered']],
	[{ deliveredAfterMs: 20 }, '+15005550620', ['sent', 'failed'], unreachable],
	[{ deliveredAfterMs: 0 }, '+15005550605', ['failed']],
])('with %j a message to %s becomes %j', async (statuses, recipient, events, ...[fields]) => {
	sandbox.settings({ statuses });
	const sent = await sandbox.send({ recipients: [recipient] });
	expect(sent.status).toBe(events[0]);
	await until(() => eventTypes().length >= events.length);
	expect(eventTypes()).toEqual(events);
	const { status, updated, ...entry } = await listed();
	expect({ status, ...entry }).toMatchObject({ status: events.at(-1), ...fields });
	expect(sandbox.messages()).toMatchObject([{ message: { status } }]);
	// The time of the change alone is another one, and only when there was one.
	expect(Date.parse(updated) > Date.parse(sent.updated)).toBe(!!statuses.deliveredAfterMs);
});

test('a message that was read no longer changes, nor does any after a reset', async () => {
	sandbox.settings({ statuses: { deliveredAfterMs: 20 } });
	const { id } = await sandbox.send();
	sandbox.setStatus({ id, status: 'read' });
	await sandbox.send();
	await until(() => eventTypes().includes('delivered'));
	expect(eventTypes()).toEqual(['sent', 'read', 'sent', 'delivered']);
	await sandbox.send();
	const { message } = sandbox.messages()[2];
	sandbox.reset();
	await wait(30);
	expect(message.status).toBe('sent');
});

test('a message gets another status at once when it is set manually', async () => {
	sandbox.settings({ statuses: { deliveredAfterMs: 60_000 } });
	const { id } = await sandbox.send();
	const reason = { error: 'Blocked', errorCode: 30004 };
	const failed = await sandbox.client.setStatus({ id, status: 'failed', ...reason });
	expect(failed).toMatchObject({ status: 'failed', ...reason });
	expect(await listed()).toEqual(failed);
	await sandbox.client.setStatus({ id, status: 'read' });
	expect(await listed()).toMatchObject({ status: 'read', error: null, errorCode: null });
	await until(() => eventTypes().length === 3);
	expect(eventTypes()).toEqual(['sent', 'failed', 'read']);
});
