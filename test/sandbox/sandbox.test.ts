/* eslint-disable @n8n/community-nodes/no-restricted-imports, @n8n/community-nodes/no-restricted-globals -- runs on a developer's machine, not inside n8n */
import Ajv from 'ajv';
import addFormats from 'ajv-formats';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { IncomingHttpHeaders, Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import OpenAPIBackend from 'openapi-backend';
import { ask as askSandbox, sendMessage, until } from './ask';
import { createSandboxClient } from './client';
import type { SandboxClient } from './client';
import { unknownListName } from './handlers/campaigns';
import { unknownWebhookId } from './handlers/agentWebhooks';
import { magicRecipients } from './magicRecipients';
import { openApiDocument, validateRequest, validateResponse } from './openApiDocument';
import { startSandbox } from './sandbox';
import type { Sandbox } from './sandbox';
import { defaultSettings } from './settings';

const message = {
	sender: '+14155550100',
	recipients: ['+14155550111'],
	body: 'Hello',
	mediaUrls: [],
};
const webhookId = '50000000-0000-4000-8000-000000000001';

let sandbox: Sandbox;
let client: SandboxClient;

beforeAll(async () => {
	sandbox = await startSandbox({ repeatIds: true });
	client = createSandboxClient(sandbox.url);
});
beforeEach(async () => await client.reset());
afterAll(async () => await sandbox.close());

const ask = async (
	method: string,
	path: string,
	body?: unknown,
	headers?: Record<string, string>,
	redirect?: 'manual' | 'follow',
) => await askSandbox(sandbox.url, method, path, { body, headers, redirect });
const sendTo = async (...recipients: string[]) =>
	await ask('POST', '/public/messages', { ...message, recipients });
const keptMessages = async () => (await client.messages()).length;

describe('the document', () => {
	test('is valid OpenAPI', async () => {
		const backend = new OpenAPIBackend({ definition: openApiDocument });
		await backend.loadDocument();
		expect(() => backend.validateDefinition()).not.toThrow();
	});

	test('reports what is wrong with a request, without converting anything', () => {
		expect(validateRequest('POST', '/public/messages', message)).toEqual([]);
		expect(
			validateRequest('POST', '/public/messages', {
				sender: 14155550100,
				recipients: [1],
				body: '',
			}),
		).toEqual([
			"body must have required property 'mediaUrls'",
			'sender must be string',
			'recipients.0 must be string',
		]);
		expect(validateRequest('POST', '/public/messages')).toEqual(['body is missing']);
		expect(validateRequest('POST', '/public/nothing')).toEqual([
			'POST /public/nothing is not in the document',
		]);
		expect(
			validateRequest('GET', '/public/messages', undefined, { limit: '51', skip: '1' }),
		).toEqual(['query must not hold skip', 'limit must be <= 50']);
		expect(validateRequest('GET', '/public/contacts', undefined, { anything: 'goes' })).toEqual([]);
	});

	test('reports what is wrong with an answer', () => {
		expect(validateResponse('GET', '/public/messages', 200, { data: [], total: '0' })).toEqual([
			'total must be number',
		]);
		expect(validateResponse('POST', '/public/messages', 201)).not.toEqual([]);
		expect(validateResponse('POST', '/public/messages', 418, {})).toEqual([
			'POST /public/messages does not document status 418',
		]);
		const path = `/public/pipelines/webhook/${webhookId}`;
		expect(validateResponse('POST', path, 202, { ok: true })).toEqual(['body must be empty']);
		expect(validateResponse('POST', path, 202, '')).toEqual([]);
	});
});

describe('every operation', () => {
	const contact = { name: 'Ann', phone: '+14155550111', data: { plan: 'pro' } };
	const operations: Array<[method: string, path: string, status: number, body?: unknown]> = [
		['POST', '/public/messages', 201, message],
		['GET', '/public/messages?inboxIds=a&inboxIds=b&limit=10&page=1', 200],
		['GET', '/public/message-templates', 200],
		['POST', '/public/contacts', 201, contact],
		['POST', '/public/contacts/batch', 201, { contacts: [contact, {}] }],
		['GET', '/public/contacts', 200],
		['PUT', '/public/contacts/1', 200, { name: 'Anna' }],
		[
			'POST',
			'/public/campaigns',
			201,
			{ sender: '+14155550100', listName: 'All', mediaUrls: [], body: 'Hello' },
		],
		['POST', '/public/admin/users', 201, { email: 'ann@example.com', role: 'agent' }],
		['GET', '/public/admin/users?emails=owner@example.com', 201],
		[
			'POST',
			'/public/admin/phone-assignments',
			201,
			{ userId: '20000000-0000-4000-8000-000000000001', phoneId: 'p1' },
		],
		['POST', '/public/twilio-connector/inbox/application', 201, { name: 'Voice' }],
		['POST', '/public/twilio-connector/connect', 200, { inboxExternalId: 'inbox-123' }],
		['POST', `/public/pipelines/webhook/${webhookId}`, 202, { phone: '+14155550111', order: 7 }],
	];

	test('answers as documented', async () => {
		await ask('POST', '/public/contacts', contact);
		for (const [method, path, status, body] of operations) {
			const got = await ask(method, path, body);
			const [bare] = path.split('?');
			expect([path, got.status]).toEqual([path, status]);
			expect(validateResponse(method, bare, status, got.json ?? got.text)).toEqual([]);
		}
	});

	test('is tried here', () => {
		const documented = Object.values(openApiDocument.paths ?? {}).flatMap((path) =>
			Object.keys(path ?? {}),
		);
		expect(operations).toHaveLength(documented.length);
	});
});

describe('what the API checks', () => {
	test('the key', async () => {
		for (const headers of [{}, { apiKey: 'wrong' }, { Authorization: 'Bearer sandbox-key' }]) {
			const got = await ask('POST', '/public/messages', message, headers as Record<string, string>);
			expect([got.status, got.json.message]).toEqual([401, 'The API key is missing or wrong']);
		}
		expect(await keptMessages()).toBe(0);
	});

	test('the path', async () => {
		expect(await ask('GET', '/public/nothing')).toMatchObject({
			status: 404,
			json: { statusCode: 404, message: 'Cannot GET /public/nothing', error: 'Not Found' },
		});
		expect((await ask('DELETE', '/public/messages')).status).toBe(404);
	});

	test('the body', async () => {
		expect(
			await ask('POST', '/public/messages', { ...message, sender: 14155550100 }),
		).toMatchObject({
			status: 422,
			json: {
				statusCode: 422,
				message: ['sender must be string'],
				error: 'Unprocessable Entity',
			},
		});
		expect((await ask('POST', '/public/messages')).json.message).toEqual(['body is missing']);
		expect((await ask('POST', '/public/messages', '{"sender":')).status).toBe(400);
		expect((await ask('GET', '/public/messages?limit=51')).status).toBe(422);
		expect(
			(
				await ask('POST', '/public/twilio-connector/inbox/application', {
					name: 'a',
					authToken: 'b',
				})
			).status,
		).toBe(422);
		expect(await keptMessages()).toBe(0);
	});

	test('that what is named exists', async () => {
		const campaign = { sender: 'a', listName: unknownListName, mediaUrls: [], body: 'b' };
		expect((await ask('POST', '/public/campaigns', campaign)).status).toBe(404);
		expect((await ask('PUT', '/public/contacts/99', {})).status).toBe(404);
		expect((await ask('POST', `/public/pipelines/webhook/${unknownWebhookId}`, {})).status).toBe(
			404,
		);
		const assignment = { userId: 'nobody', phoneId: 'p1' };
		expect((await ask('POST', '/public/admin/phone-assignments', assignment)).status).toBe(404);
	});
});

describe('resources', () => {
	test('messages get growing ids, keep what was sent and hold a field nobody documented', async () => {
		const first = await sendTo('+14155550111');
		const second = await ask('POST', '/public/messages', { ...message, sentByName: 'Ann' });
		expect([first.json.data.id, second.json.data.id]).toEqual([1, 2]);
		expect(second.json.data).toMatchObject({
			sentByName: 'Ann',
			status: 'sent',
			error: null,
			undocumented: { kept: true },
		});
		const kept = await client.messages();
		expect(kept[1].request).toEqual({ ...message, sentByName: 'Ann' });
		expect(kept[1].message).toEqual(second.json.data);
	});

	test('messages are listed by inbox, time and page', async () => {
		const sent = [];
		for (const sender of ['a', 'b', 'a']) {
			sent.push((await ask('POST', '/public/messages', { ...message, sender })).json.data);
			await wait(2);
		}
		const idsOf = async (query: string) =>
			(await ask('GET', `/public/messages?${query}`)).json.data.map(({ id }: { id: number }) => id);
		expect(await idsOf('')).toEqual([3, 2, 1]);
		expect(await idsOf(`inboxIds=${sent[0].inboxId}`)).toEqual([3, 1]);
		expect(await idsOf(`inboxIds=${sent[0].inboxId}&inboxIds=${sent[1].inboxId}`)).toHaveLength(3);
		expect(await idsOf(`start=${sent[0].timestamp}`)).toEqual([3, 2]);
		expect(await idsOf(`end=${sent[1].timestamp}`)).toEqual([2, 1]);
		expect(await idsOf('limit=1&page=2')).toEqual([2]);
	});

	test('templates need paging; links lead from page to page', async () => {
		const first = await ask('GET', '/public/message-templates');
		expect(first.json).toMatchObject({ total: 60 });
		expect(first.json.data).toHaveLength(50);
		expect(first.json.data[0].body).toContain('{{first_name}}');
		const path = first.json.links.next.replace(sandbox.url, '');
		const second = await ask('GET', path);
		expect(second.json.data).toHaveLength(10);
		expect(second.json.links.next).toBeUndefined();
	});

	test('contacts are found by any field and changed field by field', async () => {
		await ask('POST', '/public/contacts/batch', {
			contacts: [{ name: 'Ann', phone: '1' }, { name: 'Bob' }],
		});
		await ask('PUT', '/public/contacts/1', { email: 'ann@example.com' });
		const found = await ask('GET', '/public/contacts?name=Ann');
		expect(found.json.data).toMatchObject([
			{ id: '1', name: 'Ann', phone: '1', email: 'ann@example.com' },
		]);
	});

	test('users are found by email', async () => {
		const added = await ask('POST', '/public/admin/users', { email: 'ann@example.com' });
		const found = await ask('GET', '/public/admin/users?emails=ann@example.com&emails=nobody');
		expect(found.json).toMatchObject({ data: [added.json], total: 1 });
	});
});

describe('magic recipients', () => {
	test('are all in the README', () => {
		const readme = readFileSync(join(__dirname, 'README.md'), 'utf8');
		for (const { number, what } of magicRecipients) {
			expect(readme).toMatch(
				new RegExp(`\\| \`\\${number}\` +\\| ${what.replace(/\W/g, '.')} +\\|`),
			);
		}
	});

	test.each([
		['400', 400, { message: expect.any(String) }],
		['401', 401, { message: 'Unauthorized' }],
		['403', 403, { error: expect.any(String) }],
		['404', 404, { errors: [{ detail: expect.any(String) }] }],
		['422', 422, { message: [expect.any(String), expect.any(String)] }],
		['429', 429, { message: expect.any(String) }],
		['500', 500, { message: 'Internal server error' }],
		['502', 502, { errors: [{ detail: expect.any(String) }] }],
		['503', 503, { message: [expect.any(String)], error: expect.any(String) }],
		['504', 504, undefined],
	])('%s answers that status, each time, and keeps nothing', async (ending, status, json) => {
		for (let tries = 1; tries <= 2; tries++) {
			const got = await sendTo(`+15005550${ending}`);
			expect(got.status).toBe(status);
			if (json) expect(got.json).toMatchObject(json);
			expect(got.headers.get('retry-after')).toBe(status === 429 ? '1' : null);
		}
		expect(await keptMessages()).toBe(0);
	});

	test('slow keeps at once and answers late', async () => {
		await client.settings({ slowMs: 150 });
		const start = Date.now();
		const sending = sendTo('+15005550600');
		await until(async () => (await keptMessages()) === 1);
		expect((await sending).status).toBe(201);
		expect(Date.now() - start).toBeGreaterThanOrEqual(145);
	});

	test.each([
		['+15005550601', 0],
		['+15005550602', 1],
	])('%s breaks the connection and keeps %i messages', async (number, kept) => {
		await expect(sendTo(number)).rejects.toMatchObject({ cause: { code: 'ECONNRESET' } });
		expect(await keptMessages()).toBe(kept);
		expect(await client.requests()).toMatchObject([{ status: 'reset' }]);
	});

	test.each([
		['+15005550603', 200],
		['+15005550604', 502],
	])('%s answers %i with HTML', async (number, status) => {
		const got = await sendTo(number);
		expect(got.status).toBe(status);
		expect(got.headers.get('content-type')).toContain('text/html');
		expect(await keptMessages()).toBe(0);
	});

	test('rejected is a documented message that failed', async () => {
		const { status, json } = await sendTo('+15005550605');
		expect(json.data).toMatchObject({ status: 'failed', errorCode: 30007 });
		expect(json.data.error).toEqual(expect.any(String));
		expect(validateResponse('POST', '/public/messages', status, json)).toEqual([]);
		expect(await client.stats()).toMatchObject({ messages: 0, rejectedMessages: 1 });
	});

	test('a 201 may hold no message, or unreadable JSON', async () => {
		const noMessage = await sendTo('+15005550606');
		expect([noMessage.status, noMessage.json]).toEqual([201, { ok: true }]);
		const unreadable = await sendTo('+15005550607');
		expect(unreadable.status).toBe(201);
		expect(() => JSON.parse(unreadable.text)).toThrow(SyntaxError);
		expect(await keptMessages()).toBe(2);
	});

	test('the redirect leads to a page that answers 200', async () => {
		const got = await sendTo('+15005550608');
		expect([got.status, got.headers.get('location')]).toEqual([302, '/sign-in']);
		const body = { ...message, recipients: ['+15005550608'] };
		const headers = { apiKey: 'sandbox-key' };
		const followed = await ask('POST', '/public/messages', body, headers, 'follow');
		expect([followed.status, followed.text]).toEqual([200, expect.stringContaining('Sign in')]);
		expect(await keptMessages()).toBe(0);
	});

	test.each([
		['+15005550610', 429, null],
		['+15005550611', 429, expect.stringMatching(/GMT$/)],
		['+15005550612', 429, '1'],
		['+15005550613', 500, null],
	])('%s fails once, then goes through', async (number, status, retryAfter) => {
		const first = await sendTo(number);
		expect([first.status, first.headers.get('retry-after')]).toEqual([status, retryAfter]);
		expect((await sendTo(number)).status).toBe(201);
		await client.reset();
		expect((await sendTo(number)).status).toBe(status);
	});

	test.each([
		['+15005550614', 500, /Internal server error/],
		['+15005550615', 504, /^upstream request timeout$/],
	])('%s keeps the message and answers %i', async (number, status, text) => {
		const got = await sendTo(number);
		expect([got.status, got.text]).toEqual([status, expect.stringMatching(text)]);
		expect(await client.messages()).toMatchObject([{ message: { id: 1, status: 'sent' } }]);
		expect(await client.stats()).toMatchObject({ messagesPerRecipient: { [number]: 1 } });
	});

	test('+15005550616 breaks the connection, and its message is on record as failed', async () => {
		const reset = { cause: { code: 'ECONNRESET' } };
		await expect(sendTo('+15005550616')).rejects.toMatchObject(reset);
		const failed = { status: 'failed', error: expect.any(String), errorCode: 30007 };
		expect((await ask('GET', '/public/messages')).json.data).toMatchObject([failed]);
		expect(await client.stats()).toMatchObject({ messages: 0, rejectedMessages: 1 });
	});

	test('+15005550617 keeps the message each time, but answers 500 at first', async () => {
		expect((await sendTo('+15005550617')).status).toBe(500);
		expect((await sendTo('+15005550617')).json.data.id).toBe(2);
		expect(await client.stats()).toMatchObject({ messagesPerRecipient: { '+15005550617': 2 } });
	});

	test('work among other recipients, and as the phone of a contact', async () => {
		expect((await sendTo('+14155550111', '+15005550500')).status).toBe(500);
		const magic = { phone: '+15005550503' };
		expect((await ask('POST', '/public/contacts', magic)).status).toBe(503);
		const batch = { contacts: [{ name: 'Ann' }, magic] };
		expect((await ask('POST', '/public/contacts/batch', batch)).status).toBe(503);
		const webhook = `/public/pipelines/webhook/${webhookId}`;
		expect((await ask('POST', webhook, magic)).status).toBe(503);
	});
});

test('the rate limit answers 429 with whole seconds, and lets through again when the time is up', async () => {
	await client.settings({ rateLimit: { limit: 2, perMs: 1_900 } });
	const statuses = [];
	let last = await sendTo('+14155550111');
	for (let count = 0; count < 2; count++) {
		statuses.push(last.status);
		last = await sendTo('+14155550111');
	}
	expect([...statuses, last.status]).toEqual([201, 201, 429]);
	expect(last.headers.get('retry-after')).toBe('2');

	await client.settings({ rateLimit: { limit: 1, perMs: 400 } });
	expect((await sendTo('+14155550111')).status).toBe(201);
	const refused = await sendTo('+14155550111');
	expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '1']);
	await wait(410);
	expect((await sendTo('+14155550111')).status).toBe(201);

	await client.settings({ rateLimit: null });
	expect((await sendTo('+14155550111')).status).toBe(201);
});

