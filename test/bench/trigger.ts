/* eslint-disable @n8n/community-nodes/no-restricted-imports, @n8n/community-nodes/no-restricted-globals, no-console -- runs on a developer's machine, not inside n8n */
import { randomUUID } from 'node:crypto';
import { Agent, request } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import type { IDataObject, INode } from 'n8n-workflow';
import { credentialFor, packNode, startN8n } from '../e2e/n8n';
import type { N8n, WorkflowFile } from '../e2e/n8n';
import { startSandbox } from '../sandbox/sandbox';
import type { Sandbox } from '../sandbox/sandbox';
import { median } from './median';

/*
 * Compares deliveries to this package's trigger and to n8n's own Webhook node in one run: docs/benchmarks.md. Starts
 * are observed from outside: each workflow sends the sandbox one message whose text is the event's ID.
 */

const { values } = parseArgs({
	options: {
		deliveries: { type: 'string', default: '2000' },
		rounds: { type: 'string', default: '2' },
		even: { type: 'boolean', default: false },
		lazy: { type: 'boolean', default: false },
	},
});
/*
 * n8n 2.40 prepares an expression sandbox at every webhook call, except for its own Webhook node (live-webhooks,
 * webhookPhaseNeedsIsolate). --even prepares it for both; --lazy prepares it for both, but only if there is an
 * expression.
 */

const deliveries = Number(values.deliveries);
const AT_A_TIME = 20;
const SECRET = 'only-for-this-run';

interface Delivery {
	eventId: string;
	kind: 'good' | 'repeat' | 'forged';
}

/** 80 % good events, 10 % repeats of one before, 10 % forgeries. */
function makeDeliveries(): Delivery[] {
	const good: string[] = [];
	return Array.from({ length: deliveries }, (_, index): Delivery => {
		if (index % 10 === 4) return { eventId: randomUUID(), kind: 'forged' };
		if (index % 10 === 9) return { eventId: good[Math.floor(good.length / 2)], kind: 'repeat' };
		const eventId = randomUUID();
		good.push(eventId);
		return { eventId, kind: 'good' };
	});
}

const agent = new Agent({ keepAlive: true, maxSockets: AT_A_TIME });

/** Posts one event; returns the status and the time to the full response, in ms. */
async function post(url: string, { eventId, kind }: Delivery) {
	const body = JSON.stringify({
		eventId,
		type: 'message.received',
		teamId: '00000000-0000-4000-8000-000000000000',
		data: { text: 'Hello', from: '+14155550123' },
	});
	const begun = performance.now();
	const status = await new Promise<number>((resolve, reject) => {
		const headers = {
			'content-type': 'application/json',
			'x-clerk-secret': kind === 'forged' ? 'wrong' : SECRET,
		};
		const sent = request(url, { method: 'POST', agent, headers }, (response) => {
			response.resume();
			response.on('end', () => resolve(response.statusCode ?? 0));
		});
		sent.on('error', reject);
		sent.end(body);
	});
	return { status, ms: performance.now() - begun };
}

const node = (name: string, type: string, typeVersion: number, parameters: IDataObject) =>
	({ id: name, name, type, typeVersion, position: [0, 0], parameters }) as unknown as INode;

function workflowWith(trigger: INode, eventId: string): WorkflowFile {
	const send = {
		...node('Clerk Chat', 'n8n-nodes-clerk-chat.clerkChat', 1, {
			resource: 'message',
			operation: 'send',
			sender: '+14155550100',
			recipients: '+14155550123',
			body: eventId,
		}),
		credentials: { clerkChatApi: { id: '', name: 'Clerk Chat' } },
	};
	return {
		name: trigger.type,
		nodes: [trigger, send],
		connections: { [trigger.name]: { main: [[{ node: 'Clerk Chat', type: 'main', index: 0 }]] } },
		settings: { executionOrder: 'v1' },
	};
}

const variants: Array<{
	name: string;
	trigger: (webhookId: string) => INode;
	eventId: string;
	path: string;
}> = [
	{
		name: "n8n's Webhook node, with header auth",
		trigger: (webhookId) =>
			({
				...node('Trigger', 'n8n-nodes-base.webhook', 2, {
					httpMethod: 'POST',
					path: webhookId,
					authentication: 'headerAuth',
					responseMode: 'onReceived',
					options: {},
				}),
				webhookId,
				credentials: { httpHeaderAuth: { id: '', name: 'Header' } },
			}) as INode,
		eventId: '={{ $json.body.eventId }}',
		path: '',
	},
	{
		name: 'Clerk Chat Trigger',
		trigger: (webhookId) =>
			({
				...node('Trigger', 'n8n-nodes-clerk-chat.clerkChatTrigger', 2, { events: ['*'] }),
				webhookId,
				credentials: { clerkChatApi: { id: '', name: 'Clerk Chat' } },
			}) as INode,
		eventId: '={{ $json.eventId }}',
		path: '/webhook',
	},
];

