import type { IDataObject } from 'n8n-workflow';
import { addressOf } from '../../../api/matching';
import { isFailed } from '../../../api/messageStatus';
import { ledger } from './ledger';
import { contentLog, runLog } from './ledgerEntry';
import type { Claim, LedgerEntry, Slot } from './ledgerEntry';
import { LogReader } from './logReader';
import type { Saved } from './saved';

/** The keys that match entries to claims, the most certain first. The content includes the recipient. */
const WAYS: Array<(claim: Claim) => string> = [
	({ item, content }) => `item ${item}: content ${content}`,
	({ content }) => `content ${content}`,
	// A text that contains the time differs in every try, but is still the same message.
	({ item, recipient, fields }) => `item ${item}: ${addressOf(recipient)} ${fields}`,
];

const itemOf = ({ item }: Pick<Claim, 'item'>): string => `item ${item}`;

const keysOf = (entry: LedgerEntry): string[] => [...WAYS, itemOf].map((keyOf) => keyOf(entry));

/** Assigns entries of the ledger to the claims of a run, each to one claim: equal items are separate messages. */
export class Claims {
	/** Entries that this run has begun, or taken over because they are the same piece of work. */
	private readonly own = new Map<Claim, LedgerEntry>();

	/** The reverse of `own`. */
	private readonly taken = new Map<LedgerEntry, Claim>();

	private readonly began = ledger.now;

	private readonly log: LogReader;

	/** Entries without a claim of this run, by key: from earlier tries, and from other retries of the execution. */
	private readonly free = new Map<string, Set<LedgerEntry>>();

	/** By request, the items that share its results. */
	private readonly sharers = new Map<string, number[]>();

	private readonly otherRuns = new Map<string, LogReader>();

	/**
	 * @param run the run of the node that claims
	 * @param isTool whether its claims are independent calls of an agent
	 */
	constructor(
		private readonly run: Pick<Slot, 'root' | 'node' | 'run'>,
		private readonly isTool: boolean,
		private readonly saved: Saved,
	) {
		this.log = new LogReader(runLog(run));
	}

	/** Assigns each claim what earlier tries did for it, first by content, wherever the item is now. */
	assign(claims: Claim[]): void {
		if (this.isTool) return;
		for (const find of this.ways()) {
			for (const claim of claims) if (!this.own.has(claim)) this.adopt(claim, find(claim));
		}
	}

	/**
	 * Takes what earlier tries did for an item whose fields are unusable now, so that its content isn't known.
	 * @returns the claims, grouped by the request they shared
	 */
	takeItem(item: number): Claim[][] {
		this.look();
		const byRequest = new Map<string, Claim[]>();
		for (const entry of this.free.get(itemOf({ item })) ?? []) {
			if (!this.isFree(entry)) continue;
			const claim: Claim = { ...entry };
			this.take(claim, entry);
			byRequest.set(entry.request, [...(byRequest.get(entry.request) ?? []), claim]);
		}
		return [...byRequest.values()];
	}

	/** What is in the way of a claim, if anything is. */
	entryOf(claim: Claim): LedgerEntry | undefined {
		const own = this.own.get(claim);
		if (own && ledger.has(own)) return own;
		// Another retry has taken it back.
		if (own) this.saved.remove(own);
		if (this.isTool) return this.otherCall(claim);
		for (const find of this.ways()) {
			const entry = find(claim);
			if (entry) return this.adopt(claim, entry);
		}
		return undefined;
	}

	/** The entry that this run has begun or taken over for a claim. */
	ownOf(claim: Claim): LedgerEntry | undefined {
		return this.own.get(claim);
	}

	/** The claim that an entry of this run belongs to. */
	claimOf(entry: LedgerEntry): Claim | undefined {
		return this.taken.get(entry);
	}

