import { isFailed, objectionTo } from '../../api/messageStatus';
import type { Entry } from '../../api/record';
import type { Requester } from '../../api/requester';
import { readAttempt } from './attempt';
import type { AttemptResult } from './attempt';
import { ledger } from './ledger';
import type { LedgerEntry, RecordedMessage } from './ledgerEntry';
import { searchRecord } from '../../api/recordSearch';
import type { Query as Searched, Search } from '../../api/recordSearch';
import { contextOf } from './runParts';
import type { RunParts } from './runParts';
import type { Task } from './task';
import { notOnRecord, perhapsOnRecord } from '../words/unclearWords';

/** A message to search for, and its entries in the ledger, one for each recipient. */
type Query = Searched & { entries: LedgerEntry[] };

/** A message of this try whose outcome is not known. */
interface Unknown {
	task: Task;
	result: AttemptResult;
}

/** Reconciles the ledger with Clerk Chat's record: what became of messages whose outcome is not known. */
export class Reconciler {
	/** Those of this try that have not been searched for yet. */
	private waiting: Unknown[] = [];

	/** How many the record settled. */
	settled = 0;

	constructor(private readonly run: RunParts) {}

	/** Whether nothing further is to be started until the record has been searched. */
	get holdsUp(): boolean {
		return !this.run.host.continueOnFail && this.waiting.length > 0;
	}

	/** Takes an unknown outcome that the record may settle. False when it cannot. */
	take(task: Task, result: AttemptResult): boolean {
		if (result.attempt !== 'unknown' || !task.message) return false;
		this.run.decisions.hold(task, result);
		this.waiting.push({ task, result });
		return true;
	}

	/** Searches the record for what this try left unknown, and ends those items. */
	async settle(requester: Requester): Promise<void> {
		const waiting = this.waiting.sort((a, b) => a.task.item - b.task.item);
		if (waiting.length === 0) return;
		requester.resume();
		const { runLedger, decisions } = this.run;
		const conclude = (
			{ task, result }: Unknown,
			search: Partial<Search>,
			found = this.foundFor(task),
		) => {
			if (found && !objectionTo(found)) this.settled++;
			decisions.conclude(task, this.resultOf(task, result, search, requester, found));
		};
		const unknowns = new Map<Query, Unknown>();
		for (const each of waiting) {
			const entries = runLedger.begunFor(each.task);
			if (this.foundFor(each.task)) conclude(each, {});
			else if (entries.length > 0) unknowns.set(queryOf(entries, each.task.message!), each);
		}
		const queries = [...unknowns.keys()];
		const searches = await this.search(requester, queries, (query, entry) =>
			conclude(unknowns.get(query)!, {}, entry),
		);
		this.waiting = [];
		searches.forEach((search, index) => {
			if (search.match?.answer === 'same') return;
			const unknown = unknowns.get(queries[index])!;
			// Another execution that looked for the same may have found it meanwhile.
			if (runLedger.isDone(unknown.task) && decisions.replay(unknown.task)) return;
			conclude(unknown, search);
		});
	}

	/**
	 * Searches the record for what earlier tries left unknown. What is found comes out as sent; what Clerk Chat marked as
	 * failed is taken back, so that it is sent now.
	 */
	async settleEarlier(tasks: Task[], requester: Requester): Promise<void> {
		const { runLedger, operation } = this.run;
		const { write } = operation;
		const isPerExecution = write.message?.isPerExecution === true;
		const taskOf = new Map<LedgerEntry, Task>();
		for (const task of tasks) {
			for (const entry of runLedger.standing(task).entries) taskOf.set(entry, task);
		}
		await this.settleEntries([...taskOf.keys()], requester, {
			messageOf: (entry) => entry.message ?? taskOf.get(entry)?.message,
			// A question with the link of another execution is of no use to this one.
			isOfUse: (entry) =>
				!isPerExecution || taskOf.get(entry)?.message?.body === entry.message?.body,
			sent: (entries, found) => {
				this.settled++;
				// It is on the record of this account, whoever sent it.
				const account = runLedger.accounts.current;
				runLedger.end(entries, { state: 'sent', results: [found], account });
			},
		});
	}

