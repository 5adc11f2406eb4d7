import type { NodeOperationError } from 'n8n-workflow';
import type { FailedOutcome } from '../api/errors';
import type { Fault, Words } from '../api/faults';

/** A part of an item, both counted from 0. An item that requests one thing has one part. */
export interface Place {
	item: number;
	part: number;
}

/** An item with invalid fields. */
export interface Unusable {
	item: number;
	error: NodeOperationError;
}

/** How an item failed. */
export interface Failure {
	outcome: FailedOutcome;
	words: Words;
	/** The error from Clerk Chat or the network; left out if neither caused the failure. */
	fault?: Fault;
	/** The recipient. */
	to?: string;
	/** Identifies the recipient and content, to tell this message from all others. */
	reference?: string;
	/** Whether the run starts nothing more because of this failure. */
	endsRun?: boolean;
	/** Why it was held back or not delivered, and when (ms) it may be sent. */
	hold?: { code?: string; sendAfter?: number };
	/** Whether an earlier try caused it, so that it doesn't keep other items from being sent. */
	isEarlier?: boolean;
}
