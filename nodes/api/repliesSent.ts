import { CLOCKS_APART } from './replyRule';

/*
 * Texts that this n8n sent in answer to a Message with `openQuestion`, such as "Please answer YES or NO". They leave the
 * question open: to the polling trigger they are nothing else that went out.
 */

/** When the Message came in that each answers (ms, by the API's clock), by its ID. */
const sent = new Map<string, number>();

/** How many are kept in mind at most. */
const MOST_SENT = 10_000;

/**
 * Takes note of one.
 * @param id its ID on record, as `idOf` writes it
 * @param receivedAt when the Message came in, in ms by the API's clock
 */
export function rememberReplySent(id: string, receivedAt: number): void {
	sent.delete(id);
	sent.set(id, receivedAt);
	for (const oldest of sent.keys()) {
		if (sent.size <= MOST_SENT) return;
		sent.delete(oldest);
	}
}

/**
 * Whether a message is one of them, about a question that went out at this time (ms, by the API's clock): a newer question
 * than the Message it is not about.
 * @param id as for {@link rememberReplySent}
 */
export function isReplySent(id: string, askedAt: number): boolean {
	return (sent.get(id) ?? NaN) >= askedAt - CLOCKS_APART;
}
