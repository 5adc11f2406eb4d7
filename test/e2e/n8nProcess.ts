/* eslint-disable @n8n/community-nodes/no-restricted-imports, @n8n/community-nodes/no-restricted-globals, @n8n/community-nodes/no-dangerous-functions -- runs on a developer's machine, not inside n8n */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { mkdir, mkdtemp, open, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';

import type { InstalledN8n } from './installN8n';
import { runCommand } from './runCommand';

const SECONDS_TO_START = 180;
const SECONDS_TO_STOP = 20;
const LOG_LINES_SHOWN = 40;

/** Variables of the parent process that would change what n8n does, or that n8n shouldn't see. */
const NOT_PASSED_ON =
	/^(CLERK_CHAT_|N8N_|DB_|EXECUTIONS_|QUEUE_|WEBHOOK_|GENERIC_|JEST_|npm_|NODE_ENV$|NODE_OPTIONS$)/;

/** A process of n8n with the packed package installed; its data lies in a temporary folder and is gone when it stops. */
export class N8nProcess {
	private child!: ChildProcess;

	private constructor(
		private readonly folder: string,
		private readonly begin: (log: number) => ChildProcess,
	) {}

	/**
	 * Starts it and does not wait until it is ready.
	 *
	 * @param tarball the packed node package; without it n8n starts with its own nodes alone
	 * @param command what n8n is to be, such as `start` or `worker`
	 * @param env settings for n8n, by the names it documents
	 */
	static async start(
		installed: InstalledN8n,
		tarball: string | undefined,
		command: string,
		env: Record<string, string>,
	): Promise<N8nProcess> {
		const folder = await mkdtemp(join(tmpdir(), 'clerk-chat-n8n-'));
		if (tarball) await installPackage(folder, tarball, installed);
		const environment = {
			...ownEnvironment(),
			N8N_USER_FOLDER: folder,
			N8N_ENCRYPTION_KEY: 'only-for-tests',
			N8N_LISTEN_ADDRESS: '127.0.0.1',
			N8N_RUNNERS_BROKER_PORT: String(await freePort()),
			// Nothing here is to talk to n8n's makers.
			N8N_DIAGNOSTICS_ENABLED: 'false',
			N8N_VERSION_NOTIFICATIONS_ENABLED: 'false',
			N8N_TEMPLATES_ENABLED: 'false',
			N8N_LICENSE_AUTO_RENEW_ENABLED: 'false',
			N8N_PERSONALIZATION_ENABLED: 'false',
			N8N_HIRING_BANNER_ENABLED: 'false',
			...env,
		};
		const started = new N8nProcess(folder, (log) =>
			spawn(installed.node, [installed.script, command], {
				cwd: folder,
				env: environment,
				stdio: ['ignore', log, log],
			}),
		);
		await started.startAgain();
		return started;
	}

	/** Starts it once more with the data that it left, after kill(), and does not wait until it is ready. */
	async startAgain(): Promise<void> {
		const log = await open(join(this.folder, 'n8n.log'), 'a');
		const child = this.begin(log.fd);
		await log.close();
		this.child = child;
		// If the parent ends without stop(), n8n must not keep running.
		const leaveNothing = () => {
			child.kill('SIGKILL');
			rmSync(this.folder, { recursive: true, force: true, maxRetries: 3 });
		};
		process.once('exit', leaveNothing);
		child.once('exit', () => process.removeListener('exit', leaveNothing));
	}

	/** The system's number for it. */
	get pid(): number {
		return Number(this.child.pid);
	}

	/** Everything it has written to its log so far. */
	async log(): Promise<string> {
		return await readFile(join(this.folder, 'n8n.log'), 'utf8');
	}

	/** The most memory it ever held, in bytes; undefined where there is no /proc. */
	async memory(): Promise<number | undefined> {
		const status = await readFile(`/proc/${this.pid}/status`, 'utf8').catch(() => '');
		const kilobytes = /^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1];
		return kilobytes === undefined ? undefined : Number(kilobytes) * 1024;
	}

	/**
	 * Asks again and again until it is ready.
	 *
	 * @throws with the end of its log if it ends, or is not ready in time
	 */
	async until(isReady: () => Promise<boolean>): Promise<void> {
		const deadline = Date.now() + SECONDS_TO_START * 1000;
		while (!(await isReady())) {
			if (this.hasEnded()) throw await this.failure('n8n ended while it started');
			if (Date.now() > deadline) {
				throw await this.failure(`n8n was not ready after ${SECONDS_TO_START} seconds`);
			}
			await wait(200);
		}
	}

	/** Ends it at once, in the middle of what it does, as a crash would. Its data and its log stay until stop(). */
	async kill(): Promise<void> {
		if (this.hasEnded()) return;
		const ended = once(this.child, 'exit');
		this.child.kill('SIGKILL');
		await ended;
	}

	/** Ends it and removes its data. */
	async stop(): Promise<void> {
		if (!this.hasEnded()) {
			const ended = once(this.child, 'exit');
			this.child.kill('SIGTERM');
			const last = setTimeout(() => this.child.kill('SIGKILL'), SECONDS_TO_STOP * 1000);
			await ended;
			clearTimeout(last);
		}
		await rm(this.folder, { recursive: true, force: true, maxRetries: 3 });
	}

	private hasEnded(): boolean {
		return this.child.exitCode !== null || this.child.signalCode !== null;
	}

	private async failure(what: string): Promise<Error> {
		const tail = (await this.log()).trimEnd().split('\n').slice(-LOG_LINES_SHOWN).join('\n');
		return new Error(`${what}. Its log ends:\n${tail}`);
	}
}

/** As n8n's own dialog does it: into the `nodes` folder, without peers and without install scripts. */
async function installPackage(folder: string, tarball: string, { node }: InstalledN8n) {
	const nodes = join(folder, '.n8n', 'nodes');
	await mkdir(nodes, { recursive: true });
	// Without it, npm would install into a folder above that has one.
	await writeFile(join(nodes, 'package.json'), '{}');
	await runCommand(
		'npm',
		[
			'install',
			tarball,
			'--install-strategy=shallow',
			'--legacy-peer-deps',
			'--ignore-scripts',
			'--no-audit',
			'--no-fund',
		],
		{ cwd: nodes, nodeFolder: dirname(node) },
	);
}

function ownEnvironment(): NodeJS.ProcessEnv {
	return Object.fromEntries(
		Object.entries(process.env).filter(([name]) => !NOT_PASSED_ON.test(name)),
	);
}

/** What {@link freePort} has returned: whoever asked may not listen yet. */
const given = new Set<number>();

/** A port on 127.0.0.1 that nobody listens to at the moment; another one each time. */
export async function freePort(): Promise<number> {
	const server = createServer();
	server.listen(0, '127.0.0.1');
	await once(server, 'listening');
	const { port } = server.address() as AddressInfo;
	server.close();
	if (given.has(port)) return await freePort();
	given.add(port);
	return port;
}
