import type { Position } from './cursor';
import type { Settings } from './settings';
import { TEXT_EVENTS } from './statuses';
import type { EventName } from './statuses';

/** The position for the events that are chosen now, and the events that count in this poll. */
export interface Chosen {
	position: Position;
	counting: EventName[];
}

/**
 * Adds newly chosen events. They count from the next poll on, since nobody knows whether what this poll finds happened
 * before they were chosen. Texts received before Message Received was chosen don't start the workflow, but may still
 * answer a question.
 * @param eventsBefore the events chosen when the position was stored
 * @param now in ms by the API's clock
 */
export function withChosenEvents(
	position: Position,
	{ events, watchMs }: Settings,
	{ eventsBefore, now }: { eventsBefore: string[]; now: number },
): Chosen {
	const isNew = (event: EventName) => !eventsBefore.includes(event);
	const chosen: Position = { ...position };
	if (events.includes('message.received') && isNew('message.received')) chosen.messagesFrom = now;
	if (events.includes('message.optOut') && isNew('message.optOut')) chosen.optOutsFrom = now;
	if (watchMs === undefined) {
		delete chosen.watch;
		delete chosen.turn;
	} else if (
		!chosen.watch ||
		events.some((event) => isNew(event) && !TEXT_EVENTS.includes(event))
	) {
		// What was over for the previous events may continue for these.
		chosen.watch = new Map(chosen.watch);
		chosen.sentFloor = chosen.cursor;
		chosen.sentFrom = Math.min(chosen.from, now - watchMs);
	}
	return { position: chosen, counting: events.filter((event) => !isNew(event)) };
}
