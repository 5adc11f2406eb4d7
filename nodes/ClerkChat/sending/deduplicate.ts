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
import { OtherExecutions } from './otherExecutions';
import type { Findings } from './otherExecutions';
import type { Reconciler } from './reconcile';
import type { Task } from './task';

const HOUR = 3_600_000;

/** How far back to read the record at most if n8n lost what it knew of the execution being retried. */
const AFTER_CRASH = 12 * HOUR;

/** By how much the clocks of two machines that run n8n may differ. */
const CLOCKS = HOUR / 6;

/**
 * From when on (ms since 1970) messages are compared with the record: for the hours of 'Skip If Sent', and after a crash
 * since the try whose results n8n may have lost. Infinity: they are not compared.
 * @param isShown whether messages are only shown, not sent
 */
function comparedSince({ settings, runLedger, operation }: RunParts, isShown = false): number {
	// 'Test Recipient' always gets its message.
	if (settings.testRuns === 'redirect' && !isShown) return Infinity;
	const { skipSentWithinHours: hours } = settings;
	const { lostSince } = runLedger.saved;
	const now = Date.now();
	// Every retry puts a new link into a question, so the record can't have it.
	const { message } = operation.write;
	const isLost = !isShown && lostSince !== undefined && message && !message.isPerExecution;
	return Math.min(
		hours === undefined ? Infinity : now - hours * HOUR,
		isLost ? Math.max(lostSince - CLOCKS, now - AFTER_CRASH) : Infinity,
	);
}

/**
 * Deduplicates against what other executions sent, according to the ledger and Clerk Chat's record: with 'Skip If Sent',
 * and after a crash.
 */
export class Deduplicator {
	/** Whether we have checked the form in which Clerk Chat returns messages. */
	private isLearned = false;

	/** Set if the run is compared with them. */
	private others?: OtherExecutions;

	constructor(
		private readonly run: RunParts,
		private readonly guards: Guards,
		private readonly reconciler: Reconciler,
	) {}

	/**
	 * Ends tasks that were already sent, or for which that can't be determined.
	 * @returns the remaining tasks
	 */
	async leaveOutSent(tasks: Task[], requester: Requester): Promise<Task[]> {
		const { decisions, results } = this.run;
		const since = comparedSince(this.run);
		if (since === Infinity || tasks.length === 0) return tasks;
		const others = new OtherExecutions(this.run, requester, since);
		this.others = others;
		const unidentifiable = this.leaveOutUnidentifiable(tasks.filter(({ message }) => !message));
		// Another retry may have sent it in the meantime.
		const findings = await this.lookUp(tasks, others, (task) => decisions.isLeft(task));
		if (!findings) return unidentifiable;
		const left = results.left(tasks).filter(({ message }) => message);
		return [...unidentifiable, ...left.filter((task) => !this.conclude(task, findings, others))];
	}

	/**
	 * For runs that only show messages: the tasks that would be skipped, or refused because nobody can tell whether
	 * they were sent. If the record can't answer at all, the tasks have already ended.
	 */
	async wouldSkip(tasks: Task[], connect: () => Promise<Requester>): Promise<Set<Task>> {
		const since = comparedSince(this.run, true);
		if (since === Infinity || tasks.length === 0) return new Set();
		const others = new OtherExecutions(this.run, await connect(), since);
		const findings = await this.lookUp(tasks, others);
		return new Set(tasks.filter(({ claims }) => claims.some((claim) => findings?.has(claim))));
	}

	/**
	 * Checks what another execution has begun since the record was read.
	 * @returns what to wait for before asking again; undefined when the task has ended or may be sent
	 */
	blockerOf(task: Task): Promise<void> | undefined {
		const { others } = this;
		if (!others) return undefined;
		const entries = others.of(task);
		const unclear = entries.filter((entry) => this.reconciler.isNew(entry));
		const inFlight = entries.find(({ state }) => state === 'inFlight');
		const arriving = inFlight ?? ledger.anotherArriving(unclear);
		if (arriving) return ledger.untilSettled(arriving);
		if (unclear.length > 0) return this.reconciler.settleOthers(unclear, others.requester);
		this.conclude(task, others.inLedger([task]), others);
		return undefined;
	}

