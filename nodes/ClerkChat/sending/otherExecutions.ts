import type { IDataObject } from 'n8n-workflow';
import type { Words } from '../../api/faults';
import { countFor, entriesOf, namedIn } from '../../api/matching';
import type { Match, Sought } from '../../api/matching';
import { isFailed } from '../../api/messageStatus';
import { personOf } from '../../api/person';
import { idOf } from '../../api/record';
import type { Entry, Reading } from '../../api/record';
import type { Requester } from '../../api/requester';
import { wholeFor } from '../../api/unreadable';
import { mayHaveBeenSent, perhapsOnRecord } from '../words/unclearWords';
import type { RunParts } from './decisions';
import { ledger } from './ledger/ledger';
import { recordKeyOf, recordLog } from './ledger/ledgerEntry';
import type { Claim, LedgerEntry } from './ledger/ledgerEntry';
import { LogReader } from './ledger/logReader';
import type { Task } from './task';

/** What is known about a message to one person: what was sent, or why that can't be determined. */
export interface Finding {
	results: IDataObject[];
	doubt?: Words;
}

/** By claim; none for a recipient who doesn't have the message. */
export type Findings = Map<Claim, Finding>;

/** One recipient of a task. */
interface Target {
	task: Task;
	claim: Claim;
}

/** What others sent, are sending, or may have sent: other executions of this process, and what the record shows. */
export class OtherExecutions {
	/** Keyed by log. */
	private readonly readers = new Map<string, LogReader>();

	/** The people each message already counts for, by message ID, as `entriesOf` takes them. */
	private readonly counted = new Map<string, Set<string>>();

	/** @param since how far back to look, in ms since 1970 */
	constructor(
		private readonly run: RunParts,
		readonly requester: Requester,
		readonly since: number,
	) {}

	/** All entries that the record couldn't tell from one of a task's messages. */
	of(task: Task): LedgerEntry[] {
		return targetsOf([task]).flatMap((target) => [...this.entriesFor(target)].filter(this.isOfUse));
	}

	/** What others sent, or may have sent, according to the ledger. Each entry counts once. */
	inLedger(tasks: Task[], onRecord = new Map<string, Entry>()): Findings {
		const findings: Findings = new Map();
		for (const target of targetsOf(tasks)) {
			const finding = this.findingFor(target, onRecord);
			if (finding) findings.set(target.claim, finding);
		}
		return findings;
	}

	private findingFor(target: Target, onRecord: Map<string, Entry>): Finding | undefined {
		const { settings, runLedger, operation } = this.run;
		const { recipient } = target.claim;
		const entries = this.entriesFor(target);
		for (const entry of entries) {
			if (!this.isOfUse(entry)) {
				entries.delete(entry);
				continue;
			}
			const { state, isOnRecord, results = [], words } = entry;
			const mayBeResent = state === 'unknown' && settings.resendUnknown && !isOnRecord;
			if (state === 'inFlight' || mayBeResent) continue;
			entries.delete(entry);
			const listed = results.map((result) => onRecord.get(idOf(result)) ?? result);
			if (listed.some((each) => isFailed(each) || this.isCounted(each, recipient))) continue;
			for (const result of listed) countFor(this.counted, result, recipient);
			const isListed = listed.some((each) => onRecord.has(idOf(each)));
			const isOurs = runLedger.accounts.owns(entry) || isListed;
			if (state === 'sent' && isOurs) return { results: listed };
			return { results: [], doubt: mayHaveBeenSent(operation.write, words) };
		}
		return undefined;
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
		const findings = this.inLedger(tasks, onRecord);
		const left = () => targetsOf(tasks).filter(({ claim }) => !findings.has(claim));
		const sought = left().map((target) => this.soughtFor([target]));
		const own = new Set(reading.entries.filter((entry) => this.isOwn(entry)));
		const isOwn = (entry: Entry) => own.has(entry);
		const whole = wholeFor(sought, reading, isOwn);
		if (whole.kind === 'read' && !whole.isWhole) return { reason: whole.reason };
		// A recipient of a group message has it, whether this run sends to the group, to each person, or per item.
		const sent = reading.entries.filter((entry) => !isFailed(entry));
		this.countOwn(sent, tasks);
		const look = (units: Target[][]) => {
			const messages = units.map((targets) => this.soughtFor(targets));
			entriesOf(messages, sent, isOwn, this.counted).forEach((match, index) => {
				if (!match) return;
				for (const { claim } of units[index]) findings.set(claim, this.findingOf(match));
			});
		};
		// One message to all of an item's recipients, or one message to each.
		const byItem = new Map<number, Target[]>();
		for (const target of left()) {
			const targets = byItem.get(target.claim.item);
			if (targets) targets.push(target);
			else byItem.set(target.claim.item, [target]);
		}
		look([...byItem.values()]);
		look(left().map((target) => [target]));
		return findings;
	}

