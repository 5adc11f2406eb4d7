import type { IDataObject } from 'n8n-workflow';
import { isObject } from '../api/bodies';
import type { Position } from './cursor';
import type { Settings } from './settings';
import type { EventName, Stage } from './statuses';

/** What the trigger finds in its static data, where n8n keeps it through restarts. */
export interface Stored {
	/** When the workflow was published, in ms by this machine's clock: all that is known until the record was read. */
	publishedAt?: number;
	position?: Position;
	/** Chosen events that were not chosen when the position was stored: for them it begins now. */
	newEvents: EventName[];
}

/** What there is when nothing was stored that can be used. */
export const NOTHING_STORED: Stored = { newEvents: [] };

/*
 * n8n puts a copy of the static data into every execution that it saves, so they are written as short as JSON allows:
 * times to the base of 36, and the stage of a message in front of its time.
 */

/**
 * Reads what was stored.
 * @returns nothing in it when nothing was stored that can be used; with other inboxes the trigger begins anew
 */
export function readStored({ position: stored }: IDataObject, settings: Settings): Stored {
	if (!isObject(stored) || stored.inboxes !== inboxesOf(settings)) return NOTHING_STORED;
	const { publishedAt, floor, cursor, seen, watch, events } = stored;
	if (typeof publishedAt === 'number') return { publishedAt, newEvents: [] };
	if (typeof floor !== 'number' || typeof cursor !== 'number' || !isObject(seen)) {
		return NOTHING_STORED;
	}
	const before = String(events).split(' ');
	return {
		newEvents: settings.events.filter((event) => !before.includes(event)),
		position: {
			floor,
			cursor,
			seen: new Map(Object.entries(seen).map(([id, time]) => [id, timeIn(time)])),
			...(isObject(watch) && { watch: watchIn(watch) }),
		},
	};
}

/** Stores when the workflow was published, or how far the record was read. */
export function store(
	staticData: IDataObject,
	settings: Settings,
	{ publishedAt, position }: Pick<Stored, 'publishedAt' | 'position'>,
): void {
	const inboxes = inboxesOf(settings);
	if (!position) {
		staticData.position = { inboxes, publishedAt };
		return;
	}
	const { floor, cursor, seen, watch } = position;
	staticData.position = {
		inboxes,
		events: settings.events.join(' '),
		floor,
		cursor,
		seen: Object.fromEntries([...seen].map(([id, time]) => [id, time.toString(36)])),
		...(watch && {
			watch: {
				since: watch.since,
				known: Object.fromEntries(
					[...watch.known].map(([id, { stage, time }]) => [
						id,
						`${stage === 'failed' ? 'f' : stage}${time.toString(36)}`,
					]),
				),
			},
		}),
	};
}

/** The chosen inboxes as one text, to tell whether they are the same. */
export function inboxesOf({ inboxIds }: Settings): string {
	return inboxIds.join(' ');
}

function watchIn({ since, known }: IDataObject): Position['watch'] {
	const entries = Object.entries(isObject(known) ? known : {}).map(
		([id, text]): [string, { stage: Stage; time: number }] => {
			const [first, ...rest] = String(text);
			const stage = first === 'f' ? 'failed' : (Number(first) as Stage);
			return [id, { stage, time: timeIn(rest.join('')) }];
		},
	);
	return { since: Number(since), known: new Map(entries) };
}

function timeIn(text: unknown): number {
	return parseInt(String(text), 36);
}
