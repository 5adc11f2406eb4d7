import type { IDataObject } from 'n8n-workflow';
import { isObject } from '../api/bodies';
import type { Entry } from '../api/record';
import type { Account, Position } from './cursor';
import { numbersIn, textOf } from './idList';
import type { Settings } from './settings';
import { GROUP } from './statuses';
import type { Stage, Watched } from './statuses';

/** What the trigger finds in its static data, where n8n keeps it across restarts. */
export interface Stored {
	position?: Position;
	/** The events chosen when the position was stored. */
	events: string[];
}

/*
 * n8n copies the static data into every execution it saves, so they are stored as compactly as possible: times in base
 * 36, and watched messages as lists of IDs by stage and time.
 */

/** Roughly how many characters to store at most. */
const MOST_LETTERS = 295_000;

/** How many of them watched messages may take; if there are more, the oldest are forgotten. */
const WATCHED_LETTERS = { least: 60_000, most: 180_000 };

/** Numbers of a position that are stored unchanged. */
const NUMBERS = [
	'since',
	'polls',
	'floor',
	'cursor',
	'from',
	'sentFrom',
	'sentFloor',
	'messagesFrom',
	'optOutsFrom',
	'behindSince',
	'turnBegan',
] as const;

/**
 * Reads what was stored.
 * @returns no position if no usable one is stored; with other inboxes the trigger starts over
 */
export function readStored({ position: stored }: IDataObject, settings: Settings): Stored {
	if (!isObject(stored) || stored.inboxes !== inboxesOf(settings)) return { events: [] };
	const { floor, cursor, from, seen, watch, events, partly, turn, account } = stored;
	const isUsable = [floor, cursor, from].every((each) => typeof each === 'number');
	if (!isUsable || !isObject(seen)) return { events: [] };
	const numbers = NUMBERS.flatMap((name) => {
		const number = stored[name];
		return typeof number === 'number' ? [[name, number] as const] : [];
	});
	return {
		events: String(events).split(' '),
		position: {
			...(Object.fromEntries(numbers) as unknown as Position),
			since: Number(stored.since) || 0,
			seen: timesIn(seen),
			...(isObject(watch) && { watch: watchIn(watch) }),
			...(isObject(partly) && { partly: { ...partly } as Position['partly'] }),
			...(isObject(turn) && { turn: { ...turn } as Position['turn'] }),
			...entriesIn('held', stored),
			...entriesIn('burst', stored),
			...(isObject(stored.firsts) && { firsts: timesIn(stored.firsts) }),
			...(isObject(account) && { account: JSON.parse(JSON.stringify(account)) as Account }),
		},
	};
}

/** Stores how far the record has been read. */
export function store(staticData: IDataObject, settings: Settings, position: Position): void {
	const { seen, watch, partly, turn, held, burst, firsts, account } = position;
	const numbers = NUMBERS.flatMap((name) => {
		const number = position[name];
		return number === undefined ? [] : [[name, number] as const];
	});
	const stored = {
		inboxes: inboxesOf(settings),
		events: settings.events.join(' '),
		...Object.fromEntries(numbers),
		seen: storedTimes(seen),
		...(partly && { partly: { ...partly } }),
		...(turn && { turn: { ...turn } }),
		...(held && held.length > 0 && { held }),
		...(burst && burst.length > 0 && { burst }),
		...(firsts && firsts.size > 0 && { firsts: storedTimes(firsts) }),
		...(account && { account }),
	};
	const spare = MOST_LETTERS - JSON.stringify(stored).length;
	const { least, most } = WATCHED_LETTERS;
	const letters = Math.max(least, Math.min(most, spare));
	if (watch) Object.assign(stored, { watch: storedWatch(watch, letters) });
	// A copy: n8n wraps what it is given in a proxy, and must not wrap what this process remembers.
	staticData.position = JSON.parse(JSON.stringify(stored)) as IDataObject;
}

/** The chosen inboxes as one text, for comparing. */
export function inboxesOf({ inboxIds }: Settings): string {
	return inboxIds.join(' ');
}

function storedTimes(times: Map<string, number>): IDataObject {
	return Object.fromEntries([...times].map(([id, time]) => [id, time.toString(36)]));
}

function timesIn(stored: IDataObject): Map<string, number> {
	return new Map(Object.entries(stored).map(([id, time]) => [id, timeIn(time)]));
}

function entriesIn(name: 'held' | 'burst', stored: IDataObject) {
	const entries = stored[name];
	return Array.isArray(entries) ? { [name]: entries.filter(isObject) as Entry[] } : {};
}

function storedWatch(watch: Map<number, Watched>, most: number): IDataObject {
	const groups = new Map<string, number[]>();
	for (const [id, { time, stage }] of watch) {
		const key = `${stage === 'failed' ? 'f' : stage}${(time / GROUP).toString(36)}`;
		const group = groups.get(key);
		if (group) group.push(id);
		else groups.set(key, [id]);
	}
	const newestFirst = [...groups].sort(([a], [b]) => (a.slice(1) < b.slice(1) ? 1 : -1));
	const kept: Array<[string, string]> = [];
	let letters = 0;
	for (const [key, ids] of newestFirst) {
		const text = textOf(ids);
		letters += text.length;
		if (letters > most) break;
		kept.push([key, text]);
	}
	return Object.fromEntries(kept);
}

function watchIn(stored: IDataObject): Map<number, Watched> {
	const watch = new Map<number, Watched>();
	for (const [key, text] of Object.entries(stored)) {
		const stage = key.startsWith('f') ? 'failed' : (Number(key[0]) as Stage);
		const time = timeIn(key.slice(1)) * GROUP;
		for (const id of numbersIn(text)) watch.set(id, { stage, time });
	}
	return watch;
}

function timeIn(text: unknown): number {
	return parseInt(String(text), 36);
}
