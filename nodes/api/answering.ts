import { createHmac } from 'node:crypto';
import type { IDataObject } from 'n8n-workflow';
import { isObject } from './bodies';
import { isSame } from './isSame';
import type { Reason } from './replyRule';

/*
 * How a reply by text gets to the question it answers: the polling trigger sees it on the record and posts it to the link
 * in the question, and the page behind that link says what became of it. HTTP's status does not tell: for a question that
 * was answered n8n itself shows a page, with 200.
 *
 * Whoever has the link can post to it, so what the trigger posts carries a MAC: an HMAC-SHA256 of it and of the link's
 * signature, made with the credential's API key.
 */

/** A text that came in after a question. Times are the API's own, in ms. */
export interface HandedReply {
	kind: 'reply';
	/** The message's ID on record. */
	id: string | number;
	text: string;
	/** Who sent it, as the record writes them. */
	from: string;
	sentAt: number;
	/** When the question went out. */
	askedAt: number;
	/** Whether another question went out at about the time of the text. */
	isBetweenTwo: boolean;
	/** Whether nothing else went out between the question and the text. */
	isLastOut: boolean;
}

/** Word that a question did not arrive. */
export interface HandedFailure {
	kind: 'notDelivered';
	/** The ID on record of the question's text. */
	id: string | number;
	/** Whom it did not reach, as the record writes them. */
	to: string[];
	/** When it went out, in ms by the API's clock. */
	askedAt: number;
	/** Clerk Chat's reason. */
	reason: string;
}

/** What the polling trigger tells a question. */
export type HandOver = HandedReply | HandedFailure;

/**
 * What became of it.
 * - `taken`: the workflow that asked goes on with it.
 * - `notTaken`: the question is open, and stays so.
 * - `closed`: the question has an answer already, or its time is over.
 * - `notHere`: this n8n did not make the link.
 */
export type Reception = 'taken' | 'notTaken' | 'closed' | 'notHere';

/** An open question, for whoever writes back to the person. */
export interface QuestionInWords {
	/** What was asked. */
	text: string;
	/** ISO 8601 in UTC. */
	askedAt: string;
	/** What it takes, such as `YES or NO`, to stand after "Please answer". */
	expected: string;
}

/** What the page says of what was handed over. */
export interface Received {
	reception: Reception;
	/** Why it was not taken. */
	reason?: Reason;
	/** The question, when it is open. */
	question?: QuestionInWords;
}

const RECEPTIONS = new Set<unknown>([
	'taken',
	'notTaken',
	'closed',
	'notHere',
] satisfies Reception[]);

/** The headers of a request that hands something over. */
export const HAND_OVER_HEADERS = { Accept: 'application/json' };

/** Whether whoever asks is a program that wants to know what became of it, and no browser. */
export function wantsReception({ accept }: Record<string, unknown>): boolean {
	return /^application\/json\b/i.test(String(accept ?? ''));
}

/** The body of a request that hands something over. @param signature that of the link */
export function handOverBody(handOver: HandOver, signature: string, apiKey: string): IDataObject {
	const clerkChat = JSON.stringify(handOver);
	return { clerkChat, mac: macOf(clerkChat, signature, apiKey) };
}

/** What a request hands over, and whether its MAC is that of a key. */
export interface Handed {
	handOver: HandOver;
	fits: (signature: string, apiKey: string) => boolean;
}

/** What is handed over in a request's body; undefined when a person filled in the page, or anything else was sent. */
export function handOverIn(body: unknown): Handed | undefined {
	if (!isObject(body) || typeof body.clerkChat !== 'string') return undefined;
	const { clerkChat, mac } = body;
	let handOver: unknown;
	try {
		handOver = JSON.parse(clerkChat);
	} catch {
		return undefined;
	}
	if (!isObject(handOver) || !isHandOver(handOver)) return undefined;
	return {
		handOver,
		// Nobody's key is empty, and an empty one would be everybody's.
		fits: (signature, apiKey) =>
			apiKey !== '' && isSame(String(mac), macOf(clerkChat, signature, apiKey)),
	};
}

/** The body of the answer to such a request. */
export function receptionBody({ reception, ...more }: Received): IDataObject {
	return { clerkChatReply: reception, ...more };
}

/** What the answer says became of it; undefined when something else has answered. */
export function receptionIn(body: unknown): Received | undefined {
	if (!isObject(body) || !RECEPTIONS.has(body.clerkChatReply)) return undefined;
	const { clerkChatReply, ...more } = body;
	return { reception: clerkChatReply as Reception, ...(more as Omit<Received, 'reception'>) };
}

function macOf(handOver: string, signature: string, apiKey: string): string {
	return createHmac('sha256', apiKey).update(`${signature}\n${handOver}`).digest('hex');
}

function isHandOver(value: IDataObject): value is IDataObject & HandOver {
	const { kind, id, askedAt } = value;
	if (typeof id !== 'string' && typeof id !== 'number') return false;
	if (typeof askedAt !== 'number') return false;
	if (kind === 'notDelivered') {
		return Array.isArray(value.to) && typeof value.reason === 'string';
	}
	const { text, from, sentAt, isBetweenTwo, isLastOut } = value;
	return (
		kind === 'reply' &&
		typeof text === 'string' &&
		typeof from === 'string' &&
		typeof sentAt === 'number' &&
		typeof isBetweenTwo === 'boolean' &&
		typeof isLastOut === 'boolean'
	);
}
