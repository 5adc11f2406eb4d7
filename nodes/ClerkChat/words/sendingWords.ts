import { NOT_DELIVERED } from '../../api/errors';
import type { FailedOutcome } from '../../api/errors';
import type { Fault, Words } from '../../api/faults';
import type { Host } from '../host';
import type { Write } from '../write';
import { capitalized } from './lines';
import { whose } from './unclearWords';

/* What people read about sending: what happened, and what to do. */

/**
 * For a message that was sent but not delivered.
 * @param reason Clerk Chat's reason, usually the carrier's
 * @param to the recipient
 */
export function notDelivered({ wording: { thing } }: Write, reason: string, to?: string): Words {
	return {
		message: `The ${whose(thing, to)} was not delivered`,
		description: `Details: "${reason}". It counts as sent: a retry doesn't send it again, but returns it with \`status: failed\` and continues.`,
		detail: reason,
	};
}

/** For messages that aren't sent because the record can't be read. */
export function recordClosed({
	answer,
	fault,
	reason = 'the list kept changing while being read',
	isAfterCrash = false,
}: {
	/** The error of the failed request, if one failed. */
	answer?: Words;
	fault?: Fault;
	/** Why the record is incomplete, as a clause. */
	reason?: string;
	/** Whether it was read because the run is a retry, without Skip If Sent. */
	isAfterCrash?: boolean;
}): Words {
	const isClosed = fault?.status === 401 || fault?.status === 403;
	const isMissing = fault?.status === 404;
	const told = isMissing ? { message: 'Clerk Chat answered 404 (not found)' } : answer;
	const message = told?.message ?? reason;
	const wayOut = isClosed
		? answer?.description
		: `Try again later.${fault && !isMissing ? '' : ' If it happens again, report it to n8n-nodes-clerk-chat on GitHub with this text.'}`;
	const isForGood = fault?.status === 403 || isMissing;
	const anyway =
		isAfterCrash && isForGood
			? " Or look in Clerk Chat: if the texts are missing there, set the option 'If the Result Is Unclear' to 'Send Again' and retry."
			: '';
	return {
		message: "Nothing was sent: Clerk Chat's message history couldn't be read",
		description: `${capitalized(message)}. 'Skip If Sent in the Last (Hours)' and a retry after a restart of n8n use the history to find what was already sent. ${wayOut}${anyway}`,
	};
}

/**
 * For a message to several people that isn't sent because some already have it.
 * @param recipients the people who have it
 */
export function someHaveIt(recipients: string[]): Words {
	return {
		message: `Some recipients in 'To' already have this text: ${recipients.join(', ')}`,
		description:
			"To text only the others, set the option 'Several Numbers' to 'Separately' and retry.",
	};
}

/** For a 2xx response that reports a failure. */
export function rejected({ wording: { thing, done } }: Write, reason: string): Words {
	return {
		message: `The ${thing} was not ${done}`,
		description: `Clerk Chat accepted it, but marked it as failed: "${reason}". Check it in Clerk Chat, fix the cause, then try again.`,
		detail: reason,
	};
}

/**
 * For items that weren't started because of another item.
 * @param culprit the other item, from 0
 * @param words that item's error
 */
export function notTried(culprit: number, { message, description }: Words): Words {
	return {
		message,
		description: `Not tried: the run ended at item ${culprit + 1}. ${description}`,
	};
}

const ERROR_OUTPUT = "set On Error in this node's settings to 'Continue (using error output)'";

const RETRY = 'open Executions, and use the arrow (Retry execution) on the newest failed one';

const RETRY_SAVED = `${RETRY}, with 'Retry with currently saved workflow'`;

/**
 * How to send what a guard holds back, and the rest.
 * @param sendAfter left out if waiting doesn't help
 * @param isAnyLeft whether other items weren't sent because of it
 * @returns '' if there is nothing to do, or only an agent to do it
 */
export function howToSendLater(
	sendAfter: number | undefined,
	{ node, isTool }: Pick<Host, 'node' | 'isTool'>,
	isAnyLeft = false,
): string {
	if (isTool) return '';
	if (sendAfter === undefined) return isAnyLeft ? `To send the others, ${ERROR_OUTPUT}.` : '';
	const loop = 'to a Wait node with {{ $json.error.sendAfter }}, and that node back to this one.';
	if (node.onError === 'continueErrorOutput')
		return `To send it then, connect the error output ${loop}`;
	const others = isAnyLeft ? ' That also sends the others now.' : '';
	return `To send it then, ${ERROR_OUTPUT}, and connect that output ${loop}${others}`;
}

/** The failure that ended a run. */
interface Ended {
	outcome: FailedOutcome;
	fault?: Fault;
	hold?: { code?: string; sendAfter?: number };
}

/**
 * How to send the rest after the run was stopped.
 * @param skips whether the workflow itself avoids resending
 * @param isAnySent whether anything was sent
 * @param isAnyLeft whether any other items were not tried
 */
export function howToGoOn(
	{ wording: { thing, done } }: Write,
	host: Pick<Host, 'node' | 'isTool'>,
	{ outcome: kind, fault: { status, connection } = {}, hold }: Ended,
	{ skips, isAnySent, isAnyLeft }: Record<'skips' | 'isAnySent' | 'isAnyLeft', boolean>,
): string {
	// An undelivered message's own error says how to continue.
	if (hold?.code === NOT_DELIVERED) return '';
	const later = hold ? howToSendLater(hold.sendAfter, host, isAnyLeft) : '';
	if (!isAnySent) return later;
	const again = skips
		? ''
		: `Don't run the whole workflow again: every ${thing} would be ${done} again.`;
	const notTwice = `No ${thing} is ${done} twice.`;
	if (later) return `${later} Save, then ${RETRY_SAVED}. ${notTwice} ${again}`;
	if (hold) return again;
	const isItsOwn =
		kind === 'unknown' || (kind !== 'notTried' && status !== 401 && status !== 429 && !connection);
	if (!isItsOwn) return `Once you've fixed that, ${RETRY}. ${notTwice} ${again}`;
	if (!isAnyLeft)
		return kind === 'unknown' ? again : `Fix this item, and run it separately. ${again}`;
	const itself =
		kind === 'unknown'
			? 'This one goes to the error output.'
			: `This one goes to the error output. Fix it, and run it separately.`;
	return `To continue with the others, ${ERROR_OUTPUT} and save. Then ${RETRY_SAVED}. ${notTwice} ${itself} ${again}`;
}

/**
 * An item's position (from 0), or '' if it is the only one. n8n itself adds "[item 1]" to the second item's heading.
 */
export function position(item: number, itemCount: number): string {
	return itemCount === 1 ? '' : `This is item ${item + 1} of ${itemCount} (n8n counts from 0).`;
}
