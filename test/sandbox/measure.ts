/* eslint-disable @n8n/community-nodes/no-restricted-imports, @n8n/community-nodes/no-restricted-globals, @n8n/community-nodes/no-dangerous-functions, no-console -- runs on a developer's machine, not inside n8n */
// How fast the sandbox is, in a process of its own: 10,000 messages, 50 at a time; then 100 clients at once that each read
// a record of 1,000 messages, 50 to a page.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { Agent, request } from 'node:http';
import { join } from 'node:path';
import { createSandboxClient } from './client';

const agent = new Agent({ keepAlive: true });

/** @throws when the answer has another status */
async function ask(method: string, url: string, status: number, body?: unknown): Promise<void> {
	const got = await new Promise((resolve, reject) => {
		const headers = { apiKey: 'sandbox-key', 'content-type': 'application/json' };
		const sent = request(url, { method, agent, headers }, (answer) => {
			answer.resume().on('end', () => resolve(answer.statusCode));
		});
		sent.on('error', reject).end(body && JSON.stringify(body));
	});
	if (got !== status) throw new Error(`Got ${got}`);
}

/** Does the work for 0, 1, …, `concurrency` at a time. */
async function inTurns(
	count: number,
	concurrency: number,
	work: (number: number) => Promise<void>,
): Promise<void> {
	let next = 0;
	const takeTurns = async () => {
		while (next < count) await work(next++);
	};
	await Promise.all(Array.from({ length: concurrency }, takeTurns));
}

async function sendAll(url: string, count: number): Promise<void> {
	await inTurns(count, 50, async (number) => {
		const recipients = [`+1415${String(number).padStart(7, '0')}`];
		const body = { sender: '+14155550100', recipients, body: 'Hello', mediaUrls: [] };
		await ask('POST', `${url}/public/messages`, 201, body);
	});
}

async function readAll(url: string, pages: number): Promise<void> {
	for (let page = 1; page <= pages; page++) {
		await ask('GET', `${url}/public/messages?limit=50&page=${page}`, 200);
	}
}

async function measure(): Promise<void> {
	const start = join(__dirname, 'start.ts');
	const child = spawn(process.execPath, ['--import', 'tsx', start, '--port', '0']);
	try {
		const [output] = (await once(child.stdout, 'data')) as [Buffer];
		const url = /http:\S+/.exec(output.toString())![0];
		const client = createSandboxClient(url);
		// The first round warms the process up.
		for (const round of ['cold', 'warm']) {
			await client.reset();
			await sendAll(url, 10_000);
			const { messages, wallMs, cpuMs, peakConnections } = await client.stats();
			console.log(
				`${round}: ${messages} messages in ${wallMs} ms, ${(cpuMs / messages).toFixed(3)} ms of CPU each, ` +
					`${peakConnections} connections`,
			);
			await client.reset();
			await sendAll(url, 1_000);
			const before = await client.stats();
			const start = Date.now();
			await inTurns(100, 100, async () => await readAll(url, 20));
			const pages = 2_000;
			const cpu = ((await client.stats()).cpuMs - before.cpuMs) / pages;
			console.log(
				`${round}: ${pages} pages of 50 in ${Date.now() - start} ms, ${cpu.toFixed(3)} ms of CPU each`,
			);
		}
	} finally {
		child.kill();
		agent.destroy();
	}
}

measure().catch((error: unknown) => {
	console.error(error);
	process.exitCode = 1;
});
