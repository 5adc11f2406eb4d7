import { firstWhere } from './firstWhere';
import { MOST_ADDED, TELLING } from './textForms';

/** Finds which of many texts occur inside another one, in a time that doesn't depend on how many there are. */
export class ContainedTexts {
	private readonly texts = new Set<string>();

	/** By the beginning of a text: its length, and then its ending. */
	private readonly endings = new Map<string, Map<number, Set<string>>>();

	private readonly known = new Map<string, string[]>();

	constructor(texts: Iterable<string>) {
		for (const text of texts) {
			if (text.length < TELLING || this.texts.has(text)) continue;
			this.texts.add(text);
			const alike = getOrMake(this.endings, text.slice(0, TELLING), () => new Map());
			getOrMake(alike, text.length, () => new Set()).add(text.slice(-TELLING));
		}
	}

	/** The texts inside a longer one that has at most the allowed number of characters around them. */
	within(longer: string): string[] {
		return getOrMake(this.known, longer, () => {
			const found = new Set<string>();
			for (let start = 0; start <= Math.min(MOST_ADDED, longer.length - TELLING); start++) {
				const alike = this.endings.get(longer.slice(start, start + TELLING)) ?? [];
				for (const [length, endings] of alike) {
					const added = longer.length - length;
					if (added <= 0 || added > MOST_ADDED || start > added) continue;
					const end = start + length;
					if (!endings.has(longer.slice(end - TELLING, end))) continue;
					const text = longer.slice(start, end);
					if (this.texts.has(text)) found.add(text);
				}
			}
			return [...found];
		});
	}
}

/** Finds which of many texts another one begins with. */
export class Beginnings {
	private readonly sorted: string[];

	constructor(texts: Iterable<string>) {
		this.sorted = [...new Set(texts)].sort(inOrder);
	}

	/** The texts that a longer one begins with, the longest first. */
	of(longer: string): string[] {
		const found: string[] = [];
		let bound = longer.slice(0, -1);
		while (bound !== '') {
			const end = firstWhere(this.sorted, (text) => text > bound);
			const before: string | undefined = this.sorted[end - 1];
			if (before === undefined) break;
			const common = inCommon(before, bound);
			if (common === before.length) found.push(before);
			bound = longer.slice(0, common === before.length ? common - 1 : common);
		}
		return found;
	}
}

function inOrder(one: string, other: string): number {
	return one < other ? -1 : one > other ? 1 : 0;
}

function inCommon(one: string, other: string): number {
	let length = 0;
	while (length < one.length && one[length] === other[length]) length++;
	return length;
}

function getOrMake<K, V>(map: Map<K, V>, key: K, make: () => V): V {
	const known = map.get(key);
	if (known !== undefined) return known;
	const made = make();
	map.set(key, made);
	return made;
}
