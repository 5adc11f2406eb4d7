/*
 * Texts that this n8n sent in response to a Message with `openQuestion`, such as "Please answer YES or NO". They leave
 * the question open: the polling trigger doesn't count them as something else that was sent.
 */

/** By the ID of such a text: when the Message it responds to was received (ms, by the API's clock). */
const sent = new Map<string, number>();

/** How many to remember at most. */
const MOST_SENT = 10_000;

/**
 * Remembers one.
 * @param id its ID on record, as `idOf` returns it
 * @param receivedAt when the Message was received, in ms by the API's clock
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
 * Whether a message is one of them, and about the question sent at this time (ms, by the API's clock). It is not about
 * a question newer than the Message it responds to.
 * @param id see {@link rememberReplySent}
 */
export function isReplySent(id: string, askedAt: number): boolean {
	return (sent.get(id) ?? NaN) >= askedAt;
}
