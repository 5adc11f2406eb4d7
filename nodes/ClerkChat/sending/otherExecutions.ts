import type { IContextObject, IDataObject } from 'n8n-workflow';
import type { Words } from '../../api/faults';
import { addressOf, giveFor, namedIn, recordKey } from '../../api/matching';
import { objectionTo } from '../../api/messageStatus';
import { idOf } from '../../api/record';
import type { Entry } from '../../api/record';
import { mayHaveBeenSent } from '../words/unclearWords';
import { LogReader } from './claims';
import { ledger } from './ledger';
import { hash, recordLog } from './ledgerEntry';
import type { LedgerEntry } from './ledgerEntry';
import type { RunParts } from './decisions';
import type { Task } from './task';

/** What is known of a message to one of its people: that it was sent, or why that cannot be told. */
export type Finding = { results: IDataObject[] } | { doubt: Words };

/** What several runs of an execution share while this process runs it. */
interface KnownOfExecution {
	/** Messages that one of its items was taken for, by ID together with the recipient. */
	used: Set<string>;
	/** The same as `entriesOf` takes it: whoever was in one message to several people has it. */
	given: Map<string, Set<string>>;
}

const knownByExecution = new WeakMap<IContextObject, KnownOfExecution>();

/** What other executions of this process sent, are sending, or may have sent, as the ledger knows it. */
export class OtherExecutions {
	/** By what the record would know them by. */
	private readonly readers = new Map<string, LogReader>();

	private readonly known: KnownOfExecution;

	/**
	 * @param server the base URL
	 * @param since how far back, in ms
	 */
	constructor(
		private readonly run: Pick<RunParts, 'host' | 'operation' | 'settings' | 'runLedger'>,
		private readonly server: string,
		private readonly since: number,
	) {
		const { flow } = run.host;
		this.known = knownByExecution.get(flow) ?? { used: new Set(), given: new Map() };
		knownByExecution.set(flow, this.known);
		for (const { results = [], recipient } of run.runLedger.saved.all()) {
			for (const result of results) this.use(result, recipient);
		}
	}

	/** All that the record would know by the same as one of a task's messages. */
	of(task: Task): LedgerEntry[] {
		return this.byRecipient(task).flatMap((entries) => [...entries]);
	}

	/** What they sent to each of a task's people, or may have. Each entry counts once. */
	findingsFor(task: Task, onRecord: Map<string, Entry>): Array<Finding | undefined> {
		return this.byRecipient(task).map((entries, at) => {
			const { recipient } = task.claims[at];
			for (const entry of entries) {
				if (entry.state === 'inFlight' || this.mayBeResent(entry)) continue;
				entries.delete(entry);
				const listed = (entry.results ?? []).map((result) => onRecord.get(idOf(result)) ?? result);
				const isFailed = listed.some((each) => objectionTo(each)?.outcome === 'refused');
				if (isFailed || listed.some((each) => this.known.used.has(pairOf(each, recipient))))
					continue;
				for (const result of listed) this.use(result, recipient);
				const isOurs =
					this.run.runLedger.accounts.owns(entry) ||
					listed.some((each) => onRecord.has(idOf(each)));
				return entry.state === 'sent' && isOurs
					? { results: listed }
					: { doubt: mayHaveBeenSent(this.run.operation.write, entry.words) };
			}
			return undefined;
		});
	}

	/** A message is taken for one of this execution's items. */
	use(message: IDataObject, recipient: string): void {
		this.known.used.add(pairOf(message, recipient));
		giveFor(this.known.given, message, recipient);
	}

	/** For whom entries of the record count already, in earlier tries and other runs of this execution, too. */
	givenOf(entries: Entry[]): Map<string, Set<string>> {
		const { saved } = this.run.runLedger;
		for (const entry of this.run.host.isTool ? [] : entries) {
			for (const person of namedIn(entry)) {
				if (typeof person !== 'string') continue;
				if (saved.isOwn(this.server, entry, person)) this.use(entry, person);
			}
		}
		return this.known.given;
	}

	private mayBeResent({ state, isOnRecord }: LedgerEntry): boolean {
		return state === 'unknown' && this.run.settings.resendUnknown && !isOnRecord;
	}

	private byRecipient({ message, claims }: Task): Array<Set<LedgerEntry>> {
		return claims.map(({ recipient }) => {
			const key = message ? hash(recordKey(this.server, message, recipient)) : '';
			const reader = this.readers.get(key) ?? this.readerOf(key);
			for (const entry of reader.read()) {
				const isOver = (entry.ended ?? Date.now()) < this.since;
				if (isOver || !ledger.has(entry)) reader.entries.delete(entry);
			}
			return reader.entries;
		});
	}

	/**
	 * Calls of an agent are other executions to each other; what a workflow says twice in one execution, it means twice.
	 */
	private readerOf(key: string): LogReader {
		const { host, runLedger } = this.run;
		const [execution] = runLedger.root.split(':');
		const reader = new LogReader(recordLog(key), (entry) =>
			host.isTool ? !runLedger.isOwn(entry) : entry.root.split(':')[0] !== execution,
		);
		this.readers.set(key, reader);
		return reader;
	}
}

function pairOf(message: IDataObject, recipient: string): string {
	return `${idOf(message)} ${addressOf(recipient)}`;
}
