import type { IPollFunctions } from 'n8n-workflow';
import type { Entry } from '../api/record';
import { logFailure } from './failures';
import { tellWhatFailed } from './failedQuestions';
import { lookBack } from './lookBack';
import type { OpenRecord } from './openRecord';
import { ownBase } from './ownN8n';
import { isClosed } from './remembered';
import { answerQuestions, isHeldFor, LONGEST_HELD, withQuestion } from './replies';
import type { Sorted } from './replies';
import type { Settings } from './settings';
import type { Memory } from './thisProcess';

/** What a poll has got to hand over. */
export interface Texts {
	/** Those that came in, and those that were held. */
	texts: Entry[];
	/** All that was read, or at least what was sent: questions, and what went out after them. */
	entries: Entry[];
	/** From when on (ms, by the API's clock) the record was read. */
	from: number;
	record: OpenRecord;
	memory: Memory;
	/** The API's clock, in ms. */
	now: number;
}

/** Hands texts to the questions they answer, and tells questions that they did not arrive. */
export async function answersIn(
	context: IPollFunctions,
	settings: Settings,
	{ texts, entries, from, record, memory, now }: Texts,
): Promise<Sorted> {
	const base = settings.answersQuestions ? ownBase(context) : undefined;
	if (!base) return { messages: texts, answers: [], held: [] };
	const { questions } = memory;
	const { ownAddress } = settings;
	// Another process, or nobody, has read what lies between: a new leader, or a trigger that was off for a while.
	if (!(from <= memory.followedUpTo)) memory.hasLookedBack = false;
	memory.followedUpTo = now;
	if (texts.length === 0 || memory.hasLookedBack) questions.trim(now);
	questions.add([...entries, ...texts], base);
	await tellWhatFailed(context, { questions, record, base, ownAddress, now, from });
	const answering = { questions, ownAddress };
	// Only when somebody has written: it may take a while, and n8n may start a hundred times without need.
	if (texts.length === 0 || memory.hasLookedBack) {
		return await answerQuestions(context, texts, answering);
	}
	const failure = await lookBack(record, questions, { upTo: now, base });
	if (!failure) {
		memory.hasLookedBack = true;
		return await answerQuestions(context, texts, answering);
	}
	logFailure(context, failure);
	// Of other conversations enough is known.
	const isKnown = (text: Entry) => questions.situationOf(text, isClosed).isKnown;
	const sorted = await answerQuestions(context, texts.filter(isKnown), answering);
	for (const text of texts.filter((each) => !isKnown(each))) {
		if (isHeldFor(text) < LONGEST_HELD) sorted.held.push(text);
		else sorted.messages.push(withQuestion(text, 'notChecked', UNKNOWN));
	}
	return sorted;
}

/** What is said of a question of which it is not known whether there is one. */
const UNKNOWN = { text: null, askedAt: null, expected: null };