	private findingOf(match: Match): Finding {
		if (match.answer === 'same') return { results: [match.entry] };
		return { results: [], doubt: perhapsOnRecord(this.run.operation.write, match) };
	}

	private soughtFor(targets: Target[]): Sought {
		const recipients = targets.map(({ claim }) => claim.recipient);
		const after = this.requester.apiTime(this.since);
		return { ...targets[0].task.message!, recipients, after };
	}

	/** Whether this execution sent a message, or skipped it for someone. Calls of an agent are independent. */
	private readonly isOwn = (message: IDataObject, recipient?: unknown): boolean => {
		const { host, runLedger } = this.run;
		const { messages } = runLedger.saved;
		return !host.isTool && messages.isOwn(this.requester.baseURL, message, recipient);
	};

	/** Whether a message already counts for a person, in this run or an earlier one of this execution. */
	private isCounted(message: IDataObject, recipient: string): boolean {
		const isHere = this.counted.get(idOf(message))?.has(personOf(recipient));
		return isHere === true || this.isOwn(message, recipient);
	}

	/** Counts entries of the record for those people of the tasks that any try or run of this execution sent them to. */
	private countOwn(entries: Entry[], tasks: Task[]): void {
		const asked = new Set(targetsOf(tasks).map(({ claim }) => personOf(claim.recipient)));
		for (const entry of entries) {
			const people = namedIn(entry).filter((person) => asked.has(personOf(person)));
			for (const person of people) {
				if (this.isOwn(entry, person)) countFor(this.counted, entry, person);
			}
		}
	}

	/** Everything that began after a moment (in ticks), also in retries: the record may already list it. */
	begunSince(tick: number, tasks: Task[]): LedgerEntry[] {
		const logs = new Set(targetsOf(tasks).map((target) => this.logOf(target)));
		return [...logs].flatMap((log) => ledger.since(log, tick)).filter(this.isInTime);
	}

	private readonly isOfUse = (entry: LedgerEntry): boolean =>
		this.isInTime(entry) && ledger.has(entry);

	private readonly isInTime = ({ ended = Infinity }: LedgerEntry): boolean => ended >= this.since;

	private entriesFor(target: Target): Set<LedgerEntry> {
		const { host, runLedger } = this.run;
		// Calls of an agent count as separate executions. Otherwise, equal texts in one execution are intended.
		const isOthers = (entry: LedgerEntry) =>
			host.isTool ? !runLedger.isOwn(entry) : !runLedger.saved.messages.isOfExecution(entry);
		const log = this.logOf(target);
		const reader = this.readers.get(log) ?? new LogReader(log, isOthers);
		this.readers.set(log, reader);
		return reader.read();
	}

	/** The log of messages that the record couldn't tell apart. */
	private logOf({ task: { message }, claim }: Target): string {
		return recordLog(message ? recordKeyOf(this.requester.baseURL, message, claim) : '');
	}
}

function targetsOf(tasks: Task[]): Target[] {
	return tasks.flatMap((task) => task.claims.map((claim) => ({ task, claim })));
}
