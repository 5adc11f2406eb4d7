/* eslint-disable @n8n/community-nodes/no-restricted-imports -- runs on a developer's machine, not inside n8n */
import { setTimeout as wait } from 'node:timers/promises';
import OpenAPIBackend from 'openapi-backend';
import { ask as askSandbox, sendMessage, until, useSandbox } from './ask';
import { unknownListName } from './handlers/campaigns';
import { unknownWebhookId } from './handlers/agentWebhooks';
import { openApiDocument, validateRequest, validateResponse } from './openApiDocument';
import { startSandbox } from './sandbox';

const ann = '+14155550111';
const message = { sender: '+14155550100', recipients: [ann], body: 'Hello', mediaUrls: [] };
const agent = '/public/pipelines/webhook/50000000-0000-4000-8000-000000000001';

const sandbox = useSandbox();

const ask = async (
	method: string,
	path: string,
	body?: unknown,
	headers?: Record<string, string>,
) => await askSandbox(sandbox.url, method, path, { body, headers });
const sendTo = async (...recipients: string[]) =>
	await sendMessage(sandbox.url, '', { recipients });

describe('the document', () => {
	test('is valid OpenAPI', async () => {
		const backend = new OpenAPIBackend({ definition: openApiDocument });
		await backend.loadDocument();
		expect(() => backend.validateDefinition()).not.toThrow();
	});

	const wrong = { sender: 14155550100, recipients: [1], body: '' };
	test.each<[string, unknown, Record<string, string> | undefined, string[]]>([
		['POST /public/messages', message, undefined, []],
		[
			'POST /public/messages',
			wrong,
			undefined,
			[
				"body must have required property 'mediaUrls'",
				'sender must be string',
				'recipients.0 must be string',
			],
		],
		['POST /public/messages', undefined, undefined, ['body is missing']],
		['POST /no', undefined, undefined, ['POST /no is not in the document']],
		[
			'GET /public/messages',
			undefined,
			{ limit: '51', skip: '1' },
			['query must not hold skip', 'limit must be <= 50'],
		],
		['GET /public/contacts', undefined, { anything: 'goes' }, []],
	])('for the request %s %j %j: reports %j', (request, body, query, violations) => {
		const [method, path] = request.split(' ');
		expect(validateRequest(method, path, body, query)).toEqual(violations);
	});

	test.each<[string, number, unknown, string[]]>([
		['GET /public/messages', 200, { data: [], total: '0' }, ['total must be number']],
		['POST /public/messages', 201, undefined, [expect.any(String)]],
		['POST /public/messages', 418, {}, ['POST /public/messages does not document status 418']],
		[`POST ${agent}`, 202, { ok: true }, ['body must be empty']],
		[`POST ${agent}`, 202, '', []],
	])('for the response to %s, %i %j: reports %j', (request, status, body, violations) => {
		const [method, path] = request.split(' ');
		expect(validateResponse(method, path, status, body)).toEqual(violations);
	});
});

