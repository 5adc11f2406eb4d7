import type { NodeOperationError } from 'n8n-workflow';
import { fieldError } from '../../api/errors';
import type { Fault, Words } from '../../api/faults';
import { meaningOf } from '../../api/statuses';
import type { Host } from '../host';
import type { Write } from '../operation';
import type { AttemptResult } from './attempt';
import type { LedgerEntry } from './ledgerEntry';
import type { Failure, Results } from './results';
import type { RunLedger } from './runLedger';
import type { SendSettings } from './settings';
import { isRepeatable, toOf } from './task';
import type { Unusable } from './readTasks';
import type { PartialTask, Task } from './task';
import { verdict } from './verdict';
import type { Attempt, Known, Verdict } from './verdict';
import { notTried, someHaveIt } from '../words/sendingWords';
import {
	afterDoubt,
	afterOwnError,
	inFlight,
	otherAccount,
	unreadable,
} from '../words/unclearWords';

/** Asks for the {@link verdict} on each task, and carries it out: in the ledger, and as the item's result. */
export class Decisions {
	constructor(
		private readonly host: Host,
		private readonly write: Write,
		private readonly settings: SendSettings,
		private readonly runLedger: RunLedger,
		private readonly results: Results,
	) {}

	/** Ends a task that was done, or may have been. False when its request is to be made now. */
	replay(task: PartialTask): boolean {
		const { known, entries } = this.standing(task);
		const { item: becomes, endsRun } = this.verdict(task, 'notYet', known, entries);
		if (becomes === 'send') return false;
		if (becomes === 'sent') {
			const sharedBy = entries.find((entry) => entry.sharedBy)?.sharedBy;
			const results = new Set(entries.flatMap((entry) => entry.results ?? []));
			this.results.succeed(task, [...results], sharedBy);
		} else if (known === 'partly') {
			const have = entries.filter(({ state }) => state === 'sent');
			const words = someHaveIt(have.map(({ recipient }) => recipient));
			this.results.fail(task, { outcome: 'refused', words, endsRun });
		} else {
			this.results.fail(task, { ...this.earlierFailure(task, entries), isEarlier: true });
		}
		return true;
	}

	/** Ends an item whose fields are not usable. What an earlier try did stands, whatever the fields say now. */
	endUnusable({ item, error }: Unusable): void {
		const left = this.runLedger.leftOf(item);
		if (left.length === 0) this.results.failUnusable({ item, error });
		for (const task of left) {
			if (this.replay(task)) continue;
			const { message, description } = error;
			const words = afterDoubt(this.write, { message, description: description ?? '' });
			const told: NodeOperationError = fieldError(this.host.node, words, item);
			this.results.failUnusable({ item, error: told }, 'unknown', task.part);
		}
	}

	/** Fails a task without a request. What an earlier try may have done is not called refused. */
	refuse(task: Task, words: Words): void {
		const { known, entries } = this.standing(task);
		const { item: becomes, endsRun } = this.verdict(task, 'refused', known, entries);
		const isDoubt = becomes === 'unknown';
		const told = isDoubt ? afterDoubt(this.write, words, toOf(task, this.write)) : words;
		this.results.fail(task, { outcome: isDoubt ? 'unknown' : 'refused', words: told, endsRun });
	}

	/** Gives a task what came of its request, or of a search of the record, and files what later tries have to know. */
	conclude(task: Task, result: AttemptResult, sharedBy?: number[]): void {
		const { attempt, results = [], words, fault } = result;
		const entries = this.runLedger.begunFor(task);
		const before = entries.some(({ tries }) => tries > 1) ? 'unknown' : 'nothing';
		const { item: becomes, entry, endsRun } = this.verdict(task, attempt, before, entries, fault);
		if (entry === 'sent') this.runLedger.end(entries, { state: 'sent', results, sharedBy });
		if (entry === 'unknown') this.hold(task, result);
		if (entry === 'asBefore') this.runLedger.release(entries);
		if (becomes === 'sent') return this.results.succeed(task, results, sharedBy);
		if (becomes === 'send' || becomes === 'notTried' || !words) return;
		const isEarlierDoubt = becomes === 'unknown' && attempt !== 'unknown';
		const told = isEarlierDoubt ? afterDoubt(this.write, words, toOf(task, this.write)) : words;
		this.results.fail(task, { outcome: becomes, words: told, fault, endsRun });
	}

