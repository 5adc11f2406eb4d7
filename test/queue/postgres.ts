/* eslint-disable @n8n/community-nodes/no-restricted-imports, @n8n/community-nodes/no-restricted-globals -- runs on a developer's machine, not inside n8n */
import { execFile } from 'node:child_process';
import { chown, mkdtemp, readdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';

import { freePort } from '../e2e/n8nProcess';
import { systemProgram } from '../e2e/systemPackage';
import { startServer, type Server } from './server';

const run = promisify(execFile);

/** Where Debian keeps the programs of each version; they are not on the search path. */
const DEBIAN = '/usr/lib/postgresql';

/** The role and the database that `startPostgres` makes; there is no password. */
export const POSTGRES = { user: 'n8n', database: 'postgres' };

/**
 * A separate PostgreSQL in a temporary folder.
 *
 * @throws as {@link systemProgram} does if it isn't installed
 */
export async function startPostgres(): Promise<Server> {
	const programs = dirname(
		await systemProgram({ names: ['initdb'], package: 'postgresql', folders: debianFolders }),
	);
	const port = await freePort();
	const folder = await mkdtemp(join(tmpdir(), 'clerk-chat-postgres-'));
	const user = await ownUser();
	if (user) await chown(folder, user.uid, user.gid);

	const data = join(folder, 'data');
	const how = ['--auth=trust', '--no-sync', '--encoding=UTF8', '--locale=C.UTF-8'];
	await run(join(programs, 'initdb'), ['-D', data, '-U', POSTGRES.user, ...how], {
		cwd: folder,
		...user,
	});
	// The processes that are killed here are n8n's, so the disk may take its time.
	const args = ['-D', data, '-p', String(port), '-h', '127.0.0.1', '-k', folder, '-F'];
	return await startServer({ program: join(programs, 'postgres'), args, folder, port, ...user });
}

/** PostgreSQL refuses to run as root; Debian's package makes a user for it. */
async function ownUser(): Promise<{ uid: number; gid: number } | undefined> {
	if (process.getuid?.() !== 0) return undefined;
	const idOf = async (option: string) => Number((await run('id', [option, 'postgres'])).stdout);
	return { uid: await idOf('-u'), gid: await idOf('-g') };
}

/** The newest version first. */
async function debianFolders(): Promise<string[]> {
	const versions = await readdir(DEBIAN).catch(() => []);
	return versions
		.sort((a, b) => Number(b) - Number(a))
		.map((version) => join(DEBIAN, version, 'bin'));
}