async function load(
	n8n: N8n,
	sandbox: Sandbox,
	credentials: Record<string, string>,
	index: number,
) {
	const { name, trigger, eventId, path } = variants[index];
	const webhookId = randomUUID();
	const id = await n8n.createWorkflow(workflowWith(trigger(webhookId), eventId), credentials);
	await n8n.activateWorkflow(id);
	const url = `${n8n.url}/webhook/${webhookId}${path}`;
	for (let warmUp = 0; warmUp < 50; warmUp++)
		await post(url, { eventId: randomUUID(), kind: 'good' });
	await wait(2000);
	sandbox.reset();

	const list = makeDeliveries();
	const times: number[] = [];
	const statuses: Record<string, number> = {};
	let position = 0;
	const worker = async () => {
		while (position < list.length) {
			const delivery = list[position++];
			const { status, ms } = await post(url, delivery);
			times.push(ms);
			const key = `${delivery.kind} ${status}`;
			statuses[key] = (statuses[key] ?? 0) + 1;
		}
	};
	await Promise.all(Array.from({ length: AT_A_TIME }, worker));

	const good = new Set(list.filter(({ kind }) => kind === 'good').map(({ eventId: each }) => each));
	for (let before = -1; before !== sandbox.stats().requests; await wait(3000)) {
		before = sandbox.stats().requests;
	}
	const counts = new Map<string, number>();
	for (const { message } of sandbox.messages())
		counts.set(message.body, (counts.get(message.body) ?? 0) + 1);
	await n8n.deactivateWorkflow(id);
	const sorted = times.sort((a, b) => a - b);
	const at = (share: number) => sorted[Math.ceil(sorted.length * share) - 1];
	return {
		name,
		p50: at(0.5),
		p95: at(0.95),
		started: [...good].filter((each) => counts.has(each)).length,
		lost: [...good].filter((each) => !counts.has(each)).length,
		doubled: [...counts].filter(([each, count]) => good.has(each) && count > 1).length,
		forged: [...counts.keys()].filter((each) => !good.has(each)).length,
		statuses,
	};
}

async function main() {
	const sandbox = await startSandbox();
	const n8n = await startN8n({
		tarball: await packNode(),
		env: {
			...(values.even && { N8N_EXPRESSION_ENGINE_ALLOW_WEBHOOK_ISOLATE_SKIP: 'false' }),
			...(values.lazy && { N8N_EXPRESSION_ENGINE_LAZY_ACQUIRE: 'true' }),
		},
	});
	const credentials = {
		clerkChatApi: await n8n.createCredential(
			'clerkChatApi',
			'Clerk Chat',
			credentialFor(sandbox, {
				webhookHeaderName: 'X-Clerk-Secret',
				webhookHeaderValue: SECRET,
			}),
		),
		httpHeaderAuth: await n8n.createCredential('httpHeaderAuth', 'Header', {
			name: 'X-Clerk-Secret',
			value: SECRET,
		}),
	};
	console.log(
		`${deliveries} deliveries, 10 % repeats, 10 % forged, ${AT_A_TIME} at a time\n\n| round | node | p50 ms | p95 ms | started | lost | started twice or more | started by a forgery |\n|---|---|---|---|---|---|---|---|`,
	);
	const p95: number[][] = [[], []];
	for (let round = 1; round <= Number(values.rounds); round++) {
		// n8n gets slower as executions pile up, so the two must take turns going second.
		for (const index of round % 2 ? [0, 1] : [1, 0]) {
			const row = await load(n8n, sandbox, credentials, index);
			p95[index].push(row.p95);
			console.log(
				`| ${round} | ${row.name} | ${row.p50.toFixed(0)} | ${row.p95.toFixed(0)} | ${row.started} | ${row.lost} | ${row.doubled} | ${row.forged} |`,
			);
			console.error(row.statuses);
		}
	}
	console.log(
		`\np95 of the trigger: ${(median(p95[1]) / median(p95[0])).toFixed(2)} of the Webhook node's`,
	);
	agent.destroy();
	await n8n.stop();
	await sandbox.close();
}

main().catch((error: unknown) => {
	console.error(error);
	process.exitCode = 1;
});
