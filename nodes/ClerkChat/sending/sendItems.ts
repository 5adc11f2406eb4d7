import { NodeOperationError } from 'n8n-workflow';
import type { IDataObject, INodeExecutionData } from 'n8n-workflow';
import type { Host } from '../host';
import { fieldsOf, throwIfCancelled, untilCancelled } from '../host';
import { Requester } from '../../api/requester';
import { toolOutputOf } from '../description/toolOutput';
import { readRequestOptions } from '../description/requestOptions';
import { inTurns } from '../../api/turns';
import { createdOf } from '../../api/bodies';
import { redact } from '../../api/faults';
import type { Words } from '../../api/faults';
import type { OfQuestion, OfWrite, Write } from '../operation';
import { secretsIn } from '../request';
import { useAccountOf } from './account';
import { readAttempt } from './attempt';
import type { AttemptContext, AttemptResult } from './attempt';
import { Decisions } from './decisions';
import { Deduplicator } from './deduplicate';
import { ledger } from './ledger';
import { Progress } from './progress';
import { Reconciler } from './reconcile';
import { Results } from './results';
import { RunLedger } from './runLedger';
import { DEFAULT_SETTINGS, readSettings } from './settings';
import type { SendSettings } from './settings';
import { batchesOf, isRepeatable, readTasks, requestOf, toOf } from './tasks';
import type { Batch, Task } from './tasks';
import { leaveOutPreviews } from './testRuns';
import { Upserts } from './upserts';
import { unexpected } from './words';

/** How far back the record is read when n8n has lost what it knew of the execution that is tried again. */
const HOURS_AFTER_CRASH = 12;

/**
 * Sends what the input items ask for, each of them once, and returns what came of it.
 * What it promises is in docs/sending.md.
 * @returns the results in the order of the input items and linked to them; a failed item carries `error`
 * @throws NodeApiError or NodeOperationError for the first failed item when On Error is Stop: nothing further is
 * started then, and what is in flight is awaited
 */
export async function sendItems(
	host: Host,
	operation: OfWrite | OfQuestion,
): Promise<INodeExecutionData[]> {
	throwIfCancelled(host);
	const runLedger = new RunLedger(host, operation.write);
	try {
		const { isTestRun, isSubWorkflow } = runLedger.saved;
		return await new Run({ ...host, isTestRun, isSubWorkflow }, operation, runLedger).execute();
	} finally {
		runLedger.close();
	}
}

class Run {
	private readonly write: Write;

	private readonly settings: SendSettings;

	/** Why nothing can be sent, such as an option that is not usable. */
	private readonly failure?: Error;

	private readonly results: Results;

	private readonly decisions: Decisions;

	private readonly reconciler: Reconciler;

	private readonly upserts: Upserts;

	private deduplicator?: Deduplicator;

	private readonly cancelled: Promise<void>;

	constructor(
		private readonly host: Host,
		private readonly operation: OfWrite | OfQuestion,
		private readonly runLedger: RunLedger,
	) {
		const { write } = operation;
		this.write = write;
		this.cancelled = untilCancelled(host);
		try {
			this.settings = readSettings(host, write);
		} catch (exception) {
			this.settings = DEFAULT_SETTINGS;
			this.failure = exception as Error;
		}
		const skips = this.settings.skipSentWithinHours !== undefined;
		this.results = new Results(host, write, skips);
		this.decisions = new Decisions(host, write, this.settings, runLedger, this.results);
		const { decisions } = this;
		const contextOf = this.contextOf.bind(this);
		this.upserts = new Upserts({ host, write, runLedger, decisions });
		this.reconciler = new Reconciler({ host, write, runLedger, decisions, contextOf });
	}

