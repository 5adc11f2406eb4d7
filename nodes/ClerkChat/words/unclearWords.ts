import { asText } from '../../api/bodies';
import type { Fault, Words } from '../../api/faults';
import type { Match } from '../../api/matching';
import { meaningOf } from '../../api/statuses';
import type { Write } from '../write';

/* Errors about unclear results: what happened, and how to avoid sending anything twice. */

type Perhaps = Extract<Match, { answer: 'perhaps' }>;

/**
 * What to do after an unclear result.
 * @param resends whether a retry sends it again
 * @param fault its cause, whose own remedy is added
 */
export function adviceWhenUnknown(
	{ wording, repeatable }: Write,
	resends: boolean,
	fault?: Fault,
): string {
	const { thing, done, ifUnknown } = wording;
	const notAgain = repeatable || resends ? '' : `, so it is not ${done} again`;
	const meaning = fault && meaningOf(fault);
	const remedy = meaning?.hasRemedy ? ` ${meaning.description}` : '';
	return `It's unclear whether the ${thing} was ${done}${notAgain}.${remedy} ${ifUnknown}`;
}

/**
 * Adds to an error's message that the request may have been done all the same.
 * @param to the recipient
 */
export function doubtful(
	{ wording: { thing, done } }: Write,
	{ message, ...words }: Words,
	to?: string,
): Words {
	return { ...words, message: `${message}; the ${whose(thing, to)} may have been ${done}` };
}

/** For a 2xx response with an error, which doesn't rule out success. */
export function answeredWithError(write: Write, reason: string, resends: boolean): Words {
	return {
		message: 'Clerk Chat answered with an error',
		description: `Details: "${reason}". ${adviceWhenUnknown(write, resends)}`,
		detail: reason,
	};
}

/** For a response that the code can't handle. */
export function unexpected(write: Write, detail: string, resends: boolean, to?: string): Words {
	const words = {
		message: "Clerk Chat's answer couldn't be read",
		description: `Details: "${detail}". ${adviceWhenUnknown(write, resends)}`,
		detail,
	};
	return doubtful(write, words, to);
}

/**
 * For a message that was not found on Clerk Chat's record.
 * @param couldRead whether the record could be read at all
 * @param seconds how long after sending
 */
export function notOnRecord(
	words: Words,
	{ couldRead, seconds }: { couldRead: boolean; seconds: number },
): Words {
	const searched = couldRead
		? `After ${seconds} seconds, Clerk Chat's message history doesn't show it.`
		: "Clerk Chat's message history couldn't be read.";
	return { ...words, description: `${searched} ${words.description}` };
}

/**
 * For a message on the record that resembles this one, but isn't equal.
 * @param words the error of its request, if there was one
 */
export function perhapsOnRecord(write: Write, match: Perhaps, words?: Words): Words {
	const { id, timestamp, created } = match.entry;
	const known = [id && `ID ${asText(id)}`, asText(timestamp ?? created ?? '')]
		.filter(Boolean)
		.join(', ');
	const which = known ? ` (${known})` : '';
	const found = `Clerk Chat lists a message that may be this one${which}: ${match.difference}.`;
	const message =
		words?.message ?? `This ${write.wording.thing} may have been ${write.wording.done} already`;
	return {
		message,
		description: `${found} So it was not ${write.wording.done} again. Look at the conversation in Clerk Chat. If it's a different message, change this text a little and send it.`,
	};
}

/**
 * For a message that another execution in this n8n may have sent.
 * @param words its error there, if any
 */
export function mayHaveBeenSent({ wording }: Write, words?: Words): Words {
	const { thing, done, ifUnknown } = wording;
	return {
		message: `Another execution may have ${done} this ${thing} already`,
		description: `The result is unclear${words ? ` (${words.message})` : ''}, and Clerk Chat's message history doesn't show the ${thing}. So it was not ${done} this time. ${ifUnknown}`,
	};
}

/** For something that another item or execution may have created a moment ago. */
export function createdMeanwhile({ wording: { thing, ifUnknown } }: Write): Words {
	return {
		message: `The same ${thing} may have been created a moment ago`,
		description: `Another item or execution requested it, and the result was unclear. So it was not created again. ${ifUnknown}`,
	};
}

/** For a retry where n8n may have lost what an earlier try did, if the record can't answer either. */
export function untellable({ wording: { thing, done, ifUnknown } }: Write): Words {
	return {
		message: `This ${thing} may have been ${done} by an earlier try`,
		description: `n8n may have lost the result, for example in a restart. Clerk Chat's message history can't tell, because the ${thing} has a template or no text. ${ifUnknown}`,
	};
}

/** For an item that contains a Clerk Chat node's error with an unclear result. */
export function afterItemError({ wording: { thing, done, ifUnknown } }: Write): Words {
	return {
		message: `This ${thing} may have been ${done} already: its item comes from an error output`,
		description: `Its result was unclear at the time, so it was not ${done} again. ${ifUnknown}`,
	};
}

/** For an entry saved in a format that this version can't read. */
export function unreadable({ wording: { thing, done, ifUnknown } }: Write): Words {
	return {
		message: `This ${thing} may have been ${done} already`,
		description: `Another version of this node saved the execution, and this version can't read it. So nothing was ${done} again. ${ifUnknown}`,
	};
}

/** For a message sent with another key, which may or may not belong to the same account. */
export function otherAccount({ wording: { thing, done } }: Write): Words {
	return {
		message: `This ${thing} was ${done}, or may have been, with another API key or Base URL`,
		description: `Clerk Chat doesn't list it with the current credential, so this may be another account. Nothing was ${done} again. Restore the earlier credential and retry, or start the workflow from the beginning.`,
	};
}

/**
 * For something refused or not tried now that an earlier try may have done.
 * @param to the recipient
 */
export function afterDoubt({ wording }: Write, words: Words, to?: string): Words {
	const { thing, done, ifUnknown } = wording;
	return {
		...words,
		message: `${words.message}; in an earlier try the ${whose(thing, to)} may have been ${done}`,
		description: `${words.description} ${ifUnknown}`,
	};
}

export function whose(thing: string, to?: string): string {
	return to ? `${thing} to ${to}` : thing;
}

/**
 * For something in flight elsewhere, or still in flight when n8n stopped.
 * @param to the recipient
 */
export function inFlight(write: Write, resends: boolean, to?: string): Words {
	return {
		message: `This ${whose(write.wording.thing, to)} was already on its way`,
		description: `n8n stopped before the answer arrived, or an AI agent requested the same thing twice at once. ${adviceWhenUnknown(write, resends)}`,
	};
}
