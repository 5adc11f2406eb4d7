import { createHash } from 'node:crypto';
import type { INode } from 'n8n-workflow';
import { addressOf } from '../../api/matching';
import type { ApiRequest } from '../../api/requester';
import type { Write } from '../operation';
import type { Claim } from './ledgerEntry';

/* What tells one message from another: by it, a later try finds what an earlier one sent (idempotency). */

/** Fields that say how something is sent, not what. */
const NOT_CONTENT = new Set(['options', 'requestOptions']);

/** What a node's fields say, as a short text that tells it from others. */
export function hashOfFields({ parameters }: INode): string {
	return hash(Object.entries(parameters).filter(([name]) => !NOT_CONTENT.has(name)));
}

/** What a request claims, one for each recipient; one with '' where it goes to nobody. */
export function claimsOf(
	slot: Omit<Claim, 'recipient' | 'content'>,
	request: ApiRequest,
	{ message }: Write,
): Claim[] {
	const { method, url, body } = request;
	if (!message) return [{ ...slot, recipient: '', content: hash([method, url, body]) }];
	// Of a message, who gets what: the text, the media and the template, not where it comes from.
	const said = JSON.stringify(message.content(request));
	return message.recipients(request).map((recipient) => {
		const content = hash([url, addressOf(recipient), said]);
		return { ...slot, recipient, content };
	});
}

/** A short text that tells a value from others; made of its JSON. */
export function hash(value: unknown): string {
	const digest = createHash('sha256').update(JSON.stringify(value)).digest('base64url');
	return digest.slice(0, 22);
}
