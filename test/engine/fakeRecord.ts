/* eslint-disable @n8n/community-nodes/no-restricted-imports -- runs on a developer's machine, not inside n8n */
import type { IDataObject, IHttpRequestOptions, IN8nHttpFullResponse } from 'n8n-workflow';
import { isDeepStrictEqual } from 'node:util';
import { messageObject } from './messages';

/** What is not documented of the list of messages, and may therefore be any of these. */
export interface Habits {
	order: 'newest' | 'oldest' | 'none';
	/** What `start` and `end` are compared with. */
	compares: 'timestamp' | 'created' | 'updated';
	total: boolean;
	links: boolean;
}

const TIMES = ['timestamp', 'created', 'updated'] as const;

/** Clerk Chat's list of messages, in memory, with a clock of its own. */
export class FakeRecord {
	readonly requests: IDataObject[] = [];

	/** What comes instead of an answer, by the number of the request from 0: a status, or an exception. */
	fault: (request: number) => number | Error | undefined = () => undefined;

	/** What `Retry-After` says beside a fault, in seconds. */
	retryAfter?: number;

	/** Whether `inboxIds` makes no difference. */
	ignoresInboxes = false;

	/** Called before each answer. */
	onRequest: (request: number) => void | Promise<void> = () => {};

	/** Changes a response in transit. */
	distort: (body: IDataObject, request: number) => IDataObject = (body) => body;

	habits: Habits = { order: 'newest', compares: 'timestamp', total: true, links: false };

	/** How often a message was added or changed. */
	private changes = 0;

	private last?: { window: IDataObject; changes: number; isWhole: boolean; found: IDataObject[] };

	/** With the time that the list goes by as it was read last: reading it for every page would take most of a test's time. */
	private readonly entries: Array<{
		entry: IDataObject;
		listedAt: number;
		text?: unknown;
		time: number;
	}> = [];

	/** @param clock the API's clock, in ms */
	constructor(private readonly clock: () => number) {}

	/**
	 * Adds a message.
	 * @param lateBy how long after its own time it is listed, in ms
	 */
	add(overrides: IDataObject = {}, { at = this.clock(), lateBy = 0 } = {}): IDataObject {
		const time = new Date(at).toISOString();
		const id = 1000 + this.entries.length;
		const times = { created: time, updated: time, timestamp: time };
		const entry = messageObject(id, {
			inbound: true,
			sender: '+14155550123',
			...times,
			...overrides,
		});
		this.entries.push({ entry, listedAt: at + lateBy, time: NaN });
		this.changes++;
		return entry;
	}

	/** A message by its number; from the end when that is negative. */
	entry(number: number): IDataObject {
		return this.entries.at(number)!.entry;
	}

	/** Changes a message, such as its status. */
	update(entry: IDataObject, changes: IDataObject): void {
		Object.assign(entry, changes, { updated: new Date(this.clock()).toISOString() });
		this.changes++;
	}

	/** Responds as n8n's HTTP helper would. */
	async answer({ qs = {} }: IHttpRequestOptions): Promise<IN8nHttpFullResponse> {
		const number = this.requests.push({ ...qs }) - 1;
		await this.onRequest(number);
		const fault = this.fault(number);
		if (fault instanceof Error) throw fault;
		const headers = { date: new Date(this.clock()).toUTCString() };
		if (fault && this.retryAfter)
			Object.assign(headers, { 'retry-after': String(this.retryAfter) });
		if (fault) return { statusCode: fault, headers, body: { message: 'out of order' } };
		return { statusCode: 200, headers, body: this.distort(this.page(qs), number) };
	}

	private page({ page, limit, ...window }: IDataObject): IDataObject {
		const { total, links } = this.habits;
		const found = Number(page) > 1 ? this.foundBefore(window) : this.find(window);
		const from = (Number(page) - 1) * Number(limit);
		const data = found.slice(from, from + Number(limit)).map((entry) => ({ ...entry }));
		const isMore = from + Number(limit) < found.length;
		return {
			data,
			...(total && { total: found.length }),
			...(links && { links: { next: isMore ? '/public/messages?page=x' : '' } }),
		};
	}

	/** The list that the previous page was cut from: filtering again for every page would take most of a test's time. */
	private foundBefore(window: IDataObject): IDataObject[] {
		const { last } = this;
		const isSame = last?.changes === this.changes && isDeepStrictEqual(last.window, window);
		return isSame && last.isWhole ? last.found : this.find(window);
	}

	private find(window: IDataObject): IDataObject[] {
		const { start, end, inboxIds } = window;
		const { order, compares } = this.habits;
		const now = this.clock();
		const after = Date.parse(String(start));
		const upTo = end === undefined ? Infinity : Date.parse(String(end));
		const inboxes = this.ignoresInboxes || !inboxIds ? undefined : [inboxIds].flat();
		let isWhole = true;
		const found: IDataObject[] = [];
		for (const each of this.entries) {
			const { entry, listedAt } = each;
			if (listedAt > now) {
				isWhole = false;
				continue;
			}
			if (each.text !== entry[compares]) {
				each.text = entry[compares];
				each.time = Date.parse(String(each.text));
			}
			const isInInbox = inboxes?.includes(String(entry.inboxId)) ?? true;
			if (each.time > after && each.time <= upTo && isInInbox) found.push(entry);
		}
		if (order === 'newest') found.reverse();
		// Any order, and the same one for every page.
		if (order === 'none') found.sort((a, b) => scrambled(a) - scrambled(b));
		this.last = { window, changes: this.changes, isWhole, found };
		return found;
	}

	/** The same times for all of the fields that hold one. */
	static times(time: unknown): IDataObject {
		return Object.fromEntries(TIMES.map((name) => [name, time as string]));
	}
}

function scrambled({ id }: IDataObject): number {
	return (Number(id) * 7919) % 1009;
}
