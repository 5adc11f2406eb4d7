import { put, remove } from './notes';
import type { Note, Notes } from './notes';

/** How much is held of all retries, in characters of JSON. */
const LARGEST = 20_000_000;

let total = 0;

/** By what tells the failed execution from others; those whose last retry is longest ago come first. */
const held = new Map<string, Retries>();

/**
 * What was done by the executions that tried a failed one again with n8n's Retry button. Each of them begins with what
 * was saved of the failed one, where nothing of the others stands; and n8n leaves the button there when a retry has
 * failed. Only this process knows it, and no longer than it runs: a node has no place that all executions share and
 * that is saved in time.
 */
export class Retries {
	readonly notes: Notes = {};

	private size = 0;

	/** @param id what tells the failed execution from others */
	constructor(private readonly id: string) {}

	/** Notes something; whoever was not tried again for longest makes room for it. */
	put(key: string, note: Note): void {
		this.moveToEnd();
		this.resize(key, () => put(this.notes, key, note));
		for (const [id, oldest] of held) {
			if (total <= LARGEST || oldest === this) break;
			held.delete(id);
			total -= oldest.size;
		}
	}

	/** Forgets the notes of a place that are `unwanted`. */
	remove(key: string, unwanted: (note: Note) => boolean): void {
		this.resize(key, () => remove(this.notes, key, unwanted));
	}

	/** Whoever is sending at the moment is the last to be forgotten, and comes back when it was. */
	private moveToEnd(): void {
		const present = held.get(this.id);
		if (present !== undefined && present !== this) return;
		if (present === undefined) total += this.size;
		held.delete(this.id);
		held.set(this.id, this);
	}

	private resize(key: string, change: () => void): void {
		const sizeHere = () => JSON.stringify(this.notes[key] ?? '').length;
		const before = sizeHere();
		change();
		const grown = sizeHere() - before;
		this.size += grown;
		if (held.get(this.id) === this) total += grown;
	}
}

/** What all retries of an execution did so far. */
export function retriesOf(id: string): Retries {
	const retries = held.get(id) ?? new Retries(id);
	held.delete(id);
	held.set(id, retries);
	return retries;
}