describe('every operation', () => {
	const contact = { name: 'Ann', phone: ann, data: { plan: 'pro' } };
	const campaign = { sender: '+14155550100', listName: 'All', mediaUrls: [], body: 'Hello' };
	const assignment = { userId: '20000000-0000-4000-8000-000000000001', phoneId: 'p1' };
	const operations: Array<[method: string, path: string, status: number, body?: unknown]> = [
		['POST', '/public/messages', 201, message],
		['GET', '/public/messages?inboxIds=a&inboxIds=b&limit=10&page=1', 200],
		['GET', '/public/message-templates', 200],
		['POST', '/public/contacts', 201, contact],
		['POST', '/public/contacts/batch', 201, { contacts: [contact, {}] }],
		['GET', '/public/contacts', 200],
		['PUT', '/public/contacts/1', 200, { name: 'Anna' }],
		['POST', '/public/campaigns', 201, campaign],
		['POST', '/public/admin/users', 201, { email: 'ann@example.com', role: 'agent' }],
		['GET', '/public/admin/users?emails=owner@example.com', 201],
		['POST', '/public/admin/phone-assignments', 201, assignment],
		['POST', '/public/twilio-connector/inbox/application', 201, { name: 'Voice' }],
		['POST', '/public/twilio-connector/connect', 200, { inboxExternalId: 'inbox-123' }],
		['POST', agent, 202, { phone: ann, order: 7 }],
	];

	test.each(operations)('%s %s responds as documented', async (...operation) => {
		const [method, path, status, body] = operation;
		await ask('POST', '/public/contacts', contact);
		const got = await ask(method, path, body);
		expect(got.status).toBe(status);
		const [bare] = path.split('?');
		expect(validateResponse(method, bare, status, got.json ?? got.text)).toEqual([]);
	});

	test('is tried here', () => {
		const paths = Object.values(openApiDocument.paths ?? {});
		expect(operations).toHaveLength(paths.flatMap((path) => Object.keys(path ?? {})).length);
	});
});

describe("the API's checks", () => {
	test.each([{}, { apiKey: 'wrong' }, { Authorization: 'Bearer sandbox-key' }])(
		'the key (%j)',
		async (headers) => {
			const got = await ask('POST', '/public/messages', message, headers as never);
			expect([got.status, got.json.message]).toEqual([401, 'The API key is missing or wrong']);
			expect(sandbox.messages()).toEqual([]);
		},
	);

	const campaign = { sender: 'a', listName: unknownListName, mediaUrls: [], body: 'b' };
	test.each<[string, unknown, number, unknown?]>([
		['GET /public/nothing', undefined, 404, 'Cannot GET /public/nothing'],
		['DELETE /public/messages', undefined, 404],
		['POST /public/messages', { ...message, sender: 1 }, 422, ['sender must be string']],
		['POST /public/messages', undefined, 422, ['body is missing']],
		['POST /public/messages', '{"sender":', 400],
		['GET /public/messages?limit=51', undefined, 422],
		['POST /public/twilio-connector/inbox/application', { name: 'a', authToken: 'b' }, 422],
		['POST /public/campaigns', campaign, 404],
		['PUT /public/contacts/99', {}, 404],
		[`POST /public/pipelines/webhook/${unknownWebhookId}`, {}, 404],
		['POST /public/admin/phone-assignments', { userId: 'nobody', phoneId: 'p1' }, 404],
	])('%s %j: %i', async (request, body, status, words = expect.anything()) => {
		const [method, path] = request.split(' ');
		const got = await ask(method, path, body);
		expect(got.status).toBe(status);
		expect(got.json).toEqual({
			statusCode: status,
			message: words,
			error: expect.any(String),
		});
		expect(sandbox.messages()).toEqual([]);
	});

	test('the rate limit: 429 with whole seconds, then accepts requests again when time is up', async () => {
		const tries = async (count: number) => {
			const answers = [];
			while (answers.length < count) answers.push(await sendTo(ann));
			return answers.map(({ status, headers }) => `${status} ${headers.get('retry-after')}`);
		};
		sandbox.settings({ rateLimit: { limit: 2, perMs: 1_900 } });
		expect(await tries(3)).toEqual(['201 null', '201 null', '429 2']);
		sandbox.settings({ rateLimit: { limit: 1, perMs: 400 } });
		expect(await tries(2)).toEqual(['201 null', '429 1']);
		await wait(410);
		expect(await tries(1)).toEqual(['201 null']);
		sandbox.settings({ rateLimit: null });
		expect(await tries(1)).toEqual(['201 null']);
	});
});

