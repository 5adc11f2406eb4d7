import { NodeOperationError } from 'n8n-workflow';
import type { IDataObject, INodeExecutionData } from 'n8n-workflow';
import type { Host } from '../host';
import { fieldsOf, throwIfCancelled } from '../host';
import { Requester } from '../../api/requester';
import { toolOutputOf } from '../description/toolOutput';
import { readRequestOptions } from '../description/requestOptions';
import { inTurns } from '../../api/turns';
import { createdOf } from '../../api/bodies';
import { hideSecrets } from '../../api/faults';
import type { OfQuestion, OfWrite, Write } from '../operation';
import { secretsIn } from '../request';
import { answerOf } from './answer';
import type { Answer } from './answer';
import { Doubts } from './doubts';
import { Endings } from './endings';
import { Judge } from './judge';
import { Memory } from './memory';
import { Progress } from './progress';
import { jobsOf, readItems, requestOf } from './requests';
import type { Asked, Job } from './requests';
import { readSettings } from './settings';
import type { SendSettings } from './settings';
import { setOut } from './onTheirWay';
import { claim } from './settling';
import { leaveOutSent } from './skipping';
import { leaveOutPreviews } from './testRuns';
import { unexpected } from './words';

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
	const memory = new Memory(host);
	const { isOfTestRun: isTestRun, isOfSubWorkflow: isSubWorkflow } = memory;
	const run = { ...host, isTestRun, isSubWorkflow };
	return await new Run(run, operation, memory, readSettings(run, operation.write)).execute();
}

class Run {
	private readonly write: Write;

	private readonly endings: Endings;

	private readonly judge: Judge;

	private readonly doubts: Doubts;

	constructor(
		private readonly host: Host,
		private readonly operation: OfWrite | OfQuestion,
		private readonly memory: Memory,
		private readonly settings: SendSettings,
	) {
		this.write = operation.write;
		this.endings = new Endings(host, this.write);
		this.judge = new Judge(host, this.write, settings, this.memory, this.endings);
		this.doubts = new Doubts(host, this.write, this.memory, this.judge);
	}

	async execute(): Promise<INodeExecutionData[]> {
		throwIfCancelled(this.host);
		const asked = await readItems(this.host, this.operation, this.memory, (item, unusable) =>
			this.judge.refuseFields(item, unusable),
		);
		this.endings.throwUnusable(this.memory.isEmpty);
		const real = leaveOutPreviews(asked, this.settings, this.parts);
		const open = real.filter((each) => this.doubts.isOpen(each) || !this.judge.replay(each));
		const requester = open.length > 0 ? await this.requesterFor(open) : undefined;
		if (requester) {
			if (this.write.onRecord) claim(requester, this.endings.results());
			await this.doubts.settleEarlier(open, requester);
			const fresh = open.filter((each) => !this.judge.replay(each));
			await leaveOutSent(fresh, this.settings, { ...this.parts, requester }, async (wanted) =>
				this.sendAll(wanted, requester),
			);
		}
		throwIfCancelled(this.host);
		this.doubts.tell(asked.length);
		this.endings.throwIfStopped();
		this.tellAfter(asked);
		const out = this.endings.items(this.shape());
		const calls = asked.map(({ fingerprint }) => fingerprint);
		this.memory.endRun(calls, {
			again: this.mayRunAgain(out),
			retries: this.write.isForThisExecution !== true,
		});
		return out;
	}

	/** What a result becomes as it comes out; undefined: it stays as it is. */
	private shape(): ((result: IDataObject) => IDataObject) | undefined {
		const { simplify } = this.write;
		if (!simplify || this.host.itemCount === 0) return undefined;
		const chosen = this.settings.simplify ? simplify : undefined;
		return toolOutputOf(fieldsOf(this.host, 0), simplify) ?? chosen;
	}

	/** What the steps of a run share. */
	private get parts() {
		const { host, write, memory, endings, judge } = this;
		return { host, write, memory, endings, judge };
	}

	/** Says beside the output what there is to know of what was sent, or would be. */
	private tellAfter(asked: Asked[]): void {
		const done = asked.filter((each) => this.endings.resultsOf(each).length > 0);
		const hints = this.write.hintsAfter?.(done.map(({ request }) => request)) ?? [];
		for (const hint of hints) this.host.addHint?.(hint);
	}

