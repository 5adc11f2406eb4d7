/* eslint-disable @n8n/community-nodes/no-restricted-imports -- runs on a developer's machine, not inside n8n */
import { setTimeout as wait } from 'node:timers/promises';
import type { IDataObject } from 'n8n-workflow';
import { startWithSandbox } from './n8n';
import type { Started } from './n8n';
import { pollEvery, pollingWorkflow } from './pollingWorkflow';

/*
 * The polling trigger with n8n's durable cursors: n8n is killed at any moment, also right after it has saved, and polls from
 * two Poll Times at the same second. n8n 1.x does not have them, and polls as it always does.
 */

const SECONDS = 3;

const DURABLE = {
	N8N_SCHEDULER_ENABLED: 'true',
	N8N_SCHEDULER_POLL_TRIGGERS_ENABLED: 'true',
	N8N_POLLER_DURABLE_CURSORS_ENABLED: 'true',
};

let { sandbox, n8n, credentials, stop } = {} as Started;

beforeAll(async () => {
	const env = { EXECUTIONS_DATA_SAVE_ON_SUCCESS: 'all', ...DURABLE };
	({ sandbox, n8n, credentials, stop } = await startWithSandbox({}, env));
});

afterAll(async () => await stop?.());

/** The texts that executions began with, also those that were killed before they ran. */
async function messagesOf(id: string): Promise<string[]> {
	const executions = await n8n.listExecutions(id, 100);
	const texts: string[] = [];
	for (const { id: each } of executions.sort((a, b) => Number(a.id) - Number(b.id))) {
		const { data } = await n8n.getExecution(each);
		texts.push(...new Set(JSON.stringify(data).match(/text \d+/g)));
	}
	return texts;
}

test('five kills at any moment: nobody is lost, nobody comes twice', async () => {
	const [first] = [pollEvery(SECONDS).item as IDataObject[]];
	const again = first.map((each) => ({
		...each,
		cronExpression: String(each.cronExpression).replace('* * * * *', '*/1 * * * *'),
	}));
	const workflow = pollingWorkflow(SECONDS, { pollTimes: { item: [...first, ...again] } });
	const id = await n8n.createWorkflow(workflow, credentials);
	await n8n.activateWorkflow(id);
	const all: string[] = [];
	const texts = async (count: number) => {
		for (let each = 0; each < count; each++) {
			all.push(`text ${all.length}`);
			const from = `+1415555${String(1000 + (all.length % 50))}`;
			sandbox.receive({ from, to: '+14155550100', body: all.at(-1)! });
			if (each % 10 === 9) await wait(200);
		}
	};
	for (let round = 0; round < 5; round++) {
		await texts(200);
		await wait(Math.random() * SECONDS * 1000);
		await n8n.kill();
		await texts(10);
		await n8n.startAgain();
	}
	for (let looks = 0; looks < 60; looks++) {
		if ((await messagesOf(id)).length >= all.length) break;
		await wait(5_000);
	}
	await wait(2 * SECONDS * 1000);
	const messages = await messagesOf(id);
	const came = new Set(messages);
	expect(messages.filter((text, index) => messages.indexOf(text) !== index)).toEqual([]);
	expect(all.filter((text) => !came.has(text))).toEqual([]);
}, 600_000);
