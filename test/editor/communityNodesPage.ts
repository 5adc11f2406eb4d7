import type { Locator, Page } from 'playwright-core';

/** npm downloads and n8n loads in between. */
const PATIENCE_MS = 120_000;

/** n8n's Settings > Community nodes, driven as a person does. */
export class CommunityNodesPage {
	/** @param url where n8n is reached */
	constructor(
		private readonly page: Page,
		private readonly url: string,
	) {}

	/** Opens it, and waits until n8n has asked npm for new versions. */
	async open() {
		await this.page.goto(`${this.url}/settings/community-nodes`);
		const nothing = this.page.getByTestId('empty-state');
		await nothing.or(this.version).first().waitFor({ timeout: PATIENCE_MS });
	}

	/** What is installed, one card for each package. */
	get cards(): Locator {
		return this.page.getByTestId('community-package-card');
	}

	/** The version on a card, such as v0.1.0; what only waits for its data has none. */
	get version(): Locator {
		return this.cards.getByText(/^\s*v\d+\.\d+\.\d+\s*$/);
	}

	/** The button of a card that appears only if there is a newer version. */
	get updateButton(): Locator {
		return this.cards.getByRole('button', { name: 'Update' });
	}

	/** The form in which a package is named. */
	get installForm(): Locator {
		return this.page.getByTestId('communityPackageInstall-modal');
	}

	/** The question before an update or a removal. */
	get question(): Locator {
		return this.page.getByTestId('communityPackageManageConfirm-modal');
	}

	/** Opens the form and fills it in. */
	async fillInstallForm(name: string) {
		await this.page.getByRole('button', { name: /^Install/ }).click();
		await this.page.getByTestId('package-name-input').fill(name);
		await this.page.getByTestId('user-agreement-checkbox').click();
	}

	/** Clicks Install and waits until it is done. */
	async install() {
		await this.page.getByTestId('install-community-package-button').click();
		await this.installForm.waitFor({ state: 'hidden', timeout: PATIENCE_MS });
		await this.version.waitFor({ timeout: PATIENCE_MS });
	}

	/** Clicks Update, up to the confirmation. */
	async askForUpdate() {
		await this.updateButton.click();
		await this.question.waitFor();
	}

	/** Chooses Uninstall package, up to the question. */
	async askForRemoval() {
		await this.cards.getByTestId('action-toggle').click();
		await this.page.getByTestId('action-uninstall').click();
		await this.question.waitFor();
	}

	/** Says yes to the question, and waits until it is done. */
	async confirm() {
		await this.question.getByRole('button', { name: /^Confirm/ }).click();
		await this.question.waitFor({ state: 'hidden', timeout: PATIENCE_MS });
	}
}
