import type { IDataObject } from 'n8n-workflow';
import { isObject } from './bodies';

/*
 * How a reply by text gets to the question it answers: whoever sees it on the record posts it to the link in the question,
 * and the page behind that link says what became of it. HTTP's status does not tell: for a question that was answered n8n
 * itself shows a page, with 200.
 */

/**
 * What became of a reply.
 * - `taken`: it is the answer; the workflow that asked goes on with it.
 * - `notUnderstood`: the question is open, and this is no answer to it.
 * - `closed`: the question has an answer already, its time is over, or there is none behind this link.
 */
export type Reception = 'taken' | 'notUnderstood' | 'closed';

const RECEPTIONS = new Set<unknown>(['taken', 'notUnderstood', 'closed'] satisfies Reception[]);

/** The headers of a request that hands over a reply. */
export const REPLY_HEADERS = { Accept: 'application/json' };

/** Whether whoever asks is a program that wants to know what became of it, and no browser. */
export function wantsReception({ accept }: Record<string, unknown>): boolean {
	return /^application\/json\b/i.test(String(accept ?? ''));
}

/** The body of a request that hands over a reply, as it was texted. */
export function replyBody(text: string): IDataObject {
	return { reply: text };
}

/** The reply in a request's body; undefined when a person filled in the page, or anything else was sent. */
export function replyIn(body: unknown): string | undefined {
	return isObject(body) && typeof body.reply === 'string' ? body.reply : undefined;
}

/** The body of the answer to such a request. */
export function receptionBody(reception: Reception): IDataObject {
	return { clerkChatReply: reception };
}

/** What the answer says became of the reply; undefined when something else has answered. */
export function receptionIn(body: unknown): Reception | undefined {
	if (!isObject(body) || !RECEPTIONS.has(body.clerkChatReply)) return undefined;
	return body.clerkChatReply as Reception;
}
