import { NodeOperationError } from 'n8n-workflow';
import type { INodeExecutionData } from 'n8n-workflow';
import type { Host } from '../host';
import { throwIfCancelled } from '../host';
import { Requester } from '../../api/requester';
import { readRequestOptions } from '../description/requestOptions';
import { inTurns } from '../../api/turns';
import { createdOf } from '../../api/bodies';
import { fieldError } from '../../api/errors';
import { hideSecrets } from '../../api/faults';
import type { Fault, Words } from '../../api/faults';
import type { OfQuestion, OfWrite, Write } from '../operation';
import { secretsIn } from '../request';
import { answerOf } from './answer';
import type { Answer } from './answer';
import { Endings } from './endings';
import { Judge } from './judge';
import { Memory } from './memory';
import type { Note } from './notes';
import { jobsOf, readItems, requestOf } from './requests';
import type { Asked, Job } from './requests';
import { readSettings } from './settings';
import type { SendSettings } from './settings';
import { afterDoubt, notTried, onItsWay, unexpected } from './words';

/**
 * Sends what the input items ask for, each of them once, and gives out what came of it.
 * What it promises is in docs/sending.md.
 * @returns the results in the order of the input items and linked to them; a failed item carries `error`
 * @throws NodeApiError or NodeOperationError for the first failed item when On Error is Stop: nothing further is
 * started then, and what is on its way is awaited
 */
export async function sendItems(
	host: Host,
	operation: OfWrite | OfQuestion,
): Promise<INodeExecutionData[]> {
	return await new Run(host, operation, readSettings(host)).execute();
}

/** An item and what it is remembered by; what it asks for is missing when its fields are not usable. */
type Remembering = Pick<Asked, 'item' | 'fingerprint'> & Partial<Asked>;

class Run {
	private readonly write: Write;

	private readonly memory: Memory;

	private readonly endings: Endings;

	private readonly judge: Judge;

	constructor(
		private readonly host: Host,
		private readonly operation: OfWrite | OfQuestion,
		private readonly settings: SendSettings,
	) {
		this.write = operation.write;
		this.memory = new Memory(host);
		this.endings = new Endings(host, this.write);
		this.judge = new Judge(host, this.write, settings, this.memory);
	}

	async execute(): Promise<INodeExecutionData[]> {
		throwIfCancelled(this.host);
		const asked = await readItems(this.host, this.operation, this.memory, (item, unusable) => {
			// What an earlier try did stands, whatever the fields say now.
			if (!this.replay(item)) this.refuseFields(item, unusable);
		});
		this.endings.throwUnusable(this.memory.isEmpty);
		const fresh = asked.filter((each) => !this.replay(each));
		const requester = fresh.length > 0 ? await this.requesterFor(fresh) : undefined;
		if (requester) {
			await inTurns(jobsOf(fresh, this.write), requester.concurrency, async (job) => {
				if (!this.endings.culprit) await this.send(job, requester);
				if (this.endings.culprit) requester.stop();
				this.endRest(job.asked);
			});
		}
		throwIfCancelled(this.host);
		this.endings.throwIfStopped();
		const out = this.endings.items();
		const calls = asked.map(({ fingerprint }) => fingerprint);
		this.memory.endRun(calls, {
			again: this.mayRunAgain(out),
			retries: this.write.isForThisExecution !== true,
		});
		return out;
	}

	private refuseFields({ item, fingerprint }: Remembering, reason: NodeOperationError): void {
		const { item: becomes } = this.judge.verdict('refused', this.memory.recall(fingerprint));
		if (becomes !== 'unknown') return this.endings.refuseFields(item, 'refused', reason);
		const { message, description } = reason;
		const words = afterDoubt(this.write, { message, description: description ?? '' });
		this.endings.refuseFields(item, 'unknown', fieldError(this.host.node, words, item));
	}

	/** What makes the requests; undefined when the credential cannot be read, and these items end because of it. */
	private async requesterFor(asked: Asked[]): Promise<Requester | undefined> {
		const { maxConcurrency } = this.settings;
		return await Requester.create(this.host, readRequestOptions(this.host), maxConcurrency).catch(
			(exception: Error) => {
				// What an earlier try sent still comes out.
				if (!this.host.continueOnFail) throw exception;
				const { message, description } = new NodeOperationError(this.host.node, exception);
				this.endUntried(asked, { message, description: description ?? '' });
				return undefined;
			},
		);
	}

	/**
	 * With Retry On Fail, n8n runs a node again whose first item has a field `error`; n8n 1.x even when that is null, as
	 * it is in every message that was sent.
	 */
	private mayRunAgain([first]: INodeExecutionData[]): boolean {
		return this.host.runsAgain && first?.json.error !== undefined;
	}

