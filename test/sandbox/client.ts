import type { SandboxSettings, SettingsChanges } from './settings';
import type { RequestRecord, SandboxStats } from './statistics';
import type { StatusChange } from './statuses';
import type { KeptMessage, Message } from './store';
import type { IncomingText } from './texts';
import type { DeliverAnswer, Delivery, DeliverRequest } from './webhooks';

/** Looks into a sandbox, and steers it, from another process. Every method throws when the sandbox refuses. */
export interface SandboxClient {
	/** Requests to the API, oldest first. */
	requests(): Promise<RequestRecord[]>;
	/** Messages sent and kept, oldest first, each with the request it was made from. */
	messages(): Promise<KeptMessage[]>;
	stats(): Promise<SandboxStats>;
	/** The events that the sandbox sent by itself, in order. */
	deliveries(): Promise<Delivery[]>;
	/** @returns the settings as they are after the changes */
	settings(changes: SettingsChanges): Promise<SandboxSettings>;
	/** Somebody writes a text. @returns it, as it is on record */
	receive(text: IncomingText): Promise<Message>;
	/** Gives a message another status. @returns it */
	setStatus(change: StatusChange): Promise<Message>;
	/** Brings everything, settings too, back to the state after the start. */
	reset(): Promise<void>;
	/** Sends any request to the webhook that is set. */
	deliver(request: DeliverRequest): Promise<DeliverAnswer>;
}

/** @param url base URL of the sandbox, for example `http://127.0.0.1:4010` */
export function createSandboxClient(url: string): SandboxClient {
	async function call<T>(method: 'GET' | 'POST', name: string, body?: unknown): Promise<T> {
		const response = await fetch(`${url}/__sandbox/${name}`, {
			method,
			body: body === undefined ? undefined : JSON.stringify(body),
		});
		const text = await response.text();
		if (!response.ok) throw new Error(`${method} ${name}: ${response.status} ${text}`);
		return (text === '' ? undefined : JSON.parse(text)) as T;
	}
	return {
		requests: async () => await call('GET', 'requests'),
		messages: async () => await call('GET', 'messages'),
		stats: async () => await call('GET', 'stats'),
		deliveries: async () => await call('GET', 'deliveries'),
		settings: async (changes) => await call('POST', 'settings', changes),
		receive: async (text) => await call('POST', 'receive', text),
		setStatus: async (change) => await call('POST', 'status', change),
		reset: async () => await call('POST', 'reset'),
		deliver: async (request) => await call('POST', 'deliver', request),
	};
}