describe('resources', () => {
	test('messages get increasing IDs, keep what was sent and have an undocumented field', async () => {
		const first = await sendTo(ann);
		const second = await ask('POST', '/public/messages', { ...message, sentByName: 'Ann' });
		expect([first.json.data.id, second.json.data.id]).toEqual([1, 2]);
		const sent = { sentByName: 'Ann', status: 'sent', error: null, undocumented: { kept: true } };
		expect(second.json.data).toMatchObject(sent);
		const kept = { request: { ...message, sentByName: 'Ann' }, message: second.json.data };
		expect(sandbox.messages()[1]).toEqual(kept);
	});

	test('templates need paging; links lead from page to page', async () => {
		const first = await ask('GET', '/public/message-templates');
		expect(first.json).toMatchObject({ total: 60 });
		expect(first.json.data).toHaveLength(50);
		expect(first.json.data[0].body).toContain('{{first_name}}');
		const second = await ask('GET', first.json.links.next.replace(sandbox.url, ''));
		expect(second.json.data).toHaveLength(10);
		expect(second.json.links.next).toBeUndefined();
	});

	test('contacts can be found by any field and changed field by field', async () => {
		const contacts = [{ name: 'Ann', phone: '1' }, { name: 'Bob' }];
		await ask('POST', '/public/contacts/batch', { contacts });
		const email = 'ann@example.com';
		await ask('PUT', '/public/contacts/1', { email });
		const found = await ask('GET', '/public/contacts?name=Ann');
		expect(found.json.data).toMatchObject([{ id: '1', name: 'Ann', phone: '1', email }]);
	});

	test('users can be found by email', async () => {
		const added = await ask('POST', '/public/admin/users', { email: 'ann@example.com' });
		const found = await ask('GET', '/public/admin/users?emails=ann@example.com&emails=nobody');
		expect(found.json).toMatchObject({ data: [added.json], total: 1 });
	});
});

describe('statistics', () => {
	test('show requests without their key, messages per recipient and times', async () => {
		await sendTo(ann);
		await wait(5);
		await sendTo(ann, '+14155550112');
		await sendTo('+15005550500');
		await ask('GET', '/public/messages?limit=1');
		expect(sandbox.stats()).toMatchObject({
			requests: 4,
			requestsByStatus: { 200: 1, 201: 2, 500: 1 },
			messages: 2,
			messagesPerRecipient: { [ann]: 2, '+14155550112': 1 },
			lastMessageAt: expect.stringMatching(/Z$/),
		});
		expect(sandbox.stats().wallMs).toBeGreaterThanOrEqual(4);
		const requests = sandbox.requests();
		expect(requests[0]).toMatchObject({
			method: 'POST',
			path: '/public/messages',
			headers: { 'content-type': 'application/json' },
			body: message,
			at: expect.stringMatching(/Z$/),
			status: 201,
		});
		expect(requests[3]).toMatchObject({ method: 'GET', path: '/public/messages?limit=1' });
		expect(JSON.stringify(requests)).not.toContain('sandbox-key');
	});

	test('show the most simultaneous connections', async () => {
		const fresh = await startSandbox({ latencyMs: 60_000 });
		const sending = [1, 2, 3].map(async () => await sendMessage(fresh.url, ann));
		const ended = Promise.allSettled(sending);
		await until(() => fresh.stats().requests === 3);
		expect(fresh.stats().peakConnections).toBe(3);
		await fresh.close();
		expect((await ended).map(({ status }) => status)).toEqual(Array(3).fill('rejected'));
	});

	test("show clients that didn't wait for the response", async () => {
		sandbox.settings({ latencyMs: 60_000 });
		const leaving = new AbortController();
		const sending = fetch(`${sandbox.url}/public/messages`, {
			method: 'POST',
			headers: { apiKey: 'sandbox-key', 'content-type': 'application/json' },
			body: JSON.stringify(message),
			signal: leaving.signal,
		});
		await Promise.all([
			expect(sending).rejects.toThrow('aborted'),
			until(() => sandbox.messages().length === 1).then(() => leaving.abort()),
		]);
		await until(() => sandbox.requests()[0].status === 'aborted');
		expect(sandbox.messages()).toHaveLength(1);
	});
});
