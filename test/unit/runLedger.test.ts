import { sleep } from 'n8n-workflow';
import type { INode } from 'n8n-workflow';
import { limits } from '../../nodes/api/limits';
import type { ApiRequest, Requester } from '../../nodes/api/requester';
import type { Host } from '../../nodes/ClerkChat/host';
import { writeMessage } from '../../nodes/ClerkChat/resources/message/writeMessage';
import type { RunParts } from '../../nodes/ClerkChat/sending/decisions';
import { OtherExecutions } from '../../nodes/ClerkChat/sending/otherExecutions';
import { taskOf } from '../../nodes/ClerkChat/sending/task';
import { ledger } from '../../nodes/ClerkChat/sending/ledger/ledger';
import type { LedgerEntry } from '../../nodes/ClerkChat/sending/ledger/ledgerEntry';
import { RunLedger } from '../../nodes/ClerkChat/sending/ledger/runLedger';
import type { Write } from '../../nodes/ClerkChat/write';

/* What two simultaneous retries of one execution see of each other in the ledger. */

const SERVER = 'https://ledger.test';

const body = { sender: '+14155550100', recipients: ['+14155550123'], body: 'Once' };
const request = { method: 'POST' as const, url: '/public/messages', body };

/** A run of the node; `saved` is what n8n saved of the execution it tries again, and what is unusual about the run. */
function runOf(
	executionId: string,
	saved: Pick<Host, 'context' | 'flow'> & Partial<Host>,
	write: Write = writeMessage,
	asked: ApiRequest = request,
) {
	const runLedger = new RunLedger(
		{
			node: { id: 'node', name: 'Clerk Chat', parameters: {} } as unknown as INode,
			runIndex: '0',
			executionId,
			...saved,
		} as Host,
		write,
	);
	const task = taskOf({ item: 0, part: 0, request: asked }, runLedger, write);
	runLedger.claims.assign(task.claims);
	return { runLedger, task, known: () => runLedger.standing(task).known };
}

/** Two retries of an execution whose message has an unknown outcome. */
function twoRetries() {
	const saved = { context: {}, flow: {} };
	const { runLedger, task } = runOf('first', saved);
	runLedger.begin([task], SERVER);
	runLedger.end(runLedger.begunFor(task), { state: 'unknown' });
	return [runOf('one', structuredClone(saved)), runOf('other', structuredClone(saved))] as const;
}

test('a message that one has in flight blocks the other', () => {
	const [one, other] = twoRetries();
	expect([one.known(), other.known()]).toEqual(['unknown', 'unknown']);
	one.runLedger.begin([one.task], SERVER);
	expect(other.known()).toBe('inFlight');
	one.runLedger.end(one.runLedger.begunFor(one.task), { state: 'sent', results: [{ id: 1 }] });
	expect([one.known(), other.known()]).toEqual(['sent', 'sent']);
});

test('a second try is refused: the first one stays unclear for both', () => {
	const [one, other] = twoRetries();
	one.runLedger.begin([one.task], SERVER);
	expect(other.known()).toBe('inFlight');
	one.runLedger.release(one.runLedger.begunFor(one.task));
	expect([one.known(), other.known()]).toEqual(['unknown', 'unknown']);
	other.runLedger.begin([other.task], SERVER);
	const [entry] = other.runLedger.begunFor(other.task);
	expect(entry.tries).toBe(2);
});

test('an entry that the other releases is certainly not sent only if it was tried once', () => {
	const [one, other] = twoRetries();
	const [once] = one.runLedger.begunFor(one.task);
	other.runLedger.release([once]);
	expect(ledger.owners.isRefused(once)).toBe(true);

	const [again, releasing] = twoRetries();
	again.runLedger.begin([again.task], SERVER);
	const [twice] = again.runLedger.begunFor(again.task);
	again.runLedger.end([twice], { state: 'unknown' });
	releasing.runLedger.release([twice]);
	expect(ledger.owners.isRefused(twice)).toBe(false);
});

test('a message that one sent stays sent, whatever the other learns', () => {
	const [one, other] = twoRetries();
	one.runLedger.begin([one.task], SERVER);
	const entries = one.runLedger.begunFor(one.task);
	one.runLedger.end(entries, { state: 'sent', results: [{ id: 1 }] });
	other.runLedger.end(entries, { state: 'unknown' });
	expect([one.known(), other.known()]).toEqual(['sent', 'sent']);
});

