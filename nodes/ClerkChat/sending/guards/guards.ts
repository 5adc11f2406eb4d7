import { personOf } from '../../../api/person';
import type { Reading } from '../../../api/record';
import { Requester } from '../../../api/requester';
import { readRequestOptions } from '../../description/requestOptions';
import type { Host } from '../../host';
import { howToSendLater } from '../../words/sendingWords';
import type { Write } from '../../write';
import type { Decisions } from '../decisions';
import type { RunLedger } from '../ledger/runLedger';
import type { Task } from '../task';
import { recipientsIn } from './guard';
import type { Guard, Hold, Planned, Unreadable } from './guard';
import { OnlyTo } from './onlyTo';
import { OptedOut } from './optedOut';
import type { GuardOptions } from './options';
import { MostPerPerson } from './perPerson';
import { MostInRun } from './perRun';
import { RunRecord } from './runRecord';
import { QuietHours } from './sendBetween';

/** What guards need from a run. */
interface GuardedRun {
	host: Host;
	write: Write;
	runLedger: RunLedger;
	decisions: Decisions;
}

/** How long data that was read stays fresh, in ms. */
const FRESH = 60_000;

/**
 * The guards of a run: options that hold messages back. Each one reads what it needs once. It is asked before the run
 * begins (also for previews), and again right before each message is sent. A message that is held back never vanishes:
 * its item fails.
 */
export class Guards {
	private readonly guards: Guard[];

	/** The guards that read data. */
	private readonly readers: Guard[];

	private readonly record: RunRecord;

	/** Set while data is being read. */
	private reading?: Promise<void>;

	/** When the data was last read, in ms. */
	private readAt = -Infinity;

	/** Why the data couldn't be read. */
	private unreadable?: Unreadable;

	constructor(
		private readonly run: GuardedRun,
		options: GuardOptions,
	) {
		const { host, runLedger } = run;
		const { onlyTo, maxMessages, skipOptedOut, sendBetween, maxPerPerson } = options;
		this.record = new RunRecord(host);
		// Guards that waiting doesn't satisfy come first.
		this.guards = [
			maxMessages !== undefined && new MostInRun(maxMessages, host, runLedger),
			onlyTo && new OnlyTo(onlyTo),
			skipOptedOut && new OptedOut(host),
			maxPerPerson && new MostPerPerson(maxPerPerson, runLedger, host.timezone),
			sendBetween && new QuietHours(sendBetween, host.timezone),
		].filter((guard) => typeof guard === 'object');
		this.readers = this.guards.filter(({ prepare }) => prepare);
	}

	/**
	 * Reads the record up to now for Skip If Sent, reaching back as far as guards need it, too.
	 * @param since in ms
	 */
	async readRecord(requester: Requester, since: number): Promise<Reading | undefined> {
		return await this.record.readNow(requester, Math.min(since, this.since(requester)));
	}

	/** How far back the guards need the record, in ms since 1970; Infinity when they don't need it. */
	private since(requester: Requester): number {
		return Math.min(...this.guards.map((guard) => guard.since?.(requester) ?? Infinity));
	}

	/**
	 * Ends tasks that must not be sent. With On Error = Stop, one such task keeps all others from being sent.
	 * @param requester created if left out and data has to be read
	 * @param before what is sent before these tasks, when these are only shown
	 * @returns the tasks that may be sent now
	 */
	async allowed(all: Task[], requester?: Requester, before?: Task[]): Promise<Task[]> {
		if (this.guards.length === 0 || all.length === 0) return all;
		const { host, decisions } = this.run;
		await this.refresh(requester);
		if (host.cancelSignal?.aborted) return [];
		// Another retry may have sent some of them in the meantime.
		const tasks = before ? all : all.filter((task) => decisions.isLeft(task));
		if (this.unreadable) {
			decisions.endBefore(tasks, this.unreadable.words, this.unreadable.fault);
			return [];
		}
		const isPlan = before !== undefined || !host.continueOnFail;
		const holds = this.holdsOf(tasks, isPlan, before);
		for (const [task, hold] of holds) this.end(task, hold);
		if (holds.size > 0 && !host.continueOnFail) {
			decisions.endRest(tasks);
			return [];
		}
		return tasks.filter((task) => !holds.has(task));
	}

	/**
	 * In a long run, reads what is new every minute, such as who has texted STOP since.
	 * @returns what to wait for before sending more; undefined if there is nothing to read
	 */
	refresh(requester?: Requester): Promise<void> | undefined {
		if (this.readers.length === 0 || Date.now() - this.readAt < FRESH) return undefined;
		this.reading ??= this.read(requester).finally(() => (this.reading = undefined));
		return this.reading;
	}

	/** Ends a task that must not be sent at this moment. Returns false if it may be sent. */
	holdsBack(task: Task): boolean {
		const { unreadable, run } = this;
		if (unreadable) run.decisions.endBefore([task], unreadable.words, unreadable.fault);
		const hold = unreadable ? undefined : this.holdOf(task);
		if (hold) this.end(task, hold);
		return unreadable !== undefined || hold !== undefined;
	}

	/** Whether a guard holds back any of these requests, which have been waiting their turn since a moment (in ms). */
	isClosedFor(tasks: Task[], since: number): boolean {
		return Date.now() > since && tasks.some((task) => this.holdOf(task) !== undefined);
	}

	private async read(given: Requester | undefined): Promise<void> {
		const { host } = this.run;
		const requester = given ?? (await Requester.create(host, readRequestOptions(host)));
		const isFirst = this.readAt === -Infinity;
		const since = this.since(requester);
		const reading = isFirst
			? this.record.read(requester, since)
			: this.record.readNow(requester, since);
		this.unreadable = undefined;
		for (const guard of this.readers) {
			this.unreadable ??= await guard.prepare!(requester, reading);
		}
		// A stopped read may be incomplete, so whoever continues reads again.
		if (requester.isStopped) this.unreadable = undefined;
		else this.readAt = Date.now();
	}

	/** @param isPlan whether earlier tasks count as if they had been sent */
	private holdsOf(tasks: Task[], isPlan: boolean, before: Task[] = []): Map<Task, Hold> {
		const holds = new Map<Task, Hold>();
		for (const guard of this.guards) {
			const hold = guard.checkRun?.([...before, ...tasks]);
			if (hold) for (const task of tasks) holds.set(task, hold);
		}
		const planned: Planned = new Map();
		for (const task of before) count(task, planned);
		for (const task of tasks) {
			const hold = holds.get(task) ?? this.holdOf(task, planned);
			if (hold) holds.set(task, hold);
			else if (isPlan) count(task, planned);
		}
		return holds;
	}

	private holdOf(task: Task, planned?: Planned): Hold | undefined {
		for (const guard of this.guards) {
			const hold = guard.check?.(task, planned);
			if (hold) return hold;
		}
		return undefined;
	}

	private end(task: Task, hold: Hold): void {
		const { decisions, host } = this.run;
		// When the run is stopped, its error says so.
		const wayOut = host.continueOnFail ? howToSendLater(hold.sendAfter, host) : '';
		const description = [hold.words.description, wayOut].filter(Boolean).join(' ');
		const words = { ...hold.words, description };
		if (hold.code) decisions.endUntried([task], { words, hold, endsRun: !host.continueOnFail });
		else decisions.refuse(task, words, hold);
	}
}

function count(task: Task, planned: Planned): void {
	for (const to of recipientsIn(task)) {
		const person = personOf(to);
		planned.set(person, (planned.get(person) ?? 0) + 1);
	}
}
