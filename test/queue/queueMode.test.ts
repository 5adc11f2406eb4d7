/* eslint-disable @n8n/community-nodes/no-restricted-imports, @n8n/community-nodes/no-restricted-globals, no-console -- runs on a developer's machine, not inside n8n */
import { setTimeout as wait } from 'node:timers/promises';
import {
	credentialFor,
	DEFAULT_N8N_VERSION,
	failureOf,
	itemsFrom,
	type Execution,
	type WorkflowFile,
} from '../e2e/n8n';
import { pollingWorkflow } from '../e2e/pollingWorkflow';
import { startSandbox, type Sandbox } from '../sandbox/sandbox';
import { startQueueMode, until, type QueueMode, type Worker } from './queueMode';
import {
	ask,
	COLUMN,
	duplicatesRemoved,
	NODE,
	notedInTable,
	order,
	recipientsOf,
	sendAll,
	type Order,
} from './workflows';

/*
 * The guarantees for sending (docs/queueMode.md) in n8n's queue mode. For killed workers, these tests record what was
 * measured: if one fails on another n8n, the documentation has to change with it.
 */

/** n8n notices a dead worker after about two minutes; these settings make it seconds. */
const NOTICE_SOON = {
	QUEUE_WORKER_LOCK_DURATION: '10000',
	QUEUE_WORKER_LOCK_RENEW_TIME: '2000',
	QUEUE_WORKER_STALLED_INTERVAL: '3000',
};

/** n8n 2.x never starts such an execution again, and has no setting for it any more. */
const NEVER_AGAIN = { QUEUE_WORKER_MAX_STALLED_COUNT: '0' };

/** n8n's own settings, for where no worker is to be taken for dead only because the machine is busy. */
const NOTICE_LATE = {
	QUEUE_WORKER_LOCK_DURATION: '60000',
	QUEUE_WORKER_LOCK_RENEW_TIME: '10000',
	QUEUE_WORKER_STALLED_INTERVAL: '30000',
};

const ONCE = { skipSentWithinHours: 24 };

const inN8n1 = DEFAULT_N8N_VERSION.startsWith('1.') ? test : test.skip;

let sandbox: Sandbox;
let queueMode: QueueMode;
let credentials: Record<string, string>;
let table: string;
let workers: Worker[] = [];

beforeAll(async () => {
	sandbox = await startSandbox();
	queueMode = await startQueueMode(NOTICE_SOON);
	const { n8n } = queueMode;
	credentials = {
		clerkChatApi: await n8n.createCredential('clerkChatApi', 'Clerk Chat', credentialFor(sandbox)),
	};
	table = await n8n.createDataTable('Texted', [COLUMN]);
});

beforeEach(() => sandbox.reset());

afterEach(async () => {
	await Promise.all(workers.map(async (worker) => await worker.stop()));
});

afterAll(async () => {
	await queueMode?.stop();
	await sandbox?.close();
});

/** Saves a workflow and makes it live; its name is the path of its webhook. */
async function live(workflow: WorkflowFile) {
	const { n8n } = queueMode;
	const id = await n8n.createWorkflow(workflow, credentials);
	await n8n.activateWorkflow(id);
	return {
		/** Calls the webhook once for each order. @returns the ids of the executions, oldest first */
		async start(...orders: Order[]): Promise<string[]> {
			const before = new Set((await n8n.listExecutions(id)).map((each) => each.id));
			const started = async () =>
				(await n8n.listExecutions(id)).map((each) => each.id).filter((each) => !before.has(each));
			await Promise.all(orders.map(async (each) => await order(n8n.url, workflow.name, each)));
			await until(async () => (await started()).length === orders.length);
			return (await started()).reverse();
		},
	};
}

/** Waits until an execution is at rest; n8n takes up to half a minute to notice a dead worker. */
const endOf = async (id: string) =>
	await queueMode.n8n.waitForExecution(id, { timeoutMs: 240_000 });

/** The worker that runs this execution, and the other one. */
async function workersOf(id: string): Promise<[Worker, Worker]> {
	const begun = await Promise.all(workers.map(async (worker) => await worker.began()));
	const [its, other] = begun[0].includes(id) ? workers : [workers[1], workers[0]];
	expect(await its.began()).toContain(id);
	return [its, other];
}

