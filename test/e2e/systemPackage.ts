/* eslint-disable @n8n/community-nodes/no-restricted-imports, @n8n/community-nodes/no-restricted-globals -- runs on a developer's machine, not inside n8n */
import { access } from 'node:fs/promises';

import { runCommand } from './runCommand';

/**
 * Installs packages of the system when that is possible without asking: Debian and the like, as root.
 *
 * @param names what apt calls them
 * @returns whether it was possible
 * @throws with the last words of apt when it fails
 */
export async function installSystemPackages(...names: string[]): Promise<boolean> {
	if (process.getuid?.() !== 0 || !(await exists('/usr/bin/apt-get'))) return false;
	const options = { cwd: '/', env: { DEBIAN_FRONTEND: 'noninteractive' } };
	await runCommand('apt-get', ['update'], { ...options, step: 'List of system packages' });
	await runCommand('apt-get', ['install', '-y', ...names], { ...options, step: names.join(', ') });
	return true;
}

/** Whether there is a file or folder of that path. */
export async function exists(path: string): Promise<boolean> {
	return await access(path).then(
		() => true,
		() => false,
	);
}
