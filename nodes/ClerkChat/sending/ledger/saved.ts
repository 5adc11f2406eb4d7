import { randomBytes } from 'node:crypto';
import type { IDataObject } from 'n8n-workflow';
import { isObject } from '../../../api/bodies';
import type { Host } from '../../host';
import { callsLog } from './ledgerEntry';
import type { LedgerEntry } from './ledgerEntry';
import { ledger } from './ledger';
import { OwnMessages } from './ownMessages';
import type { SavedMessages } from './ownMessages';

/** The form of what is saved. What has another form cannot be read, and then everything counts as unknown. */
const VERSION = 1;

/** What all Clerk Chat nodes of an execution share. */
interface SavedFlow extends SavedMessages {
	/** Whether the execution that began was started in the editor. */
	isTestRun?: true;
	/** Whether that was called by another workflow. */
	isSubWorkflow?: true;
}

/** What a node of an execution keeps. */
interface SavedNode {
	version: number;
	/** By their IDs. */
	entries: Record<string, LedgerEntry>;
	/** By the ID of an entry, the later run that goes on with it, in a loop. Other retries of the execution have their own. */
	continued?: Record<string, string>;
	/** Which run began last and when (ms), in which execution (this one, or the one it retries) and process of n8n. */
	last?: { execution: string; run: string; process: string; began?: number };
	/** {@link Saved.lostSince} */
	lostSince?: number;
	/** Whether what was saved before could not be read: nobody knows what may have been sent. */
	isUnreadable?: true;
}

/** What n8n saves of the ledger with an execution, in the context of the node and of the flow, for its retries. */
export class Saved {
	private readonly node: SavedNode;

	private readonly flow: SavedFlow;

	/** Which messages are the execution's own. */
	readonly messages: OwnMessages;

	constructor(private readonly host: Host) {
		const { context, flow, isTestRun, isSubWorkflow } = host;
		const node: SavedNode = { version: VERSION, entries: {} };
		const isUnreadable = context.sending !== undefined && !isSavedNode(context.sending);
		if (isUnreadable) node.isUnreadable = true;
		if (isUnreadable || !context.sending) context.sending = node as unknown as IDataObject;
		this.node = context.sending as unknown as SavedNode;
		// Made when there is nothing to remember, too: a retry has to know what it tries again.
		const made: SavedFlow = { root: newId() };
		if (!isSavedFlow(flow.clerkChat)) flow.clerkChat = made as unknown as IDataObject;
		this.flow = flow.clerkChat as unknown as SavedFlow;
		this.messages = new OwnMessages(this.flow);
		if (isTestRun) this.flow.isTestRun = true;
		if (isSubWorkflow) this.flow.isSubWorkflow = true;
		this.noteRun();
	}

	/**
	 * n8n saves a retry as it begins, and by default not again before it ends. So where this process does not know of an
	 * earlier try, one may have been killed in the middle. The doubt stays through all further tries and runs: one of
	 * which nothing is on record proves nothing, since the earlier try may have failed there and gone on.
	 */
	private noteRun(): void {
		const { executionId: execution, isRetry, isTool, runIndex: run } = this.host;
		const { last } = this.node;
		const isSame = last?.run === run && last.process === PROCESS;
		const isKnown = isTool ? last !== undefined : last?.execution === execution || isSame;
		if (isRetry && !isKnown) this.node.lostSince ??= last?.began ?? 0;
		this.node.last = { execution, run, process: PROCESS, began: Date.now() };
	}

	/** Whether what was saved could be read. If not, nobody knows what may have been sent. */
	get isReadable(): boolean {
		return this.node.isUnreadable !== true;
	}

	/**
	 * Since when (ms since 1970) n8n may have lost what an earlier try did, killed in the middle. 0: nobody knows;
	 * undefined: nothing is lost.
	 */
	get lostSince(): number | undefined {
		return this.node.lostSince;
	}

	get root(): string {
		return this.flow.root;
	}

	/** How the execution started, or the one that it tries again. */
	get start(): Pick<Host, 'isTestRun' | 'isSubWorkflow'> {
		const { isTestRun = false, isSubWorkflow = false } = this.flow;
		return { isTestRun, isSubWorkflow };
	}

	/** The entries of this node that are saved with the execution. */
	all(): LedgerEntry[] {
		return Object.values(this.node.entries);
	}

	put(entry: LedgerEntry): void {
		this.node.entries[entry.id] = entry;
	}

	remove({ id }: LedgerEntry): void {
		delete this.node.entries[id];
	}

	/** In which run of this execution an entry's result is returned. */
	runOf({ id, run }: LedgerEntry): string {
		return this.node.continued?.[id] ?? run;
	}

	/** In a loop, a later run goes on with what an earlier one left unclear. */
	continueIn(run: string, { id }: LedgerEntry): void {
		this.node.continued ??= {};
		this.node.continued[id] = run;
	}

	/**
	 * Puts what was saved into the ledger, where this process does not know it already.
	 * @param adapt makes an entry one of this execution; undefined: it is of no use to it
	 */
	restore(adapt: (entry: LedgerEntry) => LedgerEntry | undefined): void {
		const known = new Map<string, Map<string, LedgerEntry>>();
		for (const saved of this.all()) {
			const entry = adapt(saved);
			if (!entry || entry.isRefused) {
				this.remove(saved);
				continue;
			}
			// In a loop, another retry may have gone on with it in a later run.
			const log = callsLog(entry);
			if (!known.has(log)) {
				const same = ledger.since(log, 0).filter(({ id }) => id in this.node.entries);
				known.set(log, new Map(same.map((each) => [each.id, each])));
			}
			// Of what n8n was stopped at, nobody will hear any more.
			const state = entry.state === 'inFlight' ? 'unknown' : entry.state;
			this.put(known.get(log)!.get(entry.id) ?? ledger.add({ ...entry, state }));
		}
	}

	/**
	 * The run gives out its items, so what no later try can use goes: what was sent comes out, and n8n saves that. What may
	 * have been sent stays, in short, for later runs of the node.
	 */
	shorten(): void {
		const { isTool, runIndex } = this.host;
		// Each call of an agent is on its own.
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

/** Tells this process from all others. */
const PROCESS = randomBytes(6).toString('base64url');

let ids = 0;

/** An ID that nothing else has, in no other process either. */
export function newId(): string {
	return PROCESS + (ids++).toString(36);
}

/** Whether {@link newId} of this process made an ID. */
export function isOfThisProcess(id: string): boolean {
	return id.startsWith(PROCESS);
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
