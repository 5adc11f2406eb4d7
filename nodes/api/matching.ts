import { addressKey, readAddress } from './addressForms';
import { asText } from './bodies';
import {
	candidateOf,
	differencesOf,
	messageOf,
	personKey,
	textReader,
	wentOut,
} from './comparison';
import type { Candidate, Message, Sought } from './comparison';
import { idOf } from './entry';
import type { Entry } from './entry';
import { withAnyForm, withAtLeast, withExactly } from './entryIndex';
import type { EntryIndex } from './entryIndex';
import { readTextForms } from './textForms';

export { addressOf } from './addressForms';
export type { Sought } from './comparison';
export { folded } from './characterLoss';
export { namedIn, personKey } from './comparison';

/**
 * How an entry of the record relates to a message.
 * - `same`: it is this message.
 * - `perhaps`: it may be this message; the difference is a clause for people, such as "its text has extra characters at
 * the end". Such a message counts neither as sent nor as not sent.
 */
export type Match =
	| { answer: 'same'; entry: Entry }
	| { answer: 'perhaps'; entry: Entry; difference: string };

/**
 * Decides which entry of the record is which message: one that was sent from the same sender to the same people with
 * the same text, not before it was requested. Equal messages get one entry each, in order; if there are too few
 * entries, the last messages get none. The running time grows with the number of messages plus the number of entries,
 * not with their product.
 * @param entries in any order
 * @param isTaken whether an entry is known to be another message
 * @param counted the people that entries already count for, by entry ID. With it, an entry to several people can match
 * several messages, one for each person. New matches are added
 * @returns the match for each message; undefined when every entry is certainly a different message
 */
export function entriesOf(
	sought: Sought[],
	entries: Entry[],
	isTaken: (entry: Entry) => boolean = () => false,
	counted?: Map<string, Set<string>>,
): Array<Match | undefined> {
	const read = textReader();
	const candidates = entries
		.filter((entry) => wentOut(entry) && !isTaken(entry))
		.map((entry) => candidateOf(entry, read))
		.sort(inOrder);
	// Larger groups first, so that a message to a member doesn't get the group's entry.
	const messages = sought
		.map((each, index) => messageOf(each, index, read))
		.sort((a, b) => b.keys.length - a.keys.length);
	const found: Array<Match | undefined> = sought.map(() => undefined);
	const taken = new Taken(counted);
	const look = (makeIndex: () => EntryIndex, most: number) => {
		if (found.every(Boolean)) return;
		const index = makeIndex();
		for (const message of messages) {
			if (found[message.index]) continue;
			const fits = (candidate: Candidate) => {
				if (message.isNot(candidate.entry) || !taken.isFree(candidate, message)) return false;
				const differences = differencesOf(message, candidate);
				return differences !== undefined && differences.length <= most;
			};
			for (const bucket of index(message)) {
				const candidate = bucket.find(message, fits);
				if (!candidate) continue;
				found[message.index] = matchOf(message, candidate);
				// An unreadable entry may be any of them.
				if (candidate.text) taken.take(candidate, message);
				break;
			}
		}
	};
	// `members` may contain more than the recipients. A message to exactly the same people gets an entry first.
	look(() => withExactly(candidates), 0);
	look(() => withAtLeast(candidates), 0);
	look(() => withAnyForm(candidates, messages), Infinity);
	return found;
}

/**
 * A key that identifies a message to one person on the record: equal for messages that `entriesOf` considers the same.
 * @param server the base URL of the credential
 */
export function recordKey(
	server: string,
	{ sender, body }: Pick<Sought, 'sender' | 'body'>,
	recipient: string,
): string {
	const text = readTextForms(body)?.text ?? '';
	return JSON.stringify([server, personKey(sender), personKey(recipient), text]);
}

function matchOf(message: Message, candidate: Candidate): Match {
	const { entry } = candidate;
	const differences = differencesOf(message, candidate) ?? [];
	return differences.length === 0
		? { answer: 'same', entry }
		: { answer: 'perhaps', entry, difference: differences.join(' and ') };
}

/** Marks an entry as counting for one of its people, in the map that {@link entriesOf} takes as `counted`. */
export function countFor(
	counted: Map<string, Set<string>>,
	entry: Entry,
	recipient: unknown,
): void {
	const address = readAddress(recipient);
	if (!address) return;
	const served = counted.get(idOf(entry)) ?? new Set();
	counted.set(idOf(entry), served.add(addressKey(address)));
}

/** The entries that have already been matched. */
class Taken {
	private readonly used = new Set<Candidate>();

	constructor(private readonly counted?: Map<string, Set<string>>) {}

	isFree(candidate: Candidate, { keys }: Message): boolean {
		if (!this.counted) return !this.used.has(candidate);
		const served = this.counted.get(idOf(candidate.entry));
		return !served || !keys.some((key) => served.has(key));
	}

	take(candidate: Candidate, { keys }: Message): void {
		this.used.add(candidate);
		if (!this.counted) return;
		const id = idOf(candidate.entry);
		const served = this.counted.get(id) ?? new Set();
		for (const key of keys) served.add(key);
		this.counted.set(id, served);
	}
}

/** By time first: what was requested earlier was sent earlier. */
function inOrder(a: Candidate, b: Candidate): number {
	const [one, other] = [a.times.latest, b.times.latest];
	if (one !== other) return one < other ? -1 : 1;
	return (
		Number(asText(a.entry.id)) - Number(asText(b.entry.id)) ||
		(idOf(a.entry) < idOf(b.entry) ? -1 : 1)
	);
}
