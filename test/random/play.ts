/* eslint-disable @n8n/community-nodes/no-restricted-globals -- runs on a developer's machine, not inside n8n */
import type { IDataObject, INodeType } from 'n8n-workflow';
import { richText } from '../recordForms';
import { asTool, nameOf, retry, runNode } from '../engine/engine';
import type { Result, Setup } from '../engine/engine';
import { Ledger, TIMEOUT } from './api';
import type { Server } from './api';
import { startProcess } from './process';
import type { AgentScenario, Scenario, Settings, WorkflowScenario } from './scenario';

/** The key that the credential holds; it must not show anywhere. */
export const API_KEY = 'the-key-that-must-not-show';

/** One execution and its result. */
export interface Execution {
	id: string;
	/** The execution whose Retry button made it. */
	of?: Execution;
	/** In which life of n8n's process it ran, from 0. */
	life: number;
	settings: Settings;
	cancelled: boolean;
	result: Result;
	/** How many entries the ledger had when it began, and when it ended. */
	from: number;
	to: number;
}

/** What an agent's call led to: the words that went back to the model. */
export interface Call {
	group: number;
	says: number;
	answer: string;
	failed: boolean;
}

/** Everything that happened in a scenario. */
export interface Played {
	scenario: Scenario;
	ledger: Ledger;
	executions: Execution[];
	calls: Call[];
}

/** Plays a scenario on n8n's own engine, with real connections. */
export async function play(scenario: Scenario, server: Server): Promise<Played> {
	const ledger = new Ledger(scenario.replies, scenario.record, scenario.form);
	const { baseUrl, close } = server.open(ledger);
	const played: Played = { scenario, ledger, executions: [], calls: [] };
	try {
		if (scenario.kind === 'agent') await playAgent(scenario, played, server, baseUrl);
		else await playWorkflow(scenario, played, server, baseUrl);
	} finally {
		close();
	}
	return played;
}

let executions = 0;

async function playWorkflow(
	scenario: WorkflowScenario,
	played: Played,
	server: Server,
	baseUrl: string,
): Promise<void> {
	let life = 0;
	let process = startProcess(scenario.size);
	const run = async (settings: Settings, of?: Execution, cancelAfter?: number) => {
		const id = `execution-${++executions}`;
		const setup = setupOf(scenario, settings, process, { id, baseUrl, server, ...played });
		const from = played.ledger.entries.length;
		let cancelled = false;
		if (cancelAfter !== undefined) {
			setup.onStart = ({ cancel }) =>
				void setTimeout(() => {
					cancelled = true;
					cancel();
				}, cancelAfter);
		}
		const items = scenario.items as unknown as IDataObject[];
		const result = of ? await retry(of.result, items, setup) : await runNode(items, setup);
		const to = played.ledger.entries.length;
		played.executions.push({ id, of, life, settings, cancelled, result, from, to });
	};
	await run(scenario.settings, undefined, scenario.cancelAfter);
	for (const { at, twice, restart, settings } of scenario.retries) {
		const failed = played.executions.filter(hasFailed);
		const of = failed.at(-1 - (at % Math.max(1, failed.length)));
		if (!of) return;
		if (restart) {
			life++;
			played.ledger.restart();
			process = startProcess(scenario.size);
		}
		await Promise.all([run(settings, of), ...(twice ? [run(settings, of)] : [])]);
	}
}

/** Whether n8n offers its Retry button, which goes on at this node. It does not for what was cancelled. */
function hasFailed({ cancelled, result: { status, data } }: Execution): boolean {
	const { lastNodeExecuted } = data.resultData;
	return !cancelled && status === 'error' && lastNodeExecuted === nameOf({ parameters: {} });
}

