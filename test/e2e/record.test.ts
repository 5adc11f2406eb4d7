/* eslint-disable @n8n/community-nodes/no-restricted-imports -- runs on a developer's machine, not inside n8n */
import { setTimeout as wait } from 'node:timers/promises';
import type { IDataObject } from 'n8n-workflow';
import { sendMessage } from '../sandbox/ask';
import { failureOf, itemsFrom, type Execution } from './n8n';
import {
	asked,
	DROPPED,
	edit,
	KEPT,
	LOST,
	n8n,
	NODE,
	restart,
	sandbox,
	sendAgain,
	SLOW,
	some,
	somebody,
	texting,
	toContinue,
	useN8n,
} from './running';
import { node, to } from './workflowFile';

/*
 * What Clerk Chat's record says of messages, and what it doesn't (docs/sending.md), in a real n8n: Skip If Sent with a
 * record that lags, messages that aren't the ones they look like, and thousands of equal ones.
 */

useN8n();

/** The first message gets a 500 and isn't kept, the next ones are. */
const FIRST_FAILS = '+15005550613';

/** A number in a form in which the sandbox takes it for an ordinary one. */
const spaced = (number: string) => number.replace(/^\+1(\d{3})(\d{3})/, '+1 $1 $2 ');

const once = { options: { skipSentWithinHours: 24 } };

/** The requests for the record so far. */
const looks = () => sandbox.requests().filter(({ method }) => method === 'GET');

/** Closes the record once it has been read again, so that nobody has to wait until a search ends. */
async function closeOnceRead(times = 1): Promise<void> {
	const isRead = ({ status }: ReturnType<typeof looks>[number]) => status === 200;
	const before = looks().filter(isRead).length;
	while (looks().filter(isRead).length < before + times) await wait(1);
	sandbox.settings({ record: { access: 'forbidden' } });
}

/** A request for a window of the record. */
const BOTH_ENDS = /start=.*end=|end=.*start=/;

/** What became of each item. */
const outcomesOf = (execution: Execution) =>
	itemsFrom(execution, NODE).map(({ json }) => {
		if (json.error) return (json.error as IDataObject).outcome;
		return json.skipped ? 'skipped' : 'sent';
	});

/** Runs the workflow, in which an item ends unclear, with a record that can't be read. */
async function runUnclear(id: string): Promise<Execution> {
	sandbox.settings({ record: { access: 'forbidden' } });
	const execution = await n8n.runWorkflow(id);
	expect(failureOf(execution)?.message).toContain('may have been sent');
	sandbox.settings({ record: { access: 'allowed' } });
	return execution;
}

/** Retries an execution of which one item is unclear. The record is read once. */
async function retryUnclear({ id }: Execution): Promise<Execution> {
	const closed = closeOnceRead();
	const retried = await n8n.retryExecution(id);
	await closed;
	return retried;
}

describe('Skip If Sent, while the record lists nothing yet', () => {
	beforeEach(() => sandbox.settings({ record: { listedAfterMs: null } }));

	test.each([
		'documented',
		'textFooter',
		'textNull',
		'senderInboxName',
		'senderMissing',
		'timesMissing',
		'timesDaysOnly',
		'noDateAndBehind',
		'membersNames',
	])("what a run without it sent isn't sent again (Clerk Chat's answer: %s)", async (form) => {
		sandbox.settings({ record: { form } });
		const list = some(2);
		await n8n.runWorkflow(await texting(list));
		const execution = await n8n.runWorkflow(await texting(list, {}, once));
		expect(failureOf(execution)).toBeUndefined();
		expect(outcomesOf(execution)).toEqual(['skipped', 'skipped']);
		expect(asked()).toEqual(list);
	});

	test("what ended unclear isn't sent again, and is found once it's listed", async () => {
		const without = await texting([LOST], toContinue);
		const has = await texting([KEPT], toContinue, once);
		for (const [id, times] of [
			[without, 1],
			[has, 2],
		] as const) {
			const closed = closeOnceRead(times);
			expect(outcomesOf(await n8n.runWorkflow(id))).toEqual(['unknown']);
			await closed;
			sandbox.settings({ record: { access: 'allowed' } });
		}
		const both = await texting([LOST, KEPT], toContinue, once);
		expect(outcomesOf(await n8n.runWorkflow(both))).toEqual(['unknown', 'unknown']);
		sandbox.settings({ record: { listedAfterMs: 0 } });
		expect(outcomesOf(await n8n.runWorkflow(both))).toEqual(['skipped', 'skipped']);
		expect(asked()).toEqual([LOST, KEPT]);
	});

	test("none of a run's 5,500 messages is sent again", async () => {
		const list = some(5_500);
		const id = await texting(list, {}, once);
		expect(failureOf(await n8n.runWorkflow(id))).toBeUndefined();
		const execution = await n8n.runWorkflow(id);
		expect(new Set(outcomesOf(execution))).toEqual(new Set(['skipped']));
		expect(itemsFrom(execution, NODE)).toHaveLength(list.length);
		expect(Object.values(sandbox.stats().messagesPerRecipient)).toEqual(list.map(() => 1));
	});
});

