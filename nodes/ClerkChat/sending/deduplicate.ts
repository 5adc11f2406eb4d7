import type { IContextObject, IDataObject } from 'n8n-workflow';
import type { Host } from '../host';
import { wordsFor } from '../../api/faults';
import type { Words } from '../../api/faults';
import { addressOf, entriesOf } from '../../api/matching';
import type { Match, Sought } from '../../api/matching';
import { objectionTo } from '../../api/messageStatus';
import { idOf } from '../../api/record';
import type { Entry } from '../../api/record';
import type { Requester } from '../../api/requester';
import { readAttempt } from './attempt';
import { skippedHint } from './hints';
import { ledger } from './ledger';
import type { LedgerEntry } from './ledgerEntry';
import type { Reconciler, Reconciling } from './reconcile';
import type { Results } from './results';
import type { RunRecord } from './runRecord';
import type { Task } from './tasks';
import { mayHaveBeenSent, recordClosed, someHaveIt, perhapsOnRecord, untellable } from './words';

/** What is known of a message to one of its people: that it was sent, or why that cannot be told. */
type Finding = { results: IDataObject[] } | { doubt: Words };

/** What deduplicating needs of a run. */
interface Deduplicating extends Reconciling {
	results: Results;
	reconciler: Reconciler;
	requester: Requester;
	/** Ends when the execution is cancelled. */
	cancelled: Promise<void>;
	/** For how many hours back. */
	hours: number;
	record: RunRecord;
	/** From when on others of the run need the record, in ms; Infinity when they don't. */
	guardsSince: number;
	/** Whether what may have been sent by another execution, and is not on record, is sent. */
	resendUnknown: boolean;
}

/**
 * Deduplicates against what others sent ('Skip If Sent'): other executions of this process, as the ledger knows it, and
 * everybody else, as Clerk Chat's record shows it. What was sent is not sent again, and what cannot be told is not sent.
 */
export class Deduplicator {
	private skipped = 0;

	private readonly since: number;

	private readonly known: KnownOfExecution;

	constructor(private readonly run: Deduplicating) {
		this.since = Date.now() - run.hours * 3_600_000;
		this.known = knownOf(run.host);
		for (const { results = [], recipient } of run.runLedger.saved.all()) {
			for (const result of results) this.use(result, recipient);
		}
	}

	/**
	 * Ends those tasks that were sent, and those of which it cannot be told.
	 * @returns the others
	 */
	async leaveOutSent(all: Task[]): Promise<Task[]> {
		const tasks = all.filter(({ message }) => message);
		const others = this.withoutTell(all.filter(({ message }) => !message));
		return [...others, ...(tasks.length > 0 ? await this.notSentYet(tasks) : [])];
	}

	private async notSentYet(tasks: Task[]): Promise<Task[]> {
		const { requester, decisions, host, runLedger, reconciler } = this.run;
		const others = tasks.flatMap((task) => this.others(task).flatMap((read) => [...read()]));
		await Promise.race([Promise.all(others.map((e) => ledger.settled(e))), this.run.cancelled]);
		await reconciler.settleOthers(others, requester);
		const reading = await this.run.record.readNow(requester, Math.min(this.since, this.run.guardsSince));
		if (!reading) return [];
		if (reading.kind === 'failed' || !reading.isWhole) {
			const { timezone } = host;
			const fault = reading.kind === 'failed' ? reading.fault : undefined;
			const told = fault && wordsFor(fault, { secrets: requester.secrets, timezone });
			const reason = reading.kind === 'read' ? reading.reason : undefined;
			decisions.endBefore(tasks, recordClosed(told, fault, reason), fault);
			return [];
		}
		const { baseURL: server } = requester;
		const onRecord = new Map(reading.entries.map((entry) => [idOf(entry), entry]));
		const findings = new Map(tasks.map((task) => [task, this.sentByOthers(task, onRecord)]));
		const isTaken = (entry: Entry) =>
			this.known.used.has(idOf(entry)) || (!host.isTool && runLedger.saved.isOwn(server, entry));
		const sent = reading.entries.filter((entry) => objectionTo(entry)?.outcome !== 'refused');
		this.addRecorded(findings, sent, isTaken);
		return tasks.filter((task) => !this.conclude(task, findings.get(task)!));
	}

	/**
	 * What another execution has begun since the record was read.
	 * @returns what to wait for before asking again; undefined when the task has ended, or may go out
	 */
	standsInTheWay(task: Task): LedgerEntry | undefined {
		const arriving = this.others(task).flatMap((read) => [...read()].filter((e) => e.state === 'inFlight'));
		if (arriving.length > 0) return arriving[0];
		this.conclude(task, this.sentByOthers(task, new Map()));
		return undefined;
	}

	/** Says beside the output how many were skipped. */
	tell(of: number): void {
		const { host, write, hours } = this.run;
		if (this.skipped > 0) host.addHint?.(skippedHint(write, this.skipped, of, hours));
	}

	/** What the record cannot tell is not sent after a crash, unless somebody chose 'Send Again'. */
	private withoutTell(tasks: Task[]): Task[] {
		const { resendUnknown, results, write } = this.run;
		if (resendUnknown) return tasks;
		const words = untellable(write);
		for (const task of tasks) results.fail(task, { outcome: 'unknown', words, isEarlier: true });
		return [];
	}

