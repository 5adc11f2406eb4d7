/*
 * The rule for replies by text: what a text becomes when someone sends it to a number that asked them something.
 * docs/pollingTrigger.md has the table, and this function's unit test is that table. Two callers use it: the page of a
 * question, which knows the question and gets what the polling trigger has seen of the conversation; and the trigger,
 * for texts without an open question.
 */

/** After an answer, what the same person texts within this time (ms) belongs to it. */
export const FOLLOW_UP = 2 * 60_000;

/**
 * How long (ms) after a newer question such a text still belongs to the previous answer: nobody reads and answers that
 * fast.
 */
export const TOO_FAST = 15_000;

/** The maximum number of hours for which a reply counts, whatever a question says. */
export const LONGEST_REPLY_HOURS = 168;

/**
 * The newest question of the conversation, if it is not open. Only the newest can be answered by text.
 * - `none`: nobody asked anything.
 * - `closed`: answered on its page or by text, expired, or cancelled.
 * - `ofAnotherN8n`: its link leads to another n8n, which sees the text itself.
 */
export type NoOpenQuestion = 'none' | 'closed' | 'ofAnotherN8n';

/** Why a text does not answer the open question. */
export type Reason =
	/** A reaction such as `Liked “…”`. */
	| 'reaction'
	/** A word that carriers act on, such as STOP or HELP. */
	| 'carrierWord'
	/** No text, for example just a picture. */
	| 'empty'
	/** Another question was sent at about the time of the text, so it may be meant for either. */
	| 'twoQuestions'
	/** Something else was sent after the question, and the text may be meant for that. */
	| 'notLastMessage'
	/** It arrived after the time in which replies count. */
	| 'tooLate'
	/** It contains nothing that the question accepts. */
	| 'notUnderstood'
	/** Nothing proves that a person texted it. */
	| 'notProven'
	/** It isn't known whether a question is open, or the open question couldn't be reached. */
	| 'notChecked';

/** What a text says in response to a question. The first three are never an answer, whatever the question. */
export type Says =
	| Extract<Reason, 'reaction' | 'carrierWord' | 'empty' | 'notUnderstood'>
	| 'answer';

/** The timing of a text relative to earlier messages, in ms. */
interface Timing {
	/** Since the same person answered a question by text; left out if they haven't. */
	sinceAnswer?: number;
	/** Since a question newer than the answered one was sent; left out if none was. */
	sinceNewerQuestion?: number;
}

/** The known facts about a text. */
export type ReplyFacts = Timing &
	(
		| { question: NoOpenQuestion }
		| {
				question: 'open';
				/** Whether this person may be among those who were asked. */
				isAsked: boolean;
				says: Says;
				/** Whether another question was sent at about the time of the text. */
				isBetweenTwo: boolean;
				/** Whether nothing else was sent in the conversation between the question and the text. */
				isLastOut: boolean;
				/** How long (ms) after the question the text arrived. */
				age: number;
				/** How long (ms) a reply to the question counts. */
				countsFor: number;
				/** Whether it is certain that this person texted this. */
				isProven: boolean;
		  }
	);

/** What becomes of a text. */
export type Ruling =
	| { becomes: 'answer' }
	/** It belongs to the previous answer, and answers nothing itself. */
	| { becomes: 'followUp' }
	/** Left out if no question is open. */
	| { becomes: 'message'; reason?: Reason };

/** Decides about one text. In doubt, it is a message, never an answer. */
export function ruleOn(facts: ReplyFacts): Ruling {
	if (isFollowUp(facts)) return { becomes: 'followUp' };
	if (facts.question !== 'open') return { becomes: 'message' };
	const { says, isBetweenTwo, isLastOut, age, countsFor, isProven } = facts;
	const message = (reason: Reason): Ruling => ({ becomes: 'message', reason });
	// A workflow asks again when it reads another reason, and nobody else must be asked.
	if (!facts.isAsked) return message('notProven');
	if (says !== 'answer' && says !== 'notUnderstood') return message(says);
	if (isBetweenTwo) return message('twoQuestions');
	if (!isLastOut) return message('notLastMessage');
	// Written so that an unreadable time (NaN) is not an answer.
	if (!(age >= 0 && age <= countsFor)) return message('tooLate');
	if (says === 'notUnderstood') return message(says);
	return isProven ? { becomes: 'answer' } : message('notProven');
}

/** Whether a text belongs to the answer that the same person gave just before. */
function isFollowUp({ sinceAnswer = Infinity, sinceNewerQuestion = 0 }: Timing): boolean {
	return sinceAnswer <= FOLLOW_UP && sinceNewerQuestion <= TOO_FAST;
}
