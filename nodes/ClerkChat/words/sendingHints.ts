import type { FailedOutcome } from '../../api/errors';
import type { Write } from '../operation';

/* What stands beside the output: what a green canvas would hide. */

/** What stands beside the output when the record settled what no answer did. */
export function settledHint({ wording }: Write, settled: number, itemCount: number): string {
	const of = itemCount === 1 ? `1 ${wording.thing}` : `${itemCount} ${wording.thing}s`;
	return `${settled} of ${of} got an unclear response; Clerk Chat's history shows ${settled === 1 ? 'it was' : 'they were'} sent.`;
}

/**
 * What stands beside the output of a test run.
 * @param shown how many messages were not sent
 * @param redirected whether one more was, to 'Test Recipient'
 */
export function previewHint({ wording }: Write, shown: number, redirected: boolean): string {
	const { thing, done } = wording;
	const what = `${shown} ${thing}${shown === 1 ? ' was' : 's were'} not ${done}, only shown`;
	const first = redirected ? " The first one went to 'Test Recipient'." : '';
	return `Test run: ${what}.${first} Once published, the workflow does it for real. (Option 'In Test Runs')`;
}

/** What stands beside the output when messages were skipped because they had been sent. */
export function skippedHint(
	{ wording }: Write,
	skipped: number,
	itemCount: number,
	hours: number,
): string {
	const of = itemCount === 1 ? `1 ${wording.thing}` : `${itemCount} ${wording.thing}s`;
	const time = hours === 1 ? 'in the last hour' : `in the last ${hours} hours`;
	return `Skipped ${skipped} of ${of}: already ${wording.done} ${time}.`;
}

/** What stands beside the output when the record cannot show a message in the form in which it was sent. */
export function changedHint(asked: string, given: string): string {
	const short = (text: string) => (text.length > 60 ? `${text.slice(0, 60)}…` : text);
	return `Clerk Chat changes your messages ("${short(asked)}" became "${short(given)}"), so Skip If Sent may not find them later.`;
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

/** What stands beside the output when results cannot be told apart. */
export function unlinkedHint(items: number, results: number): string {
	return `Clerk Chat answered ${items} items with ${results} results, so each result is linked to all of these items.`;
}
