import { NodeOperationError } from 'n8n-workflow';
import type { IDataObject, INodeExecutionData } from 'n8n-workflow';
import type { Host } from '../host';
import { fieldsOf, throwIfCancelled } from '../host';
import { Requester } from '../../api/requester';
import { inTurns } from '../../api/turns';
import { toolOutputOf } from '../description/toolOutput';
import { readRequestOptions } from '../description/requestOptions';
import type { OfQuestion, OfWrite, Write } from '../operation';
import { Progress } from '../progress';
import { useAccountOf } from './account';
import { Decisions } from './decisions';
import { Deduplicator } from './deduplicate';
import { Guards } from './guards/guards';
import { batchesOf, readTasks } from './readTasks';
import { Reconciler } from './reconcile';
import { Requests } from './requests';
import { Results } from './results';
import { RunLedger } from './runLedger';
import { wordsOf } from './runParts';
import type { RunParts } from './runParts';
import { DEFAULT_SETTINGS, readSettings } from './settings';
import type { SendSettings } from './settings';
import type { Task } from './task';
import { realTasks, showPreviews } from './testRuns';
import { waitForDelivery } from './waitForDelivery';

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
	// The summary of the run comes first, and is known last.
	const hints: string[] = [];
	const addHint = (hint: string) => void hints.push(hint);
	try {
		const { isTestRun, isSubWorkflow } = runLedger.saved;
		const own = { ...host, isTestRun, isSubWorkflow, addHint };
		const { items, summary } = await new Run(own, operation, runLedger).execute();
		if (summary) hints.unshift(summary);
		return items;
	} finally {
		for (const hint of hints) host.addHint?.(hint);
		runLedger.close();
	}
}

class Run {
	private readonly write: Write;

	private readonly settings: SendSettings;

	private readonly parts: RunParts;

	/** Why nothing can be sent, such as an option that is not usable. */
	private readonly failure?: Error;

	private readonly results: Results;

	private readonly decisions: Decisions;

	private readonly reconciler: Reconciler;

	private readonly requests: Requests;

	constructor(
		private readonly host: Host,
		private readonly operation: OfWrite | OfQuestion,
		private readonly runLedger: RunLedger,
	) {
		const { write } = operation;
		this.write = write;
		try {
			this.settings = readSettings(host, write);
		} catch (exception) {
			this.settings = DEFAULT_SETTINGS;
			this.failure = exception as Error;
		}
		const { settings } = this;
		this.results = new Results(host, write, settings.skipSentWithinHours !== undefined);
		this.decisions = new Decisions(host, write, settings, runLedger, this.results);
		const { results, decisions } = this;
		const guards = new Guards({ host, write, runLedger, decisions }, settings.guards);
		this.parts = { host, operation, settings, runLedger, results, decisions, guards };
		this.reconciler = new Reconciler(this.parts);
		this.requests = new Requests(this.parts, this.reconciler);
	}

	/** @returns what comes out, and what to say of the whole run, if anything */
	async execute(): Promise<{ items: INodeExecutionData[]; summary?: string }> {
		const { host, write, settings, parts, results, decisions, runLedger, failure } = this;
		if (failure && !host.continueOnFail) throw new NodeOperationError(host.node, failure);
		const { tasks, unusable } = await readTasks(host, this.operation, runLedger);
		const real = realTasks(tasks, settings, runLedger, this.write);
		const shown = tasks.slice(real.length);
		// What is only shown takes nothing that an earlier try sent.
		runLedger.assign(real.flatMap(({ claims }) => claims));
		for (const { item, error } of unusable) {
			const reason = failure && new NodeOperationError(host.node, failure, { itemIndex: item });
			decisions.endUnusable({ item, error: reason ?? error });
		}
		results.throwUnusable(runLedger.isEmpty);
		try {
			await showPreviews(shown, real.length, parts, this.wouldSkip.bind(this));
			await this.sendReal(real);
		} catch (exception) {
			// What was sent comes out as sent, whatever is thrown.
			if (!host.continueOnFail || host.cancelSignal?.aborted) {
				throw new NodeOperationError(host.node, exception as Error);
			}
			decisions.endUntried(this.left([...real, ...shown]), wordsOf(exception, host));
		}
		throwIfCancelled(host);
		parts.guards.tell(tasks.length);
		const { settled } = this.reconciler;
		results.throwIfStopped(settled);
		this.tellAfter(tasks);
		const items = results.items(this.shape());
		runLedger.endRun();
		// Of what is no message, only what a green canvas would hide.
		const isSend = write.message !== undefined && this.operation.kind === 'write';
		const isTold = isSend || !results.isAllDone || settled > 0;
		return { items, summary: isTold ? results.summary(settled) : undefined };
	}

