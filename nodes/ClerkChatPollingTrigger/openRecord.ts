import { createHash } from 'node:crypto';
import type { IPollFunctions } from 'n8n-workflow';
import { connect } from '../api/connection';
import { readRecord } from '../api/record';
import type { Entry, Reading, Window } from '../api/record';
import type { Fault } from '../api/faults';
import { Requester } from '../api/requester';
import { credentialFailure, failureOf } from './failures';
import type { Failure } from './failures';
import { readPages } from './recordPages';
import type { Pages, PagesRead } from './recordPages';
import type { Settings } from './settings';
import { budgetOf } from './thisProcess';

/** How long (ms) to wait for one response. */
const LONGEST_ANSWER = 60_000;

/** The fraction of a poll's time that reading may take. */
const SHARE = 0.8;

/** How long (ms) reading may take while n8n activates a trigger and someone is waiting. */
const LONGEST_WHILE_WAITED_FOR = 30_000;

/** What was read of the record. */
export interface Read {
	entries: Entry[];
	/** Whether that is everything. */
	isWhole: boolean;
}

/** Clerk Chat's record as the trigger reads it: only the chosen inboxes, and with failures in words. */
export interface OpenRecord {
	/** The API's time (ms) when this machine's clock shows `local`; equal to it until something has been read. */
	apiTime: (local: number) => number;
	/** The earliest that time can be: it isn't known exactly how long a response took. */
	earliestApiTime: (local: number) => number;
	/** @param window in ms by the API's clock */
	read: (window: Pick<Window, 'start' | 'end'>) => Promise<Read | Failure>;
	/** Reads some pages. @param window in ms by the API's clock */
	pages: (
		window: Pick<Window, 'start' | 'end'>,
		pages: Pages,
	) => Promise<Exclude<PagesRead, { fault: Fault }> | Failure>;
	/** A hash of server and key. */
	key: string;
	context: IPollFunctions;
}

/**
 * Prepares to read the record; no request is made yet.
 * @param isWaitedFor whether someone at the screen is waiting for it
 */
export async function openRecord(
	context: IPollFunctions,
	{ inboxIds }: Settings,
	isWaitedFor: boolean,
): Promise<OpenRecord | Failure> {
	const longest = isWaitedFor ? LONGEST_WHILE_WAITED_FOR : Infinity;
	const budget = SHARE * budgetOf(context);
	let requester: Requester;
	try {
		requester = await Requester.create(
			{
				node: context.getNode(),
				cancelSignal: AbortSignal.timeout(Math.min(longest, budget)),
				connect: async () => await connect(context),
			},
			{ transport: { timeout: LONGEST_ANSWER } },
		);
	} catch (exception) {
		return credentialFailure(context, exception as Error);
	}
	const { secrets } = requester;
	const read = (reading: Reading | undefined): Read | Failure => {
		if (reading?.kind === 'read') return reading;
		return failureOf(context, reading?.fault ?? { connection: 'timeout' }, secrets);
	};
	return {
		apiTime: (local) => requester.apiTime(local),
		earliestApiTime: (local) => requester.apiTime(local) - requester.clockError,
		read: async (window) => read(await readRecord(requester, { ...window, inboxIds })),
		pages: async (window, pages) => {
			const came = await readPages(requester, { ...window, inboxIds }, pages);
			return 'fault' in came ? failureOf(context, came.fault, secrets) : came;
		},
		key: keyOf(requester.baseURL, secrets),
		context,
	};
}

/** Short enough that nobody can recover the key from it. */
function keyOf(baseURL: string, secrets: string[]): string {
	const text = [baseURL.toLowerCase(), ...secrets].join('\n');
	return createHash('sha256').update(text).digest('hex').slice(0, 16);
}
