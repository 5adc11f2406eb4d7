/* eslint-disable @n8n/community-nodes/no-restricted-imports, @n8n/community-nodes/no-restricted-globals -- runs on a developer's machine, not inside n8n */
import { rmSync } from 'node:fs';
import { mkdtemp, readdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

import { printProgress, runCommand, type Progress } from './runCommand';

/** The repository's own folder. */
export const repository = resolve(__dirname, '..', '..');

/**
 * Builds the package and packs it as it would be published, into a temporary folder that
 * is removed when the process ends. Where `CLERK_CHAT_TARBALL` names one, that one is taken and nothing is built:
 * a test run packs once.
 *
 * @returns the tarball's absolute path
 * @throws with the last words of the build when it fails
 */
export async function packNode(onProgress: Progress = printProgress): Promise<string> {
	if (process.env.CLERK_CHAT_TARBALL) return process.env.CLERK_CHAT_TARBALL;

	const folder = await mkdtemp(join(tmpdir(), 'clerk-chat-package-'));
	process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
	const options = { cwd: repository, onProgress };
	await runCommand('npm', ['run', 'build'], { ...options, step: 'Building the package' });
	await runCommand('npm', ['pack', '--pack-destination', folder], {
		...options,
		step: 'Packing it',
	});
	const [tarball] = await readdir(folder);
	return join(folder, tarball);
}
