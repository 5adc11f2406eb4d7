import type { Words } from '../shared/errors';
import type { Write } from '../shared/operation';

/* What people read about sending: what happened, and what to do so that nothing is sent twice. */

/** What to do when it is not known whether something was done. */
export function adviceWhenUnknown({ wording, repeatable }: Write): string {
	const { thing, done, ifUnknown } = wording;
	const notAgain = repeatable ? '' : `, so it is not ${done} again`;
	return `It is not known whether the ${thing} was ${done}${notAgain}. ${ifUnknown}`;
}

/** For something that may have been done: what happened is followed by that. */
export function doubtful({ wording: { thing, done } }: Write, { message, ...words }: Words): Words {
	return { ...words, message: `${message}; the ${thing} may have been ${done}` };
}

/** For a 2xx that speaks of an error, with which it may have been done all the same. */
export function answeredWithError(write: Write, reason: string): Words {
	return {
		message: 'Clerk Chat answered with an error',
		description: `Details: "${reason}". ${adviceWhenUnknown(write)}`,
		detail: reason,
	};
}

/** For an answer that the code stumbles over. */
export function unexpected(write: Write, detail: string): Words {
	return {
		message: 'The answer could not be read',
		description: `Details: "${detail}". ${adviceWhenUnknown(write)}`,
		detail,
	};
}

/** For a 2xx that says that it was not done. */
export function rejected({ wording: { thing, done } }: Write, reason: string): Words {
	return {
		message: `The ${thing} was not ${done}`,
		description: `Clerk Chat accepted it, but marked it as failed: "${reason}". Look at it in Clerk Chat, and try this item again when the reason is gone.`,
	};
}

/** For what is refused or not tried now, after an earlier try in which it may have been done. */
export function afterDoubt({ wording }: Write, words: Words): Words {
	const { thing, done, ifUnknown } = wording;
	return {
		...words,
		message: `${words.message}; in an earlier try the ${thing} may have been ${done}`,
		description: `${words.description} ${ifUnknown}`,
	};
}

/** For what was written down before it went out, and nothing was heard of since. */
export function onItsWay(write: Write): Words {
	return {
		message: `This ${write.wording.thing} was on its way already`,
		description: `n8n was stopped before the answer came, or an AI agent asked for it twice at the same moment. ${adviceWhenUnknown(write)}`,
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
		description: `Not tried, because item ${culprit + 1} ended like this. ${description}`,
	};
}

/** How to send the rest, when a part was sent. */
export function howToGoOn({ wording: { thing, done } }: Write): string {
	return `To go on, use the Retry button in the list of executions, at the newest one that failed: no ${thing} is ${done} twice then. If you run the workflow again instead, every ${thing} is ${done} again.`;
}

/** Which item it is (from 0), unless there is only one. n8n itself adds "[item 1]" to the heading for the second one. */
export function position(item: number, itemCount: number): string {
	return itemCount === 1 ? '' : `This is item ${item + 1} of ${itemCount} (n8n counts from 0).`;
}
