/* eslint-disable @n8n/community-nodes/no-restricted-imports, @n8n/community-nodes/no-restricted-globals, no-console -- runs on a developer's machine, not inside n8n */
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import type { IDataObject, INode } from 'n8n-workflow';
import {
	credentialFor,
	DEFAULT_N8N_VERSION,
	failureOf,
	itemsFrom,
	packNode,
	startN8n,
} from '../e2e/n8n';
import type { Execution, N8n } from '../e2e/n8n';
import { startSandbox } from '../sandbox/sandbox';
import type { Sandbox } from '../sandbox/sandbox';
import { median } from './median';
import { startBusyLoops } from './busyLoops';
import {
	clerkChat,
	floor,
	FLOOR_FOLDER,
	GUARDS,
	httpRequest,
	MEASURED,
	workflowFor,
} from './workflows';

/*
 * Compares this node with n8n's HTTP Request node in one run: docs/benchmarks.md. Every round restarts each n8n, so
 * that the peak memory belongs to a single node.
 */

const { values } = parseArgs({
	options: {
		rounds: { type: 'string', default: '3' },
		sizes: { type: 'string', default: '1000,10000' },
		only: { type: 'string', default: 'speed,limit,guards' },
		latency: { type: 'string', default: '20,200' },
		busy: { type: 'string', default: '0,4' },
	},
});
const rounds = Number(values.rounds);
const sizes = values.sizes.split(',').map(Number);

/** How long the other side takes to answer, in ms. */
const latencies = values.latency.split(',').map(Number);

/** With so many endless loops beside it, the limit is measured. */
const busyLoops = values.busy.split(',').map(Number);

/** How long the other side takes to answer in the runs with a limit, in ms. */
const LIMIT_LATENCY_MS = 20;
const LIMIT = { limit: 50, perMs: 1000 };
const LIMITED_MESSAGES = 1000;

/** How many messages go out with and without a guard. */
const GUARDED = 1000;

interface Measurement {
	msPerItem: number;
	/** The most memory of the n8n process so far, in MiB. */
	peakMiB: number;
	peakConnections: number;
	/** What the execution holds for the node beside its output, as JSON: a part of the output. */
	savedBeside: number;
}

type Variant = [name: string, node: (sandbox: Sandbox) => INode];

const HTTP = 'HTTP Request';

const variants: Variant[] = [
	[HTTP, ({ url }) => httpRequest(url)],
	['nothing but the request (floor)', ({ url }) => floor(url)],
	['Clerk Chat, as it is', () => clerkChat()],
];

async function withN8n<T>(
	tarball: string,
	sandbox: Sandbox,
	work: (n8n: N8n, credential: string) => Promise<T>,
): Promise<T> {
	const n8n = await startN8n({
		tarball,
		env: { N8N_CUSTOM_EXTENSIONS: FLOOR_FOLDER },
		onProgress: () => {},
	});
	try {
		const data = credentialFor(sandbox);
		return await work(n8n, await n8n.createCredential('clerkChatApi', 'Clerk Chat', data));
	} finally {
		await n8n.stop();
	}
}

/** Runs the node over so many items; how long it took in ms is n8n's own figure for this node alone. */
async function run(n8n: N8n, credential: string, node: INode, items: number, first?: number) {
	const workflow = workflowFor(node, items, first);
	const id = await n8n.createWorkflow(workflow, { clerkChatApi: credential });
	const execution = await n8n.runWorkflow(id, { timeoutMs: 600_000 });
	const [task] = execution.data.resultData.runData[MEASURED] ?? [];
	return { ms: task.executionTime, execution };
}

async function measureSpeed(tarball: string, sandbox: Sandbox, latencyMs: number) {
	console.log(`\nAnswers after ${latencyMs} ms:\n`);
	const measured = new Map<string, Measurement[]>();
	for (let round = 1; round <= rounds; round++) {
		for (const [name, node] of variants) {
			await withN8n(tarball, sandbox, async (n8n, credential) => {
				sandbox.settings({ latencyMs, rateLimit: null });
				await run(n8n, credential, node(sandbox), 50);
				for (const size of sizes) {
					sandbox.reset();
					sandbox.settings({ latencyMs });
					const { ms, execution } = await run(n8n, credential, node(sandbox), size);
					const failure = failureOf(execution);
					if (failure || sandbox.stats().messages !== size) {
						throw new Error(`${name}, ${size} items: ${failure?.message ?? 'not all were sent'}`);
					}
					const measurement = {
						msPerItem: ms / size,
						peakMiB: ((await n8n.memory()) ?? NaN) / 2 ** 20,
						peakConnections: sandbox.stats().peakConnections,
						savedBeside: savedBeside(execution),
					};
					const key = `${name}/${size}`;
					measured.set(key, [...(measured.get(key) ?? []), measurement]);
					console.error(
						`${latencyMs} ms, round ${round}, ${name}, ${size} items: ${(ms / size).toFixed(2)} ms/item`,
					);
				}
			});
		}
	}
	const at = (name: string, size: number, figure: keyof Measurement) =>
		median((measured.get(`${name}/${size}`) ?? []).map((each) => each[figure]));
	console.log(
		'| items | node | ms per item | of HTTP Request | peak memory (MiB) | of HTTP Request | peak connections | saved beside the output |\n|---|---|---|---|---|---|---|---|',
	);
	for (const size of sizes) {
		for (const [name] of variants) {
			const ms = at(name, size, 'msPerItem');
			const ratio = ms / at(HTTP, size, 'msPerItem');
			const memory = at(name, size, 'peakMiB');
			const cells = [
				size,
				name,
				ms.toFixed(2),
				ratio.toFixed(2),
				memory.toFixed(0),
				(memory / at(HTTP, size, 'peakMiB')).toFixed(2),
				at(name, size, 'peakConnections'),
				`${(100 * at(name, size, 'savedBeside')).toFixed(2)} %`,
			];
			console.log(`| ${cells.join(' | ')} |`);
		}
	}
}