	/** Files that a request may have been done. */
	hold(task: Task, { words, fault, givenId }: AttemptResult): void {
		const isCancelled = this.host.cancelSignal?.aborted === true;
		const id = givenId === undefined ? {} : { givenId };
		const ending = { state: 'unknown' as const, words, status: fault?.status, ...id };
		this.runLedger.end(this.runLedger.begunFor(task), ending, isCancelled);
	}

	/** Ends the run before any of these tasks is tried. */
	endBefore([first, ...rest]: Task[], words: Words, fault?: Fault): void {
		this.endUntried(rest, notTried(first.item, words), fault);
		this.endUntried([first], words, fault, true);
	}

	/** Ends what has not been tried because of another item, if there is one that ended the run. */
	endRest(tasks: Task[]): void {
		const { culprit } = this.results;
		if (!culprit) return;
		const left = tasks.filter((task) => !this.results.has(task));
		this.endUntried(left, notTried(culprit.item, culprit.words), culprit.fault);
	}

	/**
	 * @param fault why they are not tried; left out when it is none of Clerk Chat's answers
	 * @param hold which guard held them back
	 */
	endUntried(
		tasks: Task[],
		words: Words,
		fault?: Fault,
		endsRun = false,
		hold?: Failure['hold'],
	): void {
		for (const task of tasks) {
			const { known, entries } = this.standing(task);
			// What was sent comes out as sent, whatever became of the rest.
			if (known === 'sent' && this.replay(task)) continue;
			const { item: becomes } = this.verdict(task, 'notTried', known, entries);
			const outcome = becomes === 'unknown' ? 'unknown' : 'notTried';
			const told =
				outcome === 'unknown' ? afterDoubt(this.write, words, toOf(task, this.write)) : words;
			this.results.fail(task, { outcome, words: told, fault, endsRun, hold });
		}
	}

	/** What the ledger knows of a task; what cannot be read may have been sent. */
	private standing(task: PartialTask): { known: Known; entries: LedgerEntry[] } {
		const { known, entries } = this.runLedger.standing(task);
		if (known === 'nothing')
			return { known: this.runLedger.isInDoubt(task) ? 'unknown' : 'nothing', entries };
		// Another account's results are none of this one's, and what it sent is not sent again.
		const isOurs = entries.every((entry) => this.runLedger.accounts.owns(entry));
		return { known: isOurs || known === 'inFlight' ? known : 'unknown', entries };
	}

	private verdict(
		task: PartialTask,
		attempt: Attempt,
		known: Known,
		entries: LedgerEntry[],
		fault?: Fault,
	): Verdict {
		return verdict(attempt, known, {
			resendUnknown: this.settings.resendUnknown,
			isLastTry: entries.some(
				(entry) =>
					entry.tries > 1 || entry.isOnRecord === true || !this.runLedger.accounts.owns(entry),
			),
			rejectedAsError: this.settings.rejectedAsError,
			stopOnError: !this.host.continueOnFail,
			repeatable: isRepeatable(task, this.write),
			endsAll: fault !== undefined && meaningOf(fault).endsAll === true,
		});
	}

	/** What to say of what may have been sent before. */
	private earlierFailure(task: PartialTask, entries: LedgerEntry[]) {
		const { write } = this;
		const outcome = 'unknown' as const;
		const [entry] = entries;
		if (!entry)
			return { outcome, words: task.isAfterUnknown ? afterOwnError(write) : unreadable(write) };
		const { message, words, status } = entries.find((each) => each.words) ?? entry;
		if (!entries.every((each) => this.runLedger.accounts.owns(each))) {
			return { outcome, words: otherAccount(write) };
		}
		const people = message?.recipients ?? entries.map(({ recipient }) => recipient);
		const to = people.filter(Boolean).join(', ') || undefined;
		const fault = { status };
		return { outcome, to, fault, words: words ?? inFlight(write, this.settings.resendUnknown, to) };
	}
}
