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
	/** Does the work, then breaks the connection instead of answering. With a rejection, the message failed. */
	| { kind: 'keepAndReset'; rejection?: Failure }
	/** Does the work, then answers something else. */
	| { kind: 'keepAndAnswer'; answer: () => Answer }
	/** Does the work, answers properly, but only after `slowMs`. */
	| { kind: 'slow' }
	/** Answers 201 with a message that failed. */
	| { kind: 'reject'; rejection: Failure }
	/** Answers properly; the message fails later on. */
	| { kind: 'failLater'; failure: Failure }
	/** Answers properly; the message is listed only after `lateMs`. */
	| { kind: 'listLate' };

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

const tooMany = (headers?: Record<string, string>): Answer => ({
	...errorAnswer(429, 'Too Many Requests', 'ThrottlerException: Too Many Requests'),
	headers,
});
const internalError = () => errorAnswer(500, 'Internal Server Error', 'Internal server error');
const gatewayTimeout = (): Answer => ({
	status: 504,
	headers: { 'content-type': 'text/plain' },
	text: 'upstream request timeout',
});
const refused: Failure = { error: 'The carrier refused the message', errorCode: 30007 };

/**
 * Every fault the sandbox can show, each behind a number of its own, after the test numbers of Twilio. They work wherever a
 * request names an address: `recipients` of a message, `phone` of a contact (alone or in a batch) and of an agent.
 * The first magic number in a request decides.
 */
export const magicRecipients: MagicRecipient[] = [
	{
		number: '+15005550400',
		what: '400; `message` is a string',
		fault: {
			kind: 'answer',
			answer: () => errorAnswer(400, 'Bad Request', 'The request body is not valid'),
		},
	},
	{
		number: '+15005550401',
		what: '401; `message` is a string, there is no `error`',
		fault: {
			kind: 'answer',
			answer: () => ({ status: 401, json: { statusCode: 401, message: 'Unauthorized' } }),
		},
	},
	{
		number: '+15005550403',
		what: '403; `error` is all there is',
		fault: {
			kind: 'answer',
			answer: () => ({ status: 403, json: { error: 'This key may not send from this number' } }),
		},
	},
	{
		number: '+15005550404',
		what: '404; `errors[]` with `detail`',
		fault: {
			kind: 'answer',
			answer: () => ({
				status: 404,
				json: { errors: [{ title: 'Not Found', detail: 'No inbox has this sender' }] },
			}),
		},
	},
	{
		number: '+15005550422',
		what: '422; `message` is a list',
		fault: {
			kind: 'answer',
			answer: () =>
				errorAnswer(422, 'Unprocessable Entity', [
					'recipients.0 has opted out',
					'sender is not registered for this carrier',
				]),
		},
	},
	{
		number: '+15005550429',
		what: '429 with `Retry-After: 1`, for ever',
		fault: { kind: 'answer', answer: () => tooMany({ 'retry-after': '1' }) },
	},
	{
		number: '+15005550500',
		what: '500; `message` is a string',
		fault: { kind: 'answer', answer: internalError },
	},
	{
		number: '+15005550502',
		what: '502; `errors[]` with `detail`',
		fault: {
			kind: 'answer',
			answer: () => ({
				status: 502,
				json: { errors: [{ status: '502', detail: 'The carrier did not answer' }] },
			}),
		},
	},
	{
		number: '+15005550503',
		what: '503; `error` and a list as `message`',
		fault: {
			kind: 'answer',
			answer: () => errorAnswer(503, 'Service Unavailable', ['Down for maintenance']),
		},
	},
	{
		number: '+15005550504',
		what: '504; plain text',
		fault: { kind: 'answer', answer: gatewayTimeout },
	},
	{
		number: '+15005550600',
		what: 'kept at once, answered after `slowMs` (2 s unless set otherwise)',
		fault: { kind: 'slow' },
	},
	{
		number: '+15005550601',
		what: 'connection reset, nothing kept',
		fault: { kind: 'reset' },
	},
	{
		number: '+15005550602',
		what: 'connection reset after the message was kept',
		fault: { kind: 'keepAndReset' },
	},
	{
		number: '+15005550603',
		what: '200 with an HTML page, nothing kept',
		fault: { kind: 'answer', answer: () => htmlAnswer(200, 'Welcome to the guest network') },
	},
	{
		number: '+15005550604',
		what: '502 with an HTML page, nothing kept',
		fault: { kind: 'answer', answer: () => htmlAnswer(502, '502 Bad Gateway') },
	},
	{
		number: '+15005550605',
		what: '201 with `status: failed`, `error` and `errorCode` in the message',
		fault: { kind: 'reject', rejection: refused },
	},
	{
		number: '+15005550606',
		what: 'kept; 201 with JSON that holds no message',
		fault: { kind: 'keepAndAnswer', answer: () => ({ status: 201, json: { ok: true } }) },
	},
	{
		number: '+15005550607',
		what: 'kept; 201 with JSON that is cut off',
		fault: {
			kind: 'keepAndAnswer',
			answer: () => ({
				status: 201,
				headers: { 'content-type': 'application/json; charset=utf-8' },
				text: '{"data":{"id":1,"bo',
			}),
		},
	},
	{
		number: '+15005550608',
		what: '302 to an HTML sign-in page that answers 200, nothing kept',
		fault: { kind: 'answer', answer: () => ({ status: 302, headers: { location: '/sign-in' } }) },
	},
	{
		number: '+15005550610',
		what: 'first 429 without `Retry-After`, then goes through',
		fault: { kind: 'answer', answer: () => tooMany() },
		tries: 1,
	},
	{
		number: '+15005550611',
		what: 'first 429 with `Retry-After` as an HTTP date 2 s ahead, then goes through',
		fault: {
			kind: 'answer',
			answer: () => tooMany({ 'retry-after': new Date(Date.now() + 2_000).toUTCString() }),
		},
		tries: 1,
	},
	{
		number: '+15005550612',
		what: 'first 429 with `Retry-After: 1`, then goes through',
		fault: { kind: 'answer', answer: () => tooMany({ 'retry-after': '1' }) },
		tries: 1,
	},
	{
		number: '+15005550613',
		what: 'first 500, then goes through',
		fault: { kind: 'answer', answer: internalError },
		tries: 1,
	},
	{
		number: '+15005550614',
		what: 'kept; 500',
		fault: { kind: 'keepAndAnswer', answer: internalError },
	},
	{
		number: '+15005550615',
		what: 'kept; 504, plain text',
		fault: { kind: 'keepAndAnswer', answer: gatewayTimeout },
	},
	{
		number: '+15005550616',
		what: 'connection reset; kept and listed with `status: failed`, `error` and `errorCode`',
		fault: { kind: 'keepAndReset', rejection: refused },
	},
	{
		number: '+15005550617',
		what: 'first kept and 500, then goes through',
		fault: { kind: 'keepAndAnswer', answer: internalError },
		tries: 1,
	},
	{
		number: '+15005550620',
		what: 'sent; fails after `deliveredAfterMs` (1 s unless set), with `error` and `errorCode`',
		fault: { kind: 'failLater', failure: laterFailure },
	},
	{
		number: '+15005550621',
		what: 'sent; listed only after `lateMs` (5 s unless set), under the time of sending',
		fault: { kind: 'listLate' },
	},
];

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
