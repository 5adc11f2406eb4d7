/*
 * Questions that were answered on their pages, as far as it was in this process: the polling trigger must not take what
 * somebody texts besides for the answer to the next question.
 */

const answered = new Map<string, number>();

/** How many are kept in mind at most. */
const MOST_ANSWERED = 10_000;

/** Takes note of an answer that was given at this moment. @param signature that of the question's link */
export function rememberPageAnswer(signature: string): void {
	answered.set(signature, Date.now());
	for (const oldest of answered.keys()) {
		if (answered.size <= MOST_ANSWERED) return;
		answered.delete(oldest);
	}
}

/** Takes it back: n8n could not go on with it, and the question is open again. */
export function forgetPageAnswer(signature: string): void {
	answered.delete(signature);
}

/** When a question was answered on its page, in ms by this machine's clock; undefined when that is not known. */
export function answeredOnPageAt(signature: string): number | undefined {
	return answered.get(signature);
}
