/* eslint-disable @n8n/community-nodes/no-restricted-imports, @n8n/community-nodes/no-restricted-globals -- runs on a developer's machine, not inside n8n */
import { join } from 'node:path';
import type { ICredentialDataDecryptedObject, INodeParameters } from 'n8n-workflow';

import { contactFieldsIn } from '../../nodes/ClerkChat/resources/contact/contactFields';
import { credentialFor, readWorkflow, withParameters } from '../e2e/n8n';
import { ask as askSandbox } from '../sandbox/ask';
import { CREDENTIAL_TYPE, editor, n8n, sandbox, screenshots, story, useEditor } from './running';

/* What people pick, enter and add in the node's fields, and the results. */

useEditor();

/**
 * Opens the node with these parameters, after three orders or other given items.
 * @param changes changed values of the credential
 */
async function openNode(
	parameters: INodeParameters,
	orders?: object[],
	changes: ICredentialDataDecryptedObject = {},
): Promise<string> {
	let file = await readWorkflow(join(__dirname, '..', 'e2e', 'workflows', 'send.json'));
	file = withParameters(file, 'Clerk Chat', parameters);
	if (orders) {
		const jsCode = `return ${JSON.stringify(orders)}.map((json) => ({ json }));`;
		file = withParameters(file, 'Orders', { jsCode });
	}
	const data = credentialFor(sandbox, changes);
	const id = await n8n.createWorkflow(file, {
		[CREDENTIAL_TYPE]: await n8n.createCredential(CREDENTIAL_TYPE, 'Clerk Chat account', data),
	});
	await editor.openWorkflow(id);
	await editor.canvasNode('Clerk Chat').dblclick();
	await editor.parameters.waitFor();
	return id;
}

/** What another program asked Clerk Chat for before. */
async function ask(path: string, body: object): Promise<void> {
	expect((await askSandbox(sandbox.url, 'POST', path, { body })).status).toBe(201);
}

/** Executes the open node, and waits for what it asks Clerk Chat to do. */
async function execute(path: string): Promise<object> {
	const before = sandbox.requests().length;
	const asked = () =>
		sandbox
			.requests()
			.slice(before)
			.find((request) => request.path.startsWith(path) && request.method !== 'GET');
	await editor.node.getByTestId('node-execute-button').click();
	for (let look = 0; look < 100 && !asked(); look++) await editor.page.waitForTimeout(100);
	expect(asked()).toBeDefined();
	return asked()!;
}

/** How many executions of a workflow have ended well. */
const endedOf = async (id: string) =>
	(await n8n.listExecutions(id)).filter(({ status }) => status === 'success').length;

/** Executes the open node, which fails before it asks Clerk Chat for anything. @returns what the person reads */
async function refused(): Promise<string> {
	const before = sandbox.requests().length;
	await editor.node.getByTestId('node-execute-button').click();
	await editor.output.getByTestId('node-error-message').waitFor();
	expect(sandbox.requests().slice(before)).toEqual([]);
	return await editor.output.innerText();
}

const items = () => editor.page.getByTestId('rlc-item');