	/** What makes the requests; undefined when the credential cannot be read, and these items end because of it. */
	private async requesterFor(asked: Asked[]): Promise<Requester | undefined> {
		const { maxConcurrency } = this.settings;
		return await Requester.create(this.host, readRequestOptions(this.host), maxConcurrency).catch(
			(exception: Error) => {
				// What an earlier try sent still comes out.
				if (!this.host.continueOnFail) throw exception;
				const { message, description } = new NodeOperationError(this.host.node, exception);
				this.judge.endUntried(asked, { message, description: description ?? '' });
				return undefined;
			},
		);
	}

	/**
	 * Sends these items. With On Error = Stop, an unknown outcome holds up the rest until the record has been searched;
	 * what is found there is sent, and the run goes on.
	 */
	private async sendAll(fresh: Asked[], requester: Requester): Promise<void> {
		const progress = new Progress(this.host, this.write, fresh.length);
		requester.onTooMany((ms) => progress.waits(ms));
		let left = fresh;
		while (left.length > 0) {
			await inTurns(jobsOf(left, this.write), requester.concurrency, async (job) => {
				if (!this.isHalted) await this.send(job, requester);
				if (this.isHalted) requester.stop();
				this.judge.endRest(job.asked);
				progress.step(job.asked.filter((each) => this.endings.has(each)).length);
			});
			throwIfCancelled(this.host);
			await this.doubts.settle(requester);
			this.judge.endRest(left);
			left = left.filter((each) => !this.endings.has(each));
		}
		progress.end(requester.waited);
	}

	/** Whether nothing further is started, for now or for good. */
	private get isHalted(): boolean {
		return this.endings.culprit !== undefined || this.doubts.holdUp;
	}

	private async send(job: Job, requester: Requester): Promise<void> {
		// Another call of an agent, or another retry, may have made it since this run began.
		const asked = this.memory.isShared
			? job.asked.filter((each) => !this.judge.replay(each))
			: job.asked;
		if (asked.length === 0) return;
		const before = asked.map(({ fingerprint }) => this.memory.recall(fingerprint));
		const sought = this.doubts.soughtOf(asked, before[0]);
		// Written down first, and until the end: whoever else asks for the same sees that it may still go out, and if n8n is
		// stopped before the answer is here, the outcome is unknown.
		asked.forEach(({ fingerprint }, index) => {
			const { note } = this.judge.verdict('nothing', before[index]);
			if (note === 'onItsWay') {
				this.memory.note(fingerprint, { outcome: 'onItsWay', ...(sought && { sought }) });
			}
		});
		const arrived = sought && setOut(requester, sought);
		let answer: Answer;
		try {
			answer = await this.ask(asked, requester);
		} catch (exception) {
			// Nothing is expected to be thrown. If it is, the request may have been made.
			const detail = hideSecrets(String(exception), requester.secrets);
			const to = asked.length === 1 ? this.judge.toOf(asked[0]) : undefined;
			answer = { came: 'unknown', words: unexpected(this.write, detail, to), fault: {} };
		}
		const { results: given = [] } = answer;
		if (this.write.onRecord) claim(requester, given);
		arrived?.(this.host.cancelSignal?.aborted === true && answer.came === 'unknown');
		// Which result belongs to which item cannot be told when there are more or fewer of them: all come out at the first.
		const isTold = asked.length === 1 || given.length === asked.length;
		const sharedBy = isTold ? undefined : asked.map(({ item }) => item);
		asked.forEach((each, index) => {
			const own = isTold ? [given[index]] : index === 0 ? given : [];
			const results = asked.length === 1 ? given : own;
			const came = { asked: each, before: before[index], answer, results, sharedBy, sought };
			if (!this.doubts.take(came)) this.judge.conclude(came);
		});
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

	/**
	 * With Retry On Fail, n8n runs a node again whose first item has a field `error`; n8n 1.x even when that is null, as
	 * it is in every message that was sent.
	 */
	private mayRunAgain([first]: INodeExecutionData[]): boolean {
		return this.host.runsAgain && first?.json.error !== undefined;
	}
}
