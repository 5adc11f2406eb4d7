import type { INode } from 'n8n-workflow';
import { Claims } from '../../nodes/ClerkChat/sending/ledger/claims';
import { ledger } from '../../nodes/ClerkChat/sending/ledger/ledger';
import {
	claimsOf,
	contentLog,
	hash,
	hashOfFields,
	logsOf,
	runLog,
} from '../../nodes/ClerkChat/sending/ledger/ledgerEntry';
import type { Claim, LedgerEntry } from '../../nodes/ClerkChat/sending/ledger/ledgerEntry';
import { LogReader } from '../../nodes/ClerkChat/sending/ledger/logReader';
import type { Saved } from '../../nodes/ClerkChat/sending/ledger/saved';
import { writeMessage } from '../../nodes/ClerkChat/resources/message/writeMessage';
import type { Write } from '../../nodes/ClerkChat/write';

/* Which ledger entry belongs to which claim of a run. */

let roots = 0;

/** Run 0 of a node whose execution is not known yet. */
function aRun(isTool = false) {
	const run = { root: `claims ${++roots}`, node: 'node', run: '0' };
	const kept = new Set<LedgerEntry>();
	const continued = new Map<LedgerEntry, string | undefined>();
	/** What only another retry of the execution has returned. */
	const others = new Set<LedgerEntry>();
	const saved: Partial<Saved> = {
		messages: { hasReturned: (entry) => !others.has(entry) } as Saved['messages'],
		runOf: (entry) => (continued.has(entry) ? continued.get(entry) : entry.run),
		continueIn: (later, entry) => void continued.set(entry, later ?? undefined),
		put: (entry) => void kept.add(entry),
		remove: (entry) => void kept.delete(entry),
	};
	const claim = (changes: Partial<Claim> = {}): Claim => ({
		...{ ...run, item: 0, recipient: '+14155550123', fields: 'fields', content: 'a' },
		...changes,
	});
	const add = (changes: Partial<LedgerEntry> = {}) =>
		ledger.add({
			...{ ...claim(), id: 'id', request: 'request', server: 'https://ledger.test' },
			...{ account: 'account', state: 'unknown', began: 0, tries: 1 },
			...changes,
		});
	const begin = () => new Claims(run, isTool, saved as Saved);
	return { begin, claim, add, kept, continued, others };
}

