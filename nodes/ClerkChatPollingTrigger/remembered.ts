import { answeredOnPageAt } from '../api/answeredOnPage';
import { signatureOf } from './answerLinks';

/** How much is kept in mind of each kind. */
const MOST_REMEMBERED = 10_000;

/** Keeps something in mind, and forgets what is oldest when that is too much. */
export function remember<T>(memory: Map<string, T>, key: string, value: T): void {
	memory.set(key, value);
	for (const oldest of memory.keys()) {
		if (memory.size <= MOST_REMEMBERED) return;
		memory.delete(oldest);
	}
}

/** Links of questions that take no answer any more. */
const closed = new Map<string, true>();

/**
 * Since when the question of a link takes no more answers, in ms by this machine's clock; without a limit where that
 * is not known. Undefined while it is not known to be closed.
 */
export function closedSince(link: string): number | undefined {
	return answeredOnPageAt(signatureOf(link)) ?? (closed.has(link) ? -Infinity : undefined);
}

/** Whether the question behind a link is known to take no answer any more. */
export function isClosed(link: string): boolean {
	return closedSince(link) !== undefined;
}

/** Takes note that the question of a link takes no more answers. */
export function close(link: string): void {
	remember(closed, link, true);
}
