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

/** How long (ms) one answer is waited for. */
const LONGEST_ANSWER = 60_000;

/** How much of a poll's time reading may take. */
const SHARE = 0.8;

/** How long (ms) reading may take while n8n brings a trigger up, when somebody is waiting. */
const LONGEST_WHILE_WAITED_FOR = 30_000;

/** What was read of the record. */
export interface Read {
	entries: Entry[];
	/** Whether that is all there was. */
	isWhole: boolean;
}

/** Clerk Chat's record, as the trigger reads it: of the chosen inboxes alone, and with its failures in words. */
export interface OpenRecord {
	/** What the API's clock shows, in ms, when this machine's shows `local`; the same until something was read. */
	apiTime: (local: number) => number;
	/** The same at the earliest: how long an answer took is not known exactly. */
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
 * Makes ready to read the record; no request goes out yet.
 * @param isWaitedFor whether somebody sits before the screen until it is read
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

/** Short enough that nobody can make a key of it. */
function keyOf(baseURL: string, secrets: string[]): string {
	const text = [baseURL.toLowerCase(), ...secrets].join('\n');
	return createHash('sha256').update(text).digest('hex').slice(0, 16);
}
