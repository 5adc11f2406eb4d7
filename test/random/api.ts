/* eslint-disable @n8n/community-nodes/no-restricted-imports, @n8n/community-nodes/no-restricted-globals -- runs on a developer's machine, not inside n8n */
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { listenHere } from '../engine/realServer';
import { listedAs, recordFormOf } from '../recordForms';
import type { RecordForm } from '../recordForms';
import type { RecordKind, Reply } from './scenario';

/** A request as it arrived, and what it led to. */
export interface Entry {
	/** What was asked for, such as `0:r0:e0`: what it says, in which run, by which edit of the fields. */
	says: string[];
	execution: string;
	reply: Reply['kind'];
	/** Whether it was really done. */
	delivered: boolean;
	/** Whether it is on record: as sent, or as given up. */
	listed: boolean;
	/**
	 * Whether the response may have arrived after the node gave up, on a busy machine. Then the node's knowledge is
	 * unclear.
	 */
	late: boolean;
	/** How many requests of its execution were in flight when it arrived, including this one. */
	atOnce: number;
}

/** An entry, with what its request is answered. */
type Arrived = Entry & { given: Reply };

/** A message on record. */
interface Listed extends Record<string, unknown> {
	status: 'sent' | 'failed';
	timestamp: string;
}

/** All times of a message, this long (ms) after this one. */
function timesAt(time: number) {
	const timestamp = new Date(time).toISOString();
	return { timestamp, created: timestamp, updated: timestamp };
}

interface SendRequest {
	body?: string;
	sender?: string;
	recipients?: string[];
}

/** The API side of one scenario: responds as instructed and logs what it really did. */
export class Ledger {
	readonly entries: Entry[] = [];

	/** What is on record, the oldest first, and when it was done: how many looks came before. */
	private readonly onRecord: Array<{ message: Listed; looks: number }> = [];

	private looks = 0;

	private readonly inFlight = new Map<string, number>();

	private readonly replies: Reply[][];

	/** The form in which the record lists sent messages. */
	readonly form: RecordForm;

	constructor(
		replies: Reply[][],
		private readonly record: RecordKind,
		form: string,
	) {
		this.form = recordFormOf(form);
		this.replies = replies.map((each) => [...each]);
	}

	/** What the next request for this would be answered; taken out when it is made. */
	next(says: string): Reply {
		return this.replies[Number(says.split(':')[0])]?.shift() ?? { kind: 'sent' };
	}

	peek(says: string): Reply | undefined {
		return this.replies[Number(says.split(':')[0])]?.[0];
	}

	arrive(execution: string, says: string[], kind: 'message' | 'contacts'): Arrived {
		const atOnce = (this.inFlight.get(execution) ?? 0) + 1;
		this.inFlight.set(execution, atOnce);
		const reply = forThings(this.next(says[0]), kind);
		const delivered = reply.kind === 'sent' || ('delivered' in reply && reply.delivered);
		const entry = {
			says,
			execution,
			reply: reply.kind,
			delivered,
			listed: false,
			late: false,
			atOnce,
		};
		this.entries.push(entry);
		return Object.assign(entry, { given: reply });
	}

	/** Puts a message on record: what was delivered, and now and then what was given up. */
	keep(arrived: Arrived, request: SendRequest): object {
		const { given, delivered } = arrived;
		const isGivenUp = given.kind === 'reset' && !delivered && given.givenUp;
		const message = {
			id: ++ids,
			body: this.record === 'wrong' ? `${request.body} (changed)` : request.body,
			sender: request.sender,
			members: request.recipients,
			inbound: false,
			status: isGivenUp ? ('failed' as const) : ('sent' as const),
			...timesAt(this.now()),
		};
		arrived.listed = delivered || isGivenUp;
		if (arrived.listed) this.onRecord.push({ message, looks: this.looks });
		return message;
	}

	/** By the API's own clock, in ms. */
	now(): number {
		return Date.now() + (this.form.clockOffsetMs ?? 0);
	}

	/** What a look at the record is answered. */
	look(page: number, limit: number): { status: number; body: unknown } {
		this.looks++;
		if (this.record === 'closed') return { status: 403, body: {} };
		const listed = this.onRecord
			.filter(({ looks }) => this.record !== 'late' || this.looks > looks + 2)
			.map(({ message }) => message);
		return listedAs(this.form, listed.reverse(), { page, limit });
	}

	/**
	 * n8n restarts, which takes longer than two clocks may differ. A message abandoned before isn't a later message, and
	 * nothing remembers it any more.
	 */
	restart(): void {
		for (const { message } of this.onRecord) {
			if (message.status === 'sent') continue;
			Object.assign(message, timesAt(Date.parse(message.timestamp) - 10_000));
		}
	}

	leave(execution: string): void {
		this.inFlight.set(execution, (this.inFlight.get(execution) ?? 1) - 1);
	}
}

