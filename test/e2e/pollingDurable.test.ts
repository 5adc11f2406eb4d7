/* eslint-disable @n8n/community-nodes/no-restricted-imports, no-console -- runs on a developer's machine, not inside n8n */
import { setTimeout as wait } from 'node:timers/promises';
import type { IDataObject } from 'n8n-workflow';
import { DEFAULT_N8N_VERSION, startWithSandbox } from './n8n';
import type { Started } from './n8n';
import { pollEvery, pollingWorkflow } from './pollingWorkflow';

/*
 * The polling trigger with n8n killed at random moments, including right after saving, and with two Poll Times that
 * poll in the same second. With n8n's durable cursors and without; n8n 1.x doesn't have them.
 */

const SECONDS = 3;
const KILLS = 5;

const DURABLE = {
	N8N_SCHEDULER_ENABLED: 'true',
	N8N_SCHEDULER_POLL_TRIGGERS_ENABLED: 'true',
	N8N_POLLER_DURABLE_CURSORS_ENABLED: 'true',
};

const MODES = DEFAULT_N8N_VERSION.startsWith('1.') ? ['off'] : ['on', 'off'];

/** The texts that executions began with, also those that were killed before they ran. */
async function messagesOf({ n8n }: Started, id: string): Promise<string[]> {
	const executions = await n8n.listExecutions(id, 100);
	const texts: string[] = [];
	for (const { id: each } of executions.sort((a, b) => Number(a.id) - Number(b.id))) {
		const { data } = await n8n.getExecution(each);
		texts.push(...new Set(JSON.stringify(data).match(/text \d+/g)));
	}
	return texts;
}

let started = {} as Started;

afterEach(async () => await started.stop?.());

test.each(MODES)(
	'five kills at random moments, durable cursors %s: no text is returned twice',
	async (mode) => {
		const env = { EXECUTIONS_DATA_SAVE_ON_SUCCESS: 'all', ...(mode === 'on' && DURABLE) };
		started = await startWithSandbox({}, env);
		const { sandbox, n8n, credentials } = started;
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
		for (let round = 0; round < KILLS; round++) {
			await texts(200);
			await wait(Math.random() * SECONDS * 1000);
			await n8n.kill();
			await texts(10);
			await n8n.startAgain();
		}
		// Ten polls without news, and no more comes: some may be lost.
		const patience = mode === 'on' ? 60 : 6;
		for (let [looks, before] = [0, 0]; looks < patience; looks++) {
			const { length } = await messagesOf(started, id);
			if (length >= all.length) break;
			if (length > before) looks = 0;
			before = length;
			await wait(5_000);
		}
		await wait(2 * SECONDS * 1000);
		const messages = await messagesOf(started, id);
		const came = new Set(messages);
		expect(messages.filter((text, index) => messages.indexOf(text) !== index)).toEqual([]);
		const lost = all.filter((text) => !came.has(text));
		if (lost.length > 0) console.log(`${lost.length} of ${all.length} texts were lost`);
		// Without them, n8n may lose the one poll that it was killed in, between saving the position and starting the execution.
		const gaps = lost.filter((text) => !lost.includes(all[all.indexOf(text) - 1]));
		expect(gaps.length).toBeLessThanOrEqual(mode === 'on' ? 0 : KILLS);
	},
	600_000,
);