story('someone who picks instead of typing', (step) => {
	step('has sent from three numbers, and has contacts and users', async () => {
		for (const sender of ['+14155550102', '+14155550101', '+14155550100']) {
			await ask('/public/messages', {
				sender,
				recipients: ['+14155550123'],
				body: 'Hello',
				mediaUrls: [],
			});
		}
		for (const [name, phone] of [
			['Ann Lee', '+14155550123'],
			['Ben Smith', '+14155550124'],
			['Cleo Brown', '+14155550125'],
		]) {
			await ask('/public/contacts', { name, phone });
		}
		await ask('/public/admin/users', {
			email: 'dora@example.com',
			firstName: 'Dora',
			lastName: 'Jones',
		});
	});

	step('picks the number to send from, most recently used first', async () => {
		await openNode({
			sender: { __rl: true, mode: 'list', value: '' },
			recipients: '+14155550123',
			body: 'Your order has shipped.',
		});
		await editor.located('sender').click();
		await items().nth(2).waitFor();
		expect(await items().allInnerTexts()).toEqual(['+14155550100', '+14155550101', '+14155550102']);
		await screenshots.take('picker', editor.node);
		await items().nth(1).click();
		expect(await execute('/public/messages')).toMatchObject({ body: { sender: '+14155550101' } });
	});

	step('reads on the canvas from which number to which', async () => {
		await editor.node.getByTestId('ndv-close-button').click();
		const subtitle = editor.canvasNode('Clerk Chat').getByText('…0101 → +14155550123');
		await subtitle.waitFor();
		expect(await editor.cutOff(editor.canvasNode('Clerk Chat'), '[class*=subtitle]')).toEqual([]);
		await screenshots.keep('canvas-subtitle', editor.page);
	});

	step('finds a contact by a part of the name, and by the number in any form', async () => {
		await openNode({
			resource: 'contact',
			operation: 'update',
			contactId: { __rl: true, mode: 'list', value: '' },
			updateFields: { email: 'ben@example.com' },
		});
		await editor.located('contactId').click();
		await items().nth(2).waitFor();
		expect(await items().allInnerTexts()).toEqual([
			'Ann Lee (+14155550123)',
			'Ben Smith (+14155550124)',
			'Cleo Brown (+14155550125)',
		]);
		await screenshots.keep('contact picker', editor.node);
		await editor.page.getByTestId('rlc-search').fill('(415) 555-0124');
		await items().nth(1).waitFor({ state: 'detached' });
		await items().click();
		expect(await editor.located('contactId').inputValue()).toBe('Ben Smith (+14155550124)');
		await screenshots.keep('contact picked', editor.node);
		expect(await execute('/public/contacts/')).toMatchObject({
			method: 'PUT',
			body: { email: 'ben@example.com' },
		});
	});

	step('picks a user', async () => {
		await openNode({
			resource: 'user',
			operation: 'assignPhone',
			userId: { __rl: true, mode: 'list', value: '' },
		});
		await editor.located('userId').click();
		await items().filter({ hasText: 'Dora Jones (dora@example.com)' }).waitFor();
		await screenshots.keep('user picker', editor.node);
	});

	for (const [field, parameters, modes] of [
		['sender', {}, ['From list', 'Number']],
		['contactId', { resource: 'contact', operation: 'update' }, ['From list', 'By ID', 'Phone']],
		['userId', { resource: 'user', operation: 'assignPhone' }, ['From list', 'By ID']],
	] as const) {
		step(`${field}: the ways to fill it in can be read`, async () => {
			await openNode({ ...parameters, [field]: { __rl: true, mode: 'list', value: '' } });
			for (const mode of modes) {
				await editor.chooseMode(field, mode);
				const box = editor.field(field).getByTestId('rlc-mode-selector').locator('input');
				expect(await box.inputValue()).toBe(mode);
				expect(
					await box.evaluate(({ scrollWidth, clientWidth }) => scrollWidth - clientWidth),
				).toBeLessThanOrEqual(1);
				await screenshots.keep(`${field} ${mode}`, editor.node);
			}
		});
	}
});

story('someone who has data about a contact', (step) => {
	step('enters it as names and values', async () => {
		await openNode({ resource: 'contact', operation: 'create', additionalFields: {} });
		await editor.openCollection(0);
		const fields = contactFieldsIn('additionalFields');
		expect(await editor.choices.allInnerTexts()).toEqual(
			fields.map(({ displayName }) => displayName),
		);
		await editor.page.keyboard.press('Escape');
		await editor.addToCollection(0, 'Phone');
		await editor.fill('phone', '+14155550126');
		// n8n's tip for the field covers what comes below.
		await editor.page.keyboard.press('Tab');
		await editor.openCollection(0);
		await editor.choices.getByText('Custom Data', { exact: true }).click();
		await editor.node.getByText('Add Value', { exact: true }).click();
		await editor.field('value').waitFor();
		await editor.fill('name', 'plan');
		await editor.fill('value', 'gold');
		await screenshots.keep('data rows', editor.node);
		expect(await execute('/public/contacts')).toMatchObject({
			body: { phone: '+14155550126', data: { plan: 'gold' } },
		});
	});

	step('sees where the JSON is broken', async () => {
		await openNode({
			resource: 'contact',
			operation: 'create',
			additionalFields: { data: "{ 'plan': 'gold' }" },
		});
		expect(await refused()).toContain("'Custom Data (JSON)' is not a JSON object");
		await screenshots.keep('broken json', editor.node);
	});
});