test("a group's message that is taken for a lost one to one of its people: the others don't get it again", async () => {
	const bob = somebody();
	const equal = { body: 'to a group' };
	const recipients = [spaced(FIRST_FAILS), bob];
	await sendMessage(sandbox.url, bob, { ...equal, recipients });
	const separately = { severalNumbers: 'separately', maxConcurrency: 1 };
	const each = { ...equal, options: separately };
	const id = await texting([`${FIRST_FAILS}, ${bob}`], {}, each);
	const failed = await runUnclear(id);
	await edit(id, { options: { ...separately, ...once.options, ...sendAgain.options } });
	const retried = await n8n.retryExecution(failed.id, { loadWorkflow: true });
	expect(failureOf(retried)).toBeUndefined();
	expect(outcomesOf(retried)).toEqual(['sent', 'skipped']);
	// The group's, and the lost one.
	expect(asked()).toEqual([recipients[0], FIRST_FAILS]);
});

describe("a message that wasn't sent isn't called sent", () => {
	test('two equal items, the first one lost; the record has IDs as text', async () => {
		sandbox.settings({ slowMs: 1_500 });
		// The slow one gives time to change the record before it is searched.
		const id = await texting([FIRST_FAILS, FIRST_FAILS, SLOW], toContinue, { body: 'equal' });
		const running = n8n.runWorkflow(id);
		while (sandbox.messages().length < 2) await wait(1);
		sandbox.settings({ record: { form: 'idText' } });
		await closeOnceRead();
		expect(outcomesOf(await running)).toEqual(['unknown', 'sent', 'sent']);
	});

	test.each([
		['at once', 0],
		['a minute and a half later, and n8n was started again', 90_000],
	])('another execution sent the same %s', async (_, later) => {
		const first = await runUnclear(await texting([FIRST_FAILS], {}, { body: 'another' }));
		sandbox.settings({ record: { clockOffsetMs: later } });
		const second = await n8n.runWorkflow(await texting([FIRST_FAILS], {}, { body: 'another' }));
		expect(outcomesOf(second)).toEqual(['sent']);
		sandbox.settings({ record: { clockOffsetMs: 0 } });
		if (later > 0) await restart();
		const retried = await retryUnclear(first);
		expect(failureOf(retried)?.message).toBe(failureOf(first)?.message);
		expect(asked()).toHaveLength(2);
		// It can have been sent only around the time of its request.
		for (const { path } of looks()) expect(path).toMatch(BOTH_ENDS);
	});

	test('media without a text: somebody else sent such a message', async () => {
		const media = { body: '', additionalFields: { mediaUrls: ['https://example.com/a.png'] } };
		const first = await runUnclear(await texting([FIRST_FAILS], {}, media));
		await sendMessage(sandbox.url, FIRST_FAILS, {
			body: '',
			mediaUrls: ['https://example.com/a.png'],
		});
		expect(sandbox.messages()).toHaveLength(1);
		const retried = await n8n.retryExecution(first.id);
		expect(failureOf(retried)?.message).toBe(failureOf(first)?.message);
		expect(asked()).toHaveLength(2);
	});

	test('an older equal text, and a record whose pages arrive long after their headers', async () => {
		sandbox.settings({ record: { clockOffsetMs: -5_000 } });
		await sendMessage(sandbox.url, spaced(DROPPED), { body: 'older' });
		expect(sandbox.messages()).toHaveLength(1);
		sandbox.settings({ record: { clockOffsetMs: 0, bodyAfterMs: 8_000 } });
		const id = await texting([DROPPED], toContinue, { body: 'older' });
		const running = n8n.runWorkflow(id);
		await closeOnceRead();
		expect(outcomesOf(await running)).toEqual(['unknown']);
	});
});

