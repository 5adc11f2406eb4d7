// n8n-workflow depends on luxon, and n8n provides it to nodes.
import { DateTime } from 'luxon';
import { detailOf } from './errorBodies';
import { meaningOf } from './statuses';
import type { Fault, Words } from './statuses';

export type { Fault, Words } from './statuses';

/** How much of the other side's own words to show, in characters. */
const LONGEST_DETAIL = 500;

/** What the words for a fault depend on, besides the fault itself. */
export interface Telling {
	/** Texts to redact, such as the API key. */
	secrets: string[];
	/** The time zone of the workflow, such as `Europe/Berlin`. */
	timezone: string;
	/** What to do, if the fault alone doesn't say. */
	advice?: string;
}

/** The words for a fault, including Clerk Chat's own detail. */
export function wordsFor(fault: Fault, { secrets, timezone, advice }: Telling): Words {
	const { message, description } = meaningOf(fault);
	// Shorten last: if a secret were cut in two, its first half would not be redacted.
	const detail = redact(fault.detail ?? detailOf(fault.body), secrets).slice(0, LONGEST_DETAIL);
	return {
		message,
		description: `${detail && `Details: "${detail}". `}${advice ?? whenToTryAgain(fault, timezone) ?? description}`,
		...(detail && { detail }),
	};
}

/** A longer wait is not worth naming. */
const LONGEST_TOLD_WAIT = 30 * 24 * 3_600_000;

/** A shorter wait is over before anyone has read about it. */
const SHORTEST_TOLD_WAIT = 60_000;

/** What to do after a 429 that asks for a longer wait than the node accepts. */
function whenToTryAgain({ retryAfterMs }: Fault, timezone: string): string | undefined {
	if (retryAfterMs === undefined || retryAfterMs < SHORTEST_TOLD_WAIT) return undefined;
	if (retryAfterMs > LONGEST_TOLD_WAIT)
		return "Clerk Chat asks n8n to wait for a very long time. Contact Clerk Chat's support.";
	const until = DateTime.now().plus(retryAfterMs).setZone(timezone);
	const minutes = Math.ceil(retryAfterMs / 60_000);
	const wait = minutes < 120 ? `${minutes} minutes` : `${Math.ceil(minutes / 60)} hours`;
	return `Clerk Chat asks n8n to wait ${wait}. Try again after ${until.toFormat('yyyy-MM-dd HH:mm')} (${timezone}).`;
}

/** Replaces every secret in a text with asterisks. */
export function redact(text: string, secrets: string[]): string {
	return secrets.reduce(
		(hidden, secret) => (secret.length > 3 ? hidden.split(secret).join('***') : hidden),
		text,
	);
}
