import type { IDataObject } from 'n8n-workflow';
import { asText } from './bodies';

/** A message on Clerk Chat's record, as the API returns it (`MessageObject`). */
export type Entry = IDataObject;

/** A key that identifies an entry. An ID is the same as a number and as text. */
export function idOf(entry: Entry): string {
	return asText(entry.id ?? entry);
}

/** When an entry of the record may have been made, in ms by the API's clock. */
export interface EntryTimes {
	/** The earliest and latest time it can have been sent; unbounded if the entry doesn't say. */
	earliest: number;
	latest: number;
	/** The earliest time it can have been recorded. For a message sent later, that is before it was sent. */
	made: number;
	/** What is wrong with the time, as a clause for people; undefined if nothing is. */
	doubt?: string;
}

const ISO = /^\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d([.,]\d+)?)?)?$/;

/** Clerk Chat's usual time format. It is tried first, because long lists contain thousands of times. */
const USUAL = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

const ZONE = /(z|gmt|utc|[+-]\d\d(:?\d\d)?)\)?$/i;

const MS_PER_HOUR = 3_600_000;

/** How far a time without a time zone may be from the same time in UTC. */
const EARLIER = 14 * MS_PER_HOUR;
const LATER = 12 * MS_PER_HOUR;

interface Read {
	/** In ms; if there is no time zone, read as UTC. */
	time: number;
	hasZone: boolean;
	/** Whether it is only a date. */
	isDay: boolean;
}

/** Reads a time: an ISO 8601 or RFC 2822 text, or a number of seconds, ms or µs since 1970. */
function readTime(value: unknown): Read | undefined {
	if (typeof value === 'string' && USUAL.test(value)) {
		const time = Date.parse(value);
		return Number.isNaN(time) ? undefined : { time, hasZone: true, isDay: false };
	}
	const text = asText(value ?? '').trim();
	if (/^\d{9,17}(\.\d+)?$/.test(text)) {
		const number = Number(text);
		const time = number < 1e11 ? number * 1000 : number < 1e14 ? number : number / 1000;
		return { time, hasZone: true, isDay: false };
	}
	const isIso = ISO.test(text);
	if (typeof value !== 'string' || (!isIso && !ZONE.test(text))) return undefined;
	const isDay = /^\d{4}-\d\d-\d\d$/.test(text);
	const time = Date.parse(
		isIso && !isDay ? `${text.replace(' ', 'T').replace(',', '.')}Z` : inIso(text),
	);
	return Number.isNaN(time) ? undefined : { time, hasZone: !isIso, isDay };
}

/** Converts a time as databases write it (`2026-11-25 12:00:00+00`) to what JavaScript reads. */
function inIso(text: string): string {
	return text.replace(
		/^(\d{4}-\d\d-\d\d)[ T](\d\d:\d\d\S*?) ?([+-]\d\d)?$/,
		(_, day: string, time: string, zone?: string) => `${day}T${time}${zone ? `${zone}:00` : ''}`,
	);
}

/**
 * A time in a field of the API, in ms. Without a time zone, it is read as UTC.
 * @returns NaN when the field contains none
 */
export function timeIn(value: unknown): number {
	return readTime(value)?.time ?? NaN;
}

/**
 * When a message was sent or received, in ms by the API's clock. Without a time zone, it is read as UTC.
 * @returns NaN when the entry doesn't say
 */
export function timeOf({ timestamp, created }: Entry): number {
	const time = timeIn(timestamp);
	return Number.isNaN(time) ? timeIn(created) : time;
}

/** When a message was sent, as far as its entry says. */
export function timesOf({ timestamp, created }: Entry): EntryTimes {
	const sent = readTime(timestamp) ?? readTime(created);
	if (!sent) {
		return {
			earliest: -Infinity,
			latest: Infinity,
			made: -Infinity,
			doubt: 'its time cannot be read',
		};
	}
	if (!sent.hasZone) {
		const earliest = sent.time - EARLIER;
		const latest = sent.time + LATER + (sent.isDay ? 24 * MS_PER_HOUR : 0);
		return { earliest, latest, made: earliest, doubt: 'its time has no time zone' };
	}
	const recorded = readTime(created);
	const made = Math.min(sent.time, recorded?.hasZone ? recorded.time : Infinity);
	return { earliest: sent.time, latest: sent.time, made };
}
