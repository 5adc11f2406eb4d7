/* eslint-disable @n8n/community-nodes/no-restricted-imports, @n8n/community-nodes/no-restricted-globals, no-console -- runs on a developer's machine, not inside n8n */
/**
 * `npm run demo`: a real n8n with this package installed sends a few messages, then shows what was sent and returned.
 * See USAGE.
 */
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';

import { version } from '../../package.json';
import { startSandbox, type Sandbox } from '../sandbox/sandbox';
import { observe, type AskForMessages } from './live/observe';
import { ask, startRelay } from './live/relay';
import { issueLink, reportOf, type Circumstances } from './live/report';
import { changesIn, changesText } from './live/reportChanges';
import { repository } from './packNode';
import { pollEvery } from './pollingWorkflow';
import {
	failureOf,
	installN8n,
	itemsFrom,
	OWNER,
	packNode,
	readWorkflow,
	startN8n,
	withParameters,
	type N8n,
	type WorkflowFile,
} from './n8n';

const USAGE = `npm run demo                   sends three messages to a stand-in for Clerk Chat on this machine
npm run demo -- --editor       the same, and leaves n8n's editor open until Ctrl-C, with a workflow that takes
                               replies by text
npm run demo -- --live         sends one message through Clerk Chat itself, after asking, and reports how
                               Clerk Chat's record shows it; needs CLERK_CHAT_API_KEY, CLERK_CHAT_FROM
                               and CLERK_CHAT_TO in the environment
npm run demo -- --live --yes   the same without asking`;

const CREDENTIAL_TYPE = 'clerkChatApi';
const CLERK_CHAT = 'https://web-api.clerk.chat';

/** Where the messages go. */
interface Target {
	apiKey: string;
	baseUrl: string;
}

/** One message as it is to be sent through Clerk Chat itself. */
interface LiveMessage {
	from: string;
	to: string;
	text: string;
}

/** Spaces and an accent show how the record changes them; the time makes the text unique. */
function liveText(): string {
	const time = new Date().toISOString().slice(11, 19);
	return `Hello! This is a test of the Clerk Chat node for n8n.\n\nAt ${time}  (UTC). Voilà!`;
}

/** @throws with the names of the variables that are missing */
function liveSettings(): { target: Target; message: LiveMessage } {
	const names = ['CLERK_CHAT_API_KEY', 'CLERK_CHAT_FROM', 'CLERK_CHAT_TO'];
	const missing = names.filter((name) => !process.env[name]?.trim());
	if (missing.length > 0) {
		throw new Error(`Nothing was sent: ${missing.join(', ')} must be set in the environment.`);
	}
	const [apiKey, from, to] = names.map((name) => String(process.env[name]).trim());
	const baseUrl = (process.env.CLERK_CHAT_BASE_URL ?? CLERK_CHAT).replace(/\/+$/, '');
	return { target: { apiKey, baseUrl }, message: { from, to, text: liveText() } };
}

function messagesOf({ apiKey, baseUrl }: Target): AskForMessages {
	return async (query) => {
		const path = `/public/messages${query && `?${query}`}`;
		return await ask(baseUrl, { method: 'GET', path, headers: { apiKey } });
	};
}

/** @throws when the API cannot be reached, or does not take the key */
async function checkTarget(target: Target) {
	const answer = await messagesOf(target)('limit=1').catch((error: Error) => {
		const reason = String(error.cause ?? error.message);
		throw new Error(`Nothing was sent: ${target.baseUrl} cannot be reached. ${reason}`);
	});
	if (answer.status === 401) throw new Error('Nothing was sent: the API key is not accepted.');
}

/** @throws unless the answer is `yes` */
async function consent({ target, message }: ReturnType<typeof liveSettings>, given: boolean) {
	console.log(`This sends ONE REAL MESSAGE through ${target.baseUrl}.
  from:  ${message.from}
  to:    ${message.to}
  text:  ${message.text}
It arrives on a real phone, and Clerk Chat may charge your team for it.`);
	if (given) return;
	const terminal = createInterface({ input: process.stdin, output: process.stdout });
	const answer = await new Promise<string>((resolve) => {
		terminal.once('close', () => resolve(''));
		terminal.question("Type 'yes' to send it: ", resolve);
	});
	terminal.close();
	if (answer.trim() !== 'yes') throw new Error("Nothing was sent: the answer was not 'yes'.");
}

function liveWorkflow(workflow: WorkflowFile, { from, to, text }: LiveMessage): WorkflowFile {
	return withParameters(workflow, 'Orders', {
		jsCode: `return [{ json: ${JSON.stringify({ from, to, text })} }];`,
	});
}

/** Puts credential and workflow into n8n and runs it once. */
async function runOnce(n8n: N8n, workflow: WorkflowFile, { apiKey, baseUrl }: Target) {
	const data = { apiKey, baseUrl, webhookHeaderName: 'Authorization', webhookHeaderValue: '' };
	const credential = await n8n.createCredential(CREDENTIAL_TYPE, 'Clerk Chat account', data);
	const { status, message } = await n8n.testCredential(credential, CREDENTIAL_TYPE, data);
	console.log(`\nThe test of the credential in n8n says: ${status}. ${message}`);

	const id = await n8n.createWorkflow(workflow, { [CREDENTIAL_TYPE]: credential });
	const execution = await n8n.runWorkflow(id);
	return { id, execution, credential };
}