	/**
	 * The results of an item (from 0). If nobody can tell which results of a request are whose, its first item returns
	 * all of them, including those of items edited since.
	 * @returns `sharedBy`: the items that share them
	 */
	resultsOf(item: number, entries: LedgerEntry[]): { results: IDataObject[]; sharedBy?: number[] } {
		const [{ isShared, request }] = entries;
		if (!isShared) return { results: entries.flatMap(({ results = [] }) => results) };
		const sharedBy = this.sharers.get(request) ?? this.itemsOf(request);
		this.sharers.set(request, sharedBy);
		const all = sharedBy[0] === item ? ledger.since(runLog(entries[0]), 0) : [];
		const those = all.filter((entry) => entry.request === request);
		return { results: those.flatMap(({ results = [] }) => results), sharedBy };
	}

	/** The items of this run whose entries went out in a request. */
	private itemsOf(request: string): number[] {
		const claims = [...this.own].filter(([, entry]) => entry.request === request);
		return claims.map(([{ item }]) => item).sort((a, b) => a - b);
	}

	/** Assigns an entry to a claim, and saves it with the execution. */
	take(claim: Claim, entry?: LedgerEntry): LedgerEntry | undefined {
		if (!entry) return undefined;
		this.own.set(claim, entry);
		this.taken.set(entry, claim);
		for (const key of keysOf(entry)) this.free.get(key)?.delete(entry);
		this.otherRuns.get(entry.content)?.entries.delete(entry);
		this.saved.put(entry);
		return entry;
	}

	/** Takes over an entry of another run, which may still remove it. */
	private adopt(claim: Claim, entry?: LedgerEntry): LedgerEntry | undefined {
		if (entry && this.saved.runOf(entry) !== claim.run) this.saved.continueIn(claim.run, entry);
		return this.take(claim, entry);
	}

	/** The ways to find the entry for a claim, the most certain first. */
	private ways(): Array<(claim: Claim) => LedgerEntry | undefined> {
		this.look();
		const first = (entries: Set<LedgerEntry> = new Set()) => {
			for (const entry of entries) {
				if (this.isFree(entry)) return entry;
				// It will never be free: what was sent stays sent, and what is added again is read again.
				entries.delete(entry);
			}
			return undefined;
		};
		return [
			...WAYS.map((keyOf) => (claim: Claim) => first(this.free.get(keyOf(claim)))),
			(claim) => first(this.inOtherRuns(claim)),
		];
	}

	/**
	 * Whether a claim may take an entry that still exists: it wasn't sent, or this run returns it, or no run of this
	 * execution has returned it, because another retry sent it or it was found on record later.
	 */
	private isFree(entry: LedgerEntry): boolean {
		if (!ledger.has(entry)) return false;
		const run = this.saved.runOf(entry);
		if (entry.state !== 'sent' || run === undefined || run === this.run.run) return true;
		return entry.tries > 0 && !this.saved.messages.hasReturned(entry);
	}

	private look(): void {
		for (const entry of this.log.news()) {
			// One that another retry restores is free again: its claim here holds the attempt that failed.
			if (this.own.get(this.taken.get(entry)!) === entry) continue;
			for (const key of keysOf(entry)) {
				const entries = this.free.get(key) ?? new Set();
				this.free.set(key, entries.add(entry));
			}
		}
	}

	/** Entries with the same content from other runs, in a loop. */
	private inOtherRuns({ content }: Claim): Set<LedgerEntry> {
		const { root, node, run } = this.run;
		const known = this.otherRuns.get(content);
		if (known) return known.read();
		const isOther = (entry: LedgerEntry) => entry.root === root && entry.run !== run;
		const reader = new LogReader(contentLog({ node, content }), isOther);
		this.otherRuns.set(content, reader);
		return reader.read();
	}

	/** An agent's call for the same: in flight, unknown, sent but not delivered, or ended since this call began. */
	private otherCall(claim: Claim): LedgerEntry | undefined {
		const calls = ledger.since(runLog(claim), 0).reverse();
		const unknown = calls.find(({ state }) => state === 'unknown');
		// An agent that is told about it calls again with the same request.
		const open = unknown ?? calls.find(({ results }) => results?.some(isFailed));
		if (open) return this.adopt(claim, open);
		const isNew = (entry: LedgerEntry) => entry.tick.moved > this.began && !this.taken.has(entry);
		return calls.find((entry) => entry.state === 'inFlight' || isNew(entry));
	}
}
