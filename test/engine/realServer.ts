/* eslint-disable @n8n/community-nodes/no-restricted-imports -- runs on a developer's machine, not inside n8n */
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { API_KEY } from './engine';

/** A server on 127.0.0.1, for what cannot be played inside this process, and for thousands of requests. */
export async function realServer(
	answer: (request: IncomingMessage, response: ServerResponse) => void,
) {
	const server = createServer((request, response) => {
		request.resume().on('end', () => answer(request, response));
	});
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	const { port } = server.address() as AddressInfo;
	return {
		credentials: { apiKey: API_KEY, baseUrl: `http://127.0.0.1:${port}` },
		close: async () => {
			await new Promise((resolve) => {
				server.close(resolve);
				server.closeAllConnections();
			});
		},
	};
}
