/* eslint-disable @n8n/community-nodes/no-restricted-imports, @n8n/community-nodes/no-restricted-globals, no-console -- runs on a developer's machine, not inside n8n */
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { credentialFor, packNode, startN8n, type N8n } from '../e2e/n8n';
import {
	order,
	recipientsOf,
	sendAll,
	sendInLoop,
	sendSlice,
	sendSlices,
} from '../queue/workflows';
import { startQueueMode, until, type Worker } from '../queue/queueMode';
import { startSandbox, type Sandbox } from '../sandbox/sandbox';

/*
 * Measures a very long list in one run of the node, in a loop, and in slices sent by a sub-workflow: the time, and the
 * peak memory of the sending process. Then the same slices in two halves on two workers. See docs/queueMode.md.
 */

const { values } = parseArgs({
	options: {
		items: { type: 'string', default: '20000' },
		slice: { type: 'string', default: '1000' },
		only: { type: 'string', default: 'run,loop,slices,workers' },
	},
});
const items = Number(values.items);
const slice = Number(values.slice);

const LATENCY_MS = 20;
const LONGEST_MS = 3_600_000;

/** Starts an execution for each of so many equal shares of the list, and waits until all have ended. */
async function send(n8n: N8n, sandbox: Sandbox, path: string, shares: number) {
	sandbox.reset();
	sandbox.settings({ latencyMs: LATENCY_MS });
	const count = items / shares;
	const started = Date.now();
	for (let n = 0; n < shares; n++) await order(n8n.url, path, { first: n * count, count });
	await until(() => sandbox.stats().messages >= items, LONGEST_MS);
	const seconds = (Date.parse(String(sandbox.stats().lastMessageAt)) - started) / 1000;
	// Saving the result takes memory, too.
	await until(async () => {
		const all = await n8n.listExecutions(undefined, 100).catch(() => undefined);
		return all?.every(({ status }) => status === 'success') ?? false;
	}, LONGEST_MS);
	const { messages, messagesPerRecipient } = sandbox.stats();
	const sent = recipientsOf({ first: 0, count: items });
	if (messages !== items || sent.some((to) => messagesPerRecipient[to] !== 1))
		throw new Error(`${path}: ${messages} messages for ${items} people`);
	return seconds;
}

function tell(how: string, seconds: number, memories: Array<number | undefined>) {
	const peaks = memories.map((bytes) => ((bytes ?? NaN) / 2 ** 20).toFixed(0));
	console.log(`| ${how} | ${seconds.toFixed(0)} | ${peaks.join(' and ')} |`);
}

async function prepare(n8n: N8n, sandbox: Sandbox) {
	const data = credentialFor(sandbox);
	const clerkChatApi = await n8n.createCredential('clerkChatApi', 'Clerk Chat', data);
	const credentials = { clerkChatApi };
	const called = await n8n.createWorkflow(sendSlice('slice'), credentials);
	if (!n8n.version.startsWith('1.')) await n8n.activateWorkflow(called);
	for (const workflow of [
		sendAll('run'),
		sendInLoop('loop', slice),
		sendSlices('slices', slice, called),
	])
		await n8n.activateWorkflow(await n8n.createWorkflow(workflow, credentials));
}

async function main() {
	const sandbox = await startSandbox();
	console.log(
		`${cpus().length} × ${cpus()[0]?.model}, ${items} messages, slices of ${slice}, answers after ${LATENCY_MS} ms\n`,
	);
	console.log('| how | seconds | peak memory (MiB) |\n|---|---|---|');
	try {
		const tarball = await packNode();
		for (const path of ['run', 'loop', 'slices'].filter((each) => values.only.includes(each))) {
			const n8n = await startN8n({ tarball, onProgress: () => {} });
			try {
				await prepare(n8n, sandbox);
				tell(`one process, ${path}`, await send(n8n, sandbox, path, 1), [await n8n.memory()]);
			} finally {
				await n8n.stop();
			}
		}
		if (!values.only.includes('workers')) return;
		const queueMode = await startQueueMode();
		try {
			await prepare(queueMode.n8n, sandbox);
			const workers: Worker[] = await queueMode.startWorkers(2);
			const seconds = await send(queueMode.n8n, sandbox, 'slices', 2);
			const memories = await Promise.all(workers.map(async (each) => await each.memory()));
			const shares = await Promise.all(workers.map(async (each) => (await each.began()).length));
			tell(`two workers, slices (executions: ${shares.join(' and ')})`, seconds, memories);
		} finally {
			await queueMode.stop();
		}
	} finally {
		await sandbox.close();
	}
}

main().catch((error: unknown) => {
	console.error(error);
	process.exitCode = 1;
});
