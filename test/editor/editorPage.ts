/* eslint-disable @n8n/community-nodes/no-restricted-globals -- runs on a developer's machine, not inside n8n */
import { selectors, type Browser, type Locator, type Page } from 'playwright-core';

import { OWNER } from '../e2e/n8n';

/** Where n8n's editor is drawn, in pixels. Small enough for the README, large enough for an open node. */
const SIZE = { width: 1280, height: 800 };
const TALL = { width: 1280, height: 1300 };

/** n8n follows the system; to look at every screen in dark, too. */
export const SCHEME = process.env.CLERK_CHAT_EDITOR_DARK === '1' ? 'dark' : 'light';

/** A busy machine takes long for a page with twenty scripts. */
const PATIENCE_MS = 30_000;

// As n8n spells it.
selectors.setTestIdAttribute('data-test-id');

/** n8n's editor in a browser, logged in as the owner, driven as a person does. */
export class EditorPage {
	private constructor(
		readonly page: Page,
		private readonly url: string,
	) {}

	/** @param url where n8n is reached */
	static async logIn(browser: Browser, url: string): Promise<EditorPage> {
		const context = await browser.newContext({
			viewport: SIZE,
			locale: 'en-US',
			timezoneId: 'UTC',
			colorScheme: SCHEME,
		});
		context.setDefaultTimeout(PATIENCE_MS);
		const page = await context.newPage();
		await page.goto(`${url}/signin`);
		await page.locator('input[type=email]').fill(OWNER.email);
		await page.locator('input[type=password]').fill(OWNER.password);
		await page.getByTestId('form-submit-button').click();
		await page.waitForURL((at) => !at.pathname.startsWith('/signin'));
		return new EditorPage(page, url);
	}

	/** An empty workflow. */
	async openNewWorkflow() {
		await this.page.goto(`${this.url}/workflow/new`);
		await this.page.getByTestId('canvas-plus-button').waitFor();
	}

	async openWorkflow(id: string) {
		await this.page.goto(`${this.url}/workflow/${id}`);
		await this.canvasNodes.first().waitFor();
	}

	/** Opens the node list, from the empty canvas or after the last node, and types into its search. */
	async searchNodes(text: string) {
		const first = this.page.getByTestId('canvas-plus-button');
		const next = this.page.getByTestId('canvas-handle-plus-wrapper').last();
		await first.or(next).first().click();
		await this.page.getByTestId('node-creator-search-bar').fill(text);
	}

	/** The names in the list of nodes, or in the list of what a node can do. */
	get listed(): Locator {
		return this.nodeCreator.getByTestId('node-creator-item-name');
	}

	/** The package's entry in the list of nodes. */
	get clerkChat(): Locator {
		return this.listed.filter({ hasText: /^Clerk Chat$/ });
	}

	get nodeCreator(): Locator {
		return this.page.getByTestId('node-creator');
	}

	get canvasNodes(): Locator {
		return this.page.getByTestId('canvas-node');
	}

	/** A node on the canvas, by its name. */
	canvasNode(name: string): Locator {
		return this.canvasNodes.filter({ hasText: name });
	}

	/** The dialog of the node that is open. */
	get node(): Locator {
		return this.page.getByTestId('ndv');
	}

	/** The middle of an open node. */
	get parameters(): Locator {
		return this.node.getByTestId('node-parameters');
	}

	/** The right side of an open node. */
	get output(): Locator {
		return this.node.getByTestId('output-panel');
	}

	/** The dialog of the credential that is open. */
	get credential(): Locator {
		return this.page.getByTestId('editCredential-modal');
	}

	/** The box or the list of a field, by its internal name. */
	field(name: string, inside: Locator = this.node): Locator {
		return inside.getByTestId(`parameter-input-${name}`);
	}

	async fill(name: string, value: string, inside: Locator = this.node) {
		await this.field(name, inside).locator('input, textarea').first().fill(value);
	}

	/** Where something is picked or entered in a resource locator. */
	located(name: string): Locator {
		return this.field(name).getByTestId('rlc-input');
	}

	/** Says how a resource locator is filled in. */
	async chooseMode(name: string, mode: string) {
		await this.field(name).getByTestId('rlc-mode-selector').click();
		await this.choices.filter({ hasText: mode }).click();
	}

	/** Picks from the list of a field. */
	async choose(name: string, choice: string) {
		await this.field(name).click();
		const choices = this.choices.filter({
			has: this.page.getByText(choice, { exact: true }),
		});
		await choices.click();
		await choices.waitFor({ state: 'hidden' });
	}

	/** The open list of a field that offers a choice. */
	get choices(): Locator {
		return this.page.locator('.el-select-dropdown__item:visible');
	}

	/** Adds a field to one of the node's collections. @param collection position among them, from 0 */
	async addToCollection(collection: number, field: string) {
		await this.collectionButton(collection).click();
		const choice = this.choices.filter({ hasText: field });
		const added = this.parameters.getByText(field, { exact: true });
		await choice.or(added).first().waitFor();
		// When there is only one field, n8n adds it without asking.
		if (await choice.isVisible()) await choice.click();
	}

	/** Shows what one of the node's collections has to offer. */
	async openCollection(collection: number) {
		await this.collectionButton(collection).click();
		await this.choices.first().waitFor();
	}

	private collectionButton(collection: number): Locator {
		const buttons = this.node.getByTestId('collection-parameter-add').filter({ visible: true });
		return buttons.nth(collection);
	}

	/** The labels of the fields, from top to bottom. */
	async labels(inside: Locator = this.parameters): Promise<string[]> {
		const labels = inside.locator('label.n8n-input-label').filter({ visible: true });
		const texts = await labels.locator('.n8n-text').allInnerTexts();
		// A required field has an asterisk.
		return texts.map((text) => text.replace('*', '').trim()).filter((text) => text !== '');
	}

	/** Texts that do not fit where they are shown: labels, notices and headings, or what is given in their place. */
	async cutOff(
		inside: Locator,
		which = '.n8n-text, [class*=notice], [data-test-id=node-creator-item-name]',
	): Promise<string[]> {
		const texts = inside.locator(which);
		return await texts
			.filter({ visible: true })
			.evaluateAll((elements) =>
				elements
					.filter(
						({ scrollWidth, clientWidth }) => clientWidth > 0 && scrollWidth > clientWidth + 1,
					)
					.map(({ textContent }) => String(textContent)),
			);
	}

	/** Makes room, so that an open node is seen from top to bottom, and takes it back. */
	async tall(look: () => Promise<void>) {
		await this.page.setViewportSize(TALL);
		await look();
		await this.page.setViewportSize(SIZE);
	}
}
