/* eslint-disable @n8n/community-nodes/no-restricted-imports -- runs on a developer's machine, not inside n8n */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A request to the API and what it was answered. Times in milliseconds since 1970, by this machine's clock. */
export interface Exchange {
	method: string;
	/** Without the base URL, with the query. */
	path: string;
	/** Parsed JSON; the text itself where it is not JSON; undefined when there was none. */
	requestBody: unknown;
	status: number;
	/** Names in small letters. */
	headers: Record<string, string>;
	/** As `requestBody`. */
	body: unknown;
	askedAt: number;
	answeredAt: number;
}

/** A request as it goes to the API. */
export interface Asked {
	method: string;
	/** Without the base URL, with the query. */
	path: string;
	headers: Record<string, string>;
	body?: string;
}

/** Stands between n8n and the API, and keeps what passes. */
export interface Relay {
	/** Replaces the API's base URL, without a slash at the end. */
	url: string;
	/** The requests to send a message so far, in the order in which they were answered. */
	sendings(): Exchange[];
	/** The first of them that was not answered with 429, which the node asks again. */
	sent: Promise<Exchange>;
	close(): Promise<void>;
}

/** What belongs to one connection and not to the request, or no longer fits what is passed on. */
const OF_THE_CONNECTION = new Set([
	'accept-encoding',
	'connection',
	'content-encoding',
	'content-length',
	'host',
	'keep-alive',
	'transfer-encoding',
]);

/**
 * Makes a request once. Redirects are not followed.
 * @param baseUrl without a slash at the end
 * @throws as `fetch` does when there is no answer
 */
export async function ask(
	baseUrl: string,
	{ method, path, headers, body }: Asked,
): Promise<Exchange & { text: string }> {
	const askedAt = Date.now();
	const answer = await fetch(baseUrl + path, { method, headers, body, redirect: 'manual' });
	const text = await answer.text();
	return {
		method,
		path,
		requestBody: parsed(body ?? ''),
		status: answer.status,
		headers: Object.fromEntries(answer.headers),
		body: parsed(text),
		askedAt,
		answeredAt: Date.now(),
		text,
	};
}

/**
 * Starts a relay on 127.0.0.1. An answer that does not come is a connection that breaks there too.
 * @param baseUrl where requests are passed on to, without a slash at the end
 */
export async function startRelay(baseUrl: string): Promise<Relay> {
	const sendings: Exchange[] = [];
	let tellSent: (exchange: Exchange) => void;
	const sent = new Promise<Exchange>((resolve) => (tellSent = resolve));

	async function pass(request: IncomingMessage, response: ServerResponse) {
		const { method = 'GET', url: path = '/' } = request;
		const body = await textOf(request);
		const headers = passable(request.headers as Record<string, string>);
		const { text, ...exchange } = await ask(baseUrl, {
			method,
			path,
			headers,
			...(body !== '' && { body }),
		});
		if (method === 'POST' && path.startsWith('/public/messages')) {
			sendings.push(exchange);
			if (exchange.status !== 429) tellSent(exchange);
		}
		response.writeHead(exchange.status, passable(exchange.headers)).end(text);
	}

	const server = createServer((request, response) => {
		pass(request, response).catch(() => request.socket.resetAndDestroy());
	});
	await new Promise<void>((resolve, reject) => {
		server.once('error', reject);
		server.listen(0, '127.0.0.1', resolve);
	});
	return {
		url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
		sendings: () => [...sendings],
		sent,
		async close() {
			await new Promise((resolve) => {
				server.close(resolve);
				server.closeAllConnections();
			});
		},
	};
}

function passable(headers: Record<string, string>): Record<string, string> {
	return Object.fromEntries(
		Object.entries(headers).filter(([name]) => !OF_THE_CONNECTION.has(name.toLowerCase())),
	);
}

async function textOf(request: IncomingMessage): Promise<string> {
	const chunks: Buffer[] = [];
	for await (const chunk of request) chunks.push(chunk as Buffer);
	return Buffer.concat(chunks).toString('utf8');
}

function parsed(text: string): unknown {
	if (text === '') return undefined;
	try {
		return JSON.parse(text);
	} catch {
		return text;
	}
}
