import type { IPollFunctions } from 'n8n-workflow';
import type { Entry } from '../api/record';
import { logFailure } from './failures';
import { lookBack } from './lookBack';
import type { OpenRecord } from './openRecord';
import { ownBase } from './ownN8n';
import { REMEMBERED } from './questions';
import { answerQuestions } from './replies';
import type { Sorted } from './replies';
import type { Settings } from './settings';
import { PROCESS_BEGAN } from './thisProcess';
import type { Memory } from './thisProcess';

/** How long (ms) texts wait at most until the record was looked through for the questions they may answer. */
const LONGEST_WAIT = 3 * 60_000;

/** What a poll has got to hand over. */
export interface Texts {
	/** Those that came in, and those that were held. */
	texts: Entry[];
	/** What was read besides, in which questions may be. */
	entries: Entry[];
	/** From when on (ms, by the API's clock) the record was read. */
	from: number;
	record: OpenRecord;
	memory: Memory;
	/** The API's clock, in ms. */
	now: number;
}

/** Hands texts to the questions they answer. */
export async function answersIn(
	context: IPollFunctions,
	settings: Settings,
	{ texts, entries, record, memory, now }: Texts,
): Promise<Sorted> {
	const base = settings.answersQuestions ? ownBase(context) : undefined;
	if (!base) return { messages: texts, answers: [], held: [] };
	const { questions } = memory;
	questions.forgetBefore(now - REMEMBERED);
	questions.add(entries, base);
	if (texts.length === 0) return { messages: [], answers: [], held: [] };
	// Only now that somebody has written: it may take a while, and n8n may start a hundred times without need.
	if (!memory.hasLookedBack) {
		const failure = await lookBack(record, questions, { upTo: now, base });
		if (failure) {
			logFailure(context, failure);
			memory.waitsForQuestionsSince ??= Date.now();
			const isOver = Date.now() - memory.waitsForQuestionsSince >= LONGEST_WAIT;
			if (!isOver) return { messages: [], answers: [], held: texts };
			const openQuestion = { reason: 'notChecked' };
			return { messages: texts.map((text) => ({ ...text, openQuestion })), answers: [], held: [] };
		}
		memory.hasLookedBack = true;
		memory.waitsForQuestionsSince = undefined;
	}
	const { ownAddress } = settings;
	const began = record.apiTime(PROCESS_BEGAN);
	return await answerQuestions(context, texts, { questions, ownAddress, began });
}
