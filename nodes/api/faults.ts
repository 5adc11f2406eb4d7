// n8n provides luxon to nodes, and n8n-workflow brings it here.
import { DateTime } from 'luxon';
import { detailOf } from './errorBodies';
import { meaningOf } from './statuses';
import type { Fault, Words } from './statuses';

export type { Fault, Words } from './statuses';

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
	const detail = redact(fault.detail ?? detailOf(fault.body), secrets).slice(0, LONGEST_DETAIL);
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
	if (retryAfterMs > LONGEST_TOLD_WAIT)
		return "Clerk Chat asks n8n to wait for a very long time. Contact Clerk Chat's support.";
	const until = DateTime.now().plus(retryAfterMs).setZone(timezone);
	const minutes = Math.ceil(retryAfterMs / 60_000);
	const wait = minutes < 120 ? `${minutes} minutes` : `${Math.ceil(minutes / 60)} hours`;
	return `Clerk Chat asks n8n to wait ${wait}. Try again after ${until.toFormat('yyyy-MM-dd HH:mm')} (${timezone}).`;
}

/** The text with every secret replaced by asterisks. */
export function redact(text: string, secrets: string[]): string {
	return secrets.reduce(
		(hidden, secret) => (secret.length > 3 ? hidden.split(secret).join('***') : hidden),
		text,
	);
}
