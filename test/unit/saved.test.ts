import type { IDataObject, INode } from 'n8n-workflow';
import type { Host } from '../../nodes/ClerkChat/host';
import { callsElsewhere, callsHere, noteCalls } from '../../nodes/ClerkChat/sending/ledger/calls';
import { ledger } from '../../nodes/ClerkChat/sending/ledger/ledger';
import { runLog } from '../../nodes/ClerkChat/sending/ledger/ledgerEntry';
import type { LedgerEntry } from '../../nodes/ClerkChat/sending/ledger/ledgerEntry';
import { isOfThisProcess, newId } from '../../nodes/ClerkChat/sending/ledger/ids';
import { Saved } from '../../nodes/ClerkChat/sending/ledger/saved';

/* Which part of the ledger n8n saves with an execution. */

const SERVER = 'https://ledger.test';

type Place = Partial<Host>;

let roots = 0;

/** What n8n saved of an execution that is like no other. */
function place(changes: Place = {}): Place {
	const flow = { clerkChat: { root: `saved ${++roots}` } };
	return { context: {}, flow, runIndex: '0', executionId: '1', ...changes };
}

const savedIn = (host: Place) => new Saved(host as Host);

/** An entry as it is saved. */
function entry(host: Place, changes: Partial<LedgerEntry> = {}): LedgerEntry {
	return {
		...{ root: (host.flow!.clerkChat as IDataObject).root as string, node: 'node', run: '0' },
		...{ item: 0, recipient: '+14155550123', fields: 'f', content: 'c', id: newId() },
		...{ request: newId(), server: SERVER, account: 'a', state: 'unknown', began: 0, tries: 1 },
		tick: { began: 1, moved: 1 },
		...changes,
	};
}

/** The same after n8n has written and read it. */
const reloaded = (host: Place, changes: Place = {}): Place => ({
	...host,
	...(JSON.parse(JSON.stringify({ context: host.context, flow: host.flow })) as Place),
	...changes,
});

describe('previously saved data', () => {
	const node = (entries: unknown) => ({ version: 1, entries });
	const whole = entry({ flow: { clerkChat: { root: 'r' } } }, { id: 'x' });

	test.each<[string, unknown, boolean]>([
		['nothing', undefined, true],
		['no entries', node({}), true],
		['an entry', node({ x: whole }), true],
		['one in flight', node({ x: { ...whole, state: 'inFlight' } }), true],
		['one that was sent', node({ x: { ...whole, state: 'sent' } }), true],
		['another form', { version: 2, entries: {} }, false],
		['no form at all', 'sent', false],
		['entries that are none', node([1]), false],
		['no entries to speak of', node(undefined), false],
		['an entry that is none', node({ x: 'sent' }), false],
		['an entry and something else', node({ x: whole, y: null }), false],
		['one under another ID', node({ y: whole }), false],
		['one without its moments', node({ x: { ...whole, tick: 1 } }), false],
		['one in another state', node({ x: { ...whole, state: 'gone' } }), false],
		...['root', 'node', 'run', 'recipient', 'content'].map((name): [string, unknown, boolean] => [
			`no ${name}`,
			node({ x: { ...whole, [name]: 1 } }),
			false,
		]),
	])('%s', (_, sending, isReadable) => {
		const host = place({ context: { sending } });
		const saved = savedIn(host);
		expect(saved.isReadable).toBe(isReadable);
		if (!isReadable) expect(saved.all()).toEqual([]);
		// What could not be read once stays in doubt.
		expect(savedIn(reloaded(host)).isReadable).toBe(isReadable);
	});

	test.each<[string, unknown, boolean]>([
		['of this form', { root: 'mine' }, true],
		['with what was sent', { root: 'mine', sent: 'abcdef' }, true],
		['with what was sent in another form', { root: 'mine', sent: 1 }, false],
		['without a root', { sent: '' }, false],
		['of no form', 'mine', false],
	])('a flow %s', (_, clerkChat, isKept) => {
		const host = place({ flow: { clerkChat } });
		expect(savedIn(host).root === 'mine').toBe(isKept);
		expect(savedIn(host).root).toBe(savedIn(reloaded(host)).root);
		expect(savedIn(host).root).not.toBe('');
	});
});

test('the first start counts, whatever the retry is', () => {
	const host = place({ isTestRun: true });
	expect(savedIn(host).start).toEqual({ isTestRun: true, isSubWorkflow: false });
	expect(savedIn(reloaded(host, { isTestRun: false })).start.isTestRun).toBe(true);
	const sub = place({ isSubWorkflow: true });
	expect(savedIn(sub).start).toEqual({ isTestRun: false, isSubWorkflow: true });
	expect(savedIn(place()).start).toEqual({ isTestRun: false, isSubWorkflow: false });
});