/** Kills the worker that runs this execution, with no time to say goodbye. @returns the other one */
async function killWorkerOf(id: string): Promise<Worker> {
	const [doomed, other] = await workersOf(id);
	await doomed.kill();
	return other;
}

/** Who got how many texts. */
const received = () => sandbox.stats().messagesPerRecipient;

const peopleWith = (texts: number) =>
	Object.entries(received()).flatMap(([person, count]) => (count === texts ? [person] : []));

const nodesRun = (execution: Execution) => Object.keys(execution.data.resultData.runData);

describe('2,000 messages in ten executions on two workers, against a limit of 100 a second', () => {
	test('all are sent, each once, and nothing is missing in the output', async () => {
		sandbox.settings({ rateLimit: { limit: 100, perMs: 1000 } });
		workers = await queueMode.startWorkers(2, NOTICE_LATE);
		const { start } = await live(sendAll('all'));
		const orders = Array.from({ length: 10 }, (_, n) => ({ first: n * 200, count: 200 }));
		const ids = await start(...orders);
		const executions = await Promise.all(ids.map(endOf));
		expect(executions.map(({ status }) => status)).toEqual(ids.map(() => 'success'));

		const everybody = orders.flatMap(recipientsOf);
		expect(peopleWith(1).sort()).toEqual(everybody);
		expect(sandbox.stats().messages).toBe(2000);
		expect(sandbox.stats().requestsByStatus['429']).toBeGreaterThan(0);

		const given = executions.flatMap((execution) => itemsFrom(execution, NODE));
		expect(given.map(({ json }) => json.body).sort()).toEqual(
			everybody.map((person) => `Hello ${person}`),
		);
		expect(new Set(given.map(({ json }) => json.id))).toEqual(
			new Set(sandbox.messages().map(({ message }) => message.id)),
		);

		const begun = await Promise.all(workers.map(async (worker) => await worker.began()));
		expect(begun.flat().sort()).toEqual([...ids].sort());
		expect(begun.map(({ length }) => length)).not.toContain(0);
	});
});

describe('a question that a worker asks', () => {
	test("is answered by text: the main process's polling trigger passes the reply on", async () => {
		const { n8n } = queueMode;
		// Links lead to the main process, as everywhere in queue mode.
		workers = await queueMode.startWorkers(2, { ...NOTICE_LATE, WEBHOOK_URL: n8n.url });
		const polling = await n8n.createWorkflow(pollingWorkflow(2), credentials);
		await n8n.activateWorkflow(polling);
		const { start } = await live(ask('ask'));
		const [id] = await start({ first: 7, count: 1 });
		await n8n.waitForExecution(id, { statuses: ['waiting'] });

		const [person] = recipientsOf({ first: 7, count: 1 });
		sandbox.receive({ from: person, body: 'Who are you?' });
		sandbox.receive({ from: person, body: 'Yes please' });
		const execution = await n8n.waitForExecution(id, { statuses: ['success', 'error'] });
		expect(failureOf(execution)).toBeUndefined();
		expect(itemsFrom(execution, NODE).map(({ json }) => json.data)).toMatchObject([
			{ approved: true, respondedBy: 'text' },
		]);

		await until(async () => (await n8n.listExecutions(polling)).length > 0);
		const started = await Promise.all(
			(await n8n.listExecutions(polling)).map(async (each) => await endOf(each.id)),
		);
		const out = (name: string) =>
			started.flatMap((each) => itemsFrom(each, name).map(({ json }) => json.body));
		expect([out('Messages'), out('Answers')]).toEqual([['Who are you?'], ['Yes please']]);
		const begun = await Promise.all(workers.map(async (worker) => await worker.began()));
		expect(begun.flat()).toEqual(expect.arrayContaining(started.map((each) => each.id)));
		await n8n.deactivateWorkflow(polling);
	});
});

