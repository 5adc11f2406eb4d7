/*
 * Texts that this n8n sent in answer to a Message with `openQuestion`, such as "Please answer YES or NO". They leave the
 * question open: to the polling trigger they are nothing else that went out.
 */

const sent = new Set<string>();

/** How many are kept in mind at most. */
const MOST_SENT = 10_000;

/** Takes note of one. @param id its ID on record, as `idOf` writes it */
export function rememberReplySent(id: string): void {
	sent.delete(id);
	sent.add(id);
	for (const oldest of sent) {
		if (sent.size <= MOST_SENT) return;
		sent.delete(oldest);
	}
}

/** Whether a message is one of them. @param id as for {@link rememberReplySent} */
export function isReplySent(id: string): boolean {
	return sent.has(id);
}
