/* eslint-disable @n8n/community-nodes/no-restricted-imports -- runs on a developer's machine, not inside n8n */
import Ajv from 'ajv';
import addFormats from 'ajv-formats';
import { createServer } from 'node:http';
import type { IncomingHttpHeaders, Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { sendMessage, until, useSandbox } from './ask';
import { createSandboxClient } from './client';
import { openApiDocument } from './openApiDocument';
import { startSandbox } from './sandbox';
import { defaultSettings } from './settings';

const sandbox = useSandbox();
const client = () => createSandboxClient(sandbox.url);

const ann = '+14155550111';
const sendTo = async (recipient: string) => await sendMessage(sandbox.url, recipient);

describe('from another process', () => {
	test('shows everything', async () => {
		sandbox.settings({ webhook: { url: 'http://127.0.0.1:1/' } });
		await sendTo(ann);
		await until(async () => (await client().deliveries()).length === 2);
		expect(await client().messages()).toEqual(sandbox.messages());
		expect(await client().requests()).toEqual(sandbox.requests());
		expect(await client().stats()).toMatchObject({ requests: 1, messages: 1 });
	});

	test('a reset restores everything', async () => {
		await client().settings({ record: { listedAfterMs: 5 }, statuses: { deliveredAfterMs: 1 } });
		await client().settings({ latencyMs: 1, rateLimit: { limit: 1, perMs: 60_000 } });
		await sendTo(ann);
		await client().reset();
		expect(await client().stats()).toMatchObject({ requests: 0, messages: 0, wallMs: 0 });
		expect(await client().settings({})).toEqual(defaultSettings());
		expect((await sendTo(ann)).json.data.id).toBe(1);
	});

	test.each([
		[{ lateness: 1 }, 'There is no setting lateness'],
		[{ record: { sorting: 'any' } }, 'There is no setting record.sorting'],
		[{ record: 7 }, 'record must be an object'],
		[{ record: { order: 'any' } }, 'record.order must be one of newestFirst, shuffled'],
		[{ record: { clockOffsetMs: null } }, 'record.clockOffsetMs must be a number'],
	])('refuses the settings %j, and all others in the request', async (settings, words) => {
		await expect(client().settings({ slowMs: 1, ...settings } as object)).rejects.toThrow(words);
		expect(await client().settings({})).toEqual(defaultSettings());
	});

	test('delivers nothing without a webhook', async () => {
		await expect(client().deliver({ event: {} })).rejects.toThrow('No webhook is set');
	});
});

test('a reset restores the initial settings, and message IDs continue', async () => {
	const fresh = await startSandbox({ slowMs: 7, record: { listedAfterMs: 5 } });
	const atStart = structuredClone(fresh.settings());
	expect(atStart).toMatchObject({ slowMs: 7, record: { listedAfterMs: 5, clockOffsetMs: 0 } });
	fresh.settings({ slowMs: 8, record: { clockOffsetMs: 1 } });
	expect(fresh.settings().record.listedAfterMs).toBe(5);
	await sendMessage(fresh.url, ann);
	fresh.reset();
	expect(fresh.settings()).toEqual(atStart);
	expect((await sendMessage(fresh.url, ann)).json.data.id).toBe(2);
	await fresh.close();
});

describe('the webhook', () => {
	let receiver: Server;
	let received: Array<{ headers: IncomingHttpHeaders; body: string }>;
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
	beforeEach(() => void (received = []));
	afterAll(async () => {
		receiver.closeAllConnections();
		await new Promise((resolve) => receiver.close(resolve));
	});

	async function deliveries(count: number) {
		await until(() => sandbox.deliveries().length >= count);
		return sandbox.deliveries();
	}

	test('receives every message, with the configured header', async () => {
		sandbox.settings({ webhook: { url, headerName: 'X-Secret', headerValue: 'open sesame' } });
		await sendTo(ann);
		await sendTo('+15005550605');
		sandbox.receive({ from: ann, body: 'yes' });
		expect(await deliveries(4)).toMatchObject([
			{ type: 'message.sent', status: 200 },
			{ type: 'message.delivered', status: 200 },
			{ type: 'message.failed', status: 200 },
			{ type: 'message.received', status: 200 },
		]);
		const validate = addFormats(new Ajv({ strict: false })).compile(
			(openApiDocument.components?.schemas as Record<string, object>).WebhookEvent,
		);
		const set = { 'x-secret': 'open sesame', 'content-type': 'application/json' };
		for (const { headers, body } of received) {
			expect(headers).toMatchObject(set);
			expect(validate(JSON.parse(body))).toBe(true);
		}
		const data = received.map(({ body }) => JSON.parse(body).data as object);
		expect(data[0]).toMatchObject({ id: 1, status: 'sent' });
		const text = { direction: 'inbound', sender: ann, body: 'yes', status: 'delivered' };
		expect(data[3]).toMatchObject(text);
	});

	test('receives repeated, forged and garbage events', async () => {
		sandbox.settings({ webhook: { url, headerValue: 'open sesame' } });
		const event = { eventId: '1', type: 'message.received', teamId: 't', data: {} };
		const taken = { status: 200, body: 'taken' };
		expect(await client().deliver({ event })).toEqual(taken);
		expect(await client().deliver({ event })).toEqual(taken);
		await client().deliver({ event, headers: { authorization: 'guessed' } });
		await client().deliver({ event, headers: { Authorization: null } });
		const rubbish = { rawBody: 'rubbish{', headers: { 'content-type': 'text/plain' } };
		expect((await client().deliver(rubbish)).status).toBe(400);
		expect(received.map(({ headers }) => headers.authorization)).toEqual([
			'open sesame',
			'open sesame',
			'guessed',
			undefined,
			'open sesame',
		]);
		const { rawBody: body, headers } = rubbish;
		expect(received[4]).toMatchObject({ body, headers });
	});
});
