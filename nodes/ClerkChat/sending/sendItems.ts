import { NodeOperationError } from 'n8n-workflow';
import type { INodeExecutionData } from 'n8n-workflow';
import { wordsOf } from '../../api/errors';
import { Requester } from '../../api/requester';
import { inTurns } from '../../api/turns';
import { readRequestOptions } from '../description/requestOptions';
import { shapeOf } from '../description/toolOutput';
import { fieldsOf, throwIfCancelled } from '../host';
import type { Hint, Host } from '../host';
import type { OfQuestion, OfWrite } from '../operation';
import { Progress } from '../progress';
import { Results } from '../results';
import { Decisions } from './decisions';
import type { RunParts } from './decisions';
import { Deduplicator } from './deduplicate';
import { Guards } from './guards/guards';
import { Reconciler } from './reconcile';
import { Requests } from './requests';
import { RunLedger } from './ledger/runLedger';
import { previewHint } from '../words/sendingHints';
import { DEFAULT_SETTINGS, readSettings } from './settings';
import { batchesOf, readTasks } from './task';
import type { Task } from './task';
import { realTasks, showPreviews } from './testRuns';
import { waitForDelivery } from './waitForDelivery';

/**
 * Sends what the input items request, each once, and returns the results (docs/sending.md).
 * @returns the results in the order of the input items and linked to them; a failed item has `error`
 * @throws NodeApiError or NodeOperationError for the first failed item when On Error is Stop. Nothing more is started
 * then, and requests in flight are awaited
 */
export async function sendItems(
	host: Host,
	operation: OfWrite | OfQuestion,
): Promise<INodeExecutionData[]> {
	throwIfCancelled(host);
	const runLedger = new RunLedger(host, operation.write);
	// The summary of the run is the first hint, but the last one known.
	const hints: Hint[] = [];
	const addHint: Host['addHint'] = (...hint) => void hints.push(hint);
	try {
		const own = { ...host, ...runLedger.saved.start, addHint };
		const { items, summary } = await new Run(own, operation, runLedger).execute();
		if (summary) hints.unshift(summary);
		return items;
	} finally {
		for (const hint of hints) host.addHint?.(...hint);
		runLedger.close();
	}
}

class Run {
	/** Why nothing can be sent, such as an unusable option. */
	private readonly failure?: Error;

	private readonly parts: RunParts;

	private readonly guards: Guards;

	private readonly reconciler: Reconciler;

	private readonly deduplicator: Deduplicator;

	private readonly requests: Requests;

	constructor(host: Host, operation: OfWrite | OfQuestion, runLedger: RunLedger) {
		const { write } = operation;
		let settings = DEFAULT_SETTINGS;
		try {
			settings = readSettings(host, write);
		} catch (exception) {
			this.failure = exception as Error;
		}
		const results = new Results(host, write, settings.skipSentWithinHours !== undefined);
		const parts = { host, operation, settings, runLedger, results };
		this.parts = { ...parts, decisions: new Decisions(parts) };
		this.guards = new Guards({ ...this.parts, write }, settings.guards);
		this.reconciler = new Reconciler(this.parts);
		this.deduplicator = new Deduplicator(this.parts, this.guards, this.reconciler);
		this.requests = new Requests(this.parts, this.guards, this.reconciler, this.deduplicator);
	}

	/** @returns the items to return, and a summary of the run if there is something to say */
	async execute(): Promise<{ items: INodeExecutionData[]; summary?: Hint }> {
		const { parts, failure } = this;
		const { host, operation, settings, results, decisions, runLedger } = parts;
		if (failure && !host.continueOnFail) throw new NodeOperationError(host.node, failure);
		const { tasks, unusable } = await readTasks(host, operation, runLedger);
		const real = realTasks(tasks, parts);
		const before = tasks.slice(0, real.length);
		const shown = tasks.slice(real.length);
		// Items that are only shown must not claim what an earlier try sent.
		runLedger.claims.assign(real.flatMap(({ claims }) => claims));
		for (const { item, error } of unusable) {
			const reason = failure && new NodeOperationError(host.node, failure, { itemIndex: item });
			decisions.endUnusable({ item, error: reason ?? error });
		}
		results.throwUnusable(runLedger.saved.all().length === 0);
		let wouldBeSent = 0;
		try {
			const skipped = await this.deduplicator.wouldSkip(shown, this.connect.bind(this));
			wouldBeSent = await showPreviews(shown, before, skipped, parts, this.guards);
			await this.sendReal(real);
		} catch (exception) {
			const error = new NodeOperationError(host.node, exception as Error);
			// What was sent is returned as sent, whatever is thrown.
			if (!host.continueOnFail || host.cancelSignal?.aborted) throw error;
			decisions.endUntried(results.left([...real, ...shown]), { words: wordsOf(error) });
		}
		throwIfCancelled(host);
		results.throwIfStopped();
		if (shown.length > 0) {
			const isRedirected = real.some((task) => results.isSent(task));
			host.addHint?.(previewHint(operation.write, wouldBeSent, isRedirected));
		}
		const done = tasks.filter((task) => results.isSent(task)).map(({ request }) => request);
		for (const hint of operation.write.hintsAfter?.(done) ?? []) host.addHint?.(hint);
		const isAny = host.itemCount > 0;
		const shape = isAny && shapeOf(fieldsOf(host, 0), operation.write.simplify, settings.simplify);
		const items = results.items(shape || undefined);
		runLedger.saved.shorten();
		const isSend = operation.write.message !== undefined && operation.kind === 'write';
		return { items, summary: results.summaryHint(isSend) };
	}

	private async sendReal(tasks: Task[]): Promise<void> {
		const { host, decisions, runLedger, results } = this.parts;
		if (tasks.length === 0) return;
		if (this.failure) throw this.failure;
		let requester: Requester;
		try {
			requester = await this.connect();
		} catch (exception) {
			// What was already sent needs no request.
			if (tasks.every((task) => runLedger.isDone(task) && decisions.replay(task))) return;
			throw new NodeOperationError(host.node, exception as Error);
		}
		await runLedger.accounts.use(requester, runLedger.saved.all());
		await this.reconciler.settleEarlier(tasks, requester);
		await this.requests.upserts.find(tasks, requester);
		const open = results.left(tasks).filter((task) => decisions.isLeft(task));
		const notSent = await this.deduplicator.leaveOutSent(open, requester);
		const fresh = await this.guards.allowed(notSent, requester);
		if (fresh.length > 0) await this.sendAll(fresh, requester);
		await waitForDelivery(tasks, requester, this.parts);
	}

	private async connect(): Promise<Requester> {
		const { host, settings } = this.parts;
		return await Requester.create(host, readRequestOptions(host), settings.maxConcurrency);
	}

	/**
	 * Sends these tasks. With On Error = Stop, an unknown outcome pauses the rest until the record has been searched.
	 * If the message is found, it counts as sent and the run continues.
	 */
	private async sendAll(fresh: Task[], requester: Requester): Promise<void> {
		const { requests } = this;
		const { host, operation, results } = this.parts;
		const progress = new Progress(host, operation.write, fresh.length);
		requester.onTooMany((ms) => progress.waits(ms));
		let left = fresh;
		while (left.length > 0) {
			await inTurns(batchesOf(left, operation.write), requester.concurrency, async (batch) => {
				await requests.send(batch, requester);
				if (requests.isHalted) requester.stop();
				progress.step(batch.tasks.length - results.left(batch.tasks).length);
			});
			throwIfCancelled(host);
			await this.reconciler.settle(requester);
			requests.endRest(left);
			left = results.left(left);
		}
		progress.end(requester.waited);
	}
}