	/** Notices when Clerk Chat returns a message in a form that matching won't find; once is enough. */
	learnFrom({ message }: Task, results: IDataObject[]): void {
		if (this.isLearned || !this.others || !message || results.length !== 1) return;
		const change = changedForms(message, results[0]).find(({ isBridged }) => !isBridged);
		this.isLearned = true;
		if (change) this.run.host.addHint?.(changedHint(change.asked, change.given));
	}

	/** After a crash, what the record can't identify is not sent, unless the user chose 'Send Again'. */
	private leaveOutUnidentifiable(tasks: Task[]): Task[] {
		const { settings, decisions, operation } = this.run;
		for (const task of tasks) {
			if (settings.resendUnknown) task.isAfterUnknown = true;
			else decisions.failAsUnknown(task, { words: untellable(operation.write) });
		}
		return settings.resendUnknown ? tasks : [];
	}

	/**
	 * Looks up in the ledger and on the record who already has which message.
	 * @param isOpen called once everything that may be on record is known
	 * @returns undefined if the record can't be read, and then the tasks have ended
	 */
	private async lookUp(
		all: Task[],
		others: OtherExecutions,
		isOpen: (task: Task) => boolean = () => true,
	): Promise<Findings | undefined> {
		const { host, decisions, runLedger, settings } = this.run;
		const { requester, since } = others;
		const tasks = all.filter(({ message }) => message);
		if (tasks.length === 0) return new Map();
		let reading: Reading | undefined;
		let began: number;
		do {
			began = ledger.now;
			const entries = others.begunSince(0, tasks);
			const arrived = Promise.all(entries.map(async (entry) => await ledger.untilSettled(entry)));
			await Promise.race([arrived, untilCancelled(host)]);
			reading = await this.guards.readRecord(requester, since);
			if (!reading) return undefined;
			// Only after reading: an unclear message that it lists belongs to whoever sent it, even to another item here.
			await this.reconciler.settleOthers(entries, requester);
		} while (
			others.begunSince(began, tasks).some((entry) => runLedger.saved.messages.isOfExecution(entry))
		);
		if (reading.kind === 'failed') {
			const { fault } = reading;
			const isClosed = fault.status === 403 || fault.status === 404;
			const isAfterCrash = settings.skipSentWithinHours === undefined;
			// With this key, the record can never answer, as for a template.
			if (isClosed && isAfterCrash && settings.resendUnknown) {
				for (const task of tasks) if (isOpen(task)) task.isAfterUnknown = true;
				return new Map();
			}
			const answer = wordsFor(fault, { secrets: requester.secrets, timezone: host.timezone });
			decisions.endBefore(tasks, recordClosed({ answer, fault, isAfterCrash }), fault);
			return undefined;
		}
		const findings = others.whoHas(tasks.filter(isOpen), reading);
		if (findings instanceof Map) return findings;
		decisions.endBefore(tasks, recordClosed(findings));
		return undefined;
	}

	/** Ends a task if all its recipients have the message, or if that can't be determined. */
	private conclude(task: Task, findings: Findings, { requester }: OtherExecutions): boolean {
		const { results, runLedger, decisions } = this.run;
		const have = task.claims.filter((claim) => findings.has(claim));
		if (have.length === 0) return false;
		const known = have.map((claim) => findings.get(claim)!);
		const doubt = known.find((finding) => finding.doubt)?.doubt;
		const found = [...new Set(known.flatMap((finding) => finding.results))];
		const read = readAnswer(found, contextOf(this.run, requester, task));
		const words = doubt ?? (read.attempt === 'unknown' ? read.words : undefined);
		if (words) decisions.failAsUnknown(task, { words });
		else if (have.length < task.claims.length) {
			decisions.refuse(task, someHaveIt(have.map(({ recipient }) => recipient)));
		} else {
			const skipped = new Map(found.map((each) => [each, { ...each, skipped: true }]));
			const each = known.map((finding) => finding.results.map((result) => skipped.get(result)!));
			runLedger.file(task.claims, requester.baseURL, each);
			results.succeed(task, [...skipped.values()]);
		}
		return true;
	}
}
