// n8n provides luxon to nodes, and n8n-workflow brings it here.
import { DateTime } from 'luxon';
import { detailOf } from './errorBodies';
import { meaningOf } from './statuses';

/** What people read: what happened, then what to do. */
export interface Words {
	message: string;
	description: string;
	/** What Clerk Chat or the network said itself, without secrets. */
	detail?: string;
}

/** What is known of a request that did not succeed. */
export interface Fault {
	/** HTTP status; left out when no answer came. */
	status?: number;
	/** Body of the answer, already parsed when it was JSON. */
	body?: unknown;
	/** Why no answer came: the connection was never made, or it ended or timed out on the way. */
	connection?: 'notMade' | 'lost' | 'timeout' | 'blocked';
	/** What the network or n8n says about it, such as `connect ECONNREFUSED 127.0.0.1:80`. */
	detail?: string;
	/** Whether the address has never answered as Clerk Chat does, so that it is not the API's. */
	isElsewhere?: true;
	/** How long Clerk Chat asked to wait, in ms. */
	retryAfterMs?: number;
}

/** How much of the other side's own words is shown, in characters. */
const LONGEST_DETAIL = 500;

/** What the words for a fault depend on besides it. */
export interface Telling {
	/** Texts that must not show, such as the API key. */
	secrets: string[];
	/** The time zone of the workflow, such as `Europe/Berlin`. */
	timezone: string;
	/** What to do, where the fault alone does not tell. */
	advice?: string;
}

/** The words for a fault, with Clerk Chat's own detail added. */
export function wordsFor(fault: Fault, { secrets, timezone, advice }: Telling): Words {
	const { message, description } = meaningOf(fault);
	// Shortened last: of a secret that is cut in two, the first part would not be recognized.
	const detail = redact(fault.detail ?? detailOf(fault.body), secrets).slice(
		0,
		LONGEST_DETAIL,
	);
	return {
		message,
		description: `${detail && `Details: "${detail}". `}${advice ?? whenToTryAgain(fault, timezone) ?? description}`,
		...(detail && { detail }),
	};
}

/** Longer waits are nothing to wait for. */
const LONGEST_TOLD_WAIT = 30 * 24 * 3_600_000;

/** Shorter waits are over before somebody has read of them. */
const SHORTEST_TOLD_WAIT = 60_000;

/** What to do after a 429 that asks for a longer wait than the node bears. */
function whenToTryAgain({ retryAfterMs }: Fault, timezone: string): string | undefined {
	if (retryAfterMs === undefined || retryAfterMs < SHORTEST_TOLD_WAIT) return undefined;
	if (retryAfterMs > LONGEST_TOLD_WAIT) return 'Clerk Chat asks to wait for a very long time. Ask its support.';
	const until = DateTime.now().plus(retryAfterMs).setZone(timezone);
	const minutes = Math.ceil(retryAfterMs / 60_000);
	const wait = minutes < 120 ? `${minutes} minutes` : `${Math.ceil(minutes / 60)} hours`;
	return `Clerk Chat asks to wait ${wait}. Try again after ${until.toFormat('yyyy-MM-dd HH:mm')} (${timezone}).`;
}

/** The text with every secret replaced by asterisks. */
export function redact(text: string, secrets: string[]): string {
	return secrets.reduce(
		(hidden, secret) => (secret.length > 3 ? hidden.split(secret).join('***') : hidden),
		text,
	);
}
