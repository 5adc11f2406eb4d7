import type { IDataObject, IPollFunctions } from 'n8n-workflow';
import { LONGEST_BURST } from './bursts';
import type { Filters } from './filters';
import { TEXT_EVENTS } from './statuses';
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
	filters: Filters;
	/** Whether messages come out with the fields that most workflows need alone. */
	simplify: boolean;
	/** What came in longer ago (ms) does not start the workflow; left out when everything does. */
	oldestMs?: number;
	/** For how long (ms) after the first text of a conversation no other one starts the workflow. */
	firstOnlyMs?: number;
	/** For how long (ms) nobody must have written before the texts of a conversation come out. */
	quietMs?: number;
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
		filters: {
			from: listIn(filters.from),
			to: listIn(filters.to),
			containsWords: listIn(filters.containsWords),
			conversationId: String(filters.conversationId ?? '').trim(),
		},
		simplify: !isNo(context.getNodeParameter('simplify', true)),
		answersQuestions: !isNo(options.answerQuestions),
		ownAddress: String(options.ownAddress ?? '').trim(),
		...(events.some((event) => !TEXT_EVENTS.includes(event)) && {
			watchMs: hoursIn(options.watchStatusHours) * MS_PER_HOUR,
		}),
		...timeIn('oldestMs', options.oldestHours, MS_PER_HOUR),
		...timeIn('firstOnlyMs', options.firstOnlyHours, MS_PER_HOUR),
		...timeIn('quietMs', options.quietSeconds, 1_000, LONGEST_BURST),
	};
}

/** A list, or a text with commas or blanks between the IDs, as an expression may give it. */
function idsIn(value: unknown): string[] {
	const ids = [value ?? []].flat().flatMap((each) => String(each).split(/[\s,]+/));
	return [...new Set(ids.filter(Boolean))].sort();
}

/** A list, or a text with commas or line breaks between what it lists. */
function listIn(value: unknown): string[] {
	const all = [value ?? []].flat().flatMap((each) => String(each).split(/[,;\n]/));
	return [...new Set(all.map((each) => each.trim()).filter(Boolean))];
}

/** A time that an option gives as a number of units; nothing when it is left out. */
function timeIn(name: string, value: unknown, unitMs: number, longestMs = Infinity) {
	const time = Number(value ?? 0) * unitMs;
	return time > 0 ? { [name]: Math.min(time, longestMs) } : {};
}

/** Whether a switch is off; an expression may give a text. */
function isNo(value: unknown): boolean {
	return value === false || String(value).trim().toLowerCase() === 'false';
}

function hoursIn(value: unknown): number {
	const hours = Number(value ?? 1);
	return hours > 0 ? Math.min(hours, LONGEST_WATCH) : 1;
}
