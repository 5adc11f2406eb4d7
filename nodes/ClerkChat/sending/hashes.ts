import { createHash } from 'node:crypto';
import type { INode } from 'n8n-workflow';

/** Fields that say how something is sent, not what. */
const NOT_CONTENT = new Set(['options', 'requestOptions']);

/** What a node's fields say, as a short text that tells it from others. */
export function hashOfFields({ parameters }: INode): string {
	return hash(Object.entries(parameters).filter(([name]) => !NOT_CONTENT.has(name)));
}

/** A short text that tells a value from others; made of its JSON. */
export function hash(value: unknown): string {
	const digest = createHash('sha256').update(JSON.stringify(value)).digest('base64url');
	return digest.slice(0, 22);
}
