import type { IDataObject } from 'n8n-workflow';
import { changedForms } from '../../api/answeredForm';
import { wordsFor } from '../../api/faults';
import type { Reading } from '../../api/record';
import type { Requester } from '../../api/requester';
import { untilCancelled } from '../host';
import { changedHint } from '../words/sendingHints';
import { recordClosed, someHaveIt } from '../words/sendingWords';
import { untellable } from '../words/unclearWords';
import { contextOf, readAnswer } from './attempt';
import type { RunParts } from './decisions';
import type { Guards } from './guards/guards';
import { ledger } from './ledger/ledger';
import type { LedgerEntry } from './ledger/ledgerEntry';
import { OtherExecutions } from './otherExecutions';
import type { Finding, Findings } from './otherExecutions';
import type { Reconciler } from './reconcile';
import type { Task } from './task';

/** Deduplicates ('Skip If Sent') against what others sent, as the ledger and Clerk Chat's record know it. */
export class Deduplicator {
	/** Whether the form in which Clerk Chat gives messages back has been looked at. */
	private isLearned = false;

	private readonly since: number;

	private readonly others: OtherExecutions;

	/** @param hours for how many hours back */
	constructor(
		private readonly run: RunParts,
		private readonly guards: Guards,
		private readonly reconciler: Reconciler,
		private readonly requester: Requester,
		hours: number,
	) {
		this.since = Date.now() - hours * 3_600_000;
		this.others = new OtherExecutions(run, requester, this.since);
	}

	/**
	 * Ends those tasks that were sent, and those of which it cannot be told.
	 * @returns the others
	 */
	async leaveOutSent(tasks: Task[]): Promise<Task[]> {
		const untold = this.withoutTell(tasks.filter(({ message }) => !message));
		// Another retry may have sent it by then.
		const findings = await this.lookUp(tasks, (task) => this.run.decisions.isLeft(task));
		const told = [...(findings ?? [])].filter(([task, found]) => !this.conclude(task, found));
		return [...untold, ...told.map(([task]) => task)];
	}

	/**
	 * What would be skipped, or refused because that cannot be told, for a run that only shows it. When the record does not
	 * tell at all, the tasks have ended.
	 */
	async wouldSkip(tasks: Task[]): Promise<Set<Task>> {
		const findings = await this.lookUp(tasks);
		const skipped = [...(findings ?? [])].filter(([, found]) => found.some(Boolean));
		return new Set(skipped.map(([task]) => task));
	}

	/**
	 * What another execution has begun since the record was read.
	 * @returns what to wait for before asking again; undefined when the task has ended, or may go out
	 */
	standsInTheWay(task: Task): LedgerEntry | undefined {
		const inFlight = this.others.of(task).find(({ state }) => state === 'inFlight');
		if (!inFlight) this.conclude(task, this.others.findingsFor(task, new Map()));
		return inFlight;
	}

	/** Notices when Clerk Chat gives a message back in a form in which it will not be found; once is enough. */
	learnFrom({ message }: Task, results: IDataObject[]): void {
		if (this.isLearned || !message || results.length !== 1) return;
		const change = changedForms(message, results[0]).find(({ isBridged }) => !isBridged);
		this.isLearned = true;
		if (change) this.run.host.addHint?.(changedHint(change.asked, change.given));
	}

	/** What the record cannot tell is not sent after a crash, unless somebody chose 'Send Again'. */
	private withoutTell(tasks: Task[]): Task[] {
		const { settings, decisions, operation } = this.run;
		for (const task of tasks) {
			if (settings.resendUnknown) task.isAfterUnknown = true;
			else decisions.doubt(task, { words: untellable(operation.write) });
		}
		return settings.resendUnknown ? tasks : [];
	}

	/**
	 * Looks up who has which message, in the ledger and on the record.
	 * @param isOpen asked when all that may be on record is known
	 * @returns for those of which the record tells; undefined when it cannot be read, and then they have ended
	 */
	private async lookUp(
		all: Task[],
		isOpen: (task: Task) => boolean = () => true,
	): Promise<Findings | undefined> {
		const { run, requester, others } = this;
		const { host, decisions, runLedger } = run;
		const tasks = all.filter(({ message }) => message);
		if (tasks.length === 0) return new Map();
		let reading: Reading | undefined;
		let began: number;
		do {
			began = ledger.now;
			const entries = others.begunSince(0, tasks);
			const arrived = Promise.all(entries.map(async (entry) => await ledger.settled(entry)));
			await Promise.race([arrived, untilCancelled(host)]);
			await this.reconciler.settleOthers(entries, requester);
			reading = await this.guards.readRecord(requester, this.since);
			if (!reading) return undefined;
		} while (
			others.begunSince(began, tasks).some((entry) => runLedger.saved.messages.isOfExecution(entry))
		);
		if (reading.kind === 'failed') {
			const { fault } = reading;
			const told = wordsFor(fault, { secrets: requester.secrets, timezone: host.timezone });
			decisions.endBefore(tasks, recordClosed({ answer: told, fault }), fault);
			return undefined;
		}
		const findings = others.whoHas(tasks.filter(isOpen), reading);
		if (findings instanceof Map) return findings;
		decisions.endBefore(tasks, recordClosed(findings));
		return undefined;
	}

	/** Ends a task that all of its people have, or of which that cannot be told. */
	private conclude(task: Task, findings: Array<Finding | undefined>): boolean {
		const { results, runLedger, decisions } = this.run;
		const known = findings.filter((finding) => finding !== undefined);
		if (known.length === 0) return false;
		const doubt = known.find((finding) => 'doubt' in finding)?.doubt;
		const have = task.claims.filter((_, index) => findings[index]);
		const found = [...new Set(known.flatMap((each) => ('results' in each ? each.results : [])))];
		const read = readAnswer(found, contextOf(this.run, this.requester, task));
		const words = doubt ?? (read.attempt === 'unknown' ? read.words : undefined);
		if (words) decisions.doubt(task, { words });
		else if (have.length < task.claims.length) {
			decisions.refuse(task, someHaveIt(have.map(({ recipient }) => recipient)));
		} else {
			const skipped = new Map(found.map((each) => [each, { ...each, skipped: true }]));
			const each = findings.map((one) =>
				one && 'results' in one ? one.results.map((result) => skipped.get(result)!) : [],
			);
			runLedger.file(task.claims, this.requester.baseURL, each);
			results.succeed(task, [...skipped.values()]);
		}
		return true;
	}
}
