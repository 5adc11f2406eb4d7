/* eslint-disable @n8n/community-nodes/no-restricted-imports, @n8n/community-nodes/no-restricted-globals, @n8n/community-nodes/no-dangerous-functions, @n8n/community-nodes/no-hardcoded-secrets, @n8n/community-nodes/require-node-api-error -- runs on a developer's machine, not inside n8n */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { mkdir, mkdtemp, open, readFile, rm } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';

import { installN8n, type InstalledN8n } from './installN8n';
import { N8nRest } from './n8nRest';
import { printProgress, runCommand, type Progress } from './runCommand';

export interface N8nOptions {
	/** n8n's version; the default one if not given. */
	version?: string;
	/** The packed node package. */
	tarball: string;
	/** Further settings for n8n, by the names it documents. */
	env?: Record<string, string>;
	/** A free one if not given. */
	port?: number;
	onProgress?: Progress;
}

/** The account that every n8n started here belongs to. */
export const OWNER = { email: 'owner@example.com', password: 'Only-for-tests-1' };

const SECONDS_TO_START = 180;
const SECONDS_TO_STOP = 20;
const LOG_LINES_SHOWN = 40;

/** Variables of the one who starts this that would change what n8n does, or are none of its business. */
const NOT_PASSED_ON =
	/^(CLERK_CHAT_|N8N_|DB_|EXECUTIONS_|QUEUE_|WEBHOOK_|GENERIC_|JEST_|npm_|NODE_ENV$|NODE_OPTIONS$)/;

/** A running n8n of its own: its data lies in a temporary folder and is gone when it stops. */
export class N8n extends N8nRest {
	constructor(
		url: string,
		version: string,
		private readonly process: ChildProcess,
		private readonly folder: string,
	) {
		super(url, version);
	}

	/** Everything n8n has written to its log so far. */
	async log(): Promise<string> {
		return await readFile(join(this.folder, 'n8n.log'), 'utf8');
	}

	/** The most memory that n8n's own process ever held, in bytes; undefined where there is no /proc. */
	async memory(): Promise<number | undefined> {
		const status = await readFile(`/proc/${this.process.pid}/status`, 'utf8').catch(() => '');
		const kilobytes = /^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1];
		return kilobytes === undefined ? undefined : Number(kilobytes) * 1024;
	}

	/** Ends n8n and removes its data. */
	async stop(): Promise<void> {
		if (this.process.exitCode === null && this.process.signalCode === null) {
			const ended = once(this.process, 'exit');
			this.process.kill('SIGTERM');
			const last = setTimeout(() => this.process.kill('SIGKILL'), SECONDS_TO_STOP * 1000);
			await ended;
			clearTimeout(last);
		}
		await rm(this.folder, { recursive: true, force: true, maxRetries: 3 });
	}

	/** @throws with the end of n8n's log if it ends, or is not ready in time */
	async ready(): Promise<void> {
		const deadline = Date.now() + SECONDS_TO_START * 1000;
		while (!(await this.answers())) {
			if (this.process.exitCode !== null || this.process.signalCode !== null) {
				throw await this.failure('n8n ended while it started');
			}
			if (Date.now() > deadline) {
				throw await this.failure(`n8n was not ready after ${SECONDS_TO_START} seconds`);
			}
			await wait(200);
		}
	}

	private async answers(): Promise<boolean> {
		const responses = await Promise.all([
			fetch(`${this.url}/healthz/readiness`),
			fetch(`${this.url}/rest/settings`),
		]).catch(() => []);
		const types = responses.map((response) => response.headers.get('content-type') ?? '');
		await Promise.all(responses.map(async (response) => await response.arrayBuffer()));
		return (
			responses.length > 0 &&
			responses.every((response) => response.ok) &&
			types.every((type) => type.includes('json'))
		);
	}

	private async failure(what: string): Promise<Error> {
		const tail = (await this.log()).trimEnd().split('\n').slice(-LOG_LINES_SHOWN).join('\n');
		return new Error(`${what}. Its log ends:\n${tail}`);
	}
}

/**
 * Starts a real n8n with the packed package installed as users have it, and logs in as its owner.
 *
 * @throws with the end of n8n's log when it does not come up; nothing is left running then
 */
export async function startN8n({
	version,
	tarball,
	env,
	port,
	onProgress = printProgress,
}: N8nOptions): Promise<N8n> {
	const installed = await installN8n({ version, onProgress });
	const folder = await mkdtemp(join(tmpdir(), 'clerk-chat-n8n-'));
	await installPackage(folder, tarball, installed);

	const ownPort = port ?? (await freePort());
	const url = `http://127.0.0.1:${ownPort}`;
	onProgress(`n8n ${installed.version} starts at ${url}`);
	const log = await open(join(folder, 'n8n.log'), 'w');
	const child = spawn(installed.node, [installed.script, 'start'], {
		cwd: folder,
		env: {
			...ownEnvironment(),
			N8N_USER_FOLDER: folder,
			N8N_ENCRYPTION_KEY: 'only-for-tests',
			N8N_HOST: '127.0.0.1',
			N8N_LISTEN_ADDRESS: '127.0.0.1',
			N8N_PORT: String(ownPort),
			N8N_RUNNERS_BROKER_PORT: String(await freePort()),
			N8N_SECURE_COOKIE: 'false',
			// Nothing here is to talk to n8n's makers.
			N8N_DIAGNOSTICS_ENABLED: 'false',
			N8N_VERSION_NOTIFICATIONS_ENABLED: 'false',
			N8N_TEMPLATES_ENABLED: 'false',
			N8N_LICENSE_AUTO_RENEW_ENABLED: 'false',
			N8N_PERSONALIZATION_ENABLED: 'false',
			N8N_HIRING_BANNER_ENABLED: 'false',
			...env,
		},
		stdio: ['ignore', log.fd, log.fd],
	});
	await log.close();
	// Whoever ends without stop() must not leave n8n behind.
	const leaveNothing = () => {
		child.kill('SIGKILL');
		rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
	};
	process.once('exit', leaveNothing);
	child.once('exit', () => process.removeListener('exit', leaveNothing));

	const n8n = new N8n(url, installed.version, child, folder);
	try {
		await n8n.ready();
		await n8n.createOwner(OWNER.email, OWNER.password);
		return n8n;
	} catch (error) {
		await n8n.stop();
		throw error;
	}
}

/** As n8n's own dialog does it: into the `nodes` folder, without peers and without install scripts. */
async function installPackage(folder: string, tarball: string, { node }: InstalledN8n) {
	const nodes = join(folder, '.n8n', 'nodes');
	await mkdir(nodes, { recursive: true });
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

async function freePort(): Promise<number> {
	const server = createServer();
	server.listen(0, '127.0.0.1');
	await once(server, 'listening');
	const { port } = server.address() as AddressInfo;
	server.close();
	return port;
}
