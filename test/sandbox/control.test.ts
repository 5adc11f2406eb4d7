import Ajv from 'ajv';
import addFormats from 'ajv-formats';
import { sendMessage, until, useSandbox } from './ask';
import { createSandboxClient } from './client';
import type { SandboxClient } from './client';
import { openApiDocument } from './openApiDocument';
import { startSandbox } from './sandbox';
import { defaultSettings } from './settings';

const sandbox = useSandbox();

const ann = '+14155550111';

test('a reset restores the initial settings and forgets everything, and message IDs continue', async () => {
	const fresh = await startSandbox({ slowMs: 7, record: { listedAfterMs: 5 } });
	const client = createSandboxClient(fresh.url);
	const atStart = structuredClone(fresh.settings());
	expect(atStart).toMatchObject({ slowMs: 7, record: { listedAfterMs: 5, clockOffsetMs: 0 } });
	await client.settings({ slowMs: 8, rateLimit: { limit: 1, perMs: 60_000 } });
	const { record } = await client.settings({ record: { clockOffsetMs: 1 } });
	expect(record).toMatchObject({ listedAfterMs: 5, clockOffsetMs: 1 });
	await sendMessage(fresh.url, ann);
	await client.reset();
	expect(fresh.settings()).toEqual(atStart);
	expect(fresh.stats()).toMatchObject({ requests: 0, messages: 0, wallMs: 0 });
	expect((await sendMessage(fresh.url, ann)).json.data.id).toBe(2);
	await fresh.close();
});

type Control = Exclude<keyof SandboxClient, 'reset'>;

test.each<[Control, unknown, string]>([
	['receive', { body: 'yes' }, 'from must be a text'],
	['receive', { from: ann }, 'body must be a text'],
	['receive', { from: ann, body: 'yes', to: 1 }, 'to must be a text'],
	['receive', undefined, 'from must be a text'],
	['setStatus', { id: 2, status: 'read' }, 'There is no message 2'],
	['setStatus', { id: 1, status: 'lost' }, 'status must be one of sending'],
	['settings', { slowMs: 1, lateness: 1 }, 'There is no setting lateness'],
	['settings', { slowMs: 1, record: { sorting: 'any' } }, 'There is no setting record.sorting'],
	['settings', { slowMs: 1, record: 7 }, 'record must be an object'],
	['settings', { slowMs: 1, record: { order: 'any' } }, 'must be one of newestFirst, shuffled'],
	['settings', { record: { clockOffsetMs: null } }, 'record.clockOffsetMs must be a number'],
	['deliver', { event: {} }, 'No webhook is set'],
])('%s refuses %j, and all else in the request: %s', async (name, body, words) => {
	const sent = await sandbox.send();
	await expect(sandbox.client[name](body as never)).rejects.toThrow(words);
	expect(sandbox.settings()).toEqual(defaultSettings());
	expect(await sandbox.list()).toEqual([sent]);
});

describe('the webhook', () => {
	/** The sandbox's own agent takes any event, with its key. */
	const path = '/public/pipelines/webhook/50000000-0000-4000-8000-000000000001';
	const received = () => sandbox.requests().filter((request) => request.path === path);

	test('receives every message, with the configured header', async () => {
		const webhook = { url: sandbox.url + path, headerName: 'apiKey', headerValue: 'sandbox-key' };
		sandbox.settings({ webhook });
		await sandbox.send();
		await sandbox.send({ recipients: ['+15005550605'] });
		sandbox.receive({ from: ann, body: 'yes' });
		const types = ['sent', 'delivered', 'failed', 'received'].map((what) => `message.${what}`);
		await until(() => sandbox.deliveries().length === types.length);
		expect(sandbox.deliveries()).toMatchObject(types.map((type) => ({ type, status: 202 })));
		expect(await sandbox.client.deliveries()).toEqual(sandbox.deliveries());
		const schemas = openApiDocument.components?.schemas as Record<string, object>;
		const validate = addFormats(new Ajv({ strict: false })).compile(schemas.WebhookEvent);
		const events = received().map(({ body }) => body);
		expect(events.map((event) => validate(event))).toEqual([true, true, true, true]);
		expect(events[0]).toMatchObject({ data: { id: 1, direction: 'outbound', status: 'sent' } });
		const text = { direction: 'inbound', sender: ann, body: 'yes', status: 'delivered' };
		expect(events[3]).toMatchObject({ data: text });
	});

	test('receives repeated, forged and garbage events', async () => {
		sandbox.settings({ webhook: { url: sandbox.url + path, headerValue: 'open sesame' } });
		const event = { eventId: '1', type: 'message.received', teamId: 't', data: {} };
		await sandbox.client.deliver({ event });
		await sandbox.client.deliver({ event, headers: { authorization: 'guessed' } });
		await sandbox.client.deliver({ event, headers: { Authorization: null } });
		const answer = await sandbox.client.deliver({ rawBody: 'rubbish{' });
		expect(answer).toEqual({ status: 401, body: expect.stringContaining('The API key') });
		expect(received().map(({ headers, body }) => [headers.authorization, body])).toEqual([
			['open sesame', event],
			['guessed', event],
			[undefined, event],
			['open sesame', 'rubbish{'],
		]);
	});
});
