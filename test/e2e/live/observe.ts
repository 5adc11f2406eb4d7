/* eslint-disable @n8n/community-nodes/no-restricted-imports -- runs on a developer's machine, not inside n8n */
import { setTimeout as wait } from 'node:timers/promises';
import type { IDataObject, IN8nHttpFullResponse } from 'n8n-workflow';

import { createdOf } from '../../../nodes/api/bodies';
import { entriesOf } from '../../../nodes/api/matching';
import { hasMoreAfter, LARGEST_PAGE, pageOf } from '../../../nodes/api/pages';
import { idOf, readSpan } from '../../../nodes/api/record';
import type { Entry, Reading } from '../../../nodes/api/record';
import { Requester } from '../../../nodes/api/requester';
import { retryAfterMs } from '../../../nodes/api/retryAfter';
import type { Exchange } from './relay';

/** Asks the API for messages, with this query (such as `limit=1`). Throws when there is no answer. */
export type AskForMessages = (query: string) => Promise<Exchange>;

/** A message as it was asked for. */
export interface SentMessage {
	sender: string;
	recipients: string[];
	body: string;
}

/** When the record is looked at, in milliseconds after the answer to sending. */
export interface Pace {
	/** The waits from look to look until the message is listed. */
	waits: number[];
	/** When its status is looked at again. */
	againAfter: number;
}

/** What is found out of the record after one message was sent. */
export interface Observation {
	/** The request that sent it, with its answer. */
	sending: Exchange;
	message: SentMessage;
	/** The message in the answer; undefined when the node finds none. */
	answered?: Entry;
	search: Search;
	/** The entry when it was first seen, and some time later. */
	entry?: Entry;
	later?: { entry?: Entry; after: number };
	/** The list without a query; with the largest limit; its first two pages of one entry. */
	plain: Exchange;
	largest: Exchange;
	pages: [Exchange, Exchange];
	start?: TimeProbe[];
	end?: TimeProbe[];
	/** What the node itself reads and finds. */
	reading?: Reading;
	match?: Entry;
	/** By name, in lowercase: headers about a limit. */
	limitHeaders: Map<string, string>;
	/** How many of the answers to reading were 429. */
	tooMany: number;
}

/** How the message was looked for; times in milliseconds after the answer to sending. */
export interface Search {
	/** In the window that the node reads, or only in the list without one. */
	found?: 'window' | 'list';
	/** The last look that did not show it. */
	notAt?: number;
	/** The look that showed it, or the last one. */
	at: number;
	/** The response to a list that can't be read. */
	refused?: Exchange;
}

/** Whether the message is listed when `start` or `end` is a time; undefined when that was not answered. */
export interface TimeProbe {
	time: number;
	isListed?: boolean;
}

/** At growing intervals for a minute, and the status after half a minute. */
export const PACE: Pace = {
	waits: [0, 500, 500, 1_000, 1_000, 2_000, 3_000, 4_000, 8_000, 10_000, 15_000, 15_000],
	againAfter: 30_000,
};

/** How far the node's window reaches back, in ms: see `nodes/api/record.ts`. */
const WINDOW = 60_000;

/** What counts as not older when the node compares, in ms: see `nodes/ClerkChat/sending/settling.ts`. */
export const SLACK = 2_000;

const MOST_PAGES = 20;
const LIMIT_HEADER = /rate-?limit|retry-after|quota|throttl/i;

/** The times of an entry that the documentation names. */
export const TIMES = ['timestamp', 'created', 'updated'] as const;

/** @returns a time of an entry in ms, NaN when it does not have it */
export function timeIn(entry: Entry, name: (typeof TIMES)[number]): number {
	return Date.parse(String(entry[name]));
}

/** @returns how far the API's clock is ahead in a response, in ms; undefined without a `Date` */
export function clockAhead({ headers, askedAt, answeredAt }: Exchange): number | undefined {
	const date = Date.parse(String(headers.date));
	// `Date` has whole seconds, which started half a second earlier on average.
	return Number.isNaN(date) ? undefined : date + 500 - (askedAt + answeredAt) / 2;
}

