import { fieldError, wordsOf } from '../../api/errors';
import type { Fault, Words } from '../../api/faults';
import { idOf } from '../../api/record';
import { meaningOf } from '../../api/statuses';
import type { Failure, Unusable } from '../failure';
import type { Host } from '../host';
import type { OfQuestion, OfWrite } from '../operation';
import type { Results } from '../results';
import { notTried, someHaveIt } from '../words/sendingWords';
import {
	afterDoubt,
	afterItemError,
	inFlight,
	otherAccount,
	unreadable,
} from '../words/unclearWords';
import type { AttemptResult } from './attempt';
import { isOver } from './ledger/ledgerEntry';
import type { Ending, LedgerEntry, Standing } from './ledger/ledgerEntry';
import { notDeliveredBefore } from './notDelivered';
import type { RunLedger } from './ledger/runLedger';
import type { SendSettings } from './settings';
import { isRepeatable, referenceOf, toOf } from './task';
import type { PartialTask, Task } from './task';
import { verdict } from './verdict';
import type { Attempt, Verdict } from './verdict';

/** Why an item failed. `endsRun` is set where something other than the {@link verdict} decides it. */
type Why = Omit<Failure, 'outcome'>;

/** What the steps of a run share. */
export interface RunParts {
	host: Host;
	operation: OfWrite | OfQuestion;
	settings: SendSettings;
	runLedger: RunLedger;
	results: Results;
	decisions: Decisions;
}

/** Applies the {@link verdict} to each task: updates the ledger and sets the item's result. */
export class Decisions {
	/** Entries already returned for items whose messages were not delivered. */
	private readonly notDelivered = new Set<LedgerEntry>();

	constructor(private readonly run: Omit<RunParts, 'decisions'>) {}

	/** Ends a task that was done, or may have been. Returns false if its request must be made now. */
	replay(task: PartialTask): boolean {
		const standing = this.run.runLedger.standing(task);
		const { known, entries } = standing;
		if (known === 'nothing' && task.isAfterNotDelivered) {
			this.run.results.succeed(task, notDeliveredBefore(task, this.notDelivered));
			return true;
		}
		const { item: decided } = this.verdict(task, 'notYet', standing);
		if (decided === 'send') return false;
		if (decided === 'sent') {
			// Another retry may have sent it.
			this.run.runLedger.saved.messages.rememberSent(entries);
			const { results, sharedBy } = this.run.runLedger.claims.resultsOf(task.item, entries);
			// A message to several people is one result.
			const once = new Map(results.map((result) => [idOf(result), result])).values();
			this.run.results.succeed(task, entries.length > 1 ? [...once] : results, sharedBy);
		} else if (known === 'partly') {
			const have = entries.filter(({ state }) => state === 'sent');
			for (const entry of have) this.run.runLedger.saved.continueIn(null, entry);
			this.refuse(task, someHaveIt(have.map(({ recipient }) => recipient)));
		} else this.failAsUnknown(task, this.earlierFailure(task, standing));
		return true;
	}

	/** Whether a task still has to be sent. One that another retry has in flight waits until its turn comes. */
	isLeft(task: Task): boolean {
		return this.run.runLedger.inFlightFor(task) !== undefined || !this.replay(task);
	}

	/** Ends an item with unusable fields. What an earlier try did still counts, whatever the fields say now. */
	endUnusable({ item, error }: Unusable): void {
		const { runLedger, results, host, operation } = this.run;
		const left = runLedger.leftOf(item);
		if (left.length === 0) results.failUnusable({ item, error });
		for (const task of left) {
			if (this.replay(task)) continue;
			const told = fieldError(host.node, afterDoubt(operation.write, wordsOf(error)), item);
			const reference = referenceOf(task, runLedger.begunFor(task));
			results.failUnusable({ item, error: told }, { ...task, reference });
		}
	}

	/** Fails a task without making a request. */
	refuse(task: PartialTask, words: Words, hold?: Failure['hold']): void {
		const decided = this.verdict(task, 'refused', this.run.runLedger.standing(task));
		this.end(task, 'refused', decided, { words, hold });
	}

	/** Fails a task that an earlier try or another execution may have done. */
	failAsUnknown(task: PartialTask, why: Why): void {
		this.fail(task, { ...why, outcome: 'unknown', isEarlier: true });
	}

