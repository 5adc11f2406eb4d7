import { othersOf, personOf } from '../api/people';
import { timeOf } from '../api/record';
import type { Entry } from '../api/record';
import { isReplySent } from '../api/repliesSent';
import { CLOCKS_APART, FOLLOW_UP, LONGEST_REPLY_HOURS, TOO_FAST } from '../api/replyRule';
import type { Question, Said } from './conversation';
import { inOrder } from './cursor';

/** How long a question is remembered, and how far the record is looked through for one, in ms. */
export const REMEMBERED = LONGEST_REPLY_HOURS * 3_600_000;

/** How soon (ms) a carrier answers HELP or STOP by itself. */
const AUTOMATIC = 60_000;

/** Where a text lies in its conversation. */
export interface Situation {
	/** The newest question there; left out when nobody asked anything that this person may answer. */
	question?: Question;
	isBetweenTwo: boolean;
	/** Older questions of this n8n because of which it is between two, unless they are closed. */
	older?: string[];
	isLastOut: boolean;
	sinceAnswer?: number;
	sinceNewerQuestion?: number;
	/** Whether anything is known that went out before the text. */
	isKnown: boolean;
}

/**
 * Where a text that came in lies in its conversation.
 * @param conversation all that was said in it, oldest first
 * @param isClosed whether the question behind a link is known to take no answer any more
 */
export function situationIn(
	conversation: Said[],
	reply: Entry,
	isClosed: (link: string) => boolean,
): Situation {
	const time = timeOf(reply);
	const isBefore = ({ entry }: Said) => inOrder(entry, reply) <= 0;
	const everOut = conversation.filter(({ from }) => from === undefined);
	// What failed later had gone out as far as anybody knew, and may have been answered.
	const out = everOut.filter(({ failedAt = Infinity }) => failedAt > time);
	const asked = out.filter(({ question }) => question !== undefined);
	const before = asked.filter(isBefore);
	const soonAfter = asked.filter((each) => !isBefore(each) && each.time <= time + CLOCKS_APART);
	const newest = soonAfter.at(-1) ?? before.at(-1);
	const last = answerBefore(reply, conversation);
	const timing = last && {
		sinceAnswer: time - last.time,
		...(newest && newest.time > last.time && { sinceNewerQuestion: time - newest.time }),
	};
	const isKnown = out.some(isBefore);
	if (!newest?.question || !isReplyTo(reply, newest.question.entry)) {
		return { isBetweenTwo: false, isLastOut: false, ...timing, isKnown };
	}
	/** Whether nothing but the question itself counts as gone out between it and a message. */
	const isLastOut = (question: Said, end: (each: Said) => boolean) =>
		!out.some(
			(each) =>
				inOrder(each.entry, question.entry) > 0 &&
				end(each) &&
				each.question?.link !== question.question!.link &&
				countsAsOut(each, conversation),
		);
	const isOlder = (each: Said) => inOrder(each.entry, newest.entry) < 0;
	// Also one that is said to have failed: it may have been answered before anybody knew.
	const older = everOut.filter(
		(each) =>
			each.question !== undefined &&
			isOlder(each) &&
			each.question.link !== newest.question!.link &&
			time - each.time <= REMEMBERED &&
			(((each.failedAt !== undefined || !isClosed(each.question.link)) &&
				isLastOut(each, isOlder)) ||
				isUnsettled(reply, conversation, [each, newest])),
	);
	const isEarly = time - newest.time < TOO_FAST;
	return {
		question: newest.question,
		isBetweenTwo: isEarly && older.length > 0,
		older: isEarly
			? older.flatMap(({ question }) => (question!.isOwn ? [question!.link] : []))
			: [],
		isLastOut: isLastOut(newest, isBefore),
		...timing,
		isKnown,
	};
}

/** The last text before this one by which the same person answered a question. */
function answerBefore(reply: Entry, conversation: Said[]): Said | undefined {
	const person = personOf(reply.sender);
	return conversation
		.filter(
			({ from, fate, entry }) => from === person && fate === 'answer' && inOrder(entry, reply) < 0,
		)
		.at(-1);
}

/** Whether a text of the same person, shortly before this one, may have answered an older question. */
function isUnsettled(reply: Entry, conversation: Said[], [older, newest]: [Said, Said]): boolean {
	const person = personOf(reply.sender);
	return conversation.some(
		({ from, fate = 'perhaps', entry, time }) =>
			from === person &&
			fate === 'perhaps' &&
			inOrder(entry, older.entry) > 0 &&
			inOrder(entry, newest.entry) < 0 &&
			inOrder(entry, reply) < 0 &&
			timeOf(reply) - time <= FOLLOW_UP,
	);
}

/** Whether a message that went out is something that a text after it may be meant for. */
function countsAsOut(each: Said, conversation: Said[]): boolean {
	if (isReplySent(each.id)) return false;
	if (!each.isCarriers) return true;
	const wasAskedFor = conversation.some(
		({ from, isCarriers, time }) =>
			from !== undefined && isCarriers && each.time >= time && each.time - time <= AUTOMATIC,
	);
	return !wasAskedFor;
}

/**
 * Whether a message came back in the conversation of another one. Where the conversation is not told, and where several
 * people were asked, whose replies may come in conversations of their own, the addresses decide: from somebody who was
 * asked, to the number that asked.
 */
function isReplyTo(reply: Entry, question: Entry): boolean {
	const asked = othersOf(question);
	const isTold = Boolean(reply.conversationId) && Boolean(question.conversationId);
	if (isTold && reply.conversationId === question.conversationId) return true;
	if (isTold && asked.size < 2) return false;
	const all = new Set([...asked, personOf(question.sender)]);
	return (
		asked.has(personOf(reply.sender)) && [...othersOf(reply)].every((person) => all.has(person))
	);
}
