import type { IDataObject } from 'n8n-workflow';
import { recordKey } from '../../api/matching';
import type { ApiRequest } from '../../api/requester';
import type { Host } from '../host';
import type { Write } from '../operation';
import { Accounts } from './account';
import { Candidates } from './candidates';
import { runLog } from './ledgerEntry';
import type { Claim, LedgerEntry } from './ledgerEntry';
import { claimsOf, hash, hashOfFields } from './identity';
import { ledger } from './ledger';
import { newId, Saved } from './saved';
import type { Task } from './task';
import type { Known } from './verdict';

/** The end of a request. */
export type Ending =
	| ({ state: 'sent' } & Pick<LedgerEntry, 'results' | 'sharedBy'> & { account?: string })
	| ({ state: 'unknown' } & Pick<LedgerEntry, 'words' | 'status' | 'isOnRecord' | 'givenId'>);

const NOTHING: { known: Known; entries: LedgerEntry[] } = { known: 'nothing', entries: [] };

/** The ledger as one run of the node sees it: which entries are its own, and which ones stand in its way. */
export class RunLedger {
	/** What n8n saves of it with the execution. */
	readonly saved: Saved;

	/** What an execution shares with its retries. Of a question each has its own: its link is of no use to others. */
	readonly root: string;

	private readonly fields: string;

	private readonly began = ledger.now;

	/** What this run has begun, or took because it is the same piece of work. */
	private readonly own = new Map<Claim, LedgerEntry>();

	/** The other way round. */
	private readonly taken = new Map<LedgerEntry, Claim>();

	private readonly candidates: Candidates;

	readonly accounts = new Accounts();

	/** By the try in its place: the one before, whose outcome is not known. */
	private readonly before = new Map<LedgerEntry, LedgerEntry>();

	constructor(
		private readonly host: Host,
		private readonly write: Write,
	) {
		this.saved = new Saved(host);
		const { root } = this.saved;
		this.root = write.message?.isPerExecution ? `${root}:${host.executionId}` : root;
		this.fields = host.isTool ? '' : hashOfFields(host.node);
		const run = { root: this.root, node: host.node.id, run: host.runIndex };
		this.candidates = new Candidates(run, (entry) => {
			// One that was taken back and restored belongs to nobody in the runs that had passed on to the try after it.
			const claim = this.taken.get(entry);
			return claim !== undefined && this.own.get(claim) === entry;
		});
		ledger.open(this.root, host.node.retryOnFail ? host.flow : undefined);
		this.saved.restore((entry) => {
			const isOfUse = entry.root === this.root || write.message?.isPerExecution !== true;
			if (!isOfUse && entry.state === 'sent') return undefined;
			// A copy that takes the node's place has its name, and another ID.
			return { ...entry, root: this.root, node: host.node.id };
		});
	}

	/** Nothing more is asked of it. */
	close(): void {
		ledger.close(this.root);
	}

	/** Whether nothing at all was done in this execution, as far as it is known. */
	get isEmpty(): boolean {
		return this.saved.all().length === 0;
	}

	/** What an item's request claims, one for each recipient. */
	claimsOf(item: number, request: ApiRequest): Claim[] {
		const { isTool, runIndex, node } = this.host;
		const slot = { root: this.root, node: node.id, run: runIndex, item, fields: this.fields };
		const claims = claimsOf(slot, request, this.write);
		// n8n counts each call of an agent as a run, and for MCP servers each try of Retry On Fail.
		return isTool ? claims.map((claim) => ({ ...claim, run: claim.content, item: 0 })) : claims;
	}

	/** Gives each claim what earlier tries did for it: by what it asks for first, wherever its item stands now. */
	assign(claims: Claim[]): void {
		if (this.host.isTool) return;
		for (const find of this.candidates.ways()) {
			for (const claim of claims) if (!this.own.has(claim)) this.take(claim, find(claim));
		}
	}

	/** What earlier tries did for an item whose fields are not usable now, as tasks without a request. */
	leftOf(item: number): Array<Pick<Task, 'item' | 'part' | 'claims'>> {
		const byRequest = new Map<string, LedgerEntry[]>();
		for (const entry of this.candidates.ofItem(item)) {
			byRequest.set(entry.request, [...(byRequest.get(entry.request) ?? []), entry]);
		}
		return [...byRequest.values()].map((entries, part) => {
			const claims = entries.map((entry): Claim => ({ ...entry }));
			claims.forEach((claim, index) => this.take(claim, entries[index]));
			return { item, part, claims };
		});
	}

	/** What the ledger knows of a task: from earlier tries, and from whoever asks for the same at this moment. */
	standing({ claims }: Pick<Task, 'claims'>): { known: Known; entries: LedgerEntry[] } {
		const entries = claims
			.map((claim) => this.entryOf(claim))
			.filter((entry) => entry !== undefined);
		const inState = (state: LedgerEntry['state']) =>
			entries.filter((entry) => entry.state === state);
		const sent = inState('sent');
		// Each call of an agent is on its own: what another one sent meanwhile is none of its results.
		const isMeanwhile = this.host.isTool && sent.some((entry) => !this.taken.has(entry));
		if (entries.length === 0) return { known: 'nothing', entries };
		if (isMeanwhile || inState('inFlight').length > 0) return { known: 'inFlight', entries };
		if (sent.length === claims.length) return { known: 'sent', entries };
		return { known: sent.length > 0 ? 'partly' : 'unknown', entries };
	}

