/* eslint-disable @n8n/community-nodes/no-restricted-imports, @n8n/community-nodes/no-restricted-globals, @n8n/community-nodes/no-dangerous-functions -- runs on a developer's machine, not inside n8n */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { stringify } from 'yaml';

import { inCache } from '../e2e/cache';
import { installFromNpm, installNode } from '../e2e/installN8n';
import { freePort } from '../e2e/n8nProcess';
import { printProgress } from '../e2e/runCommand';

const VERSION = '6.10.4';

const SECONDS_TO_START = 60;

/** A running Verdaccio. */
export interface Verdaccio {
	/** The port on 127.0.0.1 where it is reached by https. */
	port: number;
	/** Ends it. */
	close(): Promise<void>;
}

/**
 * Starts Verdaccio, a registry for npm's packages, empty and with nothing behind it: anybody may publish, and what was not
 * published here does not exist.
 *
 * It is installed like n8n, into the cache folder, and not with this package's own tools: it wants Node.js 22 and brings 320
 * packages that nobody needs for anything else.
 *
 * @param folder where it keeps what it is given
 * @param certificate files in PEM, for https
 * @throws when it ends at once or does not come up in time
 */
export async function startVerdaccio(
	folder: string,
	certificate: { key: string; cert: string },
): Promise<Verdaccio> {
	const node = await installNode({ newerToo: true });
	const program = {
		name: 'verdaccio',
		version: VERSION,
		// Its audit asks for a version of node-fetch by a tag that not every mirror of npm's registry has.
		overrides: { 'node-fetch': '2.7.0' },
	};
	const installed = await inCache(
		`verdaccio-${VERSION}`,
		async (unfinished) => await installFromNpm(unfinished, program, node, printProgress),
	);

	const port = await freePort();
	const config = join(folder, 'verdaccio.yaml');
	await writeFile(
		config,
		stringify({
			storage: join(folder, 'packages'),
			auth: { htpasswd: { file: join(folder, 'users') } },
			uplinks: {},
			packages: { '**': { access: '$all', publish: '$all', unpublish: '$all' } },
			web: { enable: false },
			https: certificate,
			log: { type: 'stdout', format: 'pretty', level: 'warn' },
		}),
	);
	const script = join(installed, 'node_modules', 'verdaccio', 'bin', 'verdaccio');
	const listen = `https://127.0.0.1:${port}`;
	const child = spawn(node, [script, '--config', config, '--listen', listen], {
		cwd: folder,
		stdio: ['ignore', 'ignore', 'inherit'],
	});
	// If the parent ends without close(), it must not keep running.
	const kill = () => child.kill('SIGKILL');
	process.once('exit', kill);
	const ended = once(child, 'exit').then(() => process.removeListener('exit', kill));
	const close = async () => {
		child.kill();
		await ended;
	};

	const deadline = Date.now() + SECONDS_TO_START * 1000;
	while (!(await listens(port))) {
		if (child.exitCode !== null) throw new Error(`Verdaccio ended with ${child.exitCode}`);
		if (Date.now() > deadline) {
			await close();
			throw new Error(`Verdaccio was not ready after ${SECONDS_TO_START} seconds`);
		}
		await wait(100);
	}
	return { port, close };
}

async function listens(port: number): Promise<boolean> {
	const socket = connect(port, '127.0.0.1');
	try {
		await once(socket, 'connect');
		return true;
	} catch {
		return false;
	} finally {
		socket.destroy();
	}
}
