import type {
	IDataObject,
	IHttpRequestMethods,
	IHttpRequestOptions,
	IN8nHttpFullResponse,
} from 'n8n-workflow';
import { ApiClock } from './apiClock';
import type { Connection } from './connection';
import { limits } from './limits';
import { outcomeOfAnswer, outcomeOfException } from './outcome';
import type { Outcome } from './outcome';

/** A request to the API, without what the credential and the node's settings add. */
export interface ApiRequest {
	method: IHttpRequestMethods;
	/** Path below the base URL, starting with a slash. */
	url: string;
	body?: IDataObject;
	/** Query; a list becomes a repeated parameter. */
	qs?: IDataObject;
	/** In addition to the credential's headers. */
	headers?: IDataObject;
}

/** Options of one attempt, besides the request itself. */
export interface AttemptOptions<T> {
	/** Extracts the result from the body of a 2xx response; undefined when the body doesn't contain it. */
	read: (body: unknown, status: number) => T | undefined;
	/** The longest to wait for a response, in ms, even if the node's settings allow more. */
	timeout?: number;
}

/** Addresses that have responded as Clerk Chat does, in this process. Any other address may be a mistake. */
const known = new Set<string>();

/** For an empty object, n8n sends no body at all. */
const EMPTY_BODY = { body: '{}', headers: { 'Content-Type': 'application/json' } };

/** One request and its outcome: no pacing, no repetition. */
export class Exchange {
	/** The API's clock, as far as responses have shown it. */
	readonly clock = new ApiClock();

	constructor(
		private readonly request: Connection['request'],
		private readonly baseURL: string,
		/** n8n's own request options: timeout, proxy, certificates. */
		private readonly transport: Partial<IHttpRequestOptions>,
		/** Why the credential forbids all requests. */
		private readonly forbidden?: string,
	) {}

	/** Makes a request once, immediately. Never throws. */
	async attempt<T>(
		request: ApiRequest,
		{ read, timeout = Infinity }: AttemptOptions<T>,
	): Promise<Outcome<T>> {
		if (this.forbidden) {
			return { kind: 'refused', fault: { connection: 'blocked', detail: this.forbidden } };
		}
		const options: IHttpRequestOptions = {
			...request,
			...(request.body && Object.keys(request.body).length === 0 && EMPTY_BODY),
			...this.transport,
			timeout: Math.min(this.transport.timeout ?? limits.timeout, timeout),
			baseURL: this.baseURL,
			json: true,
			arrayFormat: 'repeat',
			returnFullResponse: true,
			// If a status throws, n8n repeats the request by itself after a 401.
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
		this.clock.read(answer.headers?.date, askedAt);
		try {
			const outcome = outcomeOfAnswer(answer, read, known.has(this.baseURL));
			if (outcome.kind === 'done') known.add(this.baseURL);
			return outcome;
		} catch (exception) {
			// `read` shouldn't throw. If it does, other requests must not wait for this one.
			const { statusCode: status, body } = answer;
			return { kind: 'unknown', fault: { status, body, detail: String(exception) } };
		}
	}
}
