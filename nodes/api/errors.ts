import { NodeApiError, NodeOperationError } from 'n8n-workflow';
import type { IDataObject, INode, INodeExecutionData, JsonObject } from 'n8n-workflow';
import { isObject } from './bodies';
import { meaningOf } from './statuses';
import type { Fault, Words } from './faults';

/**
 * n8n's error for a fault.
 * @param itemIndex position of the item among the node's input items, from 0; left out where there are none
 */
export function apiError(
	node: INode,
	{ message, description, detail = message }: Words,
	{ fault, itemIndex }: { fault: Fault; itemIndex?: number },
): NodeApiError {
	const cause = meaningOf(fault).cause;
	const failure =
		cause === 'rate-limited' || cause === 'temporarily-unavailable'
			? { cause, retryAfterMs: fault.retryAfterMs }
			: cause && { cause };
	// From a plain object, never from the network's exception: that one holds the request with the key in it.
	// n8n shows its message as the 'Full message' of the other side.
	return new NodeApiError(node, { message: detail } satisfies JsonObject, {
		message,
		description,
		httpCode: fault.status === undefined ? undefined : String(fault.status),
		itemIndex,
		...(failure && { failure }),
	});
}

/** n8n's error for a field that is not usable. */
export function fieldError(node: INode, words: Words, itemIndex: number): NodeOperationError {
	return new NodeOperationError(node, words.message, { description: words.description, itemIndex });
}

/** What n8n's error says. */
export function wordsOf({ message, description }: NodeApiError | NodeOperationError): Words {
	return { message, description: description ?? '' };
}

/** The code of what was sent and did not arrive. */
export const NOT_DELIVERED = 'notDelivered';

/** What is known of a failed item: `refused` and `notTried` were certainly not done, `unknown` perhaps. */
export type FailedOutcome = 'refused' | 'unknown' | 'notTried';

/** What an error item says besides the error itself. */
export interface ErrorItemFacts {
	outcome: FailedOutcome;
	/** The input item, from 0. */
	item: number;
	/** Whom it concerns, such as the number a message was for. */
	to?: string;
	/** Why it was held back or did not arrive; left out for all other failures. */
	code?: string;
	/** The first moment at which it may go out, in ISO 8601, where waiting helps. */
	sendAfter?: string;
	/** What tells who was to get what from all else, so that the node recognizes what it may have sent. */
	reference?: string;
}

/** The item that takes the place of a failed one when On Error is not Stop. */
export function errorItem(
	error: NodeApiError | NodeOperationError,
	{ outcome, item, to, code, sendAfter, reference }: ErrorItemFacts,
): INodeExecutionData {
	const httpCode = error instanceof NodeApiError ? error.httpCode : undefined;
	return {
		// n8n 1.x recognizes an error item by having this key alone.
		json: {
			error: {
				message: error.message,
				...(error.description && { description: error.description }),
				...(httpCode && { httpCode }),
				outcome,
				...(code && { code }),
				...(sendAfter && { sendAfter }),
				node: error.node?.name,
				...(to && { to }),
				...(reference && (outcome === 'unknown' || code === NOT_DELIVERED) && { reference }),
			},
		},
		pairedItem: { item },
	};
}

/** What an item says of its own failure in a node. */
export interface OwnFailure {
	/** Whom it concerns: of several people who get messages of their own, one. */
	to?: string;
	/** What tells what may have been sent from all else; left out where it was not. */
	reference?: string;
	/** Whether it was sent, and did not arrive. */
	isSent: boolean;
}

/**
 * What an item says that failed in this node, such as one that a loop or an error workflow leads back into it; undefined for
 * any other item.
 */
export function ownFailure({ error }: IDataObject, { name }: INode): OwnFailure | undefined {
	if (!isObject(error) || error.node !== name || !('outcome' in error)) return undefined;
	const { to, reference, code } = error;
	return {
		...(typeof to === 'string' && { to }),
		...(typeof reference === 'string' && { reference }),
		isSent: code === NOT_DELIVERED,
	};
}

/** Whether an item is one that {@link errorItem} made. */
export function isErrorItem({ json }: INodeExecutionData): boolean {
	return isObject(json.error) && 'outcome' in json.error;
}
