/* eslint-disable @n8n/community-nodes/no-restricted-imports, @n8n/community-nodes/no-restricted-globals, @n8n/community-nodes/no-dangerous-functions, no-console -- runs on a developer's machine, not inside n8n */
// How fast the sandbox is: 10,000 messages, 50 at a time, to a sandbox in a process of its own.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { Agent, request } from 'node:http';
import { join } from 'node:path';
import { createSandboxClient } from './client';

const messageCount = 10_000;
const concurrency = 50;
const agent = new Agent({ keepAlive: true, maxSockets: concurrency });

/** @returns the HTTP status */
async function sendOne(url: string, number: number): Promise<number | undefined> {
	const recipient = `+1415${String(number).padStart(7, '0')}`;
	const body = { sender: '+14155550100', recipients: [recipient], body: 'Hello', mediaUrls: [] };
	return await new Promise((resolve, reject) => {
		const headers = { apiKey: 'sandbox-key', 'content-type': 'application/json' };
		const sent = request(`${url}/public/messages`, { method: 'POST', agent, headers }, (answer) => {
			answer.resume().on('end', () => resolve(answer.statusCode));
		});
		sent.on('error', reject).end(JSON.stringify(body));
	});
}

async function sendAll(url: string): Promise<void> {
	let next = 0;
	const sendInTurn = async () => {
		while (next < messageCount) {
			const status = await sendOne(url, next++);
			if (status !== 201) throw new Error(`Got ${status}`);
		}
	};
	await Promise.all(Array.from({ length: concurrency }, sendInTurn));
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
			await sendAll(url);
			const { messages, wallMs, cpuMs, peakConnections } = await client.stats();
			console.log(
				`${round}: ${messages} messages in ${wallMs} ms, ${(cpuMs / messages).toFixed(3)} ms of CPU each, ` +
					`${peakConnections} connections`,
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
