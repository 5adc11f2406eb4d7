import { sleep } from 'n8n-workflow';
import type { INode } from 'n8n-workflow';
import type { Host } from '../../nodes/ClerkChat/host';
import { writeMessage } from '../../nodes/ClerkChat/resources/message/writeMessage';
import { taskOf } from '../../nodes/ClerkChat/sending/task';
import { RunLedger } from '../../nodes/ClerkChat/sending/ledger/runLedger';

/* What two retries of one execution, at the same moment, see of each other in the ledger. */

const SERVER = 'https://ledger.test';

const body = { sender: '+14155550100', recipients: ['+14155550123'], body: 'Once' };
const request = { method: 'POST' as const, url: '/public/messages', body };

/** A run of the node; `saved` is what n8n saved of the execution it tries again. */
function runOf(executionId: string, saved: Pick<Host, 'context' | 'flow'>) {
	const runLedger = new RunLedger(
		{
			node: { id: 'node', name: 'Clerk Chat', parameters: {} } as unknown as INode,
			runIndex: '0',
			executionId,
			...saved,
		} as Host,
		writeMessage,
	);
	const task = taskOf({ item: 0, request }, runLedger, writeMessage);
	runLedger.assign(task.claims);
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

test('what one of them has in flight stands in the way of the other one', () => {
	const [one, other] = twoRetries();
	expect([one.known(), other.known()]).toEqual(['unknown', 'unknown']);
	one.runLedger.begin([one.task], SERVER);
	expect(other.known()).toBe('inFlight');
	one.runLedger.end(one.runLedger.begunFor(one.task), { state: 'sent', results: [{ id: 1 }] });
	expect([one.known(), other.known()]).toEqual(['sent', 'sent']);
});

test('the second try of one of them is refused: for both, the first one is unknown as before', () => {
	const [one, other] = twoRetries();
	one.runLedger.begin([one.task], SERVER);
	expect(other.known()).toBe('inFlight');
	one.runLedger.release(one.runLedger.begunFor(one.task));
	expect([one.known(), other.known()]).toEqual(['unknown', 'unknown']);
	other.runLedger.begin([other.task], SERVER);
	const [entry] = other.runLedger.begunFor(other.task);
	expect(entry.tries).toBe(2);
});

test('what one of them sent stays sent, whatever the other one learns of its own', () => {
	const [one, other] = twoRetries();
	one.runLedger.begin([one.task], SERVER);
	const entries = one.runLedger.begunFor(one.task);
	one.runLedger.end(entries, { state: 'sent', results: [{ id: 1 }] });
	other.runLedger.end(entries, { state: 'unknown' });
	expect([one.known(), other.known()]).toEqual(['sent', 'sent']);
});

test('what one of them takes back is not left with the other one either', async () => {
	const saved = [1, 2].map(() => ({ context: {}, flow: { clerkChat: { root: 'taken back' } } }));
	const [one, other] = saved.map((each, index) => runOf(String(index), each));
	one.runLedger.begin([one.task], SERVER);
	expect(other.known()).toBe('inFlight');
	one.runLedger.release(one.runLedger.begunFor(one.task));
	await sleep(0);
	expect(other.known()).toBe('nothing');
	expect(runOf('again', structuredClone(saved[1])).known()).toBe('nothing');
});

let processes = 0;

/** What is left of an execution in a process that knows nothing of it. */
function inNewProcess(saved: Pick<Host, 'context' | 'flow'>): Pick<Host, 'context' | 'flow'> {
	const { context } = structuredClone(saved);
	return { context, flow: { clerkChat: { root: `elsewhere ${processes++}` } } };
}

test('what n8n was stopped at is unknown, and not waited for', () => {
	const saved = { context: {}, flow: {} };
	const { runLedger, task } = runOf('first', saved);
	runLedger.begin([task], SERVER);
	expect(runOf('again', inNewProcess(saved)).known()).toBe('unknown');
});

const LOST = { message: 'Lost', description: '' };

test('of what a run leaves, the unknown stays with the execution, and what came out does not', () => {
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
