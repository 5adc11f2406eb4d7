/* eslint-disable @n8n/community-nodes/no-restricted-imports, @n8n/community-nodes/no-restricted-globals -- runs on a developer's machine, not inside n8n */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import OpenAPIBackend from 'openapi-backend';
import { ask, sendMessage, until, useSandbox } from './ask';
import { unknownListName } from './handlers/campaigns';
import { unknownWebhookId } from './handlers/agentWebhooks';
import { magicRecipients } from './magicRecipients';
import { openApiDocument, validateRequest, validateResponse } from './openApiDocument';
import { startSandbox } from './sandbox';
import { defaultSettings } from './settings';

const ann = '+14155550111';
const message = { sender: '+14155550100', recipients: [ann], body: 'Hello', mediaUrls: [] };
const contact = { name: 'Ann', phone: ann, data: { plan: 'pro' } };
const agent = '/public/pipelines/webhook/50000000-0000-4000-8000-000000000001';

const sandbox = useSandbox();

describe('the document', () => {
	test('is valid OpenAPI', async () => {
		const backend = new OpenAPIBackend({ definition: openApiDocument });
		await backend.loadDocument();
		expect(() => backend.validateDefinition()).not.toThrow();
	});

	test.each<[string, number, unknown, string[]]>([
		['GET /public/messages', 200, { data: [], total: '0' }, ['total must be number']],
		['POST /public/messages', 201, undefined, [expect.any(String)]],
		['POST /public/messages', 418, {}, ['POST /public/messages does not document status 418']],
		[`POST ${agent}`, 202, { ok: true }, ['body must be empty']],
		['POST /no', 200, {}, ['POST /no is not in the document']],
	])('reports of the response to %s, %i %j: %j', (request, status, body, violations) => {
		const [method, path] = request.split(' ');
		expect(validateResponse(method, path, status, body)).toEqual(violations);
	});

	const wrong = { sender: 14155550100, recipients: [1], body: 'Hello' };
	const [noText, noSkip] = ['recipients.0 must be string', 'query must not hold skip'];
	const noUrls = "body must have required property 'mediaUrls'";
	test.each<[string, unknown, string[]]>([
		['POST /public/messages', wrong, [noUrls, 'sender must be string', noText]],
		['POST /public/messages', undefined, ['body is missing']],
		['GET /public/messages?limit=51&skip=1', undefined, [noSkip, 'limit must be <= 50']],
	])('and the API report of the request %s %j: %j', async (request, body, violations) => {
		const [method, path, query] = request.split(/[ ?]/);
		const asked = Object.fromEntries(new URLSearchParams(query));
		expect(validateRequest(method, path, body, asked)).toEqual(violations);
		const { json } = await sandbox.ask(request, body);
		expect(json).toMatchObject({ statusCode: 422, message: violations });
	});
});

describe('every operation', () => {
	const assignment = { userId: '20000000-0000-4000-8000-000000000001', phoneId: 'p1' };
	const email = 'ann@example.com';
	const signed = { ...message, sentByName: 'Ann' };
	const sent = { sentByName: 'Ann', status: 'sent', error: null, undocumented: { kept: true } };
	const page = { total: 60, links: { next: expect.stringContaining('?limit=50&page=2') } };
	const owner = { data: [{ role: 'workspace_owner' }], total: 1 };
	const campaign = { sender: '+14155550100', listName: 'All', mediaUrls: [], body: 'Hello' };
	const failing = '+15005550500';
	const operations: Array<[request: string, status: number, body?: object, shown?: object]> = [
		['POST /public/messages', 201, signed, { data: sent }],
		['POST /public/messages', 500, { ...message, recipients: [ann, failing] }],
		['GET /public/messages?inboxIds=a&inboxIds=b&limit=10&page=1', 200],
		['GET /public/message-templates', 200, undefined, page],
		['POST /public/contacts', 201, contact, { data: contact }],
		['POST /public/contacts', 500, { phone: failing }],
		['POST /public/contacts/batch', 201, { contacts: [contact, {}] }, { data: [contact, {}] }],
		['POST /public/contacts/batch', 500, { contacts: [contact, { phone: failing }] }],
		['GET /public/contacts?name=Ann', 200, undefined, { data: [{ id: '1', ...contact }] }],
		['PUT /public/contacts/1', 200, { email }, { data: { ...contact, email } }],
		['PUT /public/contacts/99', 404, {}],
		['POST /public/campaigns', 201, campaign],
		['POST /public/campaigns', 404, { ...campaign, listName: unknownListName }],
		['POST /public/admin/users', 201, { email, role: 'agent' }, { email, role: 'agent' }],
		['GET /public/admin/users?emails=owner@example.com&emails=no', 201, undefined, owner],
		['POST /public/admin/phone-assignments', 201, assignment],
		['POST /public/admin/phone-assignments', 404, { ...assignment, userId: 'nobody' }],
		['POST /public/twilio-connector/inbox/application', 201, { name: 'Voice' }],
		['POST /public/twilio-connector/inbox/application', 422, { name: 'a', authToken: 'b' }],
		['POST /public/twilio-connector/connect', 200, { inboxExternalId: 'inbox-123' }],
		[`POST ${agent}`, 202, { phone: ann, order: 7 }],
		[`POST ${agent}`, 500, { phone: failing }],
		[`POST /public/pipelines/webhook/${unknownWebhookId}`, 404, {}],
	];

	test.each(operations)('%s responds with %i, as documented', async (request, status, ...more) => {
		const [body, shown = {}] = more;
		await sandbox.ask('POST /public/contacts/batch', { contacts: [contact, { name: 'Bob' }] });
		await sandbox.ask('POST /public/admin/users', { email: 'bob@example.com' });
		const got = await sandbox.ask(request, body);
		expect(got.status).toBe(status);
		expect(got.json ?? {}).toMatchObject(shown);
	});

	test('is tried here', () => {
		const paths = Object.values(openApiDocument.paths ?? {});
		const tried = operations.filter(([, status]) => status < 300);
		expect(tried).toHaveLength(paths.flatMap((path) => Object.keys(path ?? {})).length);
	});
});

