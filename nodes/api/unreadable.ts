import { asText } from './bodies';
import { compareAddresses } from './addressForms';
import type { Address } from './addressForms';
import { candidateOf, messageOf, senderDifference, textReader, wentOut } from './comparison';
import type { Candidate, Message, Sought } from './comparison';
import { ContainedTexts } from './containedTexts';
import type { Entry } from './entry';
import { firstWhere } from './firstWhere';
import type { Reading } from './record';
import { cutText, TELLING } from './textForms';
import type { TextForms } from './textForms';

/**
 * A reading of the record, for deciding whether messages are on it. It is not complete if it contains a sent entry that
 * may be one of them and whose recipients can't be read.
 * @param isTaken whether an entry is known to be another message
 */
export function wholeFor(
	sought: Sought[],
	reading: Reading,
	isTaken: (entry: Entry) => boolean = () => false,
): Reading {
	if (reading.kind !== 'read' || !reading.isWhole || sought.length === 0) return reading;
	const read = textReader();
	const messages = sought.map((each, index) => messageOf(each, index, read));
	const mayBe = looker(messages);
	const unreadable = reading.entries
		.filter((entry) => wentOut(entry) && !isTaken(entry))
		.map((entry) => candidateOf(entry, read))
		.find(mayBe);
	if (!unreadable) return reading;
	const { id, recipients, members } = unreadable.entry;
	const written = JSON.stringify(recipients ?? members);
	const form =
		written === undefined
			? 'without recipients'
			: `with recipients in an unknown form (${written.slice(0, 80)})`;
	return { ...reading, isWhole: false, reason: `it lists message ${asText(id)} ${form}` };
}

/** Whether an entry's recipients can't be read, and nothing else rules out that it is one of the messages. */
function looker(messages: Message[]): (candidate: Candidate) => boolean {
	const senders = [...new Map(messages.map((each) => [each.shownSender, each])).values()];
	const kinds = new Set(messages.flatMap(({ people }) => people.map(({ kind }) => kind)));
	const since = messages.reduce((least, { after }) => Math.min(least, after), Infinity);
	const until = messages.reduce((most, { before }) => Math.max(most, before), -Infinity);
	const mayBeText = textLooker(messages.map(({ text }) => text));
	const isSender = (person: Address) =>
		senders.some(({ sender }) => sender && compareAddresses(sender, person) === 'same');
	return (candidate) => {
		const { times, people, text } = candidate;
		if (times.latest < since || times.made > until) return false;
		const named = [...people.values()].flat();
		if (named.some((person) => kinds.has(person.kind) && !isSender(person))) return false;
		if (senders.every((message) => senderDifference(message, candidate) === undefined))
			return false;
		return !text || mayBeText(text);
	};
}

/** Whether a text may be one of many in another form. */
function textLooker(ours: TextForms[]): (theirs: TextForms) => boolean {
	const forms = new Set(ours.flatMap(({ text, masked }) => [text, masked]));
	const cores = new Set(ours.flatMap(({ narrow, plain }) => [narrow.core, plain.core]));
	const contained = new ContainedTexts(ours.map(({ text }) => text));
	const sorted = [...new Set(ours.map(({ text }) => text))].sort((a, b) => (a < b ? -1 : 1));
	return (theirs) => {
		const { text, narrow, masked } = theirs;
		if (forms.has(text) || forms.has(masked) || contained.within(text).length > 0) return true;
		if (narrow.core.length >= TELLING ? cores.has(narrow.core) : theirs.hasGaps) return true;
		const beginning = cutText(theirs);
		if (!beginning) return false;
		const first = firstWhere(sorted, (text) => text >= beginning);
		return sorted[first]?.startsWith(beginning) ?? false;
	};
}
