import { NodeOperationError } from 'n8n-workflow';
import type { IPollFunctions, NodeApiError } from 'n8n-workflow';
import { apiError } from '../api/errors';
import { wordsFor } from '../api/faults';
import type { Fault } from '../api/faults';
import type { Memory } from './thisProcess';

/** Why a poll failed. */
export interface Failure {
	/** What it has in common with others of its kind, such as an HTTP status. */
	kind: string;
	error: NodeApiError | NodeOperationError;
	/** Whether it will stay until somebody changes something: it belongs on the screen when a workflow is published. */
	isLasting: boolean;
	/** How long (ms) Clerk Chat does not want to be asked again. */
	retryAfterMs?: number;
}

/** How long (ms) the same kind of failure is only written into the log once it has been shown. */
const QUIET = 3_600_000;

/** The statuses of a key that is not accepted or may not do this, and of an address that is not the API's. */
const LASTING = new Set([401, 403, 404]);

const ADVICE: Record<number, string> = {
	400: "Check 'Inbox IDs' in the trigger.",
	403: 'Ask the owner of your Clerk Chat team for a key that can read messages.',
	404: "Check 'Base URL' in the credential, and 'Inbox IDs' in the trigger.",
	422: "Check 'Inbox IDs' in the trigger.",
};

/**
 * A request that failed.
 * @param secrets texts that must not show
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

/** A credential that cannot be used. */
export function credentialFailure(context: IPollFunctions, exception: Error): Failure {
	const error = new NodeOperationError(context.getNode(), exception);
	return { kind: 'credential', error, isLasting: true };
}

/** A connection of which nobody knows whether it leads to the account that the trigger was watching. */
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
 * The failure of a poll as n8n is to record it. n8n's scheduler would stop polling for half an hour because of a key that is
 * not accepted, and after that the trigger would not know whether it had been switched off.
 */
export function shownByScheduler({ error }: Failure): Failure['error'] {
	return Object.assign(error, { failure: { cause: 'temporarily-unavailable' } });
}

/** Writes a failure into n8n's log. */
export function logFailure({ logger }: IPollFunctions, { error }: Failure): void {
	logger.warn(`Clerk Chat Polling Trigger: ${allOf(error)}`);
}

/**
 * The failure of a publishing as n8n is to show it: of an error it shows the message alone then, so that says it all.
 */
export function shownWhenPublishing(context: IPollFunctions, { error }: Failure) {
	return new NodeOperationError(context.getNode(), allOf(error));
}

/**
 * Whether to show a failure as a failed execution: once an hour for each kind, or a night without a connection would leave
 * hundreds.
 * @param setup what the credential and the fields say: after an edit, a failure is shown again
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
