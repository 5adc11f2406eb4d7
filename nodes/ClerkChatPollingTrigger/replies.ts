import type { IDataObject, IPollFunctions } from 'n8n-workflow';
import { addressIn } from '../api/person';
import { idOf, timeOf } from '../api/record';
import type { Entry } from '../api/record';
import { ruleOn } from '../api/replyRule';
import type { Reason } from '../api/replyRule';
import { inOrder } from './cursor';
import { handOver } from './ownN8n';
import type { HandedOver, Unclear } from './ownN8n';
import { withoutLink } from './answerLinks';
import type { Question } from './conversation';
import type { Questions } from './questions';
import { close, closedSince, isClosed, remember } from './remembered';
import type { Situation } from './situation';
import { OWN_ADDRESS } from './settings';

/** What became of the texts that came in. */
export interface Sorted {
	/** Those that start the workflow, some with `openQuestion` or `followUp` in addition to what the record says. */
	messages: Entry[];
	/** Those that answered a question. */
	answers: Entry[];
	/** Those of which it is not known yet; they are to come by again. */
	held: Entry[];
	/** Whether a question has heard of a text that is a message: after a restart it must not hear of it again. */
	isToKeep: boolean;
}

/** What handing over needs. */
export interface Answering {
	questions: Questions;
	/** Where the user says that n8n reaches itself; blank when they do not say. */
	ownAddress: string;
}

/**
 * How long (ms) a text is held whose question is not waiting yet, or whose n8n cannot be reached. After that it is a
 * message like any other.
 */
export const LONGEST_HELD = 3 * 60_000;

/** What became of a text at a question, for all triggers of this process: the second one must not take it for another. */
const handedOver = new Map<string, Promise<HandedOver>>();

/** To which question a text was handed over. It may have been the answer to that one, so it is never offered to another. */
const handedTo = new Map<string, string>();

/** Since when a text is held, in ms. */
const heldSince = new Map<string, number>();

/** Whether a text was given up because this n8n does not reach itself: others need not be held for that, then. */
let isKnownToBeUnreachable = false;

/**
 * Hands texts to the newest question of their conversations. What becomes of each is up to the rule (api/replyRule.ts).
 * @param texts in any order
 */
export async function answerQuestions(
	context: IPollFunctions,
	texts: Entry[],
	answering: Answering,
): Promise<Sorted> {
	const sorted: Sorted = { messages: [], answers: [], held: [], isToKeep: false };
	const { questions } = answering;
	const post = poster(context, answering);
	for (const entry of [...texts].sort(inOrder)) {
		await closeOlder(context, entry, answering);
		const situation = questions.situationOf(entry, closedSince);
		const { question } = situation;
		const settled = withoutAsking(entry, situation);
		if (settled) {
			questions.settle(entry, question ? 'perhaps' : 'message');
			sorted.messages.push(settled);
			continue;
		}
		const { verdict, reason, question: open } = await post(entry, question!, situation);
		if (verdict === 'taken') {
			questions.settle(entry, 'answer');
			sorted.answers.push(entry);
		} else if (isUndecided(verdict) && mayBeHeld(entry, verdict)) {
			sorted.held.push(entry);
		} else {
			// Of a closed question nobody says what closed it: an earlier process may have handed over this very text.
			questions.settle(entry, verdict === 'notTaken' ? 'message' : 'perhaps');
			if (verdict === 'unreachable') giveUp(context);
			sorted.isToKeep = true;
			const words = open ?? (isUndecided(verdict) ? asOnRecord(question!) : undefined);
			sorted.messages.push(words ? withQuestion(entry, reason ?? 'notChecked', words) : entry);
		}
	}
	return sorted;
}

/** Asks older questions that a text might be meant for whether they are still open. */
async function closeOlder(
	context: IPollFunctions,
	entry: Entry,
	{ questions, ownAddress }: Answering,
): Promise<void> {
	const { question, older = [] } = questions.situationOf(entry, closedSince);
	if (!question?.isOwn || isClosed(question.link)) return;
	for (const link of older) {
		if (isClosed(link)) continue;
		const { verdict } = await handOver(context, { link, ownAddress }, () => {});
		if (verdict === 'closed') close(link);
		// One that is open is enough, and so is one address that does not answer.
		else return;
	}
}