story('someone whose phone numbers come from a spreadsheet', (step) => {
	const to = (recipients: string) => ({ sender: '+14155550100', recipients, body: 'Hello' });
	const newContact = (phone: string) => ({
		resource: 'contact',
		operation: 'create',
		additionalFields: { phone },
	});
	const byPhone = (value: string) => ({
		resource: 'contact',
		operation: 'update',
		contactId: { __rl: true, mode: 'phone', value },
		updateFields: { name: 'Flo Green' },
	});

	for (const [field, entered, fields, mistake] of [
		['To', '(415) 555-01234', to, '11 digits; a +1 number has 10. Did you mean +41555501234?'],
		['To', '07825 550123', to, "11 digits; a +1 number has 10. +1 numbers don't start with 0."],
		['To', '555-0123', to, '7 digits; a +1 number has 10.'],
		['To', 'n/a', to, 'This means that the number is missing.'],
		['To', '415-555-0123 ext. 5', to, "Texts can't be sent to an extension."],
		['Phone', '555 010', newContact, '6 digits; a +1 number has 10.'],
		['Contact', '(415) 555-300', byPhone, '9 digits; a +1 number has 10.'],
	] as const) {
		step(`enters ${entered} in ${field}, and reads what is wrong with it`, async () => {
			await openNode(fields(entered), [{}], { defaultCountryCode: '+1' });
			const told = await refused();
			expect(told).toContain(`'${field}' contains an invalid phone number: "${entered}"`);
			expect(told).toContain(mistake);
			await screenshots.keep(`number ${entered}`, editor.node);
		});
	}

	step('changes the contact with (415) 555-3005', async () => {
		await ask('/public/contacts', { name: 'Flo', phone: '+14155553005' });
		await openNode(byPhone('(415) 555-3005'), [{}], { defaultCountryCode: '+1' });
		expect(await execute('/public/contacts')).toMatchObject({
			method: 'PUT',
			body: { name: 'Flo Green' },
		});
	});

	step('sees that the credential lacks a Default Country Code', async () => {
		await openNode(byPhone('(415) 555-3005'), [{}]);
		expect(await refused()).toContain("set 'Default Country Code' in the credential");
	});
});

story('someone whose messages cost more or go elsewhere than intended', (step) => {
	step('sees before the run what it does, and what to add', async () => {
		await openNode({});
		await editor.output.getByText('Each run sends a real text for every item').waitFor();
		await editor.addToCollection(1, 'In Test Runs');
		await editor.output
			.getByText('Each run sends a real text for every item')
			.waitFor({ state: 'hidden' });
		await screenshots.keep('test runs added', editor.node);
	});

	step('sees before the run that several numbers share one message', async () => {
		await openNode({ recipients: '+14155550123, +14155550124' });
		await editor.output.getByText("'To' has several numbers.").waitFor();
		await screenshots.keep('several numbers', editor.node);
	});

	step('sees that a campaign is only shown, and two clicks start none', async () => {
		const before = sandbox.requests().length;
		const id = await openNode(
			{
				resource: 'campaign',
				operation: 'start',
				sender: '+14155550100',
				listName: 'Spring',
				body: 'Sale',
			},
			[{}],
		);
		await editor.output.getByText("this shows the campaign but doesn't start it").waitFor();
		await editor.node.getByTestId('node-execute-button').click();
		await editor.output.getByText('nothing was started. The output shows 1 campaign').waitFor();
		await screenshots.keep('campaign shown', editor.node);
		// A click that comes before n8n has put the first run away counts for nothing.
		for (let click = 0; click < 20 && (await endedOf(id)) < 2; click++) {
			await editor.node.getByTestId('node-execute-button').click();
			await editor.page.waitForTimeout(3_000);
		}
		expect(await endedOf(id)).toBeGreaterThan(1);
		expect(sandbox.requests().slice(before)).toEqual([]);
	});

	step('sees hints after the run about long texts, groups and numbers without +', async () => {
		await openNode({}, [
			{
				from: '+14155550100',
				to: '+14155550123, +14155550124',
				text: `It’s on its way. ${'Thank you for your order. '.repeat(3)}`,
			},
			{ from: '+14155550100', to: '41555', text: 'Hello' },
		]);
		await execute('/public/messages');
		await editor.output.getByText('more than one segment').waitFor();
		await editor.output.getByText('1 message to 2 people, who may see').waitFor();
		await editor.output.getByText('No + or country code, so treated as IDs').waitFor();
		await screenshots.keep('hints after', editor.node);
		await editor.page.emulateMedia({ colorScheme: 'dark' });
		await screenshots.keep('hints after dark', editor.node);
		await editor.page.emulateMedia({ colorScheme: 'light' });
	});
});

