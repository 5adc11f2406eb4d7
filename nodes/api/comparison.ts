import { addressKey, compareAddresses, looseKey, readAddress } from './addressForms';
import type { Address } from './addressForms';
import { idOf, timesOf } from './entry';
import type { Entry, EntryTimes } from './entry';
import { readTextForms, textDifference } from './textForms';
import type { TextForms } from './textForms';

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
	/** Its ID, where that is known. */
	id?: string;
}

/** A message that is looked for, as it is compared. */
export interface Message {
	index: number;
	/** What it has in common with messages that ask for the same. */
	asked: string;
	sender?: Address;
	shownSender: string;
	/** Each once. */
	people: Address[];
	/** By what people who are the same have in common, sorted. */
	keys: string[];
	text: TextForms;
	after: number;
	before: number;
	id?: string;
}

/** An entry of the record, as it is compared. */
export interface Candidate {
	entry: Entry;
	times: EntryTimes;
	sender?: Address;
	/** Those who can be read, without the sender, by what people who are the same have in common. */
	people: Map<string, Address[]>;
	/** The same by what people have in common that may be the same; made when it is first needed. */
	loose?: Map<string, Address>;
	/** How many others it names in a form that is no number, or cannot be read. */
	vague: number;
	/** Undefined when it cannot be read. */
	text?: TextForms;
}

/** Reads what is looked for. @param read reads a text, for all messages with that text once */
export function messageOf(sought: Sought, index: number, read = readTextForms): Message {
	const { sender, recipients, body, after, before = Infinity, id } = sought;
	const people = new Map<string, Address>();
	for (const recipient of recipients) {
		const address = readAddress(recipient);
		if (address) people.set(exactKey(address), address);
	}
	const text = read(body) ?? readTextForms('')!;
	const keys = [...new Set([...people.values()].map(addressKey))].sort();
	return {
		index,
		asked: JSON.stringify([sender, [...people.keys()].sort(), text.text, id]),
		sender: readAddress(sender),
		shownSender: sender,
		people: [...people.values()],
		keys,
		text,
		after,
		before,
		id,
	};
}

/** Reads an entry. @param read as for {@link messageOf} */
export function candidateOf(entry: Entry, read = readTextForms): Candidate {
	const sender = readAddress(entry.sender);
	const people = new Map<string, Address[]>();
	let vague = 0;
	const [named, isMembers] = namesIn(entry);
	for (const name of named) {
		const address = readAddress(name);
		// Whether the sender is a member is not documented.
		const isSender = address && sender && compareAddresses(address, sender) === 'same';
		if (isSender && isMembers && named.length > 1) continue;
		if (address?.kind !== 'number') vague++;
		if (!address) continue;
		const key = addressKey(address);
		const others = people.get(key);
		if (others) others.push(address);
		else people.set(key, [address]);
	}
	return { entry, times: timesOf(entry), sender, people, vague, text: read(entry.body) };
}

/** The addresses that an entry names besides its sender. */
export function namedIn(entry: Entry): unknown[] {
	return namesIn(entry)[0];
}

/**
 * The people that an entry names, and whether as its members. Real answers carry `recipients`, which the documentation
 * does not list; it lists `members`.
 */
function namesIn({ recipients, members }: Entry): [unknown[], boolean] {
	const given = listOf(recipients);
	if (given.some(isNumber)) return [given, false];
	const all = listOf(members);
	return given.length > 0 && !all.some(isNumber) ? [given, false] : [all, true];
}

function isNumber(value: unknown): boolean {
	return readAddress(value)?.kind === 'number';
}

function listOf(value: unknown): unknown[] {
	if (typeof value === 'string') return value.split(/[,;]/).filter((each) => each.trim() !== '');
	return [value ?? []].flat();
}

/** Tells an address from all others. */
function exactKey(address: Address): string {
	return address.kind === 'number' ? address.digits : address.text;
}

/** What the record would know one person of a message by: the same for whoever is the same. */
export function personKey(recipient: string): string {
	const address = readAddress(recipient);
	return address ? exactKey(address) : recipient;
}

/**
 * How an entry differs from a message.
 * @returns nothing when it is the message, clauses for people when it may be it; undefined when it is another one
 */
export function differencesOf(message: Message, candidate: Candidate): string[] | undefined {
	const { times, text } = candidate;
	if (times.latest < message.after || times.made > message.before) return undefined;
	const sender = senderDifference(message, candidate);
	if (sender === undefined) return undefined;
	const people = peopleDifference(message, candidate);
	if (people === undefined) return undefined;
	const said = text ? textDifference(message.text, text) : 'its text cannot be read';
	if (said === undefined) return undefined;
	// It may be that of an equal message that is known by its ID.
	const hasId = (candidate.entry.id ?? '') !== '';
	const isOther = message.id !== undefined && message.id !== idOf(candidate.entry);
	const id = !hasId ? 'it has no ID' : isOther ? 'its ID is different' : '';
	return [sender, people, said, times.doubt ?? '', id].filter((difference) => difference !== '');
}

/** @returns '' when it is the same, a clause when that cannot be told, undefined when it is another one */
export function senderDifference(
	{ sender, shownSender }: Message,
	candidate: Candidate,
): string | undefined {
	if (!candidate.sender) return 'its sender cannot be read';
	const answer = sender ? compareAddresses(sender, candidate.sender) : 'unclear';
	if (answer === 'same') return '';
	// The name of an inbox may be written in several ways.
	if (answer === 'different' && candidate.sender.kind !== 'name') return undefined;
	return `its sender is written as “${candidate.sender.shown}” instead of ${shownSender}`;
}

/** As {@link senderDifference}, of the people. */
export function peopleDifference(message: Message, candidate: Candidate): string | undefined {
	let unread = 0;
	let difference = '';
	for (const person of message.people) {
		const among = candidate.people.get(addressKey(person)) ?? [];
		if (among.some((other) => compareAddresses(person, other) === 'same')) continue;
		const other = loosely(candidate).get(looseKey(person));
		if (other && compareAddresses(person, other) === 'unclear') {
			difference = `a recipient is written as “${other.shown}” instead of ${person.shown}`;
		} else {
			unread++;
		}
	}
	if (unread === 0) return message.people.length > 0 ? difference : undefined;
	const isPartOfThem = unread < message.people.length && unread <= candidate.vague;
	return isPartOfThem ? 'not all of its recipients can be read' : undefined;
}

function loosely(candidate: Candidate): Map<string, Address> {
	candidate.loose ??= new Map(
		[...candidate.people.values()].flat().map((person) => [looseKey(person), person]),
	);
	return candidate.loose;
}

/** Whether a message may have gone out: only what came in certainly has not. */
export function wentOut({ inbound }: Entry): boolean {
	return inbound !== 1 && String(inbound).toLowerCase() !== 'true';
}

/** Reads each text once, however often it occurs. */
export function textReader(): (body: unknown) => TextForms | undefined {
	const known = new Map<unknown, TextForms | undefined>();
	return (body) => {
		if (!known.has(body)) known.set(body, readTextForms(body));
		return known.get(body);
	};
}
