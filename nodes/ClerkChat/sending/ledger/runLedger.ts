import type { IDataObject } from 'n8n-workflow';
import type { ApiRequest } from '../../../api/requester';
import type { Host } from '../../host';
import type { Write } from '../../write';
import { Accounts } from './account';
import { noteCalls } from './calls';
import { Claims } from './claims';
import { newId } from './ids';
import { ledger } from './ledger';
import { claimsOf, hashOfFields, recordKeyOf } from './ledgerEntry';
import type { Claim, Ending, LedgerEntry, Standing } from './ledgerEntry';
import { Saved } from './saved';
import type { PartialTask, Task } from '../task';
import type { Known } from '../verdict';

/** The ledger as one run of the node sees it: which entries are its own, and which are in its way. */
export class RunLedger {
	/** What n8n saves of it with the execution. */
	readonly saved: Saved;

	/** What an execution and its retries share. For a question, it is one per execution: no other can use its link. */
	readonly root: string;

	readonly accounts = new Accounts();

	private readonly fields: string;

	/** What it claims of the ledger. */
	readonly claims: Claims;

	/** Maps the entry of a new attempt to the earlier one it replaces, whose outcome is unknown. */
	private readonly before = new Map<LedgerEntry, LedgerEntry>();

	constructor(
		private readonly host: Host,
		private readonly write: Write,
	) {
		const { node, flow, isTool, runIndex } = host;
		this.saved = new Saved(host);
		const { root } = this.saved;
		const isPerExecution = write.message?.isPerExecution === true;
		this.root = isPerExecution ? `${root}:${host.executionId}` : root;
		this.fields = isTool ? '' : hashOfFields(node);
		const own = { root: this.root, node: node.id };
		this.claims = new Claims({ ...own, run: runIndex }, isTool, this.saved);
		ledger.open(this.root, node.retryOnFail ? flow : undefined);
		for (const entry of isPerExecution ? this.saved.all() : []) {
			if (entry.root !== this.root && entry.state === 'sent') this.saved.remove(entry);
		}
		this.saved.restore(own);
	}

	/** Ends the run's use of the ledger. */
	close(): void {
		noteCalls(this.host, this.root);
		ledger.close(this.root);
	}

	/** What an item's request claims: one claim per recipient. */
	claimsOf(item: number, request: ApiRequest): Claim[] {
		const { isTool, runIndex, node } = this.host;
		const slot = { root: this.root, node: node.id, run: runIndex, item, fields: this.fields };
		const claims = claimsOf(slot, request, this.write);
		// n8n counts each call of an agent as a run, and for MCP servers each attempt of Retry On Fail.
		return isTool ? claims.map((claim) => ({ ...claim, run: claim.content, item: 0 })) : claims;
	}

	/** What earlier tries did for an item whose fields are unusable now, as tasks without a request. */
	leftOf(item: number): PartialTask[] {
		return this.claims.takeItem(item).map((claims, part) => ({ item, part, claims }));
	}

	/** What the ledger knows of a task, from earlier tries and from others that request the same at this moment. */
	standing(task: PartialTask): Standing {
		const entries = this.entriesFor(task);
		const isOurs = entries.every((entry) => this.accounts.owns(entry));
		const standing = (known: Known): Standing => ({ known, entries, isOurs });
		if (entries.length === 0) return standing(this.isInDoubt(task) ? 'unknown' : 'nothing');
		const sent = entries.filter(({ state }) => state === 'sent');
		// Calls of an agent are independent: what another call sent in the meantime is not this call's result.
		const isOther = this.host.isTool && sent.some((entry) => !this.isOwn(entry));
		if (isOther || entries.some(({ state }) => state === 'inFlight')) return standing('inFlight');
		// Another account's results are not returned here, and what it sent is not sent again.
		if (!isOurs || sent.length === 0) return standing('unknown');
		return standing(sent.length === task.claims.length ? 'sent' : 'partly');
	}

	/** What another retry has in flight for a task. Calls of an agent don't wait for each other. */
	inFlightFor(task: Task): LedgerEntry | undefined {
		if (this.host.isTool) return undefined;
		return this.entriesFor(task).find(({ state }) => state === 'inFlight');
	}

