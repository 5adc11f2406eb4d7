import { MOST_ADDED, TELLING } from './textForms';

/** Finds which of many texts stand within another one, in a time that does not depend on how many there are. */
export class ContainedTexts {
	private readonly texts = new Set<string>();

	/** How long the texts are, by how they begin. */
	private readonly lengths = new Map<string, Set<number>>();

	private readonly known = new Map<string, string[]>();

	constructor(texts: Iterable<string>) {
		for (const text of texts) {
			if (text.length < TELLING) continue;
			this.texts.add(text);
			const beginning = text.slice(0, TELLING);
			const lengths = this.lengths.get(beginning);
			if (lengths) lengths.add(text.length);
			else this.lengths.set(beginning, new Set([text.length]));
		}
	}

	/** Which texts a longer one contains that has no more than the allowed number of characters around them. */
	within(longer: string): string[] {
		const known = this.known.get(longer);
		if (known) return known;
		const found = new Set<string>();
		for (let start = 0; start <= Math.min(MOST_ADDED, longer.length - TELLING); start++) {
			for (const length of this.lengths.get(longer.slice(start, start + TELLING)) ?? []) {
				const added = longer.length - length;
				if (added <= 0 || added > MOST_ADDED || start > added) continue;
				const text = longer.slice(start, start + length);
				if (this.texts.has(text)) found.add(text);
			}
		}
		this.known.set(longer, [...found]);
		return [...found];
	}
}
