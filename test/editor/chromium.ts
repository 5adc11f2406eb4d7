/* eslint-disable @n8n/community-nodes/no-restricted-globals -- runs on a developer's machine, not inside n8n */
import { chromium, type Browser } from 'playwright-core';

import { systemProgram } from '../e2e/systemPackage';

const NAMES = [
	'chromium',
	'chromium-browser',
	'google-chrome',
	'google-chrome-stable',
	'Chromium',
	'Google Chrome',
];
const MACOS = [
	'/Applications/Chromium.app/Contents/MacOS',
	'/Applications/Google Chrome.app/Contents/MacOS',
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
 * A headless Chromium or Google Chrome: the one that `CHROMIUM_PATH` names, or the one on this machine.
 *
 * @throws as {@link systemProgram} does when there is none
 */
export async function startChromium(): Promise<Browser> {
	const executablePath =
		process.env.CHROMIUM_PATH ??
		(await systemProgram({ names: NAMES, package: 'chromium', folders: async () => MACOS }));
	return await chromium.launch({ executablePath, args: FLAGS });
}
