import OpenAPIBackend from 'openapi-backend';
import type { Context, Handler as BackendHandler } from 'openapi-backend';
import { errorAnswer } from './answer';
import type { Outcome } from './answer';
import { handlers } from './handlers';
import type { Call, Handler } from './handlers/handler';
import type { FaultPicker } from './magicRecipients';
import { ajvOptions, customizeAjv, describeError, openApiDocument } from './openApiDocument';

/** A request to the API. */
export interface ApiRequest {
	method: string;
	url: URL;
	headers: Record<string, string | string[] | undefined>;
	/** Parsed JSON; the text itself when it is not JSON; `undefined` when there is none. */
	body: unknown;
}

/** What answering a request depends on at that time. */
export interface ApiState extends Pick<Call, 'store' | 'settings' | 'now' | 'onMessage'> {
	faults: FaultPicker;
}

/** Answers a request as the API would. */
export type Api = (request: ApiRequest, state: ApiState) => Promise<Outcome>;

/** Repeated names become lists. */
function queryOf(url: URL): Call['query'] {
	const names = new Set(url.searchParams.keys());
	return Object.fromEntries(
		[...names].map((name) => {
			const values = url.searchParams.getAll(name);
			return [name, values.length === 1 ? values[0] : values];
		}),
	);
}

/** Every address in a request body that may be a magic recipient. */
function addressesOf(body: unknown): string[] {
	const { recipients, phone, contacts } = (body ?? {}) as {
		recipients?: string[];
		phone?: string;
		contacts?: Array<{ phone?: string }>;
	};
	const phones = [phone, ...(contacts ?? []).map((contact) => contact.phone)];
	return [...(recipients ?? []), ...phones].filter((address) => address !== undefined);
}

function perform(handler: Handler, call: Omit<Call, 'fault'>, state: ApiState): Outcome {
	const fault = state.faults.pick(addressesOf(call.body));
	if (fault?.kind === 'answer') return { answer: fault.answer() };
	if (fault?.kind === 'reset') return 'reset';
	const answer = handler({ ...call, fault });
	if (fault?.kind === 'keepAndReset') return 'reset';
	if (fault?.kind === 'keepAndAnswer') return { answer: fault.answer() };
	return { answer, delayMs: fault?.kind === 'slow' ? state.settings.slowMs : 0 };
}

function asBackendHandler(handler: Handler): BackendHandler {
	return ({ request }: Context, { url }: ApiRequest, state: ApiState): Outcome => {
		const { store, settings, now, onMessage } = state;
		const params = request.params as Record<string, string>;
		const query = request.query as Call['query'];
		return perform(
			handler,
			{ body: request.requestBody, params, query, url, store, settings, now, onMessage },
			state,
		);
	};
}

function validationFail({ validation }: Context): Outcome {
	const errors = validation.errors ?? [];
	if (errors.some(({ keyword }) => keyword === 'parse')) {
		return { answer: errorAnswer(400, 'Bad Request', 'The body is not JSON') };
	}
	return { answer: errorAnswer(422, 'Unprocessable Entity', errors.map(describeError)) };
}

/**
 * Puts the document and the handlers together.
 *
 * @throws when a handler is for an operation that the document does not have
 */
export async function createApi(): Promise<Api> {
	const backend = new OpenAPIBackend({
		definition: openApiDocument,
		strict: true,
		quick: true,
		ajvOpts: ajvOptions,
		customizeAjv,
		securityHandlers: {
			api_key: ({ request }, _: ApiRequest, { settings }: ApiState) =>
				request.headers.apikey === settings.apiKey,
		},
		handlers: {
			...Object.fromEntries(
				Object.entries(handlers).map(([id, handler]) => [id, asBackendHandler(handler)]),
			),
			unauthorizedHandler: (): Outcome => ({
				answer: errorAnswer(401, 'Unauthorized', 'The API key is missing or wrong'),
			}),
			notFound: ({ request }: Context): Outcome => ({
				answer: errorAnswer(
					404,
					'Not Found',
					`Cannot ${request.method.toUpperCase()} ${request.path}`,
				),
			}),
			validationFail,
		},
	});
	await backend.init();
	// The router lists all operations again for each request, which takes longer than everything else together.
	const operations = backend.router.getOperations();
	backend.router.getOperations = () => operations;
	return async (request, state) => {
		const { method, url, body } = request;
		const headers = request.headers as Record<string, string | string[]>;
		const query = queryOf(url);
		return await backend.handleRequest(
			{ method, path: url.pathname, headers, query, body },
			request,
			state,
		);
	};
}