/** The text as a message with an open question. */
export function withQuestion(entry: Entry, reason: Reason, question: IDataObject | object): Entry {
	return { ...entry, openQuestion: { ...question, understood: false, reason } };
}

/** The message that a text is without asking anybody; undefined when there is a question to ask. */
function withoutAsking(entry: Entry, { question, ...timing }: Situation): Entry | undefined {
	const known = question?.isOwn ? 'closed' : question ? 'ofAnotherN8n' : 'none';
	if (ruleOn({ question: known, ...timing }).becomes === 'followUp') {
		return { ...entry, followUp: true };
	}
	const isOnRecord = !Number.isNaN(timeOf(entry)) && ['string', 'number'].includes(typeof entry.id);
	if (!isOnRecord || !question?.isOwn) return entry;
	if ((handedTo.get(idOf(entry)) ?? question.link) !== question.link) {
		return isClosed(question.link)
			? entry
			: withQuestion(entry, 'notChecked', asOnRecord(question));
	}
	// Another trigger of this process may have handed it over: then it is known what became of it.
	return isClosed(question.link) && !handedOver.has(keyOf(entry, question)) ? entry : undefined;
}

/** Hands over the texts of one poll, each once in this process. */
function poster(context: IPollFunctions, { ownAddress }: Answering) {
	let hangs = false;
	/** What is undecided for one text is so for those after it, or they would overtake it. */
	const undecided = new Map<string, HandedOver>();
	return async (
		entry: Entry,
		question: Question,
		{ isBetweenTwo, isLastOut }: Situation,
	): Promise<HandedOver> => {
		const { link } = question;
		const key = keyOf(entry, question);
		const before = handedOver.get(key);
		// One address that hangs is enough for one poll.
		if (!before && hangs) return { verdict: 'unreachable' };
		const waiting = before ? undefined : undecided.get(link);
		if (waiting) return waiting;
		const onUnclear = (why: Unclear) => {
			hangs ||= why === 'noAnswer';
		};
		const told = {
			kind: 'reply' as const,
			id: entry.id as number | string,
			text: String(entry.body ?? ''),
			from: addressIn(entry.sender),
			sentAt: timeOf(entry),
			askedAt: timeOf(question.entry),
			isBetweenTwo,
			isLastOut,
		};
		const coming = before ?? handOver(context, { link, handOver: told, ownAddress }, onUnclear);
		remember(handedOver, key, coming);
		remember(handedTo, idOf(entry), link);
		const came = await coming;
		if (isUndecided(came.verdict)) {
			handedOver.delete(key);
			undecided.set(link, came);
		}
		if (came.verdict !== 'unreachable') hangs = isKnownToBeUnreachable = false;
		if (came.verdict === 'taken' || came.verdict === 'closed') close(link);
		return came;
	};
}

function keyOf(entry: Entry, { link }: Question): string {
	return `${link}\n${idOf(entry)}`;
}

/** A question as the record has it, where its page does not tell. */
export function asOnRecord({ entry }: Question): object {
	const askedAt = new Date(timeOf(entry)).toISOString();
	return { text: withoutLink(entry.body), askedAt, expected: null };
}

function isUndecided(verdict: HandedOver['verdict']): boolean {
	return verdict === 'notYet' || verdict === 'unreachable';
}

function mayBeHeld(entry: Entry, verdict: HandedOver['verdict']): boolean {
	if (verdict === 'unreachable' && isKnownToBeUnreachable) return false;
	return isHeldFor(entry) < LONGEST_HELD;
}

/** For how long (ms) a text has been held, from the first time that this is asked. */
export function isHeldFor(entry: Entry): number {
	const since = heldSince.get(idOf(entry)) ?? Date.now();
	remember(heldSince, idOf(entry), since);
	return Date.now() - since;
}

function giveUp({ logger }: IPollFunctions): void {
	isKnownToBeUnreachable = true;
	logger.warn(
		`Clerk Chat Polling Trigger: couldn't deliver a reply to the question it may answer, because this n8n can't reach itself. The reply went to the output 'Message'. Enter where n8n listens as '${OWN_ADDRESS}' under Options in the trigger, such as http://localhost:5678.`,
	);
}
