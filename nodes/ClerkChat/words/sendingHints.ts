import type { FailedOutcome } from '../../api/errors';
import type { Write } from '../operation';

/* What stands beside the output: what a green canvas would hide. */

/** What stands beside the output when the record settled what no answer did. */
export function settledHint({ wording }: Write, settled: number, itemCount: number): string {
	const of = itemCount === 1 ? `1 ${wording.thing}` : `${itemCount} ${wording.thing}s`;
	return `${settled} of ${of} got no clear answer, and ${settled === 1 ? 'was' : 'were'} found on Clerk Chat's record.`;
}

/**
 * What stands beside the output of a test run.
 * @param shown how many messages were not sent
 * @param redirected whether one more was, to 'Test Recipient'
 */
export function previewHint({ wording }: Write, shown: number, redirected: boolean): string {
	const what = `${shown} ${wording.thing}${shown === 1 ? '' : 's'} ${shown === 1 ? 'was' : 'were'} not ${wording.done}`;
	const first = redirected ? " The first one went to 'Test Recipient'." : '';
	return `Test run: ${what}, and what came out is what would go out.${first} The published workflow sends. (Option 'In Test Runs')`;
}

/** What stands beside the output when messages were left out because they are on record. */
export function skippedHint(
	{ wording }: Write,
	skipped: number,
	itemCount: number,
	hours: number,
): string {
	const of = itemCount === 1 ? `1 ${wording.thing}` : `${itemCount} ${wording.thing}s`;
	const time = hours === 1 ? 'in the last hour' : `in the last ${hours} hours`;
	return `${skipped} of ${of} ${skipped === 1 ? 'was' : 'were'} sent ${time} already, and not again now.`;
}

/** What stands beside the output when items failed and the canvas is green all the same. */
export function failedHint(
	{ wording: { thing, done } }: Write,
	failed: Array<{ item: number; kind: FailedOutcome; to?: string }>,
	itemCount: number,
): string[] {
	const of = itemCount === 1 ? `1 ${thing}` : `${itemCount} ${thing}s`;
	const say = (kinds: FailedOutcome[], singular: string, plural: string): string[] => {
		const these = failed.filter(({ kind }) => kinds.includes(kind));
		if (these.length === 0) return [];
		const named = these
			.slice(0, 3)
			.map(({ item, to }) => `item ${item + 1}${to ? ` (${to})` : ''}`);
		const more = these.length > named.length ? ` and ${these.length - named.length} more` : '';
		const what = `${these.length} of ${of} ${these.length === 1 ? singular : plural}`;
		return [`${what}: ${named.join(', ')}${more}.`];
	};
	return [
		...say(['refused', 'notTried'], `was not ${done}`, `were not ${done}`),
		...say(['unknown'], `may have been ${done}`, `may have been ${done}`),
	];
}

/**
 * What stands beside the output when nobody knows yet whether messages arrived.
 * @param pending how many
 * @param seconds how long was waited
 * @param couldRead whether the record could be read
 */
export function pendingHint(pending: number, seconds: number, couldRead: boolean): string {
	if (!couldRead) {
		return "Clerk Chat's record of messages could not be read, so it is not known whether these messages were delivered.";
	}
	const what = pending === 1 ? '1 message was' : `${pending} messages were`;
	return `${what} not delivered within ${seconds} seconds, and may still be. Each came out with its newest status.`;
}

/** What stands beside the output when results cannot be told apart. */
export function unlinkedHint(items: number, results: number): string {
	return `Clerk Chat answered ${items} items with ${results} results, so each result is linked to all of these items.`;
}