/**
 * Sends the message through n8n, and reads it back meanwhile.
 * @param run sends it to a replacement for the API's base URL
 */
async function runLive<T>(target: Target, n8n: N8n, run: (through: Target) => Promise<T>) {
	const relay = await startRelay(target.baseUrl);
	try {
		const running = run({ ...target, baseUrl: relay.url });
		const ended = running.then(() => relay.sendings().at(-1));
		const sending = await Promise.race([relay.sent, ended]);
		if (!sending) return { result: await running, report: undefined };
		console.log('\nIt was answered. Now it is read back, which takes up to two minutes.');
		const [result, observation] = await Promise.all([
			running,
			observe(sending, messagesOf(target)),
		]);
		const circumstances: Circumstances = {
			packageVersion: version,
			n8nVersion: n8n.version,
			isClerkChat: target.baseUrl === CLERK_CHAT,
			date: new Date(),
			statuses: relay.sendings().map(({ status }) => status),
		};
		const text = reportOf(observation, circumstances);
		const changes = changesText(changesIn(observation));
		return { result, report: { text, changes, circumstances } };
	} finally {
		await relay.close();
	}
}

interface Report {
	text: string;
	/** What became of sender, people and text, with their values. */
	changes: string;
	circumstances: Circumstances;
}

function showReport({ text, changes, circumstances }: Report) {
	const line = '-'.repeat(80);
	console.log(`\n${changes}`);
	console.log(`\n${line}\n${text}\n${line}`);
	console.log(`
Please tell the project: what is between the lines holds no key, number, text or ID. Paste it into
${issueLink(circumstances)}`);
}

function showReceived(sandbox: Sandbox) {
	console.log(`\nWhat the stand-in for Clerk Chat received at ${sandbox.url}:`);
	for (const { method, path, body, status } of sandbox.requests()) {
		console.log(`${method} ${path} ${JSON.stringify(body) ?? ''} -> ${status}`);
	}
}

/** Publishes the example that asks by text and takes the reply. @returns its ID */
async function publishReplies(n8n: N8n, credential: string): Promise<string> {
	const file = await readWorkflow(join(repository, 'examples', 'ask-by-text.json'));
	const workflow = withParameters(file, 'Text received', { pollTimes: pollEvery(10) });
	const id = await n8n.createWorkflow(workflow, { [CREDENTIAL_TYPE]: credential });
	await n8n.activateWorkflow(id);
	return id;
}

function howToReply(n8n: N8n, { port }: Sandbox, id: string): string {
	return `
A reply by text: open ${n8n.url}/workflow/${id}, hover over "Try it" and click
"Execute workflow". Then answer the question from another terminal:
  npm run sandbox -- text +14155550123 "yes" --port ${port}
Within ten seconds, the workflow continues. A text that isn't an answer starts it: see
its Executions.
`;
}

async function main() {
	const { values } = parseArgs({
		options: {
			editor: { type: 'boolean', default: false },
			live: { type: 'boolean', default: false },
			yes: { type: 'boolean', default: false },
			help: { type: 'boolean', default: false },
		},
	});
	if (values.help) {
		console.log(USAGE);
		return;
	}
	const live = values.live ? liveSettings() : undefined;
	if (live) {
		await consent(live, values.yes);
		await checkTarget(live.target);
	}

	await installN8n();
	const tarball = await packNode();
	const sandbox = live ? undefined : await startSandbox({ seedTexts: true });
	const n8n = await startN8n({ tarball });
	try {
		const file = await readWorkflow(join(__dirname, 'workflows', 'send.json'));
		const workflow = live ? liveWorkflow(file, live.message) : file;
		const run = async (target: Target) => await runOnce(n8n, workflow, target);
		const { result, report } = live
			? await runLive(live.target, n8n, run)
			: { result: await run({ apiKey: sandbox!.apiKey, baseUrl: sandbox!.url }) };
		const { id, execution, credential } = result;

		if (sandbox) showReceived(sandbox);
		console.log(`\nWhat came out of the Clerk Chat node (execution: ${execution.status}):`);
		for (const { json } of itemsFrom(execution, 'Clerk Chat')) console.log(json);
		const failure = failureOf(execution);
		if (failure) {
			console.log(failure.message, '\n', failure.description ?? '');
			process.exitCode = 1;
		}
		if (report) showReport(report);

		if (values.editor) {
			const replies = sandbox
				? howToReply(n8n, sandbox, await publishReplies(n8n, credential))
				: '';
			console.log(`\nn8n's editor with this workflow: ${n8n.url}/workflow/${id}
  email:    ${OWNER.email}
  password: ${OWNER.password}
${replies}
Ctrl-C ends it.`);
			process.removeAllListeners('SIGINT');
			await once(process, 'SIGINT');
		}
	} finally {
		await n8n.stop();
		await sandbox?.close();
	}
}

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130));
main().catch((error: Error) => {
	console.error(error.message);
	if ('code' in error && String(error.code).startsWith('ERR_PARSE_ARGS')) console.error(USAGE);
	process.exitCode = 1;
});
