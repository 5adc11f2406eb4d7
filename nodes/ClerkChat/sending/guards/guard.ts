import type { Fault, Words } from '../../../api/faults';
import type { Reading } from '../../../api/record';
import type { Requester } from '../../../api/requester';
import type { Task } from '../task';

/** Why a message is held back, as a code that workflows can branch on. */
export type HoldCode = 'quietHours' | 'optedOut' | 'tooMany' | 'notAllowed';

/** A message that is not sent now. */
export interface Hold {
	/** Left out when the item's fields don't work with these options, so that waiting never helps. */
	code?: HoldCode;
	words: Words;
	/** The earliest moment to send it, in ms; left out when waiting doesn't help. */
	sendAfter?: number;
}

/** Why nothing can be sent: data that a guard needs couldn't be read. */
export interface Unreadable {
	words: Words;
	fault?: Fault;
}

/** How many messages of the same run will be sent to each person before this one. */
export type Planned = Map<string, number>;

/**
 * One rule that can hold messages back. It lives for one run, reads what it needs once, and is asked before each
 * message is sent.
 */
export interface Guard {
	/** How far back it needs the record, in ms since 1970; left out when it doesn't need it. */
	since?: (requester: Requester) => number;
	/**
	 * Reads what it needs; in a long run, more than once.
	 * @param reading the record since {@link Guard.since}, possibly with older entries
	 * @returns why nothing can be sent; undefined when everything was read, or the execution was cancelled
	 */
	prepare?: (
		requester: Requester,
		reading: Promise<Reading | undefined>,
	) => Promise<Unreadable | undefined>;
	/** Why the whole run must not send. */
	checkRun?: (tasks: Task[]) => Hold | undefined;
	/**
	 * Why a message must not be sent now.
	 * @param planned what will be sent before it; left out just before it is actually sent
	 */
	check?: (task: Task, planned?: Planned) => Hold | undefined;
}

/** The recipients of a task, as its request has them. */
export function recipientsIn({ claims }: Task): string[] {
	return claims.map(({ recipient }) => recipient).filter(Boolean);
}
