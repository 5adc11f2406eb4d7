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
import type { Guard, Hold, Planned, Unreadable } from './guard';
import { OnlyTo } from './onlyTo';
import { OptedOut } from './optedOut';
import type { GuardOptions } from './options';
import { recipientsIn } from './people';
import { MostPerPerson } from './perPerson';
import { MostInRun } from './perRun';
import { RunRecord } from './runRecord';
import { QuietHours } from './sendBetween';

/** What guards need of a run. */
interface GuardedRun {
	host: Host;
	write: Write;
	runLedger: RunLedger;
	decisions: Decisions;
}

/**
 * The guards of a run: options that hold messages back. Each reads what it needs once, and is asked before the run begins, for
 * previews, too, and again at the moment when a message is sent. What is held back never vanishes: its item fails.
 */
export class Guards {
	private readonly guards: Guard[];

	private readonly quietHours?: QuietHours;

	private readonly record: RunRecord;

	private prepared?: Promise<Unreadable | undefined>;

	constructor(
		private readonly run: GuardedRun,
		options: GuardOptions,
	) {
		const { host, runLedger } = run;
		const { onlyTo, maxMessages, skipOptedOut, sendBetween, maxPerPerson } = options;
		this.record = new RunRecord(host);
		this.quietHours = sendBetween && new QuietHours(sendBetween, host.timezone);
		// What time does not help comes first.
		this.guards = [
			maxMessages !== undefined && new MostInRun(maxMessages, host, runLedger),
			onlyTo && new OnlyTo(onlyTo),
			skipOptedOut && new OptedOut(host),
			maxPerPerson && new MostPerPerson(maxPerPerson, runLedger, host.timezone),
			this.quietHours,
		].filter((guard) => typeof guard === 'object');
	}

	/**
	 * Reads the record by now, for Skip If Sent: at once as far back as guards need it.
	 * @param since in ms
	 */
	async readRecord(requester: Requester, since: number): Promise<Reading | undefined> {
		return await this.record.readNow(requester, Math.min(since, this.since(requester)));
	}

	/** From when on they need the record, in ms; Infinity when they need none. */
	private since(requester: Requester): number {
		return Math.min(...this.guards.map((guard) => guard.since?.(requester) ?? Infinity));
	}

	/**
	 * Ends what is not to go out. With On Error = Stop, one such message keeps all from going out.
	 * @param requester one is made where something has to be read, when left out
	 * @param isPreview whether these are only shown
	 * @returns those that may go out now
	 */
	async allowed(tasks: Task[], requester?: Requester, isPreview = false): Promise<Task[]> {
		if (this.guards.length === 0 || tasks.length === 0) return tasks;
		const { host, decisions } = this.run;
		const unreadable = await (this.prepared ??= this.prepare(requester));
		if (host.cancelSignal?.aborted) return [];
		if (unreadable) {
			decisions.endBefore(tasks, unreadable.words, unreadable.fault);
			return [];
		}
		const holds = this.holdsOf(tasks, isPreview || !host.continueOnFail);
		for (const [task, hold] of holds) this.end(task, hold);
		if (holds.size > 0 && !host.continueOnFail) {
			decisions.endRest(tasks);
			return [];
		}
		return tasks.filter((task) => !holds.has(task));
	}

	/** Ends a task that is not to go out at this moment. False when it may. */
	holdsBack(task: Task): boolean {
		const hold = this.holdOf(task);
		if (hold) this.end(task, hold);
		return hold !== undefined;
	}

	/** Whether the hour has passed while a request waited for its turn. */
	isClosedFor(tasks: Task[]): boolean {
		return this.quietHours !== undefined && tasks.some((task) => this.quietHours?.check(task));
	}

	private async prepare(given: Requester | undefined): Promise<Unreadable | undefined> {
		const { host } = this.run;
		const readers = this.guards.filter(({ prepare }) => prepare);
		if (readers.length === 0) return undefined;
		const requester = given ?? (await Requester.create(host, readRequestOptions(host)));
		const reading = await this.record.read(requester, this.since(requester));
		for (const guard of readers) {
			const unreadable = await guard.prepare!(requester, reading);
			if (unreadable) return unreadable;
		}
		return undefined;
	}

	/** @param isPlan whether those before a task count as if they were sent */
	private holdsOf(tasks: Task[], isPlan: boolean): Map<Task, Hold> {
		const holds = new Map<Task, Hold>();
		for (const guard of this.guards) {
			const hold = guard.checkRun?.(tasks);
			if (hold) for (const task of tasks) holds.set(task, hold);
		}
		const planned: Planned = new Map();
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
		if (hold.code) decisions.endUntried([task], words, undefined, !host.continueOnFail, hold);
		else decisions.refuse(task, words, hold);
	}
}

function count(task: Task, planned: Planned): void {
	for (const to of recipientsIn(task)) {
		const person = personOf(to);
		planned.set(person, (planned.get(person) ?? 0) + 1);
	}
}
