/* eslint-disable @n8n/community-nodes/no-restricted-imports -- runs on a developer's machine, not inside n8n */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import type { Answer } from './answer';

/**
 * Reads a body to its end.
 *
 * @throws when the client breaks off
 */
export async function readText(request: IncomingMessage): Promise<string> {
	return await new Promise((resolve, reject) => {
		const chunks: Buffer[] = [];
		request.on('data', (chunk: Buffer) => chunks.push(chunk));
		request.on('end', () => resolve(Buffer.concat(chunks).toString('utf8')));
		request.on('error', reject);
	});
}

/** @returns the JSON, the text itself when it is not JSON, `undefined` when there is nothing */
export function parseBody(text: string): unknown {
	if (text === '') return undefined;
	try {
		return JSON.parse(text);
	} catch {
		return text;
	}
}

/** @param now what the `Date` header says, in milliseconds since 1970; without it there is no such header */
export function send(response: ServerResponse, answer: Answer, now: number | undefined): void {
	const { status, headers, json, text, bodyAfterMs = 0 } = answer;
	const payload = json === undefined ? (text ?? '') : JSON.stringify(json);
	response.sendDate = false;
	response.writeHead(status, {
		...(now !== undefined && { date: new Date(now).toUTCString() }),
		...(json === undefined ? {} : { 'content-type': 'application/json; charset=utf-8' }),
		'content-length': Buffer.byteLength(payload),
		...headers,
	});
	if (bodyAfterMs === 0) {
		response.end(payload);
		return;
	}
	response.flushHeaders();
	void wait(bodyAfterMs, undefined, { ref: false }).then(() => response.end(payload));
}
