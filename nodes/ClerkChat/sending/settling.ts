import type { IDataObject } from 'n8n-workflow';
import { entriesOf } from '../../api/matching';
import type { Sought } from '../../api/matching';
import { isFailed } from '../../api/messageStatus';
import { limits } from '../../api/limits';
import { idOf, readRecordSince } from '../../api/record';
import type { Entry } from '../../api/record';
import type { Requester } from '../../api/requester';
import type { Searchable } from './notes';
import { isAnotherOnItsWay } from './onTheirWay';

/** What searching the record for a message came to. */
export type Search =
	| { found: Entry }
	/** `couldRead`: whether the record was read at all; `seconds`: how long after the message was asked for. */
	| { found: undefined; couldRead: boolean; seconds: number };

/** What is older by less than this, in ms, counts as not older: a `Date` tells full seconds, and servers differ. */
const SLACK = 2_000;

/** How long after its request had ended, in ms, a message may be recorded. What is newer is another one, such as tomorrow's. */
const LATEST = 10 * 60_000;

/** Answers that the record will give again. */
const FINAL = new Set([400, 401, 403, 404, 422, 429]);

/**
 * The newest messages of this process that are known to belong to somebody, so that none is taken for another one. Another
 * server, such as one for tests, may give the same ids to other messages.
 */
const known = new Set<string>();
const MOST_KNOWN = 20_000;

/** Tells that these messages, as Clerk Chat gave them out, belong to somebody. */
export function claim({ baseURL }: Requester, messages: IDataObject[]): void {
	for (const message of messages) known.add(knownAs(baseURL, message));
	for (const oldest of known) {
		if (known.size <= MOST_KNOWN) break;
		known.delete(oldest);
	}
}

/**
 * Looks for messages on Clerk Chat's record, together and at growing intervals, until all are found or the last of
 * their requests ended half a minute ago. Each found one is claimed.
 * @param onFound called at once for each message that is found: others who look for the same must not wait for the rest,
 * since they do not find what is claimed
 * @returns for each message what came of it
 */
export async function searchRecord(
	requester: Requester,
	messages: Searchable[],
	onFound: (index: number, entry: Entry) => void,
): Promise<Search[]> {
	const found: Array<Entry | undefined> = messages.map(() => undefined);
	// A request may have waited for its turn long after it was asked for.
	const newest = Math.max(...messages.map(({ since, until }) => until ?? since));
	const oldest = Math.min(...messages.map(firstAskedFor));
	let couldRead = false;
	const isKnown = (entry: Entry) => known.has(knownAs(requester.baseURL, entry));
	for (const wait of [...limits.waitsForRecord, undefined]) {
		const reading = await readRecordSince(requester, oldest);
		if (!reading || (reading.kind === 'failed' && isFinal(reading.fault.status))) break;
		if (reading.kind === 'read') {
			couldRead = true;
			const left = messages
				.map((_, index) => index)
				.filter((index) => !found[index] && !isAnotherOnItsWay(requester, messages[index]));
			const find = (indices: number[], among: Entry[]) => {
				const sought = indices.map((index) => soughtOf(messages[index], requester));
				entriesOf(sought, among, isKnown).forEach((match, position) => {
					if (match?.answer !== 'same') return;
					const { entry } = match;
					const index = indices[position];
					found[index] = entry;
					claim(requester, [entry]);
					onFound(index, entry);
				});
			};
			const [again, once] = [true, false].map((isAgain) =>
				left.filter((index) => (messages[index].first !== undefined) === isAgain),
			);
			find(once, reading.entries);
			// That one try failed says nothing of the other one.
			find(
				again,
				reading.entries.filter((entry) => !isFailed(entry)),
			);
		}
		const isLast = wait === undefined || Date.now() - newest >= limits.longestSearch;
		if (isLast || found.every(Boolean)) break;
		await requester.wait(wait);
	}
	return messages.map(({ since }, index): Search => {
		const entry = found[index];
		const seconds = Math.round((Date.now() - since) / 1000);
		return entry ? { found: entry } : { found: undefined, couldRead, seconds };
	});
}

function soughtOf(message: Searchable, requester: Requester): Sought {
	const { until } = message;
	const after = requester.apiTime(firstAskedFor(message)) - SLACK;
	const before = until === undefined ? undefined : requester.apiTime(until) + LATEST;
	return { ...message, after, before };
}

function firstAskedFor({ first, since }: Searchable): number {
	return first ?? since;
}

function knownAs(baseURL: string, message: IDataObject): string {
	return `${baseURL} ${idOf(message)}`;
}

function isFinal(status: number | undefined): boolean {
	return status !== undefined && FINAL.has(status);
}
