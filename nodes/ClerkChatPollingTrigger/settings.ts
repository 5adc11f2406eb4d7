import type { IDataObject, IPollFunctions } from 'n8n-workflow';
import { LONGEST_BURST } from './bursts';
import type { Filters } from './filters';
import { TEXT_EVENTS } from './statuses';
import type { EventName } from './statuses';

/** The trigger's fields. */
export interface Settings {
	events: EventName[];
	/** All inboxes when empty. */
	inboxIds: string[];
	/** How long (ms) to watch the status of a sent message; undefined when no chosen event needs it. */
	watchMs?: number;
	/** Whether a received text may be the answer to a question. */
	answersQuestions: boolean;
	/** The address where this n8n can reach itself; blank if not set. */
	ownAddress: string;
	filters: Filters;
	/** Whether messages have only the fields that most workflows need. */
	simplify: boolean;
	/** A text received longer ago than this (ms) doesn't start the workflow; left out if all do. */
	oldestMs?: number;
	/** For how long (ms) after a conversation's first text no other one starts the workflow. */
	firstOnlyMs?: number;
	/** How long (ms) a conversation must be quiet before its texts start the workflow. */
	quietMs?: number;
}

const MS_PER_HOUR = 3_600_000;

/** The field's name on the screen. A constant, because n8n's linter would require a capital letter in it. */
export const OWN_ADDRESS = 'Address of This n8n';

/** How many hours to watch a sent message at most: every poll reads all messages of that time. */
export const LONGEST_WATCH = 168;

/** Reads the trigger's fields; an unusable value counts as left out. */
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

/** A list, or a text with commas or spaces between the IDs, as an expression may return it. */
function idsIn(value: unknown): string[] {
	const ids = [value ?? []].flat().flatMap((each) => String(each).split(/[\s,]+/));
	return [...new Set(ids.filter(Boolean))].sort();
}

/** A list, or a text with commas or line breaks between its values. */
function listIn(value: unknown): string[] {
	const all = [value ?? []].flat().flatMap((each) => String(each).split(/[,;\n]/));
	return [...new Set(all.map((each) => each.trim()).filter(Boolean))];
}

/** A time that an option has as a number of units; undefined if it is left out. */
function timeIn(name: string, value: unknown, unitMs: number, longestMs = Infinity) {
	const time = Number(value ?? 0) * unitMs;
	return time > 0 ? { [name]: Math.min(time, longestMs) } : {};
}

/** Whether a switch is off; an expression may return text. */
function isNo(value: unknown): boolean {
	return value === false || String(value).trim().toLowerCase() === 'false';
}

function hoursIn(value: unknown): number {
	const hours = Number(value ?? 1);
	return hours > 0 ? Math.min(hours, LONGEST_WATCH) : 1;
}
