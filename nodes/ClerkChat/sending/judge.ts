import { NodeOperationError } from 'n8n-workflow';
import { fieldError } from '../../api/errors';
import { endsAll } from '../../api/faults';
import type { Fault, Words } from '../../api/faults';
import type { Host } from '../host';
import type { Write } from '../operation';
import type { Answer } from './answer';
import type { Endings } from './endings';
import type { Memory } from './memory';
import type { Note, Searchable } from './notes';
import type { Asked } from './requests';
import type { SendSettings } from './settings';
import { verdict } from './verdict';
import type { Came, Remembered, Verdict } from './verdict';
import { afterDoubt, notTried, onItsWay } from './words';

/** An item and what it is remembered by; what it asks for is missing when its fields are not usable. */
export type Remembering = Pick<Asked, 'item' | 'part' | 'fingerprint'> & Partial<Asked>;

/** What came of the request of an item. */
export interface Concluding {
	asked: Asked;
	/** What was remembered before it was made. */
	before: Note | undefined;
	answer: Answer;
	/** Its own results. */
	results: Answer['results'];
	/** The items (from 0) that have these results together, when they cannot be told apart. */
	sharedBy?: number[];
	/** What the record can be searched for when the outcome is unknown. */
	sought?: Searchable;
}

/** Asks for the {@link verdict} on each item, and carries it out: what is noted, and how the item ends. */
export class Judge {
	constructor(
		private readonly host: Host,
		private readonly write: Write,
		private readonly settings: SendSettings,
		private readonly memory: Memory,
		private readonly endings: Endings,
	) {}

	/**
	 * What follows for an item.
	 * @param note what is remembered of its request
	 * @param fault what is known when it did not succeed
	 */
	verdict(came: Came, note: Note | undefined, fault: Fault = {}): Verdict {
		return verdict(came, this.remembered(note), {
			resendUnknown: this.settings.resendUnknown,
			rejectedAsError: this.settings.rejectedAsError,
			stopOnError: !this.host.continueOnFail,
			repeatable: this.write.repeatable === true,
			endsAll: endsAll(fault),
		});
	}

	/** What is known of an earlier or simultaneous request for the same. */
	remembered(note: Note | undefined): Remembered {
		if (!note) return 'nothing';
		if (this.memory.isOnItsWay(note)) return 'onItsWay';
		// Of what n8n was stopped at, nobody will hear any more.
		return note.outcome === 'onItsWay' ? 'unknown' : note.outcome;
	}

	/** Takes from the memory what was done, or may have been. False when the item's request is to be made now. */
	replay(asked: Remembering): boolean {
		const note = this.memory.recall(asked.fingerprint);
		const { item: becomes } = this.verdict('nothing', note);
		if (!note || becomes === 'send') return false;
		this.memory.takeOver(asked.fingerprint, note);
		if (note.outcome === 'done' && becomes === 'done') {
			this.endings.succeed(asked, note.results, note.sharedBy);
		} else {
			const { words, status } = note.outcome === 'unknown' ? note : { status: undefined };
			this.endings.failEarlier(asked, words ?? onItsWay(this.write, this.toOf(asked)), { status });
		}
		return true;
	}

	/** Ends an item whose fields are not usable. What an earlier try did stands, whatever the fields say now. */
	refuseFields(asked: Remembering, reason: NodeOperationError): void {
		if (this.replay(asked)) return;
		const { item, fingerprint } = asked;
		const { item: becomes } = this.verdict('refused', this.memory.recall(fingerprint));
		if (becomes !== 'unknown') return this.endings.refuseFields(asked, 'refused', reason);
		const { message, description } = reason;
		const words = afterDoubt(this.write, { message, description: description ?? '' });
		this.endings.refuseFields(asked, 'unknown', fieldError(this.host.node, words, item));
	}

	/** Gives an item what came of its request, and notes what later tries have to know. */
	conclude({ asked, before, answer, results = [], sharedBy, sought }: Concluding): void {
		const { item: becomes, note, endsRun } = this.verdict(answer.came, before, answer.fault);
		const { words, fault } = answer;
		if (note === 'done')
			this.memory.note(asked.fingerprint, { outcome: 'done', results, sharedBy });
		if (note === 'unknown') {
			this.memory.note(asked.fingerprint, {
				outcome: 'unknown',
				words,
				status: fault?.status,
				...(sought && { sought }),
			});
		}
		if (note === 'asBefore') this.memory.restore(asked.fingerprint, before);
		if (becomes === 'done') return this.endings.succeed(asked, results, sharedBy);
		if (becomes === 'send' || becomes === 'notTried' || !words || !fault) return;
		const isOlderDoubt = becomes === 'unknown' && answer.came !== 'unknown';
		const told = isOlderDoubt ? afterDoubt(this.write, words, this.toOf(asked)) : words;
		this.endings.fail(asked, becomes, told, fault, endsRun);
	}

	/** Fails an item without a request. What an earlier try may have done is not called refused. */
	refuse(asked: Asked, words: Words): void {
		const before = this.memory.recall(asked.fingerprint);
		this.conclude({ asked, before, answer: { came: 'refused', words, fault: {} }, results: [] });
	}

	/** Fails an item of which the record does not tell whether an earlier run sent it. It holds up no other one. */
	doubt(asked: Asked, { words, fault }: Answer): void {
		this.memory.note(asked.fingerprint, { outcome: 'unknown', words, status: fault?.status });
		this.endings.failEarlier(asked, words!, fault ?? {});
	}

	/** Ends the run before any of these items is tried. */
	endBefore([first, ...rest]: Asked[], words: Words, fault: Fault): void {
		this.endUntried(rest, notTried(first.item, words), fault);
		const { item: becomes } = this.verdict('notTried', this.memory.recall(first.fingerprint));
		const isDoubt = becomes === 'unknown';
		const told = isDoubt ? afterDoubt(this.write, words, this.toOf(first)) : words;
		this.endings.fail(first, isDoubt ? 'unknown' : 'notTried', told, fault, true);
	}

	/** Ends what has not been tried because of another item, if there is one that ended the run. */
	endRest(asked: Asked[]): void {
		const { culprit } = this.endings;
		if (!culprit) return;
		const left = asked.filter((each) => !this.endings.has(each));
		this.endUntried(left, notTried(culprit.item, culprit.words), culprit.fault);
	}

	/** @param fault why they are not tried; left out when it is none of Clerk Chat's answers */
	endUntried(asked: Asked[], words: Words, fault?: Fault): void {
		for (const each of asked) {
			const note = this.memory.recall(each.fingerprint);
			const { item: becomes } = this.verdict('notTried', note);
			const told = becomes === 'unknown' ? afterDoubt(this.write, words, this.toOf(each)) : words;
			this.endings.endUntried(each, becomes === 'unknown' ? 'unknown' : 'notTried', told, fault);
		}
	}

	toOf({ request }: Partial<Asked>): string | undefined {
		return request && this.write.to?.(request);
	}
}
