import type { IDataObject } from 'n8n-workflow';
import { idOf } from '../../../api/record';
import type { LedgerEntry } from './ledgerEntry';

/** Which message on Clerk Chat's record is whose, by its ID: none is taken for another one. */
export class Owners {
	private readonly sent = new Map<string, LedgerEntry>();

	/** What Clerk Chat marked as failed, the oldest first: no entry is left of it. */
	private readonly failed = new Set<string>();

	/** @param most how many failed ones stay */
	constructor(private readonly most: number) {}

	/** Whose a message is that was sent. */
	of(server: string, message: IDataObject): LedgerEntry | undefined {
		return this.sent.get(keyOf(server, message));
	}

	/** Whether a message is one of those, or failed. */
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
