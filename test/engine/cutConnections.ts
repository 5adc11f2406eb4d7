import type { ICredentialDataDecryptedObject } from 'n8n-workflow';
import type { Answer } from './clerkChatApi';
import { realServer } from './realServer';

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
	const server = await realServer((request, response) => {
		if (++requests <= cuts) return void request.socket.resetAndDestroy();
		response.writeHead(status, { 'content-type': 'application/json', connection: 'close' });
		response.end(body === undefined ? '' : JSON.stringify(body));
	});
	return { ...server, requests: () => requests };
}
