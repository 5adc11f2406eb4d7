import { ledger } from './ledger';
import type { LedgerEntry } from './ledgerEntry';

/** Reads a log of the ledger, each entry only once, however many items ask. */
export class LogReader {
	/** What it has read so far. Whoever takes an entry deletes it here. */
	readonly entries = new Set<LedgerEntry>();

	private seen = 0;

	constructor(
		private readonly log: string,
		private readonly wants: (entry: LedgerEntry) => boolean = () => true,
	) {}

	read(): Set<LedgerEntry> {
		for (const entry of this.news()) this.entries.add(entry);
		return this.entries;
	}

	/** The entries added since the last call. */
	news(): LedgerEntry[] {
		const added = ledger.since(this.log, this.seen);
		this.seen = ledger.now;
		return added.filter(this.wants);
	}
}
