import type { IDataObject, IPollFunctions } from 'n8n-workflow';
import type { Account } from './cursor';
import { Questions } from './questions';

/** When a trigger was published (ms, by this machine's clock), with which inboxes, and for which account. */
export interface Published {
	at: number;
	inboxes: string;
	/** Left out if the record couldn't be read at the time. */
	account?: Account;
}

/** How far the search for earlier questions has got. */
export interface LookedBack {
	isDone?: boolean;
	/**
	 * The end (ms, by the API's clock) of what is left to search, how far (ms) to go next, and how much has been read.
	 */
	progress?: { end: number; span: number; count: number };
}

/**
 * What this n8n process remembers about one trigger. It is lost when n8n restarts, and nothing depends on it surviving.
 */
export interface Memory {
	/** The poll that is running, and since when (ms). */
	running?: { since: number };
	published?: Published;
	/** What was stored last. */
	stored?: IDataObject;
	/** How many times a position has advanced. */
	polls?: number;
	/** The position from which items were last returned, and when (ms). */
	givenOut?: { from: string; at: number };
	/** A connection that is not yet known to lead to the same account, and since when (ms, by the API's clock). */
	change?: { key: string; at: number };
	/** Until when (ms) Clerk Chat asked us to wait. */
	notBefore?: number;
	/** When a poll last finished, in ms. */
	polledAt?: number;
	/** When a poll last failed visibly, in ms, by kind of failure. */
	failedAt: Map<string, number>;
	/** How far the API's clock was ahead of this machine's at the last poll, in ms. */
	clockOffset: number;
	questions: Questions;
	/** How far the search has got for questions asked before this process started to watch. */
	lookedBack: LookedBack;
	/** Up to when (ms, by the API's clock) this process has read the record without gaps. */
	followedUpTo: number;
}

const memories = new Map<string, Memory>();

/** For how many triggers to remember something; the oldest are forgotten first. */
const MOST_TRIGGERS = 1_000;

/** What this process remembers about a trigger. */
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
 * Whether n8n polls with this context for the first time. This tells the poll in which n8n activates a trigger from
 * later ones: n8n makes one context for all of them (active-workflow-triggers), whose activation mode never changes.
 */
export function isFirstCall(context: IPollFunctions): boolean {
	if (contexts.has(context)) return false;
	contexts.add(context);
	return true;
}

/** After this long (ms), the next poll takes over. A poll normally ends before. */
const LONGEST_POLL = 5 * 60_000;

/** How long (ms) a poll may take; n8n 1.x doesn't say. */
export function budgetOf(context: IPollFunctions): number {
	return Math.min(context.getPollBudgetMs?.() ?? LONGEST_POLL, LONGEST_POLL);
}

/**
 * Whether n8n's scheduler is polling, which allows less time. Each poll then has its own context, says that it is an
 * update, and n8n may keep the position itself, together with the execution.
 */
export function isScheduled(context: IPollFunctions): boolean {
	return budgetOf(context) < LONGEST_POLL;
}

/** A poll's right to be the only one running. */
export interface Turn {
	/** False when another poll has taken over: what this one found must not count then. */
	isOurs: () => boolean;
	end: () => void;
}

/**
 * Lets a trigger run one poll at a time; n8n starts the next one whether or not the previous one has ended.
 * @param isUrgent whether to take over from a running poll
 * @param longest how long (ms) a running poll keeps its turn
 * @returns undefined when another poll is running
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
