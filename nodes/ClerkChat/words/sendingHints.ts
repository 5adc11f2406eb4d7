import type { Write } from '../write';

/* The hints after a run: what green nodes on the canvas would hide. */

/**
 * The hint after a test run.
 * @param shown how many messages were only shown
 * @param redirected whether one more was sent to 'Test Recipient'
 */
export function previewHint({ wording }: Write, shown: number, redirected: boolean): string {
	const { thing, done } = wording;
	const what = redirected
		? `only the first ${thing} was ${done}, to 'Test Recipient'`
		: `nothing was ${done}`;
	const rest = `${shown} ${thing}${shown === 1 ? '' : 's'}`;
	const output = shown === 0 ? '' : ` The output shows ${rest} that would be ${done}.`;
	return `Test run: ${what}.${output} Once published, the workflow does it for real. (Option 'In Test Runs')`;
}

/** The hint if the record changes messages so that they can't be recognized. */
export function changedHint(asked: string, given: string): string {
	const short = (text: string) => (text.length > 60 ? `${text.slice(0, 60)}…` : text);
	return `Clerk Chat changes your messages ("${short(asked)}" became "${short(given)}"), so Skip If Sent may not find them later.`;
}

/**
 * The hint if some messages are not known to be delivered yet.
 * @param pending how many
 * @param seconds how long the node waited
 * @param couldRead whether the record could be read
 */
export function pendingHint(pending: number, seconds: number, couldRead: boolean): string {
	if (!couldRead) {
		return "Clerk Chat's message history couldn't be read, so it's unclear whether these messages were delivered.";
	}
	const what = pending === 1 ? '1 message was' : `${pending} messages were`;
	return `${what} not delivered within ${seconds} seconds, but may still arrive. Each item shows its latest status.`;
}

/** The hint if results can't be matched to items. */
export function unlinkedHint(items: number, results: number): string {
	return `Clerk Chat answered ${items} items with ${results} results, so each result is linked to all of these items.`;
}
