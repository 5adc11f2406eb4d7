import { ExecuteContext, RoutingNode } from 'n8n-core';
import { createRunExecutionData } from 'n8n-workflow';
import type { ICredentialDataDecryptedObject, INodeProperties, INodeType } from 'n8n-workflow';
import nock from 'nock';
import { ClerkChatApi } from '../../credentials/ClerkChatApi.credentials';
import { ClerkChat } from '../../nodes/ClerkChat/ClerkChat.node';
import { clerkChatApi } from './clerkChatApi';
import { closeNetwork } from './closeNetwork';
import { additionalData, API_KEY, BASE_URL, nameOf, runNode, workflowOf } from './engine';
import { messageObject } from './messages';

/** What n8n does when somebody saves the credential (credentials-tester.service.js in n8n 2.41.1). */
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

const COPIED: Array<[string, string]> = [
	['blanks and a line break', ` ${API_KEY}\n`],
	['straight quotes', `"${API_KEY}"`],
	['curly quotes', `\u201c${API_KEY}\u201d`],
	['single curly quotes and a blank', ` \u2018${API_KEY}\u2019 `],
	['a byte order mark', `\ufeff${API_KEY}`],
	['zero-width characters', `\u200b${API_KEY}\u2060\u200d`],
	['a blank that does not break', `\u00a0${API_KEY}`],
];

describe.each(COPIED)('a key with %s around it, as it was copied', (_name, apiKey) => {
	const credentials = { apiKey, baseUrl: BASE_URL };

	test('goes out without them when it is tested', async () => {
		const received = oneMessage();
		await testCredential(credentials);
		expect(received.map(({ headers }) => headers.apikey)).toEqual([API_KEY]);
	});

	test('is free of them already before n8n makes the request', async () => {
		// The HTTP client of n8n 2.40 would trim blanks, too.
		const { headers } = await new ClerkChatApi().authenticate(credentials, { url: '/' });
		expect(headers).toEqual({ apiKey: API_KEY });
	});

	test('goes out without them when the node runs', async () => {
		const received = oneMessage();
		const parameters = { resource: 'message', operation: 'getAll' };
		await runNode([{}], { parameters, credentials });
		expect(received.map(({ headers }) => headers.apikey)).toEqual([API_KEY]);
	});
});

describe.each<[string, string]>([
	['a line break', 'a-secret\nkey'],
	['a zero-width character', 'a-secret\u200bkey'],
	['a curly quote', 'a-secret\u2019key'],
	['a dash that an app made of two', 'a-secret\u2013key'],
	['dots in place of the key', '\u2022\u2022\u2022\u2022'],
])('a key with %s inside', (_name, apiKey) => {
	const credentials = { apiKey, baseUrl: BASE_URL };
	const words = "'API Key' in the credential contains a character that an API key cannot contain";
	const whatToDo = 'Open the credential and enter the key again.';

	test('the test of the credential says so, and the key does not go out', async () => {
		const received = oneMessage();
		const exception = (await testCredential(credentials).catch((thrown: unknown) => thrown)) as {
			message: string;
			cause?: { code?: unknown; response?: unknown };
		};
		// n8n shows the message unless there is one of these (credentials-tester.service.js).
		expect(exception.cause?.code ?? exception.cause?.response).toBeUndefined();
		expect(exception.message).toContain(words);
		expect(exception.message).toContain(whatToDo);
		expect(exception.message).not.toContain('secret');
		expect(received).toHaveLength(0);
	});

	test('every run says the same', async () => {
		const received = oneMessage();
		const parameters = { resource: 'message', operation: 'getAll' };
		const { error } = await runNode([{}], { parameters, credentials });
		expect(error?.message).toBe(words);
		expect(error?.description).toContain(whatToDo);
		expect(received).toHaveLength(0);
	});
});
