/* eslint-disable @n8n/community-nodes/no-restricted-imports -- runs on a developer's machine, not inside n8n */
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';
import type { IDataObject } from 'n8n-workflow';

import { runCommand } from '../e2e/runCommand';
import { systemProgram } from '../e2e/systemPackage';
import { startVerdaccio } from './verdaccio';

const HOST = 'registry.npmjs.org';

/** npm's registry, as an n8n sees it that is started with `env`. */
export interface NpmRegistry {
	/** Settings of n8n, and of the npm that n8n runs. */
	env: Record<string, string>;
	/** Whom they wanted to reach besides, as host:port. None of it left the machine. */
	refused: string[];
	/** Makes a packed package available. */
	publish(tarball: string): Promise<void>;
	/** Repacks a package with another version. @returns the new tarball's absolute path */
	repack(tarball: string, version: string): Promise<string>;
	/** Ends it and removes what it has. */
	close(): Promise<void>;
}

/**
 * Stands in for registry.npmjs.org, on loopback.
 *
 * n8n has a variable for another registry, `N8N_COMMUNITY_PACKAGES_REGISTRY`, but takes it only with a licence
 * (community-packages.service.js, getNpmRegistry), and without the variable it names npm's own registry in each of its
 * calls of npm. So the registry is here under npm's own name: a proxy passes what goes to that on to Verdaccio, refuses
 * everything else, and n8n and npm trust the certificate that is made for it.
 */
export async function startNpmRegistry(): Promise<NpmRegistry> {
	const folder = await mkdtemp(join(tmpdir(), 'clerk-chat-registry-'));
	const certificate = await makeCertificate(folder);
	const verdaccio = await startVerdaccio(folder, certificate);
	const refused: string[] = [];
	const proxy = await startProxy(verdaccio.port, refused);
	const npm = {
		NODE_EXTRA_CA_CERTS: certificate.cert,
		npm_config_cafile: certificate.cert,
		// Doesn't use or change the npm settings and packages of the user.
		npm_config_userconfig: join(folder, 'npmrc'),
		npm_config_globalconfig: join(folder, 'npmrc-of-all'),
		npm_config_cache: join(folder, 'npm-cache'),
	};

	const publish = async (tarball: string) => {
		// Straight to Verdaccio, so that nothing can ever be published elsewhere. npm wants a token, whichever.
		const address = `127.0.0.1:${verdaccio.port}/`;
		const args = [`--registry=https://${address}`, `--//${address}:_authToken=none`];
		await runCommand('npm', ['publish', tarball, ...args], { cwd: folder, env: npm });
	};

	const repack = async (tarball: string, version: string) => {
		const unpacked = await mkdtemp(join(folder, 'next-'));
		await runCommand('tar', ['-xzf', tarball, '-C', unpacked], { cwd: folder });
		const manifest = join(unpacked, 'package', 'package.json');
		const content = JSON.parse(await readFile(manifest, 'utf8')) as IDataObject;
		await writeFile(manifest, JSON.stringify({ ...content, version }));
		const args = ['pack', './package', '--ignore-scripts'];
		await runCommand('npm', args, { cwd: unpacked, env: npm });
		const [file] = (await readdir(unpacked)).filter((name) => name.endsWith('.tgz'));
		return join(unpacked, file);
	};

	return {
		env: {
			...npm,
			HTTPS_PROXY: proxy.url,
			https_proxy: proxy.url,
			NO_PROXY: '127.0.0.1,localhost',
			no_proxy: '127.0.0.1,localhost',
		},
		refused,
		publish,
		repack,
		close: async () => {
			await proxy.close();
			await verdaccio.close();
			await rm(folder, { recursive: true, force: true, maxRetries: 3 });
		},
	};
}

/** A key and a certificate for npm's registry that is its own authority. */
async function makeCertificate(folder: string): Promise<{ key: string; cert: string }> {
	const openssl = await systemProgram({ names: ['openssl'], package: 'openssl' });
	const key = join(folder, 'key.pem');
	const cert = join(folder, 'certificate.pem');
	const names = `subjectAltName=DNS:${HOST},IP:127.0.0.1`;
	const args = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2'];
	await runCommand(
		openssl,
		[...args, '-subj', `/CN=${HOST}`, '-addext', names, '-keyout', key, '-out', cert],
		{ cwd: folder },
	);
	return { key, cert };
}

/** A proxy for https. @param refused is given whom it did not connect */
async function startProxy(portOfRegistry: number, refused: string[]) {
	const server = createServer();
	// A server forgets those it has connected.
	const open = new Set<Duplex>();
	server.on('connect', ({ url }, client) => {
		open.add(client);
		client.on('close', () => open.delete(client));
		client.on('error', () => client.destroy());
		if (url !== `${HOST}:443`) {
			refused.push(String(url));
			client.end('HTTP/1.1 403 Forbidden\r\n\r\n');
			return;
		}
		const registry = connect(portOfRegistry, '127.0.0.1', () => {
			client.write('HTTP/1.1 200 Connection established\r\n\r\n');
			registry.pipe(client).pipe(registry);
		});
		registry.on('error', () => client.destroy());
		client.on('close', () => registry.destroy());
	});
	server.listen(0, '127.0.0.1');
	await once(server, 'listening');
	return {
		url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
		close: async () => {
			server.closeAllConnections();
			for (const client of open) client.destroy();
			server.close();
			await once(server, 'close');
		},
	};
}
