/* eslint-disable @n8n/community-nodes/no-restricted-imports, @n8n/community-nodes/no-restricted-globals, no-console -- runs on a developer's machine, not inside n8n */
import { parseArgs } from 'node:util';
import { magicRecipients } from './magicRecipients';
import { startSandbox } from './sandbox';

const usage = `Options (or environment variables):
  --port 4010       SANDBOX_PORT     port on 127.0.0.1; 0 takes any free one
  --key sandbox-key SANDBOX_KEY      the API key to accept
  --latency 0       SANDBOX_LATENCY  wait before every answer, in milliseconds
  --rate 25/1000    SANDBOX_RATE     at most 25 requests per 1000 milliseconds; no limit when left out`;

function readOptions() {
	const { values } = parseArgs({
		options: {
			port: { type: 'string', default: process.env.SANDBOX_PORT ?? '4010' },
			key: { type: 'string', default: process.env.SANDBOX_KEY ?? 'sandbox-key' },
			latency: { type: 'string', default: process.env.SANDBOX_LATENCY ?? '0' },
			rate: { type: 'string', default: process.env.SANDBOX_RATE },
		},
	});
	const [limit, perMs] = (values.rate ?? '').split('/').map(Number);
	const numbers = [values.port, values.latency].map(Number);
	if (numbers.some(Number.isNaN) || (values.rate && !(limit > 0 && perMs > 0))) {
		throw new Error('A port, latency or rate is not a number');
	}
	return {
		port: numbers[0],
		apiKey: values.key,
		latencyMs: numbers[1],
		rateLimit: values.rate ? { limit, perMs } : undefined,
	};
}

async function start(): Promise<void> {
	const options = readOptions();
	const sandbox = await startSandbox(options);
	const { rateLimit, latencyMs } = options;
	const magic = magicRecipients.map(({ number, what }) => `  ${number}  ${what}`);
	console.log(
		[
			'A stand-in for the Clerk Chat API is running.',
			`  Base URL  ${sandbox.url}`,
			`  API key   ${sandbox.apiKey}`,
			`  Limit     ${rateLimit ? `${rateLimit.limit} requests per ${rateLimit.perMs} ms` : 'none'}`,
			`  Latency   ${latencyMs} ms`,
			'Every other recipient gets its message; these do not:',
			...magic,
			`What it was sent: ${sandbox.url}/__sandbox/messages and /__sandbox/stats. Ctrl+C stops it.`,
		].join('\n'),
	);
}

start().catch((error: unknown) => {
	console.error(`${String(error)}\n${usage}`);
	process.exitCode = 1;
});