test('a message that one found on record counts as its own for the other, too', () => {
	const [one, other] = twoRetries();
	const entries = one.runLedger.begunFor(one.task);
	one.runLedger.end(entries, { state: 'sent', results: [{ id: 'found' }] });
	const isOwn = ({ runLedger }: typeof other) =>
		runLedger.saved.messages.isOwn(SERVER, { id: 'found' });
	expect([isOwn(one), isOwn(other), isOwn(runOf('else', nothingSaved()))]).toEqual([
		true,
		true,
		false,
	]);
	// After a restart, it is known once it was returned.
	expect(other.runLedger.saved.messages.isSaved(SERVER, { id: 'found' })).toBe(false);
	other.runLedger.saved.messages.rememberSent(other.runLedger.begunFor(other.task));
	expect(other.runLedger.saved.messages.isSaved(SERVER, { id: 'found' })).toBe(true);
});

test('an entry that one takes back is gone for the other, too', async () => {
	const saved = [1, 2].map(() => ({ context: {}, flow: { clerkChat: { root: 'taken back' } } }));
	const [one, other] = saved.map((each, index) => runOf(String(index), each));
	one.runLedger.begin([one.task], SERVER);
	expect(other.known()).toBe('inFlight');
	one.runLedger.release(one.runLedger.begunFor(one.task));
	await sleep(0);
	expect(other.known()).toBe('nothing');
	expect(runOf('again', structuredClone(saved[1])).known()).toBe('nothing');
});

test("what another execution has in flight is in the way until it takes it back, however often it's asked", () => {
	const asked = { ...request, body: { ...body, body: 'Asked twice' } };
	const [one, other] = ['1', '2'].map((id) => runOf(id, nothingSaved(), writeMessage, asked));
	const parts = { host: {}, runLedger: other.runLedger } as RunParts;
	const others = new OtherExecutions(parts, { baseURL: SERVER } as Requester, 0);
	one.runLedger.begin([one.task], SERVER);
	const begun = one.runLedger.begunFor(one.task);
	expect([others.of(other.task), others.of(other.task)]).toEqual([begun, begun]);
	one.runLedger.release(begun);
	expect(others.of(other.task)).toEqual([]);
});

let processes = 0;

/** What is left of an execution in a process that knows nothing of it. */
function inNewProcess(saved: Pick<Host, 'context' | 'flow'>): Pick<Host, 'context' | 'flow'> {
	const { context } = structuredClone(saved);
	return { context, flow: { clerkChat: { root: `elsewhere ${processes++}` } } };
}

test('a message in flight when n8n stopped is unclear, and not waited for', () => {
	const saved = { context: {}, flow: {} };
	const { runLedger, task } = runOf('first', saved);
	runLedger.begin([task], SERVER);
	expect(runOf('again', inNewProcess(saved)).known()).toBe('unknown');
});

const LOST = { message: 'Lost', description: '' };

test("after a run, unclear entries stay with the execution, returned ones don't", () => {
	const saved = { context: {}, flow: {} };
	const { runLedger, task } = runOf('first', saved);
	runLedger.begin([task], SERVER);
	runLedger.end(runLedger.begunFor(task), { state: 'unknown', words: LOST });
	runLedger.saved.shorten();
	expect(JSON.stringify(saved.context)).not.toContain('Lost');
	expect(runOf('again', inNewProcess(saved)).known()).toBe('unknown');
	runLedger.end(runLedger.begunFor(task), { state: 'sent', results: [{ id: 1 }] });
	const left = runOf('later', saved);
	left.runLedger.saved.shorten();
	expect(runOf('at last', inNewProcess(saved)).known()).toBe('nothing');
});

const SENT = { state: 'sent' as const, results: [{ id: 1 }] };

const nothingSaved = () => ({ context: {}, flow: {} });

describe('what the ledger knows about a text to two people', () => {
	const toTwo = { ...request, body: { ...body, recipients: ['+14155550123', '+14155550124'] } };

	test.each<[string, Array<'sent' | 'unknown' | undefined>, string]>([
		['nobody has it', [], 'nothing'],
		['both have it', ['sent', 'sent'], 'sent'],
		['one of them has it', ['sent'], 'partly'],
		['one has it, the other may', ['sent', 'unknown'], 'partly'],
		['both may have it', ['unknown', 'unknown'], 'unknown'],
		['one may have it', ['unknown'], 'unknown'],
		['it is on its way to one', ['sent', undefined], 'inFlight'],
	])('%s', (_, states, known) => {
		const run = runOf('1', nothingSaved(), writeMessage, toTwo);
		for (const [index, state] of states.entries()) {
			const part = { ...run.task, claims: [run.task.claims[index]] };
			run.runLedger.begin([part], SERVER);
			if (!state) continue;
			run.runLedger.end(run.runLedger.begunFor(part), state === 'sent' ? SENT : { state });
		}
		expect(run.known()).toBe(known);
		expect(run.runLedger.isDone(run.task)).toBe(known === 'sent');
		expect(run.runLedger.begunFor(run.task)).toHaveLength(states.length);
		expect(run.runLedger.inFlightFor(run.task)?.state).toBe(
			known === 'inFlight' ? 'inFlight' : undefined,
		);
	});
});

