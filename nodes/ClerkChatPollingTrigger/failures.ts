import { NodeOperationError } from 'n8n-workflow';
import type { IPollFunctions, NodeApiError } from 'n8n-workflow';
import { apiError } from '../api/errors';
import { wordsFor } from '../api/faults';
import type { Fault } from '../api/faults';
import type { Memory } from './thisProcess';

/** Why a poll failed. */
export interface Failure {
	/** A category such as an HTTP status. */
	kind: string;
	error: NodeApiError | NodeOperationError;
	/** Whether it lasts until someone changes something: then it must be visible when a workflow is published. */
	isLasting: boolean;
	/** How long (ms) Clerk Chat asked us to wait. */
	retryAfterMs?: number;
}

/** Once a kind of failure has been shown, it only goes to the log for this long (ms). */
const QUIET = 3_600_000;

/** The statuses of a key that is not accepted or lacks permission, and of an address that isn't the API's. */
const LASTING = new Set([401, 403, 404]);

const ADVICE: Record<number, string> = {
	400: "Check 'Inbox IDs' in the trigger.",
	403: 'Ask the owner of your Clerk Chat team for a key that can read messages.',
	404: "Check 'Base URL' in the credential, and 'Inbox IDs' in the trigger.",
	422: "Check 'Inbox IDs' in the trigger.",
};

/**
 * The failure of a request.
 * @param secrets texts to redact
 */
export function failureOf(context: IPollFunctions, fault: Fault, secrets: string[]): Failure {
	const { status, connection } = fault;
	const advice = status === undefined ? undefined : ADVICE[status];
	const words = wordsFor(fault, { secrets, timezone: context.getTimezone(), advice });
	return {
		kind: String(status ?? connection),
		error: apiError(context.getNode(), words, { fault }),
		isLasting: connection === 'blocked' || LASTING.has(status ?? 0),
		...(fault.retryAfterMs && { retryAfterMs: fault.retryAfterMs }),
	};
}

/** The failure of an unusable credential. */
export function credentialFailure(context: IPollFunctions, exception: Error): Failure {
	const error = new NodeOperationError(context.getNode(), exception);
	return { kind: 'credential', error, isLasting: true };
}

/** The failure when nobody knows whether a connection leads to the account that the trigger was watching. */
export function accountFailure(context: IPollFunctions): Failure {
	const error = new NodeOperationError(
		context.getNode(),
		'This trigger cannot tell whether the new API key belongs to the same Clerk Chat team',
		{
			description:
				"Until it can tell, it starts nothing and keeps its place. The next message in Clerk Chat's history usually settles it. To start over with this key at once, replace the trigger with a new one and publish the workflow.",
		},
	);
	return { kind: 'account', error, isLasting: true };
}

/**
 * A poll's failure in the form n8n's scheduler should record. For a key that is not accepted, the scheduler would stop
 * polling for half an hour, and then the trigger wouldn't know whether it had been switched off.
 */
export function shownByScheduler({ error }: Failure): Failure['error'] {
	return Object.assign(error, { failure: { cause: 'temporarily-unavailable' } });
}

/** Writes a failure to n8n's log. */
export function logFailure({ logger }: IPollFunctions, { error }: Failure): void {
	logger.warn(`Clerk Chat Polling Trigger: ${allOf(error)}`);
}

/**
 * A failure in the form n8n should show while publishing: it shows only an error's message then, so the message says it
 * all.
 */
export function shownWhenPublishing(context: IPollFunctions, { error }: Failure) {
	return new NodeOperationError(context.getNode(), allOf(error));
}

/**
 * Whether to show a failure as a failed execution: once an hour per kind, or a night without a connection would leave
 * hundreds.
 * @param setup the credential's and the fields' values: after an edit, a failure is shown again
 */
export function isToBeShown({ failedAt }: Memory, { kind }: Failure, setup: string): boolean {
	const now = Date.now();
	for (const [key, time] of failedAt) if (now - time >= QUIET) failedAt.delete(key);
	const key = `${kind} ${setup}`;
	if (failedAt.has(key)) return false;
	failedAt.set(key, now);
	return true;
}

function allOf({ message, description }: Failure['error']): string {
	return [message, description].filter(Boolean).join('. ');
}