	/** What another retry has in flight for a task. Calls of an agent do not wait for each other. */
	inFlightFor(task: Task): LedgerEntry | undefined {
		const { known, entries } = this.host.isTool ? NOTHING : this.standing(task);
		return known === 'inFlight' ? entries.find(({ state }) => state === 'inFlight') : undefined;
	}

	/** Whether a task may have been done although the ledger holds nothing of it. */
	isInDoubt({ isAfterUnknown }: Pick<Task, 'isAfterUnknown'>): boolean {
		return isAfterUnknown === true || !this.saved.isReadable;
	}

	/** Whether a task is done, so that it takes no request. */
	isDone(task: Task): boolean {
		return this.standing(task).known === 'sent';
	}

	/** What is in the way of a claim, if anything is. */
	entryOf(claim: Claim): LedgerEntry | undefined {
		const own = this.own.get(claim);
		if (own && ledger.has(own)) return own;
		if (this.host.isTool) return this.otherCall(claim);
		for (const find of this.candidates.ways()) {
			const entry = find(claim);
			if (entry) return this.take(claim, entry);
		}
		return undefined;
	}

	/**
	 * Begins a request. Nothing stands in its way: {@link standing} has just said so. It is written down before the
	 * request leaves, for if n8n is stopped before the answer is here, the outcome is unknown.
	 * @param tasks that share it
	 */
	begin(tasks: Task[], server: string): void {
		const request = newId();
		for (const task of tasks) {
			const { claims, message, recordKey: key } = task;
			const tries = this.isInDoubt(task) ? 1 : 0;
			for (const claim of claims) {
				const before = this.entryOf(claim);
				if (before) ledger.remove(before);
				const isSameText = before !== undefined && before.message?.body === message?.body;
				const entry = this.add(claim, {
					id: before?.id ?? newId(),
					request,
					server,
					account: this.accounts.current ?? '',
					state: 'inFlight',
					began: Date.now(),
					tries: (before?.tries ?? tries) + 1,
					...(isSameText && { first: before.first ?? before.began }),
					...(key !== undefined && { recordKey: key }),
					...(message && {
						message,
						recordKey: hash(recordKey(server, message, claim.recipient)),
					}),
				});
				if (before) this.before.set(entry, before);
			}
		}
	}

	/** What this run has begun for a task. */
	begunFor({ claims }: Task): LedgerEntry[] {
		return claims.flatMap((claim) => this.own.get(claim) ?? []);
	}

	/** Ends the requests of entries. When n8n ended them itself (`isCancelled`), they may still arrive for a while. */
	end(entries: LedgerEntry[], ending: Ending, isCancelled = false): void {
		for (const entry of entries) {
			const ended = entry.ended ?? Date.now();
			ledger.move(entry, { ...ending, ended }, isCancelled);
			// Another execution may have moved it already, when it found it on record.
			if (entry.state === 'sent' && ending.state === 'sent')
				this.remember(entry.server, ending.results);
		}
	}

	/** Takes entries back whose requests were certainly not done. What may have been done in an earlier try stays. */
	release(entries: LedgerEntry[]): void {
		for (const entry of entries) {
			ledger.remove(entry);
			this.saved.remove(entry);
			const [before, claim] = [this.before.get(entry), this.taken.get(entry)];
			if (before && claim) this.take(claim, ledger.add(before));
		}
	}

	/** Files as sent what another execution sent, so that a later try of this one gives it out again. */
	file(claims: Claim[], server: string, results: IDataObject[]): void {
		const now = Date.now();
		const at = { began: now, ended: now, tries: 0 };
		const by = { request: newId(), server, account: this.accounts.current ?? '' };
		for (const claim of claims)
			this.add(claim, { id: newId(), ...by, state: 'sent', results, ...at });
		for (const { recipient } of claims)
			for (const result of results) this.saved.remember(server, result, recipient);
	}

	/** Whether an entry is this run's own. */
	isOwn(entry: LedgerEntry): boolean {
		return this.taken.has(entry);
	}

	/** The run gives out its items. */
	endRun(): void {
		const { isTool, runIndex } = this.host;
		this.saved.shorten(({ run, state }) => (isTool ? state === 'sent' : run === runIndex));
	}

	private remember(server: string, results: IDataObject[] = []): void {
		if (!this.write.message) return;
		for (const result of results) this.saved.remember(server, result);
	}

	/** Calls of an agent that ask for the same: in flight, unknown, or ended since this one began. */
	private otherCall(claim: Claim): LedgerEntry | undefined {
		const calls = ledger.since(runLog(claim), 0).reverse();
		const unknown = calls.find(({ state }) => state === 'unknown');
		if (unknown) return this.take(claim, unknown);
		return calls.find(
			(entry) =>
				entry.state === 'inFlight' || (entry.tick.moved > this.began && !this.taken.has(entry)),
		);
	}

	private add(claim: Claim, entry: Omit<LedgerEntry, keyof Claim | 'tick'>): LedgerEntry {
		const added = ledger.add({ ...claim, ...entry });
		return this.take(claim, added)!;
	}

	private take(claim: Claim, entry: LedgerEntry | undefined): LedgerEntry | undefined {
		if (!entry) return undefined;
		this.own.set(claim, entry);
		this.taken.set(entry, claim);
		this.candidates.take(entry);
		this.saved.put(entry);
		return entry;
	}
}
