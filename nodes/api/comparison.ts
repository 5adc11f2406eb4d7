import { asText } from './bodies';
import { addressKey, compareAddresses, looseKey, readAddress } from './addressForms';
import type { Address } from './addressForms';
import { idOf, timesOf } from './entry';
import type { Entry, EntryTimes } from './entry';
import { readTextForms, textDifference } from './textForms';
import type { TextForms } from './textForms';

/** A message to look for on the record. */
export interface Sought {
	/** The sender it was sent from. */
	sender: string;
	recipients: string[];
	/** Its text as it was sent. */
	body: string;
	/** The earliest time it can have been sent, in ms by the API's clock. */
	after: number;
	/** The latest time it can have been sent; left out if that isn't known. */
	before?: number;
	/** Its ID, if known. */
	id?: string;
	/** The execution that sent it, and which entries it is known not to have sent; left out if that doesn't matter. */
	execution?: { id: string; isNot: (entry: Entry) => boolean };
}

/** A message to look for, prepared for comparison. */
export interface Message {
	index: number;
	/** A key shared by messages that request the same. */
	asked: string;
	sender?: Address;
	shownSender: string;
	/** Without duplicates. */
	people: Address[];
	/** Their keys, sorted; people who are the same share one. */
	keys: string[];
	text: TextForms;
	after: number;
	before: number;
	id?: string;
	isNot: (entry: Entry) => boolean;
}

/** An entry of the record, prepared for comparison. */
export interface Candidate {
	entry: Entry;
	times: EntryTimes;
	sender?: Address;
	/** The readable people, without the sender, by exact key. */
	people: Map<string, Address[]>;
	/** The same people by loose key (they may be the same); built on first use. */
	loose?: Map<string, Address>;
	/** How many other people it names in a form that is not a number or can't be read. */
	vague: number;
	/** Undefined if it can't be read. */
	text?: TextForms;
}

/** Prepares a message to look for. @param read parses a text, once for all messages that share it */
export function messageOf(sought: Sought, index: number, read = readTextForms): Message {
	const { sender, recipients, body, after, before = Infinity, id, execution } = sought;
	const people = new Map<string, Address>();
	for (const recipient of recipients) {
		const address = readAddress(recipient);
		if (address) people.set(exactKey(address), address);
	}
	const text = read(body) ?? readTextForms('')!;
	const keys = [...new Set([...people.values()].map(addressKey))].sort();
	return {
		index,
		asked: JSON.stringify([sender, [...people.keys()].sort(), text.text, id, execution?.id]),
		sender: readAddress(sender),
		shownSender: sender,
		people: [...people.values()],
		keys,
		text,
		after,
		before,
		id,
		isNot: execution?.isNot ?? (() => false),
	};
}

/** Prepared entries: each run of a loop compares the same ones. */
const prepared = new WeakMap<Entry, Candidate>();

/** Prepares an entry. @param read see {@link messageOf} */
export function candidateOf(entry: Entry, read = readTextForms): Candidate {
	const known = prepared.get(entry) ?? candidateFrom(entry, read);
	prepared.set(entry, known);
	return known;
}

function candidateFrom(entry: Entry, read: typeof readTextForms): Candidate {
	const sender = readAddress(entry.sender);
	const people = new Map<string, Address[]>();
	let vague = 0;
	const [named, isMembers] = namesIn(entry);
	for (const name of named) {
		const address = readAddress(name);
		// Clerk Chat doesn't document whether the sender is a member.
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

/** The addresses an entry names, apart from its sender. */
export function namedIn(entry: Entry): unknown[] {
	return namesIn(entry)[0];
}

/**
 * The people an entry names, and whether they come from `members`. Real responses have `recipients`, although the
 * documentation lists only `members`.
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

/** A key that only equal addresses share. */
function exactKey(address: Address): string {
	return address.kind === 'number' ? address.digits : address.text;
}

/** A key for one recipient of a message, as the record identifies them: equal for equal people. */
export function personKey(recipient: string): string {
	const address = readAddress(recipient);
	return address ? exactKey(address) : recipient;
}

/**
 * How an entry differs from a message.
 * @returns an empty list if it is the message, clauses for people if it may be, undefined if it is a different one
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
	// Its ID may belong to an equal message that is known by its ID.
	const hasId = (candidate.entry.id ?? '') !== '';
	const isOther = message.id !== undefined && message.id !== idOf(candidate.entry);
	const id = !hasId ? 'it has no ID' : isOther ? 'its ID is different' : '';
	return [sender, people, said, times.doubt ?? '', id].filter((difference) => difference !== '');
}

/** @returns '' if they are the same, a clause if that can't be determined, undefined if they are different */
export function senderDifference(
	{ sender, shownSender }: Message,
	candidate: Candidate,
): string | undefined {
	if (!candidate.sender) return 'its sender cannot be read';
	const answer = sender ? compareAddresses(sender, candidate.sender) : 'unclear';
	if (answer === 'same') return '';
	// An inbox's name may be written in several ways.
	if (answer === 'different' && candidate.sender.kind !== 'name') return undefined;
	return `its sender is written as “${candidate.sender.shown}” instead of ${shownSender}`;
}

/** Like {@link senderDifference}, for the people. */
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

/** Whether a message may have been sent: only a received one certainly was not. */
export function wentOut({ inbound }: Entry): boolean {
	return inbound !== 1 && asText(inbound).toLowerCase() !== 'true';
}

/** Returns a parser that reads each text only once. */
export function textReader(): (body: unknown) => TextForms | undefined {
	const known = new Map<unknown, TextForms | undefined>();
	return (body) => {
		if (!known.has(body)) known.set(body, readTextForms(body));
		return known.get(body);
	};
}
