import { readRecord, sendMessage, until, useSandbox } from './ask';
import { createSandboxClient } from './client';
import { validateResponse } from './openApiDocument';
import type { StatusSettings } from './settings';
import { createStatuses } from './statuses';

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
	[{ deliveredAfterMs: 20, readAfterMs: 60 }, '+14155550111', ['sent', 'delivered', 'read']],
	[{ failedAfterMs: 20, readAfterMs: 10 }, '+14155550111', ['sent', 'failed'], unreachable],
	[{ deliveredAfterMs: 20 }, '+15005550620', ['sent', 'failed'], unreachable],
	[{}, '+15005550620', ['sent', 'failed'], unreachable],
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
});

test('`updated` is the time of the change, everything else stays', async () => {
	sandbox.settings({ statuses: { readAfterMs: 20 } });
	const sent = await send();
	await until(async () => (await listed()).status === 'read');
	const read = await listed();
	expect(read).toEqual({ ...sent, status: 'read', updated: expect.any(String) });
	expect(Date.parse(read.updated)).toBeGreaterThan(Date.parse(sent.updated));
});

test('what failed at once, or was read, does not change any more', async () => {
	sandbox.settings({ statuses: { deliveredAfterMs: 40, readAfterMs: 10 } });
	await send('+15005550605');
	await send();
	await until(() => eventTypes().includes('read'));
	sandbox.settings({ statuses: { readAfterMs: null } });
	await send();
	await until(() => eventTypes().includes('delivered'));
	expect(eventTypes()).toEqual(['failed', 'sent', 'read', 'sent', 'delivered']);
	const statuses = (await readRecord(sandbox.url)).map(({ status }) => status);
	expect(statuses).toEqual(['delivered', 'read', 'failed']);
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

	test('what there is not is refused', async () => {
		const { id } = await send();
		await expect(client().setStatus({ id: id + 1, status: 'read' })).rejects.toThrow(
			'There is no message 2',
		);
		await expect(client().setStatus({ id, status: 'lost' as 'read' })).rejects.toThrow(
			'status must be one of sending',
		);
	});
});