describe('the API refuses', () => {
	test.each<[string, unknown, number, headers?: Record<string, string>]>([
		['GET /public/nothing', undefined, 404],
		['POST /public/messages', '{"sender":', 400],
		['POST /public/messages', message, 401, {}],
		['POST /public/messages', message, 401, { apiKey: 'wrong' }],
		['POST /public/messages', message, 401, { Authorization: 'Bearer sandbox-key' }],
	])('%s %j with %i (%j)', async (request, body, status, ...[headers]) => {
		const [method, path] = request.split(' ');
		const got = await ask(sandbox.url, method, path, { body, headers });
		expect([got.status, got.json.statusCode]).toEqual([status, status]);
		expect(sandbox.messages()).toEqual([]);
	});

	test('too many requests: 429 with whole seconds, until the limit is another', async () => {
		const tryOnce = async () => {
			const { status, headers } = await sendMessage(sandbox.url, ann);
			return `${status} ${headers.get('retry-after')}`;
		};
		// Whatever time they take.
		const now = jest.spyOn(Date, 'now').mockReturnValue(Date.now());
		sandbox.settings({ rateLimit: { limit: 2, perMs: 59_900 } });
		const answers = [await tryOnce(), await tryOnce(), await tryOnce()];
		now.mockRestore();
		expect(answers).toEqual(['201 null', '201 null', '429 60']);
		sandbox.settings({ rateLimit: null });
		expect(await tryOnce()).toBe('201 null');
	});
});

describe('statistics', () => {
	test('show requests without their key, what was kept, messages per recipient and times', async () => {
		await sandbox.send();
		await wait(5);
		const kept = await sandbox.send({ recipients: [ann, '+14155550112'] });
		for (const number of ['+15005550500', '+15005550605']) await sendMessage(sandbox.url, number);
		await sandbox.ask('GET /public/messages?limit=1');
		expect(sandbox.stats()).toMatchObject({
			requests: 5,
			requestsByStatus: { 200: 1, 201: 3, 500: 1 },
			messages: 2,
			messagesPerRecipient: { [ann]: 2, '+14155550112': 1 },
			lastMessageAt: expect.stringMatching(/Z$/),
		});
		expect(sandbox.stats().wallMs).toBeGreaterThanOrEqual(4);
		const requests = sandbox.requests();
		const headers = { 'content-type': 'application/json' };
		const at = expect.stringMatching(/Z$/);
		expect(requests[0]).toMatchObject({ method: 'POST', body: message, at, status: 201 });
		expect(requests[4]).toMatchObject({ method: 'GET', path: '/public/messages?limit=1', headers });
		expect(JSON.stringify(requests)).not.toContain('sandbox-key');
		expect(sandbox.messages()[1]).toEqual({ request: requests[1].body, message: kept });
		expect(await sandbox.client.requests()).toEqual(requests);
		expect(await sandbox.client.messages()).toEqual(sandbox.messages());
		expect(await sandbox.client.stats()).toMatchObject({ requests: 5, messages: 2 });
	});

	test("show the most simultaneous connections, and clients that didn't wait", async () => {
		const fresh = await startSandbox({ latencyMs: 60_000 });
		const leaving = new AbortController();
		const options = { body: message, signal: leaving.signal };
		const send = async () => await ask(fresh.url, 'POST', '/public/messages', options);
		const ended = Promise.allSettled([send(), send(), send()]);
		await until(() => fresh.messages().length === 3);
		leaving.abort();
		await until(() => fresh.stats().requestsByStatus.aborted === 3);
		expect(fresh.stats()).toMatchObject({ messages: 3, peakConnections: 3 });
		await Promise.all([ended, fresh.close()]);
	});
});

test('the README has every magic recipient, and every setting of the record with its default', () => {
	const readme = readFileSync(join(__dirname, 'README.md'), 'utf8');
	for (const { number, what } of magicRecipients) {
		const row = new RegExp(`\\| \`\\${number}\` +\\| ${what.replace(/\W/g, '.')} +\\|`);
		expect(readme).toMatch(row);
	}
	for (const [name, value] of Object.entries(defaultSettings().record)) {
		expect(readme).toMatch(new RegExp(`\\| \`${name}\` +\\| \\*\\*\`?${value}\`?\\*\\*`));
	}
});