describe('a request that starts', () => {
	const begun = (run: ReturnType<typeof runOf>): LedgerEntry => {
		run.runLedger.begin([run.task], SERVER);
		return run.runLedger.begunFor(run.task)[0];
	};

	test('is saved, with all its search data', () => {
		const run = runOf('1', nothingSaved());
		run.runLedger.accounts.current = 'account';
		const entry = begun(run);
		expect(entry).toMatchObject({
			...{ item: 0, recipient: '+14155550123', server: SERVER, account: 'account' },
			...{ state: 'inFlight', tries: 1, message: body, recordKey: expect.any(String) },
		});
		expect(entry).not.toHaveProperty('first');
		expect(run.runLedger.saved.all()).toEqual([entry]);
		expect(run.runLedger.isOwn(entry)).toBe(true);
		expect(run.runLedger.isOwn({ ...entry })).toBe(false);
		expect(begun(runOf('1', nothingSaved())).account).toBe('');
	});

	test('is saved under the same key as all messages that look the same on record', () => {
		const keyOf = (changes: object) =>
			begun(runOf('1', nothingSaved(), writeMessage, { ...request, body: { ...body, ...changes } }))
				.recordKey;
		expect(keyOf({ body: ' Once ' })).toBe(keyOf({}));
		expect(keyOf({ sender: '+14155550101' })).not.toBe(keyOf({}));
	});

	test("for something other than a message has its task's key, if any", () => {
		const write = {} as Write;
		const run = runOf('1', nothingSaved(), write);
		expect(begun(run)).not.toHaveProperty('message');
		expect(begun(run)).not.toHaveProperty('recordKey');
		run.task.recordKey = 'contact';
		expect(begun(run).recordKey).toBe('contact');
	});

	test('counts tries from the first one with the same text', () => {
		const run = runOf('1', nothingSaved());
		const [first, second, third] = [begun(run), begun(run), begun(run)];
		expect([first, second, third].map(({ tries }) => tries)).toEqual([1, 2, 3]);
		expect(new Set([first, second, third].map(({ id }) => id)).size).toBe(1);
		expect([ledger.has(first), ledger.has(third)]).toEqual([false, true]);
		first.began = 5;
		expect(second.first).toBe(third.first);
		third.first = undefined;
		third.began = 7;
		expect(begun(run).first).toBe(7);
	});

	test('for another text in its place has no earlier try', () => {
		const saved = nothingSaved();
		begun(runOf('1', saved));
		const later = { ...request, body: { ...body, body: 'Once, at 12:01' } };
		const entry = begun(runOf('2', saved, writeMessage, later));
		expect([entry.tries, entry.first]).toEqual([2, undefined]);
		// A short entry, as saved, doesn't contain its text.
		const short = { ...entry, message: undefined };
		const known = structuredClone({ ...saved, context: { sending: { version: 1, entries: {} } } });
		Object.assign(known.context.sending.entries, { [entry.id]: { ...short, state: 'unknown' } });
		Object.assign(known.flow, { clerkChat: { root: 'elsewhere' } });
		expect(begun(runOf('3', known, writeMessage, later)).first).toBeUndefined();
	});

	test.each<[string, object, Partial<Host['context']>, number]>([
		['its item says that an earlier one may have been sent', { isAfterUnknown: true }, {}, 2],
		['nobody knows what may have been sent', {}, { sending: 'broken' }, 2],
		['neither', {}, {}, 1],
	])('counts as so many tries if %s', (_, mark, context, tries) => {
		const run = runOf('1', { context, flow: {} });
		Object.assign(run.task, mark);
		expect(run.runLedger.isInDoubt(run.task)).toBe(tries === 2);
		expect(begun(run).tries).toBe(tries);
	});

	test('is remembered once sent, if it is a message', () => {
		const isKnown = (write: Write, ...endings: Array<Parameters<RunLedger['end']>[1]>) => {
			const run = runOf('1', nothingSaved(), write);
			const entry = begun(run);
			for (const ending of endings) run.runLedger.end([entry], ending);
			return run.runLedger.saved.messages.isSaved(SERVER, { id: 1 });
		};
		expect(isKnown(writeMessage, SENT)).toBe(true);
		expect(isKnown(writeMessage, { state: 'unknown' })).toBe(false);
		expect(isKnown(writeMessage, { state: 'sent' })).toBe(false);
		expect(isKnown({} as Write, SENT)).toBe(false);
		// What another execution found out meanwhile stays.
		expect(isKnown(writeMessage, { state: 'sent' }, { state: 'unknown' })).toBe(false);
		const run = runOf('1', nothingSaved());
		const entry = begun(run);
		run.runLedger.release([entry]);
		run.runLedger.end([entry], SENT);
		expect(run.runLedger.saved.messages.isSaved(SERVER, { id: 1 })).toBe(false);
	});

	test('ended with its first response', () => {
		const run = runOf('1', nothingSaved());
		const entry = begun(run);
		run.runLedger.end([entry], { state: 'unknown' });
		expect(entry.ended).toBeGreaterThanOrEqual(entry.began);
		entry.ended = 5;
		run.runLedger.end([entry], SENT);
		expect(entry.ended).toBe(5);
	});

	test('is waited for after its end only if n8n itself aborted it', async () => {
		const ended = async (isCancelled?: boolean) => {
			const run = runOf('1', nothingSaved());
			const entry = begun(run);
			run.runLedger.end([entry], { state: 'unknown' }, isCancelled);
			const settled = ledger.untilSettled(entry).then(() => true);
			return await Promise.race([settled, sleep(0).then(() => false)]);
		};
		limits.longestSearch = 50;
		expect([await ended(), await ended(true)]).toEqual([true, false]);
	});
});

