import { ExecuteContext, RoutingNode } from 'n8n-core';
import { createRunExecutionData } from 'n8n-workflow';
import type { ICredentialDataDecryptedObject, INodeProperties, INodeType } from 'n8n-workflow';
import nock from 'nock';
import { ClerkChatApi } from '../../credentials/ClerkChatApi.credentials';
import { ClerkChat } from '../../nodes/ClerkChat/ClerkChat.node';
import { clerkChatApi, messageObject } from './clerkChatApi';
import { closeNetwork } from './closeNetwork';
import { additionalData, API_KEY, BASE_URL, nameOf, runNode, workflowOf } from './engine';

/** What n8n does when somebody saves the credential (credentials-tester.service.js in n8n 2.40.7). */
async function testCredential(data: ICredentialDataDecryptedObject): Promise<unknown> {
	const setup = { parameters: {}, credentials: data };
	const workflow = workflowOf([], setup);
	const node = workflow.getNode(nameOf(setup))!;
	node.parameters = { temp: '' };
	const input = { main: [[{ json: {} }]] };
	const context = new ExecuteContext(
		workflow,
		node,
		additionalData(setup),
		'internal',
		createRunExecutionData({ resultData: { runData: {} } }),
		0,
		[],
		input,
		{ node, data: {}, source: null },
		[],
	);
	const request: INodeProperties = {
		displayName: 'Temp',
		name: 'temp',
		type: 'string',
		routing: { request: new ClerkChatApi().test.request },
		default: '',
	};
	const description = { ...new ClerkChat().description, properties: [request] };
	const type = 'clerkChatApi';
	return await new RoutingNode(context, { description } as INodeType, {
		id: '1',
		name: 'Clerk Chat',
		type,
		data,
	}).runNode();
}

const oneMessage = () => clerkChatApi(() => [200, { data: [messageObject(1)], total: 1 }]);

closeNetwork();

describe('the test of the credential', () => {
	test('reads one message with the key, and changes nothing', async () => {
		const received = oneMessage();
		await testCredential({ apiKey: API_KEY, baseUrl: BASE_URL });
		expect(received).toMatchObject([
			{ method: 'GET', path: '/public/messages', query: { limit: '1' }, violations: [] },
		]);
		expect(received[0].headers.apikey).toBe(API_KEY);
	});

	test.each([401, 403, 404, 500])('%s: the credential does not work', async (status) => {
		clerkChatApi(() => [status, {}]);
		await expect(testCredential({ apiKey: API_KEY, baseUrl: BASE_URL })).rejects.toMatchObject({
			httpCode: String(status),
		});
	});

	test('a redirect is not followed: the key would go along to the other host', async () => {
		const elsewhere = nock('https://elsewhere.test').get(/.*/).reply(200, { data: [] });
		clerkChatApi(() => [302, '', { location: 'https://elsewhere.test/' }]);
		await expect(testCredential({ apiKey: API_KEY, baseUrl: BASE_URL })).rejects.toThrow();
		expect(elsewhere.isDone()).toBe(false);
	});
});

describe('a key with blanks or a line break around it, as it was copied', () => {
	const credentials = { apiKey: ` ${API_KEY}\n`, baseUrl: BASE_URL };

	test('is trimmed already before n8n makes the request', async () => {
		// The HTTP client of n8n 2.40 would trim it, too.
		const { headers } = await new ClerkChatApi().authenticate(credentials, { url: '/' });
		expect(headers).toEqual({ apiKey: API_KEY });
	});

	test('is trimmed when the node runs', async () => {
		const received = oneMessage();
		const parameters = { resource: 'message', operation: 'getAll' };
		await runNode([{}], { parameters, credentials });
		expect(received.map(({ headers }) => headers.apikey)).toEqual([API_KEY]);
	});
});
