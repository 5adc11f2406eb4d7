/* eslint-disable @n8n/community-nodes/no-restricted-imports, @n8n/community-nodes/no-restricted-globals, @n8n/community-nodes/no-dangerous-functions -- runs on a developer's machine, not inside n8n */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';

/** A running server of the test's own. */
export interface Server {
	/** On 127.0.0.1. */
	port: number;
	/** Ends it and removes its data. */
	stop(): Promise<void>;
}

/** Which server is started, and how. */
export interface ServerOptions {
	program: string;
	args: string[];
	/** Where its data lie; removed when it stops. */
	folder: string;
	/** Where it listens on 127.0.0.1. */
	port: number;
	/** The user that it runs as; the running one if not given. */
	uid?: number;
	gid?: number;
}

const SECONDS_TO_START = 60;

/**
 * Starts a server and waits until it listens.
 *
 * @throws with what it said when it ends or does not listen in time
 */
export async function startServer({ folder, port, ...options }: ServerOptions): Promise<Server> {
	const { program, args, uid, gid } = options;
	let said = '';
	const child = spawn(program, args, { cwd: folder, uid, gid, stdio: ['ignore', 'pipe', 'pipe'] });
	child.stdout.on('data', (chunk: Buffer) => (said += chunk));
	child.stderr.on('data', (chunk: Buffer) => (said += chunk));
	child.once('error', (error) => (said += error.message));
	// If the parent ends without stop(), it must not keep running.
	const leaveNothing = () => {
		child.kill('SIGKILL');
		rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
	};
	process.once('exit', leaveNothing);
	child.once('exit', () => process.removeListener('exit', leaveNothing));
	const runs = () => child.pid !== undefined && child.exitCode === null && !child.signalCode;

	const stop = async () => {
		if (runs()) {
			const ended = once(child, 'exit');
			// Tells PostgreSQL to end now, even with open connections.
			child.kill('SIGINT');
			await ended;
		}
		await rm(folder, { recursive: true, force: true, maxRetries: 3 });
	};

	const deadline = Date.now() + SECONDS_TO_START * 1000;
	while (!(await listens(port))) {
		if (!runs() || Date.now() > deadline) {
			await stop();
			throw new Error(`${program} did not start. It said:\n${said}`);
		}
		await wait(100);
	}
	return { port, stop };
}

async function listens(port: number): Promise<boolean> {
	return await new Promise((resolve) => {
		const socket = connect({ port, host: '127.0.0.1' });
		socket.once('connect', () => resolve(true));
		socket.once('error', () => resolve(false));
		socket.once('connect', () => socket.destroy());
	});
}
