/* eslint-disable @n8n/community-nodes/no-restricted-imports -- runs on a developer's machine, not inside n8n */
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { errorAnswer, htmlAnswer } from './answer';
import type { Answer, Outcome } from './answer';
import { createApi } from './api';
import { createFaultPicker } from './magicRecipients';
import { createRateLimiter } from './rateLimit';
import type { RateLimit } from './rateLimit';
import { createStatistics } from './statistics';
import type { RequestRecord, SandboxStats } from './statistics';
import { createStore } from './store';
import type { KeptMessage } from './store';
import { createEventQueue, deliver } from './webhooks';
import type { DeliverAnswer, Delivery, DeliverRequest, WebhookSettings } from './webhooks';

/** How the sandbox is to behave from its start. */
export interface SandboxOptions {
	/** 0, the default, takes any free port. */
	port?: number;
	/** `sandbox-key` when left out. */
	apiKey?: string;
	/** Wait before every answer of the API, in milliseconds; 0 when left out. */
	latencyMs?: number;
	/** None when left out. */
	rateLimit?: RateLimit;
}

/** What can be changed while the sandbox runs. */
export interface SandboxSettings {
	/** Wait before every answer of the API, in milliseconds. */
	latencyMs: number;
	/** Wait of the slow recipient, in milliseconds. */
	slowMs: number;
	/** A change starts a new count. */
	rateLimit: RateLimit | null;
	/** Where events about the messages kept from now on go. */
	webhook: WebhookSettings | null;
}

/** A running sandbox, as the tests of the same process use it. */
export interface Sandbox {
	/** Base URL, without a slash at the end. */
	url: string;
	port: number;
	apiKey: string;
	requests(): RequestRecord[];
	messages(): KeptMessage[];
	stats(): SandboxStats;
	/** The events sent by themselves, in order. */
	deliveries(): Delivery[];
	/** @returns the settings as they are after the changes */
	settings(changes?: Partial<SandboxSettings>): SandboxSettings;
	/** Brings everything, settings too, back to the state after the start. */
	reset(): void;
	/** @throws when no webhook is set, or when it cannot be reached */
	deliver(request: DeliverRequest): Promise<DeliverAnswer>;
	/** Breaks all connections off and frees the port. */
	close(): Promise<void>;
}

const controlPrefix = '/__sandbox/';

/**
 * Reads a body to its end.
 *
 * @throws when the client breaks off
 */
async function readText(request: IncomingMessage): Promise<string> {
	return await new Promise((resolve, reject) => {
		const chunks: Buffer[] = [];
		request.on('data', (chunk: Buffer) => chunks.push(chunk));
		request.on('end', () => resolve(Buffer.concat(chunks).toString('utf8')));
		request.on('error', reject);
	});
}

/** @returns the JSON, the text itself when it is not JSON, `undefined` when there is nothing */
function parseBody(text: string): unknown {
	if (text === '') return undefined;
	try {
		return JSON.parse(text);
	} catch {
		return text;
	}
}

function send(response: ServerResponse, { status, headers, json, text }: Answer): void {
	const payload = json === undefined ? (text ?? '') : JSON.stringify(json);
	response.writeHead(status, {
		...(json === undefined ? {} : { 'content-type': 'application/json; charset=utf-8' }),
		'content-length': Buffer.byteLength(payload),
		...headers,
	});
	response.end(payload);
}

/**
 * Starts a stand-in for the Clerk Chat API on 127.0.0.1.
 *
 * @throws when the port is taken
 */
