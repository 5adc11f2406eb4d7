import { folded } from '../api/matching';
import { peopleOf, personOf } from '../api/person';
import { timeOf } from '../api/record';
import type { Entry } from '../api/record';
import { isReplySent } from '../api/repliesSent';
import { FOLLOW_UP, LONGEST_REPLY_HOURS, TOO_FAST } from '../api/replyRule';
import { withoutLink } from './answerLinks';
import type { Question, Said } from './conversation';
import { inOrder } from './cursor';

/** How long (ms) to remember a question, and how far back to search the record for one. */
export const REMEMBERED = LONGEST_REPLY_HOURS * 3_600_000;

/** How far (ms) the clock that dates sent messages may be ahead of the one that dates received messages. */
export const CLOCKS_APART = 5_000;

/** How soon (ms) a carrier answers HELP or STOP automatically. */
const AUTOMATIC = 60_000;

/** How a text fits into its conversation. */
export interface Situation {
	/** The newest question there; left out if there is none that this person may answer. */
	question?: Question;
	isBetweenTwo: boolean;
	/** Older questions of this n8n that the text may also be meant for, unless they are closed. */
	older?: string[];
	isLastOut: boolean;
	sinceAnswer?: number;
	sinceNewerQuestion?: number;
	/** Whether enough is known to have been sent before the text: an earlier question makes no difference. */
	isKnown: boolean;
}

/**
 * Determines how a received text fits into its conversation.
 * @param conversation everything said in it, oldest first
 * @param closedSince since when (ms) a link's question accepts no more answers; undefined if it may still accept one
 */
export function situationIn(
	conversation: Said[],
	reply: Entry,
	closedSince: (link: string) => number | undefined,
): Situation {
	const time = timeOf(reply);
	const isBefore = ({ entry }: Said) => inOrder(entry, reply) <= 0;
	const everOut = conversation.filter(({ from }) => from === undefined);
	// A message that failed later seemed to have been sent at the time, and may have been answered.
	const out = everOut.filter(({ failedAt = Infinity }) => failedAt > time);
	const asks = askersAmong(everOut);
	const isInTime = (each: Said) =>
		isBefore(each) || (asks.has(each) && each.time <= time + CLOCKS_APART);
	const newest = out
		.filter((each) => asks.has(each) && isInTime(each) && isReplyTo(reply, each.question!.entry))
		.at(-1);
	const last = answerBefore(reply, conversation);
	const timing = last && {
		sinceAnswer: time - last.time,
		...(newest && newest.time > last.time && { sinceNewerQuestion: time - newest.time }),
	};
	if (!newest?.question) {
		return { isBetweenTwo: false, isLastOut: false, ...timing, isKnown: out.some(isBefore) };
	}
	// People who answer on the page may text the same.
	const isOpenFor = ({ link }: Question) => !((closedSince(link) ?? Infinity) < time - FOLLOW_UP);
	/** Whether nothing but the question itself counts as sent between it and another message. */
	const isLastOut = (question: Said, end: (each: Said) => boolean) =>
		!out.some(
			(each) =>
				inOrder(each.entry, question.entry) > 0 &&
				end(each) &&
				!(asks.has(each) && each.question!.link === question.question!.link) &&
				countsAsOut(each, question, conversation),
		);
	const isOlder = (each: Said) => inOrder(each.entry, newest.entry) < 0;
	const isEarly = time - newest.time <= TOO_FAST;
	const { conversationId } = newest.question.entry;
	// Including one reported as failed: it may have been answered before anyone knew.
	const older = everOut.filter(
		(each) =>
			asks.has(each) &&
			isOlder(each) &&
			(isEarly || isForEither(reply, each.question!, newest.question!)) &&
			each.question!.link !== newest.question!.link &&
			time - each.time <= REMEMBERED &&
			(((each.failedAt !== undefined || isOpenFor(each.question!)) && isLastOut(each, isOlder)) ||
				isUnsettled(reply, conversation, each)),
	);
	return {
		question: newest.question,
		isBetweenTwo: older.length > 0,
		older: older.flatMap(({ question }) => (question!.isOwn ? [question!.link] : [])),
		// Because of the two clocks, a question may seem newer than its answer. But it may also respond to the text.
		isLastOut: isBefore(newest) && isLastOut(newest, isInTime),
		...timing,
		isKnown:
			!isEarly &&
			reply.conversationId === conversationId &&
			Boolean(conversationId || peopleOf(reply)[0]),
	};
}

/**
 * The messages that really ask, one person or several: those with the words in which their link was first sent. A
 * colleague who forwards the link in other words asks something else ("Please tap the link").
 * @param out what was sent, oldest first
 */
function askersAmong(out: Said[]): Set<Said> {
	const wordsOf = ({ question }: Said) => folded(withoutLink(question!.entry.body));
	const words = new Map<string, string>();
	const asking = out.filter((each) => {
		if (!each.question) return false;
		const { link } = each.question;
		if (!words.has(link)) words.set(link, wordsOf(each));
		return words.get(link) === wordsOf(each);
	});
	return new Set(asking);
}

/**
 * Whether a text may be for one question although another is newer: the text is in the conversation of the first, while
 * the other is in a different one, such as a group; or the text doesn't say which of our numbers received it, and the
 * questions were asked from different ones.
 */
function isForEither(reply: Entry, { entry: one }: Question, { entry: other }: Question): boolean {
	const { conversationId: there } = one;
	const { conversationId: elsewhere } = other;
	if (there && elsewhere && reply.conversationId === there) return there !== elsewhere;
	const isSaid = peopleOf(reply).length > 0 || Boolean(reply.conversationId && elsewhere);
	return !isSaid && personOf(one.sender) !== personOf(other.sender);
}

/** The last text before this one with which the same person answered a question. */
function answerBefore(reply: Entry, conversation: Said[]): Said | undefined {
	const person = personOf(reply.sender);
	return conversation
		.filter(
			({ from, fate, entry }) => from === person && fate === 'answer' && inOrder(entry, reply) < 0,
		)
		.at(-1);
}

/** Whether an earlier text by the same person, shortly before this one, may have answered an older question. */
function isUnsettled(reply: Entry, conversation: Said[], older: Said): boolean {
	const person = personOf(reply.sender);
	return conversation.some(
		({ from, fate = 'perhaps', entry, time }) =>
			from === person &&
			fate === 'perhaps' &&
			time >= older.time &&
			inOrder(entry, reply) < 0 &&
			timeOf(reply) - time <= FOLLOW_UP,
	);
}

/** Whether a sent message is something besides a question that a later text may be meant for. */
function countsAsOut(each: Said, question: Said, conversation: Said[]): boolean {
	if (isReplySent(each.id, question.time)) return false;
	if (!each.isCarriers) return true;
	const wasAskedFor = conversation.some(
		({ from, isCarriers, time }) =>
			from !== undefined && isCarriers && each.time >= time && each.time - time <= AUTOMATIC,
	);
	return !wasAskedFor;
}

/**
 * Whether a message is a reply in the conversation of another one. Addresses decide when the conversation isn't given,
 * or several people were asked, whose replies may be in conversations of their own: from someone who was asked, to the
 * number that asked.
 */
function isReplyTo(reply: Entry, question: Entry): boolean {
	const asked = new Set(peopleOf(question));
	const isTold = Boolean(reply.conversationId) && Boolean(question.conversationId);
	if (isTold && reply.conversationId === question.conversationId) return true;
	if (isTold && asked.size < 2) return false;
	const all = new Set([...asked, personOf(question.sender)]);
	return asked.has(personOf(reply.sender)) && peopleOf(reply).every((person) => all.has(person));
}
