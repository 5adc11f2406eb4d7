import type { Words } from '../../api/faults';
import { namedIn } from '../../api/matching';
import { isFailed, objectionTo } from '../../api/messageStatus';
import type { Entry } from '../../api/record';
import { searchRecord } from '../../api/recordSearch';
import type { Query as Searched, Search } from '../../api/recordSearch';
import type { Requester } from '../../api/requester';
import { perhapsOnRecord } from '../words/unclearWords';
import { contextOf, readAnswer, readSearch } from './attempt';
import type { AttemptResult } from './attempt';
import type { RunParts } from './decisions';
import { ledger } from './ledger/ledger';
import type { LedgerEntry, RecordedMessage } from './ledger/ledgerEntry';
import type { Task } from './task';

/** A message to search for, and its ledger entries, one per recipient. */
type Query = Searched & { entries: LedgerEntry[] };

/** A message of this try with an unknown outcome. */
interface Unknown {
	task: Task;
	result: AttemptResult;
}

/** Reconciles the ledger with Clerk Chat's record: finds out what happened to messages with an unknown outcome. */
export class Reconciler {
	/** Messages of this try that have not been searched for yet. */
	private waiting: Unknown[] = [];

	/** What this run has already searched for that others, or earlier tries, left unknown. */
	private readonly searched = new WeakSet<LedgerEntry>();

	constructor(private readonly run: RunParts) {}

	/** Whether nothing more may be started until the record has been searched. */
	get pausesRun(): boolean {
		return !this.run.host.continueOnFail && this.waiting.length > 0;
	}

	/** Queues an unknown outcome that the record may settle. Returns false if it can't. */
	queue(task: Task, result: AttemptResult): boolean {
		if (result.attempt !== 'unknown' || !task.message) return false;
		this.run.decisions.markUnknown(task, result);
		this.waiting.push({ task, result });
		return true;
	}

	/** Searches the record for what this try left unknown, and ends those items. */
	async settle(requester: Requester): Promise<void> {
		const waiting = this.waiting.sort((a, b) => a.task.item - b.task.item);
		if (waiting.length === 0) return;
		requester.resume();
		const { runLedger, decisions, operation } = this.run;
		const unknowns = new Map<Query, Unknown>();
		for (const each of waiting) {
			const entries = runLedger.begunFor(each.task);
			if (entries.length > 0) unknowns.set(queryOf(entries, each.task.message!), each);
		}
		const searches = await this.search(requester, [...unknowns.keys()], (query, entry) =>
			this.concludeFound(unknowns.get(query)!.task, entry, requester),
		);
		this.waiting = [];
		[...unknowns.values()].forEach(({ task, result }, index) => {
			if (searches[index].match?.answer === 'same') return;
			// Another execution may have found it in the meantime, as sent or as failed.
			const found = runLedger.begunFor(task).find(({ results }) => results)?.results?.[0];
			if (found) this.concludeFound(task, found, requester);
			else decisions.conclude(task, readSearch(result, searches[index], operation.write));
		});
	}

	/** Whether others have left an entry unknown since this run last searched for it. */
	isNew(entry: LedgerEntry): boolean {
		return entry.state === 'unknown' && !this.searched.has(entry);
	}

	/**
	 * Searches the record for what earlier tries left unknown. What is found is returned as sent. What Clerk Chat
	 * marked as failed is taken back, so that it is sent now.
	 */
	async settleEarlier(tasks: Task[], requester: Requester): Promise<void> {
		const { runLedger } = this.run;
		const entriesOf = (task: Task) => runLedger.standing(task).entries;
		const taskOf = new Map(tasks.flatMap((task) => entriesOf(task).map((each) => [each, task])));
		const sent = (found: LedgerEntry[], entry: Entry) => {
			this.run.results.confirmed++;
			// It is on this account's record, whoever sent it.
			const account = runLedger.accounts.current;
			runLedger.end(found, { state: 'sent', results: [entry], account, isOnRecord: true });
			// No run has returned it for the others it went to.
			for (const each of found) if (!taskOf.has(each)) runLedger.saved.continueIn(null, each);
		};
		await this.settleEntries([...taskOf.keys()], requester, sent, taskOf);
	}