test('an early and a late unclear message: what lies before the late one is read once, in a window with both ends', async () => {
	// The search reads a minute more than it needs: these are in the window of the early message alone.
	sandbox.settings({ record: { clockOffsetMs: -40_000 } });
	for (let n = 0; n < 1_000; n++) sandbox.receive({ from: '+14155559999', body: `Text ${n}` });
	sandbox.settings({ slowMs: 35_000, record: { clockOffsetMs: 0, listedAfterMs: null } });
	const id = await texting([FIRST_FAILS, SLOW, LOST], toContinue, {
		body: 'early and late',
		options: { maxConcurrency: 1 },
	});
	const running = n8n.runWorkflow(id);
	// All there is makes 20 pages. The late message is listed in time for the third or fourth search.
	while (looks().length < 23) await wait(1);
	sandbox.settings({ record: { listedAfterMs: 0 } });
	expect(outcomesOf(await running)).toEqual(['unknown', 'sent', 'sent']);
	expect(looks().length).toBeLessThan(30);
	for (const { path } of looks()) expect(path).toMatch(BOTH_ENDS);
});

describe('8,000 equal texts to one person', () => {
	const ELSEWHERE = 'elsewhere';

	/** Activates a workflow that answers a webhook. */
	async function answerElsewhere(): Promise<void> {
		const parameters = { path: ELSEWHERE, responseMode: 'lastNode' };
		const webhook = {
			...node('Webhook', 'n8n-nodes-base.webhook', 2, parameters),
			webhookId: ELSEWHERE,
		};
		const id = await n8n.createWorkflow({
			name: 'Answers a webhook',
			nodes: [webhook, node('Answer', 'n8n-nodes-base.noOp', 1)],
			connections: { Webhook: { main: [[to('Answer')]] } },
			settings: { executionOrder: 'v1', saveDataSuccessExecution: 'none' },
		});
		await n8n.activateWorkflow(id);
	}

	/**
	 * Runs a workflow.
	 * @returns its execution, how often the other one answered, how many other calls were made, and the most that waited
	 * at once
	 */
	async function runBeside(id: string) {
		let isOver = false;
		let [answers, count, waiting, most] = [0, 0, 0, 0];
		const started = await n8n.startWorkflow(id);
		const call = async (path: string) => {
			const response = await fetch(n8n.url + path);
			await response.arrayBuffer();
			expect(response.status).toBe(200);
		};
		const oneByOne = async () => {
			for (; !isOver; answers++) await call(`/webhook/${ELSEWHERE}`);
		};
		const tenASecond = async () => {
			const calls: Array<Promise<void>> = [];
			for (; !isOver; await wait(100)) {
				count++;
				most = Math.max(most, ++waiting);
				calls.push(call('/healthz').then(() => void waiting--));
			}
			await Promise.all(calls);
		};
		const others = [oneByOne(), tenASecond()];
		// Reading the execution itself, over and over, would keep n8n busy.
		const isDone = async () => {
			const [{ status }] = await n8n.listExecutions(id, 1);
			return status !== 'running' && status !== 'new';
		};
		while (!(await isDone())) await wait(200);
		isOver = true;
		await Promise.all(others);
		return { execution: await n8n.waitForExecution(started), answers, count, most };
	}

	test('n8n answers others while it sends them, and while it skips them', async () => {
		await answerElsewhere();
		const id = await texting(Array<string>(8_000).fill(somebody()), {}, once);
		const run = async (outcome: string) => {
			const { execution, answers, count, most } = await runBeside(id);
			expect(failureOf(execution)).toBeUndefined();
			expect(new Set(outcomesOf(execution))).toEqual(new Set([outcome]));
			expect(answers).toBeGreaterThan(2);
			// Compared each with each, they would keep it from answering most of the time.
			expect(most).toBeLessThan(Math.max(25, count / 3));
		};
		await run('sent');
		// By the node's own memory.
		await run('skipped');
		await restart();
		// By the record.
		await run('skipped');
		expect(sandbox.messages()).toHaveLength(8_000);
	});
});