	/** Gives a task the result of its request, or of a search of the record, and updates the ledger for later tries. */
	conclude(task: Task, result: AttemptResult, sharedBy?: number[]): void {
		const { runLedger } = this.run;
		const { attempt, results = [], words, fault, isOnRecord } = result;
		const entries = runLedger.begunFor(task);
		const known = entries.some(({ tries }) => tries > 1) ? 'unknown' : 'nothing';
		const decided = this.verdict(task, attempt, { known, entries, isOurs: true }, fault);
		const sent: Ending = { state: 'sent', results, isShared: sharedBy && true, isOnRecord };
		if (decided.entry === 'sent') runLedger.end(entries, sent);
		if (decided.entry === 'unknown') this.markUnknown(task, result);
		const failed = attempt === 'failed' ? results : [];
		if (decided.entry === 'asBefore') runLedger.release(entries, failed);
		if (decided.item === 'sent') this.run.results.succeed(task, results, sharedBy);
		else if (words) this.end(task, attempt, decided, { words, fault });
	}

	/** Marks a request in the ledger as possibly done. */
	markUnknown(task: Task, { words, fault, givenId, isOnRecord }: AttemptResult): void {
		const { host, runLedger } = this.run;
		const known = { ...(givenId !== undefined && { givenId }), ...(isOnRecord && { isOnRecord }) };
		const ending = { state: 'unknown' as const, words, status: fault?.status, ...known };
		runLedger.end(runLedger.begunFor(task), ending, host.cancelSignal?.aborted);
	}

	/** Ends the run before trying any of these tasks. Returns what another retry has sent in the meantime. */
	endBefore(tasks: Task[], words: Words, fault?: Fault): void {
		const [first, ...rest] = tasks.filter((task) => this.isLeft(task));
		if (!first) return;
		this.endUntried(rest, { words: notTried(first.item, words), fault });
		this.endUntried([first], { words, fault, endsRun: true });
	}

	/** If an item ended the run, ends the tasks that have not been tried. */
	endRest(tasks: Task[]): void {
		const { results } = this.run;
		if (!results.culprit) return;
		const { item, words, fault } = results.culprit;
		this.endUntried(results.left(tasks), { words: notTried(item, words), fault });
	}

	/** Ends tasks that have not been tried. */
	endUntried(tasks: Task[], why: Why): void {
		for (const task of tasks) {
			const standing = this.run.runLedger.standing(task);
			// What was sent is returned as sent, whatever happened to the rest.
			if (standing.known === 'sent' && this.replay(task)) continue;
			this.end(task, 'notTried', this.verdict(task, 'notTried', standing), why);
		}
	}

	/** Fails a task. Every failure passes here, except unusable fields. */
	fail(task: PartialTask, failure: Failure): void {
		const reference = referenceOf(task, this.run.runLedger.begunFor(task));
		const to = toOf(task, this.run.operation.write) ?? failure.to;
		this.run.results.fail(task, { ...failure, to, reference });
	}

	/** Fails a task that is not done now. If an earlier try may have done it, it is neither "refused" nor "not tried". */
	private end(task: PartialTask, attempt: Attempt, decided: Verdict, why: Why): void {
		const { item: outcome, endsRun } = decided;
		if (outcome === 'send' || outcome === 'sent') return;
		const { write } = this.run.operation;
		const isEarlier = outcome === 'unknown' && attempt !== 'unknown';
		const words = isEarlier ? afterDoubt(write, why.words, toOf(task, write)) : why.words;
		this.fail(task, { endsRun, ...why, outcome, words });
	}

	private verdict(
		task: PartialTask,
		attempt: Attempt,
		{ known, entries, isOurs }: Standing,
		fault?: Fault,
	): Verdict {
		const { settings, host, operation } = this.run;
		return verdict(attempt, known, {
			resendUnknown: settings.resendUnknown,
			isLastTry: task.isFinal === true || entries.some(isOver) || !isOurs,
			rejectedAsError: settings.rejectedAsError,
			stopOnError: !host.continueOnFail,
			repeatable: isRepeatable(task, operation.write),
			endsAll: fault !== undefined && meaningOf(fault).endsAll === true,
		});
	}

	/** The words for what may have been sent earlier. */
	private earlierFailure(task: PartialTask, { entries, isOurs }: Standing): Why {
		const { write } = this.run.operation;
		const [entry] = entries;
		if (!entry) return { words: task.isAfterUnknown ? afterItemError(write) : unreadable(write) };
		if (!isOurs) return { words: otherAccount(write) };
		const { message, words, status } = entries.find((each) => each.words) ?? entry;
		const people = message?.recipients ?? entries.map(({ recipient }) => recipient);
		const to = people.filter(Boolean).join(', ') || undefined;
		const told = words ?? inFlight(write, this.run.settings.resendUnknown, to);
		return { to, fault: { status }, words: told };
	}
}
