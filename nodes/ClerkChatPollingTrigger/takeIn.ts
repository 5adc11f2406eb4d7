import { asText } from '../api/bodies';
import { idOf, timeIn, timeOf } from '../api/record';
import type { Entry } from '../api/record';
import { CLOCK_STEP, startOf } from './cursor';
import type { Position } from './cursor';
import { numberOf } from './idList';
import { eventsBetween, furthest, groupOf, hasEnded, stageOf } from './statuses';
import type { EventName } from './statuses';

/** What the trigger looks for in a poll. */
export interface Looking {
	/** The API's clock. */
	now: number;
	/** The chosen events that count in this poll. */
	events: EventName[];
	/** All chosen events. */
	chosen: EventName[];
	/** All inboxes when empty. */
	inboxIds: string[];
	/** How long (ms) to watch a sent message; left out when no chosen event needs it. */
	watchMs?: number;
	/** Anything no newer than this existed when someone clicked Publish. */
	backlogUpTo: number;
}

/** The result of reading. */
export interface Found {
	/** Received texts, without duplicates. */
	received: Entry[];
	/** Sent messages for which an event that counts has happened. */
	changed: Entry[];
	/** All sent messages that were read. */
	sent: Entry[];
	/** The time of the newest entry that is not in the future. */
	newest: number;
	/** The newest entries. */
	anchors: Map<string, number>;
	/** The time (ms) up to which everything listed has been read; unbounded if there is no more. */
	upTo: number;
}

/** The result before anything has been read. */
export function nothingFound(): Found {
	return {
		received: [],
		changed: [],
		sent: [],
		newest: -Infinity,
		anchors: new Map(),
		upTo: -Infinity,
	};
}

/**
 * Whether a message is in one of these inboxes: a server that ignores the filter must not start other people's
 * workflows.
 */
export function isInInboxes({ inboxId }: Entry, inboxIds: string[]): boolean {
	if (inboxIds.length === 0 || inboxId === undefined || inboxId === null) return true;
	return inboxIds.includes(asText(inboxId));
}

/** Processes entries: adds what is new to `found`, and remembers it in the position. */
export function takeIn(position: Position, entries: Entry[], looking: Looking, found: Found): void {
	const { now, inboxIds } = looking;
	for (const entry of entries) {
		if (!isInInboxes(entry, inboxIds)) continue;
		const time = timeOf(entry);
		// A message scheduled for later must not make everything in between look late.
		if (time <= now + CLOCK_STEP) {
			found.newest = Math.max(found.newest, time);
			found.anchors.set(idOf(entry), time);
		}
		if (entry.inbound === true) takeReceived(position, entry, looking, found);
		else found.sent.push(entry);
		if (entry.inbound !== true && position.watch) takeSent(position, entry, looking, found);
	}
}

function takeReceived(position: Position, entry: Entry, looking: Looking, found: Found): void {
	const { seen, floor, from } = position;
	const id = idOf(entry);
	const time = timeOf(entry);
	const isKnown = seen.has(id);
	// An entry without a time is remembered as long as it is listed.
	if (isKnown && Number.isNaN(time)) seen.set(id, looking.now);
	if (isKnown || time <= floor || isReadBefore(position, entry, from)) return;
	seen.set(id, Number.isNaN(time) ? looking.now : time);
	if (!(time <= looking.backlogUpTo)) found.received.push(entry);
}

function takeSent(position: Position, entry: Entry, looking: Looking, found: Found): void {
	const { seen, watch, floor, from, sentFrom = from } = position;
	const { now, events, chosen, backlogUpTo } = looking;
	const id = idOf(entry);
	const number = numberOf(id);
	const time = timeOf(entry);
	const known = watch!.get(number);
	const isKnown = seen.has(id);
	if (isKnown && Number.isNaN(time)) seen.set(id, now);
	if (!known && (isKnown || isReadBefore(position, entry, sentFrom))) return;
	const stage = furthest(known?.stage, stageOf(entry));
	const isOld =
		!known && (time <= Math.max(floor, position.sentFloor ?? floor) || time <= backlogUpTo);
	const happened = isOld ? [] : eventsBetween(known?.stage, stage);
	if (happened.some((event) => events.includes(event))) found.changed.push(entry);
	if (hasEnded(stage, chosen)) {
		watch!.delete(number);
		if (!(time < startOf(position))) seen.set(id, time || now);
	} else {
		watch!.set(number, { stage, time: groupOf(Math.min(time || now, now)) });
	}
}

/**
 * Whether an earlier poll has read an entry. While a backlog is read in slices, an older entry may be listed by a time
 * other than the one the slices go by.
 */
function isReadBefore({ behindSince }: Position, entry: Entry, from: number): boolean {
	if (!(timeOf(entry) < from)) return false;
	if (behindSince === undefined) return true;
	const times = [entry.created, entry.updated].map((time) => timeIn(time) || 0);
	const latest = Math.max(...times);
	return latest < from || latest >= behindSince;
}
