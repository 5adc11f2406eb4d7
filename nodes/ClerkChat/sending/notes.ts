import type { IDataObject } from 'n8n-workflow';
import type { Words } from '../../api/faults';
import type { Sought } from '../../api/matching';

/**
 * What Clerk Chat's record can be searched for later. By this machine's clock, in ms: `since`, when it was asked for;
 * `until`, when its request had ended. Of what n8n was stopped at, nobody knows that. `first`: when an earlier try asked
 * for it, whose outcome is not known either.
 */
export type Searchable = Omit<Sought, 'after' | 'before'> & {
	since: number;
	until?: number;
	first?: number;
};

/** What may be noted of a request. */
export type Noted =
	/** The results that came of it. `sharedBy`: the items (from 0) whose results they are when they cannot be told apart. */
	| { outcome: 'done'; results: IDataObject[]; sharedBy?: number[] }
	/** It may have been done, and what was said of that. */
	| { outcome: 'unknown'; words?: Words; status?: number; sought?: Searchable }
	/** It is being made. */
	| { outcome: 'onItsWay'; sought?: Searchable };

/** A note: nothing but plain data, for it is saved with the execution. */
export type Note = Noted &
	Pick<Fingerprint, 'fields' | 'content'> & {
		/** Of a part of an item: what the item asks for as one request, hashed. */
		whole?: string;
	};

/** Notes by their key. There are several with one key when the fields were edited in between. */
export type Notes = Record<string, Note[]>;

/** What the request of an item is noted under, and what tells which of those notes count for it. */
export interface Fingerprint {
	/** The run of the node and the item (from 0); for an agent's call what it asks for. */
	key: string;
	/** What the node's fields say, hashed. */
	fields: string;
	/** What the request asks for, hashed; '' when that cannot be said. */
	content: string;
	/** Of a part of an item: the same for the item as one request, which an earlier try may have made. */
	whole?: { key: string; content: string };
}

/** Whether a note with the key of a fingerprint counts for it. Where it cannot be told what is asked for, each does. */
export function isOf(note: Note, { fields, content }: Fingerprint): boolean {
	return content === '' || note.fields === fields || note.content === content;
}

/**
 * Adds a note in the place of the one that was made under the same fields. What somebody else has done meanwhile stays: a
 * doubt of one's own says nothing of it.
 */
export function put(notes: Notes, key: string, note: Note): void {
	const others = (notes[key] ?? []).filter(
		({ fields, outcome }) =>
			fields !== note.fields || (outcome === 'done' && note.outcome !== 'done'),
	);
	notes[key] = [...others, note];
}

/** Removes the notes with a key that are `unwanted`. */
export function remove(notes: Notes, key: string, unwanted: (note: Note) => boolean): void {
	const left = (notes[key] ?? []).filter((note) => !unwanted(note));
	if (left.length > 0) notes[key] = left;
	else delete notes[key];
}
