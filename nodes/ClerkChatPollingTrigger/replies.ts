import type { IPollFunctions } from 'n8n-workflow';
import { idOf, timeOf } from '../api/record';
import type { Entry } from '../api/record';
import { inOrder } from './cursor';
import { handOver } from './ownN8n';
import type { HandedOver, Unclear } from './ownN8n';
import type { Question, Questions } from './questions';
import { OWN_ADDRESS } from './settings';

/** What became of the texts that came in. */
export interface Sorted {
	/** Those that start the workflow. */
	messages: Entry[];
	/** Those that answered a question. */
	answers: Entry[];
	/** Those of which it is not known yet; they are to come by again. */
	held: Entry[];
}

/** What handing over needs. */
interface Answering {
	questions: Questions;
	/** Where the user says that n8n reaches itself; blank when they do not say. */
	ownAddress: string;
	/** When this process of n8n began, in ms by the API's clock. */
	began: number;
}

/**
 * How long (ms) a text is held whose question is not waiting yet, or whose n8n cannot be reached. After that it is a
 * message like any other.
 */
const LONGEST_HELD = 3 * 60_000;

/** What became of a text at a question, for all triggers of this process: the second one must not take it for another. */
const handedOver = new Map<string, Promise<HandedOver>>();

/** Links of questions that take no answer any more, and whether a text that this process handed over was the answer. */
const closed = new Map<string, boolean>();

/** What may have got to n8n without a word of that, as in {@link handedOver}. If it closed its question, nobody said so. */
const unclear = new Map<string, boolean>();

/** Since when a text is held, in ms. */
const heldSince = new Map<string, number>();

/** Whether a text was given up because this n8n does not reach itself: others need not be held for that, then. */
let isKnownToBeUnreachable = false;

const MOST_REMEMBERED = 10_000;

/**
 * Hands texts to the open questions of their conversations; the newest question of a conversation has the first word.
 * @param texts in any order
 */
export async function answerQuestions(
	context: IPollFunctions,
	texts: Entry[],
	{ questions, ownAddress, began }: Answering,
): Promise<Sorted> {
	const sorted: Sorted = { messages: [], answers: [], held: [] };
	let hangs = false;
	/** What is undecided for one text is so for those after it, or they would overtake it. */
	const undecided = new Map<string, HandedOver>();
	const verdictOn = async (entry: Entry): Promise<HandedOver> => {
		const text = String(entry.body ?? '');
		if (text.trim() === '') return 'notUnderstood';
		const keyOf = ({ link }: Question) => `${link}\n${idOf(entry)}`;
		// Whether this text was the answer that closed a question, only the process before knew, or nobody said. It must answer
		// no other one.
		const mayHaveClosed = (question: Question) =>
			unclear.has(keyOf(question)) || (timeOf(entry) < began && !closed.get(question.link));
		for (const question of questions.askedBefore(entry)) {
			const key = keyOf(question);
			const before = handedOver.get(key);
			// One address that hangs is enough for one poll.
			if (!before && hangs) return 'unreachable';
			const held = before ? undefined : undecided.get(question.link);
			if (held) return held;
			if (!before && closed.has(question.link)) {
				if (mayHaveClosed(question)) return 'closed';
				continue;
			}
			const onUnclear = (why: Unclear) => {
				remember(unclear, key, true);
				hangs ||= why === 'noAnswer';
			};
			const coming =
				before ?? handOver(context, { link: question.link, text, ownAddress }, onUnclear);
			remember(handedOver, key, coming);
			const verdict = await coming;
			if (isUndecided(verdict)) {
				handedOver.delete(key);
				undecided.set(question.link, verdict);
			}
			if (verdict !== 'unreachable') hangs = isKnownToBeUnreachable = false;
			if (verdict === 'taken' || verdict === 'closed') {
				remember(closed, question.link, verdict === 'taken' || closed.get(question.link) === true);
			}
			if (verdict !== 'closed' || mayHaveClosed(question)) return verdict;
		}
		return 'closed';
	};
	for (const entry of [...texts].sort(inOrder)) {
		const verdict = await verdictOn(entry);
		if (verdict === 'taken') sorted.answers.push(entry);
		else if (isUndecided(verdict) && mayBeHeld(entry, verdict)) sorted.held.push(entry);
		else {
			if (verdict === 'unreachable') giveUp(context);
			sorted.messages.push(entry);
		}
	}
	return sorted;
}

function isUndecided(verdict: HandedOver): boolean {
	return verdict === 'notYet' || verdict === 'unreachable';
}

function mayBeHeld(entry: Entry, verdict: HandedOver): boolean {
	if (verdict === 'unreachable' && isKnownToBeUnreachable) return false;
	const since = heldSince.get(idOf(entry)) ?? Date.now();
	remember(heldSince, idOf(entry), since);
	return Date.now() - since < LONGEST_HELD;
}

function giveUp({ logger }: IPollFunctions): void {
	isKnownToBeUnreachable = true;
	logger.warn(
		`Clerk Chat Polling Trigger: a reply could not be handed to the question it may answer, because this n8n does not reach itself. It came out of 'Message'. Enter where n8n listens as '${OWN_ADDRESS}' under Options in the trigger, such as http://localhost:5678.`,
	);
}

function remember<T>(memory: Map<string, T>, key: string, value: T): void {
	memory.set(key, value);
	for (const oldest of memory.keys()) {
		if (memory.size <= MOST_REMEMBERED) return;
		memory.delete(oldest);
	}
}
