/* eslint-disable @n8n/community-nodes/no-restricted-imports, @n8n/community-nodes/no-restricted-globals -- runs on a developer's machine, not inside n8n */
import { access, readdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

import { inCache } from './cache';
import { printProgress, runCommand, type Progress } from './runCommand';

/** The n8n that tests, demo and benchmark run on unless `CLERK_CHAT_N8N_VERSION` names another. */
export const DEFAULT_N8N_VERSION = process.env.CLERK_CHAT_N8N_VERSION ?? '2.41.1';

const NODE_VERSION = '24.21.0';

const NPM_INSTALL = ['install', '--no-audit', '--no-fund', '--loglevel=error'];

/** An n8n in the cache folder, ready to be started. */
export interface InstalledN8n {
	version: string;
	/** Absolute path of the Node.js program that runs it. */
	node: string;
	/** Absolute path of n8n's own start script. */
	script: string;
}

/**
 * Installs a real n8n from npm into the cache folder: about three gigabytes, and three to six minutes the first time.
 * Also installs Node.js if the running version doesn't fit.
 *
 * @throws with npm's own last words if a step fails; the next call starts over
 */
export async function installN8n({
	version = DEFAULT_N8N_VERSION,
	onProgress = printProgress,
}: { version?: string; onProgress?: Progress } = {}): Promise<InstalledN8n> {
	const node = await installNode({ newerToo: !version.startsWith('1.') }, onProgress);
	const folder = await inCache(`n8n-${version}`, async (unfinished) => {
		onProgress(`n8n ${version} is installed once, outside the repository: 3 to 6 minutes, 3 GB.`);
		// n8n 1.x takes xlsx from its maker's own server, where npm's proxies do not reach. Most of n8n's
		// add-ons that want compiling or downloading belong to nodes nobody needs here.
		const program = { name: 'n8n', version, overrides: { xlsx: '0.18.5' } };
		await installFromNpm(unfinished, program, node, onProgress);
		await buildSqlite(unfinished, node, onProgress);
	});
	return { version, node, script: join(folder, 'node_modules', 'n8n', 'bin', 'n8n') };
}

/**
 * A Node.js 24: the running one where it is that, or one in the cache folder. n8n 2.x runs on Node.js from 24 on, n8n 1.x
 * up to 24.
 *
 * @param newerToo whether a newer one does as well
 * @returns the absolute path of the program
 */
export async function installNode(
	{ newerToo }: { newerToo: boolean },
	onProgress: Progress = printProgress,
): Promise<string> {
	const running = Number(process.versions.node.split('.')[0]);
	if (running === 24 || (running > 24 && newerToo)) return process.execPath;

	const folder = await inCache(`node-${NODE_VERSION}`, async (unfinished) => {
		await writePackage(unfinished, { node: NODE_VERSION });
		await runCommand('npm', [...NPM_INSTALL, '--ignore-scripts=false'], {
			cwd: unfinished,
			step: `Node.js ${NODE_VERSION}`,
			onProgress,
		});
	});
	return join(folder, 'node_modules', 'node', 'bin', 'node');
}

/**
 * Installs a program from npm into an empty folder, without what it would compile or download besides.
 *
 * @param program its name, and the version to take; `overrides` as npm has them
 * @param node the Node.js program that npm runs with
 * @throws with npm's own last words when it fails
 */
export async function installFromNpm(
	folder: string,
	program: { name: string; version: string; overrides?: Record<string, string> },
	node: string,
	onProgress: Progress,
) {
	const { name, version, overrides } = program;
	await writePackage(folder, { [name]: version }, overrides);
	await runCommand('npm', [...NPM_INSTALL, '--ignore-scripts'], {
		cwd: folder,
		nodeFolder: dirname(node),
		step: `${name} ${version}`,
		measure: async () => {
			const packages = await countPackages(folder);
			return packages ? `${packages} packages unpacked` : 'finding out which packages it needs';
		},
		onProgress,
	});
}

/** The one add-on that n8n cannot do without. Fetched ready-made where it can be, compiled where not. */
async function buildSqlite(folder: string, node: string, onProgress: Progress) {
	const headers = join(
		dirname(dirname(node)),
		'node_modules',
		`node-${process.platform}-${process.arch}`,
	);
	const env = {
		JOBS: 'max',
		...((await has(join(headers, 'include'))) && { npm_config_nodedir: headers }),
	};
	const options = { cwd: folder, nodeFolder: dirname(node), env, onProgress };
	await runCommand('npm', ['rebuild', 'sqlite3', '--ignore-scripts=false', '--loglevel=error'], {
		...options,
		step: "n8n's SQLite",
	});
	await runCommand(node, ['-e', 'require("sqlite3")'], options);
}

async function writePackage(
	folder: string,
	dependencies: Record<string, string>,
	overrides?: Record<string, string>,
) {
	const content = { private: true, dependencies, overrides };
	await writeFile(join(folder, 'package.json'), JSON.stringify(content));
}

async function countPackages(folder: string): Promise<number> {
	const modules = join(folder, 'node_modules');
	let count = 0;
	for (const name of await readdir(modules).catch(() => [])) {
		const names = name.startsWith('@')
			? (await readdir(join(modules, name)).catch(() => [])).map((inner) => join(name, inner))
			: [name];
		for (const each of names) if (await has(join(modules, each, 'package.json'))) count++;
	}
	return count;
}

async function has(path: string): Promise<boolean> {
	return await access(path).then(
		() => true,
		() => false,
	);
}