	/** Does the same for what other executions left unknown; what is found is theirs. */
	async settleOthers(entries: LedgerEntry[], requester: Requester): Promise<void> {
		await this.settleEntries(entries, requester, {
			messageOf: ({ message }) => message,
			isOfUse: () => true,
			sent: (found, entry) => {
				for (const each of found) ledger.move(each, { state: 'sent', results: [entry] });
			},
		});
	}

	private async settleEntries(
		all: LedgerEntry[],
		requester: Requester,
		how: {
			messageOf: (entry: LedgerEntry) => RecordedMessage | undefined;
			isOfUse: (entry: LedgerEntry) => boolean;
			sent: (entries: LedgerEntry[], found: Entry) => void;
		},
	): Promise<void> {
		const queries = new Map<string, Query>();
		for (const entry of all) {
			const message = how.messageOf(entry);
			if (entry.state !== 'unknown' || !ledger.has(entry) || !message) continue;
			const query = queries.get(entry.request);
			if (query) query.entries.push(entry);
			else queries.set(entry.request, queryOf([entry], message));
		}
		if (queries.size === 0) return;
		const settle = ({ entries }: Query, found: Entry) => {
			const objection = objectionTo(found);
			if (objection?.outcome === 'refused' || !how.isOfUse(entries[0])) {
				this.run.runLedger.release(entries);
			} else if (objection) this.mark(entries, found, requester);
			else how.sent(entries, found);
		};
		const these = [...queries.values()];
		const searches = await this.search(requester, these, settle);
		searches.forEach(({ match }, index) => {
			if (match?.answer !== 'perhaps') return;
			const { entries } = these[index];
			const words = perhapsOnRecord(this.run.operation.write, match, entries[0].words);
			this.run.runLedger.end(entries, { state: 'unknown', words, isOnRecord: true });
		});
	}

	private async search(
		requester: Requester,
		queries: Query[],
		onFound: (query: Query, entry: Entry) => void,
	): Promise<Search[]> {
		const { baseURL: server } = requester;
		const { saved } = this.run.runLedger;
		return await searchRecord(requester, queries, {
			isTaken: (entry) => ledger.ownerOf(server, entry) !== undefined || saved.isOwn(server, entry),
			isBlocked: ({ entries }) => ledger.isAnotherArriving(entries),
			onFound: (query, entry) => {
				// In a later try, too, it is no equal message's.
				if (isFailed(entry)) saved.remember(server, entry);
				onFound(query, entry);
			},
		});
	}

	/** The record shows it, and an error beside it: it stays unknown, and is never sent again. */
	private mark(entries: LedgerEntry[], found: Entry, requester: Requester): void {
		const to = entries[0]?.message?.recipients.join(', ');
		const context = { ...contextOf(this.run, requester), to };
		const { words } = readAttempt({ kind: 'done', result: [found], status: 200 }, context);
		this.run.runLedger.end(entries, { state: 'unknown', words, isOnRecord: true });
	}

	/** What another execution found of a message meanwhile, with Skip If Sent. */
	private foundFor(task: Task): Entry | undefined {
		const [entry] = this.run.runLedger.begunFor(task);
		return entry?.state === 'sent' ? entry.results?.[0] : undefined;
	}

	/** What the record says of a message, as if it had been the answer. */
	private resultOf(
		task: Task,
		result: AttemptResult,
		search: Partial<Search>,
		requester: Requester,
		found?: Entry,
	): AttemptResult {
		const { operation, runLedger } = this.run;
		if (found) {
			const outcome = { kind: 'done' as const, result: [found], status: 200 };
			const read = readAttempt(outcome, contextOf(this.run, requester, task));
			if (read.attempt === 'unknown') this.mark(runLedger.begunFor(task), found, requester);
			return read;
		}
		const { match, couldRead = false, seconds = 0 } = search;
		if (match?.answer === 'perhaps') {
			const words = perhapsOnRecord(operation.write, match, result.words);
			const ending = { state: 'unknown' as const, words, isOnRecord: true as const };
			runLedger.end(runLedger.begunFor(task), ending);
			return { ...result, words };
		}
		return { ...result, words: result.words && notOnRecord(result.words, { couldRead, seconds }) };
	}
}

function queryOf(entries: LedgerEntry[], message: RecordedMessage): Query {
	const [{ began, ended, first, givenId: id }] = entries;
	const isRepeated = first !== undefined;
	return { entries, message, id, since: first ?? began, until: ended, isRepeated };
}
