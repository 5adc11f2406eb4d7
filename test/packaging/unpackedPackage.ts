/* eslint-disable @n8n/community-nodes/no-restricted-imports -- runs on a developer's machine, not inside n8n */
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { packNode } from '../e2e/packNode';
import { runCommand } from '../e2e/runCommand';

/**
 * The package as users get it, in a temporary folder.
 *
 * @returns absolute paths of the tarball and of the folder with what is in it
 */
export async function unpackedPackage(): Promise<{ tarball: string; folder: string }> {
	const tarball = await packNode();
	const folder = await mkdtemp(join(tmpdir(), 'clerk-chat-unpacked-'));
	await runCommand('tar', ['-xzf', tarball, '-C', folder, '--strip-components=1'], { cwd: folder });
	return { tarball, folder };
}
