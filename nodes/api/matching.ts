import { idOf, timeOf } from './record';
import type { Entry } from './record';

/** A message that is looked for on the record. */
export interface Sought {
	/** What it was sent from. */
	sender: string;
	recipients: string[];
	/** Its text as it went out. */
	body: string;
	/** When it went out at the earliest, in ms by the API's clock. */
	after: number;
}

/**
 * Tells which entry of the record is which message: one that went out, from the same sender to the same people with the
 * same text, not before it was asked for. Equal messages get an entry each, in their order; when there are fewer entries,
 * the last ones get none.
 * @param entries in any order
 * @param isTaken whether an entry is known to be another message
 * @returns for each message its entry, undefined when there is none
 */
export function entriesOf(
	sought: Sought[],
	entries: Entry[],
	isTaken: (entry: Entry) => boolean = () => false,
): Array<Entry | undefined> {
	const candidates = entries
		.filter((entry) => entry.inbound !== true && !isTaken(entry))
		.sort(inOrder)
		.map(candidateOf);
	const messages = sought.map(({ sender, recipients, body, after }, index) => {
		const people = new Set(recipients.map(addressOf));
		return { index, after, people, from: JSON.stringify([folded(body), addressOf(sender)]) };
	});
	const found: Array<Entry | undefined> = sought.map(() => undefined);
	const used = new Set<Candidate>();
	const give = (message: (typeof messages)[number], among: Candidate[] = []) => {
		const { index, after, people } = message;
		const fits = (candidate: Candidate) =>
			!used.has(candidate) && candidate.time >= after && isSubset(people, candidate.people);
		const candidate = among.find(fits);
		if (!candidate) return;
		used.add(candidate);
		found[index] = candidate.entry;
	};
	// `members` may hold more than the recipients. Whoever has an entry to exactly the same people takes that one first.
	const exact = groupBy(candidates, ({ from, people }) => keyOf(from, people));
	for (const message of messages) give(message, exact.get(keyOf(message.from, message.people)));
	const anyPeople = groupBy(candidates, ({ from }) => from);
	for (const message of messages) {
		if (!found[message.index]) give(message, anyPeople.get(message.from));
	}
	return found;
}

interface Candidate {
	entry: Entry;
	time: number;
	/** Its text and its sender. */
	from: string;
	people: Set<string>;
}

function candidateOf(entry: Entry): Candidate {
	const from = JSON.stringify([folded(entry.body), addressOf(entry.sender)]);
	return { entry, time: timeOf(entry), from, people: peopleOf(entry) };
}

/** Real answers carry `recipients`, which the documentation does not list; it lists `members`. */
function peopleOf({ recipients, members, sender }: Entry): Set<string> {
	const people = new Set([recipients ?? members ?? []].flat().map(addressOf));
	// Whether the sender is a member is not documented.
	if (people.size > 1 && !recipients) people.delete(addressOf(sender));
	return people;
}

/** The time first: what was asked for earlier went out earlier. */
function inOrder(a: Entry, b: Entry): number {
	return timeOf(a) - timeOf(b) || Number(a.id) - Number(b.id) || (idOf(a) < idOf(b) ? -1 : 1);
}

function keyOf(from: string, people: Set<string>): string {
	return JSON.stringify([from, [...people].sort()]);
}

function isSubset(part: Set<string>, whole: Set<string>): boolean {
	return [...part].every((each) => whole.has(each));
}

function groupBy<T>(list: T[], keyOfEach: (each: T) => string): Map<string, T[]> {
	const groups = new Map<string, T[]>();
	for (const each of list) {
		const key = keyOfEach(each);
		const group = groups.get(key);
		if (group) group.push(each);
		else groups.set(key, [each]);
	}
	return groups;
}

/** A phone number without what only makes it readable; any other identifier as it is. */
export function addressOf(address: unknown): string {
	const text = String(address ?? '').trim();
	return /^\+?[\d\s().-]+$/.test(text) ? text.replace(/\D/g, '') : text;
}

/** A text with every run of blanks as one: carriers and gateways change those. */
export function folded(text: unknown): string {
	return String(text ?? '')
		.replace(/\s+/g, ' ')
		.trim();
}