	async execute(): Promise<INodeExecutionData[]> {
		const { host, write, results, decisions, runLedger } = this;
		if (this.failure && !host.continueOnFail) throw this.failure;
		const { tasks, unusable } = await readTasks(host, this.operation, runLedger);
		for (const each of unusable) decisions.endUnusable(each);
		results.throwUnusable(runLedger.isEmpty);
		const real = leaveOutPreviews(tasks, this.settings, { host, write, runLedger, results });
		try {
			await this.sendReal(real);
		} catch (exception) {
			// What was sent comes out as sent, whatever is thrown.
			if (!host.continueOnFail || host.cancelSignal?.aborted) throw exception;
			decisions.endUntried(this.left(real), wordsOf(exception, host));
		}
		throwIfCancelled(host);
		this.reconciler.tell(tasks.length);
		this.deduplicator?.tell(tasks.length);
		results.throwIfStopped();
		this.tellAfter(tasks);
		const out = results.items(this.shape());
		runLedger.endRun();
		return out;
	}

	private async sendReal(tasks: Task[]): Promise<void> {
		const { decisions, runLedger } = this;
		if (tasks.length === 0) return;
		if (this.failure) return decisions.endUntried(tasks, wordsOf(this.failure, this.host));
		const isAllDone = runLedger.isEmpty === false && tasks.every((task) => runLedger.isDone(task));
		let requester: Requester;
		try {
			const { maxConcurrency } = this.settings;
			requester = await Requester.create(this.host, readRequestOptions(this.host), maxConcurrency);
		} catch (exception) {
			if (!isAllDone) throw exception;
			for (const task of tasks) decisions.replay(task);
			return;
		}
		await useAccountOf(requester, runLedger);
		await this.reconciler.settleEarlier(tasks, requester);
		await this.upserts.find(tasks.filter((task) => !runLedger.isDone(task)), requester);
		const open = this.left(tasks).filter((task) => !decisions.replay(task));
		const fresh = await this.notSentByOthers(open, requester);
		if (fresh.length > 0) await this.sendAll(fresh, requester);
	}

	/** With Skip If Sent, and after a crash: what others did not send yet. */
	private async notSentByOthers(tasks: Task[], requester: Requester): Promise<Task[]> {
		const { host, settings, runLedger, write } = this;
		const isAfterCrash = host.isRetry && runLedger.saved.isNew && write.message !== undefined;
		const hours = settings.skipSentWithinHours ?? (isAfterCrash ? HOURS_AFTER_CRASH : undefined);
		if (hours === undefined || tasks.length === 0) return tasks;
		const { results, decisions, reconciler } = this;
		const { resendUnknown } = settings;
		const contextOf = this.contextOf.bind(this);
		const { cancelled } = this;
		const of = { host, write, runLedger, decisions, results, reconciler, contextOf, requester, cancelled };
		this.deduplicator = new Deduplicator({ ...of, hours, resendUnknown });
		return await this.deduplicator.leaveOutSent(tasks);
	}

	/** What a result becomes as it comes out; undefined: it stays as it is. */
	private shape(): ((result: IDataObject) => IDataObject) | undefined {
		const { simplify } = this.write;
		if (!simplify || this.host.itemCount === 0) return undefined;
		const chosen = this.settings.simplify ? simplify : undefined;
		return toolOutputOf(fieldsOf(this.host, 0), simplify) ?? chosen;
	}

	/** Says beside the output what there is to know of what was sent, or would be. */
	private tellAfter(tasks: Task[]): void {
		const done = tasks.filter((task) => this.results.isSent(task));
		const hints = this.write.hintsAfter?.(done.map(({ request }) => request)) ?? [];
		for (const hint of hints) this.host.addHint?.(hint);
	}

