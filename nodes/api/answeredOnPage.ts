/*
 * Questions answered on their pages, as far as this process knows. The polling trigger must not take whatever the
 * person texts next as the answer to another question.
 */

const answered = new Map<string, number>();

/** How many to remember at most. */
const MOST_ANSWERED = 10_000;

/** Remembers that a question was answered just now. @param signature that of the question's link */
export function rememberPageAnswer(signature: string): void {
	answered.set(signature, Date.now());
	for (const oldest of answered.keys()) {
		if (answered.size <= MOST_ANSWERED) return;
		answered.delete(oldest);
	}
}

/** Forgets it again: n8n couldn't continue with the answer, so the question is still open. */
export function forgetPageAnswer(signature: string): void {
	answered.delete(signature);
}

/** When a question was answered on its page, in ms by this machine's clock; undefined if that isn't known. */
export function answeredOnPageAt(signature: string): number | undefined {
	return answered.get(signature);
}