story('someone who asks a question', (step) => {
	const asking = {
		operation: 'sendAndWait',
		sender: '+14155550100',
		recipients: '+14155550123',
		message: 'May we deliver on Friday?',
	};

	step('adds Answer Line, and its default appears in the text', async () => {
		await openNode(asking);
		await editor.output.getByText("the first item's question").waitFor();
		await editor.addToCollection(1, 'Answer Line');
		await screenshots.keep('answer line', editor.node);
		expect(await execute('/public/messages')).toMatchObject({
			body: {
				body: expect.stringMatching(
					/^May we deliver on Friday\?\nReply YES or NO, or tap:\nhttp/,
				) as string,
			},
		});
	});

	step("sees that phones can't open a link to this machine", async () => {
		await editor.output.getByText("Phones can't open").waitFor();
		await screenshots.keep('waiting', editor.node);
	});

	step('sees all options', async () => {
		await openNode(asking);
		await editor.openCollection(1);
		const names = await editor.choices.allInnerTexts();
		await editor.page.keyboard.press('Escape');
		for (const name of names) await editor.addToCollection(1, name);
		expect(await editor.labels()).toEqual(expect.arrayContaining(names));
		await editor.tall(async () => {
			expect(await editor.cutOff(editor.parameters)).toEqual([]);
			await screenshots.keep('question options', editor.node);
			await editor.page.emulateMedia({ colorScheme: 'dark' });
			await screenshots.keep('question options dark', editor.node);
			await editor.page.emulateMedia({ colorScheme: 'light' });
		});
	});
});

story('someone who waits for a long list', (step) => {
	step('sees the progress in the browser console, and the waiting time in a hint', async () => {
		const told: string[] = [];
		editor.page.on('console', (message) => told.push(message.text()));
		sandbox.settings({ rateLimit: { limit: 5, perMs: 6_000 } });
		const orders = Array.from({ length: 18 }, (_, index) => ({
			from: '+14155550100',
			to: `+1${4_155_550_130 + index}`,
			text: 'Hello',
		}));
		await openNode({ options: {} }, orders);
		await editor.node.getByTestId('node-execute-button').click();
		await editor.output.getByText('18 messages took').waitFor({ timeout: 90_000 });
		sandbox.settings({ rateLimit: null });
		expect(told.join('\n')).toMatch(/\d+ of 18 messages done; Clerk Chat asks n8n to wait \d+ s/);
		await screenshots.keep('long-list', editor.node);
	});
});

story('someone who gives the node to an AI agent', (step) => {
	step('chooses what the model sees of a message', async () => {
		const id = await n8n.createWorkflow(
			await readWorkflow(join(__dirname, '..', '..', 'examples', 'ai-agent-answers-texts.json')),
			{
				[CREDENTIAL_TYPE]: await n8n.createCredential(
					CREDENTIAL_TYPE,
					'Clerk Chat account',
					credentialFor(sandbox),
				),
			},
		);
		await editor.openWorkflow(id);
		await editor.canvasNode('Tell the shop').dblclick();
		await editor.parameters.waitFor();
		expect(await editor.labels()).toContain('Output');
		await editor.choose('output', 'Selected Fields');
		await editor.field('fields').click();
		await editor.choices.filter({ hasText: /^status$/ }).click();
		await editor.tall(async () => {
			expect(await editor.cutOff(editor.parameters)).toEqual([]);
			await screenshots.keep('tool-output', editor.node);
		});
	});
});

story('someone who looks for a node', (step) => {
	for (const words of ['send sms', 'send text', 'text messages', 'receive sms', 'incoming text']) {
		step(`finds it by "${words}"`, async () => {
			await editor.openNewWorkflow();
			await editor.searchNodes(words);
			await editor.clerkChat.waitFor();
			await screenshots.keep(`search ${words}`, editor.page);
		});
	}

	step('reads what the polling trigger needs, in light and in dark', async () => {
		await editor.openNewWorkflow();
		await editor.searchNodes('Clerk Chat Polling');
		await editor.listed.filter({ hasText: 'Clerk Chat Polling' }).click();
		await editor.listed.filter({ hasText: 'On message received' }).click();
		await editor.parameters.waitFor();
		expect(await editor.cutOff(editor.parameters)).toEqual([]);
		await screenshots.keep('polling trigger', editor.node);
		await editor.page.emulateMedia({ colorScheme: 'dark' });
		await screenshots.keep('polling trigger dark', editor.node);
		await editor.page.emulateMedia({ colorScheme: 'light' });
	});
});
