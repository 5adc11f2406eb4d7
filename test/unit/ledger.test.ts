import { sleep } from 'n8n-workflow';
import { limits } from '../../nodes/api/limits';
import { Ledger } from '../../nodes/ClerkChat/sending/ledger/ledger';
import { contentLog, runLog } from '../../nodes/ClerkChat/sending/ledger/ledgerEntry';
import type { LedgerEntry } from '../../nodes/ClerkChat/sending/ledger/ledgerEntry';

/* The process's ledger in isolation (nodes/ClerkChat/sending/ledger/ledger.ts). */

const SERVER = 'https://ledger.test';

type New = Omit<LedgerEntry, 'tick'>;

const entry = (changes: Partial<New> = {}): New => ({
	...{ root: 'root', node: 'node', run: '0', item: 0, recipient: '+14155550123' },
	...{ fields: 'fields', content: 'content', id: 'id', request: 'request', server: SERVER },
	...{ account: 'account', state: 'inFlight', began: 0, tries: 1, recordKey: 'key' },
	...changes,
});

const sent = (id: number | string, changes: Partial<New> = {}) =>
	entry({ state: 'sent', results: [{ id }], ...changes });

/** Whether something still waits for an entry. */
async function isAwaited(ledger: Ledger, added: LedgerEntry): Promise<boolean> {
	return await Promise.race([
		ledger.untilSettled(added).then(() => false),
		sleep(0).then(() => true),
	]);
}

describe('an entry', () => {
	test('is in its logs, in the order of arrival, until it is removed', () => {
		const ledger = new Ledger();
		const log = runLog(entry());
		const [one, two, three] = [1, 2, 3].map((item) => ledger.add(entry({ item })));
		expect(ledger.since(log, 0)).toEqual([one, two, three]);
		expect(ledger.since(contentLog(entry()), 1)).toEqual([two, three]);
		expect(ledger.since(log, ledger.now)).toEqual([]);
		expect(ledger.since('run of nobody', 0)).toEqual([]);
		ledger.remove(two);
		expect(ledger.since(log, 0)).toEqual([one, three]);
		// Nothing else goes when the same is removed twice.
		ledger.remove(two);
		ledger.remove(one);
		ledger.remove(three);
		expect(ledger.since(log, 0)).toEqual([]);
		expect([one, two, three].map((each) => ledger.has(each))).toEqual([false, false, false]);
		const again = ledger.add(entry());
		expect(ledger.since(log, 0)).toEqual([again]);
	});

	test('counts what happens', () => {
		const ledger = new Ledger();
		const [one, two] = [ledger.add(entry()), ledger.add(entry())];
		expect([one.tick, two.tick]).toEqual([
			{ began: 1, moved: 1 },
			{ began: 2, moved: 2 },
		]);
		ledger.move(one, { state: 'unknown' });
		expect([one.tick, ledger.now]).toEqual([{ began: 1, moved: 3 }, 3]);
	});

	test('that was sent stays sent, without its search data', () => {
		const ledger = new Ledger();
		const message = { sender: 'a', recipients: ['b'], body: 'c' };
		const words = { message: 'Lost', description: '' };
		const added = ledger.add(entry({ message, words }));
		ledger.move(added, { state: 'unknown', words });
		expect(added).toMatchObject({ state: 'unknown', message, words });
		ledger.move(added, { state: 'sent', results: [{ id: 1 }] });
		expect(added).not.toHaveProperty('message');
		expect(added).not.toHaveProperty('words');
		ledger.move(added, { state: 'unknown' });
		expect(added.state).toBe('sent');
	});

	test('that was removed stays away', () => {
		const ledger = new Ledger();
		const added = ledger.add(entry());
		ledger.remove(added);
		ledger.move(added, { state: 'sent', results: [{ id: 1 }] });
		expect(added.state).toBe('inFlight');
		expect(ledger.owners.of(SERVER, { id: 1 })).toBeUndefined();
	});
});

