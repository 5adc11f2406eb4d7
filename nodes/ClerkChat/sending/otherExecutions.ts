import type { IDataObject } from 'n8n-workflow';
import type { Words } from '../../api/faults';
import { entriesOf, giveFor, namedIn } from '../../api/matching';
import type { Match, Sought } from '../../api/matching';
import { objectionTo } from '../../api/messageStatus';
import { personOf } from '../../api/person';
import { idOf } from '../../api/record';
import type { Entry, Reading } from '../../api/record';
import type { Requester } from '../../api/requester';
import { wholeFor } from '../../api/unreadable';
import { mayHaveBeenSent, perhapsOnRecord } from '../words/unclearWords';
import { LogReader } from './ledger/claims';
import type { RunParts } from './decisions';
import { ledger } from './ledger/ledger';
import { recordKeyOf, recordLog } from './ledger/ledgerEntry';
import type { LedgerEntry } from './ledger/ledgerEntry';
import type { Task } from './task';

/** What is known about a message to one person: that it was sent, or why that can't be determined. */
export type Finding = { results: IDataObject[] } | { doubt: Words };

/** For each task, the findings for its recipients; undefined for those who don't have the message. */
export type Findings = Map<Task, Array<Finding | undefined>>;

/** One recipient of a task. */
interface Place {
	task: Task;
	/** The index of the recipient's claim. */
	at: number;
}

/** What others sent, are sending, or may have sent: other executions of this process, and what the record shows. */
export class OtherExecutions {
	/** Keyed by log. */
	private readonly readers = new Map<string, LogReader>();

	/** The people each message already counts for, by message ID, in the form that `entriesOf` takes. */
	private readonly given = new Map<string, Set<string>>();

	/** @param since how far back to look, in ms since 1970 */
	constructor(
		private readonly run: RunParts,
		private readonly requester: Requester,
		private readonly since: number,
	) {}

	/** All entries that the record couldn't tell from one of a task's messages. */
	of(task: Task): LedgerEntry[] {
		return this.byRecipient(task).flatMap((entries) => [...entries].filter(this.isOfUse));
	}

	/** What others sent, or may have sent, to each of a task's recipients. Each entry counts once. */
	findingsFor(task: Task, onRecord: Map<string, Entry>): Array<Finding | undefined> {
		const { settings, runLedger, operation } = this.run;
		return this.byRecipient(task).map((entries, at) => {
			const { recipient } = task.claims[at];
			for (const entry of entries) {
				const { state, isOnRecord, results = [], words } = entry;
				if (!this.isOfUse(entry)) {
					entries.delete(entry);
					continue;
				}
				const mayBeResent = state === 'unknown' && settings.resendUnknown && !isOnRecord;
				if (state === 'inFlight' || mayBeResent) continue;
				entries.delete(entry);
				const listed = results.map((result) => onRecord.get(idOf(result)) ?? result);
				const isFailed = listed.some((each) => objectionTo(each)?.outcome === 'refused');
				if (isFailed || listed.some((each) => this.isGiven(each, recipient))) continue;
				for (const result of listed) giveFor(this.given, result, recipient);
				const isListed = listed.some((each) => onRecord.has(idOf(each)));
				const isOurs = runLedger.accounts.owns(entry) || isListed;
				if (state === 'sent' && isOurs) return { results: listed };
				return { doubt: mayHaveBeenSent(operation.write, words) };
			}
			return undefined;
		});
	}

	/**
	 * Finds out who has which message, from the ledger and the record.
	 * @returns the findings; if the record may be incomplete, the reason instead, as a clause
	 */
	whoHas(
		tasks: Task[],
		reading: Extract<Reading, { kind: 'read' }>,
	): Findings | { reason?: string } {
		const onRecord = new Map(reading.entries.map((entry) => [idOf(entry), entry]));
		const findings: Findings = new Map();
		for (const task of tasks) findings.set(task, this.findingsFor(task, onRecord));
		const sought = placesLeft(findings).map((place) => this.soughtFor([place]));
		const whole = wholeFor(sought, reading, this.isOwn);
		if (whole.kind === 'read' && !whole.isWhole) return { reason: whole.reason };
		const sent = reading.entries.filter((entry) => objectionTo(entry)?.outcome !== 'refused');
		this.addRecorded(findings, sent);
		return findings;
	}

