/* eslint-disable @n8n/community-nodes/no-hardcoded-secrets, @n8n/community-nodes/require-node-api-error -- runs on a developer's machine, not inside n8n */
import { installN8n } from './installN8n';
import { freePort, N8nProcess } from './n8nProcess';
import { N8nRest } from './n8nRest';
import { printProgress, type Progress } from './runCommand';

/** Which n8n is started, and with what. */
export interface N8nOptions {
	/** n8n's version; the default one if not given. */
	version?: string;
	/** The packed node package; n8n starts without it if not given. */
	tarball?: string;
	/** Further settings for n8n, by the names it documents. */
	env?: Record<string, string>;
	/** A free one if not given. */
	port?: number;
	onProgress?: Progress;
}

/** The account that every n8n started here belongs to. */
export const OWNER = { email: 'owner@example.com', password: 'Only-for-tests-1' };

/** A running n8n of its own: its data lies in a temporary folder and is gone when it stops. */
export class N8n extends N8nRest {
	constructor(
		url: string,
		version: string,
		private readonly process: N8nProcess,
	) {
		super(url, version);
	}

	/** Everything n8n has written to its log so far. */
	async log(): Promise<string> {
		return await this.process.log();
	}

	/** The most memory that n8n's own process ever held, in bytes; undefined where there is no /proc. */
	async memory(): Promise<number | undefined> {
		return await this.process.memory();
	}

	/** Ends n8n at once, in the middle of what it does, as a crash would. */
	async kill(): Promise<void> {
		await this.process.kill();
	}

	/**
	 * Starts n8n once more with the data that it left, after kill().
	 *
	 * @throws with the end of n8n's log if it ends, or is not ready in time
	 */
	async startAgain(): Promise<void> {
		await this.process.startAgain();
		await this.ready();
	}

	/** Ends n8n and removes its data. */
	async stop(): Promise<void> {
		await this.process.stop();
	}

	/** @throws with the end of n8n's log if it ends, or is not ready in time */
	async ready(): Promise<void> {
		await this.process.until(async () => await this.answers());
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
}

/**
 * Starts a real n8n, with the packed package installed as npm does it for users, and logs in as its owner.
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
	const ownPort = port ?? (await freePort());
	const url = `http://127.0.0.1:${ownPort}`;
	onProgress(`n8n ${installed.version} starts at ${url}`);
	const process = await N8nProcess.start(installed, tarball, 'start', {
		N8N_HOST: '127.0.0.1',
		N8N_PORT: String(ownPort),
		N8N_SECURE_COOKIE: 'false',
		...env,
	});
	const n8n = new N8n(url, installed.version, process);
	try {
		await n8n.ready();
		await n8n.createOwner(OWNER.email, OWNER.password);
		return n8n;
	} catch (error) {
		await n8n.stop();
		throw error;
	}
}