export async function startSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
	const { port = 0, apiKey = 'sandbox-key', latencyMs = 0, rateLimit = null } = options;
	const api = await createApi(apiKey);
	const statistics = createStatistics();
	const createState = () => ({
		store: createStore(),
		faults: createFaultPicker(),
		events: createEventQueue(),
		limiter: createRateLimiter(rateLimit),
		settings: { latencyMs, slowMs: 2_000, rateLimit, webhook: null } as SandboxSettings,
	});
	let state = createState();

	function onMessage(kept: KeptMessage): void {
		statistics.keep(kept);
		if (state.settings.webhook) state.events.announce(state.settings.webhook, kept.message);
	}

	async function answerApi(request: IncomingMessage, url: URL, body: unknown): Promise<Outcome> {
		const { store, faults, limiter, settings } = state;
		const tooMany = await limiter(String(request.headers.apikey ?? ''));
		if (tooMany) return { answer: tooMany };
		const { method = '', headers } = request;
		return await api(
			{ method, url, headers, body },
			{ store, faults, slowMs: settings.slowMs, onMessage },
		);
	}

	async function serveApi(request: IncomingMessage, response: ServerResponse, url: URL) {
		const headers = { ...request.headers };
		delete headers.apikey;
		const record: RequestRecord = {
			method: request.method ?? '',
			path: request.url ?? '',
			headers,
			at: new Date().toISOString(),
			status: null,
		};
		statistics.begin(record, request.socket);
		let end: Exclude<RequestRecord['status'], null> = 'aborted';
		response.once('close', () => statistics.end(record, end));
		try {
			record.body = parseBody(await readText(request));
		} catch {
			return;
		}
		const isJson = request.headers['content-type']?.includes('json');
		const outcome = await answerApi(request, url, isJson ? record.body : undefined);
		const delayMs = state.settings.latencyMs + (outcome === 'reset' ? 0 : (outcome.delayMs ?? 0));
		// Without `ref`, a closed sandbox does not keep the process alive for an answer nobody waits for.
		if (delayMs > 0) await wait(delayMs, undefined, { ref: false });
		if (response.destroyed) return;
		if (outcome === 'reset') {
			end = 'reset';
			request.socket.resetAndDestroy();
		} else {
			end = outcome.answer.status;
			send(response, outcome.answer);
		}
	}

	const sandbox = {
		apiKey,
		requests: () => statistics.requests(),
		messages: () => state.store.messages,
		stats: () => statistics.summary(),
		deliveries: () => state.events.deliveries(),
		settings(changes: Partial<SandboxSettings> = {}) {
			Object.assign(state.settings, changes);
			if (changes.rateLimit !== undefined) state.limiter = createRateLimiter(changes.rateLimit);
			return state.settings;
		},
		reset() {
			state.events.stop();
			state = createState();
			statistics.reset();
		},
		async deliver(request: DeliverRequest) {
			const { webhook } = state.settings;
			if (!webhook) throw new Error('No webhook is set');
			return await deliver(webhook, request);
		},
	};

	async function answerControl(route: string, body: unknown): Promise<Answer> {
		switch (route) {
			case 'GET requests':
				return { status: 200, json: sandbox.requests() };
			case 'GET messages':
				return { status: 200, json: sandbox.messages() };
			case 'GET stats':
				return { status: 200, json: sandbox.stats() };
			case 'GET deliveries':
				return { status: 200, json: sandbox.deliveries() };
			case 'POST settings': {
				const unknown = Object.keys(body ?? {}).find((name) => !(name in state.settings));
				if (unknown) return errorAnswer(400, 'Bad Request', `There is no setting ${unknown}`);
				return { status: 200, json: sandbox.settings(body as Partial<SandboxSettings>) };
			}
			case 'POST reset':
				sandbox.reset();
				return { status: 204 };
			case 'POST deliver':
				try {
					return { status: 200, json: await sandbox.deliver(body as DeliverRequest) };
				} catch (error) {
					return errorAnswer(502, 'Bad Gateway', String(error));
				}
			default:
				return errorAnswer(404, 'Not Found', `There is no ${route}`);
		}
	}

	async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
		const url = new URL(request.url ?? '', `http://${request.headers.host}`);
		if (url.pathname === '/sign-in') {
			send(response, htmlAnswer(200, 'Sign in'));
		} else if (url.pathname.startsWith(controlPrefix)) {
			const route = `${request.method} ${url.pathname.slice(controlPrefix.length)}`;
			send(response, await answerControl(route, parseBody(await readText(request))));
		} else {
			await serveApi(request, response, url);
		}
	}

	const server = createServer((request, response) => {
		serve(request, response).catch((error: unknown) => {
			if (response.headersSent) response.destroy();
			else send(response, errorAnswer(500, 'Internal Server Error', String(error)));
		});
	});
	// Longer than any test, so that no connection is closed just as a client uses it again.
	server.keepAliveTimeout = 600_000;
	await new Promise<void>((resolve, reject) => {
		server.once('error', reject);
		server.listen(port, '127.0.0.1', resolve);
	});
	const { port: actualPort } = server.address() as AddressInfo;
	return {
		...sandbox,
		url: `http://127.0.0.1:${actualPort}`,
		port: actualPort,
		async close() {
			state.events.stop();
			await new Promise((resolve) => {
				server.close(resolve);
				server.closeAllConnections();
			});
		},
	};
}