test('a message that another execution sent is saved as sent, without a try', () => {
	const run = runOf('1', nothingSaved());
	run.runLedger.accounts.current = 'account';
	run.runLedger.file(run.task.claims, SERVER, [[{ id: 3 }]]);
	expect(run.runLedger.standing(run.task)).toMatchObject({
		known: 'sent',
		entries: [
			{
				server: SERVER,
				account: 'account',
				results: [{ id: 3 }],
				tries: 0,
				id: expect.any(String),
			},
		],
	});
	expect(run.runLedger.saved.messages.isSaved(SERVER, { id: 3 }, '+14155550123')).toBe(true);
	expect(run.runLedger.saved.messages.isSaved(SERVER, { id: 3 })).toBe(false);
	const other = runOf('2', nothingSaved());
	other.runLedger.file(other.task.claims, SERVER, [[]]);
	expect(other.runLedger.begunFor(other.task)).toMatchObject([{ account: '' }]);
});

test('the rest of an item whose fields are now invalid: a task for each request', () => {
	const saved = nothingSaved();
	const toTwo = { ...request, body: { ...body, recipients: ['+14155550123', '+14155550124'] } };
	const first = runOf('1', saved, writeMessage, toTwo);
	first.runLedger.begin([first.task], SERVER);
	const later = { ...first.task, claims: [{ ...first.task.claims[0], recipient: 'c' }] };
	first.runLedger.begin([later], SERVER);
	const again = new RunLedger(
		{
			node: { id: 'node', parameters: {} },
			runIndex: '0',
			executionId: '2',
			...saved,
		} as unknown as Host,
		writeMessage,
	);
	const left = again.leftOf(0);
	expect(left).toMatchObject([
		{ item: 0, part: 0, claims: [{ recipient: '+14155550123' }, { recipient: '+14155550124' }] },
		{ item: 0, part: 1, claims: [{ recipient: 'c' }] },
	]);
	expect(left[0].claims).toHaveLength(2);
	expect(left.map((task) => again.standing(task).known)).toEqual(['inFlight', 'inFlight']);
	expect(again.leftOf(0)).toEqual([]);
});

test('an item with the same content has priority over the one now in its place', () => {
	const saved = nothingSaved();
	const first = runOf('1', saved);
	first.runLedger.begin([first.task], SERVER);
	const node = { id: 'node', parameters: {} } as unknown as INode;
	const again = new RunLedger(
		{ node, runIndex: '0', executionId: '2', ...saved } as Host,
		writeMessage,
	);
	const tasks = ['New', 'Once'].map((text, item) =>
		taskOf(
			{ item, part: 0, request: { ...request, body: { ...body, body: text } } },
			again,
			writeMessage,
		),
	);
	again.claims.assign(tasks.flatMap(({ claims }) => claims));
	expect(tasks.map((task) => again.standing(task).known)).toEqual(['nothing', 'inFlight']);
});

