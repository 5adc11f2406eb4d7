/* eslint-disable @n8n/community-nodes/no-restricted-imports, @n8n/community-nodes/no-restricted-globals, @n8n/community-nodes/no-dangerous-functions -- runs on a developer's machine, not inside n8n */
import { spawn } from 'node:child_process';
import { delimiter } from 'node:path';

/** Is given one line at a time, without its line break, about how far something has come. */
export type Progress = (line: string) => void;

/** Progress on standard error, so that what a command prints stays what it is asked for. */
export const printProgress: Progress = (line) => process.stderr.write(`${line}\n`);

/** How to run a command, and what to print while it runs. */
export interface CommandOptions {
	/** The folder to run it in. */
	cwd: string;
	/** A folder with the `node` that the command is to use, put in front of the search path. */
	nodeFolder?: string;
	env?: NodeJS.ProcessEnv;
	/** What the step is called in its progress lines; without it the command runs silently. */
	step?: string;
	/** How far it has come, in words; asked for every five seconds. */
	measure?: () => Promise<string>;
	onProgress?: Progress;
}

const SECONDS_BETWEEN_LINES = 5;
const LINES_SHOWN_ON_FAILURE = 30;

/**
 * Runs a command to its end.
 *
 * @returns what it wrote to standard output
 * @throws with the last lines of its output when it ends with anything but 0
 */
export async function runCommand(
	command: string,
	args: string[],
	options: CommandOptions,
): Promise<string> {
	const { cwd, nodeFolder, env, step, measure, onProgress = printProgress } = options;
	const path = [nodeFolder, process.env.PATH].filter(Boolean).join(delimiter);
	const started = Date.now();
	const tell = (what: string) => {
		const seconds = Math.round((Date.now() - started) / 1000);
		if (step) onProgress(`[${String(seconds).padStart(4)} s] ${step}: ${what}`);
	};

	tell('starts');
	const ticker = setInterval(
		async () => tell((await measure?.()) ?? 'goes on'),
		SECONDS_BETWEEN_LINES * 1000,
	);
	try {
		const child = spawn(command, args, {
			cwd,
			env: { ...process.env, ...env, PATH: path },
			stdio: ['ignore', 'pipe', 'pipe'],
		});
		let stdout = '';
		let everything = '';
		child.stdout.on('data', (chunk: Buffer) => {
			stdout += chunk;
			everything += chunk;
		});
		child.stderr.on('data', (chunk: Buffer) => (everything += chunk));
		const code = await new Promise<number | null>((resolve, reject) => {
			child.on('error', reject);
			child.on('close', resolve);
		});
		if (code !== 0) {
			const tail = everything.trimEnd().split('\n').slice(-LINES_SHOWN_ON_FAILURE).join('\n');
			throw new Error(`${command} ${args.join(' ')} ended with ${code}. It said last:\n${tail}`);
		}
		tell('done');
		return stdout;
	} finally {
		clearInterval(ticker);
	}
}
