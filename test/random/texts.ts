/* eslint-disable @n8n/community-nodes/no-restricted-imports -- runs on a developer's machine, not inside n8n */
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import fc from 'fast-check';
import { sleep } from 'n8n-workflow';
import type { IDataObject, INodeExecutionData } from 'n8n-workflow';
import type { Result, Setup } from '../engine/engine';
import { messageObject } from '../engine/messages';
import { listenHere } from '../engine/realServer';
import { listedAs, recordFormOf, richText } from '../recordForms';
import type { RecordForm } from '../recordForms';
import { form } from './scenario';

/*
 * For random lists of texts: a simulated Clerk Chat that logs who really got what, and the rules that must hold
 * afterwards. A text is named after the person and its content, such as `+14152000001 text 0`.
 */

/** What a request leads to. `odd`: it was taken, but the answer and the record speak of an error beside that. */
export type Reply = 'sent' | 'refused' | 'unknownDelivered' | 'unknownLost' | 'odd';

/** How soon a message is on record: at once, after {@link LISTED_AFTER}, or never, since the record is closed. */
export type RecordKind = 'prompt' | 'late' | 'closed';

/** How long it takes until a message is on a record that is `late`, in ms; n8n's restart takes longer. */
export const LISTED_AFTER = 30;

/** How long the node searches the record, in ms. */
export const SEARCH = { waitsForRecord: [5, 10], longestSearch: 400 };

const PEOPLE = 3;
const TEXTS = 2;

/** What a list's items request: which text, and to whom. */
export interface Listed {
	says: number;
	to: number[];
}

/** What all kinds of scenarios have. */
export interface TextScenario {
	items: Listed[];
	/** By text and person (the first of several): what happens to the requests, one after the other; then all succeed. */
	replies: Reply[][];
	record: RecordKind;
	/** The form in which the record lists sent messages: a name from test/recordForms.ts. */
	form: string;
}

/**
 * Lists of up to three items, each to at most so many people.
 * @param forms in which forms the record may list them
 */
export const textScenario = (atMost: number, forms = form): fc.Arbitrary<TextScenario> =>
	fc.record({
		form: forms,
		items: fc.array(
			fc.record({
				says: fc.integer({ min: 0, max: TEXTS - 1 }),
				to: fc.uniqueArray(fc.integer({ min: 0, max: PEOPLE - 1 }), {
					minLength: 1,
					maxLength: atMost,
				}),
			}),
			{ minLength: 1, maxLength: 3 },
		),
		replies: fc.array(
			fc.array(
				fc.constantFrom<Reply>(
					'sent',
					'sent',
					'refused',
					'unknownDelivered',
					'unknownDelivered',
					'unknownLost',
					'odd',
				),
				{ maxLength: 4 },
			),
			{ minLength: TEXTS * PEOPLE, maxLength: TEXTS * PEOPLE },
		),
		record: fc.constantFrom<RecordKind>('prompt', 'late', 'late', 'closed'),
	});

/** The value of 'If the Result Is Unclear', usually the default. */
export const resend = fc.oneof(
	{ weight: 3, arbitrary: fc.constant(false) },
	{ weight: 1, arbitrary: fc.constant(true) },
);

/** A request that sends, as it arrived. */
export interface Sending {
	execution: string;
	to: string[];
	text: string;
	reply: Reply;
	/** Whether its people got it. */
	isDelivered: boolean;
	id: unknown;
	/** How many requests had arrived when the node made it. */
	madeAt: number;
	/** When it got on record, in ms. */
	listedAt: number;
	entry: IDataObject;
}

let areas = 0;
let messageIds = 0;

/** The other side of one scenario. */
export class Chat {
	/** In the order in which they arrived. */
	readonly sendings: Sending[] = [];

	/** n8n's process remembers sent messages, so each scenario has its own people. */
	private readonly area = 2_000_000 + 10 * areas++;

	private readonly replies: Reply[][];

	readonly form: RecordForm;

	constructor(private readonly scenario: TextScenario) {
		this.form = recordFormOf(scenario.form);
		this.replies = scenario.replies.map((each) => [...each]);
	}

