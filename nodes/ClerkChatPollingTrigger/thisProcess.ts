import type { IDataObject, IPollFunctions } from 'n8n-workflow';
import type { Account } from './cursor';
import { Questions } from './questions';

/** A publishing of a trigger: when it was (ms, by this machine's clock), with which inboxes, and for which account. */
export interface Published {
	at: number;
	inboxes: string;
	/** Left out when the record could not be read then. */
	account?: Account;
}

/** How far the search for earlier questions has got. */
export interface LookedBack {
	isDone?: boolean;
	/** Up to where (ms, by the API's clock) it has yet to look, how far (ms) next, and how much it has read. */
	progress?: { end: number; span: number; count: number };
}

/** What this process of n8n remembers of one trigger. It is gone when n8n restarts, and nothing depends on it then. */
export interface Memory {
	/** The poll that is under way, and since when (ms). */
	running?: { since: number };
	published?: Published;
	/** What was stored last. */
	stored?: IDataObject;
	/** How often a position was moved. */
	polls?: number;
	/** From which position items were given out last, and when (ms). */
	givenOut?: { from: string; at: number };
	/** A connection that is not yet known to lead to the same account, and since when (ms, by the API's clock). */
	change?: { key: string; at: number };
	/** Until when (ms) Clerk Chat does not want to be asked. */
	notBefore?: number;
	/** When a poll came to its end last, in ms. */
	polledAt?: number;
	/** When a poll last failed visibly, in ms, by the kind of the failure. */
	failedAt: Map<string, number>;
	/** How far the API's clock was ahead of this machine's at the last poll, in ms. */
	clockOffset: number;
	questions: Questions;
	/** How far the search for questions has got that were asked before this process began to look. */
	lookedBack: LookedBack;
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
			lookedBack: {},
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
const LONGEST_POLL = 5 * 60_000;

/** How long (ms) a poll may take; n8n 1.x says nothing of that. */
export function budgetOf(context: IPollFunctions): number {
	return Math.min(context.getPollBudgetMs?.() ?? LONGEST_POLL, LONGEST_POLL);
}

/**
 * Whether n8n's scheduler polls, which has a shorter time for a poll. Each poll has a context of its own then, says that it
 * is an update, and n8n may keep the position itself, together with the execution.
 */
export function isScheduled(context: IPollFunctions): boolean {
	return budgetOf(context) < LONGEST_POLL;
}

/** A poll's right to be the only one. */
export interface Turn {
	/** False when another poll has taken over meanwhile: what this one found must not count then. */
	isOurs: () => boolean;
	end: () => void;
}

/**
 * Lets one poll of a trigger run at a time; n8n itself starts the next one whether the one before has ended or not.
 * @param isUrgent whether to take over from a poll that is under way
 * @param longest how long (ms) a poll that is under way has the right to it
 * @returns undefined when another poll is under way
 */
export function takeTurn(
	memory: Memory,
	{ isUrgent, longest }: { isUrgent: boolean; longest: number },
): Turn | undefined {
	const { running } = memory;
	if (running && !isUrgent && Date.now() - running.since < longest) return undefined;
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