describe('n8n may have lost an earlier try', () => {
	const retry = { isRetry: true, executionId: '2' };

	/** Whether each of the runs, in a row, may have been lost. */
	const lost = (runs: Place[]): boolean[] => {
		let host = place();
		return runs.map((run) => {
			host = reloaded(host, { isRetry: false, isTool: false, runIndex: '0', ...run });
			return savedIn(host).lostSince !== undefined;
		});
	};

	test.each<[string, Place[], boolean[]]>([
		['not in the first try', [{}], [false]],
		['in a retry of which nothing is left', [retry], [true]],
		['not in a retry that goes on with the same run', [{}, retry], [false, false]],
		[
			'in a retry that begins with a run of which nothing is left',
			[{}, { ...retry, runIndex: '1' }],
			[false, true],
		],
		[
			'nor what it did in the runs after that one',
			[{}, { ...retry, runIndex: '1' }, { ...retry, runIndex: '2' }],
			[false, true, true],
		],
		['for good', [retry, { ...retry, executionId: '3' }], [true, true]],
		[
			'not in a later run of the same execution',
			[{}, { ...retry, executionId: '1', runIndex: '1' }],
			[false, false],
		],
		[
			'for a tool, as long as no call was saved',
			[
				{ ...retry, isTool: true },
				{ ...retry, isTool: true, runIndex: '1' },
			],
			[true, true],
		],
		[
			'for a tool, not after a call that was saved',
			[{ isTool: true }, { ...retry, isTool: true, runIndex: '1' }],
			[false, false],
		],
	])('%s', (_, runs, expected) => expect(lost(runs)).toEqual(expected));

	test('in a retry in another process of n8n', () => {
		const host = place();
		savedIn(host);
		const { sending } = host.context as { sending: { last: IDataObject } };
		Object.assign(sending.last, { process: 'other', began: 5 });
		expect(savedIn(reloaded(host, retry)).lostSince).toBe(5);
	});

	test('since the first of several tries in other processes began', () => {
		let host = place();
		for (const [began, executionId] of [[5, '2'] as const, [9, '3'] as const]) {
			savedIn(host);
			const { sending } = host.context as { sending: { last: IDataObject } };
			Object.assign(sending.last, { process: 'other', began });
			host = reloaded(host, { isRetry: true, executionId });
		}
		expect(savedIn(host).lostSince).toBe(5);
	});

	test('since nobody knows when, if a version without that saved it', () => {
		const host = place();
		savedIn(host);
		const { sending } = host.context as { sending: IDataObject };
		Object.assign(sending, { last: { execution: '1', run: '0' }, lost: '0' });
		expect(savedIn(reloaded(host, retry)).lostSince).toBe(0);
	});
});

test('knows by server and ID what this execution sent, and for whom it was skipped', () => {
	const host = place();
	const saved = savedIn(host);
	expect(saved.messages.isSaved(SERVER, { id: 1 })).toBe(false);
	saved.messages.remember(SERVER, { id: 1 });
	saved.messages.remember(SERVER, { id: 2 }, '+14155550123');
	for (const each of [saved, savedIn(reloaded(host))]) {
		expect(each.messages.isSaved(SERVER, { id: '1' })).toBe(true);
		expect(each.messages.isSaved('https://elsewhere.test', { id: 1 })).toBe(false);
		expect(each.messages.isSaved(SERVER, { id: 1 }, '+14155550123')).toBe(false);
		expect(each.messages.isSaved(SERVER, { id: 2 }, '14155550123')).toBe(true);
		expect(each.messages.isSaved(SERVER, { id: 2 }, '+14155550124')).toBe(false);
		expect(each.messages.isSaved(SERVER, { id: 2 })).toBe(false);
	}
	expect((host.flow!.clerkChat as IDataObject).sent).toHaveLength(12);
});

test('a message that another retry sent is its own for everybody; one found on record, for those it was found for', () => {
	const host = place();
	const messages = savedIn(host).messages;
	const people = ['+14155550123', '+14155550124'];
	for (const recipient of people) {
		const to = { recipient, state: 'sent' as const };
		ledger.add(entry(host, { ...to, results: [{ id: 'sent' }] }));
		ledger.add(entry(host, { ...to, results: [{ id: 'found' }], isOnRecord: true }));
	}
	const asked = [...people, '14155550124', '+14155550125', undefined];
	const own = (id: string, of = messages) => asked.map((to) => of.isOwn(SERVER, { id }, to));
	expect(own('sent')).toEqual([true, true, true, true, true]);
	expect(own('found')).toEqual([true, true, true, false, false]);
	expect(own('sent', savedIn(place()).messages)).toEqual(Array(5).fill(false));
});

