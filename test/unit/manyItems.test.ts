import { mostOften } from './mostOften';
import { NodeOperationError } from 'n8n-workflow';
import type { INode } from 'n8n-workflow';
import { entriesOf } from '../../nodes/api/matching';
import type { Requester } from '../../nodes/api/requester';
import type { Host } from '../../nodes/ClerkChat/host';
import { oneWith, readThoseWith } from '../../nodes/ClerkChat/reading/finding';
import type { Finding } from '../../nodes/ClerkChat/reading/finding';
import { Results } from '../../nodes/ClerkChat/results';
import { RunLedger } from '../../nodes/ClerkChat/sending/ledger/runLedger';
import type { Task } from '../../nodes/ClerkChat/sending/task';
import { taskOf } from '../../nodes/ClerkChat/sending/task';
import { writeMessage } from '../../nodes/ClerkChat/resources/message/writeMessage';

/* No step for one item may look at all others: with 10,000 items, n8n would freeze. */

const MANY = 200;

/** So many that what grows with their square is done far more often than {@link OFTEN}. */
const VERY_MANY = 2_000;

/** How often a line of the node may run for a list of {@link VERY_MANY}. */
const OFTEN = 50 * VERY_MANY;

const hostOf = (saved: Pick<Host, 'context' | 'flow'> = { context: {}, flow: {} }) =>
	({
		node: { id: 'many', name: 'Clerk Chat', parameters: {} } as unknown as INode,
		...saved,
		runIndex: '0',
		executionId: '1',
		itemCount: MANY,
	}) as Host;

const each = Array.from({ length: MANY }, (_, item) => item);

const SERVER = 'https://many.test';

const tasksOf = (runLedger: RunLedger, textOf: (item: number) => string): Task[] =>
	Array.from({ length: VERY_MANY }, (_, item) => {
		const body = { sender: '+14155550100', recipients: ['+14155550123'], body: textOf(item) };
		const request = { method: 'POST' as const, url: '/public/messages', body };
		return taskOf({ item, part: 0, request }, runLedger, writeMessage);
	});

/** Sends a long list, refuses a tenth of it, and looks at it again in a retry. */
function sendAndRetry(textOf: (item: number) => string) {
	const saved = { context: {}, flow: {} };
	const first = new RunLedger(hostOf(saved), writeMessage);
	const tasks = tasksOf(first, textOf);
	first.claims.assign(tasks.flatMap(({ claims }) => claims));
	const known = new Set<string>();
	for (const task of tasks) {
		known.add(first.standing(task).known);
		first.begin([task], SERVER);
		if (task.item % 10 === 0) first.release(first.begunFor(task));
		else first.end(first.begunFor(task), { state: 'sent', results: [{ id: task.item }] });
	}
	expect([...known]).toEqual(['nothing']);
	first.close();
	const again = new RunLedger(hostOf(saved), writeMessage);
	const same = tasksOf(again, textOf);
	again.claims.assign(same.flatMap(({ claims }) => claims));
	const sent = same.filter((task) => again.standing(task).known === 'sent');
	expect(sent).toHaveLength(VERY_MANY * 0.9);
	again.close();
}

test.each([
	['equal texts to one person', () => 'the same'],
	['texts that are others in each try', (item: number) => `${item} ${Math.random()}`],
])('a long list of %s, and its retry', (_, textOf) => {
	expect(mostOften(() => sendAndRetry(textOf))).toBeLessThan(OFTEN);
});

test('the rest of a long list whose fields are now invalid', () => {
	const saved = { context: {}, flow: {} };
	const first = new RunLedger(hostOf(saved), writeMessage);
	for (const task of tasksOf(first, String)) {
		first.begin([task], SERVER);
		first.end(first.begunFor(task), { state: 'unknown' });
	}
	first.close();
	const again = new RunLedger(hostOf(saved), writeMessage);
	const look = () => Array.from({ length: VERY_MANY }, (_, item) => again.leftOf(item).length);
	let left: number[] = [];
	expect(mostOften(() => (left = look()))).toBeLessThan(OFTEN);
	expect(new Set(left)).toEqual(new Set([1]));
	again.close();
});

