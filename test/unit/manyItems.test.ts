import { NodeOperationError } from 'n8n-workflow';
import type { INode } from 'n8n-workflow';
import { entriesOf } from '../../nodes/api/matching';
import type { Host } from '../../nodes/ClerkChat/host';
import { Endings } from '../../nodes/ClerkChat/sending/endings';
import { Memory } from '../../nodes/ClerkChat/sending/memory';
import { readItems } from '../../nodes/ClerkChat/sending/requests';
import { leaveOutSent } from '../../nodes/ClerkChat/sending/skipping';
import { writeMessage } from '../../nodes/ClerkChat/resources/message/writeMessage';

/* Nothing that is done for each item looks at all others: with 10,000 items n8n would stand still. */

const MANY = 200;

const hostOf = (context = {}) =>
	({
		node: { name: 'Clerk Chat', parameters: {} } as INode,
		context,
		runIndex: '0',
		executionId: '1',
		itemCount: MANY,
	}) as Host;

const each = Array.from({ length: MANY }, (_, item) => item);

test('what was noted of items whose fields are not usable is read once', () => {
	const context = {};
	const before = new Memory(hostOf(context));
	for (const item of each) {
		const request = { method: 'POST' as const, url: '/', body: { item } };
		const part = item === 1 ? '+14155550123' : undefined;
		before.note(before.fingerprintOf(item, request, part), { outcome: 'unknown' });
	}
	const memory = new Memory(hostOf(context));
	const read = jest.spyOn(Object, 'keys');
	const found = each.map((item) => memory.fingerprintsOf(item).map(({ key }) => key));
	const count = read.mock.calls.length;
	read.mockRestore();
	expect(found[1]).toEqual(['0:1:+14155550123', '0:1']);
	expect(found[11]).toEqual(['0:11']);
	expect(count).toBeLessThan(5);
});

test('the items whose fields are not usable are gathered once', () => {
	const host = hostOf();
	const endings = new Endings(host, writeMessage);
	for (const item of each) {
		endings.refuseFields({ item }, 'refused', new NodeOperationError(host.node, `No ${item}`));
	}
	const read = jest.spyOn(Map.prototype, 'values');
	expect(() => endings.throwUnusable(true)).toThrow(/200 items/);
	const count = read.mock.calls.length;
	read.mockRestore();
	expect(count).toBeLessThan(5);
});

test('what an item asks for as a whole is written out once for all its parts', async () => {
	let count = 0;
	const toJSON = () => (count++, {});
	const write = {
		request: () => ({ method: 'POST', url: '/', body: { toJSON } }),
		parts: () => each.map((to) => ({ method: 'POST', url: '/', body: { to } })),
		to: ({ body }: { body: { to: number } }) => String(body.to),
	};
	const host = { ...hostOf(), itemCount: 1 };
	const unusable = jest.fn();
	const asked = await readItems(host, { write } as never, new Memory(host), unusable);
	expect(asked).toHaveLength(MANY);
	expect(count).toBeLessThan(5);
});

test('whom an entry was given for is not gathered anew for each of them', () => {
	const time = '2026-05-01T12:00:00.000Z';
	const people = each.map((n) => `+1415555${1000 + n}`);
	const entry = { id: 1, sender: '+14155550100', body: 'a', timestamp: time, members: people };
	const sought = people.map((to) => ({
		sender: entry.sender,
		recipients: [to],
		body: 'a',
		after: Date.parse(time),
	}));
	const add = jest.spyOn(Set.prototype, 'add');
	const found = entriesOf(sought, [entry], undefined, new Map());
	const count = add.mock.calls.length;
	add.mockRestore();
	expect(found.map((match) => match?.entry)).toEqual(each.map(() => entry));
	expect(count).toBeLessThan(10 * MANY);
});

test.each([
	['each with an entry of its own', MANY],
	['of which half have one', MANY / 2],
])('equal texts to one person are not compared with each other: %s', (_, count) => {
	const time = '2026-05-01T12:00:00.000Z';
	const message = { sender: '+14155550100', body: 'a', recipients: ['+14155550123'] };
	const entries = each
		.slice(0, count)
		.map((id) => ({
			id,
			sender: message.sender,
			body: 'a',
			timestamp: time,
			members: message.recipients,
		}));
	const sought = each.map(() => ({ ...message, after: Date.parse(time) }));
	const has = jest.spyOn(Set.prototype, 'has');
	const found = entriesOf(sought, entries);
	const compared = has.mock.calls.length;
	has.mockRestore();
	expect(found.filter((entry) => entry !== undefined)).toHaveLength(count);
	expect(compared).toBeLessThan(10 * MANY);
});

test('what a run of hundreds of thousands sent is remembered without an end of the stack', async () => {
	const body = { sender: '+14155550100', recipients: ['+14155550123'], body: 'To many' };
	const request = { method: 'POST' as const, url: '/', body };
	const asked = { item: 0, request, fingerprint: new Memory(hostOf()).fingerprintOf(0, request) };
	const run = {
		requester: {
			baseURL: 'https://many.test',
			apiTime: (local: number) => local,
			concurrency: { limit: 1 },
			perform: async () => ({ kind: 'done', result: { results: [], total: 0 } }),
		},
		host: hostOf(),
		write: writeMessage,
		endings: { ids: () => new Set(), resultsOf: () => Array(200_000).fill({}) },
	};
	let sent = 0;
	const send = async () => void sent++;
	await leaveOutSent([asked], { skipSentWithinHours: 24 } as never, run as never, send);
	expect(sent).toBe(1);
});