describe('an entry in flight', () => {
	test.each<[string, (ledger: Ledger, added: LedgerEntry) => void]>([
		['moved', (ledger, added) => ledger.move(added, { state: 'unknown' })],
		['removed', (ledger, added) => ledger.remove(added)],
	])('is waited for until it is %s', async (_, end) => {
		const ledger = new Ledger();
		const added = ledger.add(entry());
		const settled = ledger.untilSettled(added);
		expect(await isAwaited(ledger, added)).toBe(true);
		end(ledger, added);
		await settled;
		expect(await isAwaited(ledger, added)).toBe(false);
	});

	test('may still arrive for a while after n8n aborted its request', async () => {
		limits.longestSearch = 20;
		const ledger = new Ledger();
		const added = ledger.add(entry());
		ledger.move(added, { state: 'unknown' }, true);
		expect(await isAwaited(ledger, added)).toBe(true);
		await ledger.untilSettled(added);
	});

	test("isn't waited for if it isn't in flight", async () => {
		const ledger = new Ledger();
		expect(await isAwaited(ledger, ledger.add(entry({ state: 'unknown' })))).toBe(false);
	});

	test("conflicts with another one that the record couldn't tell apart", () => {
		const ledger = new Ledger();
		const one = ledger.add(entry());
		expect(ledger.anotherArriving([one])).toBeUndefined();
		const other = ledger.add(entry());
		expect(ledger.anotherArriving([one])).toBeDefined();
		expect(ledger.anotherArriving([one, other])).toBeUndefined();
		expect(ledger.anotherArriving([ledger.add(entry({ recordKey: 'another' }))])).toBeUndefined();
		ledger.move(other, { state: 'unknown' });
		expect(ledger.anotherArriving([one])).toBeUndefined();
		// Entries that the record can't identify don't block it.
		const [vague] = [1, 2].map(() => ledger.add(entry({ recordKey: undefined })));
		expect(ledger.anotherArriving([vague])).toBeUndefined();
	});

	test("isn't compared with what others have in flight if nothing identifies it", () => {
		const ledger = new Ledger();
		const [vague] = [1, 2].map(() => ledger.add(entry({ recordKey: undefined })));
		const looks = jest.spyOn(Map.prototype, 'keys');
		ledger.anotherArriving([]);
		ledger.anotherArriving([vague]);
		const count = looks.mock.calls.length;
		looks.mockRestore();
		expect(count).toBe(0);
	});
});

describe('results', () => {
	test('belong to the first owner, as numbers and as text', () => {
		const ledger = new Ledger();
		const [one, other] = [ledger.add(sent(7)), ledger.add(sent('7'))];
		expect(ledger.owners.of(SERVER, { id: '7' })).toBe(one);
		expect(ledger.owners.of('https://elsewhere.test', { id: 7 })).toBeUndefined();
		ledger.remove(other);
		expect(ledger.owners.of(SERVER, { id: 7 })).toBe(one);
		ledger.remove(one);
		expect(ledger.owners.of(SERVER, { id: 7 })).toBeUndefined();
	});

	test('that Clerk Chat marked as failed are known, by server, the newest of them', () => {
		const { owners } = new Ledger({ entries: 2, characters: 100 });
		for (const id of [7, '8', 9]) owners.addFailed(SERVER, { id });
		expect([7, 8, 9].map((id) => owners.has(SERVER, { id }))).toEqual([false, true, true]);
		expect(owners.has('https://elsewhere.test', { id: 9 })).toBe(false);
		expect(owners.of(SERVER, { id: 9 })).toBeUndefined();
	});

	test('of requests without recipients are not messages', () => {
		const ledger = new Ledger();
		ledger.add(sent(7, { recipient: '' }));
		expect(ledger.owners.of(SERVER, { id: 7 })).toBeUndefined();
	});

	test('are updated only for sent entries', () => {
		const ledger = new Ledger();
		const [one, open, gone] = [ledger.add(sent(1)), ledger.add(entry()), ledger.add(sent(3))];
		ledger.remove(gone);
		for (const each of [one, open, gone]) ledger.renew(each, [{ id: 9 }]);
		expect([one, open, gone].map(({ results }) => results)).toEqual([
			[{ id: 9 }],
			undefined,
			[{ id: 3 }],
		]);
		expect(ledger.owners.of(SERVER, { id: 9 })).toBe(one);
		expect(ledger.owners.of(SERVER, { id: 1 })).toBeUndefined();
	});
});

