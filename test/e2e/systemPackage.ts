/* eslint-disable @n8n/community-nodes/no-restricted-imports, @n8n/community-nodes/no-restricted-globals -- runs on a developer's machine, not inside n8n */
import { access } from 'node:fs/promises';
import { delimiter, join } from 'node:path';

import { runCommand } from './runCommand';

/**
 * Installs a package of the system when that is possible without asking: Debian and the like, as root.
 *
 * @param name what apt calls it
 * @returns whether it was possible
 * @throws with the last words of apt when it fails
 */
async function installSystemPackage(name: string): Promise<boolean> {
	if (process.getuid?.() !== 0 || !(await exists('/usr/bin/apt-get'))) return false;
	const options = { cwd: '/', env: { DEBIAN_FRONTEND: 'noninteractive' } };
	await runCommand('apt-get', ['update'], { ...options, step: 'List of system packages' });
	await runCommand('apt-get', ['install', '-y', name], { ...options, step: name });
	return true;
}

/** A program of the system, and how to come by it. */
export interface SystemProgram {
	/** The file's names, the best first. */
	names: string[];
	/** The Debian package that contains it. */
	package: string;
	/** Folders that are not on the search path but may have it; they go first. */
	folders?: () => Promise<string[]>;
}

/**
 * A program of the system. Where it is missing, it is installed when that is possible without asking.
 *
 * @returns its absolute path
 * @throws with what to install when it is missing and cannot be installed here
 */
export async function systemProgram(program: SystemProgram): Promise<string> {
	const install = async () =>
		(await installSystemPackage(program.package)) ? await find(program) : undefined;
	const path = (await find(program)) ?? (await install());
	if (path) return path;
	throw new Error(
		`${program.names[0]} is needed. Install it, for example with \`sudo apt-get install ${program.package}\`.`,
	);
}

async function find({ names, folders }: SystemProgram): Promise<string | undefined> {
	const searched = [
		...((await folders?.()) ?? []),
		...(process.env.PATH ?? '').split(delimiter).filter(Boolean),
	];
	for (const folder of searched) {
		for (const name of names) if (await exists(join(folder, name))) return join(folder, name);
	}
	return undefined;
}

async function exists(path: string): Promise<boolean> {
	return await access(path).then(
		() => true,
		() => false,
	);
}
