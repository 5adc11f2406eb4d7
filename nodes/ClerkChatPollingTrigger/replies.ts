import type { IDataObject, IPollFunctions } from 'n8n-workflow';
import { asText } from '../api/bodies';
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

/** What became of received texts. */
export interface Sorted {
	/** Texts that start the workflow, some with `openQuestion` or `followUp` added to what the record says. */
	messages: Entry[];
	/** Texts that answered a question. */
	answers: Entry[];
	/** Texts still undecided; they come up again in the next poll. */
	held: Entry[];
	/** Whether a question was offered a text that is just a message: after a restart, it must not be offered again. */
	isToKeep: boolean;
}

/** What handing over needs. */
export interface Answering {
	questions: Questions;
	/** The address where n8n can reach itself, according to the user; blank if not set. */
	ownAddress: string;
}

/**
 * How long (ms) to hold a text whose question isn't waiting yet, or whose n8n can't be reached. After that, it is a
 * message like any other.
 */
export const LONGEST_HELD = 3 * 60_000;

/** The results of handing texts over, for all triggers of this process: a second trigger must not decide differently. */
const handedOver = new Map<string, Promise<HandedOver>>();

/** The question that each text was handed to. It may have been the answer, so it is never offered to another question. */
const handedTo = new Map<string, string>();

/** Since when each text has been held, in ms. */
const heldSince = new Map<string, number>();

/** Whether a text was given up because this n8n can't reach itself: then others needn't be held for that. */
let isKnownToBeUnreachable = false;

/**
 * Hands texts to the newest question of their conversations. The rule decides what becomes of each (api/replyRule.ts).
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
			// Nobody can say what closed a question: an earlier process may have handed over this very text.
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
		// One open question is enough, and so is one address that doesn't respond.
		else return;
	}
}

/** The text as a message with an open question. */
export function withQuestion(entry: Entry, reason: Reason, question: IDataObject | object): Entry {
	return { ...entry, openQuestion: { ...question, understood: false, reason } };
}

/** If it is clear without asking that a text is a message: that message. Undefined when there is a question to ask. */
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
	// Unless another trigger of this process handed it over: then the result is known.
	return isClosed(question.link) && !handedOver.has(keyOf(entry, question)) ? entry : undefined;
}

/** Hands over the texts of one poll, each once per process. */
function poster(context: IPollFunctions, { ownAddress }: Answering) {
	let hangs = false;
	/** If one text is undecided, so are later ones: they would overtake it. */
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
			text: asText(entry.body ?? ''),
			from: addressIn(entry.sender),
			sentAt: timeOf(entry),
			askedAt: timeOf(question.entry),
			isBetweenTwo,
			isLastOut,
		};
		const coming =
			before ??
			handOver(context, { link, handOver: told, ownAddress }, onUnclear).catch(
				// The credential can't be read. The next poll tries again, or says so.
				(): HandedOver => ({ verdict: 'notYet' }),
			);
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

/** A question as the record shows it, when its page doesn't tell. */
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

/** How long (ms) a text has been held, counted from the first call of this function. */
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