describe('an earlier entry is assigned to', () => {
	/** Which of the earlier entries each claim gets, by their places. */
	function given(
		entries: Array<Partial<LedgerEntry> & { continuedIn?: string; isOthers?: true }>,
		claims: Array<Partial<Claim>>,
	) {
		const run = aRun();
		const added = entries.map(({ continuedIn, isOthers, ...entry }) => {
			const one = run.add(entry);
			if (isOthers) run.others.add(one);
			if (continuedIn) run.continued.set(one, continuedIn);
			return one;
		});
		const own = run.begin();
		const wanted = claims.map((claim) => run.claim(claim));
		own.assign(wanted);
		const assigned = wanted.map((claim) => own.ownOf(claim));
		// Whoever asks alone finds the same.
		expect(wanted.map((claim) => own.entryOf(claim))).toEqual(assigned);
		expect([...run.kept]).toEqual(expect.arrayContaining(assigned.filter(Boolean)));
		return assigned.map((entry) => entry && added.indexOf(entry));
	}

	const [first, second] = [{ item: 0 }, { item: 1 }];

	test.each<
		[string, Parameters<typeof given>[0], Parameters<typeof given>[1], ReturnType<typeof given>]
	>([
		['the same item', [first, second], [second, first], [1, 0]],
		['nobody else', [first], [first, second], [0, undefined]],
		['each of equal items', [first, first], [first, second, { item: 2 }], [0, 1, undefined]],
		[
			'what requests the same, whatever its position now',
			[first, { item: 1, content: 'b' }],
			[{ item: 0, content: 'b' }, second],
			[1, 0],
		],
		[
			'what asks for the same, before its place in the list',
			[first],
			[{ item: 0, content: 'new' }, second],
			[undefined, 0],
		],
		['the same place, with another time in the text', [first], [{ content: 'new' }], [0]],
		[
			'the same place, with the number in another form',
			[first],
			[{ content: 'new', recipient: '+1 (415) 555-0123' }],
			[0],
		],
		['not the same place of other fields', [first], [{ content: 'b', fields: 'f' }], [undefined]],
		[
			'not another recipient in that place',
			[first],
			[{ content: 'b', recipient: '+14155550124' }],
			[undefined],
		],
		['a later run of a loop, when it is unknown', [{ run: '1' }], [first], [0]],
		['not a later run, when it was sent', [{ run: '1', state: 'sent' }], [first], [undefined]],
		[
			'a later run that goes on with it',
			[{ run: '1', state: 'sent', continuedIn: '0' }],
			[first],
			[0],
		],
		[
			'not a later run, when another one continues it',
			[{ run: '1', state: 'sent', continuedIn: '2' }],
			[first],
			[undefined],
		],
		[
			'a later run, when only another retry has returned it',
			[{ run: '1', state: 'sent', isOthers: true }],
			[first],
			[0],
		],
		[
			'a later run, when another retry has it in flight',
			[{ run: '1', state: 'inFlight' }],
			[first],
			[0],
		],
		[
			'not a later run, when another retry has skipped it',
			[{ run: '1', state: 'sent', tries: 0, isOthers: true }],
			[first],
			[undefined],
		],
		[
			'the same of a contact',
			[{ run: '1', state: 'sent', recipient: '', isOthers: true }],
			[{ recipient: '' }],
			[0],
		],
		[
			'not what an earlier run of the execution continued and returned',
			[{ state: 'sent', continuedIn: '1' }],
			[first],
			[undefined],
		],
		['not another execution', [{ root: 'other', run: '1' }], [first], [undefined]],
		['not another node', [{ node: 'other', run: '1' }], [first], [undefined]],
		[
			'a claim each, of other runs, too',
			[{ run: '1' }, { run: '2' }],
			[first, second, { item: 2 }],
			[0, 1, undefined],
		],
	])('%s', (_, entries, claims, expected) => expect(given(entries, claims)).toEqual(expected));

	test('no claim if it was removed', () => {
		const run = aRun();
		const [own, claim] = [run.begin(), run.claim()];
		const [one, other] = [run.add(), run.add({ run: '1' })];
		ledger.remove(one);
		expect(own.takeItem(0)).toEqual([]);
		expect(own.entryOf(claim)).toBe(other);
		ledger.remove(other);
		expect(own.entryOf(claim)).toBeUndefined();
		expect(own.ownOf(claim)).toBe(other);
	});

	test('no claim if it was removed after the run had seen it', () => {
		const run = aRun();
		const [own, claim, entry] = [run.begin(), run.claim(), run.add()];
		expect(own.entryOf(run.claim({ item: 1, content: 'b' }))).toBeUndefined();
		ledger.remove(entry);
		expect(own.takeItem(0)).toEqual([]);
		expect(own.entryOf(claim)).toBeUndefined();
	});

	test('its item, if it is unclear what that requests now', () => {
		const run = aRun();
		const added = [
			run.add(),
			run.add({ content: 'b' }),
			run.add({ recipient: '+14155550124' }),
			run.add({ item: 1 }),
		];
		const own = run.begin();
		own.take(run.claim(), added[0]);
		expect(own.takeItem(0)).toMatchObject([added.slice(1, 3)]);
		expect(own.claimOf(added[2])).toBeDefined();
		expect(own.takeItem(0)).toEqual([]);
		expect(own.takeItem(2)).toEqual([]);
	});

	test('the run that continues it, even a later one', () => {
		const run = aRun();
		const [, other] = [run.add(), run.add({ run: '1', content: 'b' })];
		const claims = run.begin();
		claims.assign([run.claim(), run.claim({ item: 1, content: 'b' })]);
		expect([...run.continued]).toEqual([[other, '0']]);
	});
});

test("an entry that a run started is its own, and isn't assigned to an equal item", () => {
	const run = aRun();
	const own = run.begin();
	const [one, other] = [run.claim(), run.claim({ item: 1 })];
	const entry = run.add();
	expect(own.take(one, entry)).toBe(entry);
	expect(own.take(other)).toBeUndefined();
	expect(own.entryOf(other)).toBeUndefined();
	expect([own.ownOf(one), own.claimOf(entry), own.claimOf(run.add())]).toEqual([
		entry,
		one,
		undefined,
	]);
});

test("another run's entry in flight is shared, and dropped after that run has given it up", () => {
	const run = aRun();
	const entries = [run.add({ state: 'inFlight' }), run.add({ state: 'inFlight', item: 1 })];
	const [own, claims] = [run.begin(), [run.claim(), run.claim({ item: 1 })]];
	own.assign(claims);
	expect([...run.kept]).toEqual(entries);
	ledger.remove(entries[0]);
	ledger.move(entries[1], { state: 'unknown' });
	expect(claims.map((claim) => own.entryOf(claim))).toEqual([undefined, entries[1]]);
	expect([...run.kept]).toEqual([entries[1]]);
});

