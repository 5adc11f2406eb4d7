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
	/** Query; a list goes out as a repeated name. */
	qs?: IDataObject;
	/** Besides those of the credential. */
	headers?: IDataObject;
}

/** What there is to know of one attempt besides what it asks for. */
export interface AttemptOptions<T> {
	/** The result in the body of a 2xx answer; undefined when the body does not hold it. */
	read: (body: unknown, status: number) => T | undefined;
	/** How long an answer is waited for at most, in ms, whatever the node's settings allow. */
	timeout?: number;
}

/** The addresses that have answered as Clerk Chat does, in this process: another one may be a mistake. */
const known = new Set<string>();

/** n8n sends no body at all for an empty object. */
const EMPTY_BODY = { body: '{}', headers: { 'Content-Type': 'application/json' } };

/** One request and what came of it: no pace, no repetition. */
export class Exchange {
	/** What the API's clock shows, as far as the answers told. */
	readonly clock = new ApiClock();

	constructor(
		private readonly request: Connection['request'],
		private readonly baseURL: string,
		/** n8n's own request options: time-out, proxy, certificates. */
		private readonly transport: Partial<IHttpRequestOptions>,
		/** Why the credential forbids all of them. */
		private readonly forbidden?: string,
	) {}

	/** Makes a request a single time and at once. Never throws. */
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
		this.clock.read(answer.headers?.date, askedAt);
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
}
