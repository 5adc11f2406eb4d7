import type { IDataObject, IPollFunctions } from 'n8n-workflow';
import type { EventName } from './statuses';

/** What the fields of the trigger say. */
export interface Settings {
	events: EventName[];
	/** All inboxes when empty. */
	inboxIds: string[];
	/** How long the status of a sent message is watched, in ms; undefined when no chosen event is about that. */
	watchMs?: number;
	/** Whether a text that comes in may be the answer to a question. */
	answersQuestions: boolean;
	/** Where this n8n reaches itself; blank when the user does not say. */
	ownAddress: string;
}

const MS_PER_HOUR = 3_600_000;

/** What a field is called on the screen. A constant because n8n's linter would write its own name with a capital. */
export const OWN_ADDRESS = 'Address of This n8n';

/** How long a sent message is watched at most, in hours: every poll reads all messages of that time. */
export const LONGEST_WATCH = 168;

/** Reads the fields of the trigger; what is not usable counts as left out. */
export function settingsOf(context: IPollFunctions): Settings {
	const events = [context.getNodeParameter('events', [])].flat() as EventName[];
	const filters = context.getNodeParameter('filters', {}) as IDataObject;
	const options = context.getNodeParameter('options', {}) as IDataObject;
	return {
		events,
		inboxIds: idsIn(filters.inboxIds),
		answersQuestions: !isNo(options.answerQuestions),
		ownAddress: String(options.ownAddress ?? '').trim(),
		...(events.some((event) => event !== 'message.received') && {
			watchMs: hoursIn(options.watchStatusHours) * MS_PER_HOUR,
		}),
	};
}

/** A list, or a text with commas or blanks between the IDs, as an expression may give it. */
function idsIn(value: unknown): string[] {
	const ids = [value ?? []].flat().flatMap((each) => String(each).split(/[\s,]+/));
	return [...new Set(ids.filter(Boolean))].sort();
}

/** Whether a switch is off; an expression may give a text. */
function isNo(value: unknown): boolean {
	return value === false || String(value).trim().toLowerCase() === 'false';
}

function hoursIn(value: unknown): number {
	const hours = Number(value ?? 1);
	return hours > 0 ? Math.min(hours, LONGEST_WATCH) : 1;
}