describe('keeps the newest of the entries that have ended', () => {
	const SHORT = [{ id: 0 }];
	const LONG = [{ id: 0, body: 'x'.repeat(100 - JSON.stringify([{ id: 0, body: '' }]).length) }];
	const newLedger = () => new Ledger({ entries: 100, characters: 1_000 });
	const long = (changes: Partial<New> = {}) => sent(0, { results: LONG, ...changes });
	const isLong = ({ results }: LedgerEntry) => results === LONG;

	/**
	 * The contents of a ledger after adding this many entries of a hundred characters each, the first ones from other
	 * runs.
	 */
	function addTo(ledger: Ledger, count: number, ...roots: string[]): LedgerEntry[] {
		ledger.open('root');
		const added = Array.from({ length: count }, (_, index) =>
			ledger.add(long({ root: roots[index] ?? 'root' })),
		);
		ledger.close('root');
		return added;
	}

	test('when full: keeps only the IDs of the oldest, until a tenth is free', () => {
		const ledger = newLedger();
		const added = addTo(ledger, 11);
		expect(added.map(isLong)).toEqual(added.map((_, index) => index >= 3));
		expect(added[0].results).toEqual(SHORT);
		expect(added.every((each) => ledger.has(each))).toBe(true);
		expect(ledger.owners.of(SERVER, { id: 0 })).toBeDefined();
	});

	test('shortens each only once', () => {
		const ledger = new Ledger({ entries: 1_000, characters: 20_000 });
		const measure = jest.spyOn(JSON, 'stringify');
		const added = Array.from({ length: 60 }, () => addTo(ledger, 10)).flat();
		const count = measure.mock.calls.length;
		measure.mockRestore();
		expect(added.filter(isLong).length).toBeLessThan(200);
		expect(count).toBeLessThan(600 * 5);
	});

	test('as long as there is room, including what removed or shortened entries free', () => {
		const ledger = newLedger();
		const added = addTo(ledger, 10);
		expect(added.every(isLong)).toBe(true);
		ledger.remove(added[0]);
		ledger.renew(added[1], []);
		added.push(...addTo(ledger, 1));
		expect(added.filter(isLong)).toHaveLength(10);
	});

	test('and everything that is running, may run again, or has no results', () => {
		const ledger = newLedger();
		const execution = {};
		for (const root of ['runs', 'again', 'ran', 'twice', 'twice']) {
			ledger.open(root, root === 'again' ? execution : undefined);
		}
		for (const root of ['again', 'ran', 'twice', 'nobody']) ledger.close(root);
		// A later run of the same execution that does not try again itself.
		ledger.open('again');
		ledger.close('again');
		const unknown = ledger.add(entry({ root: 'ended', state: 'unknown' }));
		const added = addTo(ledger, 11, 'runs', 'again', 'ran', 'twice');
		expect(added.slice(0, 5).map(isLong)).toEqual([true, true, false, true, false]);
		expect(unknown.results).toBeUndefined();
		expect(execution).toEqual({});
	});

	test('limits the total, including entries in flight, and checks needed ones less often', () => {
		const ledger = newLedger();
		const flying = ledger.add(entry({ root: 'ended', content: 'flying' }));
		const many = (count: number, root: string) =>
			Array.from({ length: count }, (_, item) =>
				ledger.add(sent(item, { root, item, content: `${root} ${item % 2}`, results: SHORT })),
			);
		const old = many(30, 'old');
		const left = many(69, 'left');
		ledger.close('nobody');
		expect(old.every((each) => ledger.has(each))).toBe(true);
		const [last] = many(1, 'last');
		ledger.close('nobody');
		const isKept = (each: LedgerEntry) => ledger.has(each);
		expect([flying, last, ...left].every(isKept)).toBe(true);
		expect(old.map(isKept)).toEqual(old.map((_, index) => index >= 11));
		expect(ledger.since(contentLog(entry({ content: 'old 0' })), 0)).toHaveLength(9);
		expect(ledger.since(contentLog(entry({ content: 'flying' })), 0)).toEqual([flying]);
		expect([old[11].results, last.results]).toEqual([SHORT, SHORT]);
		// What is dropped takes its results with it.
		expect(old.some((each) => ledger.owners.of(SERVER, each.results![0]) === each)).toBe(false);
	});

	test("doesn't make each run check all entries, even those that must stay", () => {
		const ledger = newLedger();
		const add = (root: string, results: Array<{ id: number }> = []) =>
			ledger.add(entry({ root, state: 'sent', results }));
		ledger.open('runs');
		for (let index = 0; index < 200; index++) add('runs');
		const ended = add('ended');
		ledger.close('nobody');
		expect(ledger.has(ended)).toBe(false);
		const later = Array.from({ length: 20 }, () => add('ended', [{ id: 1 }]));
		ledger.close('nobody');
		expect(later.every((each) => ledger.has(each))).toBe(true);
		later.push(add('ended'));
		ledger.close('nobody');
		expect(later.some((each) => ledger.has(each))).toBe(false);
	});

	test('nor if it is long', () => {
		const ledger = newLedger();
		ledger.open('runs');
		for (let index = 0; index < 20; index++) ledger.add(long({ root: 'runs' }));
		const ended = ledger.add(long());
		ledger.close('nobody');
		expect(isLong(ended)).toBe(false);
		const later = ledger.add(long());
		ledger.close('nobody');
		expect(isLong(later)).toBe(true);
		for (let index = 0; index < 2; index++) ledger.add(long());
		ledger.close('nobody');
		expect(isLong(later)).toBe(false);
	});

	test('far more than that in the ledger of a process', () => {
		const ledger = new Ledger();
		const added = addTo(ledger, 200);
		expect(added.every(isLong)).toBe(true);
	});
});
