import { createHash, randomUUID } from 'node:crypto';
import type { IContextObject, IDataObject, INode } from 'n8n-workflow';
import type { Host } from '../requests/host';
import type { Words } from '../shared/errors';
import type { ApiRequest } from '../shared/operation';
import { recordsOfRetries } from './retries';

/** What is kept of a request: the results of one that was sent, or the words of one whose outcome is unknown. */
export type Remembered =
	| { outcome: 'sent'; results: IDataObject[] }
	| { outcome: 'unknown'; words?: Words; status?: number };

/** Where a request is remembered. */
export interface Place {
	/** The run of the node and the items (from 0) that it belongs to; for an agent's call its content. */
	key: string;
	/** What it asks for, hashed; empty when that cannot be said. */
	content: string;
}

/** Records by what the node's fields said when they were made, then by the key of their place. */
export type Records = Record<string, Record<string, Remembered & { content: string }>>;

/** What the node keeps in its own context: nothing but plain data. */
interface Kept {
	/** Tells this execution, and all that try it again, from others. */
	id: string;
	/** The execution that made it. In another one it has come along with the Retry button. */
	execution: string;
	records: Records;
}

/** Runs that went well but may be repeated at once, as long as their execution is in memory; never saved with it. */
const finished = new WeakMap<IContextObject, Record<string, Remembered>>();

/** Fields that say how something is sent, not what. */
const NOT_CONTENT = new Set(['options', 'requestOptions']);

/**
 * What was sent in this execution. It lives in the node's own context, which n8n keeps through the tries of Retry On
 * Fail and saves with the execution for its Retry button.
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

	private readonly made: Omit<Kept, 'records'>;

	/** In a retry: what all retries of the same execution did. */
	private readonly retries?: Records;

	constructor({ context, node, runIndex, isTool, executionId }: Host) {
		this.context = context;
		this.runIndex = runIndex;
		this.isTool = isTool;
		this.group = isTool ? 'tool' : fieldsHash(node);
		const { id, execution } = (context.sending ?? {}) as Partial<Kept>;
		this.made = { id: id ?? randomUUID(), execution: execution ?? executionId };
		// An agent's calls are forgotten when they went well, and are new ones when the agent is tried again.
		const isRetry = this.made.execution !== executionId && !isTool;
		if (isRetry) this.retries = recordsOfRetries(this.made.id);
		// Also while there is nothing to remember: a retry has to know that it is one.
		context.sending = this.kept as unknown as IDataObject;
	}

	/**
	 * The place of a request. Calls of an agent are told apart by their content alone: n8n counts each, and for MCP
	 * servers each try of Retry On Fail, as a run of its own, and what may have gone out in one must not go out in the
	 * next.
	 * @param request left out when the fields of the item are not usable
	 */
	placeOf(items: number[], request?: ApiRequest): Place {
		const content = request && hash([request.method, request.url, request.body]);
		const key = this.isTool ? (content ?? '') : `${this.runIndex}:${items.join()}`;
		return { key, content: content ?? this.kept.records[this.group]?.[key]?.content ?? '' };
	}

	get({ key, content }: Place): Remembered | undefined {
		const own = this.all.map((records) => records[this.group]?.[key]);
		const others = this.all.flatMap((records) => Object.values(records).map((group) => group[key]));
		const found = [
			...own,
			finished.get(this.context)?.[this.inRun(key)],
			...others.filter((record) => content !== '' && record?.content === content),
		].filter((record) => record !== undefined);
		// Sent after an edit, it may still stand as unknown among those from before.
		return found.find(({ outcome }) => outcome === 'sent') ?? found[0];
	}

	set({ key, content }: Place, record: Remembered): void {
		this.context.sending = this.kept as unknown as IDataObject;
		for (const records of this.all) {
			records[this.group] ??= {};
			records[this.group][key] = { ...record, content };
		}
	}

	forget({ key }: Place): void {
		for (const records of this.all) delete records[this.group]?.[key];
	}

	/** Whether others may be asking for the same at this moment: other calls of an agent, or other retries. */
	get isShared(): boolean {
		return this.isTool || this.retries !== undefined;
	}

	/** Whether nothing at all is remembered. */
	get isEmpty(): boolean {
		return this.all.every(isWithoutRecords) && !finished.has(this.context);
	}

	/**
	 * Forgets these requests, when all of a run went well: its results are in the execution's data anyway.
	 * @param keepFor who may still need them, in this process alone: n8n, which may run the node `again` at once, and
	 * other `retries` of the same execution
	 */
	forgetAll(places: Place[], keepFor: { again: boolean; retries: boolean }): void {
		const { records } = this.kept;
		if (keepFor.again) {
			const again = finished.get(this.context) ?? {};
			for (const place of places) {
				const record = this.get(place);
				if (record) again[this.inRun(place.key)] = record;
			}
			finished.set(this.context, again);
		}
		const keys = places.map(({ key }) => key);
		for (const all of keepFor.retries ? [records] : this.all) remove(all, keys);
		// A retry has to be known as one in the next run of a loop, too.
		if (isWithoutRecords(records) && !this.retries) delete this.context.sending;
	}

	/** What went well in one run says nothing of the next: an agent may say the same thing twice. */
	private inRun(key: string): string {
		return `${this.runIndex}/${key}`;
	}

	/** Looked up anew each time: an agent's tool calls run at the same time, and another one may have emptied it. */
	private get kept(): Kept {
		return (this.context.sending ?? { ...this.made, records: {} }) as unknown as Kept;
	}

	private get all(): Records[] {
		return this.retries ? [this.kept.records, this.retries] : [this.kept.records];
	}
}

/** Removes records, and the groups that are empty then. */
function remove(records: Records, keys: string[]): void {
	for (const [name, group] of Object.entries(records)) {
		for (const key of keys) delete group[key];
		if (Object.keys(group).length === 0) delete records[name];
	}
}

function isWithoutRecords(records: Records): boolean {
	return Object.values(records).every((group) => Object.keys(group).length === 0);
}

function fieldsHash({ parameters }: INode): string {
	return hash(Object.entries(parameters).filter(([name]) => !NOT_CONTENT.has(name)));
}

function hash(value: unknown): string {
	const digest = createHash('sha256').update(JSON.stringify(value)).digest('base64url');
	return digest.slice(0, 22);
}
