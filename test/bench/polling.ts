/* eslint-disable @n8n/community-nodes/no-restricted-imports, @n8n/community-nodes/no-restricted-globals, no-console -- runs on a developer's machine, not inside n8n */
import { setTimeout as wait } from 'node:timers/promises';
import { itemsFrom, startWithSandbox } from '../e2e/n8n';
import type { Started } from '../e2e/n8n';
import { pollingWorkflow, POLLING_TRIGGER } from '../e2e/pollingWorkflow';
import { median } from './median';

/*
 * What a poll costs with 0, 50 and 1,000 new messages, in a real n8n: how many requests it makes, and how long it takes
 * from the first of them until the workflow starts.
 */

const NEW_MESSAGES = [0, 50, 1_000];
const ROUNDS = 3;
const LATENCY_MS = 100;
const SECONDS_BETWEEN_POLLS = 15;

/** The requests of the next poll, once it has ended. */
async function nextPoll({ sandbox }: Started) {
	const before = sandbox.requests().length;
	while (sandbox.requests().length === before) await wait(20);
	for (let known = -1; known < sandbox.requests().length; await wait(2_000)) {
		known = sandbox.requests().length;
	}
	return sandbox.requests().slice(before);
}

async function measure(started: Started, workflow: string, count: number) {
	const { sandbox, n8n } = started;
	const requests: number[] = [];
	const times: number[] = [];
	for (let round = 0; round < ROUNDS; round++) {
		// One message moves the trigger on, past the overlap with what came before.
		const { clockOffsetMs } = sandbox.settings().record;
		sandbox.settings({ record: { clockOffsetMs: clockOffsetMs + 3_600_000 } });
		sandbox.receive({ from: '+14155550123', body: 'first' });
		await nextPoll(started);
		sandbox.settings({ record: { clockOffsetMs: clockOffsetMs + 4_000_000 } });
		for (let each = 0; each < count; each++) {
			sandbox.receive({ from: '+14155550123', body: `text ${each}` });
		}
		const made = await nextPoll(started);
		requests.push(made.length);
		if (count === 0) continue;
		const [newest] = await n8n.listExecutions(workflow);
		const items = itemsFrom(await n8n.waitForExecution(newest.id), POLLING_TRIGGER);
		if (items.length !== count) console.log(`Only ${items.length} of ${count} came out.`);
		times.push(Date.parse(newest.startedAt) - Date.parse(made[0].at));
	}
	return {
		'new messages': count,
		requests: requests.join(', '),
		'until it starts': times.length > 0 ? `${Math.round(median(times))} ms` : '',
	};
}

async function main() {
	const started = await startWithSandbox();
	const { sandbox, n8n, credentials, stop } = started;
	try {
		const id = await n8n.createWorkflow(pollingWorkflow(SECONDS_BETWEEN_POLLS), credentials);
		await n8n.activateWorkflow(id);
		sandbox.settings({ latencyMs: LATENCY_MS });
		const rows = [];
		for (const count of NEW_MESSAGES) rows.push(await measure(started, id, count));
		console.log(`The API answers after ${LATENCY_MS} ms.`);
		console.table(rows);
	} finally {
		await stop();
	}
}

main().catch((error: unknown) => {
	console.error(error);
	process.exitCode = 1;
});
