import { sleep } from 'n8n-workflow';
import { now } from './clock';
import { newSignal } from './signal';

/** The waits of a run. All of them end at once when the run is stopped or its execution is cancelled. */
export class Waits {
	private isStopped = false;

	/** How many are in a shared wait at this moment, and since when. */
	private shared = { count: 0, since: 0 };

	private sharedBefore = 0;

	/** Fires when every wait must end. */
	private end = newSignal();

	/** @param signal aborted when the execution is cancelled */
	constructor(private readonly signal?: AbortSignal) {
		if (signal?.aborted) this.stop();
		signal?.addEventListener('abort', () => this.stop(), { once: true });
	}

	get stopped(): boolean {
		return this.isStopped;
	}

	/** Ends every wait; new ones end immediately. */
	stop(): void {
		this.isStopped = true;
		this.end.fire();
	}

	/** Allows waits again after {@link stop}, unless the execution was cancelled. */
	resume(): void {
		if (!this.isStopped || this.signal?.aborted) return;
		this.isStopped = false;
		this.end = newSignal();
	}

	/** Waits for a time (ms) that affects only one request. */
	async wait(ms: number): Promise<void> {
		await this.until(sleep(ms));
	}

	/** Waits until something is settled. */
	async until(settled: Promise<void>): Promise<void> {
		await Promise.race([settled, this.end.fired]);
	}

	/** Waits for a time (ms) that affects everyone; any number of waits at once count as one. */
	async waitTogether(ms: number): Promise<void> {
		if (this.shared.count++ === 0) this.shared.since = now();
		await this.wait(ms);
		if (--this.shared.count === 0) this.sharedBefore += now() - this.shared.since;
	}

	/** How long everyone has waited so far, in ms. */
	get waited(): number {
		const { count, since } = this.shared;
		return this.sharedBefore + (count > 0 ? now() - since : 0);
	}
}