/** Contacts have no status: they are created or they are not. */
function forThings(reply: Reply, kind: 'message' | 'contacts'): Reply {
	const isOfMessages = ['failed', 'allFailed', 'errorBeside', 'partlyFailed'].includes(reply.kind);
	return kind === 'contacts' && isOfMessages ? { kind: 'sent' } : reply;
}

/** The server that plays the other side of many scenarios, each under a path of its own. */
export interface Server {
	/** Opens a scenario. @returns its base URL */
	open: (ledger: Ledger) => { baseUrl: string; close: () => void };
	/** An address at which nobody listens. */
	nobody: string;
	close: () => Promise<void>;
}

/** How long (ms) the node waits for an answer; what is to time out is never answered. */
export const TIMEOUT = 250;

let ids = 0;

/** Starts it on 127.0.0.1. */
export async function startServer(): Promise<Server> {
	const ledgers = new Map<string, Ledger>();
	const server = createServer((request, response) => {
		void answer(request, response, ledgers).catch(() => response.destroy());
	});
	const { url, close } = await listenHere(server);
	const closed = await listenHere(createServer());
	await closed.close();
	return {
		nobody: closed.url,
		open: (ledger) => {
			const id = String(++ids);
			ledgers.set(id, ledger);
			return {
				baseUrl: `${url}/${id}`,
				close: () => void ledgers.delete(id),
			};
		},
		close,
	};
}

async function answer(
	request: IncomingMessage,
	response: ServerResponse,
	ledgers: Map<string, Ledger>,
): Promise<void> {
	const chunks: Buffer[] = [];
	for await (const chunk of request) chunks.push(chunk as Buffer);
	const ledger = ledgers.get(request.url?.split('/')[1] ?? '');
	if (!ledger) return void response.destroy();
	response.sendDate = false;
	if (!ledger.form.hidesDate) response.setHeader('date', new Date(ledger.now()).toUTCString());
	if (request.method === 'GET') {
		const { searchParams } = new URL(request.url!, 'http://record');
		const [page, limit] = ['page', 'limit'].map((name) => Number(searchParams.get(name)));
		const { status, body } = ledger.look(page, limit);
		const isPage = typeof body === 'string';
		response.writeHead(status, { 'content-type': isPage ? 'text/html' : 'application/json' });
		return void response.end(isPage ? body : JSON.stringify(body));
	}
	const body = JSON.parse(Buffer.concat(chunks).toString()) as SendRequest & {
		contacts?: Array<{ name: string }>;
	};
	const asked = body.contacts?.map(({ name }) => name) ?? [body.body ?? ''];
	const says = asked.map((text) => text.split(' ')[0]);
	const execution = String(request.headers['x-execution']);
	const entry = ledger.arrive(execution, says, body.contacts ? 'contacts' : 'message');
	const kept = body.contacts ? undefined : ledger.keep(entry, body);
	await new Promise((resolve) => setTimeout(resolve, 2));
	const reply = entry.given;
	// The waiting client gives up first, and then its request is no longer in flight.
	if (reply.kind === 'timeout') await new Promise((resolve) => response.once('close', resolve));
	ledger.leave(execution);
	entry.late = Date.now() - Number(request.headers['x-started']) > TIMEOUT / 2;
	if (reply.kind === 'reset') return void request.socket.resetAndDestroy();
	if (reply.kind === 'timeout') return void response.destroy();
	const [status, data, headers] = contentOf(reply, asked, kept);
	response.writeHead(status, { 'content-type': 'application/json', ...headers });
	response.end(typeof data === 'string' ? data : JSON.stringify(data));
}

function contentOf(
	reply: Reply,
	asked: string[],
	/** The message as it is on record; left out for contacts. */
	message: object | undefined,
): [number, unknown, Record<string, string>?] {
	const thing = (text: string, more: object = {}) => ({
		id: `${text}#${++ids}`,
		body: text,
		status: 'sent',
		...message,
		...more,
	});
	const things = (more?: object) => ({
		data: !message ? asked.map((text) => thing(text, more)) : thing(asked[0], more),
	});
	switch (reply.kind) {
		case 'sent':
			return [201, things()];
		case 'failed':
			return [201, things({ status: 'failed' })];
		case 'allFailed':
			return [
				201,
				{
					data: [thing(asked[0], { status: 'failed' }), thing('', { id: ++ids, status: 'failed' })],
				},
			];
		case 'errorBeside':
			return [201, things({ error: 'a carrier said no' })];
		case 'partlyFailed':
			return [201, { data: [thing(asked[0]), thing('', { id: ++ids, status: 'failed' })] }];
		case 'empty':
			return [201, { data: {} }];
		case 'unreadable':
			// A page would show that it is another server that answers.
			return [200, 'Sign in'];
		case 'tooMany':
			return [429, {}, reply.retryAfter ? { 'retry-after': reply.retryAfter } : {}];
		case 'refused':
			return [reply.status, { message: 'no' }];
		default:
			return [500, {}];
	}
}