describe('a worker killed half-way through 200 messages', () => {
	const ORDER = { first: 0, count: 200 };

	/** @returns the execution's result, and how many messages were sent when its worker died */
	async function killedHalfWay(path: string, env: Record<string, string>, options = {}) {
		// Slow enough to be only half-way when the worker stops, also on a busy machine.
		sandbox.settings({ latencyMs: 200 });
		workers = await queueMode.startWorkers(2, env);
		const { start } = await live(sendAll(path, options, { saveExecutionProgress: true }));
		const [id] = await start(ORDER);
		await until(() => sandbox.stats().messages >= 50);
		const other = await killWorkerOf(id);
		// Messages in flight may still arrive.
		await wait(500);
		const out = sandbox.stats().messages;
		expect(out).toBeLessThan(ORDER.count);
		return { execution: await endOf(id), out, other, start };
	}

	inN8n1('n8n 1.x starts it again, and texts those a second time who had theirs', async () => {
		const { execution, out, other } = await killedHalfWay('killed-again', {});
		expect(execution.status).toBe('success');
		expect(await other.began()).toEqual([execution.id]);
		expect(peopleWith(2)).toHaveLength(out);
		expect(peopleWith(1)).toHaveLength(ORDER.count - out);
	});

	inN8n1("with 'Skip If Sent', n8n 1.x starts it again and everybody gets one", async () => {
		const { execution, out, other } = await killedHalfWay('killed-again-once', {}, ONCE);
		expect(await other.began()).toEqual([execution.id]);
		expectEverybodyOnce(execution, out);
	});

	test("with 'Skip If Sent', running the workflow again completes the list: one text each", async () => {
		const { out, start } = await killedHalfWay('killed-once', NEVER_AGAIN, ONCE);
		expectEverybodyOnce(await endOf((await start(ORDER))[0]), out);
	});

	function expectEverybodyOnce(execution: Execution, out: number) {
		expect(execution.status).toBe('success');
		expect(peopleWith(1).sort()).toEqual(recipientsOf(ORDER));
		expect(sandbox.stats().messages).toBe(ORDER.count);
		expect(itemsFrom(execution, NODE).map(({ json }) => json.body)).toEqual(
			recipientsOf(ORDER).map((person) => `Hello ${person}`),
		);
		expect(execution.data.resultData.runData[NODE][0].hints).toMatchObject([
			{ message: expect.stringContaining(`skipped ${out}`) as string },
		]);
	}

	test('fails in n8n 2.x (1.x: with the setting), nothing is sent again, Retry does nothing', async () => {
		const { execution, out, other, start } = await killedHalfWay('killed', NEVER_AGAIN);
		expect(execution.status).toBe('error');
		expect(failureOf(execution)?.message).toContain('failed to be processed too many times');
		expect(await other.began()).toEqual([]);
		// Although the workflow says to save its progress.
		expect(nodesRun(execution)).toEqual([]);

		const { n8n } = queueMode;
		const retried = await n8n.retryExecution(execution.id);
		expect(nodesRun(retried)).toEqual([]);
		expect(retried.status).toBe('error');
		expect(sandbox.stats().messages).toBe(out);

		// Whoever runs the workflow again instead texts those a second time who had theirs.
		await endOf((await start(ORDER))[0]);
		expect(peopleWith(2)).toHaveLength(out);
		expect(peopleWith(1)).toHaveLength(ORDER.count - out);
	});
});

describe('a worker that hangs half-way through 200 messages, is taken for dead, and goes on', () => {
	const ORDER = { first: 7000, count: 200 };

	/** @param isNoticed given the execution's id and the other worker, whether n8n has taken the worker for dead */
	async function hanging(
		path: string,
		env: Record<string, string>,
		isNoticed: (id: string, other: Worker) => Promise<boolean>,
	) {
		// Slow enough to be only half-way when the worker stops, also on a busy machine.
		sandbox.settings({ latencyMs: 200 });
		workers = await queueMode.startWorkers(2, env);
		const { start } = await live(sendAll(path, ONCE));
		const [id] = await start(ORDER);
		await until(() => sandbox.stats().messages >= 50);
		const [its, other] = await workersOf(id);
		process.kill(its.pid, 'SIGSTOP');
		await until(async () => await isNoticed(id, other));
		process.kill(its.pid, 'SIGCONT');
		await until(() => Object.keys(received()).length === ORDER.count);
		// What is still to come.
		await wait(3000);
	}

	inN8n1("n8n 1.x starts it again meanwhile: even with 'Skip If Sent', some get two", async () => {
		await hanging('hangs-again', {}, async (id, other) => {
			const hasBegun = (await other.began()).includes(id);
			return hasBegun && Object.keys(received()).length === ORDER.count;
		});
		expect([...peopleWith(1), ...peopleWith(2)].sort()).toEqual(recipientsOf(ORDER));
		expect(peopleWith(2).length).toBeGreaterThan(0);
		// The figure in docs/queueMode.md.
		console.log(`A worker that hangs: ${peopleWith(2).length} of 200 were texted twice`);
	});

	test('in n8n 2.x (1.x: with the setting), everybody gets one', async () => {
		await hanging('hangs', NEVER_AGAIN, async (id) => {
			const { status } = await queueMode.n8n.getExecution(id);
			return status === 'error' || status === 'crashed';
		});
		expect(peopleWith(1).sort()).toEqual(recipientsOf(ORDER));
		expect(sandbox.stats().messages).toBe(ORDER.count);
	});
});

