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
	/** n8n's own batching: a wait after every so many requests. */
	batch?: { size: number; intervalMs: number };
	/** n8n's own request options: time-out, proxy, certificates. */
	transport: Partial<IHttpRequestOptions>;
}

/** What there is to know of one request besides what it asks for. */
interface PerformOptions<T> extends AttemptOptions<T> {
	/** Whether it may be repeated although it may have been done. */
	repeatable: boolean;
	/** Asked when it may go out, perhaps after a wait: whether it is not to be made any more. */
	isCalledOff?: () => boolean;
}

/**
 * Makes the requests of one run of the node. They share their pace: after a 429 nobody sends, however many are
 * waiting.
 */
export class Requester {
	private constructor(
		private readonly exchange: Exchange,
		private readonly pace: Pace,
		/** Where the API is: the base URL of the credential. */
		readonly baseURL: string,
		/** Texts that must not show in what people read. */
		readonly secrets: string[],
		/** How many of them may be on their way at the same time; whoever performs them keeps to it. */
		readonly concurrency: Concurrency,
	) {}

	/**
	 * Reads the credential. Throws as n8n does when there is none.
	 * @param atOnce how many requests may be on their way at the same time; left out, that is found out
	 * @throws NodeOperationError when the key cannot be one, or must not go to this address
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

	/** What the API's clock shows when this machine's shows `local`; both in ms. The same until an answer tells its `Date`. */
	apiTime(local: number): number {
		return local + this.exchange.clock.offset;
	}

	/** How far {@link apiTime} may be ahead of what the API's clock really shows, in ms. */
	get clockError(): number {
		return this.exchange.clock.error;
	}

	/** Whether an answer has told what the API's clock shows; undefined before the first one. */
	get isClockKnown(): boolean | undefined {
		return this.exchange.clock.isKnown;
	}

	/** Starts nothing further. What is on its way is not touched, what waits does not wait any longer. */
	stop(): void {
		this.pace.waits.stop();
	}

	/** Whether nothing further is started, so that what was to be read may have been cut short. */
	get isStopped(): boolean {
		return this.pace.waits.stopped;
	}

	/** Has somebody told when everything waits because of a 429, with how long (ms). */
	onTooMany(tell: (ms: number) => void): void {
		this.pace.onTooMany = tell;
	}

	/** For how long everything has waited so far, in ms. */
	get waited(): number {
		return this.pace.waits.waited;
	}

	/** Goes on after {@link stop}, unless the execution was cancelled. */
	resume(): void {
		this.pace.waits.resume();
	}

	/** Waits for a time (ms), or until everything is stopped. */
	async wait(ms: number): Promise<void> {
		await this.pace.waits.wait(ms);
	}

	/**
	 * Makes a request, as often as it takes to know what came of it.
	 * @returns undefined when it was not made, because of {@link stop}, because it was called off or the execution was cancelled
	 */
	async perform<T>(
		request: ApiRequest,
		options: PerformOptions<T>,
	): Promise<Outcome<T> | undefined> {
		let outcome: Outcome<T> | undefined;
		let doubt: Outcome<T> | undefined;
		for (let tries = 1; ; ) {
			// Of a request that was to be repeated, what is known already stands.
			if (!(await this.pace.turn(options.isCalledOff))) return outcome ?? doubt;
			const sentAt = now();
			this.concurrency.started();
			outcome = await this.exchange.attempt(request, options);
			this.concurrency.ended(this.signOf(outcome, sentAt), sentAt, now());
			const tooMany = outcome.kind !== 'done' && outcome.fault.status === 429;
			if (!tooMany) this.pace.passed(sentAt, outcome.kind === 'done');
			if (outcome.kind === 'done') return outcome;
			// What may have been done in one try is not undone by the next one's being refused.
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

	/** What an outcome says about how many may be on their way. */
	private signOf(outcome: Outcome<unknown>, sentAt: number): Sign {
		if (outcome.kind === 'done') return 'well';
		const { status, retryAfterMs } = outcome.fault;
		// A limit for each second is kept by waiting; fewer at the same time would not be fewer in a second.
		if (status === 429 && retryAfterMs && this.pace.isPerTime(sentAt, this.concurrency.limit)) {
			return 'nothing';
		}
		return meaningOf(outcome.fault).isTooMuch ? 'tooMuch' : 'nothing';
	}

	/** Makes a request a single time and at once, for somebody who sits and waits. */
	async once<T>(request: ApiRequest, read: PerformOptions<T>['read']): Promise<Outcome<T>> {
		return await this.exchange.attempt(request, { read });
	}
}

function mayRepeat(fault: Fault, repeatable: boolean, tries: number): boolean {
	if (tries >= limits.tries) return false;
	return (fault.connection === 'notMade' || repeatable) && meaningOf(fault).isPassing === true;
}
