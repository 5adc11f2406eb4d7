/* eslint-disable @n8n/community-nodes/no-restricted-imports -- runs on a developer's machine, not inside n8n */
import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { API_KEY } from './engine';

/**
 * Lets a server listen on 127.0.0.1.
 * @returns its address, and what ends it with all of its connections
 */
export async function listenHere(server: Server) {
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	const { port } = server.address() as AddressInfo;
	return {
		url: `http://127.0.0.1:${port}`,
		close: async () => {
			await new Promise((resolve) => {
				server.close(resolve);
				server.closeAllConnections();
			});
		},
	};
}

/** A server on 127.0.0.1, for what cannot be played inside this process, and for thousands of requests. */
export async function realServer(
	answer: (request: IncomingMessage, response: ServerResponse) => void,
) {
	const server = createServer((request, response) => {
		request.resume().on('end', () => answer(request, response));
	});
	const { url, close } = await listenHere(server);
	return { credentials: { apiKey: API_KEY, baseUrl: url }, close };
}
