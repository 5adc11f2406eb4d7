/* eslint-disable @n8n/community-nodes/no-restricted-imports, @n8n/community-nodes/no-restricted-globals -- runs on a developer's machine, not inside n8n */
import { access, mkdir, readdir, rename, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';

/**
 * Where large downloads are kept between runs, outside the repository: what `CLERK_CHAT_N8N_CACHE`
 * names, or a folder of this package's in the user's cache.
 */
function cacheFolder(): string {
	return (
		process.env.CLERK_CHAT_N8N_CACHE ??
		join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'n8n-nodes-clerk-chat')
	);
}

/**
 * A folder in the cache, filled once. It is filled under another name and renamed at the end, so a folder with the
 * final name is complete, and an interrupted one is deleted and started over.
 *
 * @param name what is stored, with its version
 * @param fill fills the folder it receives; its exceptions are passed on
 * @returns the folder's absolute path
 */
export async function inCache(
	name: string,
	fill: (folder: string) => Promise<void>,
): Promise<string> {
	const cache = cacheFolder();
	const folder = join(cache, name);
	if (await exists(folder)) return folder;

	await mkdir(cache, { recursive: true });
	await removeInterrupted(cache, name);
	const unfinished = join(cache, `${name}.unfinished-${process.pid}`);
	await mkdir(unfinished);
	await fill(unfinished);
	// Another run may have been faster.
	if (await exists(folder)) await rm(unfinished, { recursive: true });
	else await rename(unfinished, folder);
	return folder;
}

async function removeInterrupted(cache: string, name: string) {
	const prefix = `${name}.unfinished-`;
	for (const entry of await readdir(cache)) {
		if (!entry.startsWith(prefix)) continue;
		const owner = Number(entry.slice(prefix.length));
		if (owner === process.pid || !isRunning(owner)) {
			await rm(join(cache, entry), { recursive: true, force: true });
		}
	}
}

function isRunning(pid: number): boolean {
	try {
		return process.kill(pid, 0);
	} catch {
		return false;
	}
}

async function exists(path: string): Promise<boolean> {
	return await access(path).then(
		() => true,
		() => false,
	);
}
