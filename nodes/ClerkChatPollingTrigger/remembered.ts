import { answeredOnPageAt } from '../api/answeredOnPage';
import { signatureOf } from './answerLinks';

/** How many things of each kind to remember. */
const MOST_REMEMBERED = 10_000;

/** Remembers something, and forgets the oldest if there is too much. */
export function remember<T>(memory: Map<string, T>, key: string, value: T): void {
	memory.set(key, value);
	for (const oldest of memory.keys()) {
		if (memory.size <= MOST_REMEMBERED) return;
		memory.delete(oldest);
	}
}

/** Links of questions that no longer accept answers. */
const closed = new Map<string, true>();

/**
 * Since when a link's question no longer accepts answers, in ms by this machine's clock; unbounded if the time isn't
 * known. Undefined if it isn't known to be closed.
 */
export function closedSince(link: string): number | undefined {
	return answeredOnPageAt(signatureOf(link)) ?? (closed.has(link) ? -Infinity : undefined);
}

/** Whether a link's question is known to accept no more answers. */
export function isClosed(link: string): boolean {
	return closedSince(link) !== undefined;
}

/** Remembers that a link's question accepts no more answers. */
export function close(link: string): void {
	remember(closed, link, true);
}
