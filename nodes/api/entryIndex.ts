import { addressKey, looseKey } from './addressForms';
import type { Address } from './addressForms';
import { Buckets } from './bucket';
import type { Bucket } from './bucket';
import type { Candidate, Message } from './comparison';
import { ContainedTexts } from './containedTexts';
import { cutText, TELLING } from './textForms';

/** Finds the entries that a message has to be compared with: only those that have something in common with it. */
export type EntryIndex = (message: Message) => Bucket[];

/* Texts hold no line breaks once they are folded. */
const keyOf = (...parts: string[]) => parts.join('\n');

const UNREADABLE = keyOf('unreadable', '');
const CUT = keyOf('cut', '');

/** Finds entries to exactly the people of a message, with its text and from its sender. */
export function withExactly(candidates: Candidate[]): EntryIndex {
	const buckets = new Buckets();
	for (const candidate of candidates) {
		const { text, sender, people } = candidate;
		const keys = [...people.keys()].sort();
		if (text && sender) buckets.add(keyOf(text.text, addressKey(sender), ...keys), candidate);
	}
	return ({ text, sender, keys }) =>
		sender ? present(buckets.get(keyOf(text.text, addressKey(sender), ...keys))) : [];
}

/** Finds entries to the people of a message and perhaps others, with its text and from its sender. */
export function withAtLeast(candidates: Candidate[]): EntryIndex {
	const buckets = new Buckets();
	for (const candidate of candidates) {
		const { text, sender, people } = candidate;
		if (!text || !sender) continue;
		const said = text.hasGaps ? keyOf('gaps', text.core) : text.text;
		for (const key of people.keys()) buckets.add(keyOf(said, addressKey(sender), key), candidate);
	}
	// By the person with the fewest entries, or a text to thousands would be compared with the same text to others.
	return ({ text, sender, keys }) =>
		[text.text, keyOf('gaps', text.core)].flatMap((said) => {
			if (!sender) return [];
			const found = keys.map((key) => buckets.get(keyOf(said, addressKey(sender), key)));
			return found.every((bucket) => bucket !== undefined)
				? found.sort((a, b) => a.size - b.size).slice(0, 1)
				: [];
		});
}

/** Finds entries that name a person of a message, with a text that may be the same in another form. */
export function withAnyForm(candidates: Candidate[], messages: Message[]): EntryIndex {
	const buckets = new Buckets();
	const contained = new ContainedTexts(messages.map(({ text }) => text.text));
	const cutLengths = new Map<string, Set<number>>();
	for (const candidate of candidates) {
		const { text, people } = candidate;
		const beginning = text && cutText(text);
		const forms = text ? [...formsOf(text), ...contained.within(text.text)] : [UNREADABLE];
		if (beginning) forms.push(keyOf(CUT, beginning));
		for (const person of looseKeys([...people.values()].flat())) {
			for (const form of forms) buckets.add(keyOf(form, person), candidate);
			if (!beginning) continue;
			const lengths = cutLengths.get(person);
			if (lengths) lengths.add(beginning.length);
			else cutLengths.set(person, new Set([beginning.length]));
		}
	}
	return ({ text, people }) => {
		const found = looseKeys(people).map((person) => {
			const beginnings = [...(cutLengths.get(person) ?? [])]
				.filter((length) => length < text.text.length)
				.map((length) => keyOf(CUT, text.text.slice(0, length)));
			const forms = [...formsOf(text), ...beginnings, UNREADABLE];
			return forms.flatMap((form) => present(buckets.get(keyOf(form, person))));
		});
		const sizeOf = (list: Bucket[]) => list.reduce((sum, { size }) => sum + size, 0);
		// A person who is not named may be one that cannot be read.
		return found.filter((list) => list.length > 0).sort((a, b) => sizeOf(a) - sizeOf(b))[0] ?? [];
	};
}

function formsOf({ text, core, masked, hosts }: NonNullable<Candidate['text']>): string[] {
	return [
		text,
		...(core.length >= TELLING ? [keyOf('core', core)] : []),
		...(hosts.length > 0 ? [keyOf('masked', masked)] : []),
	];
}

function looseKeys(people: Address[]): string[] {
	return [...new Set(people.map(looseKey))];
}

function present(bucket: Bucket | undefined): Bucket[] {
	return bucket ? [bucket] : [];
}
