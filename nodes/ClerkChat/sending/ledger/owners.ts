import type { IDataObject } from 'n8n-workflow';
import { idOf } from '../../../api/record';
import type { LedgerEntry } from './ledgerEntry';

/** Maps messages on Clerk Chat's record, by ID, to the entries that sent them, so that none is mistaken for another. */
export class Owners {
	private readonly sent = new Map<string, LedgerEntry>();

	/** Messages that Clerk Chat marked as failed, oldest first. The ledger keeps no entry for them. */
	private readonly failed = new Set<string>();

	/** @param most how many failed messages to remember */
	constructor(private readonly most: number) {}

	/** The entry that sent a message; undefined if this process didn't send it. */
	of(server: string, message: IDataObject): LedgerEntry | undefined {
		return this.sent.get(keyOf(server, message));
	}

	/** Whether this process sent a message, or Clerk Chat marked it as failed for this process. */
	has(server: string, message: IDataObject): boolean {
		const key = keyOf(server, message);
		return this.sent.has(key) || this.failed.has(key);
	}

	add(entry: LedgerEntry): void {
		for (const key of keysOf(entry)) if (!this.sent.has(key)) this.sent.set(key, entry);
	}

	addFailed(server: string, message: IDataObject): void {
		this.failed.add(keyOf(server, message));
		const [oldest] = this.failed;
		if (this.failed.size > this.most) this.failed.delete(oldest);
	}

	remove(entry: LedgerEntry): void {
		for (const key of keysOf(entry)) if (this.sent.get(key) === entry) this.sent.delete(key);
	}
}

function keysOf({ server, results = [] }: LedgerEntry): string[] {
	return results.map((result) => keyOf(server, result));
}

function keyOf(server: string, message: IDataObject): string {
	return `${server} ${idOf(message)}`;
}
