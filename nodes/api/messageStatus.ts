import type { IDataObject } from 'n8n-workflow';
import { asText } from './bodies';
import { errorIn, NO_REASON } from './errorBodies';

/**
 * A reason to doubt a message that Clerk Chat accepted.
 * - `refused`: it was not sent.
 * - `unknown`: it may or may not have been sent.
 */
export interface Objection {
	outcome: 'refused' | 'unknown';
	/** What Clerk Chat says about it, for people. */
	reason: string;
}

/** Statuses meaning that a message was not delivered. */
const FAILED = new Set(['failed', 'undelivered']);

/** Whether a status means that a message was not sent or not delivered, in upper or lower case. */
export function isFailed({ status }: IDataObject): boolean {
	return FAILED.has(asText(status).trim().toLowerCase());
}

/** Statuses meaning that a message was delivered. */
const DELIVERED = new Set(['delivered', 'read']);

/** Whether a status means that a message was delivered, in upper or lower case. */
export function isDelivered({ status }: IDataObject): boolean {
	return DELIVERED.has(asText(status).trim().toLowerCase());
}

/**
 * The reason to doubt a message, as returned with a 201 or shown on the record. Only its status can say that it was not
 * sent: the meaning of `error` and `errorCode` with other statuses is not documented. An `errorCode` of 0 means none.
 * @returns undefined when there is none
 */
export function objectionTo(message: IDataObject): Objection | undefined {
	const code = asText(message.errorCode ?? '').trim();
	const reasons = [errorIn(message), /^0*$/.test(code) ? undefined : `code ${code}`].filter(
		(reason) => reason !== undefined,
	);
	if (isFailed(message)) return { outcome: 'refused', reason: reasons.join(', ') || NO_REASON };
	return reasons.length > 0 ? { outcome: 'unknown', reason: reasons.join(', ') } : undefined;
}
