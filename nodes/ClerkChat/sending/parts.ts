import type { Fingerprint, Note, Notes } from './notes';

/**
 * What is remembered of items that went out in parts, such as a message for each number, or in one. Somebody may have
 * changed that between two tries, and whoever was texted in one way is not texted in the other.
 */
export class Parts {
	/** By item. Read once: with thousands of items, it is asked for by each of them. */
	private byItem?: Map<string, Set<string>>;

	/** @param all the notes of this execution, and of its retries */
	constructor(private readonly all: () => Notes[]) {}

	/** The keys of the parts of an item that earlier tries noted. */
	keysOf(item: string): string[] {
		this.byItem ??= this.read();
		return [...(this.byItem.get(item) ?? [])];
	}

	/** What was noted of the same request under another key: of a part as the whole item, of an item as one of its parts. */
	elsewhere({ key, content, whole }: Fingerprint): Note[] {
		if (whole) {
			return this.notesOf(whole.key).filter(
				(note) => note.content === whole.content || note.content === content,
			);
		}
		return this.notesOfParts(key).filter((note) => content !== '' && note.content === content);
	}

	/** Whether parts of a request were made, or may have been, that is not one of them itself. */
	haveMade({ key, fields, content }: Fingerprint): boolean {
		const notes = this.notesOfParts(key);
		return (
			notes.some(
				({ whole, fields: before }) =>
					whole !== undefined && (whole === content || before === fields),
			) && !notes.some((note) => note.content === content)
		);
	}

	private notesOfParts(item: string): Note[] {
		return this.keysOf(item).flatMap((key) => this.notesOf(key));
	}

	private notesOf(key: string): Note[] {
		return this.all().flatMap((notes) => notes[key] ?? []);
	}

	private read(): Map<string, Set<string>> {
		const parts = new Map<string, Set<string>>();
		for (const key of this.all().flatMap(Object.keys)) {
			const [run, item, ...part] = key.split(':');
			if (part.length === 0) continue;
			const whole = `${run}:${item}`;
			parts.set(whole, (parts.get(whole) ?? new Set()).add(key));
		}
		return parts;
	}
}