describe('a question', () => {
	const question: Write = {
		...writeMessage,
		message: { ...writeMessage.message!, isPerExecution: true },
	};

	/** What a later execution knows about an earlier one, from its ledger or only from its data. */
	function laterOne(
		executionId: string,
		ending: Parameters<RunLedger['end']>[1],
		write: Write = question,
	) {
		const saved = nothingSaved();
		const { runLedger, task } = runOf('1', saved, write);
		runLedger.begin([task], SERVER);
		runLedger.end(runLedger.begunFor(task), ending);
		return runOf(executionId, structuredClone(saved), write).known();
	}

	test('that was sent is asked again in a retry, because its link is dead', () => {
		expect(laterOne('2', SENT)).toBe('nothing');
		expect(laterOne('2', SENT, writeMessage)).toBe('sent');
	});

	test('of the same execution counts, and so does one that may have been sent', () => {
		expect(laterOne('1', SENT)).toBe('sent');
		expect(laterOne('2', { state: 'unknown' })).toBe('unknown');
	});

	test('of the same execution counts in another process, too', () => {
		const saved = nothingSaved();
		const { runLedger, task } = runOf('1', saved, question);
		runLedger.begin([task], SERVER);
		const begun = runLedger.begunFor(task);
		runLedger.end(begun, SENT);
		const left = structuredClone(saved);
		for (const entry of begun) ledger.remove(entry);
		expect(runOf('1', left, question).known()).toBe('sent');
	});

	test('is saved under its execution', () => {
		const run = runOf('7', nothingSaved(), question);
		expect(run.runLedger.root).toBe(`${run.runLedger.saved.root}:7`);
		const message = runOf('7', nothingSaved());
		expect(message.runLedger.root).toBe(message.runLedger.saved.root);
	});
});

describe('calls of an agent', () => {
	const call = (saved: ReturnType<typeof nothingSaved>, runIndex = '0') =>
		runOf('1', { ...saved, isTool: true, runIndex });

	test('are identified by what they request', () => {
		const { task } = call(nothingSaved(), '5');
		expect(task.claims).toMatchObject([{ run: task.claims[0].content, item: 0, fields: '' }]);
		expect(runOf('1', nothingSaved()).task.claims[0].fields).not.toBe('');
	});

	test("a message that another call sent meanwhile blocks them, but isn't waited for", () => {
		const saved = nothingSaved();
		const [one, other] = [call(saved), call(saved, '1')];
		one.runLedger.begin([one.task], SERVER);
		expect([one.known(), other.known()]).toEqual(['inFlight', 'inFlight']);
		expect(other.runLedger.inFlightFor(other.task)).toBeUndefined();
		one.runLedger.end(one.runLedger.begunFor(one.task), SENT);
		expect([one.known(), other.known()]).toEqual(['sent', 'inFlight']);
		expect(call(saved, '2').known()).toBe('nothing');
	});

	test('are counted before they are sent and after they ended', () => {
		const saved = nothingSaved() as { context: { calls?: object }; flow: object };
		const one = call(saved);
		const counts = () => Object.values(saved.context.calls ?? {});
		one.runLedger.begin([one.task], SERVER);
		expect(counts()).toEqual([1]);
		one.runLedger.release(one.runLedger.begunFor(one.task));
		one.runLedger.close();
		expect(counts()).toEqual([0]);
		const plain = nothingSaved();
		const run = runOf('1', plain);
		run.runLedger.begin([run.task], SERVER);
		expect(plain.context).not.toHaveProperty('calls');
	});
});

test('a copy that replaces a node continues its work', () => {
	const saved = nothingSaved();
	const first = runOf('1', saved);
	first.runLedger.begin([first.task], SERVER);
	const node = { id: 'copy', name: 'Clerk Chat', parameters: {} } as unknown as INode;
	expect(runOf('2', { ...structuredClone(saved), node }).known()).toBe('unknown');
});

test('nothing of a run is dropped while it is open, or with Retry On Fail while its execution lives', () => {
	const [open, close] = [jest.spyOn(ledger, 'open'), jest.spyOn(ledger, 'close')];
	const saved = nothingSaved();
	const node = { id: 'node', parameters: {}, retryOnFail: true } as unknown as INode;
	const { runLedger } = runOf('1', saved);
	runOf('1', { ...saved, node });
	runLedger.close();
	const { root } = runLedger;
	expect([open.mock.calls, close.mock.calls]).toEqual([
		[
			[root, undefined],
			[root, saved.flow],
		],
		[[root]],
	]);
	jest.restoreAllMocks();
});
