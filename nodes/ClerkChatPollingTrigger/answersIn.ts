import type { IPollFunctions } from 'n8n-workflow';
import { timeOf } from '../api/record';
import type { Entry } from '../api/record';
import { CLOCKS_APART } from '../api/replyRule';
import { inOrder } from './cursor';
import { logFailure } from './failures';
import { lookBeforeAnswers, tellWhatFailed } from './failedQuestions';
import type { Watching } from './failedQuestions';
import { lookBack } from './lookBack';
import type { OpenRecord } from './openRecord';
import { ownBase } from './ownN8n';
import type { Question } from './conversation';
import { closedSince, isClosed } from './remembered';
import { answerQuestions, asOnRecord, isHeldFor, LONGEST_HELD, withQuestion } from './replies';
import type { Sorted } from './replies';
import type { Settings } from './settings';
import type { Memory } from './thisProcess';

/** The most texts held: they are saved with the workflow. */
const MOST_HELD = 200;

/** What a poll has got to hand over. Times are in ms, by the API's clock. */
export interface Texts {
	/** Those that came in, and those that were held. */
	texts: Entry[];
	/** What was sent, as far as this poll has read it: questions, and what went out after them. */
	sent: Entry[];
	/** From when on this poll has read the record, and up to when it has read all of it. */
	span: { from: number; upTo: number };
	record: OpenRecord;
	memory: Memory;
	now: number;
}

/** Hands texts to the questions they answer, and tells questions that they did not arrive. */
export async function answersIn(
	context: IPollFunctions,
	settings: Settings,
	{ texts, sent, span, record, memory, now }: Texts,
): Promise<Sorted> {
	const base = settings.answersQuestions ? ownBase(context) : undefined;
	if (!base) return { messages: texts, answers: [], held: [], isToKeep: false };
	const { questions } = memory;
	const { ownAddress } = settings;
	// Another process, or nobody, has read what lies between: a new leader, or a trigger that was off for a while.
	if (!(span.from <= memory.followedUpTo)) memory.lookedBack = {};
	memory.followedUpTo = Math.min(span.upTo, now);
	if (texts.length === 0 || memory.lookedBack.isDone) questions.trim(now);
	questions.add([...sent, ...texts], base);
	const { from } = span;
	const lookedAt = new Set<Question>();
	const watching: Watching = { questions, record, base, ownAddress, now, from, lookedAt };
	await tellWhatFailed(context, watching);
	// Only when somebody has written: it may take a while, and n8n may start a hundred times without need.
	if (texts.length > 0 && !memory.lookedBack.isDone) {
		const failure = await lookBack(record, memory, { upTo: now, base, from });
		if (failure) logFailure(context, failure);
	}
	const situationOf = (text: Entry) => questions.situationOf(text, closedSince);
	const unread = await lookBeforeAnswers(context, watching, () =>
		texts.flatMap((text) => situationOf(text).question ?? []),
	);
	const isUnclear = (text: Entry) => {
		// What went out before the text may be on a page that is yet to be read.
		const isAhead = timeOf(text) > span.upTo - CLOCKS_APART;
		if (memory.lookedBack.isDone && !isAhead && unread.size === 0) return false;
		const { question, isKnown } = situationOf(text);
		if (question && unread.has(question)) return true;
		// Of other conversations enough is known.
		if (!memory.lookedBack.isDone && !isKnown) return true;
		return isAhead && question !== undefined && question.isOwn && !isClosed(question.link);
	};
	const unclear = new Set([...texts].sort(inOrder).filter(isUnclear));
	const clear = texts.filter((text) => !unclear.has(text));
	const sorted = await answerQuestions(context, clear, { questions, ownAddress });
	for (const text of unclear) {
		if (sorted.held.length < MOST_HELD && isHeldFor(text) < LONGEST_HELD) sorted.held.push(text);
		else {
			questions.settle(text, 'perhaps');
			const { question } = situationOf(text);
			const words = question?.isOwn ? asOnRecord(question) : UNKNOWN;
			sorted.messages.push(withQuestion(text, 'notChecked', words));
		}
	}
	return sorted;
}

/** What is said of a question of which it is not known whether there is one. */
const UNKNOWN = { text: null, askedAt: null, expected: null };
