/* eslint-disable @n8n/community-nodes/no-restricted-imports, @n8n/community-nodes/no-restricted-globals, no-console -- runs on a developer's machine, not inside n8n */
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import fc from 'fast-check';
import type { IDataObject } from 'n8n-workflow';
import {
	failureOf,
	itemsFrom,
	readWorkflow,
	startWithSandbox,
	withParameters,
	type Execution,
	type Started,
	type WorkflowFile,
} from './n8n';

/*
 * n8n killed in the middle of a list, started again, and the workflow simply run again (docs/queueMode.md).
 * `CLERK_CHAT_CRASHES` says how many times, `CLERK_CHAT_CRASH_SEED` which moments; both are printed.
 */

const { CLERK_CHAT_CRASHES = '3', CLERK_CHAT_CRASH_SEED = String(Date.now() % 1_000_000) } =
	process.env;

const NODE = 'Clerk Chat';

/** The sandbox keeps a message when it arrives and answers after this: so several are always without an answer. */
const LATENCY = 150;

/** The moments of the crashes: after how many messages, and how many milliseconds later. */
const moments = fc.sample(fc.noBias(fc.record({ after: fc.nat(350), pause: fc.nat(LATENCY) })), {
	seed: Number(CLERK_CHAT_CRASH_SEED),
	numRuns: Number(CLERK_CHAT_CRASHES),
});

let { sandbox, n8n, credentials, stop } = {} as Started;
let workflow: WorkflowFile;

beforeAll(async () => {
	workflow = await readWorkflow(join(__dirname, 'workflows', 'sendList.json'));
	({ sandbox, n8n, credentials, stop } = await startWithSandbox());
});

beforeEach(() => {
	sandbox.reset();
	// A record that is in no order, and a little late.
	sandbox.settings({ latencyMs: LATENCY, record: { order: 'shuffled', listedAfterMs: 1000 } });
});

afterAll(async () => await stop?.());

/** People of their own for each test: n8n's process remembers for a while what it sent. */
function people(count: number): string[] {
	listed += count;
	return Array.from({ length: count }, (_, n) => `+1415${5560000 + listed + n}`);
}
let listed = 0;

/** Saves a workflow that texts these people. */
async function texting(list: string[], options: IDataObject): Promise<string> {
	const value = `={{ ${JSON.stringify(list)} }}`;
	const assignments = { assignments: [{ id: '1', name: 'to', type: 'array', value }] };
	const filled = withParameters(workflow, 'List', { assignments });
	return await n8n.createWorkflow(withParameters(filled, NODE, { options }), credentials);
}

const ONCE = { skipSentWithinHours: 24 };

/** Who got this many texts. */
const peopleWith = (texts: number) =>
	Object.entries(sandbox.stats().messagesPerRecipient)
		.flatMap(([person, count]) => (count === texts ? [person] : []))
		.sort();

const hintsOf = ({ data }: Execution) =>
	data.resultData.runData[NODE][0].hints?.map(({ message }) => message) ?? [];

/** Every item is linked to its own in the input, and is the message that its person got. */
function expectItemsOf(execution: Execution, list: string[]) {
	expect(failureOf(execution)).toBeUndefined();
	const ids = new Map(sandbox.messages().map(({ message }) => [message.body, message.id]));
	expect(
		itemsFrom(execution, NODE).map(({ json, pairedItem }) => ({ id: json.id, pairedItem })),
	).toEqual(list.map((to, item) => ({ id: ids.get(`Hello ${to}`), pairedItem: { item } })));
}

/**
 * Runs a workflow, kills n8n at that moment, and starts n8n again.
 *
 * @returns who had a text by then
 */
async function crash(id: string, { after, pause }: { after: number; pause: number }) {
	await n8n.startWorkflow(id);
	while (sandbox.messages().length < after) await wait(1);
	await wait(pause);
	const unanswered = sandbox.requests().filter(({ status }) => status === null).length;
	await n8n.kill();
	// What had left n8n may still arrive.
	await wait(200);
	const had = peopleWith(1);
	console.log(`Killed when ${had.length} texts were out, ${unanswered} of them without an answer`);
	await n8n.startAgain();
	return had;
}

describe(`n8n killed in the middle of 500 texts, and the workflow run again (seed ${CLERK_CHAT_CRASH_SEED})`, () => {
	test.each(moments)('after $after texts and $pause ms: everybody once', async (moment) => {
		const list = people(500);
		const id = await texting(list, ONCE);
		const had = await crash(id, moment);
		expect(had.length).toBeLessThan(list.length);

		const execution = await n8n.runWorkflow(id);
		expect(peopleWith(1)).toEqual(list);
		expect(sandbox.stats().messages).toBe(list.length);
		expectItemsOf(execution, list);
		const sent = list.length - had.length;
		expect(hintsOf(execution)).toEqual([`Sent ${sent}, skipped ${had.length}.`]);
	});

	test('without the option, everybody who had theirs gets it a second time', async () => {
		const list = people(100);
		const id = await texting(list, {});
		const had = await crash(id, { after: 30, pause: 0 });
		await n8n.runWorkflow(id);
		expect(peopleWith(2)).toEqual(had);
		expect(peopleWith(1)).toEqual(list.filter((person) => !had.includes(person)));
	});
});

describe('two executions of the same list at the same moment', () => {
	const both = async (id: string) => {
		const started = await Promise.all([n8n.startWorkflow(id), n8n.startWorkflow(id)]);
		return await Promise.all(started.map(async (each) => await n8n.waitForExecution(each)));
	};

	test('everybody once, and both give out all messages', async () => {
		const list = people(500);
		const executions = await both(await texting(list, ONCE));
		expect(peopleWith(1)).toEqual(list);
		expect(sandbox.stats().messages).toBe(list.length);
		for (const execution of executions) expectItemsOf(execution, list);
		const told = executions.flatMap(hintsOf).join(' ');
		const sumOf = (word: RegExp) =>
			[...told.matchAll(word)].reduce((sum, [, count]) => sum + Number(count), 0);
		expect([sumOf(/sent (\d+)/gi), sumOf(/skipped (\d+)/gi)]).toEqual([500, 500]);
	});

	test('without the option, everybody twice', async () => {
		const list = people(50);
		await both(await texting(list, {}));
		expect(peopleWith(2)).toEqual(list);
	});
});

describe('a text that Clerk Chat took without saying so', () => {
	test.each([
		['the connection ended', '+15005550602'],
		['it answered 500', '+15005550614'],
	])('%s: the record tells, the message comes out, and a hint says so', async (_, taken) => {
		const list = ['+14155550101', taken, '+14155550103'];
		const execution = await n8n.runWorkflow(await texting(list, {}));
		expect(peopleWith(1)).toEqual([...list].sort());
		expect(sandbox.stats().messages).toBe(list.length);
		expectItemsOf(execution, list);
		expect(hintsOf(execution)).toEqual(["Sent 3 (1 confirmed by Clerk Chat's history)."]);
	});
});
