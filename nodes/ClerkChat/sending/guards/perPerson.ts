import { timesOf } from '../../../api/entry';
import { wentOut } from '../../../api/comparison';
import { isFailed } from '../../../api/messageStatus';
import { keysOf, peopleOf, personOf } from '../../../api/person';
import { idOf } from '../../../api/record';
import type { Entry, Reading } from '../../../api/record';
import type { Requester } from '../../../api/requester';
import { ledger } from '../ledger/ledger';
import { personLog } from '../ledger/ledgerEntry';
import type { LedgerEntry } from '../ledger/ledgerEntry';
import type { RunLedger } from '../ledger/runLedger';
import type { Task } from '../task';
import { recipientsIn } from './guard';
import type { Guard, Hold, Planned, Unreadable } from './guard';
import { incomplete, recordUnreadable, tooManyForPerson } from './words';

const HOUR = 3_600_000;

/** The option 'At Most per Person'. */
export interface MaxPerPerson {
	count: number;
	hours: number;
}

/** The option's name on the screen. */
const OPTION = 'At Most per Person';

/**
 * Limits how many messages a person gets in a number of hours. The ledger knows what this n8n process sent; the record
 * knows everything else.
 */
export class MostPerPerson implements Guard {
	private requester?: Requester;

	/** From the record, by person: when each message was sent, in ms by this machine's clock. */
	private readonly recorded = new Map<string, Array<{ entry: Entry; time: number }>>();

	/** What this process sent and the record shows as failed. */
	private readonly failed = new Set<LedgerEntry | undefined>();

	constructor(
		private readonly option: MaxPerPerson,
		private readonly runLedger: RunLedger,
		private readonly timezone: string,
	) {}

	since(): number {
		return Date.now() - this.option.hours * HOUR;
	}

	async prepare(
		requester: Requester,
		beingRead: Promise<Reading | undefined>,
	): Promise<Unreadable | undefined> {
		this.requester = requester;
		const reading = await beingRead;
		if (!reading) return undefined;
		if (reading.kind === 'failed' || !reading.isWhole) return recordUnreadable(OPTION, reading);
		this.recorded.clear();
		const earliest = requester.apiTime(this.since());
		const ahead = requester.apiTime(0);
		for (const entry of reading.entries) {
			// Without a readable time, it may have been sent just now.
			const time = Math.min(timesOf(entry).latest, requester.apiTime(Date.now()));
			if (time < earliest || !wentOut(entry)) continue;
			const owner = ledger.owners.of(requester.baseURL, entry);
			if (isFailed(entry)) {
				this.failed.add(owner);
				continue;
			}
			const people = peopleOf(entry);
			if (people.length === 0 && !owner)
				return recordUnreadable(OPTION, incomplete(reading, entry));
			for (const person of people) {
				const known = this.recorded.get(person) ?? [];
				known.push({ entry, time: time - ahead });
				this.recorded.set(person, known);
			}
		}
		return undefined;
	}

	check(task: Task, planned?: Planned): Hold | undefined {
		const { count, hours } = this.option;
		let last: { to: string; had: number; coming: number; sendAfter: number } | undefined;
		for (const to of recipientsIn(task)) {
			const coming = planned?.get(personOf(to)) ?? 0;
			const times = this.timesOf(to, task);
			if (times.length + coming < count) continue;
			const now = Date.now();
			const since = now - hours * HOUR;
			const recent = times.filter((time) => time > since).sort((a, b) => b - a);
			const had = recent.length;
			if (had + coming < count) continue;
			const sendAfter = (recent[count - 1 - coming] ?? now) + hours * HOUR;
			if (!last || sendAfter > last.sendAfter) last = { to, had, coming, sendAfter };
		}
		if (!last) return undefined;
		const sendAfter = Math.ceil(last.sendAfter / 1000) * 1000;
		return {
			code: 'tooMany',
			words: tooManyForPerson(last, this.option, this.timezone),
			sendAfter,
		};
	}

	/** When a person got messages, in ms. */
	private timesOf(to: string, task: Task): number[] {
		const sent = this.sentTo(personOf(to), task).filter((entry) => !this.failed.has(entry));
		// Count each message once. Only the record knows what was sent with another key of the account, or to a contact
		// by its ID.
		const counted = new Set(sent.flatMap(({ results = [] }) => results.map(idOf)));
		const recorded = keysOf(to).flatMap((key) => this.recorded.get(key) ?? []);
		const others = recorded.filter(({ entry }) => !counted.has(idOf(entry)));
		return [...sent.map(({ began }) => began), ...others.map(({ time }) => time)];
	}

	/** What this process sent to a person from the current account, or may have sent, without this task. */
	private sentTo(person: string, task: Task): LedgerEntry[] {
		const all = ledger.since(personLog(person), 0);
		if (all.length === 0) return all;
		const own = new Set(this.runLedger.begunFor(task));
		const sent = all.filter(
			(entry) =>
				entry.server === this.requester?.baseURL &&
				entry.tries > 0 &&
				this.runLedger.accounts.owns(entry),
		);
		// A retry keeps what may have been sent earlier as a separate entry.
		const byId = new Map(sent.map((entry) => [entry.id, entry]));
		return [...byId.values()].filter((entry) => !own.has(entry));
	}
}
