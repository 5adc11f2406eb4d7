/*
 * The rule about replies by text: what a text becomes that somebody sends to a number that asked them something. The
 * table is in docs/pollingTrigger.md, and the unit test of this function is that table. Who asks it: the page of a
 * question, which knows the question, with what the polling trigger has seen of the conversation; and the trigger, for
 * texts that have no open question.
 */

/** After an answer, what the same person sends within this time (ms) belongs to it. */
export const FOLLOW_UP = 2 * 60_000;

/** How long (ms) after a newer question such a text still belongs to the answer before: nobody reads and answers so fast. */
export const TOO_FAST = 15_000;

/** How far (ms) the clock that dates what goes out may be ahead of the one that dates what comes in. */
export const CLOCKS_APART = 5_000;

/** For how many hours a reply counts at most, whatever a question says. */
export const LONGEST_REPLY_HOURS = 168;

/**
 * The newest question of the conversation, as far as it is not open. Only that one can be answered by text.
 * - `none`: nobody asked anything.
 * - `closed`: answered on its page or by text, run out, or cancelled.
 * - `ofAnotherN8n`: its link leads to another n8n, which hears of the text by itself.
 */
export type NoOpenQuestion = 'none' | 'closed' | 'ofAnotherN8n';

/** Why a text is not the answer to the question that is open. */
export type Reason =
	/** A reaction such as `Liked “…”`. */
	| 'reaction'
	/** A word that carriers act on, such as STOP or HELP. */
	| 'carrierWord'
	/** No text, such as a picture alone. */
	| 'empty'
	/** Another question went out at about the time of the text, so it may be meant for either. */
	| 'twoQuestions'
	/** Something else went out after the question, and the text may be meant for that. */
	| 'notLastMessage'
	/** It came in later than replies count for. */
	| 'tooLate'
	/** It says nothing that the question takes. */
	| 'notUnderstood'
	/** Nothing proves that somebody texted it. */
	| 'notProven'
	/** It is not known whether there is an open question, or the one there is could not be reached. */
	| 'notChecked';

/** What a text says to a question. The first three are never an answer, whatever the question. */
export type Says =
	| Extract<Reason, 'reaction' | 'carrierWord' | 'empty' | 'notUnderstood'>
	| 'answer';

/** How a text lies in time to what was said before it, in ms. */
interface Timing {
	/** Since the same person answered a question by text; left out when they have not. */
	sinceAnswer?: number;
	/** Since a newer question than the answered one went out; left out when none has. */
	sinceNewerQuestion?: number;
}

/** What there is to know of a text. */
export type ReplyFacts = Timing &
	(
		| { question: NoOpenQuestion }
		| {
				question: 'open';
				says: Says;
				/** Whether another question went out at about the time of the text. */
				isBetweenTwo: boolean;
				/** Whether nothing else went out in the conversation between the question and the text. */
				isLastOut: boolean;
				/** How long (ms) after the question the text came in. */
				age: number;
				/** For how long (ms) a reply to it counts. */
				countsFor: number;
				/** Whether it is certain that this person texted this. */
				isProven: boolean;
		  }
	);

/** What becomes of a text. */
export type Ruling =
	| { becomes: 'answer' }
	/** It belongs to the answer before it, and answers nothing. */
	| { becomes: 'followUp' }
	/** Left out: no question is open. */
	| { becomes: 'message'; reason?: Reason };

/** Rules on one text. When in doubt it is a message, never an answer. */
export function ruleOn(facts: ReplyFacts): Ruling {
	if (isFollowUp(facts)) return { becomes: 'followUp' };
	if (facts.question !== 'open') return { becomes: 'message' };
	const { says, isBetweenTwo, isLastOut, age, countsFor, isProven } = facts;
	const message = (reason: Reason): Ruling => ({ becomes: 'message', reason });
	if (says !== 'answer' && says !== 'notUnderstood') return message(says);
	if (isBetweenTwo) return message('twoQuestions');
	if (!isLastOut) return message('notLastMessage');
	// Written so that a time that nobody could read is no answer.
	if (!(age >= -CLOCKS_APART && age <= countsFor)) return message('tooLate');
	if (says === 'notUnderstood') return message(says);
	return isProven ? { becomes: 'answer' } : message('notProven');
}

/** Whether a text belongs to the answer that the same person gave just before. */
export function isFollowUp({ sinceAnswer, sinceNewerQuestion = 0 }: Timing): boolean {
	if (sinceAnswer === undefined) return false;
	return sinceAnswer <= FOLLOW_UP && sinceNewerQuestion <= TOO_FAST;
}
