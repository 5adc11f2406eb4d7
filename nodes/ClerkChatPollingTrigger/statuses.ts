import { idOf, timeOf } from '../api/record';
import type { Entry } from '../api/record';

/** What a workflow can start on, as Clerk Chat names it (https://docs.clerk.chat/integrations/webhooks). */
export type EventName =
	| 'message.received'
	| 'message.sent'
	| 'message.delivered'
	| 'message.failed'
	| 'message.read';

/** How far a message that was sent has come: 0 is on its way, 1 sent, 2 delivered, 3 read. */
export type Stage = 0 | 1 | 2 | 3 | 'failed';

/** What is known of sent messages. Times are the API's own, in ms. */
export interface Watch {
	/** An unknown message that is not newer than this is taken note of, and starts nothing. */
	since: number;
	/** By the ID of the message. */
	known: Map<string, { time: number; stage: Stage }>;
}

/** How many sent messages are kept in mind at most. */
export const MOST_WATCHED = 10_000;

const STAGES = new Map<unknown, Stage>([
	['sent', 1],
	['delivered', 2],
	['read', 3],
	['failed', 'failed'],
]);

/** How far a message has come by its status; 0 for a status that is not documented. */
export function stageOf({ status }: Entry): Stage {
	return STAGES.get(status) ?? 0;
}

const EVENTS: EventName[] = ['message.sent', 'message.delivered', 'message.read'];

/**
 * What has happened to a message between two looks at it. What was jumped over has happened, too: who has read a message
 * has got it.
 * @param before undefined when it was not seen before
 */
export function eventsBetween(before: Stage | undefined, after: Stage): EventName[] {
	if (after === before) return [];
	if (after === 'failed') return ['message.failed'];
	return EVENTS.slice(before === 'failed' ? 0 : (before ?? 0), after);
}

/** How far a message has come that is listed at this stage now. A list may show for a moment what was so before. */
function furthest(before: Stage | undefined, now: Stage): Stage {
	if (before === undefined || now === 'failed') return now;
	// What failed may still be delivered.
	if (before === 'failed') return now < 2 ? before : now;
	return before > now ? before : now;
}

/** The sent messages to which one of the chosen events has happened since the last look, in no particular order. */
export function changedSince(watch: Watch, entries: Entry[], events: EventName[]): Entry[] {
	return entries.filter((entry) => {
		const known = watch.known.get(idOf(entry));
		if (entry.inbound === true || (!known && timeOf(entry) <= watch.since)) return false;
		const stage = furthest(known?.stage, stageOf(entry));
		return eventsBetween(known?.stage, stage).some((event) => events.includes(event));
	});
}

/** What is known after a look at the record. */
export function keepWatching(
	watch: Watch,
	entries: Entry[],
	{ now, from }: { now: number; from: number },
): Watch {
	const known = new Map(watch.known);
	for (const entry of entries) {
		if (entry.inbound === true) continue;
		const id = idOf(entry);
		const stage = furthest(known.get(id)?.stage, stageOf(entry));
		known.set(id, { time: timeOf(entry) || now, stage });
	}
	const kept = [...known].filter(([, { time }]) => time >= from);
	// What is forgotten must not look new when it is listed once more.
	const since = Math.max(watch.since, from);
	if (kept.length <= MOST_WATCHED) return { since, known: new Map(kept) };
	const newestFirst = kept.sort(([, a], [, b]) => b.time - a.time);
	const [, { time: raised }] = newestFirst[MOST_WATCHED];
	const newest = newestFirst.slice(0, MOST_WATCHED).filter(([, { time }]) => time > raised);
	return { since: Math.max(since, raised), known: new Map(newest) };
}
