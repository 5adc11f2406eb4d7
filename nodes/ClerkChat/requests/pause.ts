import { sleep } from 'n8n-workflow';
import { limits } from './limits';

/**
 * The pause that all requests of a run share: after a 429 nobody sends until it is over.
 * Times are Unix times and durations in ms.
 */
export class Pause {
	private until = 0;

	private lastSuccess = Date.now();

	/** How many pauses there were in a row whose length had to be guessed. */
	private guesses = 0;

	private lastGuess = 0;

	private readonly cancelled: Promise<void>;

	/** @param signal tells that the execution was cancelled; waits end at once then */
	constructor(private readonly signal?: AbortSignal) {
		this.cancelled = new Promise((resolve) => {
			signal?.addEventListener('abort', () => resolve(), { once: true });
		});
	}

	/** Waits until no pause is left, or the execution is cancelled. */
	async over(): Promise<void> {
		for (let left = this.left(); left > 0; left = this.left()) await this.wait(left);
	}

	/** Waits for a time that concerns one request only, or until the execution is cancelled. */
	async wait(ms: number): Promise<void> {
		await Promise.race([sleep(ms), this.cancelled]);
	}

	/** Makes everyone wait for at least this long from now. */
	atLeast(ms: number): void {
		this.until = Math.max(this.until, Date.now() + ms);
	}

	/**
	 * Makes everyone wait because of a 429.
	 * @param asked what `Retry-After` asked for; without it the wait is guessed and grows
	 * @param sentAt when the request that was answered so had been sent
	 * @returns whether it is worth it: false when the last success is too long ago
	 */
	afterTooMany(asked: number | undefined, sentAt: number): boolean {
		const wait = Math.min(asked ?? this.guess(sentAt), limits.longestWait);
		if (Date.now() + wait - this.lastSuccess > limits.patience) return false;
		this.atLeast(wait);
		return true;
	}

	succeeded(): void {
		this.lastSuccess = Date.now();
		this.guesses = 0;
	}

	private left(): number {
		return this.signal?.aborted ? 0 : this.until - Date.now();
	}

	/** Several requests that were on their way together and got a 429 each make one step, not several. */
	private guess(sentAt: number): number {
		if (sentAt >= this.lastGuess) {
			this.guesses++;
			this.lastGuess = Date.now();
		}
		return jittered(
			Math.min(limits.firstWait * 2 ** (this.guesses - 1), limits.longestGuessedWait),
		);
	}
}

/** Between three quarters and all of it, so that several executions do not come back at the same moment. */
export function jittered(ms: number): number {
	return ms * (0.75 + Math.random() / 4);
}