/** @returns how far the API's clock is ahead as the node reckons, in ms: see `nodes/api/requester.ts` */
export function offsetTold({ headers, answeredAt }: Exchange): number {
	const date = Date.parse(String(headers.date));
	return Number.isNaN(date) ? 0 : date - answeredAt;
}

/**
 * Finds out how the record shows a message that was sent just now. Only reads.
 * @param sending the request that sent it, with its answer
 * @param askForMessages asks the API itself
 */
export async function observe(
	sending: Exchange,
	askForMessages: AskForMessages,
	pace: Pace = PACE,
): Promise<Observation> {
	return await new Observer(sending, askForMessages, pace).observe();
}

class Observer {
	private readonly message: SentMessage;

	private readonly answered?: Entry;

	private readonly offset: number;

	private readonly limitHeaders = new Map<string, string>();

	private tooMany = 0;

	constructor(
		private readonly sending: Exchange,
		private readonly askForMessages: AskForMessages,
		private readonly pace: Pace,
	) {
		this.message = sending.requestBody as SentMessage;
		this.answered = createdOf(sending.body)?.[0];
		this.offset = offsetTold(sending);
		this.keepLimits(sending);
	}

	async observe(): Promise<Observation> {
		const mayBeThere = this.sending.status < 400 || this.sending.status >= 500;
		const { entry, ...search } = mayBeThere ? await this.search() : { entry: undefined, at: 0 };
		const later = entry && (await this.lookAgain());
		const plain = await this.list('');
		const largest = await this.list(`limit=${LARGEST_PAGE}`);
		const pages: Observation['pages'] = [
			await this.list('limit=1&page=1'),
			await this.list('limit=1&page=2'),
		];
		const known = later?.entry ?? entry;
		return {
			sending: this.sending,
			message: this.message,
			answered: this.answered,
			search,
			entry,
			later,
			plain,
			largest,
			pages,
			...(known && (await this.probe(known))),
			...(mayBeThere && (await this.readAsTheNode())),
			limitHeaders: this.limitHeaders,
			tooMany: this.tooMany,
		};
	}

	private async search(): Promise<Search & { entry?: Entry }> {
		let notAt: number | undefined;
		let refused: Exchange | undefined;
		for (const time of this.pace.waits) {
			await wait(time);
			const at = Math.max(0, Date.now() - this.sending.answeredAt);
			const inWindow = await this.find(this.windowQuery());
			if (inWindow.entry) return { found: 'window', notAt, at, entry: inWindow.entry };
			const inList = await this.find('');
			if (inList.entry) {
				// It may have been listed between the two.
				const { entry } = await this.find(this.windowQuery());
				if (entry) return { found: 'window', notAt, at, entry };
				return { found: 'list', notAt, at, entry: inList.entry };
			}
			notAt = at;
			refused = inWindow.refused;
			if (refused && refused.status < 500) break;
		}
		return { notAt, at: notAt ?? 0, refused };
	}

	private async lookAgain(): Promise<Observation['later']> {
		await wait(Math.max(0, this.sending.answeredAt + this.pace.againAfter - Date.now()));
		const after = Date.now() - this.sending.answeredAt;
		const { entry } = await this.find(this.windowQuery());
		return { entry: entry ?? (await this.find('')).entry, after };
	}

	private windowQuery(): string {
		return `start=${isoOf(this.sending.askedAt + this.offset - WINDOW)}`;
	}

	/**
	 * Reads pages until the message is found: by the ID in the response, or else by its content.
	 * @param query '' for the list without a query, of which one page is read
	 */
	private async find(query: string): Promise<{ entry?: Entry; refused?: Exchange }> {
		const entries: Entry[] = [];
		for (let number = 1; number <= (query === '' ? 1 : MOST_PAGES); number++) {
			const paging = `limit=${LARGEST_PAGE}&page=${number}`;
			const answer = await this.list(query === '' ? '' : `${query}&${paging}`);
			const page = isFine(answer) ? pageOf(answer.body) : undefined;
			if (!page) return number === 1 ? { refused: answer } : {};
			entries.push(...page.results);
			const { id } = this.answered ?? {};
			const same = page.results.find(
				(entry) => id !== undefined && String(entry.id) === String(id),
			);
			if (same) return { entry: same };
			if (!hasMoreAfter(page, entries.length, LARGEST_PAGE)) break;
		}
		return { entry: this.matchIn(entries, this.offset) };
	}