describe('statistics', () => {
	test('tell requests without their key, messages per recipient and times', async () => {
		await sendTo('+14155550111');
		await wait(5);
		await sendTo('+14155550111', '+14155550112');
		await sendTo('+15005550500');
		await ask('GET', '/public/messages?limit=1');
		expect(await client.stats()).toMatchObject({
			requests: 4,
			requestsByStatus: { 200: 1, 201: 2, 500: 1 },
			messages: 2,
			messagesPerRecipient: { '+14155550111': 2, '+14155550112': 1 },
			peakInFlight: 1,
			firstMessageAt: expect.stringMatching(/Z$/),
			lastMessageAt: expect.stringMatching(/Z$/),
		});
		expect((await client.stats()).wallMs).toBeGreaterThanOrEqual(4);
		const requests = await client.requests();
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

	test('tell the most connections and the most requests at once', async () => {
		const fresh = await startSandbox({ latencyMs: 60_000 });
		const send = async () =>
			await fetch(`${fresh.url}/public/messages`, {
				method: 'POST',
				headers: { apiKey: fresh.apiKey, 'content-type': 'application/json' },
				body: JSON.stringify(message),
			});
		const sending = Promise.allSettled([send(), send(), send(), send(), send()]);
		await until(async () => fresh.stats().requests === 5);
		expect(fresh.stats()).toMatchObject({ peakConnections: 5, peakInFlight: 5 });
		await fresh.close();
		expect((await sending).map(({ status }) => status)).toEqual(Array(5).fill('rejected'));
	});

	test('tell of clients that did not wait for their answer', async () => {
		await client.settings({ latencyMs: 60_000 });
		const leaving = new AbortController();
		const sending = fetch(`${sandbox.url}/public/messages`, {
			method: 'POST',
			headers: { apiKey: 'sandbox-key', 'content-type': 'application/json' },
			body: JSON.stringify(message),
			signal: leaving.signal,
		});
		await Promise.all([
			expect(sending).rejects.toThrow('aborted'),
			until(async () => (await keptMessages()) === 1).then(() => leaving.abort()),
		]);
		await until(async () => (await client.requests())[0].status === 'aborted');
		expect(await keptMessages()).toBe(1);
	});
});

describe('control', () => {
	test('reset brings everything back', async () => {
		await client.settings({ record: { order: 'shuffled' }, statuses: { readAfterMs: 1 } });
		await client.settings({ latencyMs: 1, rateLimit: { limit: 1, perMs: 60_000 } });
		await sendTo('+14155550111');
		await client.reset();
		expect(await client.stats()).toMatchObject({ requests: 0, messages: 0, wallMs: 0 });
		expect(await client.settings({})).toEqual(defaultSettings());
		expect((await sendTo('+14155550111')).json.data.id).toBe(1);
	});

	test.each([
		[{ lateness: 1 }, 'There is no setting lateness'],
		[{ record: { sorting: 'any' } }, 'There is no setting record.sorting'],
		[{ record: 7 }, 'record must be an object'],
		[
			{ record: { order: 'any' } },
			'record.order must be one of newestFirst, oldestFirst, shuffled',
		],
		[{ record: { clockOffsetMs: null } }, 'record.clockOffsetMs must be a number'],
		[{ statuses: { readAfterMs: '1' } }, 'statuses.readAfterMs must be a number or null'],
	])('refuses the settings %j, and those beside it', async (settings, message) => {
		await expect(client.settings({ slowMs: 1, ...settings } as object)).rejects.toThrow(message);
		expect(await client.settings({})).toEqual(defaultSettings());
	});

	test('settings are changed one by one', async () => {
		await client.settings({ record: { order: 'shuffled' } });
		const { record } = await client.settings({ record: { text: 'changed' } });
		expect(record).toEqual({ ...defaultSettings().record, order: 'shuffled', text: 'changed' });
	});

	test('settings from the start are there again after a reset', async () => {
		const fresh = await startSandbox({ slowMs: 7, record: { order: 'oldestFirst' } });
		const atStart = structuredClone(fresh.settings());
		expect(atStart).toMatchObject({ slowMs: 7, record: { order: 'oldestFirst', text: 'asSent' } });
		fresh.settings({ slowMs: 8, record: { order: 'shuffled', text: 'changed' } });
		fresh.reset();
		expect(fresh.settings()).toEqual(atStart);
		await fresh.close();
	});

	test('ids of messages count on over resets', async () => {
		const fresh = await startSandbox();
		await sendMessage(fresh.url, '+14155550111');
		fresh.reset();
		expect((await sendMessage(fresh.url, '+14155550111')).json.data.id).toBe(2);
		await fresh.close();
	});

	test('refuses what it does not know', async () => {
		await expect(client.deliver({ event: {} })).rejects.toThrow('No webhook is set');
	});
});

describe('webhooks', () => {
	interface Received {
		headers: IncomingHttpHeaders;
		body: string;
	}
	let receiver: Server;
	let received: Received[];
	let url: string;

	beforeAll(async () => {
		receiver = createServer((request, response) => {
			let body = '';
			request.setEncoding('utf8').on('data', (chunk: string) => (body += chunk));
			request.on('end', () => {
				received.push({ headers: request.headers, body });
				response.writeHead(body.includes('rubbish') ? 400 : 200).end('taken');
			});
		});
		await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
		url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/hook`;
	});
	beforeEach(() => {
		received = [];
	});
	afterAll(async () => {
		receiver.closeAllConnections();
		await new Promise((resolve) => receiver.close(resolve));
	});

	async function waitForDeliveries(count: number) {
		await until(async () => (await client.deliveries()).length >= count);
		return await client.deliveries();
	}

	test('tell of every message, with the header that was set', async () => {
		await client.settings({ webhook: { url, headerName: 'X-Secret', headerValue: 'open sesame' } });
		await sendTo('+14155550111');
		await sendTo('+15005550605');
		expect(await waitForDeliveries(3)).toMatchObject([
			{ type: 'message.sent', status: 200 },
			{ type: 'message.delivered', status: 200 },
			{ type: 'message.failed', status: 200 },
		]);
		const validate = addFormats(new Ajv({ strict: false })).compile(
			(openApiDocument.components?.schemas as Record<string, object>).WebhookEvent,
		);
		for (const { headers, body } of received) {
			expect(headers).toMatchObject({
				'x-secret': 'open sesame',
				'content-type': 'application/json',
			});
			expect(validate(JSON.parse(body))).toBe(true);
		}
		expect(JSON.parse(received[0].body).data).toMatchObject({ id: 1, status: 'sent' });
	});

	test('that nobody answers are noted', async () => {
		await client.settings({ webhook: { url: 'http://127.0.0.1:1/' } });
		await sendTo('+14155550111');
		expect(await waitForDeliveries(2)).toMatchObject([{ status: null }, { status: null }]);
	});

	test('can be repeated, forged and filled with rubbish', async () => {
		await client.settings({ webhook: { url, headerValue: 'open sesame' } });
		const event = { eventId: '1', type: 'message.received', teamId: 't', data: {} };
		const taken = { status: 200, body: 'taken' };
		expect(await client.deliver({ event })).toEqual(taken);
		expect(await client.deliver({ event })).toEqual(taken);
		await client.deliver({ event, headers: { authorization: 'guessed' } });
		await client.deliver({ event, headers: { Authorization: null } });
		expect(received.map(({ headers }) => headers.authorization)).toEqual([
			'open sesame',
			'open sesame',
			'guessed',
			undefined,
		]);
		const rubbish = { rawBody: 'rubbish{', headers: { 'content-type': 'text/plain' } };
		expect((await client.deliver(rubbish)).status).toBe(400);
		expect(received[4]).toMatchObject({
			body: 'rubbish{',
			headers: { 'content-type': 'text/plain' },
		});
	});
});
