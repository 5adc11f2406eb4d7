import type { IDataObject } from 'n8n-workflow';
import { errorIn, NO_REASON } from './errorBodies';

/**
 * What speaks against a message that Clerk Chat has taken.
 * - `refused`: it was not sent.
 * - `unknown`: it may or may not have been.
 */
export interface Objection {
	outcome: 'refused' | 'unknown';
	/** What Clerk Chat says of it, for people. */
	reason: string;
}

/** Statuses that say that a message did not arrive. */
const FAILED = new Set(['failed', 'undelivered']);

/** Whether a status says that a message was not sent or did not arrive, whatever its case. */
export function isFailed({ status }: IDataObject): boolean {
	return FAILED.has(String(status).trim().toLowerCase());
}

/** Statuses that say that a message arrived. */
const DELIVERED = new Set(['delivered', 'read']);

/** Whether a status says that a message arrived, whatever its case. */
export function isDelivered({ status }: IDataObject): boolean {
	return DELIVERED.has(String(status).trim().toLowerCase());
}

/**
 * What speaks against a message, as it came with a 201 or stands on the record. Only its status says that it was not sent:
 * what `error` and `errorCode` mean beside another status is not documented. An `errorCode` of 0 is none.
 * @returns undefined when nothing does
 */
export function objectionTo(message: IDataObject): Objection | undefined {
	const code = String(message.errorCode ?? '').trim();
	const reasons = [errorIn(message), /^0*$/.test(code) ? undefined : `code ${code}`].filter(
		(reason) => reason !== undefined,
	);
	if (isFailed(message)) return { outcome: 'refused', reason: reasons.join(', ') || NO_REASON };
	return reasons.length > 0 ? { outcome: 'unknown', reason: reasons.join(', ') } : undefined;
}
