/* eslint-disable @n8n/community-nodes/no-restricted-imports, @n8n/community-nodes/no-restricted-globals -- runs on a developer's machine, not inside n8n */
import { join } from 'node:path';

import { resources } from '../../nodes/ClerkChat/resources';
import { UNUSABLE_CREDENTIAL } from '../../nodes/api/unusableCredential';
import { credentialFor, readWorkflow, withParameters } from '../e2e/n8n';
import { SCHEME } from './editorPage';
import { callWebhook, eventOf } from '../e2e/triggerWorkflow';
import { CREDENTIAL_TYPE, editor, n8n, sandbox, screenshots, story, useEditor } from './running';

/* How the package looks in n8n's editor. Every screen is also saved as a picture. */

const OPTED_OUT = '+15005550422';
const HEADER_VALUE = 'only-Clerk-Chat-and-this-n8n-know-it';

useEditor();

const createCredential = async () =>
	await n8n.createCredential(
		CREDENTIAL_TYPE,
		'Clerk Chat account',
		credentialFor(sandbox, { webhookHeaderValue: HEADER_VALUE }),
	);

/* From an empty canvas to a sent text, as a newcomer does it. Each step builds on the one before. */
story('a newcomer sends a text', (step) => {
	step('finds Clerk Chat by its name and by what it does', async () => {
		await editor.openNewWorkflow();
		await editor.searchNodes('manual');
		await editor.listed.filter({ hasText: 'Trigger manually' }).click();
		await editor.canvasNodes.first().waitFor();

		for (const words of ['whatsapp', 'text message', 'sms', 'Clerk Chat']) {
			await editor.searchNodes(words);
			await editor.clerkChat.waitFor();
			if (words !== 'Clerk Chat') await editor.page.keyboard.press('Escape');
		}
		await screenshots.keep('search', editor.page);
	});

	step('sees what it can do, and adds one of these', async () => {
		await editor.clerkChat.click();
		await editor.clerkChat.waitFor({ state: 'detached' });
		const actions = resources.flatMap(({ operations }) =>
			operations.map(({ option }) => option.action),
		);
		await editor.listed.filter({ hasText: 'Send message' }).first().waitFor();
		expect(await editor.listed.allInnerTexts()).toEqual(actions);
		await editor.tall(async () => {
			expect(await editor.cutOff(editor.nodeCreator)).toEqual([]);
			await screenshots.take('actions', editor.nodeCreator);
		});

		await editor.listed.filter({ hasText: /^Send message$/ }).click();
		await editor.parameters.waitFor();
		expect(await editor.labels()).toEqual([
			'Credential',
			'Resource',
			'Operation',
			'From',
			'To',
			'Message',
			'Additional Fields',
			'Options',
		]);
	});

	step('enters a wrong key, and sees an error', async () => {
		await editor.node.getByTestId('node-credentials-empty-state').getByRole('button').click();
		await editor.credential.waitFor();
		expect(await editor.labels(editor.credential)).toEqual([
			'API Key',
			'Base URL',
			'Default Country Code',
			'Webhook Header Name',
			'Webhook Header Value',
			'Previous Webhook Header Value',
			'Allowed HTTP Request Domains',
		]);
		expect(await editor.cutOff(editor.credential)).toEqual([]);
		await screenshots.take('credential', editor.credential);

		await editor.fill('apiKey', 'not-the-right-key', editor.credential);
		await editor.fill('baseUrl', sandbox.url, editor.credential);
		await editor.page.getByTestId('credential-save-button').click();
		await editor.credential.getByText('More details').click();
		await editor.credential.getByText("Clerk Chat doesn't accept this API key.").waitFor();
		await screenshots.keep('credential-refused', editor.credential);
	});

	step(
		'enters a key with an invisible character, and sees the same error as in a run',
		async () => {
			await editor.fill('apiKey', `${sandbox.apiKey}\u200b${sandbox.apiKey}`, editor.credential);
			await editor.page.getByTestId('credential-save-button').click();
			const told = editor.credential.getByText(UNUSABLE_CREDENTIAL.apiKey.message);
			const more = editor.credential.getByText('More details');
			await told.or(more).first().waitFor();
			if (!(await told.isVisible())) await more.click();
			await told.waitFor();
			await screenshots.keep('credential-unusable', editor.credential);
		},
	);

	step('enters the right key, and sees that it works', async () => {
		await editor.fill('apiKey', sandbox.apiKey, editor.credential);
		await editor.page.getByTestId('credential-save-button').click();
		const works = editor.credential.getByText('Connection tested successfully');
		// n8n closes the dialog of a new credential as soon as its test has passed.
		await works.or(editor.node.getByTestId('credential-edit-button')).first().waitFor();
		if (!(await works.isVisible())) {
			await editor.node.getByTestId('credential-edit-button').click();
			await works.waitFor();
		}
		await screenshots.keep('credential-works', editor.credential);
		await editor.credential.locator('.el-dialog__headerbtn').click();
		await editor.credential.waitFor({ state: 'hidden' });
	});

	step('sees that there is no number to pick yet, and types it', async () => {
		await editor.located('sender').click();
		await editor.page.getByText('No numbers yet').waitFor();
		await screenshots.keep('no-sender', editor.page);
		await editor.page.keyboard.press('Escape');
		await editor.chooseMode('sender', 'Number');
		await editor.located('sender').fill('+14155550100');
	});

	step('fills in the fields, runs it, and sees the result', async () => {
		await editor.fill('recipients', '+14155550123');
		await editor.fill('body', 'Your order has shipped.');
		await editor.node.getByTestId('node-execute-button').click();
		await editor.output.getByText('1 item').waitFor();
		await editor.output.getByTestId('radio-button-table').click();
		await editor.output.locator('th').last().waitFor();
		const columns = await editor.output.locator('th').allInnerTexts();
		expect(columns.map((text) => text.trim())).toEqual(
			expect.arrayContaining(['id', 'body', 'status']),
		);
		expect(sandbox.messages().map(({ request }) => request.body)).toEqual([
			'Your order has shipped.',
		]);
		await editor.output.getByTestId('radio-button-schema').click();
		await editor.field('resource').scrollIntoViewIfNeeded();
		await screenshots.take('send', editor.node);
	});

	step('picks the number from the list, now that a message was sent from it', async () => {
		await editor.located('sender').fill('');
		await editor.chooseMode('sender', 'From list');
		await editor.located('sender').click();
		const senders = editor.page.getByTestId('rlc-item');
		await senders.filter({ hasText: '+14155550100' }).waitFor();
		await screenshots.keep('senders', editor.node);
		await senders.click();
		expect(await editor.located('sender').inputValue()).toBe('+14155550100');
	});

	step('picks a template from the list, even one far down', async () => {
		await editor.openCollection(0);
		expect(await editor.choices.allInnerTexts()).toEqual([
			'Media URLs',
			'Sent By Name',
			'Template',
		]);
		await editor.choices.filter({ hasText: 'Template' }).click();

		await editor.located('templateId').click();
		const items = editor.page.getByTestId('rlc-item');
		await items.filter({ hasText: 'Welcome: Hi {{first_name}}, good to have you.' }).waitFor();
		expect(await items.count()).toBeGreaterThanOrEqual(50);
		await screenshots.keep('template', editor.node);
		await editor.page.getByTestId('rlc-search').fill('template 57');
		await items.nth(1).waitFor({ state: 'detached' });
		await items.click();
		expect(await editor.located('templateId').inputValue()).toContain('Template 57');
		await editor.node.getByTestId('node-execute-button').click();
		for (let look = 0; look < 100 && sandbox.messages().length < 2; look++) {
			await editor.page.waitForTimeout(100);
		}
		expect(sandbox.messages().at(-1)?.request).toMatchObject({ templateId: 157 });
	});

	step('sees the node on the canvas, in light and in dark', async () => {
		await editor.node.getByTestId('ndv-close-button').click();
		const node = editor.canvasNode('Send message');
		await editor.page.emulateMedia({ colorScheme: 'light' });
		await node.locator('img[src$="clerkChat.svg"]').waitFor();
		// n8n puts nodes so close together that their names touch.
		await editor.page.getByTestId('tidy-up-button').click();
		await screenshots.keep('canvas', editor.page);
		await editor.page.emulateMedia({ colorScheme: 'dark' });
		await node.locator('img[src$="clerkChat.dark.svg"]').waitFor();
		await screenshots.keep('canvas-dark', editor.page);
		await editor.page.emulateMedia({ colorScheme: SCHEME });
	});
});