	/** Takes from the memory what was done, or may have been. False when the item's request is to be made now. */
	private replay(asked: Remembering): boolean {
		const note = this.memory.recall(asked.fingerprint);
		const { item: becomes } = this.judge.verdict('nothing', note);
		if (!note || becomes === 'send') return false;
		this.memory.takeOver(asked.fingerprint, note);
		if (note.outcome === 'done') {
			this.endings.succeed(asked.item, note.results, note.sharedBy);
		} else {
			const { words, status } = note.outcome === 'unknown' ? note : { status: undefined };
			this.endings.failEarlier(asked, words ?? onItsWay(this.write, this.toOf(asked)), { status });
		}
		return true;
	}

	private async send(job: Job, requester: Requester): Promise<void> {
		// Another call of an agent, or another retry, may have made it since this run began.
		const asked = this.memory.isShared ? job.asked.filter((each) => !this.replay(each)) : job.asked;
		if (asked.length === 0) return;
		const before = asked.map(({ fingerprint }) => this.memory.recall(fingerprint));
		// Written down first, and until the end: whoever else asks for the same sees that it may still go out, and if n8n is
		// stopped before the answer is here, the outcome is unknown.
		asked.forEach(({ fingerprint }, index) => {
			const { note } = this.judge.verdict('nothing', before[index]);
			if (note === 'onItsWay') this.memory.note(fingerprint, { outcome: 'onItsWay' });
		});
		let answer: Answer;
		try {
			answer = await this.ask(asked, requester);
		} catch (exception) {
			// Nothing is expected to be thrown. If it is, the request may have been made.
			const detail = hideSecrets(String(exception), requester.secrets);
			const to = asked.length === 1 ? this.toOf(asked[0]) : undefined;
			answer = { came: 'unknown', words: unexpected(this.write, detail, to), fault: {} };
		}
		asked.forEach((each, index) => this.settle(each, before[index], answer, asked, index));
	}

	/** Makes the request of these items and reads what came of it. */
	private async ask(asked: Asked[], requester: Requester): Promise<Answer> {
		const { write } = this;
		const request = requestOf(asked, write);
		const outcome = await requester.perform(write.completed?.(request) ?? request, {
			read: (body) => (write.results ?? createdOf)(body, request),
			repeatable: write.repeatable === true,
		});
		const secrets = [...requester.secrets, ...secretsIn(this.operation, request)];
		return answerOf(outcome, write, { secrets, timezone: this.host.timezone, asked });
	}

	/** Gives an item what came of the request that it shares with others, and notes what later tries have to know. */
	private settle(
		asked: Asked,
		before: Note | undefined,
		answer: Answer,
		all: Asked[],
		index: number,
	): void {
		const { item: becomes, note, endsRun } = this.judge.verdict(answer.came, before, answer.fault);
		const { words, fault, results: given = [] } = answer;
		// Which result belongs to which item cannot be told when there are more or fewer of them: all come out at the first.
		const isTold = all.length === 1 || given.length === all.length;
		const results = all.length === 1 ? given : isTold ? [given[index]] : index === 0 ? given : [];
		const sharedBy = isTold ? undefined : all.map(({ item }) => item);
		if (note === 'done')
			this.memory.note(asked.fingerprint, { outcome: 'done', results, sharedBy });
		if (note === 'unknown') {
			this.memory.note(asked.fingerprint, { outcome: 'unknown', words, status: fault?.status });
		}
		if (note === 'asBefore') this.memory.restore(asked.fingerprint, before);
		if (becomes === 'done') return this.endings.succeed(asked.item, results, sharedBy);
		if (becomes === 'send' || becomes === 'notTried' || !words || !fault) return;
		const isOlderDoubt = becomes === 'unknown' && answer.came !== 'unknown';
		const told = isOlderDoubt ? afterDoubt(this.write, words, this.toOf(asked)) : words;
		this.endings.fail(asked, becomes, told, fault, endsRun);
	}

	/** Ends what has not been tried because of another item. */
	private endRest(asked: Asked[]): void {
		const { culprit } = this.endings;
		const left = culprit ? asked.filter(({ item }) => !this.endings.has(item)) : [];
		if (culprit) this.endUntried(left, notTried(culprit.item, culprit.words), culprit.fault);
	}

	private endUntried(asked: Asked[], words: Words, fault?: Fault): void {
		for (const each of asked) {
			const { item: becomes } = this.judge.verdict(
				'notTried',
				this.memory.recall(each.fingerprint),
			);
			const told = becomes === 'unknown' ? afterDoubt(this.write, words, this.toOf(each)) : words;
			this.endings.endUntried(each, becomes === 'unknown' ? 'unknown' : 'notTried', told, fault);
		}
	}

	private toOf({ request }: Partial<Asked>): string | undefined {
		return request && this.write.to?.(request);
	}
}
