import type { IContextObject } from 'n8n-workflow';
import type { Host } from '../host';
import type { ApiRequest } from '../../api/requester';
import { hash, hashOfFields } from './hashes';
import { keptIn } from './kept';
import type { Kept } from './kept';
import { isOf, put, remove } from './notes';
import type { Note, Noted, Notes, Fingerprint } from './notes';
import { Parts } from './parts';
import { retriesOf } from './retries';
import type { Retries } from './retries';
import { SameMoment } from './sameMoment';

/** The notes of what this process makes at this moment. A note that was saved and read again is another object. */
const onTheirWay = new WeakSet<Note>();

/** The notes of runs that ended well but may be repeated at once, by run; never saved with their execution. */
const ended = new WeakMap<IContextObject, Map<string, Notes>>();

/**
 * What was sent in this execution. It lives in the node's own context, which n8n keeps through the tries of Retry On
 * Fail and saves with the execution for its Retry button.
 *
 * A note counts when the node's fields say the same as then, whatever has become of their expressions: those may hold
 * the time or a random number, and then ask for something else in each try. When somebody edited the fields before
 * using the Retry button, it counts when the request is the same.
 */
export class Memory {
	private readonly context: IContextObject;

	private readonly runIndex: string;

	private readonly isTool: boolean;

	private readonly fields: string;

	private readonly kept: Kept;

	/** In a retry: what all retries of the same execution did. */
	private readonly retries?: Retries;

	private readonly sameMoment: SameMoment;

	private readonly parts = new Parts(() => this.all);

	constructor(host: Host) {
		const { context, node, runIndex, isTool, executionId } = host;
		this.context = context;
		this.runIndex = runIndex;
		this.isTool = isTool;
		this.sameMoment = new SameMoment(context);
		this.fields = isTool ? '' : hashOfFields(node);
		this.kept = keptIn(host);
		// An agent's calls are forgotten when they went well, and are new ones when the agent is tried again.
		if (this.kept.execution !== executionId && !isTool) this.retries = retriesOf(this.kept.id);
		for (const [key, notes] of Object.entries(ended.get(context)?.get(runIndex) ?? {})) {
			for (const note of notes) put(this.own, key, note);
		}
	}

	/**
	 * What an item's request is noted under. Calls of an agent are told apart by what they ask for: n8n counts each, and for MCP
	 * servers each try of Retry On Fail, as a run of its own, and what may have gone out in one must not go out in the
	 * next.
	 * @param request left out when the fields of the item are not usable
	 * @param part tells it from other parts of the item, whatever their order; left out when there is one
	 * @param whole that of the request of which it is a part
	 */
	fingerprintOf(
		item: number,
		request?: ApiRequest,
		part?: string,
		whole?: Fingerprint,
	): Fingerprint {
		const content = contentOf(request);
		const place = part === undefined ? '' : `:${part}`;
		const key = this.isTool ? content : `${this.runIndex}:${item}${place}`;
		return { key, fields: this.fields, content, whole };
	}

	/** What is remembered of an item whose fields are not usable: of each of its parts, and what the item has itself. */
	fingerprintsOf(item: number): Fingerprint[] {
		const whole = this.fingerprintOf(item);
		return [...this.parts.keysOf(whole.key).map((key) => ({ ...whole, key })), whole];
	}

	/** Whether an earlier try made parts of a request that now goes out as one. */
	wentApart(fingerprint: Fingerprint): boolean {
		return this.parts.haveMade(fingerprint);
	}

	/**
	 * What is remembered of a request: that it was done before that it is being made, and that before a doubt. Of an item
	 * whose fields are not usable it is everything, since it cannot be told what it asks for.
	 */
	recall(fingerprint: Fingerprint): Note | undefined {
		const meanwhile = this.isTool ? this.sameMoment.doneMeanwhile(fingerprint.key) : undefined;
		if (meanwhile) return meanwhile;
		const found = this.all.flatMap((notes) =>
			(notes[fingerprint.key] ?? []).filter((note) => isOf(note, fingerprint)),
		);
		found.push(...this.parts.elsewhere(fingerprint));
		return (
			found.find(({ outcome }) => outcome === 'done') ??
			found.find((note) => this.isOnItsWay(note)) ??
			found[0]
		);
	}

	/**
	 * Whether somebody makes the request of a note at this moment, or has made it since this run began. Another retry's
	 * result is the result of this one, too; each call of an agent is on its own.
	 */
	isOnItsWay(note: Note): boolean {
		if (note.outcome === 'done' && !this.isTool) return false;
		return onTheirWay.has(note) || this.sameMoment.isOfAnother(note);
	}