story('someone whose texts are not all accepted', (step) => {
	step('reads what happened, at which item, and what to do', async () => {
		const file = await readWorkflow(join(__dirname, '..', 'e2e', 'workflows', 'send.json'));
		const orders = ['Ann', 'Ben', 'Cleo'].map((name, index) => ({
			from: '+14155550100',
			to: name === 'Ben' ? OPTED_OUT : `+1415555012${index}`,
			text: `Hello ${name}, order 100${index} has shipped.`,
		}));
		const jsCode = `return ${JSON.stringify(orders)}.map((json) => ({ json }));`;
		const id = await n8n.createWorkflow(withParameters(file, 'Orders', { jsCode }), {
			[CREDENTIAL_TYPE]: await createCredential(),
		});

		await editor.openWorkflow(id);
		await editor.page.getByTestId('execute-workflow-button').click();
		await editor.page.getByText('Problem in node').first().waitFor();
		await screenshots.keep('error-canvas', editor.page);
		await editor.canvasNode('Clerk Chat').dblclick();
		const heading = editor.output.getByTestId('node-error-message');
		expect(await heading.innerText()).toContain("Clerk Chat didn't accept the values");
		const explanation = await editor.output.getByTestId('node-error-description').innerText();
		expect(explanation).toContain('has opted out');
		expect(explanation).toContain(
			'Check the fields of this item: phone numbers need + and country',
		);
		// In lines, and without a mark of HTML.
		expect(explanation).toMatch(/^Sent 2, failed 1: .+\.\n/);
		expect(explanation).not.toContain('<');
		expect(explanation).toContain('Fix this item, and run it separately.');
		await screenshots.take('error', editor.node);
		await editor.output.getByText('From Clerk Chat').click();
		await screenshots.keep('error-details', editor.output);
	});

	step('sees the options of a send, and the settings of the node', async () => {
		await editor.openCollection(1);
		const names = await editor.choices.allInnerTexts();
		await screenshots.keep('options', editor.node);
		await editor.page.keyboard.press('Escape');
		for (const name of names) await editor.addToCollection(1, name);
		expect(await editor.labels()).toEqual(expect.arrayContaining(names));
		await editor.tall(async () => await screenshots.keep('options-added', editor.node));

		await editor.node.getByTestId('tab-settings').click();
		for (const text of ['Request Options', 'Retry On Fail', 'On Error']) {
			await editor.node.getByText(text, { exact: true }).waitFor();
		}
		await screenshots.keep('settings', editor.node);
	});
});