function setupOf(
	{ operation, changing, runs, form }: WorkflowScenario,
	settings: Settings,
	node: INodeType,
	{ id, baseUrl, server, ledger }: { id: string; baseUrl: string; server: Server; ledger: Ledger },
): Setup {
	const { edit, unusable } = settings;
	const says = ['$json.says', '($json.says)', '$json.says'][edit];
	// What is another text in every try is another message after any edit of the fields.
	const version = changing ? edit : edit === 2 ? 2 : 0;
	const text = `{{ ${says} }}:r{{ $runIndex }}:e${version}${changing ? ' {{ Math.random() }}' : ''} ${saidIn(form)}`;
	// Without an edit of the fields: what an expression finds may change between two tries.
	const isUsable = '!$vars.unusable.includes($itemIndex)';
	const fields =
		operation === 'send'
			? {
					sender: '+14155550100',
					recipients: `={{ ${isUsable} ? "+1415555020" + $json.to : "" }}`,
					body: `=${text}`,
					options: {
						maxConcurrency: settings.maxConcurrency,
						rejectedAsError: settings.rejectedAsError,
						unknownOutcome: settings.resend ? 'resend' : 'doNotResend',
						...(settings.skipIfSent && { skipSentWithinHours: 12 }),
						...(settings.most !== undefined && { maxMessages: settings.most }),
					},
				}
			: {
					additionalFields: {
						name: `=${text}`,
						phone: `={{ ${isUsable} ? "+1415555020" + $json.to : "+1" }}`,
					},
				};
	return {
		node,
		executionId: id,
		variables: { unusable },
		runs,
		parameters: {
			resource: operation === 'send' ? 'message' : 'contact',
			operation,
			...fields,
			requestOptions: { timeout: TIMEOUT },
		},
		settings: {
			onError: settings.onError,
			retryOnFail: settings.retryOnFail,
			maxTries: 2,
			waitBetweenTries: 1,
		},
		credentials: { apiKey: API_KEY, baseUrl },
		reroute: (request) => {
			request.headers = { ...request.headers, ...marks(id) };
			noConnection(request, ledger, server);
		},
	};
}

/** Most forms change nothing in a short text of plain letters. */
const saidIn = (form: string) => (form === 'documented' ? 'text' : richText);

/** Tells the API side whose request it is, and when it was started. */
const marks = (execution: string) => ({
	'x-execution': execution,
	'x-started': String(Date.now()),
});

/** Has a request go to where nobody listens, when that is its turn. */
function noConnection(
	request: Parameters<NonNullable<Setup['reroute']>>[0],
	ledger: Ledger,
	server: Server,
): void {
	if (request.method === 'GET') return;
	const { body, contacts } = request.body as { body?: string; contacts?: Array<{ name: string }> };
	const says = String(body ?? contacts?.[0]?.name);
	if (ledger.peek(says)?.kind !== 'noConnection') return;
	ledger.next(says);
	request.baseURL = server.nobody;
}

async function playAgent(
	scenario: AgentScenario,
	played: Played,
	server: Server,
	baseUrl: string,
): Promise<void> {
	const id = `execution-${++executions}`;
	const call = asTool({
		node: startProcess(1),
		executionId: id,
		parameters: {
			resource: 'message',
			operation: 'send',
			sender: '+14155550100',
			recipients: '+14155550200',
			body: "={{ $fromAI('text') }}",
			options: { unknownOutcome: scenario.resend ? 'resend' : 'doNotResend' },
			requestOptions: { timeout: TIMEOUT },
		},
		credentials: { apiKey: API_KEY, baseUrl },
		reroute: (request) => {
			request.headers = { ...request.headers, ...marks(id) };
			noConnection(request, played.ledger, server);
		},
	});
	for (const [group, texts] of scenario.groups.entries()) {
		const answers = texts.map(async (says): Promise<Call> => {
			const answer = call({ text: `${says}:agent ${saidIn(scenario.form)}` });
			return await answer.then(
				(given) => ({ group, says, answer: String(given), failed: false }),
				(error: Error) => ({ group, says, answer: error.message, failed: true }),
			);
		});
		played.calls.push(...(await Promise.all(answers)));
	}
}
