import { createdOf } from '../../api/bodies';
import { redact } from '../../api/faults';
import type { Requester } from '../../api/requester';
import { untilCancelled } from '../host';
import { secretsIn } from '../request';
import { unexpected } from '../words/unclearWords';
import { contextOf, readAttempt } from './attempt';
import type { AttemptResult } from './attempt';
import type { RunParts } from './decisions';
import type { Deduplicator } from './deduplicate';
import type { Guards } from './guards/guards';
import { ledger } from './ledger/ledger';
import type { Reconciler } from './reconcile';
import { isRepeatable, sharedRequest } from './task';
import type { Batch, Task } from './task';
import { Upserts } from './upserts';

/** Makes the requests of a run, each once nothing is in its way any more. */
export class Requests {
	/** Used by Create or Update. */
	readonly upserts: Upserts;

	private readonly cancelled: Promise<void>;

	constructor(
		private readonly run: RunParts,
		private readonly guards: Guards,
		private readonly reconciler: Reconciler,
		private readonly deduplicator: Deduplicator,
	) {
		this.upserts = new Upserts(run);
		this.cancelled = untilCancelled(run.host);
	}

	/** Whether nothing more may be started, for now or for good. */
	get isHalted(): boolean {
		return this.run.results.culprit !== undefined || this.reconciler.pausesRun;
	}

	/** Makes the request that these tasks share, and gives each task its result. */
	async send(batch: Batch, requester: Requester): Promise<void> {
		const { decisions } = this.run;
		const tasks = await this.begin(batch.tasks, requester);
		if (tasks.length === 0) return;
		const result = await this.attempt(tasks, requester);
		const { results: given = [] } = result;
		// With more or fewer results than items, nobody can tell which belongs to which: the first item returns all of
		// them.
		const hasOneEach = tasks.length === 1 || given.length === tasks.length;
		const sharedBy = hasOneEach ? undefined : tasks.map(({ item }) => item);
		tasks.forEach((task, index) => {
			if (this.reconciler.queue(task, result)) return;
			const results = hasOneEach && tasks.length > 1 ? [given[index]] : index === 0 ? given : [];
			decisions.conclude(task, { ...result, results }, sharedBy);
			// A guard may have called it off.
			if (result.attempt === 'notTried') this.guards.holdsBack(task);
			if (result.attempt === 'sent') this.deduplicator.learnFrom(task, results);
		});
	}

	/** After a run has ended, ends what is left: held back by a guard, or not tried. */
	endRest(tasks: Task[]): void {
		const { results, decisions } = this.run;
		const isHeld = results.culprit?.hold?.code !== undefined;
		for (const task of isHeld ? results.left(tasks) : []) this.guards.holdsBack(task);
		decisions.endRest(tasks);
	}

	/**
	 * Begins the tasks that nothing is in the way of. Waits for what others have in flight.
	 * @returns the tasks it began
	 */
	private async begin(tasks: Task[], requester: Requester): Promise<Task[]> {
		const { host, operation, runLedger, decisions, results } = this.run;
		for (;;) {
			if (this.isHalted || host.cancelSignal?.aborted) return [];
			const refreshing = this.guards.refresh(requester);
			if (refreshing) {
				await refreshing;
				continue;
			}
			const open = results.left(tasks);
			let blocker: Promise<void> | undefined;
			for (const task of open) blocker ??= this.blockerOf(task, requester);
			if (blocker) {
				await Promise.race([blocker, this.cancelled]);
				continue;
			}
			const free = open.filter(
				(task) => !results.has(task) && !decisions.replay(task) && !this.guards.holdsBack(task),
			);
			// There must be no await between the check and the beginning.
			if (!operation.write.repeatable) runLedger.begin(free, requester.baseURL);
			return free;
		}
	}

	/** @returns what to wait for before asking again; undefined when the task has ended or may be sent */
	private blockerOf(task: Task, requester: Requester): Promise<void> | undefined {
		const { runLedger } = this.run;
		const inFlight = runLedger.inFlightFor(task) ?? this.upserts.blockerOf(task);
		if (inFlight) return ledger.untilSettled(inFlight);
		// Search first, whoever left the outcome unclear, and whenever that was.
		const unclear = runLedger.standing(task).entries.filter((each) => this.reconciler.isNew(each));
		const arriving = ledger.anotherArriving(unclear);
		if (arriving) return ledger.untilSettled(arriving);
		if (unclear.length > 0) return this.reconciler.settleEarlier([task], requester);
		// What another retry has sent is done, whatever others did.
		return runLedger.isDone(task) ? undefined : this.deduplicator.blockerOf(task);
	}

	/** Makes the request of these tasks and reads the result. */
	private async attempt(tasks: Task[], requester: Requester): Promise<AttemptResult> {
		const { operation } = this.run;
		const { write } = operation;
		const request = sharedRequest(tasks, write);
		const context = contextOf(this.run, requester, tasks.length === 1 ? tasks[0] : undefined);
		const secrets = [...context.secrets, ...secretsIn(operation, request)];
		const begunAt = Date.now();
		try {
			// Once Clerk Chat supports an idempotency key, the entry's ID goes here, in `headers`.
			const outcome = await requester.perform(request, {
				read: (body) => (write.results ?? createdOf)(body, request),
				repeatable: isRepeatable(tasks[0], write),
				isCalledOff: () => this.guards.isClosedFor(tasks, begunAt),
			});
			return readAttempt(outcome, { ...context, secrets });
		} catch (exception) {
			// Nothing should throw here. If something does, the request may have been made.
			const detail = redact(String(exception), secrets);
			const words = unexpected(write, detail, context.resendUnknown, context.to);
			return { attempt: 'unknown', words, fault: {} };
		}
	}
}
