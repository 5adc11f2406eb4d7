import type { IDataObject } from 'n8n-workflow';
import { personOf } from '../../../api/person';
import { idOf } from '../../../api/record';
import { isMatched } from './ledgerEntry';
import type { LedgerEntry } from './ledgerEntry';

/**
 * Maps messages on Clerk Chat's record, by ID, to the entries that sent or skipped them, so that none is mistaken for
 * another. Also knows what certainly wasn't sent, which has no entry in the ledger any more.
 */
export class Owners {
	private readonly entries = new Map<string, LedgerEntry>();

	/** Messages that Clerk Chat marked as failed, oldest first. The ledger keeps no entry for them. */
	private readonly failed = new Set<string>();

	/** The IDs of entries that were certainly not sent: an execution saved earlier may still have them as unknown. */
	private readonly refused = new Set<string>();

	/** @param most how many failed messages and refused entries to remember */
	constructor(private readonly most: number) {}

	/**
	 * The entry of a message, if this process has one.
	 * @param recipient if it was matched on the record, prefers the entry for this person
	 */
	of(server: string, message: IDataObject, recipient?: unknown): LedgerEntry | undefined {
		const key = keyOf(server, message);
		return this.entries.get(forPerson(key, recipient)) ?? this.entries.get(key);
	}

	/** Whether this process sent a message, or Clerk Chat marked it as failed for this process. */
	has(server: string, message: IDataObject): boolean {
		const key = keyOf(server, message);
		return this.entries.has(key) || this.failed.has(key);
	}

	/** Whether an execution skipped a message, so that it is another one's. */
	isSkippedBy(root: string, server: string, message: IDataObject): boolean {
		return this.entries.has(skippedBy(root, keyOf(server, message)));
	}

	add(entry: LedgerEntry): void {
		for (const key of keysOf(entry)) if (!this.entries.has(key)) this.entries.set(key, entry);
	}

	addFailed(server: string, message: IDataObject): void {
		this.addTo(this.failed, keyOf(server, message));
	}

	/** Marks an entry as certainly not sent. */
	addRefused({ id }: LedgerEntry): void {
		this.addTo(this.refused, id);
	}

	isRefused({ id }: LedgerEntry): boolean {
		return this.refused.has(id);
	}

	private addTo(keys: Set<string>, key: string): void {
		keys.add(key);
		const [oldest] = keys;
		if (keys.size > this.most) keys.delete(oldest);
	}

	remove(entry: LedgerEntry): void {
		for (const key of keysOf(entry)) if (this.entries.get(key) === entry) this.entries.delete(key);
	}
}

function keysOf(entry: LedgerEntry): string[] {
	const { server, recipient, tries, root, results = [] } = entry;
	const keys = results.map((result) => keyOf(server, result));
	if (tries === 0) return keys.map((key) => skippedBy(root, key));
	return isMatched(entry) ? keys.flatMap((key) => [key, forPerson(key, recipient)]) : keys;
}

const skippedBy = (root: string, key: string): string => `${root} skipped ${key}`;

const forPerson = (key: string, recipient: unknown): string => `${key} ${personOf(recipient)}`;

function keyOf(server: string, message: IDataObject): string {
	return `${server} ${idOf(message)}`;
}