	private matchIn(entries: Entry[], offset: number): Entry | undefined {
		const after = this.sending.askedAt + offset - SLACK;
		const [match] = entriesOf([{ ...this.message, after }], entries);
		return match?.answer === 'same' ? match.entry : undefined;
	}

	/** Asks with `start` and `end` around and between the times of the entry. */
	private async probe(entry: Entry): Promise<Pick<Observation, 'start' | 'end'>> {
		const times = [...new Set(TIMES.map((name) => timeIn(entry, name)))]
			.filter((time) => !Number.isNaN(time))
			.sort((a, b) => a - b);
		if (times.length === 0) return {};
		const [first, last] = [times[0], times.at(-1)!];
		const between = times.slice(1).flatMap((time, index) => {
			const gap = time - times[index];
			return gap < 2 ? [] : [times[index] + Math.floor(gap / 2)];
		});
		const ask = async (name: 'start' | 'end', among: number[]) => {
			const probes: TimeProbe[] = [];
			for (const time of among) {
				const { entry: found, refused } = await this.find(`${name}=${isoOf(time)}`);
				const isSame = found !== undefined && idOf(found) === idOf(entry);
				probes.push({ time, isListed: refused ? undefined : isSame });
			}
			return probes;
		};
		return {
			start: await ask('start', [first - 1_000, ...between, last + 1_000]),
			end: await ask('end', [first - 1_000, last + 1_000]),
		};
	}

	/** Lets the node's own code read the record and find the message. */
	private async readAsTheNode(): Promise<Pick<Observation, 'reading' | 'match'>> {
		const request = async (options: { url: string; qs?: IDataObject }) => {
			const query = new URLSearchParams();
			for (const [name, value] of Object.entries(options.qs ?? {})) query.set(name, String(value));
			const { status, headers, body } = await this.list(query.toString());
			return { statusCode: status, headers, body } as IN8nHttpFullResponse;
		};
		const credential = {
			apiKey: 'key',
			baseUrl: 'http://localhost',
			allowedHttpRequestDomains: 'all',
		};
		const caller = { node: {} as never, connect: async () => ({ credential, request }) };
		const requester = await Requester.create(caller, { transport: {} });
		const reading = await readSpan(requester, { since: this.sending.askedAt });
		if (reading?.kind !== 'read') return { reading };
		const offset = requester.apiTime(0);
		return { reading, match: this.matchIn(reading.entries, offset) };
	}

	/** Asks for messages, and a few times more after a 429. Where there is no answer, the status is 0. */
	private async list(query: string): Promise<Exchange> {
		for (let tries = 1; ; tries++) {
			const answer = await this.askForMessages(query).catch(() => withoutAnswer(query));
			this.keepLimits(answer);
			if (answer.status !== 429) return answer;
			this.tooMany++;
			if (tries === 4) return answer;
			await wait(Math.min(retryAfterMs(answer.headers) ?? 2_000, 30_000));
		}
	}

	private keepLimits({ headers }: Exchange): void {
		for (const [name, value] of Object.entries(headers)) {
			if (LIMIT_HEADER.test(name)) this.limitHeaders.set(name, value);
		}
	}
}

/** @returns whether an answer says that the request was done */
export function isFine({ status }: Exchange): boolean {
	return status >= 200 && status < 300;
}

function withoutAnswer(path: string): Exchange {
	const none = { requestBody: undefined, headers: {}, body: undefined };
	return { method: 'GET', path, status: 0, ...none, askedAt: Date.now(), answeredAt: Date.now() };
}

function isoOf(time: number): string {
	return new Date(time).toISOString();
}
