/* eslint-disable @n8n/community-nodes/no-restricted-imports, @n8n/community-nodes/no-restricted-globals -- runs on a developer's machine, not inside n8n */
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';

import { freePort } from '../e2e/n8nProcess';
import { exists, installSystemPackages } from '../e2e/systemPackage';
import { startServer, type Server } from './server';

/**
 * A Redis of its own that keeps nothing on disk. Where there is none, it is installed from the system's packages when
 * that is possible without asking.
 *
 * @throws with what to install when there is none and it cannot be installed here
 */
export async function startRedis(): Promise<Server> {
	const program = (await installed()) ?? (await install());
	const port = await freePort();
	const folder = await mkdtemp(join(tmpdir(), 'clerk-chat-redis-'));
	const args = ['--bind', '127.0.0.1', '--port', String(port), '--save', '', '--appendonly', 'no'];
	return await startServer({ program, args, folder, port });
}

async function installed(): Promise<string | undefined> {
	for (const folder of (process.env.PATH ?? '').split(delimiter).filter(Boolean)) {
		const path = join(folder, 'redis-server');
		if (await exists(path)) return path;
	}
	return undefined;
}

async function install(): Promise<string> {
	const path = (await installSystemPackages('redis-server')) ? await installed() : undefined;
	if (path) return path;
	throw new Error(
		'The test of queue mode needs Redis. Install it, for example with `sudo apt-get install redis-server`.',
	);
}