story('someone who looks at everything the node can do', (step) => {
	step('opens it', async () => {
		const file = await readWorkflow(join(__dirname, '..', 'e2e', 'workflows', 'send.json'));
		const id = await n8n.createWorkflow(file, { [CREDENTIAL_TYPE]: await createCredential() });
		await editor.openWorkflow(id);
		await editor.canvasNode('Clerk Chat').dblclick();
		await editor.parameters.waitFor();
	});

	for (const { option: resource, operations } of resources) {
		step(`${resource.name}: texts are shown in full, and there is no markup in them`, async () => {
			await editor.choose('resource', resource.name);
			for (const { option } of operations) {
				await editor.choose('operation', option.name);
				await editor.tall(async () => {
					expect((await editor.labels()).slice(0, 3)).toEqual([
						'Credential',
						'Resource',
						'Operation',
					]);
					const texts = await editor.parameters.innerText();
					expect(texts).not.toMatch(/<\/?\w+[^>]*>|undefined|\[object/);
					expect(await editor.cutOff(editor.parameters)).toEqual([]);
					await screenshots.keep(`${resource.name} ${option.name}`, editor.node);
				});
			}
		});
	}
});

story('someone who wants to see a list before it is sent', (step) => {
	let before = 0;

	const open = async (parameters: Record<string, unknown>) => {
		const file = await readWorkflow(join(__dirname, '..', 'e2e', 'workflows', 'send.json'));
		const id = await n8n.createWorkflow(withParameters(file, 'Clerk Chat', parameters as never), {
			[CREDENTIAL_TYPE]: await createCredential(),
		});
		await editor.openWorkflow(id);
		await editor.canvasNode('Clerk Chat').dblclick();
		await editor.parameters.waitFor();
		before = sandbox.messages().length;
	};

	const execute = async () => {
		await editor.node.getByTestId('node-execute-button').click();
		await editor.node
			.getByTestId('node-execute-button')
			.and(editor.page.locator(':enabled'))
			.waitFor();
	};

	const sent = () =>
		sandbox
			.messages()
			.slice(before)
			.map(({ request }) => request);

	step(
		'adds In Test Runs, executes, and sees each text and its length; nothing is sent',
		async () => {
			await open({ body: '={{ $json.text }} It’s on its way, and should be with you soon.' });
			await editor.addToCollection(1, 'In Test Runs');
			await execute();
			await editor.output.getByText('3 items').waitFor();
			await editor.output
				.getByText('Test run: nothing was sent. The output shows 3 messages')
				.waitFor();
			await editor.output.getByTestId('radio-button-schema').click();
			await editor.output.getByText('curly apostrophe', { exact: true }).waitFor();
			const text = await editor.output.innerText();
			expect(text).toContain('preview');
			expect(text).toContain('UCS-2');
			await screenshots.take('preview', editor.node);
			expect(sent()).toEqual([]);
		},
	);

	/* n8n saves an option that was added, even if nobody changes its value. */
	step('adds Several Numbers: people get a message each', async () => {
		await open({});
		await editor.addToCollection(1, 'Several Numbers');
		await execute();
		await editor.output.getByText('4 items').waitFor();
		expect(sent().map(({ recipients }) => recipients)).toEqual([
			['+14155550123'],
			['+14155550124'],
			['+14155550125'],
			['+14155550126'],
		]);
	});

	step('adds Skip If Sent: a second click sends nothing', async () => {
		await open({ body: '={{ $json.text }} Only once.' });
		await editor.addToCollection(1, 'Skip If Sent in the Last (Hours)');
		await execute();
		await editor.output.getByText('3 items').waitFor();
		expect(sent()).toHaveLength(3);
		await execute();
		await editor.output.getByText('Skipped 3').waitFor();
		expect(sent()).toHaveLength(3);
		await screenshots.keep('skipped', editor.node);
	});
});

/* n8n stores `[[]]` for such a field. */
story('someone who adds a list and leaves it empty', (step) => {
	const additions = [
		['message', 'send', 'Media URLs', '/public/messages'],
		['message', 'getAll', 'Inbox IDs', '/public/messages'],
		['user', 'getAll', 'Emails', '/public/admin/users'],
	];

	for (const [resource, operation, field, path] of additions) {
		step(`${field}: it runs as if the field were not there`, async () => {
			const file = await readWorkflow(join(__dirname, '..', 'e2e', 'workflows', 'send.json'));
			const jsCode =
				"return [{ json: { from: '+14155550100', to: '+14155550123', text: 'Hello' } }];";
			const id = await n8n.createWorkflow(
				withParameters(withParameters(file, 'Orders', { jsCode }), 'Clerk Chat', {
					resource,
					operation,
				}),
				{ [CREDENTIAL_TYPE]: await createCredential() },
			);
			await editor.openWorkflow(id);
			await editor.canvasNode('Clerk Chat').dblclick();
			await editor.parameters.waitFor();
			await editor.addToCollection(0, field);
			await editor.node.getByText(field, { exact: true }).first().waitFor();
			const before = sandbox.requests().length;
			await editor.node.getByTestId('node-execute-button').click();
			for (let look = 0; look < 100 && sandbox.requests().length === before; look++) {
				await editor.page.waitForTimeout(100);
			}
			const paths = sandbox.requests().map((request) => request.path.split('?'));
			expect(paths.slice(before).map(([at]) => at)).toEqual([path]);
			expect(paths.at(-1)?.[1] ?? '').not.toMatch(/inboxIds|emails/);
			await screenshots.keep(`empty ${field}`, editor.node);
		});
	}
});

story('someone who waits for texts', (step) => {
	let testUrl = '';

	step('adds the trigger and reads how to set it up', async () => {
		await createCredential();
		await editor.openNewWorkflow();
		await editor.searchNodes('Clerk Chat');
		await editor.clerkChat.click();
		await editor.listed.filter({ hasText: 'On message received' }).waitFor();
		await screenshots.keep('triggers', editor.nodeCreator);
		await editor.listed.filter({ hasText: 'On message received' }).click();
		await editor.parameters.waitFor();

		const steps = await editor.parameters.locator('[class*=notice] ul').allInnerTexts();
		expect(steps.map((text) => text.slice(0, 2))).toEqual(['1.', '2.', '3.', '4.']);
		expect(await editor.parameters.locator('[class*=notice] li').count()).toBe(0);
		expect(await editor.parameters.innerText()).not.toMatch(/<\/?\w+[^>]*>/);
		const link = editor.parameters.getByRole('link', { name: 'More about webhooks' });
		expect(await link.getAttribute('href')).toBe('https://docs.clerk.chat/integrations/webhooks');
		expect(await editor.labels()).toEqual(['Credential', 'Trigger On', 'Options']);
		expect(await editor.cutOff(editor.parameters)).toEqual([]);
		await screenshots.take('trigger', editor.node);
	});

	step('sees the URLs, the events and the help', async () => {
		await editor.node.getByText('Webhook URLs', { exact: true }).click();
		await editor.node.getByText('/webhook-test/').waitFor();
		testUrl = String(/http\S+webhook-test\S+/.exec(await editor.parameters.innerText())?.[0]);
		await editor.node.getByText('When will this node trigger my flow?').click();
		await editor.node.getByText('The Test URL', { exact: true }).waitFor();
		await screenshots.keep('trigger-help', editor.node);
		await editor.field('events').click();
		await editor.choices.filter({ hasText: 'Message Received' }).waitFor();
		await screenshots.keep('trigger-events', editor.node);
		await editor.field('events').click();
	});

	step('listens for a test event, and sees it', async () => {
		await editor.node.getByTestId('trigger-execute-button').click();
		await editor.node.getByTestId('trigger-listening').waitFor();
		await screenshots.keep('trigger-listening', editor.node);
		const data = { sender: '+14155550123', body: 'Is my order on its way?' };
		await callWebhook(testUrl, eventOf('message.received', data), { authorization: HEADER_VALUE });
		await editor.output.getByText('Is my order on its way?').waitFor();
		await screenshots.keep('trigger-output', editor.node);
		await editor.node.getByTestId('ndv-close-button').click();
		await screenshots.keep('trigger-canvas', editor.page);
	});
});