test('results that the items of a request share, in a retry', () => {
	const runLedger = new RunLedger(hostOf(), writeMessage);
	const tasks = tasksOf(runLedger, String);
	tasks.forEach((first, index) => {
		if (index % 100 > 0) return;
		const slice = tasks.slice(index, index + 100);
		runLedger.begin(slice, SERVER);
		for (const task of slice) {
			const results = task === first ? [{ id: index }] : [];
			runLedger.end(runLedger.begunFor(task), { state: 'sent', results, isShared: true });
		}
	});
	const look = () =>
		tasks.map((task) => runLedger.claims.resultsOf(task.item, runLedger.begunFor(task)));
	let given: ReturnType<typeof look> = [];
	expect(mostOften(() => (given = look()))).toBeLessThan(OFTEN);
	expect(given.map(({ results }) => results)).toEqual(
		tasks.map(({ item }) => (item % 100 > 0 ? [] : [{ id: item }])),
	);
	expect(given[0].sharedBy).toEqual(Array.from({ length: 100 }, (_, item) => item));
	runLedger.close();
});

test('each of many contacts, found by its phone number', async () => {
	const host = hostOf();
	const contacts = Array.from({ length: VERY_MANY }, (_, id) => ({ id, phone: `+1415555${id}` }));
	const outcome = { kind: 'done', result: { results: contacts, total: VERY_MANY } };
	const requester = { perform: async () => outcome } as unknown as Requester;
	const finding: Finding = { url: '/contacts', by: 'phone', thing: 'contact', wayOut: '' };
	const phones = contacts.map(({ phone }) => phone);
	const found = await readThoseWith(phones, finding, requester, host);
	const look = () => phones.map((phone) => oneWith(phone, found, finding, host));
	let answers: ReturnType<typeof look> = [];
	expect(mostOften(() => (answers = look()))).toBeLessThan(OFTEN);
	expect(answers).toEqual(contacts.map((entry) => ({ answer: 'one', entry })));
});

test('items with invalid fields are collected once', () => {
	const host = hostOf();
	const results = new Results(host, writeMessage, false);
	for (const item of each) {
		results.failUnusable({ item, error: new NodeOperationError(host.node, `No ${item}`) });
	}
	const read = jest.spyOn(Map.prototype, 'values');
	expect(() => results.throwUnusable(true)).toThrow(/200 items/);
	const count = read.mock.calls.length;
	read.mockRestore();
	expect(count).toBeLessThan(5);
});

test("an entry's recipients aren't collected again for each of them", () => {
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

/** The record, with messages to others, and one to look for. */
const recordOfOthers = (count: number) => {
	const time = '2026-05-01T12:00:00.000Z';
	const sender = '+14155550100';
	const entries = Array.from({ length: count }, (_, id) => {
		const body = `${'A text to somebody else '.repeat(5)}${id}`;
		return { id, sender, body, timestamp: time, members: [`+1415556${1000 + id}`] };
	});
	const recipients = ['+14155550123'];
	const sought = { sender, recipients, body: 'A text to one person', after: Date.parse(time) };
	return { entries, sought };
};

test('the record is only searched for texts in other forms that went to someone asked for', () => {
	const { entries, sought } = recordOfOthers(VERY_MANY);
	let found: unknown[] = [];
	expect(mostOften(() => (found = entriesOf([sought], entries)))).toBeLessThan(OFTEN);
	expect(found).toEqual([undefined]);
});

test('what a loop has read of the record is prepared for comparison once, not in every run', () => {
	const { entries, sought } = recordOfOthers(MANY);
	const prepare = jest.spyOn(String.prototype, 'normalize');
	for (let run = 0; run < 10; run++) entriesOf([sought], entries);
	const count = prepare.mock.calls.length;
	prepare.mockRestore();
	expect(count).toBeLessThan(10 * MANY);
});

test.each([
	['each with an entry of its own', MANY],
	['of which half have one', MANY / 2],
])("equal texts to one person aren't compared with each other: %s", (_, count) => {
	const time = '2026-05-01T12:00:00.000Z';
	const message = { sender: '+14155550100', body: 'a', recipients: ['+14155550123'] };
	const entries = each.slice(0, count).map((id) => ({
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