	private async sendReal(tasks: Task[]): Promise<void> {
		const { host, decisions, runLedger } = this;
		if (tasks.length === 0) return;
		if (this.failure) return decisions.endUntried(tasks, wordsOf(this.failure, host));
		let requester: Requester;
		try {
			requester = await this.connect();
		} catch (exception) {
			// What was sent needs no request.
			if (tasks.every((task) => runLedger.isDone(task) && decisions.replay(task))) return;
			throw new NodeOperationError(host.node, exception as Error);
		}
		await useAccountOf(requester, runLedger);
		await this.reconciler.settleEarlier(tasks, requester);
		if (this.write.upsert) {
			const undone = tasks.filter((task) => !runLedger.isDone(task));
			await this.requests.upserts.find(undone, requester);
		}
		const open = this.left(tasks).filter((task) => !decisions.replay(task));
		const notSent = await this.notSentByOthers(open, requester);
		const fresh = await this.parts.guards.allowed(notSent, requester);
		if (fresh.length > 0) await this.sendAll(fresh, requester);
		await waitForDelivery(tasks, requester, this.parts);
	}

	private async connect(): Promise<Requester> {
		const { host, settings } = this;
		return await Requester.create(host, readRequestOptions(host), settings.maxConcurrency);
	}

	/** What Skip If Sent would leave out of messages that are only shown. */
	private async wouldSkip(tasks: Task[]): Promise<Set<Task>> {
		const { parts, reconciler } = this;
		const { skipSentWithinHours: hours } = this.settings;
		if (hours === undefined || tasks.length === 0 || this.failure) return new Set();
		const requester = await this.connect();
		return await new Deduplicator(parts, reconciler, requester, hours).wouldSkip(tasks);
	}

	/** With Skip If Sent, and after a crash: what others did not send yet. What goes to 'Test Recipient' always goes. */
	private async notSentByOthers(tasks: Task[], requester: Requester): Promise<Task[]> {
		const { settings, runLedger, parts, reconciler } = this;
		const isAfterCrash = runLedger.saved.isLost && this.write.message !== undefined;
		const hours = settings.skipSentWithinHours ?? (isAfterCrash ? HOURS_AFTER_CRASH : undefined);
		if (hours === undefined || tasks.length === 0 || settings.testRuns === 'redirect') return tasks;
		this.requests.deduplicator = new Deduplicator(parts, reconciler, requester, hours);
		return await this.requests.deduplicator.leaveOutSent(tasks);
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
		const { requests, decisions } = this;
		const progress = new Progress(this.host, this.write, fresh.length);
		requester.onTooMany((ms) => progress.waits(ms));
		let left = fresh;
		while (left.length > 0) {
			await inTurns(batchesOf(left, this.write), requester.concurrency, async (batch) => {
				if (!requests.isHalted) await requests.send(batch, requester);
				if (requests.isHalted) requester.stop();
				decisions.endRest(batch.tasks);
				progress.step(batch.tasks.length - this.left(batch.tasks).length);
			});
			throwIfCancelled(this.host);
			await this.reconciler.settle(requester);
			decisions.endRest(left);
			left = this.left(left);
		}
		progress.end(requester.waited);
	}

	private left(tasks: Task[]): Task[] {
		return tasks.filter((task) => !this.results.has(task));
	}
}
