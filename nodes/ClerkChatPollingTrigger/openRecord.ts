import type { IPollFunctions } from 'n8n-workflow';
import { connect } from '../api/connection';
import { readRecord, readRecordSince } from '../api/record';
import type { Entry, Reading, Window } from '../api/record';
import { Requester } from '../api/requester';
import { credentialFailure, failureOf } from './failures';
import type { Failure } from './failures';
import type { Settings } from './settings';
import { LONGEST_POLL } from './thisProcess';

/** How long (ms) one answer is waited for. */
const LONGEST_ANSWER = 60_000;

/** How long (ms) reading may take: a little less than a poll. */
const LONGEST_READING = 0.9 * LONGEST_POLL;

/** The same while n8n brings a trigger up, when somebody is waiting. */
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
	/** @param window in ms by the API's clock */
	read: (window: Pick<Window, 'start' | 'end'>) => Promise<Read | Failure>;
	/** @param since in ms by this machine's clock */
	readSince: (since: number) => Promise<Read | Failure>;
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
	const longest = isWaitedFor ? LONGEST_WHILE_WAITED_FOR : LONGEST_READING;
	// n8n 1.x has no such budget.
	const budget = 0.9 * (context.getPollBudgetMs?.() ?? longest);
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
		read: async (window) => read(await readRecord(requester, { ...window, inboxIds })),
		readSince: async (since) => read(await readRecordSince(requester, since, inboxIds)),
	};
}