	private others(task: Task): Array<() => Set<LedgerEntry>> {
		const { runLedger, requester } = this.run;
		return runLedger.sentByOthers(requester.baseURL, task).map((reader) => () => {
			for (const entry of reader.read()) {
				if (!ledger.has(entry) || (entry.ended ?? Date.now()) < this.since) {
					reader.entries.delete(entry);
				}
			}
			return reader.entries;
		});
	}

	/** What other executions of this process sent to each of a task's people, or may have. Each entry counts once. */
	private sentByOthers(task: Task, onRecord: Map<string, Entry>): Array<Finding | undefined> {
		const { write, runLedger, resendUnknown } = this.run;
		return this.others(task).map((read, at) => {
			const { recipient } = task.claims[at];
			const entries = read();
			for (const entry of entries) {
				const isSent = entry.state === 'sent';
				if (entry.state === 'inFlight' || (!isSent && resendUnknown && !entry.isOnRecord)) continue;
				entries.delete(entry);
				const listed = (entry.results ?? []).map((result) => onRecord.get(idOf(result)) ?? result);
				const isFailed = listed.some((each) => objectionTo(each)?.outcome === 'refused');
				if (isFailed || listed.some((each) => this.known.used.has(pairOf(each, recipient)))) continue;
				for (const result of listed) this.use(result, recipient);
				const isOurs =
					runLedger.isTrusted(entry) || listed.some((each) => onRecord.has(idOf(each)));
				return isSent && isOurs ? { results: listed } : { doubt: mayHaveBeenSent(write, entry) };
			}
			return undefined;
		});
	}

	private use(message: IDataObject, recipient: string): void {
		this.known.used.add(idOf(message)).add(pairOf(message, recipient));
	}

	/** Adds what the record shows: as one message to all of an item's people, or as one to each alone. */
	private addRecorded(
		findings: Map<Task, Array<Finding | undefined>>,
		entries: Entry[],
		isTaken: (entry: Entry) => boolean,
	): void {
		const after = this.run.requester.apiTime(this.since);
		// Whoever was in one message to several people has it, whether they are together now, apart, or items of their own.
		const given = new Map<string, Set<string>>();
		const look = (wanted: Array<{ places: Array<[Task, number]>; sought: Sought }>) => {
			const found = entriesOf(wanted.map(({ sought }) => sought), entries, isTaken, given);
			wanted.forEach(({ places }, index) => {
				for (const [task, at] of places) {
					const finding = this.findingOf(found[index], task.claims[at].recipient);
					findings.get(task)![at] ??= finding;
				}
			});
		};
		const soughtFor = (task: Task, recipients: string[]) => ({ ...task.message!, recipients, after });
		const open = [...findings].flatMap(([task, found]) =>
			task.claims.flatMap(({ recipient }, at) => (found[at] ? [] : [{ task, at, recipient }])),
		);
		const together = new Map<number, typeof open>();
		for (const each of open) {
			const { item } = each.task;
			if (!together.has(item)) together.set(item, []);
			together.get(item)!.push(each);
		}
		look(
			[...together.values()].map((places) => ({
				places: places.map(({ task, at }) => [task, at]),
				sought: soughtFor(places[0].task, places.map(({ recipient }) => recipient)),
			})),
		);
		look(
			open
				.filter(({ task, at }) => !findings.get(task)![at])
				.map(({ task, at, recipient }) => ({
					places: [[task, at]],
					sought: soughtFor(task, [recipient]),
				})),
		);
	}

	private findingOf(match: Match | undefined, recipient: string): Finding | undefined {
		if (!match) return undefined;
		if (match.answer === 'perhaps') return { doubt: perhapsOnRecord(this.run.write, match) };
		this.use(match.entry, recipient);
		return { results: [match.entry] };
	}

	/** Ends a task that all of its people have, or of which that cannot be told. */
	private conclude(task: Task, findings: Array<Finding | undefined>): boolean {
		const { results, runLedger, requester, contextOf } = this.run;
		const known = findings.filter((finding) => finding !== undefined);
		if (known.length === 0) return false;
		const doubt = known.find((finding) => 'doubt' in finding)?.doubt;
		const have = task.claims.filter((_, index) => findings[index]);
		const found = [...new Set(known.flatMap((each) => ('results' in each ? each.results : [])))];
		if (doubt) {
			results.fail(task, { outcome: 'unknown', words: doubt, isEarlier: true });
		} else if (have.length < task.claims.length) {
			this.run.decisions.refuse(task, someHaveIt(have.map(({ recipient }) => recipient)));
		} else {
			const outcome = { kind: 'done' as const, result: found, status: 200 };
			const read = readAttempt(outcome, contextOf(requester, task));
			if (read.attempt === 'unknown') {
				results.fail(task, { outcome: 'unknown', words: read.words!, isEarlier: true });
				return true;
			}
			this.skipped++;
			const skipped = found.map((each) => ({ ...each, skipped: true }));
			for (const claim of task.claims) runLedger.file(claim, requester.baseURL, skipped);
			results.succeed(task, skipped);
		}
		return true;
	}
}

/** What several runs of an execution share while this process runs it. */
interface KnownOfExecution {
	/** IDs of messages that one of its items was taken for; and the same together with the recipient. */
	used: Set<string>;
}

const knownByExecution = new WeakMap<IContextObject, KnownOfExecution>();

function knownOf({ flow }: Host): KnownOfExecution {
	const known = knownByExecution.get(flow) ?? { used: new Set() };
	knownByExecution.set(flow, known);
	return known;
}

function pairOf(message: IDataObject, recipient: string): string {
	return `${idOf(message)} ${addressOf(recipient)}`;
}
