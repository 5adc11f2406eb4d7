/* eslint-disable @n8n/community-nodes/no-restricted-imports, @n8n/community-nodes/no-restricted-globals, @n8n/community-nodes/no-dangerous-functions, no-console -- runs on a developer's machine, not inside n8n */
import { spawn } from 'node:child_process';
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { credentialFor } from '../e2e/n8n';
import { systemProgram } from '../e2e/systemPackage';
import { order, sendAll } from '../queue/workflows';
import { startQueueMode, until, type QueueMode, type Worker } from '../queue/queueMode';
import { startSandbox, type Sandbox } from '../sandbox/sandbox';

/*
 * Compares one worker with two in n8n's queue mode: docs/benchmarks.md. With --share, each worker is limited to a
 * percentage of a core, as if it had its own machine. Without it, a machine with few cores measures its cores, not the
 * benefit of a second worker.
 */

const { values } = parseArgs({
	options: {
		rounds: { type: 'string', default: '3' },
		executions: { type: 'string', default: '8' },
		items: { type: 'string', default: '500' },
		share: { type: 'string' },
	},
});
const rounds = Number(values.rounds);
const executions = Number(values.executions);
const items = Number(values.items);

const LATENCY_MS = 20;
const PATH = 'bench';

/** @returns messages per second, from the call of the webhook to the last message */
async function measure(sandbox: Sandbox, url: string, calls: number, count: number) {
	sandbox.reset();
	sandbox.settings({ latencyMs: LATENCY_MS });
	const started = Date.now();
	const orders = Array.from({ length: calls }, (_, n) => ({ first: n * count, count }));
	await Promise.all(orders.map(async (each) => await order(url, PATH, each)));
	await until(() => sandbox.stats().messages === calls * count, 300_000);
	return (calls * count * 1000) / (Date.parse(String(sandbox.stats().lastMessageAt)) - started);
}

/** Holds a process to a share of one core (percent) until it ends. */
async function holdBack(pid: number, share: string) {
	const program = await systemProgram({ names: ['cpulimit'], package: 'cpulimit' });
	spawn(program, ['--pid', String(pid), '--limit', share, '--lazy'], { stdio: 'ignore' }).unref();
}

async function round(queueMode: QueueMode, sandbox: Sandbox) {
	const { url } = queueMode.n8n;
	const workers: Worker[] = [];
	const speeds: number[] = [];
	let shares: number[] = [];
	for (const count of [1, 2]) {
		const [worker] = await queueMode.startWorkers(1);
		if (values.share) await holdBack(worker.pid, values.share);
		workers.push(worker);
		// Each worker has then run the workflow once.
		await measure(sandbox, url, 4 * count, 50);
		const before = await Promise.all(workers.map(async (each) => (await each.began()).length));
		speeds.push(await measure(sandbox, url, executions, items));
		const after = await Promise.all(workers.map(async (each) => (await each.began()).length));
		shares = after.map((all, n) => all - before[n]);
	}
	for (const worker of workers) await worker.stop();
	const [one, two] = speeds;
	return { one, two, ratio: two / one, shares };
}

async function main() {
	const sandbox = await startSandbox();
	const queueMode = await startQueueMode();
	try {
		const { n8n } = queueMode;
		const clerkChatApi = await n8n.createCredential(
			'clerkChatApi',
			'Clerk Chat',
			credentialFor(sandbox),
		);
		await n8n.activateWorkflow(await n8n.createWorkflow(sendAll(PATH), { clerkChatApi }));
		console.log(
			`n8n ${n8n.version}, ${cpus().length} × ${cpus()[0]?.model}, ${executions} executions of ${items} messages at once, answers after ${LATENCY_MS} ms${values.share ? `, ${values.share} % of a core for each worker` : ''}\n`,
		);
		console.log(
			'| one worker (messages a second) | two workers | ratio | executions of each of the two |\n|---|---|---|---|',
		);
		const ratios: number[] = [];
		for (let n = 0; n < rounds; n++) {
			const { one, two, ratio, shares } = await round(queueMode, sandbox);
			ratios.push(ratio);
			console.log(
				`| ${one.toFixed(0)} | ${two.toFixed(0)} | ${ratio.toFixed(2)} | ${shares.join(' and ')} |`,
			);
		}
		ratios.sort((a, b) => a - b);
		console.log(`\nMedian ratio: ${ratios[ratios.length >> 1].toFixed(2)}`);
	} finally {
		await queueMode.stop();
		await sandbox.close();
	}
}

main().catch((error: unknown) => {
	console.error(error);
	process.exitCode = 1;
});
