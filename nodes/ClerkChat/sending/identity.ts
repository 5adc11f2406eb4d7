import { createHash } from 'node:crypto';
import type { INode } from 'n8n-workflow';
import { addressOf } from '../../api/matching';
import type { ApiRequest } from '../../api/requester';
import type { Write } from '../operation';

/* What tells one message from another: by it, a later try finds what an earlier one sent (idempotency). */

/** Fields that say how something is sent, not what. */
const NOT_CONTENT = new Set(['options', 'requestOptions']);

/** What a node's fields say, as a short text that tells it from others. */
export function hashOfFields({ parameters }: INode): string {
	return hash(Object.entries(parameters).filter(([name]) => !NOT_CONTENT.has(name)));
}

/** Who gets what: of a message the text, the media and the template, not where it comes from. */
export function hashOfContent(request: ApiRequest, recipient: string, { message }: Write): string {
	const { method, url, body } = request;
	return message
		? hash([url, addressOf(recipient), message.content(request)])
		: hash([method, url, body, recipient]);
}

/** Whom a request goes to; one '' where it goes to nobody. */
export function recipientsOf(request: ApiRequest, { message }: Write): string[] {
	return message ? message.recipients(request) : [''];
}

/** A short text that tells a value from others; made of its JSON. */
export function hash(value: unknown): string {
	const digest = createHash('sha256').update(JSON.stringify(value)).digest('base64url');
	return digest.slice(0, 22);
}
