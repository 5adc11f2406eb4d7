import { createHash } from 'node:crypto';
import type { IContextObject, IDataObject, INode } from 'n8n-workflow';
import type { Host } from '../requests/host';
import type { Words } from '../shared/errors';
import type { ApiRequest } from '../shared/operation';

/** What is kept of a request: the results of one that was sent, or the words of one whose outcome is unknown. */
export type Remembered =
	| { outcome: 'sent'; results: IDataObject[] }
	| { outcome: 'unknown'; words?: Words; status?: number };

/** Where a request is remembered. */
export interface Place {
	/** The run of the node and the items (from 0) that it belongs to; for an agent's call its content. */
	key: string;
	/** What it asks for, hashed. */
	content: string;
}

/** A record as it is stored, by key, among those that were made with the same settings of the node. */
type Group = Record<string, Remembered & { content: string }>;

/** Runs that went well but may be repeated at once, as long as their execution is in memory; never saved with it. */
const finished = new WeakMap<IContextObject, Record<string, Remembered>>();

/** Fields that say how something is sent, not what. */
const NOT_CONTENT = new Set(['options', 'requestOptions']);

/**
 * What was sent in this execution. It lives in the node's own context, which n8n keeps through the tries of Retry On
 * Fail and saves with the execution for its Retry button; it must hold nothing but plain data.
 *
 * A request is found again when the node's fields say the same as then, whatever has become of their expressions: those
 * may hold the time or a random number, and then ask for something else in each try. When somebody edited the fields
 * before using the Retry button, it is found again by its content.
 */
export class Memory {
	private readonly context: IContextObject;

	private readonly runIndex: string;

	private readonly isTool: boolean;

	/** The name of the group of records that the node as it is now makes. */
	private readonly group: string;

	constructor({ context, node, runIndex, isTool }: Host) {
		this.context = context;
		this.runIndex = runIndex;
		this.isTool = isTool;
		this.group = isTool ? 'tool' : fieldsHash(node);
	}

	/**
	 * The place of a request. Calls of an agent are told apart by their content alone: n8n counts each, and for MCP
	 * servers each try of Retry On Fail, as a run of its own, and what may have gone out in one must not go out in the
	 * next.
	 */
	placeOf(items: number[], { method, url, body }: ApiRequest): Place {
		const content = hash([method, url, body]);
		return { key: this.isTool ? content : `${this.runIndex}:${items.join()}`, content };
	}

	get({ key, content }: Place): Remembered | undefined {
		const own = this.groups[this.group]?.[key] ?? finished.get(this.context)?.[this.inRun(key)];
		if (own) return own;
		const others = Object.values(this.groups).map((group) => group[key]);
		return others.find((record) => record?.content === content);
	}

	set({ key, content }: Place, record: Remembered): void {
		this.context.sending ??= {};
		const groups = this.groups;
		groups[this.group] ??= {};
		groups[this.group][key] = { ...record, content };
	}

	forget({ key }: Place): void {
		delete this.groups[this.group]?.[key];
	}

	/** Whether nothing at all is remembered. */
	get isEmpty(): boolean {
		return Object.values(this.groups).every((group) => Object.keys(group).length === 0);
	}

	/**
	 * Forgets these requests, when all of a run went well: its results are in the execution's data anyway.
	 * @param mayRunAgain whether n8n may run the node once more at once; this process keeps the records for that
	 */
	forgetAll(places: Place[], mayRunAgain: boolean): void {
		const kept = finished.get(this.context) ?? {};
		for (const place of places) {
			const record = this.get(place);
			if (mayRunAgain && record) kept[this.inRun(place.key)] = record;
			for (const group of Object.values(this.groups)) delete group[place.key];
		}
		if (mayRunAgain) finished.set(this.context, kept);
		if (this.isEmpty) delete this.context.sending;
	}

	/** What went well in one run says nothing of the next: an agent may say the same thing twice. */
	private inRun(key: string): string {
		return `${this.runIndex}/${key}`;
	}

	/** Looked up anew each time: an agent's tool calls run at the same time, and another one may have emptied it. */
	private get groups(): Record<string, Group> {
		return (this.context.sending ?? {}) as Record<string, Group>;
	}
}

function fieldsHash({ parameters }: INode): string {
	return hash(Object.entries(parameters).filter(([name]) => !NOT_CONTENT.has(name)));
}

function hash(value: unknown): string {
	const digest = createHash('sha256').update(JSON.stringify(value)).digest('base64url');
	return digest.slice(0, 22);
}