describe("eight executions of the same list at once on two workers, with 'Skip If Sent'", () => {
	test('everybody gets at most one from each worker', async () => {
		sandbox.settings({ latencyMs: 20 });
		workers = await queueMode.startWorkers(2);
		const { start } = await live(sendAll('same-at-once', ONCE));
		const what = { first: 6000, count: 50 };
		const executions = await Promise.all((await start(...Array(8).fill(what))).map(endOf));
		expect(new Set(executions.map(({ status }) => status))).toEqual(new Set(['success']));
		expect([...peopleWith(1), ...peopleWith(2)].sort()).toEqual(recipientsOf(what));
		// The figure in docs/queueMode.md.
		console.log(`Skip If Sent: ${peopleWith(2).length} of 50 were texted by both workers`);
	});
});

describe('one by one, each first saved in a Data Table', () => {
	test('a killed worker costs at most the one message it had saved, and the next run sends the rest', async () => {
		workers = await queueMode.startWorkers(2);
		const { start } = await live(notedInTable('noted', table));
		const what = { first: 3000, count: 40 };
		// The worst moment: the 21st is saved, and its request is rejected and waits.
		sandbox.settings({ rateLimit: { limit: 20, perMs: 600_000 } });
		const [id] = await start(what);
		await until(() => sandbox.stats().requestsByStatus['429'] > 0);
		await killWorkerOf(id);
		sandbox.settings({ rateLimit: null });
		// n8n 1.x starts it again by itself.
		await endOf(id);
		const [again] = await start(what);
		expect((await endOf(again)).status).toBe('success');

		const everybody = recipientsOf(what);
		expect(peopleWith(1).sort()).toEqual(everybody.filter((_, n) => n !== 20));
		expect(sandbox.stats().messages).toBe(39);
	});

	test('four executions at once on two workers, and all of them again: nobody twice', async () => {
		const { ended, once, twice } = await twiceFourAtOnce(
			notedInTable('noted-at-once', table),
			4000,
		);
		expect(ended).toEqual(Array(8).fill('success'));
		expect({ once, twice }).toEqual({ once: 200, twice: 0 });
	});
});

describe('one by one, with Remove Duplicates', () => {
	test('four executions at once: each texts nobody twice, however many it forgets', async () => {
		const { once, twice } = await twiceFourAtOnce(duplicatesRemoved('duplicates-at-once'), 5000);
		// How many n8n's node forgets, and whether it fails, is its own affair: each execution texts nobody twice.
		expect(sandbox.stats().messages).toBe(once + 2 * twice);
		// The figure in docs/queueMode.md.
		console.log(`Remove Duplicates: ${twice} of 200 were texted twice`);
	});
});

/** Orders 50 texts each from four executions at a time, waits for them, and does it all again. */
async function twiceFourAtOnce(workflow: WorkflowFile, first: number) {
	sandbox.settings({ latencyMs: 20 });
	workers = await queueMode.startWorkers(2);
	const { start } = await live(workflow);
	const orders = [0, 50, 100, 150].map((n) => ({ first: first + n, count: 50 }));
	const ended: string[] = [];
	for (let round = 0; round < 2; round++) {
		const executions = await Promise.all((await start(...orders)).map(endOf));
		ended.push(...executions.map(({ status }) => status));
	}
	return { ended, once: peopleWith(1).length, twice: peopleWith(2).length };
}
