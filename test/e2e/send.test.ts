import type { ICredentialDataDecryptedObject, IDataObject } from 'n8n-workflow';

import { startSandbox } from '../sandbox/sandbox';
import { credentialFor, failureOf, itemsFrom, withParameters, type WorkflowFile } from './n8n';
import { credentials, n8n, NODE, sandbox, useN8n, workflowNamed } from './running';

useN8n();

let workflow: WorkflowFile;
beforeAll(async () => void (workflow = await workflowNamed('send')));

const sentRequests = () => sandbox.requests().filter(({ method }) => method === 'POST');

describe('the message operation send', () => {
	test('sends one message for each item and returns what Clerk Chat created', async () => {
		const id = await n8n.createWorkflow(workflow, credentials);
		const execution = await n8n.runWorkflow(id);

		expect(failureOf(execution)).toBeUndefined();
		expect(execution.status).toBe('success');
		const bodies = sentRequests().map(({ body }) => body as IDataObject);
		expect(bodies).toHaveLength(3);
		expect(bodies).toEqual(
			expect.arrayContaining([
				{
					sender: '+14155550100',
					recipients: ['+14155550123'],
					body: 'Hello Ann, order 1001 has shipped.',
					mediaUrls: [],
				},
				{
					sender: '+14155550100',
					// A spreadsheet's number, without its plus sign.
					recipients: ['+14155550124'],
					body: 'Hello Ben, order 1002 has shipped.',
					mediaUrls: [],
				},
				{
					sender: '+14155550100',
					recipients: ['+14155550125', '+14155550126'],
					body: 'Hello both, order 1003 has shipped.',
					mediaUrls: [],
				},
			]),
		);

		// In the order of the items, each with every field that came, documented or not.
		const items = itemsFrom(execution, 'Sent');
		expect(items.map(({ json }) => json.body)).toEqual([
			'Hello Ann, order 1001 has shipped.',
			'Hello Ben, order 1002 has shipped.',
			'Hello both, order 1003 has shipped.',
		]);
		for (const { json } of items) {
			const kept = sandbox.messages().find(({ message }) => message.id === json.id);
			expect(json).toEqual(kept?.message);
		}
		expect(itemsFrom(execution, NODE).map(({ pairedItem }) => pairedItem)).toEqual([
			{ item: 0 },
			{ item: 1 },
			{ item: 2 },
		]);
	});

	test('passes on media, the name of the sender and a template', async () => {
		const additionalFields = {
			mediaUrls: ['https://example.com/a.jpg', '={{ "https://example.com/" + "b.jpg" }}'],
			sentByName: 'Order Desk',
			templateId: { __rl: true, mode: 'id', value: '1' },
		};
		const filled = withParameters(workflow, NODE, { additionalFields });
		const id = await n8n.createWorkflow(filled, credentials);
		const execution = await n8n.runWorkflow(id);

		expect(failureOf(execution)).toBeUndefined();
		expect(sentRequests()).toHaveLength(3);
		for (const { body } of sentRequests()) {
			expect(body).toMatchObject({
				mediaUrls: ['https://example.com/a.jpg', 'https://example.com/b.jpg'],
				sentByName: 'Order Desk',
				templateId: 1,
			});
		}
	});

	test('says what to do about an unknown API key, without showing it', async () => {
		const apiKey = 'not-the-right-key';
		const wrong = await n8n.createCredential(
			'clerkChatApi',
			'Wrong',
			credentialFor(sandbox, { apiKey }),
		);
		const id = await n8n.createWorkflow(workflow, { clerkChatApi: wrong });
		const execution = await n8n.runWorkflow(id);

		expect(execution.status).toBe('error');
		expect(failureOf(execution)?.message).toContain("Clerk Chat doesn't accept the API key");
		expect(sandbox.messages()).toHaveLength(0);
		expect(JSON.stringify(execution.data)).not.toContain(apiKey);
		expect(await n8n.log()).not.toContain(apiKey);
	});
});

describe('the test of the credential', () => {
	const tested = async (changes: ICredentialDataDecryptedObject) =>
		await n8n.testCredential(
			credentials.clerkChatApi,
			'clerkChatApi',
			credentialFor(sandbox, changes),
		);

	test('passes with the right key', async () => {
		expect(await tested({})).toMatchObject({ status: 'OK' });
	});

	test('says so when the key is wrong', async () => {
		const { status, message } = await tested({ apiKey: 'not-the-right-key' });
		expect(status).toBe('Error');
		// n8n 1.x has its own words for this status and does not ask for ours.
		expect(message).toContain(
			n8n.version.startsWith('1.') ? 'credentials' : "doesn't accept this API key",
		);
	});

	test('reports a different error when nothing responds at the address', async () => {
		const gone = await startSandbox();
		await gone.close();
		const { status, message } = await tested({ baseUrl: gone.url });
		expect(status).toBe('Error');
		expect(message).not.toContain('key');
	});
});