	/** Whether the record shows at once, and as sent, what was sent. */
	get isOpen(): boolean {
		return this.scenario.record === 'prompt' && this.form.name === 'documented';
	}

	/** The items that the workflow passes to the node. */
	get input(): Array<{ text: string; to: string }> {
		return this.scenario.items.map(({ says, to }) => ({
			// Most forms change nothing in a short text of plain letters.
			text: this.form.name === 'documented' ? `text ${says}` : `text ${says} ${richText}`,
			to: to.map((person) => `+1415${this.area + person}`).join(', '),
		}));
	}

	/** Takes a request. @returns what it leads to */
	take(execution: string, madeAt: number, body: IDataObject): Sending {
		const to = body.recipients as string[];
		const text = String(body.body);
		const person = Number(to[0].slice(5)) - this.area;
		const queue = this.replies[Number(text.split(' ')[1]) * PEOPLE + person];
		const reply = queue.shift() ?? 'sent';
		const now = Date.now();
		const time = new Date(this.now()).toISOString();
		const id = ++messageIds;
		const sending: Sending = {
			execution,
			to,
			text,
			reply,
			isDelivered: reply === 'sent' || reply === 'unknownDelivered' || reply === 'odd',
			id,
			madeAt,
			listedAt: now + (this.scenario.record === 'prompt' ? 0 : LISTED_AFTER),
			entry: messageObject(id, {
				sender: body.sender,
				members: to,
				body: text,
				created: time,
				timestamp: time,
				updated: time,
				...(reply === 'odd' && { errorCode: 30007 }),
			}),
		};
		this.sendings.push(sending);
		return sending;
	}

	/** By the API's own clock, in ms. */
	now(): number {
		return Date.now() + (this.form.clockOffsetMs ?? 0);
	}

	/** What a look at the record is answered. */
	look(page: number, limit: number): { status: number; body: unknown } {
		if (this.scenario.record === 'closed') return { status: 403, body: { message: 'no' } };
		const listed = this.sendings
			.filter(({ isDelivered, listedAt }) => isDelivered && listedAt <= Date.now())
			.map(({ entry }) => entry)
			.reverse();
		return listedAs(this.form, listed, { page, limit });
	}
}

/** The server that plays the other side of many scenarios, each under a path of its own. */
export class ChatServer {
	private readonly chats = new Map<string, Chat>();

	private readonly server = createServer((request, response) => {
		void this.answer(request, response).catch(() => response.destroy());
	});

	private opened = 0;

	private url = '';

	close = async () => {};

	async listen(): Promise<this> {
		Object.assign(this, await listenHere(this.server));
		return this;
	}

	/**
	 * Opens a scenario.
	 * @returns what the setup of an execution of it has to hold
	 */
	open(chat: Chat): (execution: string) => Pick<Setup, 'credentials' | 'reroute' | 'executionId'> {
		const name = String(++this.opened);
		this.chats.set(name, chat);
		return (execution) => ({
			executionId: execution,
			credentials: { apiKey: 'a-secret-key', baseUrl: `${this.url}/${name}` },
			reroute: (request) => {
				request.headers = {
					...request.headers,
					'x-execution': execution,
					'x-made-at': String(chat.sendings.length),
				};
			},
		});
	}

	private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
		const chunks: Buffer[] = [];
		for await (const chunk of request) chunks.push(chunk as Buffer);
		const url = new URL(request.url!, 'http://chat');
		const chat = this.chats.get(url.pathname.split('/')[1])!;
		response.sendDate = false;
		if (!chat.form.hidesDate) response.setHeader('date', new Date(chat.now()).toUTCString());
		const send = (status: number, body: unknown) => {
			const isPage = typeof body === 'string';
			response.writeHead(status, { 'content-type': isPage ? 'text/html' : 'application/json' });
			response.end(isPage ? body : JSON.stringify(body));
		};
		if (request.method === 'GET') {
			const [page, limit] = ['page', 'limit'].map((name) => Number(url.searchParams.get(name)));
			const { status, body } = chat.look(page, limit);
			return send(status, body);
		}
		const { 'x-execution': execution, 'x-made-at': madeAt } = request.headers;
		const body = JSON.parse(Buffer.concat(chunks).toString()) as IDataObject;
		const { reply, entry } = chat.take(String(execution), Number(madeAt), body);
		await sleep(4);
		if (reply === 'sent' || reply === 'odd') send(201, { data: entry });
		else send(reply === 'refused' ? 422 : 502, { message: 'no' });
	}
}

