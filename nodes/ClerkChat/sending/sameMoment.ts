import type { IContextObject } from 'n8n-workflow';
import type { Note } from './notes';

/** Counts what happens in this process, so that it can be told what came after what. */
let moments = 0;

/** When a note was made, and by whose run. Of one that was saved and read again, that is not known. */
const made = new WeakMap<Note, { at: number; by: SameMoment }>();

/** What an agent's calls did last, by execution and by what they asked for; never saved. */
const lastDone = new WeakMap<IContextObject, Map<string, Note>>();

/**
 * What others ended while a run was under way. Whoever asks for the same at the same moment counts as the same, also
 * when one of them has ended before the other one comes to send, because that one had to look something up.
 */
export class SameMoment {
	private readonly began = ++moments;

	/** @param context the node's part of the execution's data */
	constructor(private readonly context: IContextObject) {}

	/** A note of this run's own. */
	made(note: Note): void {
		made.set(note, { at: ++moments, by: this });
	}

	/** Keeps what a call did for those that are under way now. */
	keep(key: string, note: Note): void {
		const notes = lastDone.get(this.context) ?? new Map<string, Note>();
		lastDone.set(this.context, notes.set(key, note));
	}

	/** What another call did since this one began. */
	doneMeanwhile(key: string): Note | undefined {
		const note = lastDone.get(this.context)?.get(key);
		return note && this.isOfAnother(note) ? note : undefined;
	}

	/** Whether another run made a note since this one began. */
	isOfAnother(note: Note): boolean {
		const { at, by } = made.get(note) ?? { at: 0, by: this };
		return by !== this && at > this.began;
	}
}
