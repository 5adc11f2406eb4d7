/* eslint-disable @n8n/community-nodes/no-restricted-imports -- runs on a developer's machine, not inside n8n */
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { freePort } from '../e2e/n8nProcess';
import { systemProgram } from '../e2e/systemPackage';
import { startServer, type Server } from './server';

/**
 * A separate Redis that stores nothing on disk.
 *
 * @throws as {@link systemProgram} does if it isn't installed
 */
export async function startRedis(): Promise<Server> {
	const program = await systemProgram({ names: ['redis-server'], package: 'redis-server' });
	const port = await freePort();
	const folder = await mkdtemp(join(tmpdir(), 'clerk-chat-redis-'));
	const args = ['--bind', '127.0.0.1', '--port', String(port), '--save', '', '--appendonly', 'no'];
	return await startServer({ program, args, folder, port });
}