/** One execution and its result. */
export interface Ran {
	id: string;
	/** The executions it was made from, the oldest first, and itself. */
	lineage: string[];
	result: Result;
	/** Whether it was to send again what is unknown. */
	resend: boolean;
	/** Whether a message to several people is sent as one. */
	isTogether: boolean;
	/** The returned items, linked to `input`. */
	out: INodeExecutionData[];
	/** What each item asked for. */
	input: Array<{ text: string; to: string }>;
}

/** How often everybody is asked to be sent what, by person and text. */
export function askedIn(input: Array<{ text: string; to: string }>): Map<string, number> {
	return countOf(input.flatMap(({ text, to }) => to.split(', ').map((one) => `${one} ${text}`)));
}

/**
 * Nobody gets more than was requested, and messages that may have been sent count as sent. With 'Send Again', one more
 * may be sent for each message with an unclear result.
 * @param of the executions that must know of each other
 * @param lists how often the list was sent in all: of equal messages of other executions, nobody can tell whose one is
 */
export function nobodyTwice(chat: Chat, of: Ran[], lists = 1): string[] {
	const ids = new Set(of.map(({ id }) => id));
	const perhaps = chat.sendings.filter(
		({ reply, execution }) => reply !== 'refused' && ids.has(execution),
	);
	const unclear = countOf(perhaps.filter(({ reply }) => reply !== 'sent').flatMap(keysOf));
	const resends = of.some((each) => each.resend);
	const asked = askedIn(of[0].input);
	if (chat.isOpen) {
		// What the record shows isn't sent again.
		const came = chat.sendings.filter(({ isDelivered }) => isDelivered).flatMap(keysOf);
		for (const [key, count] of countOf(came)) {
			if (count > lists * (asked.get(key) ?? 0))
				return [`${key}: got ${count}, although the record shows it`];
		}
	}
	return [...countOf(perhaps.flatMap(keysOf))].flatMap(([key, count]) => {
		const most = asked.get(key) ?? 0;
		const more = resends ? Math.min(most, unclear.get(key) ?? 0) : 0;
		return count > most + more
			? [`${key}: perhaps ${count} texts, asked for ${most}, ${more} more allowed`]
			: [];
	});
}

/** A message returned as sent was sent, and a message to one person belongs to one item. */
export function saidTruly(chat: Chat, { id, result, out, input }: Ran): string[] {
	if (result.status !== 'success') return [];
	const byId = new Map(chat.sendings.map((sending) => [String(sending.id), sending]));
	const done = out.filter(({ json }) => !json.error);
	const wrong = done
		.filter(({ json }) => !byId.get(idIn(json))?.isDelivered)
		.map(({ json }) => `${id}: ${String(json.id)} comes out as sent and was not`);
	const failed = new Set(out.filter(({ json }) => json.error).map(itemOf));
	for (const key of askedIn(input).keys()) {
		const ids = new Set<unknown>();
		const items = new Set<number>();
		for (const each of done) {
			const item = itemOf(each);
			const { text, to } = input[item];
			if (failed.has(item) || !to.split(', ').some((one) => key === `${one} ${text}`)) continue;
			items.add(item);
			const given = idIn(each.json);
			const sending = byId.get(given);
			if (sending && keysOf(sending).includes(key)) ids.add(given);
		}
		if (items.size > ids.size) {
			wrong.push(`${id}: ${key} comes out as sent in ${items.size} items, as ${ids.size} messages`);
		}
	}
	return wrong;
}

