import { asText } from '../api/bodies';
import { isFailed } from '../api/messageStatus';
import type { Entry } from '../api/record';

/**
 * The events a workflow can start on, with Clerk Chat's names (https://docs.clerk.chat/integrations/webhooks), and
 * opt-outs.
 */
export type EventName =
	| 'message.received'
	| 'message.optOut'
	| 'message.sent'
	| 'message.delivered'
	| 'message.failed'
	| 'message.read';

/** How far a sent message has come: 0 in transit, 1 sent, 2 delivered, 3 read. */
export type Stage = 0 | 1 | 2 | 3 | 'failed';

/** A sent message whose status may still change. */
export interface Watched {
	/** The start of the ten minutes in which it was sent, in ms by the API's clock. */
	time: number;
	stage: Stage;
}

/** Watched messages are grouped by the time they were sent; the length of a group in ms. */
export const GROUP = 600_000;

/** The start of the group that a time belongs to; both in ms. */
export function groupOf(time: number): number {
	return Math.floor(time / GROUP) * GROUP;
}

/** The events about received texts; all others are about sent ones. */
export const TEXT_EVENTS: EventName[] = ['message.received', 'message.optOut'];

const STAGES = new Map<unknown, Stage>([
	['sent', 1],
	['delivered', 2],
	['read', 3],
]);

/** How far a message has come, by its status; 0 for an undocumented status. */
export function stageOf(entry: Entry): Stage {
	if (isFailed(entry)) return 'failed';
	return STAGES.get(asText(entry.status).trim().toLowerCase()) ?? 0;
}

const EVENTS: EventName[] = ['message.sent', 'message.delivered', 'message.read'];

/**
 * What has happened to a message between two checks. Skipped stages count: a message that was read has also been
 * delivered.
 * @param before undefined when it was not seen before
 */
export function eventsBetween(before: Stage | undefined, after: Stage): EventName[] {
	if (after === before) return [];
	if (after === 'failed') return ['message.failed'];
	return EVENTS.slice(before === 'failed' ? 0 : (before ?? 0), after);
}

/** How far a message has come, given its stage on the list now. A list may briefly show an older state. */
export function furthest(before: Stage | undefined, now: Stage): Stage {
	if (before === undefined || now === 'failed') return now;
	// A failed message may still be delivered.
	if (before === 'failed') return now < 2 ? before : now;
	return before > now ? before : now;
}

/** Whether none of the chosen events can happen to a message any more, so that it needn't be checked again. */
export function hasEnded(stage: Stage, events: EventName[]): boolean {
	const is = (event: EventName) => events.includes(event);
	if (stage === 3) return true;
	if (stage === 2) return !is('message.read');
	if (stage === 'failed') return !is('message.delivered') && !is('message.read');
	return stage === 1 && !is('message.delivered') && !is('message.failed') && !is('message.read');
}
