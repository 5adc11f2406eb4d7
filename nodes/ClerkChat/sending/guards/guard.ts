import type { Fault, Words } from '../../../api/faults';
import type { Reading } from '../../../api/record';
import type { Requester } from '../../../api/requester';
import type { Task } from '../task';

/** Why a message is held back, for workflows to tell apart. */
export type HoldCode = 'quietHours' | 'optedOut' | 'tooMany' | 'notAllowed';

/** A message that doesn't go out now. */
export interface Hold {
	/** Left out where the item is not usable with these options, so that waiting never helps. */
	code?: HoldCode;
	words: Words;
	/** The first moment at which it may go out, in ms, where time helps. */
	sendAfter?: number;
}

/** Why nothing can go out: what a guard needs could not be read. */
export interface Unreadable {
	words: Words;
	fault?: Fault;
}

/** How many messages of the same run are to go out before one, by person. */
export type Planned = Map<string, number>;

/** One rule about what may go out. It is made for a run, reads what it needs once, and is asked when each message is sent. */
export interface Guard {
	/** From when on it needs the record, in ms; left out when it needs none. */
	since?: (requester: Requester) => number;
	/**
	 * Reads what it needs; in a run that lasts, more than once.
	 * @param reading the record since {@link Guard.since}, and perhaps some that is older
	 * @returns why nothing can go out; undefined when all was read, or the execution was cancelled
	 */
	prepare?: (
		requester: Requester,
		reading: Promise<Reading | undefined>,
	) => Promise<Unreadable | undefined>;
	/** Why a whole run is not to go out. */
	checkRun?: (tasks: Task[]) => Hold | undefined;
	/**
	 * Why a message is not to go out now.
	 * @param planned what is to go out before it; left out when it is about to be sent itself
	 */
	check?: (task: Task, planned?: Planned) => Hold | undefined;
}
