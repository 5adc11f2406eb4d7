import { errorAnswer, htmlAnswer } from './answer';
import type { Answer } from './answer';
import { laterFailure } from './statuses';
import type { Failure } from './statuses';

/** What a magic recipient makes the sandbox do. */
export type Fault =
	/** Answers without doing the work: nothing is kept. */
	| { kind: 'answer'; answer: () => Answer }
	/** Breaks the connection without doing the work: nothing is kept. */
	| { kind: 'reset' }
	/** Does the work, then breaks the connection instead of answering. */
	| { kind: 'keepAndReset' }
	/** Does the work, then answers something else. */
	| { kind: 'keepAndAnswer'; answer: () => Answer }
	/** Does the work, answers properly, but only after `slowMs`. */
	| { kind: 'slow' }
	/** Answers 201 with a message that failed. */
	| { kind: 'reject'; rejection: Failure }
	/** Answers properly; the message fails later on. */
	| { kind: 'failLater'; failure: Failure };

/** A number that makes the sandbox play a fault when a message goes to it. */
export interface MagicRecipient {
	/** The number to send to, in E.164. */
	number: string;
	/** What happens, in words. */
	what: string;
	fault: Fault;
	/** How many tries it happens for; after these, requests go through. Left out: for ever. */
	tries?: number;
}

/** Every time, without doing the work. */
const answers = (answer: Answer | (() => Answer)): Fault => ({
	kind: 'answer',
	answer: typeof answer === 'function' ? answer : () => answer,
});
/** The same after the work was done. */
const keepsAndAnswers = (answer: Answer): Fault => ({
	kind: 'keepAndAnswer',
	answer: () => answer,
});

const tooMany = (retryAfter?: string): Answer => ({
	...errorAnswer(429, 'Too Many Requests', 'ThrottlerException: Too Many Requests'),
	...(retryAfter !== undefined && { headers: { 'retry-after': retryAfter } }),
});
const internalError = errorAnswer(500, 'Internal Server Error', 'Internal server error');
const gatewayTimeout: Answer = {
	status: 504,
	headers: { 'content-type': 'text/plain' },
	text: 'upstream request timeout',
};
const cutOff: Answer = {
	status: 201,
	headers: { 'content-type': 'application/json; charset=utf-8' },
	text: '{"data":{"id":1,"bo',
};
const unauthorized = { status: 401, json: { statusCode: 401, message: 'Unauthorized' } };
const forbidden = { status: 403, json: { error: 'This key may not send from this number' } };
const notFound = {
	status: 404,
	json: { errors: [{ title: 'Not Found', detail: 'No inbox has this sender' }] },
};
const badGateway = {
	status: 502,
	json: { errors: [{ status: '502', detail: 'The carrier did not answer' }] },
};
const notProcessable = errorAnswer(422, 'Unprocessable Entity', [
	'recipients.0 has opted out',
	'sender is not registered for this carrier',
]);
const inTwoSeconds = () => tooMany(new Date(Date.now() + 2_000).toUTCString());
const refused: Failure = { error: 'The carrier refused the message', errorCode: 30007 };

const faults: Array<[number: string, what: string, fault: Fault, tries?: number]> = [
	[
		'+15005550400',
		'400; `message` is a string',
		answers(errorAnswer(400, 'Bad Request', 'The request body is not valid')),
	],
	['+15005550401', '401; `message` is a string, there is no `error`', answers(unauthorized)],
	['+15005550403', '403; `error` is all there is', answers(forbidden)],
	['+15005550404', '404; `errors[]` with `detail`', answers(notFound)],
	['+15005550422', '422; `message` is a list', answers(notProcessable)],
	['+15005550429', '429 with `Retry-After: 1`, for ever', answers(tooMany('1'))],
	['+15005550500', '500; `message` is a string', answers(internalError)],
	['+15005550502', '502; `errors[]` with `detail`', answers(badGateway)],
	[
		'+15005550503',
		'503; `error` and a list as `message`',
		answers(errorAnswer(503, 'Service Unavailable', ['Down for maintenance'])),
	],
	['+15005550504', '504; plain text', answers(gatewayTimeout)],
	[
		'+15005550600',
		'kept at once, answered after `slowMs` (2 s unless set otherwise)',
		{ kind: 'slow' },
	],
	['+15005550601', 'connection reset, nothing kept', { kind: 'reset' }],
	['+15005550602', 'connection reset after the message was kept', { kind: 'keepAndReset' }],
	[
		'+15005550603',
		'200 with an HTML page, nothing kept',
		answers(htmlAnswer(200, 'Welcome to the guest network')),
	],
	[
		'+15005550604',
		'502 with an HTML page, nothing kept',
		answers(htmlAnswer(502, '502 Bad Gateway')),
	],
	[
		'+15005550605',
		'201 with `status: failed`, `error` and `errorCode` in the message',
		{ kind: 'reject', rejection: refused },
	],
	[
		'+15005550606',
		'kept; 201 with JSON that holds no message',
		keepsAndAnswers({ status: 201, json: { ok: true } }),
	],
	['+15005550607', 'kept; 201 with JSON that is cut off', keepsAndAnswers(cutOff)],
	[
		'+15005550608',
		'302 to an HTML sign-in page that answers 200, nothing kept',
		answers({ status: 302, headers: { location: '/sign-in' } }),
	],
	['+15005550610', 'first 429 without `Retry-After`, then goes through', answers(tooMany()), 1],
	[
		'+15005550611',
		'first 429 with `Retry-After` as an HTTP date 2 s ahead, then goes through',
		answers(inTwoSeconds),
		1,
	],
	['+15005550612', 'first 429 with `Retry-After: 1`, then goes through', answers(tooMany('1')), 1],
	['+15005550613', 'first 500, then goes through', answers(internalError), 1],
	['+15005550614', 'kept; 500', keepsAndAnswers(internalError)],
	[
		'+15005550620',
		'sent; fails after `deliveredAfterMs` (1 s unless set), with `error` and `errorCode`',
		{ kind: 'failLater', failure: laterFailure },
	],
];

/**
 * Every fault that the sandbox can simulate, each with its own number, modeled on Twilio's test numbers. They work
 * wherever a request has an address: a message's `recipients`, and the `phone` of a contact (alone or in a batch) or an
 * agent. The first magic number in a request decides.
 */
export const magicRecipients: MagicRecipient[] = faults.map(([number, what, fault, tries]) => ({
	number,
	what,
	fault,
	tries,
}));

const byNumber = new Map(magicRecipients.map((magic) => [magic.number, magic]));

/** Tells which fault a request asks for; counts tries, for the numbers that go through in the end. */
export interface FaultPicker {
	/**
	 * @param addresses all addresses of one request
	 * @returns the fault of the first magic number among them, `undefined` when the request is to go through
	 */
	pick(addresses: string[]): Fault | undefined;
}

/** A picker that has seen no tries yet. */
export function createFaultPicker(): FaultPicker {
	const triesOf = new Map<string, number>();
	return {
		pick(addresses) {
			const number = addresses.find((address) => byNumber.has(address));
			const magic = number === undefined ? undefined : byNumber.get(number);
			if (!magic) return undefined;
			const tries = (triesOf.get(magic.number) ?? 0) + 1;
			triesOf.set(magic.number, tries);
			return tries <= (magic.tries ?? Infinity) ? magic.fault : undefined;
		},
	};
}
