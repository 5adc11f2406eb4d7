/* eslint-disable @n8n/community-nodes/no-restricted-imports -- runs on a developer's machine, not inside n8n */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { ICredentialDataDecryptedObject } from 'n8n-workflow';
import type { Answer } from './clerkChatApi';

/** A server on 127.0.0.1 that cuts connections as they are cut in the wild. */
export interface CuttingServer {
	/** Holds its address. */
	credentials: ICredentialDataDecryptedObject;
	/** How many requests have arrived, those without an answer too. */
	requests: () => number;
	close: () => Promise<void>;
}

/**
 * Takes in whole requests, cuts the connections of the first ones without an answer, and answers the others.
 * @param cuts how many connections are cut
 */
export async function cutConnections(cuts: number, [status, body]: Answer): Promise<CuttingServer> {
	let requests = 0;
	const server = createServer((request, response) => {
		request.resume().on('end', () => {
			if (++requests <= cuts) request.socket.resetAndDestroy();
			else {
				response.writeHead(status, { 'content-type': 'application/json', connection: 'close' });
				response.end(body === undefined ? '' : JSON.stringify(body));
			}
		});
	});
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	const { port } = server.address() as AddressInfo;
	return {
		credentials: { apiKey: 'a-secret-key', baseUrl: `http://127.0.0.1:${port}` },
		requests: () => requests,
		close: async () => {
			await new Promise((resolve) => {
				server.close(resolve);
				server.closeAllConnections();
			});
		},
	};
}
