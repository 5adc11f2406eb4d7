import type { IHttpRequestOptions } from 'n8n-workflow';
import { now } from './clock';
import { Concurrency } from './concurrency';
import type { Sign } from './concurrency';
import { usable } from './connection';
import type { Caller } from './connection';
import { Exchange } from './exchange';
import type { ApiRequest, AttemptOptions } from './exchange';
import type { Fault } from './faults';
import { limits } from './limits';
import type { Outcome } from './outcome';
import { jittered, Pace } from './pace';
import { meaningOf } from './statuses';

export type { ApiRequest } from './exchange';

/** What the node's settings say about requests. */
export interface RequestSettings {
	/** n8n's own batching: a wait after each batch of requests. */
	batch?: { size: number; intervalMs: number };
	/** n8n's own request options: timeout, proxy, certificates. */
	transport: Partial<IHttpRequestOptions>;
}

/** Options of one request, besides the request itself. */
interface PerformOptions<T> extends AttemptOptions<T> {
	/** Whether it may be repeated although it may have been done. */
	repeatable: boolean;
	/** Asked when it is about to be sent, possibly after a wait: whether to call it off. */
	isCalledOff?: () => boolean;
}

/** Makes the requests of one run of the node. They share a pace: after a 429, none is sent, however many are waiting. */
export class Requester {
	private constructor(
		private readonly exchange: Exchange,
		private readonly pace: Pace,
		/** The API's address: the base URL of the credential. */
		readonly baseURL: string,
		/** Texts to redact from whatever people read. */
		readonly secrets: string[],
		/** How many requests may be in flight; callers of {@link perform} keep to it. */
		readonly concurrency: Concurrency,
	) {}

	/**
	 * Reads the credential. Throws what n8n throws if there is none.
	 * @param atOnce how many requests may be in flight; if left out, the node finds out
	 * @throws NodeOperationError when the key can't be valid, or must not be sent to this address
	 */
	static async create(
		caller: Caller,
		settings: RequestSettings,
		atOnce?: number,
	): Promise<Requester> {
		const { credential, request } = await caller.connect();
		const { apiKey, baseURL, forbidden } = usable(credential, caller);
		const exchange = new Exchange(request, baseURL, settings.transport, forbidden);
		const pace = new Pace(caller.cancelSignal, settings.batch);
		return new Requester(exchange, pace, baseURL, [apiKey], new Concurrency(atOnce));
	}

	/**
	 * The API's time when this machine's clock shows `local`; both in ms. They are the same until a response has a
	 * `Date`.
	 */
	apiTime(local: number): number {
		return local + this.exchange.clock.offset;
	}

	/** By how much {@link apiTime} may be ahead of the API's real clock, in ms. */
	get clockError(): number {
		return this.exchange.clock.error;
	}

	/** Whether a response has shown the API's time; undefined before the first one. */
	get isClockKnown(): boolean | undefined {
		return this.exchange.clock.isKnown;
	}

	/** Starts nothing more. Requests in flight continue; waits end. */
	stop(): void {
		this.pace.waits.stop();
	}

	/** Whether nothing more is started, so that a read may have been cut short. */
	get isStopped(): boolean {
		return this.pace.waits.stopped;
	}

	/** Sets a listener for when everything waits because of a 429; it gets the wait in ms. */
	onTooMany(tell: (ms: number) => void): void {
		this.pace.onTooMany = tell;
	}

	/** How long everything has waited so far, in ms. */
	get waited(): number {
		return this.pace.waits.waited;
	}

	/** Continues after {@link stop}, unless the execution was cancelled. */
	resume(): void {
		this.pace.waits.resume();
	}

	/** Waits for a time (ms), or until everything is stopped. */
	async wait(ms: number): Promise<void> {
		await this.pace.waits.wait(ms);
	}

	/**
	 * Makes a request, as often as necessary to learn its outcome.
	 * @returns undefined when it was not made: because of {@link stop}, because it was called off, or because the
	 * execution was cancelled
	 */
	async perform<T>(
		request: ApiRequest,
		options: PerformOptions<T>,
	): Promise<Outcome<T> | undefined> {
		let outcome: Outcome<T> | undefined;
		let doubt: Outcome<T> | undefined;
		for (let tries = 1; ; ) {
			// If a request can't be repeated after all, what is already known of it counts.
			if (!(await this.pace.turn(options.isCalledOff))) return outcome ?? doubt;
			const sentAt = now();
			this.concurrency.started();
			outcome = await this.exchange.attempt(request, options);
			this.concurrency.ended(this.signOf(outcome, sentAt), sentAt, now());
			const tooMany = outcome.kind !== 'done' && outcome.fault.status === 429;
			if (!tooMany) this.pace.passed(sentAt, outcome.kind === 'done');
			if (outcome.kind === 'done') return outcome;
			// If one attempt may have succeeded, a later refusal doesn't change that.
			if (doubt) outcome = { kind: 'unknown', fault: outcome.fault };
			if (outcome.kind === 'unknown') doubt = outcome;
			if (tooMany) {
				if (!this.pace.afterTooMany(outcome.fault.retryAfterMs, sentAt)) return outcome;
				outcome = undefined;
			} else {
				if (!mayRepeat(outcome.fault, options.repeatable, tries)) return outcome;
				await this.pace.waits.wait(jittered(limits.firstRepeatWait * 2 ** (tries - 1)));
				tries++;
			}
		}
	}

	/** What an outcome says about how many requests may be in flight. */
	private signOf(outcome: Outcome<unknown>, sentAt: number): Sign {
		if (outcome.kind === 'done') return 'well';
		const { status, retryAfterMs } = outcome.fault;
		// Waiting satisfies a limit per second; fewer requests in flight wouldn't mean fewer per second.
		if (status === 429 && retryAfterMs && this.pace.isPerTime(sentAt, this.concurrency.limit)) {
			return 'nothing';
		}
		return meaningOf(outcome.fault).isTooMuch ? 'tooMuch' : 'nothing';
	}

	/** Makes a request once, immediately, for someone who is waiting at the screen. */
	async once<T>(request: ApiRequest, read: PerformOptions<T>['read']): Promise<Outcome<T>> {
		return await this.exchange.attempt(request, { read });
	}
}

function mayRepeat(fault: Fault, repeatable: boolean, tries: number): boolean {
	if (tries >= limits.tries) return false;
	return (fault.connection === 'notMade' || repeatable) && meaningOf(fault).isPassing === true;
}
