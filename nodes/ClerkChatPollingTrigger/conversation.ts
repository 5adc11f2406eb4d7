import { carrierWordIn } from '../api/carrierWords';
import { isFailed } from '../api/messageStatus';
import { peopleOf, personOf } from '../api/person';
import { idOf, timeIn, timeOf } from '../api/record';
import type { Entry } from '../api/record';
import { linkIn } from './answerLinks';

/** A message on record that carries the link to an answer. */
export interface Question {
	link: string;
	/** Whether this n8n asked it. */
	isOwn: boolean;
	entry: Entry;
}

/** What carriers write then. They ask nothing. */
const AUTOMATIC_WORDS =
	/\b(?:STOP|START|UNSTOP|HELP)\b|\b(?:un|re-?)subscribed\b|\bopted (?:in|out)\b/;

/** Whether a text that came in was the answer to a question: `perhaps` where only an earlier process may know. */
export type Fate = 'answer' | 'perhaps' | 'message';

/** What the rule needs to know of one message of a conversation. */
export interface Said {
	id: string;
	time: number;
	/** Who sent it, of one that came in. */
	from?: string;
	/** The question in it, of one that went out. */
	question?: Question;
	/** Of one that went out: whether it reads like a carrier's own answer. Of one that came in: whether it asks for one. */
	isCarriers: boolean;
	/** Since when (ms) it is known not to have arrived. */
	failedAt?: number;
	fate?: Fate;
	entry: Pick<Entry, 'id' | 'timestamp' | 'created'>;
}

/** What to keep of an entry. @param base as for {@link linkIn} */
export function saidBy(entry: Entry, base: string): Said {
	const isIn = entry.inbound === true;
	const link = isIn ? undefined : linkIn(entry.body, base);
	const { id, timestamp, created } = entry;
	return {
		id: idOf(entry),
		time: timeOf(entry),
		...(isIn && { from: personOf(entry.sender) }),
		...(link && { question: { link: link.href, isOwn: link.isOwn, entry } }),
		isCarriers: isIn
			? carrierWordIn(entry.body) !== undefined
			: !link && isAutomatic(String(entry.body)),
		failedAt: failedAtOf(entry),
		entry: { id, timestamp, created },
	};
}

function isAutomatic(body: string): boolean {
	return AUTOMATIC_WORDS.test(body) && !body.includes('?');
}

/** Since when (ms, by the API's clock) a message is known not to have arrived; undefined when it is not. */
export function failedAtOf(entry: Entry): number | undefined {
	return isFailed(entry) ? timeIn(entry.updated) || timeOf(entry) : undefined;
}

/**
 * What a conversation is found by: its ID, and each pair of one of our numbers and a person. Of a text that does not name
 * our number, the person alone.
 */
export function keysOf(entry: Entry): string[] {
	const sender = personOf(entry.sender);
	const others = peopleOf(entry);
	const isIn = entry.inbound === true;
	const pairs = isIn
		? (others.length > 0 ? others : ['']).map((ours) => [ours, sender])
		: others.flatMap((other) => [
				[sender, other],
				['', other],
			]);
	const keys = pairs.map((pair) => JSON.stringify(pair));
	return entry.conversationId ? [String(entry.conversationId), ...keys] : keys;
}
