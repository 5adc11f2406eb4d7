import { NodeOperationError } from 'n8n-workflow';
import type {
	IDataObject,
	IHttpRequestMethods,
	IHttpRequestOptions,
	IN8nHttpFullResponse,
} from 'n8n-workflow';
import type { Fault } from './faults';
import { whyForbidden } from './allowedDomains';
import { apiKeyOf, UNUSABLE_API_KEY } from './apiKey';
import { baseUrlOf, whyUnusable } from './baseUrl';
import type { Caller, Connection } from './connection';
import { now } from './clock';
import { Concurrency } from './concurrency';
import type { Sign } from './concurrency';
import { limits } from './limits';
import { outcomeOfAnswer, outcomeOfException } from './outcome';
import type { Outcome } from './outcome';
import { meaningOf } from './statuses';
import { jittered, Pace } from './pace';

/** A request to the API, without what the credential and the node's settings add. */
export interface ApiRequest {
	method: IHttpRequestMethods;
	/** Path below the base URL, starting with a slash. */
	url: string;
	body?: IDataObject;
	/** Query; a list goes out as a repeated name. */
	qs?: IDataObject;
	/** Besides those of the credential. */
	headers?: IDataObject;
}

/** What the node's settings say about requests. */
export interface RequestSettings {
	/** n8n's own batching: a wait after every so many requests. */
	batch?: { size: number; intervalMs: number };
	/** n8n's own request options: time-out, proxy, certificates. */
	transport: Partial<IHttpRequestOptions>;
}

/** What there is to know of one request besides what it asks for. */
export interface PerformOptions<T> {
	/** The result in the body of a 2xx answer; undefined when the body does not hold it. */
	read: (body: unknown, status: number) => T | undefined;
	/** Whether it may be repeated although it may have been done. */
	repeatable: boolean;
	/** Asked when it may go out, perhaps after a wait: whether it is not to be made any more. */
	isCalledOff?: () => boolean;
	/** How long an answer is waited for at most, in ms, whatever the node's settings allow. */
	timeout?: number;
}

/** The addresses that have answered as Clerk Chat does, in this process: another one may be a mistake. */
const known = new Set<string>();

/** n8n sends no body at all for an empty object. */
const EMPTY_BODY = { body: '{}', headers: { 'Content-Type': 'application/json' } };

/**
 * Makes the requests of one run of the node. They share their pace: after a 429 nobody sends, however many are
 * waiting.
 */
export class Requester {
	/** How far the API's clock is ahead of this machine's, in ms, as the quickest answer with a `Date` told. */
	private clock = { offset: 0, took: Infinity };

	/** Whether an answer has told what the API's clock shows; undefined before the first one. */
	isClockKnown?: boolean;

	private constructor(
		private readonly request: Connection['request'],
		private readonly pace: Pace,
		private readonly settings: RequestSettings,
		/** Where the API is: the base URL of the credential. */
		readonly baseURL: string,
		/** Texts that must not show in what people read. */
		readonly secrets: string[],
		/** How many of them may be on their way at the same time; whoever performs them keeps to it. */
		readonly concurrency: Concurrency,
		/** Why the credential forbids all of them. */
		private readonly forbidden?: string,
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
		let apiKey: string;
		try {
			apiKey = apiKeyOf(credential);
		} catch {
			const { message, description } = UNUSABLE_API_KEY;
			throw new NodeOperationError(caller.node, message, { description });
		}
		const pace = new Pace(caller.cancelSignal, settings.batch);
		const baseURL = baseUrlOf(credential);
		const unusable = whyUnusable(baseURL);
		if (unusable) {
			const { message, description } = unusable;
			throw new NodeOperationError(caller.node, message, { description });
		}
		const concurrency = new Concurrency(atOnce);
		const forbidden = whyForbidden(credential, baseURL);
		return new Requester(request, pace, settings, baseURL, [apiKey], concurrency, forbidden);
	}

	/** What the API's clock shows when this machine's shows `local`; both in ms. The same until an answer tells its `Date`. */
	apiTime(local: number): number {
		return local + this.clock.offset;
	}

	/** How far {@link apiTime} may be ahead of what the API's clock really shows, in ms. */
	get clockError(): number {
		return this.clock.took < Infinity ? this.clock.took : 0;
	}

	/** Starts nothing further. What is on its way is not touched, what waits does not wait any longer. */
	stop(): void {
		this.pace.waits.stop();
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
			outcome = await this.attempt(request, options);
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
		return await this.attempt(request, { read, repeatable: false });
	}

	private async attempt<T>(
		request: ApiRequest,
		{ read, timeout = Infinity }: PerformOptions<T>,
	): Promise<Outcome<T>> {
		if (this.forbidden) {
			return { kind: 'refused', fault: { connection: 'blocked', detail: this.forbidden } };
		}
		const options: IHttpRequestOptions = {
			...request,
			...(request.body && Object.keys(request.body).length === 0 && EMPTY_BODY),
			...this.settings.transport,
			timeout: Math.min(this.settings.transport.timeout ?? limits.timeout, timeout),
			baseURL: this.baseURL,
			json: true,
			arrayFormat: 'repeat',
			returnFullResponse: true,
			// A status that throws makes n8n repeat the request by itself after a 401.
			ignoreHttpStatusErrors: true,
			disableFollowRedirect: true,
		};
		const askedAt = Date.now();
		let answer: IN8nHttpFullResponse;
		try {
			answer = await this.request(options);
		} catch (exception) {
			return outcomeOfException(exception);
		}
		this.readClock(Date.parse(String(answer.headers?.date)), askedAt);
		try {
			const outcome = outcomeOfAnswer(answer, read, known.has(this.baseURL));
			if (outcome.kind === 'done') known.add(this.baseURL);
			return outcome;
		} catch (exception) {
			// `read` is not expected to throw. If it does, the others must not wait for this request.
			const { statusCode: status, body } = answer;
			return { kind: 'unknown', fault: { status, body, detail: String(exception) } };
		}
	}

	/**
	 * Reads the API's clock. A body may come long after the header, so the time is taken from when it was asked: too early
	 * a clock would make older messages ours.
	 */
	private readClock(date: number, askedAt: number): void {
		this.isClockKnown ??= false;
		if (Number.isNaN(date)) return;
		this.isClockKnown = true;
		const took = Date.now() - askedAt;
		if (took > this.clock.took) return;
		this.clock = { offset: date - askedAt, took };
	}
}

function mayRepeat(fault: Fault, repeatable: boolean, tries: number): boolean {
	if (tries >= limits.tries) return false;
	return (fault.connection === 'notMade' || repeatable) && meaningOf(fault).isPassing === true;
}
