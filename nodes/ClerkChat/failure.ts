import type { NodeOperationError } from 'n8n-workflow';
import type { FailedOutcome } from '../api/errors';
import type { Fault, Words } from '../api/faults';

/** An item (from 0), or one part of it. */
export interface Place {
	item: number;
	part?: number;
}

/** An item whose fields are not usable. */
export interface Unusable {
	item: number;
	error: NodeOperationError;
}

/** How an item failed. */
export interface Failure {
	outcome: FailedOutcome;
	words: Words;
	/** What Clerk Chat or the network said; left out when it is none of theirs. */
	fault?: Fault;
	/** Whom it concerns. */
	to?: string;
	/** What tells who was to get what from all else. */
	reference?: string;
	/** Whether nothing further is started because of it. */
	endsRun?: boolean;
	/** Why it was held back or did not arrive, and when (ms) it may go out. */
	hold?: { code?: string; sendAfter?: number };
	/** Whether it comes from an earlier try, so that it keeps no other item from being sent. */
	isEarlier?: boolean;
}
