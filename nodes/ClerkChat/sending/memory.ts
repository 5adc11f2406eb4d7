import { createHash } from 'node:crypto';
import type { IContextObject, IDataObject } from 'n8n-workflow';
import type { Words } from '../shared/errors';
import type { ApiRequest } from '../shared/operation';

/** What is kept of a request: the results of one that was sent, or the words of one whose outcome is unknown. */
export type Remembered =
	| { outcome: 'sent'; results: IDataObject[] }
	| { outcome: 'unknown'; words?: Words; status?: number };

/** Runs that went well but may be repeated at once, as long as their execution is in memory; never saved with it. */
const finished = new WeakMap<IContextObject, Record<string, Remembered>>();

/**
 * What was sent in this execution. It lives in the node's own context, which n8n keeps through the tries of Retry On
 * Fail and saves with the execution for its Retry button; it must hold nothing but plain data.
 */
export class Memory {
	/**
	 * @param context `getContext('node')` of the node
	 * @param run what tells this run of the node from its other runs in the same execution (loops)
	 */
	constructor(
		private readonly context: IContextObject,
		private readonly run: string,
	) {}

	/** The name under which a request is remembered: run, first item (from 0) and content. */
	keyOf(itemIndex: number, { method, url, body }: ApiRequest): string {
		const content = createHash('sha256').update(JSON.stringify([method, url, body]));
		return `${this.run}:${itemIndex}:${content.digest('base64url').slice(0, 22)}`;
	}

	get(key: string): Remembered | undefined {
		return this.records?.[key] ?? finished.get(this.context)?.[key];
	}

	set(key: string, record: Remembered): void {
		this.context.sending ??= {};
		(this.context.sending as Record<string, Remembered>)[key] = record;
	}

	forget(key: string): void {
		delete this.records?.[key];
	}

	/**
	 * Forgets these requests, when all of a run went well: its results are in the execution's data anyway.
	 * @param mayRunAgain whether n8n may run the node once more at once; this process keeps the records for that
	 */
	forgetAll(keys: string[], mayRunAgain: boolean): void {
		const kept = finished.get(this.context) ?? {};
		for (const key of keys) {
			const record = this.records?.[key];
			if (mayRunAgain && record) kept[key] = record;
			this.forget(key);
		}
		if (mayRunAgain) finished.set(this.context, kept);
		if (Object.keys(this.records ?? {}).length === 0) delete this.context.sending;
	}

	/** Looked up anew each time: an agent's tool calls run at the same time, and another one may have emptied it. */
	private get records(): Record<string, Remembered> | undefined {
		return this.context.sending as Record<string, Remembered> | undefined;
	}
}
