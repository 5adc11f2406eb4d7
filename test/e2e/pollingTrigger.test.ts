/* eslint-disable @n8n/community-nodes/no-restricted-imports -- runs on a developer's machine, not inside n8n */
import { setTimeout as wait } from 'node:timers/promises';
import type { IDataObject } from 'n8n-workflow';
import { credentialFor, DEFAULT_N8N_VERSION, itemsFrom } from './n8n';
import type { Execution, WorkflowFile } from './n8n';
import { pollingWorkflow, POLLING_TRIGGER } from './pollingWorkflow';
import { credentials, n8n, sandbox, useN8n } from './running';
import { clerkChatNode, node } from './workflowFile';

/*
 * The polling trigger in a real n8n: publishing, outages, crashes, and replies to questions. Polls every three seconds.
 */

const ANN = '+14155550123';
const [BOB, CAROL, DAVE, ERIN, FRANK] = [4, 5, 6, 7, 8].map((last) => `+1415555012${last}`);
const US = '+14155550100';
const SECONDS = 3;

useN8n({ env: { EXECUTIONS_DATA_SAVE_ON_SUCCESS: 'all' } });

const polling = (parameters: IDataObject = {}) => pollingWorkflow(SECONDS, parameters);

/** Makes a workflow, without publishing it. */
const created = async (workflow: WorkflowFile, used = credentials.clerkChatApi) =>
	await n8n.createWorkflow(workflow, { clerkChatApi: used });

const published: string[] = [];

async function publish(workflow: WorkflowFile, used?: string): Promise<string> {
	const id = await created(workflow, used);
	await n8n.activateWorkflow(id);
	published.push(id);
	return id;
}

afterEach(async () => {
	for (const id of published.splice(0)) await n8n.deactivateWorkflow(id);
});

/** What both outputs have returned so far, oldest first. */
async function out(id: string) {
	const executions = await n8n.listExecutions(id, 100);
	const texts = { messages: [] as string[], answers: [] as string[] };
	for (const { id: each, status } of executions.sort((a, b) => Number(a.id) - Number(b.id))) {
		if (status !== 'success') continue;
		const execution: Execution = await n8n.getExecution(each);
		const bodies = (output: number) =>
			itemsFrom(execution, POLLING_TRIGGER, { output }).map(({ json }) => String(json.body));
		texts.messages.push(...bodies(0));
		texts.answers.push(...bodies(1));
	}
	return texts;
}

/** Looks until it is so. */
async function until<T>(
	look: () => Promise<T>,
	isSo: (seen: T) => boolean,
	seconds = 60,
): Promise<T> {
	const deadline = Date.now() + seconds * 1000;
	for (;;) {
		const seen = await look();
		if (isSo(seen) || Date.now() > deadline) return seen;
		await wait(300);
	}
}

const receive = (body: string, from = ANN) => sandbox.receive({ from, to: US, body });

/**
 * Waits for a moment at which no poll hands over what it found. n8n saves first and starts the execution then: what a kill
 * hits in between is lost (docs/pollingTrigger.md). A busy machine takes longer over all of it.
 */
const betweenPolls = async (id: string) => {
	const sincePoll = () => Date.now() % (SECONDS * 1000);
	const isOver = () => {
		const { at, status } = sandbox.requests().at(-1)!;
		const since = Date.now() - Date.parse(at);
		return status !== null && since > 700 && since <= sincePoll() && sincePoll() < 2800;
	};
	const isAtRest = async () =>
		(await n8n.listExecutions(id)).every(({ status }) => status !== 'running' && status !== 'new');
	while (!(isOver() && (await isAtRest()) && isOver())) await wait(20);
};

const polls = async (count: number) => await wait(count * SECONDS * 1000 + 500);

