import { sleep } from 'n8n-workflow';
import type { IDataObject } from 'n8n-workflow';
import { limits } from '../../../api/limits';
import { newSignal } from '../../../api/signal';
import type { Signal } from '../../../api/signal';
import { isShort, logsOf, runLog } from './ledgerEntry';
import type { LedgerEntry } from './ledgerEntry';
import { Owners } from './owners';

/** How much to keep of ended executions; `characters` counts their results as JSON. */
const MOST = { entries: 200_000, characters: 20_000_000 };

/** The ledger: the only place that knows what this process has sent, has in flight, or may have sent (docs/howSendingWorks.md). */
export class Ledger {
	/** Oldest first. */
	private readonly entries = new Set<LedgerEntry>();

	private readonly logs = new Map<string, LedgerEntry[]>();

	/** Whose messages are whose. */
	readonly owners: Owners;

	/** What is in flight, or may still arrive because n8n cancelled its request. The signal fires once that is over. */
	private readonly arriving = new Map<LedgerEntry, Signal>();

	/** By root: an execution's open runs, and an object that lives as long as n8n may run one of its nodes again. */
	private readonly running = new Map<string, { runs: number; execution?: WeakRef<object> }>();

	private characters = 0;

	/** When to prune. It grows if there is more that must stay. */
	private most: typeof MOST;

	/** The current moment, in ticks. */
	now = 0;

	/** @param limit for tests: how much to keep of ended executions */
	constructor(private readonly limit = MOST) {
		this.most = limit;
		this.owners = new Owners(limit.entries);
	}

	/** Opens a run of an execution. Its entries stay until the run is closed, and as long as `execution` is in memory. */
	open(root: string, execution?: object): void {
		const { runs = 0, execution: known } = this.running.get(root) ?? {};
		const held = execution ? new WeakRef(execution) : known;
		this.running.set(root, { runs: runs + 1, execution: held });
	}

	close(root: string): void {
		const known = this.running.get(root);
		if (known) known.runs--;
		this.prune();
	}

	has(entry: LedgerEntry): boolean {
		return this.entries.has(entry);
	}

	/** Adds an entry. The caller has checked, in the same tick, that nothing is in its way. */
	add(entry: Omit<LedgerEntry, 'tick'>): LedgerEntry {
		const tick = ++this.now;
		const added: LedgerEntry = Object.assign(entry, { tick: { began: tick, moved: tick } });
		this.entries.add(added);
		for (const log of logsOf(added)) {
			const entries = this.logs.get(log);
			if (entries) entries.push(added);
			else this.logs.set(log, [added]);
		}
		if (added.state === 'inFlight') this.arriving.set(added, newSignal());
		if (added.state === 'sent') this.keepResults(added);
		return added;
	}

	/**
	 * Moves an entry to another state (compare-and-set): what was sent stays sent, and what was removed stays removed.
	 * @param mayStillArrive whether n8n itself cancelled the request; the message may then still arrive, for as long as
	 * the record is searched
	 */
	move(
		entry: LedgerEntry,
		change: Partial<LedgerEntry> & Pick<LedgerEntry, 'state'>,
		mayStillArrive = false,
	): void {
		if (!this.has(entry) || entry.state === 'sent') return;
		Object.assign(entry, change);
		entry.tick.moved = ++this.now;
		if (change.state === 'sent') {
			delete entry.message;
			delete entry.words;
			this.keepResults(entry);
		}
		if (mayStillArrive) void sleep(limits.longestSearch).then(() => this.settle(entry));
		else this.settle(entry);
	}

	/** Updates a sent entry to what Clerk Chat's record shows now. */
	renew(entry: LedgerEntry, results: IDataObject[]): void {
		if (!this.has(entry) || entry.state !== 'sent') return;
		this.forgetResults(entry);
		entry.results = results;
		this.keepResults(entry);
	}

	/** Removes an entry that was certainly not sent. */
	remove(entry: LedgerEntry): void {
		if (!this.entries.delete(entry)) return;
		this.forgetResults(entry);
		for (const log of logsOf(entry)) {
			const entries = this.logs.get(log) ?? [];
			// It is usually one of the newest.
			entries.splice(entries.lastIndexOf(entry), 1);
			if (entries.length === 0) this.logs.delete(log);
		}
		this.settle(entry);
	}

	/** The entries of a log that began after a moment (in ticks), oldest first. */
	since(log: string, tick: number): LedgerEntry[] {
		const entries = this.logs.get(log) ?? [];
		let start = entries.length;
		while (start > 0 && entries[start - 1].tick.began > tick) start--;
		return entries.slice(start);
	}

	/** Entries, and those that went out with them to a group. */
	withTheirGroups(entries: LedgerEntry[]): Set<LedgerEntry> {
		const some = entries.filter(({ message }) => message && message.recipients.length > 1);
		const requests = new Set(some.map(({ request }) => request));
		const near = [...new Set(some.map(runLog))].flatMap((log) => this.since(log, 0));
		return new Set([...entries, ...near.filter(({ request }) => requests.has(request))]);
	}

	/** Another message in flight, or that may still arrive, that the record couldn't tell from one of these. */
	anotherArriving(entries: LedgerEntry[]): LedgerEntry | undefined {
		const keys = new Set(entries.map(({ recordKey }) => recordKey));
		keys.delete(undefined);
		const isOne = (entry: LedgerEntry) => keys.has(entry.recordKey) && !entries.includes(entry);
		return keys.size > 0 ? [...this.arriving.keys()].find(isOne) : undefined;
	}

	/** Waits until an entry is no longer in flight. */
	async untilSettled(entry: LedgerEntry): Promise<void> {
		await this.arriving.get(entry)?.fired;
	}

	private settle(entry: LedgerEntry): void {
		this.arriving.get(entry)?.fire();
		this.arriving.delete(entry);
	}

	private keepResults(entry: LedgerEntry): void {
		this.characters += sizeOf(entry);
		// Only messages are on the record; a contact may have the same ID.
		if (entry.recipient !== '') this.owners.add(entry);
	}

	private forgetResults(entry: LedgerEntry): void {
		this.characters -= sizeOf(entry);
		this.owners.remove(entry);
	}

	/** Drops the oldest entries of ended executions. */
	private prune(): void {
		for (const [root, { runs, execution }] of this.running) {
			if (runs === 0 && !execution?.deref()) this.running.delete(root);
		}
		if (this.entries.size <= this.most.entries && this.characters <= this.most.characters) return;
		let spare = this.entries.size - this.limit.entries * 0.9;
		const dropped: LedgerEntry[] = [];
		for (const entry of this.entries) {
			if (spare <= 0 && this.characters <= this.limit.characters * 0.9) break;
			if (this.running.has(entry.root) || this.arriving.has(entry)) continue;
			const short = entry.results?.map(({ id }) => ({ id }));
			if (spare-- > 0) dropped.push(entry);
			else if (short && !isShort(entry)) this.renew(entry, short);
		}
		for (const entry of dropped) {
			this.entries.delete(entry);
			this.forgetResults(entry);
		}
		for (const log of new Set(dropped.flatMap(logsOf))) {
			const left = this.since(log, 0).filter((entry) => this.has(entry));
			if (left.length > 0) this.logs.set(log, left);
			else this.logs.delete(log);
		}
		this.most = {
			entries: Math.max(this.limit.entries, this.entries.size * 1.1),
			characters: Math.max(this.limit.characters, this.characters * 1.1),
		};
	}
}

function sizeOf({ results }: LedgerEntry): number {
	return results ? JSON.stringify(results).length : 0;
}

/** The one ledger of this process. */
export const ledger = new Ledger();
