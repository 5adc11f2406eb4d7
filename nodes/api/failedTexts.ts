import { errorIn, NO_REASON } from './errorBodies';
import type { Entry } from './record';

/** Whether a message on record says that it did not arrive. */
export function hasFailed({ status }: Entry): boolean {
	return /^(?:failed|undelivered)$/i.test(String(status));
}

/** Whether a message on record says that it arrived. */
export function hasArrived({ status }: Entry): boolean {
	return /^(?:delivered|read)$/i.test(String(status));
}

/** Why a message did not arrive, in Clerk Chat's words. */
export function whyFailed(entry: Entry): string {
	const { errorCode } = entry;
	const code = errorCode === undefined || errorCode === null ? '' : `code ${String(errorCode)}`;
	return [errorIn(entry), code].filter(Boolean).join(', ') || NO_REASON;
}
