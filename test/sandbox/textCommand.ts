/* eslint-disable no-console -- runs on a developer's machine, not inside n8n */
import { createSandboxClient } from './client';
import type { IncomingText } from './texts';

/**
 * Sends a text to a sandbox running in another process, and prints the result.
 *
 * @param port where it listens on 127.0.0.1
 * @throws if there is no sandbox, or if it refuses the text
 */
export async function sendTextTo(port: number, text: IncomingText): Promise<void> {
	const url = `http://127.0.0.1:${port}`;
	const isThere = await fetch(`${url}/__sandbox/stats`).then(
		({ ok }) => ok,
		() => false,
	);
	if (!isThere) {
		throw new Error(
			`No sandbox answers at ${url}. Start one with "npm run sandbox", or name its port with --port.`,
		);
	}
	const { id, members, conversationId } = await createSandboxClient(url).receive(text);
	console.log(
		`Message ${id}: ${members[0]} wrote to ${members[1]}, in conversation ${conversationId}.`,
	);
}
