import type { ApiRequest } from '../../api/requester';
import type { Write } from '../operation';
import { hash } from './identity';
import type { Claim, RecordedMessage } from './ledgerEntry';

/** What an input item (from 0) asks for, or one part of it (from 0). */
export interface Task {
	item: number;
	/** Left out when the item asks for one thing. */
	part?: number;
	request: ApiRequest;
	/** What it claims in the ledger, one claim for each recipient. */
	claims: Claim[];
	/** What Clerk Chat's record would show of it; left out where the record cannot tell. */
	message?: RecordedMessage;
	/** What the record would know it by, where it is no message. */
	recordKey?: string;
	/** The ID of what is there already, and is changed instead of created. */
	changes?: string;
	/** Whether the same may have been sent already: its item carries this node's own error, or n8n was killed in the middle. */
	isAfterUnknown?: true;
}

/** A task as far as an item's fields are usable. */
export type PartialTask = Pick<Task, 'item' | 'part' | 'claims'> & Partial<Task>;

/** What tells a task from all that ask for something else. */
export function referenceOf({ claims }: Pick<Task, 'claims'>): string {
	return claims.length === 1 ? claims[0].content : hash(claims.map(({ content }) => content));
}

/** Whether doing it twice is the same as doing it once. */
export function isRepeatable({ changes }: Partial<Task>, { repeatable }: Write): boolean {
	return repeatable === true || changes !== undefined;
}

/** Whom a task concerns, for people. */
export function toOf({ request }: Partial<Task>, { message }: Write): string | undefined {
	return request && message?.recipients(request).join(', ');
}