/** A message's ID, in any form of the record. */
function idIn({ id, messageId }: IDataObject): string {
	return String(id ?? messageId);
}

function itemOf({ pairedItem }: INodeExecutionData): number {
	return (pairedItem as { item: number }).item;
}

/**
 * Nothing is lost: every item is returned, messages with a success response are returned as sent, and unclear ones are
 * labeled as such. A group message may be refused because some members have it.
 * @param all the executions of the scenario
 */
export function nothingLost(
	chat: Chat,
	{ id, lineage, result, isTogether, out, input }: Ran,
	all: Ran[],
): string[] {
	if (result.status !== 'success') return [];
	const mayHaveResent = all.some(({ resend: resends }) => resends);
	const wrong: string[] = [];
	const known = chat.sendings.filter(({ execution }) => lineage.includes(execution));
	const answered = countOf(known.filter(({ reply }) => reply === 'sent').flatMap(keysOf));
	const perhaps = countOf(known.filter(({ isDelivered }) => isDelivered).flatMap(keysOf));
	const byId = new Map(chat.sendings.map((sending) => [String(sending.id), sending]));
	const done = new Map<string, Set<unknown>>();
	const denied: string[] = [];
	for (const each of out) {
		const { json } = each;
		const error = json.error as IDataObject | null | undefined;
		if (error) {
			if (error.outcome === 'unknown') continue;
			const item = input[itemOf(each)];
			const to = String(error.to ?? item.to);
			denied.push(...to.split(', ').map((one) => `${one} ${item.text}`));
			continue;
		}
		const sending = byId.get(idIn(json));
		for (const key of sending ? keysOf(sending) : []) {
			done.set(key, (done.get(key) ?? new Set()).add(idIn(json)));
		}
	}
	const isForSeveral = (key: string) =>
		isTogether &&
		input.some(
			({ text, to }) => to.includes(', ') && to.split(', ').some((o) => key === `${o} ${text}`),
		);
	for (const [key, count] of askedIn(input)) {
		if (isForSeveral(key)) continue;
		const came = done.get(key)?.size ?? 0;
		const most = Math.min(count, answered.get(key) ?? 0);
		if (came < most) wrong.push(`${id}: ${key} was sent ${most} times and comes out ${came} times`);
		// 'Send Again' may have delivered one of several equal texts twice, and another one not at all.
		if (count > 1 && mayHaveResent) continue;
		const left = count - denied.filter((each) => each === key).length;
		if (left < Math.min(count, perhaps.get(key) ?? 0)) {
			wrong.push(`${id}: ${key} is called not sent and was, or may have been`);
		}
	}
	return wrong;
}

/** Every item is returned, unless the run was stopped. */
export function allComeOut({ id, result, out, input }: Ran): string[] {
	if (result.status !== 'success') return result.error?.message ? [] : [`${id}: no error`];
	const linked = new Set(out.map(itemOf));
	return linked.size === input.length ? [] : [`${id}: items out are ${[...linked].join()}`];
}

/** What happened, for the reader of a failure. */
export function traceOf(chat: Chat, ran: Ran[]): string {
	return [
		...ran.map(
			({ id, lineage, result, out }) =>
				`${id} (${lineage.join(' < ')}): ${result.status} ${result.error?.message ?? ''} ${out
					.map(({ json }) => (json.error as IDataObject)?.outcome ?? `#${String(json.id)}`)
					.join(', ')}`,
		),
		...chat.sendings.map(
			({ execution, to, text, reply, id }) =>
				`${execution} #${String(id)}: ${to.join(', ')}: ${text.slice(0, 6)} -> ${reply}`,
		),
	].join('\n');
}

/** The texts that a request sends. */
export function keysOf({ to, text }: Pick<Sending, 'to' | 'text'>): string[] {
	return to.map((one) => `${one} ${text}`);
}

function countOf(keys: string[]): Map<string, number> {
	const counts = new Map<string, number>();
	for (const key of keys) counts.set(key, (counts.get(key) ?? 0) + 1);
	return counts;
}