	/** Adds what the record shows: one message to all of an item's recipients, or one message to each. */
	private addRecorded(findings: Findings, entries: Entry[]): void {
		// A recipient of a group message has it, whether this run sends to the group, to each person, or per item.
		const given = this.givenOf(entries);
		const look = (units: Place[][]) => {
			const sought = units.map((places) => this.soughtFor(places));
			entriesOf(sought, entries, this.isOwn, given).forEach((match, index) => {
				for (const { task, at } of units[index]) {
					findings.get(task)![at] = this.findingOf(match, task.claims[at].recipient);
				}
			});
		};
		const byItem = new Map<number, Place[]>();
		for (const place of placesLeft(findings)) {
			const places = byItem.get(place.task.item);
			if (places) places.push(place);
			else byItem.set(place.task.item, [place]);
		}
		look([...byItem.values()]);
		look(placesLeft(findings).map((place) => [place]));
	}

	private findingOf(match: Match | undefined, recipient: string): Finding | undefined {
		if (!match) return undefined;
		if (match.answer === 'perhaps') {
			return { doubt: perhapsOnRecord(this.run.operation.write, match) };
		}
		giveFor(this.given, match.entry, recipient);
		return { results: [match.entry] };
	}

	private soughtFor(places: Place[]): Sought {
		const recipients = places.map(({ task, at }) => task.claims[at].recipient);
		const after = this.requester.apiTime(this.since);
		return { ...places[0].task.message!, recipients, after };
	}

	/** Whether this execution sent a message, or skipped it for someone. Calls of an agent are independent. */
	private readonly isOwn = (message: IDataObject, recipient?: unknown): boolean => {
		const { host, runLedger } = this.run;
		const { messages } = runLedger.saved;
		return !host.isTool && messages.isOwn(this.requester.baseURL, message, recipient);
	};

	/** Whether a message already counts for a person, in this run or an earlier one of this execution. */
	private isGiven(message: IDataObject, recipient: string): boolean {
		const isHere = this.given.get(idOf(message))?.has(personOf(recipient));
		return isHere === true || this.isOwn(message, recipient);
	}

	/** The people that entries of the record already count for, in any try or run of this execution. */
	private givenOf(entries: Entry[]): Map<string, Set<string>> {
		for (const entry of entries) {
			for (const person of namedIn(entry)) {
				if (this.isOwn(entry, person)) giveFor(this.given, entry, person);
			}
		}
		return this.given;
	}

	/** Everything that began after a moment (in ticks), also in retries: the record may already list it. */
	begunSince(tick: number, tasks: Task[]): LedgerEntry[] {
		const logs = new Set(tasks.flatMap((task) => this.logsOf(task)));
		return [...logs].flatMap((log) => ledger.since(log, tick)).filter(this.isInTime);
	}

	private readonly isOfUse = (entry: LedgerEntry): boolean =>
		this.isInTime(entry) && ledger.has(entry);

	private readonly isInTime = ({ ended = Infinity }: LedgerEntry): boolean => ended >= this.since;

	private byRecipient(task: Task): Array<Set<LedgerEntry>> {
		const { host, runLedger } = this.run;
		// Calls of an agent count as separate executions. Otherwise, equal texts in one execution are intended.
		const isOthers = (entry: LedgerEntry) =>
			host.isTool ? !runLedger.isOwn(entry) : !runLedger.saved.messages.isOfExecution(entry);
		return this.logsOf(task).map((log) => {
			const reader = this.readers.get(log) ?? new LogReader(log, isOthers);
			this.readers.set(log, reader);
			return reader.read();
		});
	}

	/** For each recipient of a task, the log of messages that the record couldn't tell apart. */
	private logsOf({ message, claims }: Task): string[] {
		const { baseURL } = this.requester;
		return claims.map((claim) => recordLog(message ? recordKeyOf(baseURL, message, claim) : ''));
	}
}

/** The recipients for whom nothing has been found yet. */
function placesLeft(findings: Findings): Place[] {
	return [...findings].flatMap(([task, found]) =>
		task.claims.flatMap((_, at): Place[] => (found[at] ? [] : [{ task, at }])),
	);
}
