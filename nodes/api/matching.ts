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
	/** When it had gone out at the latest, if at all; left out when that is not known. */
	before?: number;
}

/**
 * Tells which entry of the record is which message: one that went out, from the same sender to the same people with the
 * same text, not before it was asked for. Equal messages get an entry each, in their order; when there are fewer entries,
 * the last ones get none.
 * @param entries in any order
 * @param isTaken whether an entry is known to be another message
 * @param given whom the entries were given for so far, by their ids: with it, an entry to several people may be that of
 * several messages, one for each of them. It is added to.
 * @returns for each message its entry, undefined when there is none
 */
export function entriesOf(
	sought: Sought[],
	entries: Entry[],
	isTaken: (entry: Entry) => boolean = () => false,
	given?: Map<string, Set<string>>,
): Array<Entry | undefined> {
	const candidates = entries
		.filter((entry) => entry.inbound !== true && !isTaken(entry))
		.sort(inOrder)
		.map(candidateOf);
	const messages = sought.map(({ sender, recipients, body, after, before }, index) => {
		const people = new Set(recipients.map(addressOf));
		const from = JSON.stringify([folded(body), addressOf(sender)]);
		return { index, after, before, people, from };
	});
	const found: Array<Entry | undefined> = sought.map(() => undefined);
	const used = new Set<Candidate>();
	const isFree = (candidate: Candidate, people: Set<string>) => {
		if (!given) return !used.has(candidate);
		const served = given.get(idOf(candidate.entry));
		return !served || [...people].every((person) => !served.has(person));
	};
	const give = (message: (typeof messages)[number], among: Candidate[] = []) => {
		const { index, after, before = Infinity, people } = message;
		const fits = (candidate: Candidate) =>
			isFree(candidate, people) &&
			candidate.time >= after &&
			candidate.made <= before &&
			isSubset(people, candidate.people);
		const candidate = among.find(fits);
		if (!candidate) return;
		used.add(candidate);
		if (given) {
			const id = idOf(candidate.entry);
			const served = given.get(id) ?? new Set();
			for (const person of people) served.add(person);
			given.set(id, served);
		}
		found[index] = candidate.entry;
	};
	// `members` may hold more than the recipients. Whoever has an entry to exactly the same people takes that one first.
	const exact = groupBy(candidates, ({ from, people }) => [keyOf(from, people)]);
	for (const message of messages) give(message, exact.get(keyOf(message.from, message.people)));
	// By each person, or a text to thousands would be compared with the same text to thousands of others.
	const withPerson = groupBy(candidates, ({ from, people }) =>
		[...people].map((person) => keyOf(from, [person])),
	);
	for (const message of messages) {
		const [person] = message.people;
		if (!found[message.index]) give(message, withPerson.get(keyOf(message.from, [person])));
	}
	return found;
}

/** What equal messages have in common. */
export function contentOf({ sender, recipients, body }: Omit<Sought, 'after'>): string {
	return keyOf(JSON.stringify([folded(body), addressOf(sender)]), recipients.map(addressOf));
}

interface Candidate {
	entry: Entry;
	time: number;
	/** When it was recorded, which for one that was sent later is before its time. */
	made: number;
	/** Its text and its sender. */
	from: string;
	people: Set<string>;
}

function candidateOf(entry: Entry): Candidate {
	const from = JSON.stringify([folded(entry.body), addressOf(entry.sender)]);
	const time = timeOf(entry);
	const made = Math.min(time, Date.parse(String(entry.created)) || Infinity);
	return { entry, time, made, from, people: peopleOf(entry) };
}

function peopleOf(entry: Entry): Set<string> {
	const people = new Set(namedIn(entry).map(addressOf));
	// Whether the sender is a member is not documented.
	if (people.size > 1 && listOf(entry.recipients).length === 0) {
		people.delete(addressOf(entry.sender));
	}
	return people;
}

/**
 * The addresses that a message names besides its sender. Real answers carry `recipients`, which the documentation does not
 * list; it lists `members`.
 */
export function namedIn({ recipients, members }: Entry): unknown[] {
	const given = listOf(recipients);
	return given.length > 0 ? given : listOf(members);
}

function listOf(value: unknown): unknown[] {
	return [value ?? []].flat();
}

/** The time first: what was asked for earlier went out earlier. */
function inOrder(a: Entry, b: Entry): number {
	return timeOf(a) - timeOf(b) || Number(a.id) - Number(b.id) || (idOf(a) < idOf(b) ? -1 : 1);
}

function keyOf(from: string, people: Iterable<string>): string {
	return JSON.stringify([from, [...people].sort()]);
}

function isSubset(part: Set<string>, whole: Set<string>): boolean {
	return [...part].every((each) => whole.has(each));
}

function groupBy<T>(list: T[], keysOfEach: (each: T) => string[]): Map<string, T[]> {
	const groups = new Map<string, T[]>();
	for (const each of list) {
		for (const key of keysOfEach(each)) {
			const group = groups.get(key);
			if (group) group.push(each);
			else groups.set(key, [each]);
		}
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