describe('of calls of an agent,', () => {
	const failed = { state: 'sent' as const, results: [{ id: 1 }, { id: 2, status: 'failed' }] };

	test.each<[string, Array<Partial<LedgerEntry>>, Array<Partial<LedgerEntry>>, number | undefined]>(
		[
			['one that ended before does not block it', [{ state: 'sent' }], [], undefined],
			['one that is unknown does', [{}], [], 0],
			['one that did not arrive does', [failed], [], 0],
			['the unknown one before that', [{}, failed], [], 0],
			['the newest of them', [{}, {}], [], 1],
			['one that is in flight does', [{ state: 'inFlight' }], [], 0],
			['one that ended meanwhile does', [], [{ state: 'sent' }], 0],
			['the newest of these', [{ state: 'inFlight' }], [{ state: 'sent' }], 1],
			['another thing does not', [{ run: '1' }], [], undefined],
		],
	)('%s', (_, before, after, expected) => {
		const run = aRun(true);
		const added = before.map((entry) => run.add(entry));
		const own = run.begin();
		added.push(...after.map((entry) => run.add(entry)));
		const claim = run.claim();
		own.assign([claim]);
		expect(own.ownOf(claim)).toBeUndefined();
		const found = own.entryOf(claim);
		expect(found && added.indexOf(found)).toBe(expected);
	});

	test("its own entry that has ended meanwhile doesn't count", () => {
		const run = aRun(true);
		const [own, claim] = [run.begin(), run.claim()];
		own.take(claim, run.add({ state: 'sent' }));
		expect(own.entryOf(run.claim())).toBeUndefined();
		expect(own.entryOf(claim)).toBe(own.ownOf(claim));
	});
});

test('a log is read once, and only the wanted entries', () => {
	const run = aRun();
	const log = runLog(run.claim());
	const reader = new LogReader(log, ({ state }) => state === 'sent');
	const all = new LogReader(log);
	const [one, other] = [run.add({ state: 'sent' }), run.add()];
	expect([reader.news(), all.news(), all.news()]).toEqual([[one], [one, other], []]);
	const later = run.add({ state: 'sent' });
	expect([...reader.read()]).toEqual([later]);
	expect([...reader.read()]).toEqual([later]);
	expect(all.entries.size).toBe(0);
});

describe('an entry', () => {
	test('is in its logs', () => {
		const slot = { root: 'r', node: 'n', run: '0', content: 'c' };
		const entry = (changes: Partial<LedgerEntry>) =>
			logsOf({ ...slot, recipient: '', ...changes } as LedgerEntry);
		expect(entry({})).toEqual(['run r n 0', 'calls r n', 'content n c']);
		expect(entry({ recipient: '1 (415) 555-0123' })).toContain('person 4155550123');
		expect(entry({ recordKey: 'key' })).toContain('record key');
		expect(contentLog(slot)).toBe('content n c');
	});

	test('is identified by a short text', () => {
		expect(hash(['a', 1])).toMatch(/^[\w-]{22}$/);
		expect(hash(['a', 1])).toBe(hash(['a', 1]));
		expect(hash(['a', 1])).not.toBe(hash(['a', 2]));
	});

	test('of a node with only its options changed is the same', () => {
		const of = (parameters: INode['parameters']) => hashOfFields({ parameters } as INode);
		const fields = { body: 'Hi', options: { wait: true }, requestOptions: {} };
		expect(of({ ...fields, options: {}, requestOptions: { timeout: 1 } })).toBe(of(fields));
		expect(of({ ...fields, body: 'Hello' })).not.toBe(of(fields));
	});
});

describe('a request claims', () => {
	const slot = { root: 'r', node: 'n', run: '0', item: 3, fields: 'f' };
	const body = { sender: '+14155550100', recipients: ['+14155550123', 'b'], body: 'Hi' };
	const request = { method: 'POST' as const, url: '/public/messages', body };
	const contents = (changes: object, asked: object = {}) =>
		claimsOf(slot, { ...request, ...asked, body: { ...body, ...changes } }, writeMessage).map(
			({ content }) => content,
		);

	test('one thing for each recipient', () => {
		const claims = claimsOf(slot, request, writeMessage);
		expect(claims).toMatchObject([
			{ ...slot, recipient: '+14155550123' },
			{ ...slot, recipient: 'b' },
		]);
		expect(claims[0].content).not.toBe(claims[1].content);
	});

	test('who gets what, whoever sends it, in any number format', () => {
		const same = contents({});
		expect(contents({ sender: 'Support', recipients: ['+1 415-555-0123', 'b'] })).toEqual(same);
		expect(contents({ body: 'Bye' })).not.toEqual(same);
		expect(contents({}, { url: '/elsewhere' })).not.toEqual(same);
	});

	test('its full content if it has no recipient', () => {
		const of = (asked: object) => claimsOf(slot, { ...request, ...asked }, {} as Write);
		expect(of({})).toMatchObject([{ ...slot, recipient: '' }]);
		for (const other of [{ method: 'PUT' }, { url: '/elsewhere' }, { body: {} }]) {
			expect(of(other)[0].content).not.toBe(of({})[0].content);
		}
	});
});
