import type { Entry } from '../../api/record';
import type { Requester } from '../../api/requester';
import type { Host } from '../host';
import type { Write } from '../operation';
import { answerOf } from './answer';
import type { Concluding, Judge, Remembering } from './judge';
import type { Memory } from './memory';
import type { Note, Searchable } from './notes';
import type { Asked } from './requests';
import { requestOf } from './requests';
import { searchRecord } from './settling';
import type { Search } from './settling';
import { settledHint } from './hints';
import { notOnRecord } from './words';

/**
 * The messages of a run of which nobody knows whether they went out, from this try or an earlier one, and what Clerk
 * Chat's record says of them.
 */
export class Doubts {
	/** Those of this try that have not been searched for yet. */
	private waiting: Concluding[] = [];

	/** How many the record settled. */
	private settled = 0;

	constructor(
		private readonly host: Host,
		private readonly write: Write,
		private readonly memory: Memory,
		private readonly judge: Judge,
	) {}

	/**
	 * What to search the record for if the outcome of a request that is made now stays unknown.
	 * @param before what is remembered of it
	 */
	soughtOf(asked: Asked[], before?: Note): Searchable | undefined {
		if (!this.write.onRecord) return undefined;
		const request = requestOf(asked, this.write);
		const sought = this.write.onRecord(this.write.completed?.(request) ?? request);
		if (!sought) return undefined;
		// What an earlier try sent may get on record only now.
		const earlier = soughtIn(before);
		const first = earlier?.body === sought.body ? (earlier.first ?? earlier.since) : undefined;
		return { ...sought, since: Date.now(), ...(first !== undefined && { first }) };
	}

	/** Whether an earlier try left it unknown what became of an item, and the record may tell. */
	isOpen({ fingerprint }: Remembering): boolean {
		return soughtIn(this.openNote(fingerprint)) !== undefined;
	}

	/** Whether nothing further is to be started until the record has been searched. */
	get holdUp(): boolean {
		return !this.host.continueOnFail && this.waiting.length > 0;
	}

	/** Takes an unknown outcome that the record may settle. What is noted meanwhile says that it is unknown. */
	take(came: Concluding): boolean {
		if (came.answer.came !== 'unknown' || !came.sought) return false;
		const { answer, asked } = came;
		const sought = { ...came.sought, until: Date.now() };
		const { words, fault } = answer;
		this.memory.note(asked.fingerprint, {
			outcome: 'unknown',
			words,
			status: fault?.status,
			sought,
		});
		this.waiting.push({ ...came, sought });
		return true;
	}

	/** Searches the record for what this try left unknown, and ends those items. */
	async settle(requester: Requester): Promise<void> {
		const waiting = this.waiting.sort((a, b) => a.asked.item - b.asked.item);
		if (waiting.length === 0) return;
		requester.resume();
		const conclude = (came: Concluding, search: Search) => {
			if (search.found) this.settled++;
			this.judge.conclude({ ...came, ...this.asAnswered(came, search, requester) });
		};
		const searches = await searchRecord(
			requester,
			waiting.map(({ sought }) => sought!),
			(index, found) => conclude(waiting[index], { found }),
		);
		this.waiting = [];
		searches.forEach((search, index) => {
			if (!search.found) conclude(waiting[index], search);
		});
	}

	/**
	 * Searches the record for what earlier tries left unknown. What is found comes out as sent; what Clerk Chat gave up is
	 * forgotten, so that it is sent now.
	 */
	async settleEarlier(asked: Asked[], requester: Requester): Promise<void> {
		const open = asked.flatMap((each) => {
			const sought = soughtIn(this.openNote(each.fingerprint));
			return sought ? [{ asked: each, sought }] : [];
		});
		if (open.length === 0) return;
		const settle = (index: number, found: Entry) => {
			const { asked: each, sought } = open[index];
			const { outcome } = this.write.rejection?.(found) ?? {};
			if (outcome === 'unknown') return;
			// A question with the link of another execution is of no use to this one.
			const isOfUse = !this.write.isForThisExecution || this.soughtOf([each])?.body === sought.body;
			if (outcome === 'refused' || !isOfUse) return this.memory.forget(each.fingerprint);
			this.memory.note(each.fingerprint, { outcome: 'done', results: [found] });
			this.settled++;
		};
		const sought = open.map((each) => each.sought);
		await searchRecord(requester, sought, settle);
	}

	/**
	 * Says beside the output how many the record settled.
	 * @param of how many there were in the run
	 */
	tell(of: number): void {
		if (this.settled === 0) return;
		this.host.addHint?.(settledHint(this.write, this.settled, of));
	}

	/** What an entry of the record means for an item, as if it had been the answer. */
	private asAnswered(
		{ asked, answer }: Concluding,
		search: Search,
		{ secrets }: Requester,
	): Pick<Concluding, 'answer' | 'results'> {
		if (!search.found) {
			const words = answer.words && notOnRecord(answer.words, search);
			return { answer: { ...answer, words }, results: [] };
		}
		const { found } = search;
		const { timezone } = this.host;
		return {
			answer: answerOf({ kind: 'done', result: [found], status: 200 }, this.write, {
				secrets,
				timezone,
				asked: [asked],
			}),
			results: [found],
		};
	}

	private openNote(fingerprint: Asked['fingerprint']): Note | undefined {
		const note = this.memory.recall(fingerprint);
		return this.judge.remembered(note) === 'unknown' ? note : undefined;
	}
}

function soughtIn(note: Note | undefined): Searchable | undefined {
	return note && note.outcome !== 'done' ? note.sought : undefined;
}