/** How much nodes store in an execution for themselves, as a fraction of the measured node's output. */
function savedBeside({ data }: Execution): number {
	const kept = JSON.stringify(data.executionData?.contextData ?? {}).length;
	return kept / JSON.stringify(data.resultData.runData[MEASURED]).length;
}

async function measureLimit(tarball: string, sandbox: Sandbox) {
	const limited: Array<[string, INode]> = [
		['Clerk Chat, as it is', clerkChat()],
		['Clerk Chat, Messages at the Same Time 50', clerkChat({ options: { maxConcurrency: 50 } })],
		['HTTP Request, On Error = Continue', httpRequest(sandbox.url)],
		[
			'HTTP Request, batches of 50 per second',
			httpRequest(sandbox.url, { batching: { batch: { batchSize: 50, batchInterval: 1000 } } }),
		],
	];
	console.log(
		'\n| busy loops | node | sent | lost | doubled | requests | seconds | of the limit |\n|---|---|---|---|---|---|---|---|',
	);
	for (const loops of busyLoops)
		for (const [name, node] of limited) {
			await withN8n(tarball, sandbox, async (n8n, credential) => {
				sandbox.reset();
				sandbox.settings({ latencyMs: LIMIT_LATENCY_MS, rateLimit: LIMIT });
				const tolerant = { ...node, onError: 'continueRegularOutput' as const };
				const endLoops = startBusyLoops(loops);
				const { ms, execution } = await run(n8n, credential, tolerant, LIMITED_MESSAGES).finally(
					endLoops,
				);
				const { messages, messagesPerRecipient, requests, wallMs } = sandbox.stats();
				const doubled = Object.values(messagesPerRecipient).filter((count) => count > 1).length;
				const out = itemsFrom(execution, MEASURED).filter(({ json }) => isMessage(json)).length;
				// The first window counts for nothing: it is open before anybody waits.
				const goodput = (messages - LIMIT.limit) / wallMs / (LIMIT.limit / LIMIT.perMs);
				console.log(
					`| ${loops} | ${name} | ${messages} | ${LIMITED_MESSAGES - out} | ${doubled} | ${requests} | ${(ms / 1000).toFixed(1)} | ${messages > LIMIT.limit ? `${(100 * goodput).toFixed(1)} %` : '-'} |`,
				);
			});
		}
}

function isMessage(json: IDataObject): boolean {
	const message = (json.data ?? json) as IDataObject;
	return typeof message.id === 'number';
}

/** What a guard costs: the same list without and with it, one right after the other in the same n8n. */
async function measureGuards(tarball: string, sandbox: Sandbox) {
	console.log(
		'\n| answers after (ms) | guard | ms per item without | with | costs |\n|---|---|---|---|---|',
	);
	for (const latencyMs of latencies)
		await withN8n(tarball, sandbox, async (n8n, credential) => {
			// Each run texts people of its own: what the ledger and the record know of them would count.
			let people = 0;
			const msPerItem = async (optionsFor: (first: number) => IDataObject) => {
				sandbox.reset();
				sandbox.settings({ latencyMs, rateLimit: null });
				const [first, options] = [people, optionsFor(people)];
				people += GUARDED;
				const node = clerkChat({ options });
				const { ms, execution } = await run(n8n, credential, node, GUARDED, first);
				const failure = failureOf(execution);
				if (failure || sandbox.stats().messages !== GUARDED)
					throw new Error(`${JSON.stringify(options)}: ${failure?.message ?? 'not all were sent'}`);
				return ms / GUARDED;
			};
			for (const [name, options] of GUARDS) {
				// The first reading of 30 days aside.
				await msPerItem(options);
				const pairs: Array<[without: number, withIt: number]> = [];
				for (let round = 1; round <= rounds; round++)
					pairs.push([await msPerItem(() => ({})), await msPerItem(options)]);
				const without = median(pairs.map(([each]) => each));
				const withIt = median(pairs.map(([, each]) => each));
				const costs = 100 * (median(pairs.map(([first, second]) => second / first)) - 1);
				console.log(
					`| ${latencyMs} | ${name} | ${without.toFixed(2)} | ${withIt.toFixed(2)} | ${costs.toFixed(0)} % |`,
				);
			}
		});
}

async function main() {
	const tarball = await packNode();
	const sandbox = await startSandbox();
	console.log(
		`n8n ${DEFAULT_N8N_VERSION}, ${cpus().length} × ${cpus()[0]?.model}, median of ${rounds} rounds`,
	);
	if (values.only.includes('speed')) {
		for (const latencyMs of latencies) await measureSpeed(tarball, sandbox, latencyMs);
	}
	if (values.only.includes('limit')) await measureLimit(tarball, sandbox);
	if (values.only.includes('guards')) await measureGuards(tarball, sandbox);
	await sandbox.close();
}

main().catch((error: unknown) => {
	console.error(error);
	process.exitCode = 1;
});
