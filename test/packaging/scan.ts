/* eslint-disable @n8n/community-nodes/no-restricted-imports -- runs on a developer's machine, not inside n8n */
/**
 * `npm run scan`: n8n's scanner for community packages, which decides on verification, on the sources
 * and on the packed package. Its own command only takes packages that are already published.
 */
import { rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

import { inCache } from '../e2e/cache';
import { repository } from '../e2e/packNode';
import { runCommand } from '../e2e/runCommand';
import { report } from './report';
import { unpackedPackage } from './unpackedPackage';

const SCANNER = '@n8n/scan-community-package';
const SCANNER_VERSION = '0.32.0';

/** What the scanner lints in a package from npm; it does not export this one. */
const PACKAGE_FILE_PATTERNS = ['**/*.js', 'package.json'];

interface Scanner {
	SOURCE_FILE_PATTERNS: string[];
	analyzePackage(
		folder: string,
		patterns: string[],
	): Promise<{ passed: boolean; message?: string; details?: string }>;
	buildScanConfig(): Promise<unknown>;
}

interface LintResult {
	filePath: string;
	messages: Array<{ line: number; ruleId: string | null; message: string }>;
}

/** In a folder of its own, because it wants other versions of the linter and compiler than we do. */
async function scannerFolder(): Promise<string> {
	const folder = await inCache(`scan-${SCANNER_VERSION}`, async (unfinished) => {
		const dependencies = { [SCANNER]: SCANNER_VERSION };
		await writeFile(
			join(unfinished, 'package.json'),
			JSON.stringify({ private: true, dependencies }),
		);
		await runCommand('npm', ['install', '--ignore-scripts', '--no-audit', '--no-fund'], {
			cwd: unfinished,
			step: "n8n's scanner",
		});
	});
	return join(folder, 'node_modules', ...SCANNER.split('/'));
}

/** The scanner passes over warnings; they are likely to be errors in its next version. */
async function warnings(scanner: Scanner, from: string, folder: string, patterns: string[]) {
	const { ESLint } = createRequire(join(from, 'package.json'))('eslint') as {
		ESLint: new (options: object) => { lintFiles(patterns: string[]): Promise<LintResult[]> };
	};
	const eslint = new ESLint({
		cwd: folder,
		allowInlineConfig: false,
		overrideConfigFile: true,
		overrideConfig: await scanner.buildScanConfig(),
	});
	const results = await eslint.lintFiles(patterns);
	return results.flatMap(({ filePath, messages }) =>
		messages.map(
			({ line, ruleId, message }) => `${filePath}:${line} ${message} (${ruleId ?? 'no rule'})`,
		),
	);
}

async function main() {
	const from = await scannerFolder();
	const scanner = (await import(
		pathToFileURL(join(from, 'scanner', 'scanner.mjs')).href
	)) as Scanner;
	const { folder: unpacked } = await unpackedPackage();

	const legs = [
		{ name: 'the sources', folder: repository, patterns: scanner.SOURCE_FILE_PATTERNS },
		{ name: 'the packed package', folder: unpacked, patterns: PACKAGE_FILE_PATTERNS },
	];
	const checks = [];
	for (const { name, folder, patterns } of legs) {
		// A scan that found nothing to look at passes too, with a message.
		const { passed, message, details } = await scanner.analyzePackage(folder, patterns);
		const findings =
			passed && !message
				? await warnings(scanner, from, folder, patterns)
				: [`${message}\n${details ?? ''}`];
		checks.push({ name: `${SCANNER} ${SCANNER_VERSION} on ${name}`, findings });
	}
	report(checks);
	await rm(unpacked, { recursive: true });
}

void main();
