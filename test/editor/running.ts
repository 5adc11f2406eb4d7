/* eslint-disable no-console -- runs on a developer's machine, not inside n8n */
import type { Browser } from 'playwright-core';

import { packNode, startN8n, type N8n, type N8nOptions } from '../e2e/n8n';
import { startSandbox, type Sandbox } from '../sandbox/sandbox';
import { startChromium } from './chromium';
import { EditorPage } from './editorPage';
import { Screenshots } from './screenshots';
import { storyteller } from './story';

/* What the tests in one file share: n8n with its editor in a browser, the sandbox, and the folder for pictures. */

export let n8n: N8n;
export let sandbox: Sandbox;
export let editor: EditorPage;
export let screenshots: Screenshots;

let browser: Browser | undefined;

/** Has them started before all tests, and ended after them. @param options how n8n is started; with the package if left out */
export function useEditor(
	options: () => Promise<N8nOptions> = async () => ({ tarball: await packNode() }),
): void {
	beforeAll(async () => {
		screenshots = await Screenshots.create();
		browser = await startChromium();
		sandbox = await startSandbox();
		n8n = await startN8n(await options());
		editor = await EditorPage.logIn(browser, n8n.url);
	});
	afterAll(async () => {
		await browser?.close();
		await n8n?.stop();
		await sandbox?.close();
		console.log(`The pictures are in ${screenshots?.folder}`);
	});
}

/** A picture is kept of a step that fails. */
export const story = storyteller(
	async (step) => await screenshots.keep(`failed ${step}`, editor.page),
);

export const CREDENTIAL_TYPE = 'clerkChatApi';