	/** Notes what became of a request, in the place of what was noted under the same fields. */
	note({ key, fields, content, whole }: Fingerprint, noted: Noted): void {
		const note: Note = { ...noted, fields, content, ...(whole && { whole: whole.content }) };
		if (noted.outcome === 'onItsWay') onTheirWay.add(note);
		else this.sameMoment.made(note);
		put(this.own, key, note);
		this.retries?.put(key, note);
	}

	/**
	 * Takes over what was remembered, because it may be known only to this process, or only by what it asks for.
	 * @param note as {@link recall} gave it for it
	 */
	takeOver({ key, fields, content }: Fingerprint, note: Note): void {
		// What another call did is none of this one's results.
		if (this.isTool && note.outcome === 'done') return;
		// What cannot be told to be the same counts under its own fields alone.
		const copy: Note = content === '' ? { ...note } : { ...note, fields, content };
		if (!onTheirWay.has(note)) {
			put(this.own, key, copy);
			this.retries?.put(key, copy);
		} else if (this.retries) {
			// Whoever makes it notes the end; the execution's own data have to say that it may have been done.
			const { sought } = note.outcome === 'onItsWay' ? note : { sought: undefined };
			const { fields: itsFields, content: itsContent } = copy;
			put(this.own, key, {
				fields: itsFields,
				content: itsContent,
				outcome: 'unknown',
				...(sought && { sought }),
			});
		}
	}

	/** Forgets a doubt that turned out to be none: the request was certainly not done. */
	forget({ key, fields, content }: Fingerprint): void {
		const isDoubt = (note: Note) =>
			note.outcome !== 'done' &&
			!onTheirWay.has(note) &&
			(note.fields === fields || note.content === content);
		remove(this.own, key, isDoubt);
		this.retries?.remove(key, isDoubt);
	}

	/** Puts back what was remembered before a request was made, which may be nothing. */
	restore({ key, fields }: Fingerprint, before: Note | undefined): void {
		// What another retry has done meanwhile stays.
		const own = (note: Note) => note.fields === fields && note.outcome !== 'done';
		remove(this.own, key, own);
		this.retries?.remove(key, own);
		if (!before) return;
		put(this.own, key, before);
		this.retries?.put(key, before);
	}

	/** Whether this execution was started in the editor, or tries one again that was. */
	get isOfTestRun(): boolean {
		return this.kept.isTestRun === true;
	}

	/** Whether another workflow called this one, or this tries one again that was called so. */
	get isOfSubWorkflow(): boolean {
		return this.kept.isSubWorkflow === true;
	}

	/** Whether others may be asking for the same at this moment: other calls of an agent, or other retries. */
	get isShared(): boolean {
		return this.isTool || this.retries !== undefined;
	}

	/** Whether nothing at all is remembered. */
	get isEmpty(): boolean {
		return this.all.every((notes) => Object.keys(notes).length === 0);
	}

	/**
	 * Takes the notes of a run that gives out its items out of the execution's data: n8n saves what comes out, and no
	 * later try reads them. An agent's calls have no run of their own, so what may have been done stays.
	 * @param calls what an agent's call asked for
	 * @param keepFor who may need them all the same, in this process alone: n8n, which may run the node `again` at once,
	 * and other `retries` of the same execution
	 */
	endRun(calls: Fingerprint[], keepFor: { again: boolean; retries: boolean }): void {
		const keys = this.isTool
			? calls.map(({ key }) => key)
			: Object.keys(this.own).filter((key) => key.startsWith(`${this.runIndex}:`));
		const notes: Notes = {};
		for (const key of keys) {
			const done = (this.own[key] ?? []).find(({ outcome }) => outcome === 'done');
			if (this.isTool && done) this.sameMoment.keep(key, done);
			if (this.own[key]) notes[key] = this.own[key];
			remove(this.own, key, ({ outcome }) => !this.isTool || outcome === 'done');
			if (!keepFor.retries) this.retries?.remove(key, () => true);
		}
		if (Object.keys(this.own).length === 0) delete this.kept.notes;
		if (!keepFor.again) return;
		const runs = ended.get(this.context) ?? new Map<string, Notes>();
		ended.set(this.context, runs.set(this.runIndex, notes));
	}

	private get own(): Notes {
		return (this.kept.notes ??= {});
	}

	private get all(): Notes[] {
		return this.retries ? [this.own, this.retries.notes] : [this.own];
	}
}

function contentOf(request: ApiRequest | undefined): string {
	return request ? hash([request.method, request.url, request.body]) : '';
}
