import { ExecuteContext, RoutingNode } from 'n8n-core';
import { createRunExecutionData } from 'n8n-workflow';
import type {
	ICredentialDataDecryptedObject,
	IDataObject,
	INodeProperties,
	INodeType,
} from 'n8n-workflow';
import nock from 'nock';
import { ClerkChatApi } from '../../credentials/ClerkChatApi.credentials';
import { ClerkChat } from '../../nodes/ClerkChat/ClerkChat.node';
import { clerkChatApi } from './clerkChatApi';
import { closeNetwork } from './closeNetwork';
import { additionalData, API_KEY, BASE_URL, nameOf, runNode, workflowOf } from './engine';
import { messageObject } from './messages';

/** What n8n does when someone saves the credential (credentials-tester.service.js in n8n 2.41.1). */
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

/** What lies at a path in a body, as lodash finds it. */
const at = (body: unknown, path: string) =>
	path
		.split('.')
		.reduce<unknown>((value, name) => (value as IDataObject | undefined)?.[name], body);

/** What n8n then says, by the rules of the credential (the same file). */
async function verdictOn(data: ICredentialDataDecryptedObject): Promise<string> {
	type Rules = Array<{
		type: string;
		properties: { key?: string; value: unknown; message: string };
	}>;
	const rules = new ClerkChatApi().test.rules as Rules;
	try {
		const response = (await testCredential(data)) as Array<Array<{ json: object }>>;
		const body = response[0][0].json;
		const broken = rules.find(
			({ type, properties: { key = '', value } }) =>
				type === 'responseSuccessBody' && at(body, key) === value,
		);
		return broken?.properties.message ?? 'OK';
	} catch (exception) {
		const { message, cause } = exception as Error & { cause?: { response?: { status: number } } };
		const status = cause?.response?.status;
		const rule = rules.find(
			({ type, properties }) => type === 'responseCode' && properties.value === status,
		);
		return rule?.properties.message ?? message;
	}
}

const oneMessage = () => clerkChatApi(() => [200, { data: [messageObject(1)], total: 1 }]);

/** Runs the node once with this credential. */
const runWith = async (credentials: ICredentialDataDecryptedObject) =>
	await runNode([{}], { parameters: { resource: 'message', operation: 'getAll' }, credentials });

const good = { apiKey: API_KEY, baseUrl: BASE_URL };

closeNetwork();

describe('the test of the credential', () => {
	test('reads one message with the key, and changes nothing', async () => {
		const received = oneMessage();
		await testCredential(good);
		expect(received).toMatchObject([
			{ method: 'GET', path: '/public/messages', query: { limit: '1' }, violations: [] },
		]);
		expect(received[0].headers.apikey).toBe(API_KEY);
	});

	test.each([401, 403, 404, 500])('%s: the credential does not work', async (status) => {
		clerkChatApi(() => [status, {}]);
		await expect(testCredential(good)).rejects.toMatchObject({
			httpCode: String(status),
		});
	});

	test.each([
		['a list of messages', { data: [messageObject(1)], total: 1 }, 'OK'],
		['an empty list', { data: [], total: 0 }, 'OK'],
		['a web page', '<html><body>Please sign in</body></html>', "isn't the Clerk Chat API"],
		['the JSON of something else', { ok: true }, "isn't the Clerk Chat API"],
		['other data', { data: 'text' }, "isn't the Clerk Chat API"],
	])('checks what responds: %s', async (_, body, words) => {
		nock(BASE_URL).get('/public/messages').query(true).reply(200, body);
		expect(await verdictOn(good)).toContain(words);
	});

	test("does not blame the key alone for a proxy's 403", async () => {
		clerkChatApi(() => [403, '<html>Forbidden</html>']);
		expect(await verdictOn(good)).toContain('proxy');
	});

	test("a redirect is not followed, so the key isn't sent to another host", async () => {
		const elsewhere = nock('https://elsewhere.test').get(/.*/).reply(200, { data: [] });
		clerkChatApi(() => [302, '', { location: 'https://elsewhere.test/' }]);
		expect(await verdictOn(good)).toContain("isn't the Clerk Chat API");
		expect(elsewhere.isDone()).toBe(false);
	});
});

describe.each<[string, string]>([
	['blanks and a line break', ` ${API_KEY}\n`],
	['straight quotes', `"${API_KEY}"`],
	['curly quotes', `\u201c${API_KEY}\u201d`],
	['single curly quotes and a blank', ` \u2018${API_KEY}\u2019 `],
	['a byte order mark', `\ufeff${API_KEY}`],
	['zero-width characters', `\u200b${API_KEY}\u2060\u200d`],
	['a blank that does not break', `\u00a0${API_KEY}`],
])('a key copied with %s around it', (_name, apiKey) => {
	const credentials = { apiKey, baseUrl: BASE_URL };

	test('is sent without them, in the test and when the node runs', async () => {
		const received = oneMessage();
		await testCredential(credentials);
		await runWith(credentials);
		expect(received.map(({ headers }) => headers.apikey)).toEqual([API_KEY, API_KEY]);
	});

	test('is stripped of them before n8n makes the request', async () => {
		// The HTTP client of n8n 2.40 would trim blanks, too.
		const { headers } = await new ClerkChatApi().authenticate(credentials, { url: '/' });
		expect(headers).toEqual({ apiKey: API_KEY });
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
	const words = "'API Key' in the credential contains an invalid character";
	const whatToDo = 'Open the credential and enter the key again.';

	test('fails the credential test, and is not sent', async () => {
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

	test('fails every run with the same error', async () => {
		const received = oneMessage();
		const { error } = await runWith(credentials);
		expect(error?.message).toBe(words);
		expect(error?.description).toContain(whatToDo);
		expect(received).toHaveLength(0);
	});
});

describe.each<[string, string]>([
	['nothing', ' '],
	['no address', 'clerk.chat'],
	['an unencrypted one', 'http://web-api.clerk.chat'],
	['one of files', 'file:///etc/passwd'],
])('a base URL that is %s', (_name, baseUrl) => {
	const credentials = { apiKey: API_KEY, baseUrl };

	test('is rejected in the test and when the node runs, before the key is sent', async () => {
		const received = oneMessage();
		expect(await verdictOn(credentials)).toContain("'Base URL' in the credential");
		const { error } = await runWith(credentials);
		expect(error?.message).toContain("'Base URL' in the credential");
		expect(received).toHaveLength(0);
	});
});

test.each([
	` ${BASE_URL}/ `,
	` ${BASE_URL}///\n`,
	BASE_URL.replace('//', '///'),
	BASE_URL.toUpperCase(),
])('a base URL that was pasted as %j works in the test and in the node', async (baseUrl) => {
	const received = oneMessage();
	const credentials = { apiKey: API_KEY, baseUrl };
	expect(await verdictOn(credentials)).toBe('OK');
	expect((await runWith(credentials)).error).toBeUndefined();
	expect(received).toHaveLength(2);
});
