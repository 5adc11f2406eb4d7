import { asText } from '../api/bodies';
import { carrierWordIn } from '../api/carrierWords';
import { isFailed } from '../api/messageStatus';
import { peopleOf, personOf } from '../api/person';
import { idOf, timeIn, timeOf } from '../api/record';
import type { Entry } from '../api/record';
import { linkIn } from './answerLinks';

/** A message on record that contains an answer link. */
export interface Question {
	link: string;
	/** Whether this n8n asked it. */
	isOwn: boolean;
	entry: Entry;
}

/** Phrases that carriers use in automatic texts. These are not questions. */
const AUTOMATIC_WORDS =
	/\b(?:STOP|START|UNSTOP|HELP)\b|\b(?:un|re-?)subscribed\b|\bopted (?:in|out)\b/;

/** Whether a received text answered a question: `perhaps` if only an earlier process could know. */
export type Fate = 'answer' | 'perhaps' | 'message';

/** What the reply rule needs to know about one message of a conversation. */
export interface Said {
	id: string;
	time: number;
	/** The sender, for a received message. */
	from?: string;
	/** The question it asks, for a sent message. */
	question?: Question;
	/**
	 * For a sent message: whether it reads like a carrier's automatic text. For a received one: whether it triggers
	 * such a text.
	 */
	isCarriers: boolean;
	/** Since when (ms) it is known to have failed. */
	failedAt?: number;
	fate?: Fate;
	entry: Pick<Entry, 'id' | 'timestamp' | 'created'>;
}

/** What to remember about an entry. @param base see {@link linkIn} */
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
			: !link && isAutomatic(asText(entry.body)),
		failedAt: failedAtOf(entry),
		entry: { id, timestamp, created },
	};
}

function isAutomatic(body: string): boolean {
	return AUTOMATIC_WORDS.test(body) && !/\?|\b(?:YES|[Yy]es|Y)\b/.test(body);
}

/** Since when (ms, by the API's clock) a message is known to have failed; undefined when it isn't. */
export function failedAtOf(entry: Entry): number | undefined {
	return isFailed(entry) ? timeIn(entry.updated) || timeOf(entry) : undefined;
}

/**
 * The keys by which to find a conversation: its ID, and each pair of one of our numbers and a person. If a text doesn't
 * name our number, only the person.
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
	return entry.conversationId ? [asText(entry.conversationId), ...keys] : keys;
}
