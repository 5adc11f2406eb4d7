import { NodeOperationError } from 'n8n-workflow';
import type { IPollFunctions, NodeApiError } from 'n8n-workflow';
import { apiError } from '../api/errors';
import { wordsFor } from '../api/faults';
import type { Fault } from '../api/faults';
import type { Memory } from './thisProcess';

/** Why a poll came to nothing. */
export interface Failure {
	/** What it has in common with others of its kind, such as an HTTP status. */
	kind: string;
	error: NodeApiError | NodeOperationError;
	/** Whether it will stay until somebody changes something: it belongs on the screen when a workflow is published. */
	isLasting: boolean;
}

/** How long (ms) the same kind of failure is only written into the log once it has been shown. */
const QUIET = 3_600_000;

/** The statuses of a key that is not accepted or may not do this, and of an address that is not the API's. */
const LASTING = new Set([401, 403, 404]);

const ADVICE: Record<number, string> = {
	400: "Check 'Inbox IDs' in the trigger.",
	403: 'Ask the owner of your Clerk Chat team for a key with the right to read messages.',
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
	};
}

/** A credential that cannot be used. */
export function credentialFailure(context: IPollFunctions, exception: Error): Failure {
	const error = new NodeOperationError(context.getNode(), exception);
	return { kind: 'credential', error, isLasting: true };
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
 */
export function isToBeShown({ failedAt }: Memory, { kind }: Failure): boolean {
	const now = Date.now();
	if (now - (failedAt.get(kind) ?? -Infinity) < QUIET) return false;
	failedAt.set(kind, now);
	return true;
}

function allOf({ message, description }: Failure['error']): string {
	return [message, description].filter(Boolean).join('. ');
}
