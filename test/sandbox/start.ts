/* eslint-disable @n8n/community-nodes/no-restricted-imports, @n8n/community-nodes/no-restricted-globals, no-console -- runs on a developer's machine, not inside n8n */
import { parseArgs } from 'node:util';
import { magicRecipients } from './magicRecipients';
import type { SettingsChanges } from './settings';
import { sendTextTo } from './textCommand';

const usage = `npm run sandbox -- [options]                 starts a sandbox
npm run sandbox -- text <from> <text> [options]   writes a text to a sandbox that runs
Options (or environment variables):
  --port 4010       SANDBOX_PORT     port on 127.0.0.1; to start, 0 takes any free one
To start:
  --key sandbox-key SANDBOX_KEY      the API key to accept
  --latency 0       SANDBOX_LATENCY  wait before every answer, in milliseconds
  --rate 25/1000    SANDBOX_RATE     at most 25 requests per 1000 milliseconds; no limit when left out
  --record-form textFooter   a form that the record may have, out of test/recordForms.ts
  --settings '{"record":{"listedAfterMs":2000}}'   any settings, as in test/sandbox/settings.ts
To write a text:
  --to +14155550100    our number; left out: the one that last wrote to <from>
  --conversation 1     left out: the newest one with <from>`;

function readArguments() {
	const { values, positionals } = parseArgs({
		allowPositionals: true,
		options: {
			port: { type: 'string', default: process.env.SANDBOX_PORT ?? '4010' },
			key: { type: 'string', default: process.env.SANDBOX_KEY ?? 'sandbox-key' },
			latency: { type: 'string', default: process.env.SANDBOX_LATENCY ?? '0' },
			rate: { type: 'string', default: process.env.SANDBOX_RATE },
			settings: { type: 'string', default: '{}' },
			'record-form': { type: 'string' },
			to: { type: 'string' },
			conversation: { type: 'string' },
		},
	});
	const [limit, perMs] = (values.rate ?? '').split('/').map(Number);
	const [port, latencyMs] = [values.port, values.latency].map(Number);
	const isRateWrong = values.rate && !(limit > 0 && perMs > 0);
	if (Number.isNaN(port) || Number.isNaN(latencyMs) || isRateWrong) {
		throw new Error('A port, latency or rate is not a number');
	}
	const [command, from, body, ...tooMany] = positionals;
	const isText = command === 'text' && body !== undefined && tooMany.length === 0;
	if (command !== undefined && !isText) throw new Error('This is not a command');
	const chosen = JSON.parse(values.settings) as SettingsChanges;
	const form = values['record-form'];
	return {
		options: {
			port,
			apiKey: values.key,
			seedTexts: true,
			latencyMs,
			rateLimit: values.rate ? { limit, perMs } : null,
			...chosen,
			...(form !== undefined && { record: { ...chosen.record, form } }),
		},
		text: isText ? { from, body, to: values.to, conversationId: values.conversation } : undefined,
	};
}

async function start(): Promise<void> {
	const { options, text } = readArguments();
	if (text) return await sendTextTo(options.port, text);
	// Loaded only here, because it takes a second, and users of the other command shouldn't wait.
	const { startSandbox } = await import('./sandbox');
	const sandbox = await startSandbox(options);
	const { rateLimit, latencyMs } = sandbox.settings();
	const magic = magicRecipients.map(({ number, what }) => `  ${number}  ${what}`);
	const port = sandbox.port === 4010 ? '' : ` --port ${sandbox.port}`;
	console.log(
		[
			'A stand-in for the Clerk Chat API is running.',
			`  Base URL  ${sandbox.url}`,
			`  API key   ${sandbox.apiKey}`,
			`  Limit     ${rateLimit ? `${rateLimit.limit} requests per ${rateLimit.perMs} ms` : 'none'}`,
			`  Latency   ${latencyMs} ms`,
			'Every other recipient gets its message; these do not, or not just so:',
			...magic,
			`Write a text: npm run sandbox -- text +14155550123 "yes"${port}`,
			`What it was sent: ${sandbox.url}/__sandbox/messages and /__sandbox/stats. Ctrl+C stops it.`,
		].join('\n'),
	);
}

start().catch((error: unknown) => {
	console.error(`${(error as Error).message}\n\n${usage}`);
	process.exitCode = 1;
});
