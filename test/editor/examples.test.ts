/* eslint-disable @n8n/community-nodes/no-restricted-imports, @n8n/community-nodes/no-restricted-globals -- runs on a developer's machine, not inside n8n */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Locator } from 'playwright-core';

import { packNode, readWorkflow, startN8n, type N8n } from '../e2e/n8n';
import { repository } from '../e2e/packNode';
import { hashOf } from '../screenTexts';
import { startChromium } from './chromium';
import { EditorPage } from './editorPage';

/* Every workflow in examples/ as it looks after the import: takes a picture, and checks that no node covers a text. */

const EXAMPLES = join(repository, 'examples');
const PICTURES = join(repository, 'docs', 'images', 'examples');

/** n8n's own buttons. */
const HIDDEN = '[data-test-id=canvas-controls], [class*=executionButtons] { visibility: hidden }';

let n8n: N8n;
let browser: Browser;
let editor: EditorPage;

beforeAll(async () => {
	browser = await startChromium();
	n8n = await startN8n({ tarball: await packNode() });
	editor = await EditorPage.logIn(browser, n8n.url);
});

afterAll(async () => {
	await browser?.close();
	await n8n?.stop();
});

interface Box {
	left: number;
	right: number;
	top: number;
	bottom: number;
	text?: string;
}

const boxesOf = async (all: Locator): Promise<Box[]> =>
	await all.evaluateAll((elements) =>
		elements.map((element) => {
			const { left, right, top, bottom } = element.getBoundingClientRect();
			return { left, right, top, bottom, text: element.textContent?.slice(0, 40) };
		}),
	);

/** A picture of the notes and nodes, for docs/examples.md if `UPDATE_SCREENSHOTS=1` asks for it, with the file that it shows. */
async function take(file: string, shown: Box[]) {
	const folder = process.env.UPDATE_SCREENSHOTS === '1' ? PICTURES : tmpdir();
	const x = Math.min(...shown.map(({ left }) => left)) - 16;
	const y = Math.min(...shown.map(({ top }) => top)) - 16;
	const width = Math.max(...shown.map(({ right }) => right)) + 16 - x;
	const height = Math.max(...shown.map(({ bottom }) => bottom)) + 16 - y;
	const path = join(folder, file.replace('.json', '.png'));
	await editor.page.screenshot({ path, clip: { x, y, width, height }, style: HIDDEN });
	const made = join(folder, 'madeOf.json');
	const known = existsSync(made) ? (JSON.parse(readFileSync(made, 'utf8')) as object) : {};
	const hash = hashOf(readFileSync(join(EXAMPLES, file)));
	writeFileSync(made, `${JSON.stringify({ ...known, [file]: hash }, null, '\t')}\n`);
}

test.each(readdirSync(EXAMPLES))('%s: its notes can be read', async (file) => {
	const id = await n8n.createWorkflow(await readWorkflow(join(EXAMPLES, file)));
	await editor.page.setViewportSize({ width: 1600, height: 800 });
	await editor.openWorkflow(id);
	await editor.page.keyboard.press('1');
	await editor.page.waitForTimeout(1000);
	const sticky = '[data-test-id=sticky]';
	const notes = await boxesOf(editor.page.locator(`${sticky} :is(h2, p, li)`));
	const nodes = await boxesOf(
		editor.page.locator(`[data-test-id=canvas-node]:not(:has(${sticky}))`),
	);
	const covered = notes.filter((note) =>
		nodes.some(
			(node) =>
				note.left < node.right &&
				node.left < note.right &&
				note.top < node.bottom &&
				node.top < note.bottom,
		),
	);
	await take(file, [...nodes, ...(await boxesOf(editor.page.locator(sticky)))]);
	expect(notes.length).toBeGreaterThan(1);
	expect(nodes.length).toBeGreaterThan(1);
	expect(covered.map(({ text }) => text)).toEqual([]);
});
