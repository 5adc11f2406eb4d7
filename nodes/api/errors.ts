import { NodeApiError, NodeOperationError } from 'n8n-workflow';
import type { IDataObject, INode, INodeExecutionData, JsonObject } from 'n8n-workflow';
import { isObject } from './bodies';
import { meaningOf } from './statuses';
import type { Fault, Words } from './faults';

/**
 * n8n's error for a fault.
 * @param itemIndex index of the input item, from 0; left out if there is none
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
	// Built from a plain object, never from the network's exception: that contains the request and its key. n8n shows
	// its message as the other side's 'Full message'.
	return new NodeApiError(node, { message: detail } satisfies JsonObject, {
		message,
		description,
		httpCode: fault.status === undefined ? undefined : String(fault.status),
		itemIndex,
		...(failure && { failure }),
	});
}

/** n8n's error for an unusable field. */
export function fieldError(node: INode, words: Words, itemIndex: number): NodeOperationError {
	return new NodeOperationError(node, words.message, { description: words.description, itemIndex });
}

/** The words in n8n's error. */
export function wordsOf({ message, description }: NodeApiError | NodeOperationError): Words {
	return { message, description: description ?? '' };
}

/** The code of a message that was sent but not delivered. */
export const NOT_DELIVERED = 'notDelivered';

/** What is known of a failed item: `refused` and `notTried` were certainly not done, `unknown` possibly. */
export type FailedOutcome = 'refused' | 'unknown' | 'notTried';

/** What an error item says besides the error itself. */
export interface ErrorItemFacts {
	outcome: FailedOutcome;
	/** The input item, from 0. */
	item: number;
	/** The recipient, such as a phone number. */
	to?: string;
	/** Why it was held back or not delivered; left out for all other failures. */
	code?: string;
	/** The earliest moment to send it, in ISO 8601; left out if waiting doesn't help. */
	sendAfter?: string;
	/** Identifies who was to receive what, so that a node recognizes what may have been sent. */
	reference?: string;
}

/** The item that replaces a failed one when On Error is not Stop. */
export function errorItem(
	error: NodeApiError | NodeOperationError,
	{ outcome, item, to, code, sendAfter, reference }: ErrorItemFacts,
): INodeExecutionData {
	const httpCode = error instanceof NodeApiError ? error.httpCode : undefined;
	return {
		// n8n 1.x recognizes an error item because this is its only key.
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

/** What an item says about an earlier failure in a Clerk Chat node. */
export interface EarlierFailure {
	/** Whether it failed in this node. */
	isHere: boolean;
	/** The recipient: one of several people who each get their own message from this node. */
	to?: string;
	/** Identify what may have been sent; none if nothing was. */
	references: string[];
	/** Whether it was sent but not delivered. */
	isSent: boolean;
}

/**
 * What an item says about its failure in this node, if a loop or an error workflow feeds it back, or in another Clerk
 * Chat node, of which only an unclear outcome counts. Undefined for any other item.
 */
export function earlierFailureIn(
	{ error }: IDataObject,
	{ name }: INode,
): EarlierFailure | undefined {
	if (!isObject(error) || !('outcome' in error)) return undefined;
	const { to, reference, code, outcome } = error;
	const isHere = error.node === name;
	if (!isHere && outcome !== 'unknown') return undefined;
	return {
		isHere,
		...(isHere && typeof to === 'string' && { to }),
		references: typeof reference === 'string' ? reference.split(' ') : [],
		isSent: code === NOT_DELIVERED,
	};
}

/** Whether {@link errorItem} made an item. */
export function isErrorItem({ json }: INodeExecutionData): boolean {
	return isObject(json.error) && 'outcome' in json.error;
}