describe('publishing', () => {
	test('a good key: works at once, and existing messages start nothing', async () => {
		receive('before');
		const id = await publish(polling());
		await polls(1);
		receive('after');
		const seen = await until(
			async () => await out(id),
			({ messages }) => messages.length > 0,
		);
		expect(seen.messages).toEqual(['after']);
		await polls(2);
		expect(await n8n.listExecutions(id)).toHaveLength(1);
	});

	test('a bad key: the error says so', async () => {
		const data = credentialFor(sandbox, { apiKey: 'wrong' });
		const used = await n8n.createCredential('clerkChatApi', 'Bad', data);
		const id = await created(polling(), used);
		await expect(n8n.activateWorkflow(id)).rejects.toThrow(/doesn't accept the API key/);
		await n8n.deactivateWorkflow(id).catch(() => undefined);
	});

	test('an API that is down, even when n8n starts: works as soon as the API does', async () => {
		sandbox.settings({ record: { access: 'failing' } });
		const id = await publish(polling());
		receive('while it was down');
		await n8n.kill();
		await n8n.startAgain();
		await polls(2);
		sandbox.settings({ record: { access: 'allowed' } });
		const seen = await until(
			async () => await out(id),
			({ messages }) => messages.length > 0,
		);
		expect(seen.messages).toEqual(['while it was down']);
		const failed = (await n8n.listExecutions(id)).filter(({ status }) => status === 'error');
		expect(failed.length).toBeLessThanOrEqual(2);
	});

	test('a test event in the editor', async () => {
		const id = await created(polling());
		const nothing = await n8n.runWorkflow(id, { trigger: POLLING_TRIGGER });
		expect(nothing.data.resultData.error?.message).toMatch(/No message of the last 30 days/);
		receive('older');
		await wait(20);
		receive('newer');
		const execution = await n8n.runWorkflow(id, { trigger: POLLING_TRIGGER });
		expect(itemsFrom(execution, POLLING_TRIGGER).map(({ json }) => json.body)).toEqual(['newer']);
	});
});

describe('nothing is lost, nothing is returned twice', () => {
	test('1,000 texts with four kills, an outage, late and shuffled entries', async () => {
		sandbox.settings({ record: { order: 'shuffled', listedAfterMs: 1500 } });
		const id = await publish(polling());
		const all: string[] = [];
		const texts = async (count: number) => {
			for (let each = 0; each < count; each++) {
				all.push(`text ${all.length}`);
				receive(all.at(-1)!, `+1415555${String(1000 + (all.length % 50))}`);
				if (each % 10 === 9) await wait(200);
			}
		};
		for (let round = 0; round < 4; round++) {
			await texts(225);
			await betweenPolls(id);
			await n8n.kill();
			await texts(10);
			await n8n.startAgain();
		}
		sandbox.settings({ record: { access: 'failing' } });
		await texts(60);
		await polls(2);
		sandbox.settings({ record: { access: 'allowed' } });
		const seen = await until(
			async () => await out(id),
			({ messages }) => messages.length >= all.length,
			90,
		);
		await polls(2);
		const { messages } = await out(id);
		expect(seen.messages.length).toBeGreaterThan(0);
		const lost = all.filter((text) => !messages.includes(text));
		expect(lost).toEqual([]);
		expect(messages).toHaveLength(new Set(messages).size);
	}, 400_000);
});

/** Starts a workflow that asks Ann, and waits until it waits. */
async function ask(parameters: IDataObject = {}) {
	const workflow: WorkflowFile = {
		name: 'Ask',
		nodes: [
			node('Start', 'n8n-nodes-base.manualTrigger', 1, {}),
			{
				...clerkChatNode('Ask', 'clerkChat', {
					resource: 'message',
					operation: 'sendAndWait',
					sender: US,
					recipients: ANN,
					message: 'Friday?',
					responseType: 'approval',
					approvalOptions: { values: { approvalType: 'double' } },
					...parameters,
				}),
				// As n8n's editor sets it: the link contains it, and n8n finds the node by it.
				id: '3f0c9c52-9b0e-4b3f-a3ab-0d8a4a3f2f10',
			},
		],
		connections: { Start: { main: [[{ node: 'Ask', type: 'main', index: 0 }]] } },
		settings: { executionOrder: 'v1' },
	} as WorkflowFile;
	const id = await n8n.startWorkflow(await created(workflow));
	const execution = await n8n.waitForExecution(id);
	expect(execution.status).toBe('waiting');
	const answer = async () => {
		const done = await n8n.waitForExecution(id, { statuses: ['success', 'error'] });
		return itemsFrom(done, 'Ask')[0].json.data as IDataObject;
	};
	return { id, answer, status: async () => (await n8n.getExecution(id)).status };
}

const byText = (data: IDataObject, from = ANN) => ({
	...data,
	respondedBy: 'text',
	respondedAt: expect.any(String) as string,
	from,
	id: expect.any(Number) as number,
});

describe('a reply by text', () => {
	test('is the answer; any other text starts the workflow', async () => {
		const id = await publish(polling());
		const { answer, status } = await ask();
		receive('Who is this?');
		await until(
			async () => await out(id),
			({ messages }) => messages.length > 0,
		);
		expect(await status()).toBe('waiting');
		receive('No, thanks!');
		expect(await answer()).toEqual(byText({ approved: false, text: 'No, thanks!' }));
		receive('yes');
		const seen = await until(
			async () => await out(id),
			({ messages }) => messages.length > 1,
		);
		expect(seen).toEqual({ messages: ['Who is this?', 'yes'], answers: ['No, thanks!'] });
	});

	test('answers a free text question after n8n was killed; two triggers see the same', async () => {
		const ids = [await publish(polling()), await publish(polling())];
		const { answer } = await ask({ responseType: 'freeText', recipients: BOB });
		await polls(1);
		await n8n.kill();
		receive('On Monday', BOB);
		await n8n.startAgain();
		expect(await answer()).toEqual(byText({ text: 'On Monday' }, BOB));
		receive('Bye', BOB);
		for (const id of ids) {
			const seen = await until(
				async () => await out(id),
				({ messages }) => messages.length > 0,
			);
			expect(seen).toEqual({ messages: ['Bye'], answers: ['On Monday'] });
		}
	});

	test("is kept if it isn't an answer, even where it doesn't start the workflow", async () => {
		const id = await publish(polling({ events: ['message.failed'] }));
		const { status } = await ask({ recipients: FRANK });
		receive('Who is this?', FRANK);
		const executions = await until(
			async () => await n8n.listExecutions(id, 100),
			(all) => all.some((each) => each.status === 'success'),
		);
		expect(executions).toMatchObject([{ status: 'success' }]);
		expect(await out(id)).toEqual({ messages: [], answers: [] });
		await polls(2);
		expect(await n8n.listExecutions(id, 100)).toHaveLength(1);
		await n8n.kill();
		await n8n.startAgain();
		await polls(3);
		// It would make another one if the question heard of it again.
		expect(await n8n.listExecutions(id, 100)).toHaveLength(1);
		expect(await status()).toBe('waiting');
	});

	test('answers the newest of two questions, never the other one', async () => {
		const id = await publish(polling());
		const [first, second] = [
			await ask({ recipients: CAROL }),
			await ask({ responseType: 'freeText', recipients: CAROL }),
		];
		// In the first quarter of a minute, it might answer the first one.
		await wait(15_500);
		receive('blue', CAROL);
		receive('yes', CAROL);
		expect(await second.answer()).toEqual(byText({ text: 'blue' }, CAROL));
		const seen = await until(
			async () => await out(id),
			({ messages }) => messages.length > 0,
		);
		expect(seen).toEqual({ messages: ['yes'], answers: ['blue'] });
		expect(await first.status()).toBe('waiting');
	});

	test('continues the workflow with the reason if the question was not delivered', async () => {
		await publish(polling());
		const { answer } = await ask({ recipients: DAVE });
		await polls(1);
		sandbox.setStatus({ id: sandbox.messages().at(-1)!.message.id, status: 'failed' });
		expect(await answer()).toMatchObject({ delivered: false });
	});

	test('to a question already answered by its link is a text like any other', async () => {
		const id = await publish(polling());
		const { answer } = await ask({ recipients: ERIN });
		const link = String(sandbox.messages().at(-1)!.message.body).split('\n').at(-1)!;
		await fetch(link, { method: 'POST', body: new URLSearchParams({ answer: 'approve' }) });
		expect(await answer()).toMatchObject({ approved: true, respondedBy: 'page' });
		receive('no', ERIN);
		const seen = await until(
			async () => await out(id),
			({ messages }) => messages.length > 0,
		);
		expect(seen).toEqual({ messages: ['no'], answers: [] });
	});
});

test(`runs on n8n ${DEFAULT_N8N_VERSION} without complaints`, async () => {
	expect(await n8n.log()).not.toMatch(/TypeError|not a function/);
});