	/** Whether a task may have been done although the ledger has no entry for it. */
	isInDoubt({ isAfterUnknown }: Pick<Task, 'isAfterUnknown'>): boolean {
		return isAfterUnknown === true || !this.saved.isReadable;
	}

	/** Whether a task is done, under any account, so that it needs no request. */
	isDone(task: Task): boolean {
		const entries = this.entriesFor(task);
		const isSent = (entry: LedgerEntry) => entry.state === 'sent' && this.isOwn(entry);
		return entries.length === task.claims.length && entries.every(isSent);
	}

	private entriesFor({ claims }: PartialTask): LedgerEntry[] {
		return claims.flatMap((claim) => this.claims.entryOf(claim) ?? []);
	}

	/**
	 * Begins a request. {@link standing} has just said that nothing is in its way. The ledger is written before the
	 * request leaves: if n8n stops before the response arrives, the outcome is unknown.
	 */
	begin(tasks: Task[], server: string): void {
		const request = newId();
		for (const task of tasks) {
			const { claims, message, recordKey: key } = task;
			for (const claim of claims) {
				const before = this.claims.entryOf(claim);
				if (before) ledger.remove(before);
				const isSameText = before !== undefined && before.message?.body === message?.body;
				const entry = this.add(claim, {
					id: before?.id ?? newId(),
					request,
					server,
					account: this.accounts.current,
					state: 'inFlight',
					began: Date.now(),
					tries: (before?.tries ?? (this.isInDoubt(task) ? 1 : 0)) + 1,
					...(isSameText && { first: before.first ?? before.began }),
					...(key !== undefined && { recordKey: key }),
					...(message && { message, recordKey: recordKeyOf(server, message, claim) }),
				});
				if (before) this.before.set(entry, before);
			}
		}
		// If n8n is killed now, the message still counts.
		noteCalls(this.host, this.root);
	}

	/** The entries that this run has begun for a task. */
	begunFor({ claims }: Pick<Task, 'claims'>): LedgerEntry[] {
		return claims.flatMap((claim) => this.claims.ownOf(claim) ?? []);
	}

	/** Ends the requests of entries. If n8n cancelled them (`isCancelled`), they may still arrive for a while. */
	end(entries: LedgerEntry[], ending: Ending, isCancelled = false): void {
		for (const entry of entries) {
			ledger.move(entry, { ...ending, ended: entry.ended ?? Date.now() }, isCancelled);
		}
		this.saved.messages.rememberSent(entries);
	}

	/**
	 * Takes back entries whose requests were certainly not done. What an earlier try may have done stays.
	 * @param failed their messages that Clerk Chat marked as failed, so that no search takes them for others
	 */
	release(entries: LedgerEntry[], failed: IDataObject[] = []): void {
		for (const entry of entries) {
			ledger.remove(entry);
			this.saved.messages.rememberFailed(entry, failed);
			this.saved.remove(entry);
			const [before, claim] = [this.before.get(entry), this.claims.claimOf(entry)];
			if (before && claim) this.claims.take(claim, ledger.add(before));
			else if (entry.tries === 1) {
				entry.results = failed;
				ledger.owners.addRefused(entry);
			}
		}
	}

	/**
	 * Records as sent what another execution sent, so that a retry of this one returns it again.
	 * @param found for each claim, what its recipient already has; it counts for no one else
	 */
	file(claims: Claim[], server: string, found: IDataObject[][]): void {
		const [now, request, account] = [Date.now(), newId(), this.accounts.current];
		const times = { began: now, ended: now, tries: 0 };
		const shared = { request, server, account, ...times, isOnRecord: true as const };
		const entries = claims.map((claim, index) => {
			// What an earlier try may have done doesn't matter any more.
			const before = this.claims.entryOf(claim);
			const isUnclear = before?.state === 'unknown';
			if (isUnclear) ledger.remove(before);
			const id = isUnclear ? before.id : newId();
			return this.add(claim, { ...shared, id, state: 'sent', results: found[index] });
		});
		this.saved.messages.rememberSent(entries);
	}

	/** Whether an entry was made by this run. */
	isOwn(entry: LedgerEntry): boolean {
		return this.claims.claimOf(entry) !== undefined;
	}

	private add(claim: Claim, entry: Omit<LedgerEntry, keyof Claim | 'tick'>): LedgerEntry {
		return this.claims.take(claim, ledger.add({ ...claim, ...entry }))!;
	}
}
