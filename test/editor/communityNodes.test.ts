/* eslint-disable @n8n/community-nodes/no-restricted-imports, @n8n/community-nodes/no-restricted-globals -- runs on a developer's machine, not inside n8n */
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';

import { version } from '../../package.json';
import { credentialFor, failureOf, packNode, readWorkflow, type WorkflowFile } from '../e2e/n8n';
import { callWebhook, eventOf, webhookUrl } from '../e2e/triggerWorkflow';
import { CommunityNodesPage } from './communityNodesPage';
import { startNpmRegistry, type NpmRegistry } from './npmRegistry';
import { editor, n8n, sandbox, screenshots, story, useEditor } from './running';

/*
 * Installs the package the way most people do, under Settings > Community nodes, then updates and removes it. A
 * workflow saved before the update never changes: if it breaks here, it breaks for everyone who updates.
 */

const PACKAGE = 'n8n-nodes-clerk-chat';
const SAVED = join(__dirname, 'workflows', 'savedByFirstVersion.json');
const SECRET = 'a-long-random-text';

const [major, minor, patch] = version.split('.').map(Number);
const nextVersion = `${major}.${minor}.${patch + 1}`;

let registry: NpmRegistry;
let community: CommunityNodesPage;
let saved: WorkflowFile;
let workflowId: string;

useEditor(async () => {
	registry = await startNpmRegistry();
	await registry.publish(await packNode());
	return { env: registry.env };
});

beforeAll(async () => {
	community = new CommunityNodesPage(editor.page, n8n.url);
	saved = await readWorkflow(SAVED);
});

afterAll(async () => await registry?.close());

/** Both ways to start the workflow: by hand, and by an event of Clerk Chat. */
async function expectTheWorkflowRuns() {
	const before = sandbox.messages().length;
	const byHand = await n8n.runWorkflow(workflowId, { trigger: 'Try it' });
	expect(failureOf(byHand)).toBeUndefined();

	const url = webhookUrl(n8n.url, '2b8a3c64-51d7-4b8e-8f0a-6f5d5f1c0001');
	const data = { sender: '+14155550124', body: 'Is it on its way?' };
	await callWebhook(url, eventOf('message.received', data), { Authorization: SECRET });
	for (let look = 0; look < 100 && sandbox.messages().length < before + 2; look++) await wait(100);

	expect(
		sandbox
			.messages()
			.slice(before)
			.map(({ request }) => request),
	).toMatchObject([
		{
			sender: '+14155550100',
			recipients: ['+14155550123'],
			body: 'Your order has shipped.',
			mediaUrls: ['https://example.com/parcel.jpg'],
			sentByName: 'Ann of the shop',
		},
		{
			sender: '+14155550100',
			recipients: ['+14155550124'],
			body: 'You wrote: Is it on its way?',
		},
	]);
}

/** Opens the node that sends, and looks whether everything that was entered is still there. */
async function expectTheNodeShowsWhatWasEntered() {
	await editor.openWorkflow(workflowId);
	await editor.canvasNode('Send text').dblclick();
	await editor.parameters.waitFor();
	// n8n draws what is inside of a collection later than its heading.
	for (const label of ['Media URLs', 'Sent By Name', 'Default Country Code']) {
		await editor.parameters.getByText(label, { exact: true }).waitFor();
	}
	await editor.field('maxConcurrency').waitFor();
	const boxes = editor.parameters.locator('input, textarea');
	const values = await Promise.all(
		(await boxes.filter({ visible: true }).all()).map(async (box) => await box.inputValue()),
	);
	expect(values).toEqual(
		expect.arrayContaining(['+14155550100', '(415) 555-0123', 'Ann of the shop', '+1', '2']),
	);
}

const storedNodes = async () => (await n8n.getWorkflow(workflowId)).nodes;

story('someone who installs the package, updates it and removes it', (step) => {
	step('installs it by its name', async () => {
		await community.open();
		expect(await community.cards.count()).toBe(0);
		await community.fillInstallForm(PACKAGE);
		await screenshots.keep('install', editor.page);
		await community.install();
		expect(await community.cards.innerText()).toMatch(/Clerk Chat.*Clerk Chat Trigger/s);
		expect((await community.version.innerText()).trim()).toBe(`v${version}`);
		await screenshots.keep('installed', editor.page);
	});

	step('finds its nodes, and saves a workflow that runs', async () => {
		await editor.openNewWorkflow();
		await editor.searchNodes('Clerk Chat');
		await editor.clerkChat.waitFor();

		const data = credentialFor(sandbox, { webhookHeaderValue: SECRET });
		const credential = await n8n.createCredential('clerkChatApi', 'Clerk Chat account', data);
		workflowId = await n8n.createWorkflow(saved, { clerkChatApi: credential });
		await n8n.activateWorkflow(workflowId);
		await expectTheWorkflowRuns();
		await expectTheNodeShowsWhatWasEntered();
	});

	step('sees that there is a new version, and where the package is used', async () => {
		await registry.publish(await registry.repack(await packNode(), nextVersion));
		await community.open();
		await community.updateButton.waitFor();
		await community.askForUpdate();
		await community.question.getByText(saved.name).waitFor();
		await screenshots.keep('update', editor.page);
	});

	step('updates, and the workflow runs as before, without being opened', async () => {
		const before = await storedNodes();
		await community.confirm();
		await community.cards.getByText(`v${nextVersion}`).waitFor();
		await screenshots.keep('updated', editor.page);
		await expectTheWorkflowRuns();
		expect(await storedNodes()).toEqual(before);
	});

	step('opens the workflow, and finds everything that was entered', async () => {
		await expectTheNodeShowsWhatWasEntered();
		await screenshots.keep('saved-before-update', editor.node);
	});

	step('removes the package; the workflow is still there, but its nodes are not', async () => {
		const before = await storedNodes();
		await community.open();
		await community.askForRemoval();
		await screenshots.keep('remove', editor.page);
		await community.confirm();
		await editor.page.getByTestId('empty-state').waitFor();
		expect(await storedNodes()).toEqual(before);

		await editor.openWorkflow(workflowId);
		await screenshots.keep('removed', editor.page);
		await expect(n8n.runWorkflow(workflowId, { trigger: 'Try it' })).rejects.toThrow(
			/Unrecognized node type/,
		);
	});

	step('installs it again, and the workflow runs again', async () => {
		await community.open();
		await community.fillInstallForm(PACKAGE);
		await community.install();
		await expectTheWorkflowRuns();
		await expectTheNodeShowsWhatWasEntered();
	});

	step('has seen n8n contact only npm and n8n’s own servers', async () => {
		const strangers = registry.refused.filter((host) => !/(^|\.)n8n\.io:443$/.test(host));
		expect(strangers).toEqual([]);
	});
});
