import type { IPollFunctions } from 'n8n-workflow';
import { Questions } from './questions';

/** What this process of n8n remembers of one trigger. It is gone when n8n restarts, and nothing depends on it then. */
export interface Memory {
	/** The poll that is under way, and since when (ms). */
	running?: { since: number };
	/** When it was published, in ms, and with which inboxes, until the first poll after that: n8n may not save what was stored. */
	published?: { at: number; inboxes: string };
	/** When a poll came to its end last, in ms. */
	polledAt?: number;
	/** When a poll last failed visibly, in ms, by the kind of the failure. */
	failedAt: Map<string, number>;
	/** How far the API's clock was ahead of this machine's at the last poll, in ms. */
	clockOffset: number;
	questions: Questions;
	/** Whether questions were looked for that were asked before this process began. */
	hasLookedBack: boolean;
	/** Up to when (ms, by the API's clock) this process has read the record without a gap. */
	followedUpTo: number;
}

const memories = new Map<string, Memory>();

/** For how many triggers this process remembers something; those that were made first are forgotten first. */
const MOST_TRIGGERS = 1_000;

/** What this process remembers of a trigger. */
export function memoryOf(context: IPollFunctions): Memory {
	const key = `${context.getWorkflow().id}/${context.getNode().id}`;
	let memory = memories.get(key);
	if (!memory) {
		memory = {
			failedAt: new Map(),
			clockOffset: 0,
			questions: new Questions(),
			hasLookedBack: false,
			followedUpTo: -Infinity,
		};
		memories.set(key, memory);
		const [oldest] = memories.keys();
		if (memories.size > MOST_TRIGGERS) memories.delete(oldest);
	}
	return memory;
}

const contexts = new WeakSet<IPollFunctions>();

/**
 * Whether n8n polls with this context for the first time. That is how the poll at which n8n brings a trigger up is told
 * from those that follow: n8n makes one context for all of them (active-workflow-triggers), whose activation mode never
 * changes.
 */
export function isFirstCall(context: IPollFunctions): boolean {
	if (contexts.has(context)) return false;
	contexts.add(context);
	return true;
}

/** After this time (ms) a poll is given up by the next one. A poll ends before. */
export const LONGEST_POLL = 5 * 60_000;

/** A poll's right to be the only one. */
export interface Turn {
	/** False when another poll has taken over meanwhile: what this one found must not count then. */
	isOurs: () => boolean;
	end: () => void;
}

/**
 * Lets one poll of a trigger run at a time; n8n itself starts the next one whether the one before has ended or not.
 * @param isUrgent whether to take over from a poll that is under way
 * @returns undefined when another poll is under way
 */
export function takeTurn(memory: Memory, isUrgent: boolean): Turn | undefined {
	const { running } = memory;
	if (running && !isUrgent && Date.now() - running.since < LONGEST_POLL) return undefined;
	const turn = { since: Date.now() };
	memory.running = turn;
	const isOurs = () => memory.running === turn;
	return {
		isOurs,
		end: () => {
			if (isOurs()) memory.running = undefined;
		},
	};
}
