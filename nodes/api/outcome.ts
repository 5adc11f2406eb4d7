import type { IN8nHttpFullResponse } from 'n8n-workflow';
import type { Fault } from './faults';
import { isHtml } from './errorBodies';
import { retryAfterMs } from './retryAfter';
import { meaningOf } from './statuses';

/**
 * The outcome of one request.
 * - `done`: Clerk Chat did it; `result` is what was read from the response, `status` its HTTP status.
 * - `refused`: certainly not done.
 * - `unknown`: it may or may not have been done.
 */
export type Outcome<T> =
	| { kind: 'done'; result: T; status: number }
	| { kind: 'refused' | 'unknown'; fault: Fault };

/**
 * What a response from the API means. `statuses.ts` lists the meaning of each status.
 * @param read extracts the result from the body of a 2xx response; undefined when the body doesn't contain it
 * @param isKnown whether this address has responded as Clerk Chat does before
 */
export function outcomeOfAnswer<T>(
	{ statusCode: status, body, headers }: IN8nHttpFullResponse,
	read: (body: unknown, status: number) => T | undefined,
	isKnown = true,
): Outcome<T> {
	const isWell = status >= 200 && status < 300;
	const result = isWell ? read(body, status) : undefined;
	if (result !== undefined) return { kind: 'done', result, status };
	const isElsewhere = !isKnown && (isWell ? isHtml(body) : status < 400);
	const fault: Fault = {
		status,
		body,
		...(isElsewhere && { isElsewhere }),
		...(status === 429 && { retryAfterMs: retryAfterMs(headers) }),
	};
	return { kind: meaningOf(fault).outcome, fault };
}

/** Codes that only occur while looking up a name or connecting. */
const NOT_MADE = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN']);

/**
 * Codes for rejected certificates and handshakes, as Node and OpenSSL spell them. Other `ERR_SSL_` codes may occur
 * while a response is being read.
 */
const TLS_REFUSED =
	/^(CERT_|ERR_TLS_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_|HOSTNAME_MISMATCH|INVALID_CA|ERR_SSL_(WRONG_VERSION_NUMBER|UNSUPPORTED_PROTOCOL|NO_PROTOCOLS_AVAILABLE))/;

/** Parts of `ERR_SSL_` codes of the same kind. */
const ALERT = /HANDSHAKE_FAILURE|ALERT_PROTOCOL_VERSION|UNRECOGNIZED_NAME|ALERT_UNKNOWN_CA/;

/** How Node's message for a failed system call begins. */
const CONNECTING = /^(connect|getaddrinfo) E/;

/** What Node says when the TLS handshake was not completed. */
const HANDSHAKE = /before secure TLS connection was established|wrong version number|handshake/i;

/** n8n's own exceptions (blocked hosts and domains), and invalid addresses. */
const BLOCKED = /^(UserError|NodeOperationError|Ssrf\w*|UnknownConnectionHostError)$/;
const NO_ADDRESS = new Set(['ERR_INVALID_URL', 'ERR_INVALID_CHAR']);

/** What an exception from n8n's HTTP helper means. In doubt, the outcome is unknown. */
export function outcomeOfException(exception: unknown): Outcome<never> {
	const chain = causesOf(exception);
	const codes = chain.map(({ code }) => code);
	const detail = chain.at(-1)?.message;
	const notMade =
		codes.some((code) => code !== undefined && (NOT_MADE.has(code) || isTlsRefused(code))) ||
		chain.some(({ syscall }) => syscall === 'connect' || syscall === 'getaddrinfo') ||
		chain.some(({ message = '' }) => CONNECTING.test(message) || HANDSHAKE.test(message));
	if (notMade) return { kind: 'refused', fault: { connection: 'notMade', detail } };
	const blocked =
		codes.some((code) => code !== undefined && NO_ADDRESS.has(code)) ||
		chain.some(({ name }) => BLOCKED.test(name ?? '')) ||
		chain.some(({ message }) => /^Unsupported protocol/.test(message ?? ''));
	if (blocked) return { kind: 'refused', fault: { connection: 'blocked', detail } };
	const timeout = codes.some((code) => code === 'ECONNABORTED' || code === 'ETIMEDOUT');
	return { kind: 'unknown', fault: { connection: timeout ? 'timeout' : 'lost', detail } };
}

function isTlsRefused(code: string): boolean {
	return TLS_REFUSED.test(code) || (code.startsWith('ERR_SSL_') && ALERT.test(code));
}

interface Cause {
	name?: string;
	code?: string;
	syscall?: string;
	message?: string;
}

/** What exceptions may contain. n8n's own have the code of their cause in `httpCode`, and its message in `messages`. */
type Exception = Cause & {
	httpCode?: string | null;
	messages?: string[];
	cause?: unknown;
	errors?: unknown[];
};

/**
 * The exception and all its causes, outermost first; n8n and axios wrap each other's exceptions. In n8n 1.x, n8n's own
 * exceptions have lost their cause.
 */
function causesOf(exception: unknown): Cause[] {
	const chain: Cause[] = [];
	let current = exception as Exception | undefined;
	while (current && typeof current === 'object' && chain.length < 8) {
		const { name, code, httpCode, syscall, message, messages } = current;
		chain.push({
			name,
			code: code ?? httpCode ?? undefined,
			syscall,
			message: messages?.[0] ?? message,
		});
		// Several addresses of a host were tried (Node's AggregateError): the last one speaks for all.
		current = (current.cause ?? current.errors?.at(-1)) as typeof current;
	}
	return chain;
}
