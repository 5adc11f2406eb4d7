/* eslint-disable @n8n/community-nodes/no-restricted-imports, @n8n/community-nodes/no-restricted-globals, no-console -- runs on a developer's machine, not inside n8n */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Locator } from 'playwright-core';

import { packNode, readWorkflow, startN8n, type N8n } from '../e2e/n8n';
import { repository } from '../e2e/packNode';
import { startChromium } from './chromium';
import { EditorPage } from './editorPage';
import { Screenshots } from './screenshots';

/* Every workflow in examples/ as people see it after the import: a picture for docs/examples.md, and nothing covers a text. */

const EXAMPLES = join(repository, 'examples');

let n8n: N8n;
let browser: Browser;
let editor: EditorPage;
let screenshots: Screenshots;

beforeAll(async () => {
	screenshots = await Screenshots.create();
	browser = await startChromium();
	n8n = await startN8n({ tarball: await packNode() });
	editor = await EditorPage.logIn(browser, n8n.url);
});

afterAll(async () => {
	await browser?.close();
	await n8n?.stop();
	console.log(`The pictures are in ${screenshots?.folder}`);
});

const boxesOf = async (all: Locator) =>
	await all.evaluateAll((elements) =>
		elements.map((element) => {
			const { left, right, top, bottom } = element.getBoundingClientRect();
			return { left, right, top, bottom, text: element.textContent?.slice(0, 40) };
		}),
	);

test.each(readdirSync(EXAMPLES))('%s: its notes can be read', async (file) => {
	const id = await n8n.createWorkflow(await readWorkflow(join(EXAMPLES, file)));
	await editor.page.setViewportSize({ width: 1600, height: 800 });
	await editor.openWorkflow(id);
	await editor.page.keyboard.press('1');
	await editor.page.waitForTimeout(1000);
	const notes = await boxesOf(
		editor.page.locator('[data-test-id=sticky] .sticky-markdown, .n8n-markdown > div'),
	);
	const nodes = await boxesOf(editor.page.locator('[data-test-id=canvas-node]:not(:has(.sticky))'));
	const covered = notes.filter((note) =>
		nodes.some(
			(node) =>
				note.left < node.right &&
				node.left < note.right &&
				note.top < node.bottom &&
				node.top < note.bottom,
		),
	);
	await screenshots.keep(file.replace('.json', ''), editor.page);
	expect(notes.length).toBeGreaterThan(1);
	expect(nodes.length).toBeGreaterThan(1);
	expect(covered.map(({ text }) => text)).toEqual([]);
});
