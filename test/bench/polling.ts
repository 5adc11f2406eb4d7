/* eslint-disable @n8n/community-nodes/no-restricted-imports, @n8n/community-nodes/no-restricted-globals, no-console -- runs on a developer's machine, not inside n8n */
import { setTimeout as wait } from 'node:timers/promises';
import { itemsFrom, startWithSandbox } from '../e2e/n8n';
import type { Started } from '../e2e/n8n';
import { pollingWorkflow, POLLING_TRIGGER } from '../e2e/pollingWorkflow';
import { median } from './median';

/*
 * Measures a poll with 0, 50 and 1,000 new messages in a real n8n: the number of requests, and the time from the first
 * one until the workflow starts. Then measures how a backlog is worked off, and how much data is saved with the
 * workflow meanwhile; --backlog runs only this part.
 */

const NEW_MESSAGES = [0, 50, 1_000];
const ROUNDS = 3;
const LATENCY_MS = 100;
const SECONDS_BETWEEN_POLLS = 15;
const BACKLOG = 50_000;
const MS_BETWEEN_TEXTS = 10_000;

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
		// One message moves the trigger past the overlap with earlier messages.
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

/** Six days of texts at once. */
async function readBacklog({ sandbox, n8n }: Started, workflow: string) {
	await nextPoll({ sandbox } as Started);
	const { clockOffsetMs } = sandbox.settings().record;
	const known = new Set((await n8n.listExecutions(workflow, 100)).map(({ id }) => id));
	const requests = sandbox.requests().length;
	const began = Date.now();
	for (let each = 1; each <= BACKLOG; each++) {
		const offset = clockOffsetMs + each * MS_BETWEEN_TEXTS;
		sandbox.settings({ record: { clockOffsetMs: offset } });
		sandbox.receive({ from: '+14155550123', body: `text ${each}` });
	}
	const texts = new Set<unknown>();
	const sizes: number[] = [];
	let saved = 0;
	let twice = 0;
	while (texts.size < BACKLOG && Date.now() - began < 1_200_000) {
		await wait(1_000);
		const { staticData } = (await n8n.getWorkflow(workflow)) as { staticData?: unknown };
		saved = Math.max(saved, JSON.stringify(staticData ?? '').length);
		for (const { id, status } of await n8n.listExecutions(workflow, 100)) {
			if (known.has(id) || status !== 'success') continue;
			known.add(id);
			const items = itemsFrom(await n8n.waitForExecution(id), POLLING_TRIGGER);
			sizes.push(items.length);
			for (const { json } of items) {
				if (texts.has(json.body)) twice++;
				texts.add(json.body);
			}
		}
	}
	return {
		backlog: BACKLOG,
		'came out': texts.size,
		twice,
		executions: sizes.length,
		largest: Math.max(...sizes),
		requests: sandbox.requests().length - requests,
		seconds: Math.round((Date.now() - began) / 1_000),
		'saved, at most (bytes)': saved,
	};
}

async function main() {
	const started = await startWithSandbox();
	const { sandbox, n8n, credentials, stop } = started;
	try {
		const id = await n8n.createWorkflow(pollingWorkflow(SECONDS_BETWEEN_POLLS), credentials);
		await n8n.activateWorkflow(id);
		sandbox.settings({ latencyMs: LATENCY_MS });
		console.log(`The API answers after ${LATENCY_MS} ms.`);
		const rows = [];
		const counts = process.argv.includes('--backlog') ? [] : NEW_MESSAGES;
		for (const count of counts) rows.push(await measure(started, id, count));
		if (rows.length > 0) console.table(rows);
		console.table([await readBacklog(started, id)]);
	} finally {
		await stop();
	}
}

main().catch((error: unknown) => {
	console.error(error);
	process.exitCode = 1;
});