	/**
	 * Sends these. With On Error = Stop, an unknown outcome holds up the rest until the record has been searched; what is
	 * found there is sent, and the run goes on.
	 */
	private async sendAll(fresh: Task[], requester: Requester): Promise<void> {
		const progress = new Progress(this.host, this.write, fresh.length);
		requester.onTooMany((ms) => progress.waits(ms));
		let left = fresh;
		while (left.length > 0) {
			await inTurns(batchesOf(left, this.write), requester.concurrency, async (batch) => {
				if (!this.isHalted) await this.send(batch, requester);
				if (this.isHalted) requester.stop();
				this.decisions.endRest(batch.tasks);
				progress.step(batch.tasks.length - this.left(batch.tasks).length);
			});
			throwIfCancelled(this.host);
			await this.reconciler.settle(requester);
			this.decisions.endRest(left);
			left = this.left(left);
		}
		progress.end(requester.waited);
	}

	private left(tasks: Task[]): Task[] {
		return tasks.filter((task) => !this.results.has(task));
	}

	/** Whether nothing further is started, for now or for good. */
	private get isHalted(): boolean {
		return this.results.culprit !== undefined || this.reconciler.holdsUp;
	}

	private async send(batch: Batch, requester: Requester): Promise<void> {
		const tasks = await this.begin(batch.tasks, requester);
		if (tasks.length === 0) return;
		const result = await this.attempt(tasks, requester);
		const { results: given = [] } = result;
		// Which result belongs to which item cannot be told when there are more or fewer of them: all come out at the first.
		const isTold = tasks.length === 1 || given.length === tasks.length;
		const sharedBy = isTold ? undefined : tasks.map(({ item }) => item);
		tasks.forEach((task, index) => {
			if (this.reconciler.take(task, result)) return;
			const own = isTold ? [given[index]] : index === 0 ? given : [];
			const results = tasks.length === 1 ? given : own;
			this.decisions.conclude(task, { ...result, results }, sharedBy);
		});
	}

	/**
	 * Begins those tasks in whose way nothing stands. What others have in flight is waited for.
	 * @returns those that it began
	 */
	private async begin(tasks: Task[], { baseURL }: Requester): Promise<Task[]> {
		for (;;) {
			if (this.isHalted || this.host.cancelSignal?.aborted) return [];
			const open = this.left(tasks);
			const inTheWay = open
				.map(
					(task) =>
						this.runLedger.inFlightFor(task) ??
						this.upserts.standsInTheWay(task) ??
						this.deduplicator?.standsInTheWay(task),
				)
				.find((entry) => entry !== undefined);
			if (inTheWay) {
				await Promise.race([ledger.settled(inTheWay), this.cancelled]);
				continue;
			}
			const free = this.left(open).filter((task) => !this.decisions.replay(task));
			// Nothing may come between asking and beginning.
			if (!this.write.repeatable) this.runLedger.begin(free, baseURL);
			return free;
		}
	}

	/** Makes the request of these tasks and reads what came of it. */
	private async attempt(tasks: Task[], requester: Requester): Promise<AttemptResult> {
		const { write } = this;
		const request = requestOf(tasks, write);
		const context = this.contextOf(requester, tasks.length === 1 ? tasks[0] : undefined);
		const secrets = [...context.secrets, ...secretsIn(this.operation, request)];
		try {
			const outcome = await requester.perform(request, {
				read: (body) => (write.results ?? createdOf)(body, request),
				repeatable: isRepeatable(tasks[0], write),
			});
			return readAttempt(outcome, { ...context, secrets });
		} catch (exception) {
			// Nothing is expected to be thrown. If it is, the request may have been made.
			const detail = redact(String(exception), secrets);
			return { attempt: 'unknown', words: unexpected(context, detail), fault: {} };
		}
	}

	private contextOf({ secrets }: Requester, task?: Task): AttemptContext {
		const { host, settings } = this;
		const write = { ...this.write, repeatable: isRepeatable(task ?? {}, this.write) };
		const to = task && toOf(task, write);
		return { write, secrets, timezone: host.timezone, resendUnknown: settings.resendUnknown, to };
	}
}

function wordsOf(exception: unknown, { node }: Host): Words {
	const { message, description } = new NodeOperationError(node, exception as Error);
	return { message, description: description ?? '' };
}
