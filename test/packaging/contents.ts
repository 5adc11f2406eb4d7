/* eslint-disable @n8n/community-nodes/no-restricted-imports -- runs on a developer's machine, not inside n8n */
/** `npm run pack:check`: what would be published is what is meant to be. */
import { readdir, readFile, rm, stat } from 'node:fs/promises';
import { join, relative } from 'node:path';

import { report } from './report';
import { unpackedPackage } from './unpackedPackage';

const MEANT_TO_BE_PUBLISHED = /^(dist\/.+|README\.md|LICENSE\.md|CHANGELOG\.md|package\.json)$/;
const MUST_BE_THERE = ['README.md', 'LICENSE.md', 'package.json'];
const MOST_BYTES_PACKED = 130_000;

interface Manifest {
	dependencies?: Record<string, string>;
	n8n: { nodes: string[]; credentials: string[] };
}

async function filesIn(folder: string): Promise<string[]> {
	const entries = await readdir(folder, { recursive: true, withFileTypes: true });
	return entries
		.filter((entry) => entry.isFile())
		.map((entry) => relative(folder, join(entry.parentPath, entry.name)));
}

async function main() {
	const { tarball, folder } = await unpackedPackage();
	const files = await filesIn(folder);
	const manifest = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')) as Manifest;
	const { size } = await stat(tarball);
	const named = [...manifest.n8n.nodes, ...manifest.n8n.credentials];
	const missing = (wanted: string[]) => wanted.filter((file) => !files.includes(file));

	report([
		{
			name: 'nothing is published that is not meant to be',
			findings: files.filter((file) => !MEANT_TO_BE_PUBLISHED.test(file)),
		},
		{ name: `${MUST_BE_THERE.join(', ')} are there`, findings: missing(MUST_BE_THERE) },
		{ name: `the ${named.length} files that n8n loads are there`, findings: missing(named) },
		{
			name: `packed it is under ${MOST_BYTES_PACKED} bytes`,
			findings: size < MOST_BYTES_PACKED ? [] : [`${size} bytes`],
		},
		{
			name: 'it depends on no other package',
			findings: Object.keys(manifest.dependencies ?? {}),
		},
	]);
	await rm(folder, { recursive: true });
}

void main();
