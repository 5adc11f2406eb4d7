/* eslint-disable @n8n/community-nodes/no-restricted-imports, @n8n/community-nodes/no-restricted-globals -- runs on a developer's machine, not inside n8n */
import { execFile } from 'node:child_process';
import { chown, mkdtemp, readdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';

import { freePort } from '../e2e/n8nProcess';
import { exists, installSystemPackages } from '../e2e/systemPackage';
import { startServer, type Server } from './server';

const run = promisify(execFile);

/** Where Debian keeps the programs of each version; they are not on the search path. */
const DEBIAN = '/usr/lib/postgresql';

/** The role and the database that `startPostgres` makes; there is no password. */
export const POSTGRES = { user: 'n8n', database: 'postgres' };

/**
 * A PostgreSQL of its own in a temporary folder. Where there is none, it is installed from the system's packages when
 * that is possible without asking.
 *
 * @throws with what to install when there is none and it cannot be installed here
 */
export async function startPostgres(): Promise<Server> {
	const programs = (await installed()) ?? (await install());
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

/** @returns the folder with `initdb` and `postgres` */
async function installed(): Promise<string | undefined> {
	const versions = await readdir(DEBIAN).catch(() => []);
	const newestFirst = versions.sort((a, b) => Number(b) - Number(a));
	const folders = [
		...newestFirst.map((version) => join(DEBIAN, version, 'bin')),
		...(process.env.PATH ?? '').split(delimiter).filter(Boolean),
	];
	for (const folder of folders) if (await exists(join(folder, 'initdb'))) return folder;
	return undefined;
}

async function install(): Promise<string> {
	const folder = (await installSystemPackages('postgresql')) ? await installed() : undefined;
	if (folder) return folder;
	throw new Error(
		'The test of queue mode needs PostgreSQL. Install it, for example with `sudo apt-get install postgresql`.',
	);
}
