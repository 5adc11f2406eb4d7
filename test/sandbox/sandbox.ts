/* eslint-disable @n8n/community-nodes/no-restricted-imports -- runs on a developer's machine, not inside n8n */
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { recordFormOf } from '../recordForms';
import type { RecordForm } from '../recordForms';
import { errorAnswer, htmlAnswer } from './answer';
import type { Outcome } from './answer';
import { createApi } from './api';
import { answerControl } from './control';
import type { Controlled } from './control';
import { parseBody, readText, send } from './http';
import { createFaultPicker } from './magicRecipients';
import { createRateLimiter } from './rateLimit';
import { changeSettings, defaultSettings } from './settings';
import type { SandboxSettings, SettingsChanges } from './settings';
import { createStatistics } from './statistics';
import type { RequestRecord, SandboxStats } from './statistics';
import { createStatuses } from './statuses';
import type { Failure, StatusChange } from './statuses';
import { createStore, messageStatuses } from './store';
import type { KeptMessage, Message } from './store';
import { receiveText, seedTexts } from './texts';
import type { IncomingText } from './texts';
import { createEventQueue, deliver } from './webhooks';
import type { DeliverAnswer, Delivery, DeliverRequest } from './webhooks';

/** How the sandbox is to behave from its start, and after every reset. Settings that are left out are the default ones. */
export interface SandboxOptions extends SettingsChanges {
	/** 0, the default, takes any free port. */
	port?: number;
	/** Whether a few texts were received before the start. */
	seedTexts?: boolean;
	/**
	 * Whether ids of messages begin with 1 again after a reset. Otherwise they count on, so that a node of the same process,
	 * which remembers messages by their ids, does not take a new one for an old one.
	 */
	repeatIds?: boolean;
}

/** A running sandbox, as the tests of the same process use it. */
export interface Sandbox {
	/** Base URL, without a slash at the end. */
	url: string;
	port: number;
	/** The key at the start. */
	apiKey: string;
	requests(): RequestRecord[];
	/** What was sent and kept, oldest first. */
	messages(): KeptMessage[];
	stats(): SandboxStats;
	/** The events sent by themselves, in order. */
	deliveries(): Delivery[];
	/** @returns the settings as they are after the changes */
	settings(changes?: SettingsChanges): SandboxSettings;
	/** Somebody writes a text. @returns it, as it is on record */
	receive(text: IncomingText): Message;
	/** Gives a message another status, at once. @throws when there is no such message or status */
	setStatus(change: StatusChange): Message;
	/** Brings everything, settings too, back to the state after the start; ids of messages count on. */
	reset(): void;
	/** @throws when no webhook is set, or when it cannot be reached */
	deliver(request: DeliverRequest): Promise<DeliverAnswer>;
	/** Breaks all connections off and frees the port. */
	close(): Promise<void>;
}

const controlPrefix = '/__sandbox/';

/**
 * Starts a simulated Clerk Chat API on 127.0.0.1.
 *
 * @throws if the port is in use
 */
export async function startSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
	const { port = 0, seedTexts: hasSeeds = false, repeatIds = false, ...chosen } = options;
	const api = await createApi();
	const statistics = createStatistics();
	let messageIds = 0;

	function createState() {
		const settings = defaultSettings();
		changeSettings(settings, chosen);
		const store = createStore(() => ++messageIds);
		const events = createEventQueue();
		const form = (): Partial<RecordForm> =>
			settings.record.form === null ? {} : recordFormOf(settings.record.form);
		const now = () => Date.now() + settings.record.clockOffsetMs + (form().clockOffsetMs ?? 0);
		const dateHeader = () => (form().hidesDate ? undefined : now());
		const tell = (message: Message, what: string) => {
			if (settings.webhook) events.announce(settings.webhook, message, what);
		};
		const statuses = createStatuses(now, tell);
		const onMessage = (kept: KeptMessage, failure?: Failure) => {
			statistics.keep(kept);
			statuses.follow(kept.message, settings.statuses, failure);
		};
		if (hasSeeds) seedTexts(store, settings.record, now());
		return {
			settings,
			store,
			events,
			now,
			dateHeader,
			tell,
			statuses,
			onMessage,
			faults: createFaultPicker(),
			limiter: createRateLimiter(settings.rateLimit),
			stop() {
				events.stop();
				statuses.stop();
			},
		};
	}

	let state = createState();

	async function answerApi(request: IncomingMessage, url: URL, body: unknown): Promise<Outcome> {
		const atArrival = state;
		const tooMany = await atArrival.limiter(String(request.headers.apikey ?? ''));
		if (tooMany) return { answer: tooMany };
		const { method = '', headers } = request;
		return await api({ method, url, headers, body }, atArrival);
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
			send(response, outcome.answer, state.dateHeader());
		}
	}

	const controlled: Controlled = {
		requests: () => statistics.requests(),
		messages: () => state.store.messages,
		stats: () => statistics.summary(),
		deliveries: () => state.events.deliveries(),
		settings(changes = {}) {
			changeSettings(state.settings, changes);
			if (changes.rateLimit !== undefined) state.limiter = createRateLimiter(changes.rateLimit);
			return state.settings;
		},
		receive(text) {
			const { store, settings, now, tell } = state;
			const message = receiveText(store, text, settings.record, now());
			tell(message, 'received');
			return message;
		},
		setStatus({ id, status, ...failure }) {
			const entry = state.store.record.find(({ message }) => message.id === id);
			if (!entry) throw new RangeError(`There is no message ${id}`);
			if (!messageStatuses.includes(status)) {
				throw new RangeError(`status must be one of ${messageStatuses.join(', ')}`);
			}
			state.statuses.change(entry.message, status, failure);
			return entry.message;
		},
		reset() {
			state.stop();
			if (repeatIds) messageIds = 0;
			state = createState();
			statistics.reset();
		},
		async deliver(request) {
			const { webhook } = state.settings;
			if (!webhook) throw new Error('No webhook is set');
			return await deliver(webhook, request);
		},
	};

	async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
		const url = new URL(request.url ?? '', `http://${request.headers.host}`);
		if (url.pathname === '/sign-in') {
			send(response, htmlAnswer(200, 'Sign in'), state.now());
		} else if (url.pathname.startsWith(controlPrefix)) {
			const route = `${request.method} ${url.pathname.slice(controlPrefix.length)}`;
			const body = parseBody(await readText(request));
			send(response, await answerControl(controlled, route, body), state.now());
		} else {
			await serveApi(request, response, url);
		}
	}

	const server = createServer((request, response) => {
		serve(request, response).catch((error: unknown) => {
			if (response.headersSent) response.destroy();
			else send(response, errorAnswer(500, 'Internal Server Error', String(error)), state.now());
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
		...controlled,
		apiKey: state.settings.apiKey,
		url: `http://127.0.0.1:${actualPort}`,
		port: actualPort,
		async close() {
			state.stop();
			await new Promise((resolve) => {
				server.close(resolve);
				server.closeAllConnections();
			});
		},
	};
}
