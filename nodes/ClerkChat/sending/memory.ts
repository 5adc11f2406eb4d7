import { createHash } from 'node:crypto';
import type { IContextObject, IDataObject } from 'n8n-workflow';
import type { Words } from '../shared/errors';
import type { ApiRequest } from '../shared/operation';

/** What is kept of a request: the results of one that was sent, or the words of one whose outcome is unknown. */
export type Remembered =
	| { outcome: 'sent'; results: IDataObject[] }
	| { outcome: 'unknown'; words?: Words; status?: number };

/**
 * What was sent in this execution. It lives in the node's own context, which n8n keeps through the tries of Retry On
 * Fail and saves with the execution for its Retry button; it must hold nothing but plain data.
 */
export class Memory {
	private readonly records: Record<string, Remembered>;

	/**
	 * @param context `getContext('node')` of the node
	 * @param run what tells this run of the node from its other runs in the same execution (loops)
	 */
	constructor(
		private readonly context: IContextObject,
		private readonly run: string,
	) {
		context.sending ??= {};
		this.records = context.sending as Record<string, Remembered>;
	}

	/** The name under which a request is remembered: run, first item (from 0) and content. */
	keyOf(itemIndex: number, { method, url, body }: ApiRequest): string {
		const content = createHash('sha256').update(JSON.stringify([method, url, body]));
		return `${this.run}:${itemIndex}:${content.digest('base64url').slice(0, 22)}`;
	}

	get(key: string): Remembered | undefined {
		return this.records[key];
	}

	set(key: string, record: Remembered): void {
		this.records[key] = record;
	}

	forget(key: string): void {
		delete this.records[key];
	}

	/** Forgets this run, when all of it went well: its results are in the execution's data anyway. */
	forgetRun(): void {
		for (const key of Object.keys(this.records)) {
			if (key.startsWith(`${this.run}:`)) delete this.records[key];
		}
		if (Object.keys(this.records).length === 0) delete this.context.sending;
	}
}
