import { addressKey, looseKey } from './addressForms';
import type { Address } from './addressForms';
import { Buckets } from './bucket';
import type { Bucket } from './bucket';
import type { Candidate, Message } from './comparison';
import { lossesOf } from './characterLoss';
import { Beginnings, ContainedTexts } from './containedTexts';
import { cutText, TELLING } from './textForms';

/** Returns only the entries worth comparing with a message: those that share something with it. */
export type EntryIndex = (message: Message) => Bucket[];

/* Texts contain no line breaks after folding. */
const keyOf = (...parts: string[]) => parts.join('\n');

/* Marks for what entries can have in common. None of them can be a text. */
const [UNREADABLE, CUT, CORE, MASKED, GAPS, VAGUE] = [
	'?',
	'cut',
	'core',
	'masked',
	'gaps',
	'vague',
].map((name) => keyOf(name, ''));

/** Finds entries to exactly the people of a message, with its text and sender. */
export function withExactly(candidates: Candidate[]): EntryIndex {
	const buckets = new Buckets();
	for (const candidate of candidates) {
		const { text, sender, people, times } = candidate;
		const keys = [...people.keys()].sort();
		if (text && sender && !times.doubt)
			buckets.add(keyOf(text.text, addressKey(sender), ...keys), candidate);
	}
	return ({ text, sender, keys }) =>
		sender ? present(buckets.get(keyOf(text.text, addressKey(sender), ...keys))) : [];
}

/** Finds entries to the people of a message and possibly others, with its text and sender. */
export function withAtLeast(candidates: Candidate[]): EntryIndex {
	const buckets = new Buckets();
	for (const candidate of candidates) {
		const { text, sender, people, times } = candidate;
		if (!text || !sender || times.doubt) continue;
		const said = text.hasGaps ? keyOf(GAPS, text.narrow.core) : text.text;
		for (const key of people.keys()) buckets.add(keyOf(said, addressKey(sender), key), candidate);
	}
	// Look up the person with the fewest entries. Otherwise a text to thousands would be compared with the same text to
	// others.
	return ({ text, sender, keys }) =>
		[text.text, keyOf(GAPS, text.narrow.core)].flatMap((said) => {
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
	const asked = new Set(messages.flatMap(({ people }) => looseKeys(people)));
	const contained = new ContainedTexts(messages.map(({ text }) => text.text));
	const cut = new Map<string, Set<string>>();
	const hosts = new Map<string, Set<string>>();
	for (const candidate of candidates) {
		const { text, people, vague } = candidate;
		const those = looseKeys([...people.values()].flat()).filter((person) => asked.has(person));
		if (those.length === 0) continue;
		const forms = text ? [...formsOf(text), ...contained.within(text.text)] : [UNREADABLE];
		for (const person of those) {
			const beginning = text && cutText(text);
			if (beginning) addTo(cut, person, beginning);
			if (text?.hosts.length) addTo(hosts, keyOf(text.masked, person), String(text.hosts));
			for (const form of forms) {
				buckets.add(keyOf(form, person), candidate);
				// A person who isn't found may be one whose name can't be read.
				if (vague > 0) buckets.add(keyOf(form, person, VAGUE), candidate);
			}
		}
	}
	const beginnings = new Map<string, Beginnings>();
	const formsFor = ({ text }: Message, person: string) => {
		const known = beginnings.get(person) ?? new Beginnings(cut.get(person) ?? []);
		beginnings.set(person, known);
		const others = [...(hosts.get(keyOf(text.masked, person)) ?? [])];
		return [
			text.text,
			...known.of(text.text).map((beginning) => keyOf(CUT, beginning)),
			...lossesOf(text, TELLING).flatMap(({ core, special }) => [
				keyOf(CORE, core, special),
				keyOf(CORE, core, GAPS),
			]),
			...others
				.filter((each) => each !== String(text.hosts))
				.map((each) => keyOf(MASKED, text.masked, each)),
			UNREADABLE,
		];
	};
	return (message) => {
		const persons = looseKeys(message.people);
		const listed = (person: string, ...more: string[]) =>
			formsFor(message, person).flatMap((form) =>
				present(buckets.get(keyOf(form, person, ...more))),
			);
		if (persons.length === 1) return listed(persons[0]);
		const lists = persons.map((person) => listed(person));
		const sizeOf = (list: Bucket[]) => list.reduce((sum, { size }) => sum + size, 0);
		const [fewest = []] = lists.sort((a, b) => sizeOf(a) - sizeOf(b));
		return [...fewest, ...persons.flatMap((person) => listed(person, VAGUE))];
	};
}

function formsOf(text: NonNullable<Candidate['text']>): string[] {
	const { narrow, masked, hosts, hasGaps } = text;
	const beginning = cutText(text);
	return [
		text.text,
		keyOf(CORE, narrow.core, hasGaps ? GAPS : narrow.special),
		...(hosts.length > 0 ? [keyOf(MASKED, masked, String(hosts))] : []),
		...(beginning ? [keyOf(CUT, beginning)] : []),
	];
}

function addTo(sets: Map<string, Set<string>>, key: string, value: string): void {
	const set = sets.get(key);
	if (set) set.add(value);
	else sets.set(key, new Set([value]));
}

function looseKeys(people: Address[]): string[] {
	return [...new Set(people.map(looseKey))];
}

function present(bucket: Bucket | undefined): Bucket[] {
	return bucket ? [bucket] : [];
}
