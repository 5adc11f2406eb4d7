import { limits } from './limits';

/**
 * What a 429 has taught: so many requests in so many ms. Limits are so many requests per window. The window began with the
 * first request of the cycle or before, and ends when the wait is over; `Retry-After` is rounded up to whole seconds, and
 * so are windows as a rule.
 */
export class LearnedLimit {
	readonly periodMs: number;

	/** How many cycles it has held since. */
	private held = 0;

	/**
	 * @param requests how many were answered with anything but a 429 in the cycle that taught it
	 * @param from when that cycle began, by `clock.ts`
	 * @param to when it ended
	 * @param wait what `Retry-After` asked for then, in ms
	 */
	constructor(
		private requests: number,
		private readonly from: number,
		private readonly to: number,
		wait: number,
	) {
		const window = Math.max(wait, Math.floor((to - from + wait) / 1000) * 1000);
		this.periodMs = window * 1.005;
	}

	/** Whether it allows one more request after so many that were started in a cycle. */
	allows(started: number): boolean {
		return started < this.requests;
	}

	/** Counts an answer to a request that was on its way while an earlier one was told that it was too many. */
	countLate(sentAt: number): void {
		if (sentAt >= this.from && sentAt <= this.to) this.requests++;
	}

	/**
	 * A cycle was used up. The limit may have been shared with somebody who is gone by now, so more is tried; being wrong
	 * costs a pause, so not often; but as long as it is right, it goes on.
	 */
	endCycle(): void {
		if (++this.held >= limits.cyclesBetweenTrials) this.requests = Math.ceil(this.requests * 1.1);
	}
}
