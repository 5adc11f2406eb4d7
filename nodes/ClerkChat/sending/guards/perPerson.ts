import { timesOf } from '../../../api/entry';
import { wentOut } from '../../../api/comparison';
import { isFailed } from '../../../api/messageStatus';
import { peopleOf, personOf } from '../../../api/person';
import type { Entry, Reading } from '../../../api/record';
import type { Requester } from '../../../api/requester';
import { ledger } from '../ledger/ledger';
import type { RunLedger } from '../ledger/runLedger';
import type { Task } from '../task';
import type { Guard, Hold, Planned, Unreadable } from './guard';
import { recipientsIn } from './people';
import { sentToPerson } from './sentSoFar';
import { recordClosed, tooManyForPerson, unreadable } from './words';

/** The option 'At Most per Person'. */
export interface MaxPerPerson {
	count: number;
	hours: number;
}

/** What it is called on the screen. */
const OPTION = 'At Most per Person';

/**
 * Keeps anybody from getting more than so many messages in so many hours. What this n8n process sent it knows from the
 * ledger, everything else from the record.
 */
export class MostPerPerson implements Guard {
	private requester?: Requester;

	/** What the record shows, by person: when each message went out, in ms by this machine's clock. */
	private readonly recorded = new Map<string, Array<{ entry: Entry; time: number }>>();

	constructor(
		private readonly option: MaxPerPerson,
		private readonly runLedger: RunLedger,
		private readonly timezone: string,
	) {}

	since(): number {
		return Date.now() - this.option.hours * 3_600_000;
	}

	async prepare(requester: Requester, reading?: Reading): Promise<Unreadable | undefined> {
		this.requester = requester;
		if (!reading) return undefined;
		if (reading.kind === 'failed' || !reading.isWhole) return recordClosed(OPTION, reading);
		const earliest = requester.apiTime(this.since());
		const ahead = requester.apiTime(0);
		for (const entry of reading.entries) {
			// Without a readable time it may have gone out just now.
			const time = Math.min(timesOf(entry).latest, requester.apiTime(Date.now()));
			if (time < earliest || !wentOut(entry) || isFailed(entry)) continue;
			const people = peopleOf(entry);
			if (people.length === 0 && !ledger.ownerOf(requester.baseURL, entry)) {
				return recordClosed(OPTION, unreadable(reading, entry));
			}
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
		const holds = recipientsIn(task).flatMap((to) => {
			const now = Date.now();
			const coming = planned?.get(personOf(to)) ?? 0;
			const times = [...this.timesOf(to, task), ...Array<number>(coming).fill(now)];
			const recent = times.filter((time) => time > this.since()).sort((a, b) => b - a);
			if (recent.length < count) return [];
			return [{ to, had: recent.length, sendAfter: recent[count - 1] + hours * 3_600_000 }];
		});
		if (holds.length === 0) return undefined;
		const last = holds.reduce((one, other) => (other.sendAfter > one.sendAfter ? other : one));
		const sendAfter = Math.ceil(last.sendAfter / 1000) * 1000;
		return { code: 'tooMany', words: tooManyForPerson(last, this.option, this.timezone), sendAfter };
	}

	/** When somebody got messages, in ms. */
	private timesOf(to: string, task: Task): number[] {
		const { baseURL = '' } = this.requester ?? {};
		const person = personOf(to);
		const sent = sentToPerson(this.runLedger, baseURL, person, task).map(({ began }) => began);
		// What this process sent counts once; what it skipped because it had been sent is none of that.
		const others = (this.recorded.get(person) ?? []).filter(
			({ entry }) => (ledger.ownerOf(baseURL, entry)?.tries ?? 0) === 0,
		);
		return [...sent, ...others.map(({ time }) => time)];
	}
}
