/* eslint-disable @n8n/community-nodes/no-restricted-imports -- runs on a developer's machine, not inside n8n */
import { randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import type { IDataObject } from 'n8n-workflow';
import { credentialFor, itemsFrom } from './n8n';
import { sendMessage } from '../sandbox/ask';
import { credentials, executionsOf, n8n, sandbox, useN8n } from './running';
import { eventOf, triggerWorkflow, webhookUrl } from './triggerWorkflow';

/* Clerk Chat's deliveries to a real n8n: which ones start a workflow, and which don't. */

const SECRET = 'a-long-random-text';

useN8n({ credential: { webhookHeaderName: 'X-Clerk-Secret', webhookHeaderValue: SECRET } });

/** Activates a workflow with the trigger and points the sandbox's webhook at it. */
async function listening(
	parameters: IDataObject,
	used = credentials.clerkChatApi,
	version?: number,
) {
	const webhookId = randomUUID();
	const id = await n8n.createWorkflow(triggerWorkflow(webhookId, parameters, version), {
		clerkChatApi: used,
	});
	await n8n.activateWorkflow(id);
	const url = webhookUrl(n8n.url, webhookId);
	sandbox.reset();
	sandbox.settings({ webhook: { url, headerName: 'X-Clerk-Secret', headerValue: SECRET } });
	/** The items that the workflow was started with, oldest first, once there are so many. */
	const started = async (count: number) =>
		(await executionsOf(id, count)).flatMap((execution) =>
			itemsFrom(execution, 'Clerk Chat Trigger').map(({ json }) => json),
		);
	return { workflow: id, url, started };
}

const event = (type: string, data: IDataObject = { text: 'Hi', anything: { at: 'all' } }) =>
	eventOf(type, data);

test("chosen events start the workflow unchanged, others don't", async () => {
	const { started } = await listening({ events: ['message.received', 'rcsPostbackReceived'] });
	const received = event('message.received');
	const tapped = event('rcsPostbackReceived');
	for (const each of [received, event('message.sent'), tapped, event('something.new')]) {
		expect((await sandbox.deliver({ event: each })).status).toBe(200);
	}
	expect(await started(2)).toEqual([received, tapped]);
});

test('all events, including future ones; only the data if requested', async () => {
	const { started } = await listening({ events: ['*'], options: { dataOnly: true } });
	await sandbox.deliver({ event: event('something.new', { n: 1 }) });
	await sandbox.deliver({ event: event('message.read', { n: 2 }) });
	expect(await started(2)).toEqual([{ n: 1 }, { n: 2 }]);
});

test('a repeat starts nothing, whether at once or later', async () => {
	const { started } = await listening({ events: ['*'] });
	const repeated = event('message.received');
	const answers = await Promise.all(
		Array.from({ length: 10 }, async () => await sandbox.deliver({ event: repeated })),
	);
	expect(answers.map(({ status }) => status)).toEqual(Array<number>(10).fill(200));
	await wait(500);
	expect((await sandbox.deliver({ event: repeated })).status).toBe(200);
	expect(await started(1)).toEqual([repeated]);
});

test('forgeries are rejected, with and without a header', async () => {
	const { started } = await listening({ events: ['*'] });
	for (const value of [null, 'wrong', `${SECRET}x`, `Bearer wrong`]) {
		const headers = { 'X-Clerk-Secret': value };
		expect((await sandbox.deliver({ event: event('message.sent'), headers })).status).toBe(401);
	}
	const asBearer = { 'X-Clerk-Secret': `Bearer ${SECRET}` };
	const genuine = event('message.sent');
	expect((await sandbox.deliver({ event: genuine, headers: asBearer })).status).toBe(200);
	expect(await started(1)).toEqual([genuine]);
	expect(await n8n.log()).not.toContain(SECRET);
});

/** A credential with this secret; returns its ID and a function to change the secret. */
async function withSecret(webhookHeaderValue: string) {
	const data = (value: string) =>
		credentialFor(sandbox, { webhookHeaderName: 'X-Clerk-Secret', webhookHeaderValue: value });
	const id = await n8n.createCredential('clerkChatApi', 'Own', data(webhookHeaderValue));
	const change = async (value: string) =>
		await n8n.updateCredential(id, 'clerkChatApi', 'Own', data(value));
	return { id, change };
}

test.each([
	['nothing', ''],
	['blanks', '  '],
	['an expression that returns an empty text', "={{ '' }}"],
	['an expression whose variable does not exist', '={{ $vars.noSuchVariable }}'],
	['Bearer before such an expression', '=Bearer {{ $vars.noSuchVariable }}'],
])('a secret that is %s: no publishing, no listening, and a helpful error', async (_, value) => {
	const { id: used, change } = await withSecret(value);
	const webhookId = randomUUID();
	const id = await n8n.createWorkflow(triggerWorkflow(webhookId, { events: ['*'] }), {
		clerkChatApi: used,
	});
	const words = /enter a secret as 'Webhook Header Value'.*turn on 'Allow Without Secret'/s;
	await expect(n8n.activateWorkflow(id)).rejects.toThrow(words);
	await expect(n8n.startWorkflow(id, 'Clerk Chat Trigger')).rejects.toThrow(words);
	const post = async (path: string) =>
		await fetch(webhookUrl(n8n.url, webhookId).replace('/webhook/', path), { method: 'POST' });
	expect((await post('/webhook/')).status).toBe(404);
	expect((await post('/webhook-test/')).status).toBe(404);

	await change(SECRET);
	await n8n.activateWorkflow(id);
	expect((await post('/webhook/')).status).toBe(401);
	expect(await n8n.listExecutions(id)).toEqual([]);
});

test('a secret that is emptied later: all deliveries are rejected until there is one again', async () => {
	const { id: used, change } = await withSecret(SECRET);
	const { started } = await listening({ events: ['*'] }, used);
	const [first, last] = [event('message.sent'), event('message.sent')];
	expect((await sandbox.deliver({ event: first })).status).toBe(200);
	for (const nothing of ['', "={{ '' }}", '={{ $vars.noSuchVariable }}']) {
		await change(nothing);
		for (const value of [null, SECRET, 'undefined']) {
			const headers = { 'X-Clerk-Secret': value };
			expect((await sandbox.deliver({ event: event('message.sent'), headers })).status).toBe(401);
		}
	}
	expect(await n8n.log()).toContain("enter a secret as 'Webhook Header Value'");
	await change(SECRET);
	expect((await sandbox.deliver({ event: last })).status).toBe(200);
	expect(await started(2)).toEqual([first, last]);
});

test('without a secret, all deliveries are accepted if that is allowed', async () => {
	const { id: used, change } = await withSecret('');
	const parameters = { events: ['*'], options: { allowWithoutSecret: true } };
	const { started } = await listening(parameters, used);
	const each = event('message.sent');
	const headers = { 'X-Clerk-Secret': null };
	expect((await sandbox.deliver({ event: each, headers })).status).toBe(200);
	await change(SECRET);
	expect((await sandbox.deliver({ event: event('message.sent'), headers })).status).toBe(401);
	expect(await started(1)).toEqual([each]);
});

test('garbage gets a plain response and starts nothing', async () => {
	const { url, started } = await listening({ events: ['*'] });
	const text = { 'content-type': 'text/plain' };
	const cases: Array<[string, Record<string, string>, number]> = [
		['not json', {}, 422],
		['not json', text, 400],
		['', {}, 400],
		['[1, 2]', {}, 400],
		['"text"', text, 400],
		['{"eventId": "1"}', {}, 400],
		['{"type": 7}', {}, 400],
	];
	for (const [rawBody, headers, status] of cases) {
		expect([rawBody, (await sandbox.deliver({ rawBody, headers })).status]).toEqual([
			rawBody,
			status,
		]);
	}
	const get = await fetch(url, { headers: { 'X-Clerk-Secret': SECRET } });
	expect(get.status).toBe(404);
	expect(await started(0)).toEqual([]);
});

test.each([1, 2])('version %i reads other content types, gzip, and several MB', async (version) => {
	const { url, started } = await listening({ events: ['*'] }, undefined, version);
	const events = [
		event('message.received', { n: 1 }),
		event('message.received', { n: 2 }),
		event('message.received', { n: 3, text: 'x'.repeat(5_000_000) }),
		event('message.received', { n: 4 }),
		event('message.received', { n: 5 }),
	];
	const send = async (body: string | Buffer, headers: Record<string, string>) => {
		const options = { method: 'POST', body, headers: { 'X-Clerk-Secret': SECRET, ...headers } };
		expect((await fetch(url, options as RequestInit)).status).toBe(200);
	};
	await send(JSON.stringify(events[0]), { 'content-type': 'text/plain' });
	await send(gzipSync(JSON.stringify(events[1])), {
		'content-type': 'application/json',
		'content-encoding': 'gzip',
	});
	await send(JSON.stringify(events[2]), { 'content-type': 'application/json' });
	await send(gzipSync(JSON.stringify(events[3])), {
		'content-type': 'application/octet-stream',
		'content-encoding': 'gzip',
	});
	await send(Buffer.from(JSON.stringify(events[4])), {});
	expect(await started(5)).toEqual(events);
});

test('unreadable bodies get a plain response, too', async () => {
	const { url, started } = await listening({ events: ['*'] });
	const headers = {
		'X-Clerk-Secret': SECRET,
		'content-type': 'application/octet-stream',
		'content-encoding': 'gzip',
	};
	const response = await fetch(url, { method: 'POST', body: 'not gzip', headers });
	expect([response.status, await response.json()]).toEqual([
		400,
		{ message: 'The body could not be read.' },
	]);
	expect(await started(0)).toEqual([]);
});

test("the response doesn't wait for the workflow", async () => {
	const { workflow, started } = await listening({ events: ['*'] });
	await sandbox.deliver({ event: event('message.sent', { waitMs: 3000 }) });
	const [execution] = await n8n.listExecutions(workflow);
	expect(execution.status).toBe('running');
	expect(await started(1)).toHaveLength(1);
});

test("the sandbox's own events about a message arrive in order", async () => {
	const { started } = await listening({ events: ['*'] });
	await sendMessage(sandbox.url, '+14155550123');
	const types = (await started(2)).map(({ type }) => type);
	expect(types).toEqual(['message.sent', 'message.delivered']);
});
