import { createHmac } from 'node:crypto';
import type { IDataObject } from 'n8n-workflow';
import { isObject } from './bodies';
import { isSame } from './isSame';
import type { Reason } from './replyRule';

/*
 * How a reply by text reaches the question it answers: the polling trigger sees it on the record and posts it to the
 * link in the question. The page at that link responds with what happened. The HTTP status can't tell: once a question
 * is answered, n8n itself shows a page, with 200.
 *
 * Anyone who has the link can post to it. So what the trigger posts carries a MAC: an HMAC-SHA256 of the content and
 * the link's signature, with the credential's API key.
 */

/** A text received after a question. Times are in ms, by the API's clock. */
export interface HandedReply {
	kind: 'reply';
	/** The message's ID on record. */
	id: string | number;
	text: string;
	/** The sender, as the record writes them. */
	from: string;
	sentAt: number;
	/** When the question was sent. */
	askedAt: number;
	/** Whether another question was sent at about the time of the text. */
	isBetweenTwo: boolean;
	/** Whether nothing else was sent between the question and the text. */
	isLastOut: boolean;
}

/** A report that a question was not delivered. */
export interface HandedFailure {
	kind: 'notDelivered';
	/** The ID of the question's message on record. */
	id: string | number;
	/** The people it didn't reach, as the record writes them. */
	to: string[];
	/** When it was sent, in ms by the API's clock. */
	askedAt: number;
	/** Clerk Chat's reason. */
	reason: string;
}

/** What the polling trigger hands over to a question. */
export type HandOver = HandedReply | HandedFailure;

/**
 * What happened to it.
 * - `taken`: the workflow that asked continues with it.
 * - `notTaken`: the question is open and stays open.
 * - `closed`: the question was already answered, or has expired.
 * - `notHere`: this n8n didn't make the link.
 */
export type Reception = 'taken' | 'notTaken' | 'closed' | 'notHere';

/** An open question, for workflows that text the person back. */
export interface QuestionInWords {
	/** What was asked. */
	text: string;
	/** ISO 8601 in UTC. */
	askedAt: string;
	/** What counts as an answer, such as `YES or NO`; it can follow "Please answer". */
	expected: string;
}

/** How the question's page responds to what was handed over. */
export interface Received {
	reception: Reception;
	/** Why it was not taken. */
	reason?: Reason;
	/** The question, if it is open. */
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

/** Whether the caller is a program that wants to know what happened, rather than a browser. */
export function wantsReception({ accept }: Record<string, unknown>): boolean {
	return /^application\/json\b/i.test(String(accept ?? ''));
}

/** The body of a request that hands something over. @param signature that of the link */
export function handOverBody(handOver: HandOver, signature: string, apiKey: string): IDataObject {
	const clerkChat = JSON.stringify(handOver);
	return { clerkChat, mac: macOf(clerkChat, signature, apiKey) };
}

/** What a request hands over, and whether its MAC was made with a given key. */
export interface Handed {
	handOver: HandOver;
	fits: (signature: string, apiKey: string) => boolean;
}

/** What a request's body hands over; undefined for a form that a person sent, and for anything else. */
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
		// An empty key would let anyone make a valid MAC.
		fits: (signature, apiKey) =>
			apiKey !== '' && isSame(String(mac), macOf(clerkChat, signature, apiKey)),
	};
}

/** The body of the response to such a request. */
export function receptionBody({ reception, ...more }: Received): IDataObject {
	return { clerkChatReply: reception, ...more };
}

/** What the response says; undefined when something other than the page responded. */
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