	/** Searches for what other executions left unknown; what is found belongs to them. */
	async settleOthers(entries: LedgerEntry[], requester: Requester): Promise<void> {
		await this.settleEntries(entries, requester, (found, entry) => {
			for (const each of found) {
				ledger.move(each, { state: 'sent', results: [entry], isOnRecord: true });
			}
		});
	}

	/**
	 * Settles entries, each for all recipients of its message.
	 * @param taskOf returns the task of an entry, if the entries are this run's own
	 */
	private async settleEntries(
		entries: LedgerEntry[],
		requester: Requester,
		sent: (found: LedgerEntry[], entry: Entry) => void,
		taskOf = new Map<LedgerEntry, Task>(),
	): Promise<void> {
		const unknown = [...ledger.withTheirGroups(entries)].filter(({ state }) => state === 'unknown');
		const queries = queriesOf(unknown, taskOf);
		const { runLedger, operation } = this.run;
		// The record shows it, or one like it, but not that it was sent: it stays unknown, and is never sent again.
		const mark = (shown: LedgerEntry[], words?: Words) =>
			runLedger.end(shown, { state: 'unknown', words, isOnRecord: true });
		const settle = ({ entries: these }: Query, found: Entry) => {
			const objection = objectionTo(found);
			if (isFailed(found)) runLedger.release(these, [found]);
			else if (!this.isOfUse(these[0], these.map((each) => taskOf.get(each)).find(Boolean))) {
				runLedger.release(these);
			} else if (objection) {
				const to = these[0].message?.recipients.join(', ');
				const { words } = readAnswer([found], { ...contextOf(this.run, requester), to });
				mark(these, words);
			} else sent(these, found);
		};
		const searches = await this.search(requester, queries, settle);
		searches.forEach(({ match }, index) => {
			if (match?.answer !== 'perhaps') return;
			const { entries: shown } = queries[index];
			mark(shown, perhapsOnRecord(operation.write, match, shown[0].words));
		});
		// Not searched: a run that pauses or ends cuts the search short, and a message in flight may hide another.
		if (this.pausesRun || this.run.results.culprit) return;
		for (const entry of unknown) if (!ledger.anotherArriving([entry])) this.searched.add(entry);
	}

	/** A question with another execution's link is of no use to this one. */
	private isOfUse({ message }: LedgerEntry, task?: Task): boolean {
		if (!task || !this.run.operation.write.message?.isPerExecution) return true;
		return task.message?.body === message?.body;
	}

	private async search(
		requester: Requester,
		queries: Query[],
		onFound: (query: Query, entry: Entry) => void,
	): Promise<Search[]> {
		const { baseURL: server } = requester;
		const { messages } = this.run.runLedger.saved;
		return await searchRecord(requester, queries, {
			isTaken: (entry) =>
				ledger.owners.has(server, entry) ||
				// Or it was skipped for someone.
				[undefined, ...namedIn(entry)].some((person) => messages.isSaved(server, entry, person)),
			isBlocked: ({ entries }) => ledger.anotherArriving(entries) !== undefined,
			isSettled: ({ entries }) =>
				entries.some((each) => each.state === 'sent' || !ledger.has(each)),
			onFound,
		});
	}

	/** Treats what the record says about a message as if it had been the response. */
	private concludeFound(task: Task, found: Entry, requester: Requester): void {
		if (!objectionTo(found)) this.run.results.confirmed++;
		const read = readAnswer([found], contextOf(this.run, requester, task));
		this.run.decisions.conclude(task, { ...read, isOnRecord: true });
	}
}

/** One query for each request. */
function queriesOf(entries: LedgerEntry[], taskOf: Map<LedgerEntry, Task>): Query[] {
	const queries = new Map<string, Query>();
	for (const entry of entries) {
		const message = entry.message ?? taskOf.get(entry)?.message;
		if (!ledger.has(entry) || !message) continue;
		const { entries: others = [] } = queries.get(entry.request) ?? {};
		queries.set(entry.request, queryOf([...others, entry], message));
	}
	return [...queries.values()];
}

function queryOf(entries: LedgerEntry[], message: RecordedMessage): Query {
	const [{ began, ended, first, givenId: id, root, server }] = entries;
	const times = { since: first ?? began, until: ended };
	const isNot = (entry: Entry) => ledger.owners.isSkippedBy(root, server, entry);
	const isRepeated = entries.some(({ tries }) => tries > 1);
	return { entries, message, id, ...times, isRepeated, execution: { id: root, isNot } };
}