describe('saved data is restored', () => {
	test("if this process doesn't know it, and entries in flight are unclear", () => {
		const host = place();
		const entries = [
			entry(host, { state: 'inFlight' }),
			entry(host, { state: 'sent' }),
			entry(host, { run: '1' }),
		];
		for (const each of entries) savedIn(host).put(each);
		const saved = savedIn(reloaded(host));
		saved.restore({ root: saved.root, node: 'copy' });
		expect(saved.all()).toMatchObject([
			{ state: 'unknown', id: entries[0].id, node: 'copy' },
			{ state: 'sent', id: entries[1].id },
			{ state: 'unknown', id: entries[2].id },
		]);
		expect(saved.all().every((each) => ledger.has(each))).toBe(true);

		const again = savedIn(reloaded(host));
		again.restore({ root: saved.root, node: 'copy' });
		const known = ledger.since(runLog({ ...entries[0], node: 'copy' }), 0);
		expect(known).toHaveLength(2);
		expect(again.all()[0]).toBe(known[0]);
	});

	test('unless another retry found that it was refused', () => {
		const host = place();
		const saved = savedIn(host);
		const refused = entry(host);
		saved.put(refused);
		ledger.owners.addRefused(refused);
		saved.restore(refused);
		expect(saved.all()).toEqual([]);
	});

	test('as what another retry made of it in a later run', () => {
		const host = place();
		const before = entry(host);
		savedIn(host).put(before);
		const later = ledger.add({ ...before, run: '1', state: 'sent' });
		const saved = savedIn(reloaded(host));
		saved.restore(before);
		expect(saved.all()).toEqual([later]);
		expect(ledger.since(runLog(before), 0)).toEqual([]);
	});
});

describe('once a run has returned its items', () => {
	const message = { sender: 'a', recipients: ['b'], body: 'c' };
	const words = { message: 'Lost', description: '' };
	const long = { message, words, recordKey: 'key' };

	/** What is left of entries, by their names. */
	function left(
		entries: Array<Partial<LedgerEntry> & { continuedIn?: string }>,
		changes: Place = {},
	): IDataObject[] {
		const host = place(changes);
		const saved = savedIn(host);
		for (const [index, { continuedIn, ...each }] of entries.entries()) {
			const one = entry(host, { ...each, id: `${index}` });
			saved.put(one);
			if (continuedIn) saved.continueIn(continuedIn, one);
		}
		saved.shorten();
		return saved
			.all()
			.map((each) => ({ id: each.id, isLong: Object.keys(long).every((name) => name in each) }));
	}

	test('sent entries are dropped, and unclear ones shortened', () => {
		expect(left([{ state: 'sent' }, long])).toEqual([{ id: '1', isLong: false }]);
		const host = place();
		const [saved, whole] = [savedIn(host), entry(host, long)];
		saved.put(whole);
		saved.shorten();
		expect(saved.all()).toEqual([{ ...entry(host), id: whole.id, request: whole.request }]);
		// Who still uses it has it as it was.
		expect(whole).toMatchObject(long);
	});

	test("and other runs' entries stay, except those they passed to this one", () => {
		const other = { ...long, run: '1' };
		expect(
			left([
				{ ...other, state: 'sent' },
				other,
				{ ...other, continuedIn: '0' },
				{ ...long, continuedIn: '1' },
			]),
		).toEqual([
			{ id: '0', isLong: true },
			{ id: '1', isLong: true },
			{ id: '2', isLong: false },
			{ id: '3', isLong: true },
		]);
	});

	test("a tool's sent entries are dropped, and the rest stays unchanged", () => {
		expect(left([{ run: 'x', state: 'sent' }, long], { isTool: true })).toEqual([
			{ id: '1', isLong: true },
		]);
		const host = place({ isTool: true, isRetry: true, executionId: '2' });
		const saved = savedIn(host);
		expect(saved.lostSince).toBe(0);
		saved.shorten();
		expect(savedIn(host).lostSince).toBeUndefined();
		const node = place({ isRetry: true, executionId: '2' });
		savedIn(node).shorten();
		expect(savedIn(node).lostSince).toBe(0);
	});
});

test('an ID is unique, and identifies its process', () => {
	const ids = Array.from({ length: 100 }, newId);
	expect(new Set(ids).size).toBe(100);
	expect(ids.every(isOfThisProcess)).toBe(true);
	expect(isOfThisProcess(`0${ids[0]}`)).toBe(false);
});

test('calls of an agent are counted by process', () => {
	const host = place() as Host;
	const slot = { root: savedIn(host).root, node: 'node' };
	ledger.add(entry(host));
	ledger.add(entry(host, { run: 'another call' }));
	ledger.add(entry(host, { tries: 0 }));
	ledger.add(entry(host, { request: 'of another process' }));
	ledger.add(entry(host, { node: 'another node' }));
	expect(callsHere(slot)).toHaveLength(2);
	expect(callsElsewhere(host)).toBe(0);
	host.context.calls = { before: 2, earlier: 3, broken: 'x' };
	noteCalls({ ...host, isTool: false }, slot.root);
	expect(Object.keys(host.context.calls as IDataObject)).toHaveLength(3);
	noteCalls({ ...host, isTool: true, node: { id: 'node' } as INode }, slot.root);
	expect(callsElsewhere(host)).toBe(5);
	expect(Object.values(host.context.calls as IDataObject)).toEqual([2, 3, 'x', 2]);
	// What another node wrote there, or an older one, says nothing.
	host.context.calls = 'many';
	expect(callsElsewhere(host)).toBe(0);
});

test('an attempt that is taken back is removed, but not one that has taken its place', () => {
	const host = place();
	const saved = savedIn(host);
	const first = entry(host);
	const next = { ...first, request: newId() };
	saved.put(first);
	saved.put(next);
	saved.remove(first);
	expect(saved.all()).toEqual([next]);
	saved.remove(next);
	expect(saved.all()).toEqual([]);
});
