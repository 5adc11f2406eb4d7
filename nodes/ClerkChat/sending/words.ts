import type { NodeApiError, NodeOperationError } from 'n8n-workflow';
import type { FailedOutcome } from '../../api/errors';
import type { Fault, Words } from '../../api/faults';
import type { Write } from '../operation';

/* What people read about sending: what happened, and what to do so that nothing is sent twice. */

/** What to do when it is not known whether something was done. */
export function adviceWhenUnknown({ wording, repeatable }: Write): string {
	const { thing, done, ifUnknown } = wording;
	const notAgain = repeatable ? '' : `, so it is not ${done} again`;
	return `It is not known whether the ${thing} was ${done}${notAgain}. ${ifUnknown}`;
}

/**
 * For something that may have been done: what happened is followed by that.
 * @param to whom it concerns
 */
export function doubtful(
	{ wording: { thing, done } }: Write,
	{ message, ...words }: Words,
	to?: string,
): Words {
	return { ...words, message: `${message}; the ${whose(thing, to)} may have been ${done}` };
}

/** For a 2xx that speaks of an error, with which it may have been done all the same. */
export function answeredWithError(write: Write, reason: string): Words {
	return {
		message: 'Clerk Chat answered with an error',
		description: `Details: "${reason}". ${adviceWhenUnknown(write)}`,
		detail: reason,
	};
}

/**
 * For an answer that the code stumbles over.
 * @param to whom it concerns
 */
export function unexpected(write: Write, detail: string, to?: string): Words {
	const words = {
		message: 'The answer could not be read',
		description: `Details: "${detail}". ${adviceWhenUnknown(write)}`,
		detail,
	};
	return doubtful(write, words, to);
}

/**
 * For a message that was searched for on Clerk Chat's record in vain.
 * @param couldRead whether the record was read at all
 * @param seconds how long after the message was asked for
 */
export function notOnRecord(
	words: Words,
	{ couldRead, seconds }: { couldRead: boolean; seconds: number },
): Words {
	const searched = couldRead
		? `After ${seconds} seconds it is not on Clerk Chat's record of messages.`
		: "Clerk Chat's record of messages, which would tell, could not be read.";
	return { ...words, description: `${searched} ${words.description}` };
}

/** For a message to several people that an earlier try sent, or may have sent, to some of them one by one. */
export function partsBefore({ wording: { thing, done } }: Write): Words {
	return {
		message: `In an earlier try this ${thing} was ${done} to single numbers, because 'Several Numbers' was 'Separately'`,
		description:
			"Set it back to 'Separately' and retry: whoever has the text comes out as it was sent, and only the others get one.",
	};
}

/**
 * For messages that are not sent because the record cannot be read.
 * @param reason what happened; left out when the list kept changing
 */
export function recordClosed(reason = 'The list kept changing while it was read'): Words {
	return {
		message: "Clerk Chat's record of messages could not be read, so nothing was sent",
		description: `${reason}. The option 'Skip If Sent in the Last (Hours)' needs the record to tell what was sent already. Try again later, or remove the option.`,
	};
}

/**
 * For a message to several people that is not sent because some of them have it, by themselves or with others.
 * @param recipients who
 */
export function someHaveIt(recipients: string[]): Words {
	return {
		message: `Some of 'To' have this text already: ${recipients.join(', ')}`,
		description:
			"Clerk Chat's record shows it as sent to them. Set the option 'Several Numbers' to 'Separately': then only the others get one.",
	};
}

/** For a 2xx that says that it was not done. */
export function rejected({ wording: { thing, done } }: Write, reason: string): Words {
	return {
		message: `The ${thing} was not ${done}`,
		description: `Clerk Chat accepted it, but marked it as failed: "${reason}". Look at it in Clerk Chat, and try this item again when the reason is gone.`,
	};
}

/**
 * For what is refused or not tried now, after an earlier try in which it may have been done.
 * @param to whom it concerns
 */
export function afterDoubt({ wording }: Write, words: Words, to?: string): Words {
	const { thing, done, ifUnknown } = wording;
	return {
		...words,
		message: `${words.message}; in an earlier try the ${whose(thing, to)} may have been ${done}`,
		description: `${words.description} ${ifUnknown}`,
	};
}

function whose(thing: string, to?: string): string {
	return to ? `${thing} to ${to}` : thing;
}

/**
 * For what was noted as on its way, by somebody else or by an n8n that was stopped since.
 * @param to whom it concerns
 */
export function onItsWay(write: Write, to?: string): Words {
	return {
		message: `This ${whose(write.wording.thing, to)} was on its way already`,
		description: `n8n was stopped before the answer came, or the same was asked for twice at the same moment: by an AI agent, or by two retries of one execution. ${adviceWhenUnknown(write)}`,
	};
}

/**
 * For what was not started because of another item.
 * @param culprit that item, from 0
 * @param words what became of it
 */
export function notTried(culprit: number, { message, description }: Words): Words {
	return {
		message,
		description: `Not tried: the run ended at item ${culprit + 1}. ${description}`,
	};
}

/** How many of several items, and how many ways out for them, an error names. */
const MOST_ITEMS = 10;
const MOST_WAYS_OUT = 3;

/** For several items whose fields are not usable; the first ten are named, and what to do about them. */
export function unusableItems(
	items: number[],
	errors: Array<NodeApiError | NodeOperationError>,
	itemCount: number,
): Words {
	const named = items.slice(0, MOST_ITEMS).map((item) => item + 1);
	const left = items.length - named.length;
	const shown = errors.slice(0, MOST_ITEMS);
	const waysOut = [...new Set(shown.map(({ description }) => description))].slice(0, MOST_WAYS_OUT);
	if (errors.every(({ message }) => message === errors[0].message)) {
		return {
			message: `${errors[0].message} in ${items.length} of ${itemCount} items`,
			description: [
				`Items ${named.join(', ')}${left > 0 ? ` and ${left} more` : ''}.`,
				...waysOut,
			].join(' '),
		};
	}
	return {
		message: `${items.length} of ${itemCount} items have a field that cannot be used`,
		description: [
			...shown.map(({ message }, index) => `Item ${named[index]}: ${message.replace(/\.$/, '')}.`),
			...(left > 0 ? [`And ${left} more.`] : []),
			...waysOut,
		].join(' '),
	};
}

/** How to send the rest, when a part was sent and the run was stopped. */
export function howToGoOn(
	{ wording: { thing, done } }: Write,
	kind: FailedOutcome,
	{ status, connection }: Fault,
): string {
	const again = `Running the workflow again instead would have every ${thing} ${done} again.`;
	const notTwice = `no ${thing} is ${done} twice`;
	const isItsOwn = kind === 'unknown' || (status !== 401 && status !== 429 && !connection);
	if (!isItsOwn) {
		return `To go on when that is settled, open Executions, and at the newest one that failed use the arrow (Retry execution): ${notTwice}. ${again}`;
	}
	const itself =
		kind === 'unknown'
			? 'this one comes out there.'
			: `this one comes out there. Correct it, and have it ${done} by itself.`;
	return `To go on with the others, set On Error in this node's settings to 'Continue (using error output)' and save. Then open Executions, and at the newest one that failed use the arrow (Retry execution) with 'Retry with currently saved workflow': ${notTwice}, and ${itself} ${again}`;
}

/** Which item it is (from 0), unless there is only one. n8n itself adds "[item 1]" to the heading for the second one. */
export function position(item: number, itemCount: number): string {
	return itemCount === 1 ? '' : `This is item ${item + 1} of ${itemCount} (n8n counts from 0).`;
}
