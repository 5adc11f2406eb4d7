/* eslint-disable @n8n/community-nodes/no-restricted-imports -- runs on a developer's machine, not inside n8n */
import { setTimeout as wait } from 'node:timers/promises';
import { createSandboxClient } from './client';
import type { SandboxClient } from './client';
import { validateResponse } from './openApiDocument';
import { startSandbox } from './sandbox';
import type { Sandbox } from './sandbox';
import type { Message } from './store';

/** An answer as it came. */
export interface Got {
	status: number;
	headers: Headers;
	text: string;
	/** `undefined` where the answer is not JSON. */
	json: any; // eslint-disable-line @typescript-eslint/no-explicit-any -- each test knows what it asked for
}

/** What a request may have on top of method and path. */
export interface AskOptions {
	/** Sent as JSON; a text as it is. */
	body?: unknown;
	/** The right key when left out. */
	headers?: Record<string, string>;
	/** Aborts the request. */
	signal?: AbortSignal;
}

/**
 * Asks a sandbox as a client of the API would.
 *
 * @param url its base URL
 * @param path with the query
 */
export async function ask(
	url: string,
	method: string,
	path: string,
	{ body, headers = { apiKey: 'sandbox-key' }, signal }: AskOptions = {},
): Promise<Got> {
	const response = await fetch(url + path, {
		method,
		redirect: 'manual',
		signal,
		headers: { 'content-type': 'application/json', ...headers },
		body: body === undefined || typeof body === 'string' ? body : JSON.stringify(body),
	});
	const text = await response.text();
	const isJson = response.headers.get('content-type')?.includes('json');
	let json: unknown;
	try {
		json = isJson ? JSON.parse(text) : undefined;
	} catch {
		json = undefined;
	}
	return { status: response.status, headers: response.headers, text, json };
}

/** Sends a message from `+14155550100`, unless `changes` say otherwise. */
export async function sendMessage(
	url: string,
	recipient: string,
	changes: Record<string, unknown> = {},
): Promise<Got> {
	const message = { sender: '+14155550100', recipients: [recipient], body: 'Hello', mediaUrls: [] };
	return await ask(url, 'POST', '/public/messages', { body: { ...message, ...changes } });
}

/** Reads all pages of messages, one after the other, until one is not full. */
export async function readRecord(
	url: string,
	{ query = '', limit = 50 }: { query?: string; limit?: number } = {},
): Promise<Got['json'][]> {
	const entries = [];
	for (let page = 1; ; page++) {
		const path = `/public/messages?limit=${limit}&page=${page}${query && `&${query}`}`;
		const { data } = (await ask(url, 'GET', path)).json;
		entries.push(...data);
		if (data.length < limit) return entries;
	}
}

/** Waits up to about 4 s for something to become true. */
export async function until(check: () => boolean | Promise<boolean>): Promise<void> {
	for (let tries = 0; tries < 800; tries++) {
		if (await check()) return;
		await wait(5);
	}
	throw new Error('It never became true');
}

/** A sandbox and what its own tests do with it. */
export interface UsedSandbox extends Sandbox {
	/** Controls the sandbox, as another process would. */
	client: SandboxClient;
	/** Makes a request such as `GET /public/messages?limit=1`. A successful response must match the OpenAPI document. */
	ask(request: string, body?: unknown): Promise<Got>;
	/** Sends a message to `+14155550111`, unless `changes` say otherwise. @returns the message in the response */
	send(changes?: Record<string, unknown>): Promise<Message>;
	/** All messages that the sandbox lists. */
	list(query?: string): Promise<Message[]>;
}

/** One sandbox for all tests of a file. Each test starts with it in its initial state. */
export function useSandbox(): UsedSandbox {
	const sandbox = {
		async ask(request, body) {
			const [method, path] = request.split(' ');
			const got = await ask(sandbox.url, method, path, { body });
			const [bare] = path.split('?');
			const violations = validateResponse(method, bare, got.status, got.json ?? got.text);
			if (got.status < 400) expect(violations).toEqual([]);
			return got;
		},
		send: async (changes) => (await sendMessage(sandbox.url, '+14155550111', changes)).json.data,
		list: async (query) => await readRecord(sandbox.url, { query }),
	} as UsedSandbox;
	beforeAll(async () => {
		Object.assign(sandbox, await startSandbox({ repeatIds: true }));
		sandbox.client = createSandboxClient(sandbox.url);
	});
	beforeEach(() => sandbox.reset());
	afterAll(async () => await sandbox.close());
	return sandbox;
}
