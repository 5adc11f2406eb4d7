import type { IPollFunctions } from 'n8n-workflow';
import { personOf } from '../api/person';
import { timeOf } from '../api/record';
import type { Entry } from '../api/record';
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
import { CLOCKS_APART } from './situation';
import type { Memory } from './thisProcess';

/** The most texts to hold back: they are saved with the workflow. */
const MOST_HELD = 200;

/** What a poll has to hand over. Times are in ms, by the API's clock. */
export interface Texts {
	/** New texts, and texts held back earlier. */
	texts: Entry[];
	/** What was sent, as far as this poll has read it: questions, and whatever followed them. */
	sent: Entry[];
	/** The span of the record that this poll has read completely. */
	span: { from: number; upTo: number };
	record: OpenRecord;
	memory: Memory;
	now: number;
}

/** Hands texts to the questions they answer, and tells questions that were not delivered. */
export async function answersIn(
	context: IPollFunctions,
	settings: Settings,
	{ texts, sent, span, record, memory, now }: Texts,
): Promise<Sorted> {
	const base = settings.answersQuestions ? ownBase(context) : undefined;
	if (!base) return { messages: texts, answers: [], held: [], isToKeep: false };
	const { questions } = memory;
	const { ownAddress } = settings;
	// Another process, or none, has read what lies between: n8n has a new leader, or the trigger was off for a while.
	if (!(span.from <= memory.followedUpTo)) memory.lookedBack = {};
	memory.followedUpTo = Math.min(span.upTo, now);
	if (texts.length === 0 || memory.lookedBack.isDone) questions.trim(now);
	questions.add([...sent, ...texts], base);
	const { from } = span;
	const lookedAt = new Set<Question>();
	const watching: Watching = { questions, record, base, ownAddress, now, from, lookedAt };
	await tellWhatFailed(context, watching);
	// Only when someone has texted: it may take a while, and n8n may start a hundred times without need.
	if (texts.length > 0 && !memory.lookedBack.isDone) {
		const failure = await lookBack(record, memory, { upTo: now, base, from });
		if (failure) logFailure(context, failure);
	}
	const situationOf = (text: Entry) => questions.situationOf(text, closedSince);
	const unread = await lookBeforeAnswers(context, watching, () =>
		texts.flatMap((text) => situationOf(text).question ?? []),
	);
	const isUnclear = (text: Entry) => {
		// What was sent before the text may be on a page that hasn't been read yet.
		const isAhead = timeOf(text) > span.upTo - CLOCKS_APART;
		if (memory.lookedBack.isDone && !isAhead && unread.size === 0) return false;
		const { question, isKnown } = situationOf(text);
		if (question && unread.has(question)) return true;
		// Enough is known about other conversations.
		if (!memory.lookedBack.isDone && !isKnown) return true;
		return isAhead && question?.isOwn && !isClosed(question.link);
	};
	// Nobody's "yes" may overtake their "no".
	const waiting = new Set<string>();
	const unclear = new Set<Entry>();
	for (const text of [...texts].sort(inOrder)) {
		const person = personOf(text.sender);
		if (!waiting.has(person) && !isUnclear(text)) continue;
		waiting.add(person);
		unclear.add(text);
	}
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

/** For a text when it isn't known whether there is a question. */
const UNKNOWN = { text: null, askedAt: null, expected: null };
