import { now } from './clock';
import { LearnedLimit } from './learnedLimit';
import { limits } from './limits';
import { newSignal } from './signal';
import type { Signal } from './signal';
import { Waits } from './waits';

/** The requests since the last pause. Times are in ms, by `clock.ts`. */
interface Cycle {
	/** When the first of them was started; Infinity before that. */
	since: number;
	started: number;
	/** How many got a response other than 429. */
	passed: number;
}

/** The pace that all requests of a run share: it backs off after a 429, and keeps to the rate limit it has learned. */
export class Pace {
	private until = 0;

	private pausedAt = 0;

	/** When the first 429 since the last success arrived. */
	private tooManySince?: number;

	/** How many pauses in a row had a guessed length. */
	private guesses = 0;

	private cycle: Cycle = { since: Infinity, started: 0, passed: 0 };

	private limit?: LearnedLimit;

	/** When the previous cycle ended, unless it ended with a 429. */
	private cycleEnd?: number;

	/** The result of {@link isPerTime} for the last pause. */
	private perTime = false;

	/** Set while the first request after a pause is in flight; the others wait for it. */
	private scout?: Signal;

	/** The shortest time between starting a request and its response. */
	private fastest = Infinity;

	/** Called when everything waits because of a 429, with the wait in ms. */
	onTooMany?: (ms: number) => void;

	/** Stopped with {@link Waits.stop}, and resumed with {@link Waits.resume}. */
	readonly waits: Waits;

	/** How many requests have been started since the last wait between batches. */
	private startedInBatch = 0;

	/**
	 * @param signal aborted when the execution is cancelled, which stops everything
	 * @param batch n8n's own batching: a wait after each batch of requests
	 */
	constructor(
		signal?: AbortSignal,
		private readonly batch?: { size: number; intervalMs: number },
	) {
		this.waits = new Waits(signal);
	}

	/**
	 * Waits until a request may be started. A caller that gets a turn makes the request and reports the outcome with
	 * {@link passed} or {@link afterTooMany}.
	 * @param isCalledOff asked after the wait
	 * @returns false when nothing more may be started, or this request was called off
	 */
	async turn(isCalledOff = () => false): Promise<boolean> {
		while (!this.waits.stopped) {
			const left = this.until - now();
			if (left > 0) await this.waits.waitTogether(left);
			else if (this.scout) await this.waits.until(this.scout.fired);
			else if (this.limit && !this.limit.allows(this.cycle.started))
				await this.endCycle(this.limit);
			else if (this.batch && this.startedInBatch >= this.batch.size) {
				this.startedInBatch = 0;
				this.atLeast(this.batch.intervalMs);
			} else break;
		}
		if (this.waits.stopped || isCalledOff()) return false;
		this.startedInBatch++;
		this.cycle.started++;
		if (this.cycle.since !== Infinity) return true;
		this.cycle.since = now();
		if (this.pausedAt > 0) this.scout = newSignal();
		return true;
	}

	/** Makes everyone wait at least this long (ms) from now. */
	private atLeast(ms: number): void {
		this.until = Math.max(this.until, now() + ms);
	}

	/**
	 * Reports a response other than 429.
	 * @param sentAt when its request was started
	 */
	passed(sentAt: number, success: boolean): void {
		if (success) {
			this.tooManySince = undefined;
			this.guesses = 0;
		}
		this.fastest = Math.min(this.fastest, now() - sentAt);
		if (sentAt >= this.cycle.since) {
			this.cycle.passed++;
			// On a busy machine, a request leaves a while after it was started. The window began when the scout
			// arrived, and its response took at least as long as the fastest one.
			if (this.scout) this.cycle.since = now() - this.fastest;
			this.letOthersGo();
			return;
		}
		this.limit?.countLate(sentAt);
		// It may have arrived after the end of its cycle, and then it takes up a place in this one.
		const hasBegun = this.cycle.since !== Infinity;
		if (hasBegun && this.cycleEnd !== undefined && now() - this.fastest > this.cycleEnd) {
			this.cycle.started++;
			this.cycle.passed++;
		}
	}

	/**
	 * Makes everyone wait because of a 429.
	 * @param retryAfter what `Retry-After` asked for, in ms; if it is missing or zero, the wait is guessed and grows
	 * @param sentAt when the request that got the 429 was started
	 * @returns whether waiting is worth it: false after too long with nothing but 429, or if it would get that long
	 */
	afterTooMany(retryAfter: number | undefined, sentAt: number): boolean {
		// If our clock is ahead of the server's, its date seems to have passed.
		const asked = retryAfter || undefined;
		if (sentAt >= this.cycle.since) this.letOthersGo();
		// Several requests that were in flight together and each get a 429 count as one step.
		const first = sentAt >= this.pausedAt;
		if (first && asked === undefined) this.guesses++;
		const wanted = asked ?? this.guess();
		this.tooManySince ??= now();
		if (now() + wanted - this.tooManySince > limits.patience) return false;
		const wait = Math.min(wanted, limits.longestWait);
		if (first) {
			if (asked !== undefined && this.cycle.passed > 0) {
				const { passed, since } = this.cycle;
				const lesson = { passed, from: since, to: now(), wait };
				if (this.limit) this.limit.teach(lesson);
				else this.limit = new LearnedLimit(lesson);
			}
			this.onTooMany?.(wait);
			this.pausedAt = now();
			this.cycleEnd = undefined;
			this.newCycle();
		}
		this.atLeast(wait);
		return true;
	}

	/**
	 * Whether a 429 comes from a rate limit rather than from too many requests in flight: since the last pause, so many
	 * have succeeded that they must have run one after another. Call this before {@link afterTooMany}.
	 * @param atOnce how many may be in flight
	 */
	isPerTime(sentAt: number, atOnce: number): boolean {
		if (sentAt >= this.pausedAt) this.perTime = this.cycle.passed >= atOnce * 2;
		return this.perTime;
	}

	private newCycle(): void {
		this.cycle = { since: Infinity, started: 0, passed: 0 };
		this.letOthersGo();
	}

	/** Only the response to the scout has this effect; those to earlier requests don't. */
	private letOthersGo(): void {
		this.scout?.fire();
		this.scout = undefined;
	}

	/** Waits for the cycle to end. Until then, responses to its requests belong to it. */
	private async endCycle(limit: LearnedLimit): Promise<void> {
		const end = this.cycle.since + limit.periodMs;
		if (now() < end) return await this.waits.waitTogether(end - now());
		this.cycleEnd = end;
		this.newCycle();
		limit.endCycle();
	}

	private guess(): number {
		return jittered(
			Math.min(limits.firstWait * 2 ** (this.guesses - 1), limits.longestGuessedWait),
		);
	}
}

/** A random time between three quarters and all of it, so that several executions don't return at the same moment. */
export function jittered(ms: number): number {
	return ms * (0.75 + Math.random() / 4);
}
