/* eslint-disable @n8n/community-nodes/no-restricted-imports, @n8n/community-nodes/no-restricted-globals -- runs on a developer's machine, not inside n8n */
import { mkdir, mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Locator, Page } from 'playwright-core';

import { repository } from '../e2e/packNode';
import { TEXTS, textsOnScreen } from '../screenTexts';

/** The README shows these, so they are only replaced when `UPDATE_SCREENSHOTS=1` asks for it. */
const README_IMAGES = join(repository, 'docs', 'images');

/** Messages that come and go, and what floats beside an open node: where they are is chance. */
const PASSING = `
	.el-notification { visibility: hidden !important }
	[data-test-id="floating-nodes"] { visibility: hidden !important }
	input, textarea { caret-color: transparent !important }
`;

/** Takes pictures of n8n's editor, light, without what comes and goes. */
export class Screenshots {
	private constructor(
		private readonly temporary: string,
		private readonly images: string,
	) {}

	static async create(): Promise<Screenshots> {
		const temporary = await mkdtemp(join(tmpdir(), 'clerk-chat-editor-'));
		const images = process.env.UPDATE_SCREENSHOTS === '1' ? README_IMAGES : temporary;
		await mkdir(images, { recursive: true });
		return new Screenshots(temporary, images);
	}

	/** Where a person finds the pictures afterwards. */
	get folder(): string {
		return this.images === this.temporary ? this.temporary : `${this.images} and ${this.temporary}`;
	}

	/** A picture for the README. */
	async take(name: string, what: Page | Locator): Promise<void> {
		await save(join(this.images, `${name}.png`), what);
		// A picture is old once a text in it has changed (test/unit/docs.test.ts).
		const shown = await what.locator(':scope, body').first().innerText();
		const texts = [...textsOnScreen(TEXTS)].filter((text) => shown.includes(text)).sort();
		const file = join(this.images, 'texts.json');
		const known = JSON.parse(await readFile(file, 'utf8').catch(() => '{}')) as object;
		await writeFile(file, `${JSON.stringify({ ...known, [name]: texts }, null, '\t')}\n`);
	}

	/**
	 * A picture to look at that no document shows.
	 *
	 * @param name its subject, in words
	 */
	async keep(name: string, what: Page | Locator): Promise<void> {
		await save(join(this.temporary, `${name.replace(/\W+/g, '-').toLowerCase()}.png`), what);
	}
}

async function save(path: string, what: Page | Locator) {
	await what.screenshot({ path, style: PASSING, animations: 'disabled' });
}
