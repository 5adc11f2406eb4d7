// n8n-workflow depends on luxon, and n8n provides it to nodes.
import { DateTime } from 'luxon';
import type { INodeExecutionData } from 'n8n-workflow';
import { NOT_DELIVERED } from '../../api/errors';
import type { FailedOutcome } from '../../api/errors';
import type { Words } from '../../api/faults';
import { isFailed } from '../../api/messageStatus';
import type { Write } from '../write';
import { capitalized } from './lines';

/** The result of one message, contact or the like, reduced to what a run's summary needs. */
export interface Told {
	/** `shown`: a test run only showed it. */
	outcome: 'sent' | 'skipped' | 'shown' | FailedOutcome;
	/** The words for its failure. */
	words?: Words;
	/** Why it was held back or not delivered. */
	code?: string;
	/** When it may be sent, in ISO 8601, if it has to wait. */
	sendAfter?: string;
}

/** Reads a result from the items that the node returned for it. */
export function toldBy(items: INodeExecutionData[]): Told {
	const are = (key: string, value: unknown) =>
		items.length > 0 && items.every(({ json }) => json[key] === value);
	if (are('status', 'preview')) return { outcome: 'shown' };
	if (are('skipped', true)) return { outcome: 'skipped' };
	// On a retry, or with 'Fail on Refused Message' turned off, failed messages are returned, too.
	const isAnyFailed = items.some(({ json }) => isFailed(json));
	return isAnyFailed ? { outcome: 'refused', code: NOT_DELIVERED } : { outcome: 'sent' };
}

/** Short reasons for codes, because the full words name the recipient. */
const BY_CODE: Record<string, string> = {
	quietHours: 'outside the hours',
	optedOut: 'opted out',
	tooMany: 'too many',
	notAllowed: 'not allowed',
	[NOT_DELIVERED]: 'not delivered',
};

/** The most reasons that a summary lists, and the most characters in each. */
const MOST_REASONS = 3;
const LONGEST_REASON = 60;

/**
 * A run's result in one sentence: "Sent 280, skipped 12, waiting 5, failed 3: no such number (2), opted out (1)."
 * @param told the results of everything in the run
 * @param confirmed how many of the sent ones had an unclear result at first, which Clerk Chat's history confirmed
 * @param timezone the workflow's time zone, for the time of the first waiting message
 * @returns undefined if there is nothing to count, as in a test run that only shows messages
 */
export function summaryOf(
	{ wording }: Write,
	told: Told[],
	confirmed: number,
	timezone = 'UTC',
): string | undefined {
	const these = (outcome: Told['outcome']) =>
		told.filter((each) => each.outcome === outcome && !each.sendAfter);
	const isHeld = ({ code }: Told) => code !== undefined;
	const failed = [...these('refused'), ...these('notTried').filter(isHeld)];
	const found = confirmed > 0 ? ` (${confirmed} confirmed by Clerk Chat's history)` : '';
	const waiting = told.flatMap(({ sendAfter }) => sendAfter ?? []);
	const parts: Array<[number, string, string]> = [
		[these('sent').length, wording.done, found],
		[these('skipped').length, 'skipped', ''],
		[waiting.length, 'waiting', untilWhen(waiting, timezone)],
		[these('unknown').length, 'unclear', ''],
		[these('notTried').filter((each) => !isHeld(each)).length, 'not tried', ''],
		[failed.length, 'failed', reasonsOf(failed)],
	];
	const counted = parts.filter(([count]) => count > 0);
	if (counted.length === 0) return undefined;
	const sentence = counted.map(([count, what, more]) => `${what} ${count}${more}`).join(', ');
	return `${capitalized(sentence)}.`;
}

const MINUTE = 60_000;

/** When the first waiting message may be sent. */
function untilWhen(waiting: string[], timezone: string): string {
	if (waiting.length === 0) return '';
	// Rounded up to the minute, as in the item itself, so that the time shown is never too early.
	const first = Math.ceil(Math.min(...waiting.map((time) => Date.parse(time))) / MINUTE) * MINUTE;
	const shown = DateTime.fromMillis(first).setZone(timezone).toFormat('yyyy-MM-dd HH:mm');
	return ` (the first until ${shown} ${timezone})`;
}

/** The most frequent reasons with their counts, after a colon, to end the sentence. */
function reasonsOf(failed: Told[]): string {
	const counts = new Map<string, number>();
	for (const each of failed) {
		const reason = reasonOf(each);
		if (reason !== '') counts.set(reason, (counts.get(reason) ?? 0) + 1);
	}
	const sorted = [...counts].sort(([, a], [, b]) => b - a);
	const shown = sorted.slice(0, MOST_REASONS);
	const others = sorted.slice(MOST_REASONS).reduce((sum, [, count]) => sum + count, 0);
	if (others > 0) shown.push(['other', others]);
	// If all have the same reason, the sentence already shows the count.
	const told = shown.map(([reason, count]) =>
		count === failed.length ? reason : `${reason} (${count})`,
	);
	return told.length > 0 ? `: ${told.join(', ')}` : '';
}

/** The reason for a failure in a few words: Clerk Chat's own, if it has one. */
function reasonOf({ code, words }: Told): string {
	if (code !== undefined) return BY_CODE[code] ?? code;
	const { detail, message = '' } = words ?? {};
	const given = detail !== undefined && detail.length <= LONGEST_REASON ? detail : message;
	const text = withoutFullStop(given);
	const short = text.length > LONGEST_REASON ? `${text.slice(0, LONGEST_REASON - 1)}…` : text;
	return /^[A-Z][a-z]* /.test(short) && !short.startsWith('Clerk ')
		? short.charAt(0).toLowerCase() + short.slice(1)
		: short;
}

/** A sentence without its period. */
function withoutFullStop(text: string): string {
	let end = text.length;
	while (end > 0 && /[.\s]/.test(text[end - 1])) end--;
	return text.slice(0, end);
}
