import type { IDataObject } from 'n8n-workflow';
import { isObject } from '../../../api/bodies';
import type { Host } from '../../host';
import { callsLog, isShort } from './ledgerEntry';
import type { LedgerEntry, Slot } from './ledgerEntry';
import { newId, PROCESS } from './ids';
import { ledger } from './ledger';
import { OwnMessages } from './ownMessages';
import type { SavedMessages } from './ownMessages';

/** The version of the saved form. If another version was saved, everything counts as unknown. */
const VERSION = 1;

/** Shared by all Clerk Chat nodes of an execution. */
interface SavedFlow extends SavedMessages {
	/** Whether the first execution was started in the editor. */
	isTestRun?: true;
	/** Whether another workflow called the first execution. */
	isSubWorkflow?: true;
}

/** What one node of an execution saves. */
interface SavedNode {
	version: number;
	/** By ID. */
	entries: Record<string, LedgerEntry>;
	/** By entry ID, the later run that continues it, in a loop; null if none does. Each retry of the execution has its own. */
	continued?: Record<string, string | null>;
	/** The run that began last: when (ms), in which execution (this one, or the one it retries), and in which process. */
	last?: { execution: string; run: string; process: string; began?: number };
	/** {@link Saved.lostSince} */
	lostSince?: number;
	/** Whether the earlier saved data couldn't be read, so that nobody knows what was sent. */
	isUnreadable?: true;
}

/** The part of the ledger that n8n saves with an execution, in the node's and the flow's context, for its retries. */
export class Saved {
	private readonly node: SavedNode;

	private readonly flow: SavedFlow;

	/** The execution's own messages. */
	readonly messages: OwnMessages;

	constructor(private readonly host: Host) {
		const { context, flow, isTestRun, isSubWorkflow } = host;
		const node: SavedNode = { version: VERSION, entries: {} };
		const isUnreadable = context.sending !== undefined && !isSavedNode(context.sending);
		if (isUnreadable) node.isUnreadable = true;
		if (isUnreadable || !context.sending) context.sending = node as unknown as IDataObject;
		this.node = context.sending as unknown as SavedNode;
		// Created even if there is nothing to save: a retry has to know what it retries.
		const made: SavedFlow = { root: newId() };
		if (!isSavedFlow(flow.clerkChat)) flow.clerkChat = made as unknown as IDataObject;
		this.flow = flow.clerkChat as unknown as SavedFlow;
		this.messages = new OwnMessages(this.flow);
		if (isTestRun) this.flow.isTestRun = true;
		if (isSubWorkflow) this.flow.isSubWorkflow = true;
		this.noteRun();
	}

	/**
	 * n8n saves a retry when it begins, and by default not again until it ends. So if this process doesn't know the try
	 * before this one, that one may have been killed. The doubt lasts for all later tries and runs. A run with nothing on
	 * record doesn't end it: the killed try may have failed there and continued.
	 */
	private noteRun(): void {
		const { executionId: execution, isRetry, isTool, runIndex: run } = this.host;
		const { last } = this.node;
		const isSame = last?.run === run && last.process === PROCESS;
		const isKnown = isTool ? last !== undefined : last?.execution === execution || isSame;
		if (isRetry && !isKnown) this.node.lostSince ??= last?.began ?? 0;
		this.node.last = { execution, run, process: PROCESS, began: Date.now() };
	}

	/** Whether the saved data could be read. If not, nobody knows what was sent. */
	get isReadable(): boolean {
		return this.node.isUnreadable !== true;
	}

	/**
	 * The time (ms since 1970) since which an earlier try may have done something that n8n lost. 0 if the time isn't known;
	 * undefined if nothing was lost.
	 */
	get lostSince(): number | undefined {
		return this.node.lostSince;
	}

	get root(): string {
		return this.flow.root;
	}

	/** How the execution started; for a retry, how the first one did. */
	get start(): Pick<Host, 'isTestRun' | 'isSubWorkflow'> {
		const { isTestRun = false, isSubWorkflow = false } = this.flow;
		return { isTestRun, isSubWorkflow };
	}

	/** This node's entries that are saved with the execution. */
	all(): LedgerEntry[] {
		return Object.values(this.node.entries);
	}

	put(entry: LedgerEntry): void {
		this.node.entries[entry.id] = entry;
	}

	/** Removes an attempt. If another one has taken its place, that one stays. */
	remove({ id, request }: LedgerEntry): void {
		if (this.node.entries[id]?.request === request) delete this.node.entries[id];
	}

	/** The run of this execution that returns an entry's result; undefined if none does. */
	runOf({ id, run }: LedgerEntry): string | undefined {
		const { [id]: later = run } = this.node.continued ?? {};
		return later ?? undefined;
	}

	/**
	 * Records that a later run, in a loop, continues what an earlier one left unclear.
	 * @param run null if no run returned it: its item was refused, because others in the group don't have the message
	 */
	continueIn(run: string | null, { id }: LedgerEntry): void {
		this.node.continued ??= {};
		this.node.continued[id] = run;
	}

	/**
	 * Adds saved entries to the ledger, unless this process already has them.
	 * @param own what all of them belong to: a copy that replaces the node has the same name, but another ID
	 */
	restore(own: Pick<Slot, 'root' | 'node'>): void {
		const all = this.all();
		if (all.length === 0) return;
		// In a loop, another retry may have continued it in a later run.
		const same = ledger.since(callsLog(own), 0).filter(({ id }) => id in this.node.entries);
		const known = new Map(same.map((each) => [each.id, each]));
		for (const entry of all) {
			this.remove(entry);
			if (ledger.owners.isRefused(entry)) continue;
			// No answer will come for a request that was in flight when n8n stopped.
			const state = entry.state === 'inFlight' ? 'unknown' : entry.state;
			const here = known.get(entry.id);
			if (here && isShort(here) && entry.results) ledger.renew(here, entry.results);
			this.put(here ?? ledger.add({ ...entry, ...own, state }));
		}
	}

	/**
	 * Drops what no later try can use, now that the run returns its items: n8n saves the sent ones with its output. Entries
	 * that may have been sent stay, in a short form, for later runs of the node.
	 */
	shorten(): void {
		const { isTool, runIndex } = this.host;
		// Calls of an agent are independent.
		if (isTool) delete this.node.lostSince;
		for (const entry of this.all()) {
			const isOfThisRun = this.runOf(entry) === runIndex;
			if (entry.state === 'sent' && (isTool || isOfThisRun)) this.remove(entry);
			else if (!isTool && isOfThisRun) {
				const short = { ...entry };
				delete short.message;
				delete short.words;
				delete short.recordKey;
				this.put(short);
			}
		}
	}
}

function isSavedFlow(value: unknown): boolean {
	if (!isObject(value) || typeof value.root !== 'string') return false;
	return value.sent === undefined || typeof value.sent === 'string';
}

function isSavedNode(value: unknown): boolean {
	if (!isObject(value) || value.version !== VERSION || !isObject(value.entries)) return false;
	return Object.entries(value.entries).every(([id, entry]) => isEntry(id, entry));
}

function isEntry(key: string, value: unknown): boolean {
	if (!isObject(value) || !isObject(value.tick) || value.id !== key) return false;
	const { root, node, run, recipient, content, state } = value;
	const texts = [root, node, run, recipient, content].every((each) => typeof each === 'string');
	return texts && ['inFlight', 'sent', 'unknown'].includes(String(state));
}
