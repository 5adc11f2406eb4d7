/* eslint-disable @n8n/community-nodes/no-restricted-imports, @n8n/community-nodes/no-restricted-globals -- runs on a developer's machine, not inside n8n */
import { delimiter, join } from 'node:path';
import { chromium, type Browser } from 'playwright-core';

import { exists, installSystemPackages } from '../e2e/systemPackage';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
const MACOS = [
	'/Applications/Chromium.app/Contents/MacOS/Chromium',
	'/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
];

/** Nothing that a browser does by itself is wanted here: updates, look-ups, first-run pages. */
const FLAGS = [
	'--no-sandbox',
	'--disable-gpu',
	'--disable-quic',
	'--no-first-run',
	'--disable-background-networking',
	'--disable-component-update',
	'--disable-sync',
	'--disable-dev-shm-usage',
];

/**
 * A headless Chromium: the one that `CHROMIUM_PATH` names, or the one on this machine. Where there is none, it is
 * installed from the system's packages when that is possible without asking (Debian and the like, as root).
 *
 * @throws with what to install when there is none and it cannot be installed here
 */
export async function startChromium(): Promise<Browser> {
	const executablePath = process.env.CHROMIUM_PATH ?? (await installed()) ?? (await install());
	return await chromium.launch({ executablePath, args: FLAGS });
}

async function installed(): Promise<string | undefined> {
	const folders = (process.env.PATH ?? '').split(delimiter).filter(Boolean);
	const paths = folders.flatMap((folder) => NAMES.map((name) => join(folder, name)));
	for (const path of [...paths, ...MACOS]) if (await exists(path)) return path;
	return undefined;
}

async function install(): Promise<string> {
	const path = (await installSystemPackages('chromium')) ? await installed() : undefined;
	if (path) return path;
	throw new Error(
		'The test of the editor needs Chromium or Google Chrome. Install one, for example with `sudo apt-get install chromium`, or name it in CHROMIUM_PATH.',
	);
}
