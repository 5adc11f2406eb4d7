/** The hours and days on which something is open. */
export interface Hours {
	/** Minutes after midnight, from 0 to 1440. If `from` is later than `to`, it is open past midnight. */
	from: number;
	to: number;
	/** The days on which it opens; 0 is Sunday. */
	days: Set<number>;
}

const MINUTE = 60_000;
const DAY_MINUTES = 24 * 60;

/** UTC offsets change on quarter hours. */
const QUARTER = 15 * MINUTE;

/** How far ahead to search for an opening, in minutes. */
const LONGEST_LOOK = 7 * DAY_MINUTES;

const formats = new Map<string, Intl.DateTimeFormat>();
const offsets = new Map<string, Map<number, number>>();

/** How many offsets to cache: enough for a few months. */
const MOST_KEPT = 10_000;

/**
 * Whether it is open in a time zone.
 * @param time in ms
 * @throws RangeError when n8n's Node.js does not know the zone
 */
export function isOpen({ from, to, days }: Hours, zone: string, time: number): boolean {
	const { day, minute } = localTime(zone, time);
	if (from < to) return days.has(day) && minute >= from && minute < to;
	// If it opened yesterday, it may still be open this morning.
	return (days.has(day) && minute >= from) || (days.has((day + 6) % 7) && minute < to);
}

/**
 * The first moment when it is open in all of these zones.
 * @param time earliest result, in ms
 * @returns in ms, on a full minute unless it is already open; undefined if there is none within seven days
 */
export function nextOpening(hours: Hours, zones: string[], time: number): number | undefined {
	const isOpenAt = (moment: number) => zones.every((zone) => isOpen(hours, zone, moment));
	if (isOpenAt(time)) return time;
	const first = (Math.floor(time / MINUTE) + 1) * MINUTE;
	for (let minute = 0; minute <= LONGEST_LOOK; minute++) {
		const moment = first + minute * MINUTE;
		if (isOpenAt(moment)) return moment;
	}
	return undefined;
}

/** The time of day in a zone, from 00:00 to 23:59. */
export function clockIn(zone: string, time: number): string {
	const { minute } = localTime(zone, time);
	return asClock(minute);
}

/** Minutes after midnight as a time of day. */
export function asClock(minutes: number): string {
	const [hour, minute] = [Math.floor(minutes / 60), minutes % 60];
	return [hour, minute].map((each) => String(each).padStart(2, '0')).join(':');
}

/** The day of the week (0 is Sunday) and the minute of the day in a zone. */
function localTime(zone: string, time: number): { day: number; minute: number } {
	const minutes = Math.floor((time + offsetOf(zone, time)) / MINUTE);
	// 1970 began on a Thursday.
	const day = (Math.floor(minutes / DAY_MINUTES) + 4) % 7;
	return { day, minute: minutes % DAY_MINUTES };
}

/** How far a zone's clock is ahead of UTC, in ms. */
function offsetOf(zone: string, time: number): number {
	const quarter = Math.floor(time / QUARTER);
	const known = offsets.get(zone) ?? new Map<number, number>();
	if (known.size === 0 || known.size > MOST_KEPT) {
		known.clear();
		offsets.set(zone, known);
	}
	let offset = known.get(quarter);
	if (offset === undefined) {
		const start = quarter * QUARTER;
		offset = localAsUtc(zone, start) - start;
		known.set(quarter, offset);
	}
	return offset;
}

/** The zone's local time, read as if it were UTC, in ms. */
function localAsUtc(zone: string, time: number): number {
	let format = formats.get(zone);
	if (!format) {
		format = new Intl.DateTimeFormat('en-US', {
			timeZone: zone,
			hourCycle: 'h23',
			year: 'numeric',
			month: 'numeric',
			day: 'numeric',
			hour: 'numeric',
			minute: 'numeric',
		});
		formats.set(zone, format);
	}
	const parts = new Map(format.formatToParts(time).map(({ type, value }) => [type, Number(value)]));
	const [year, month, day] = [parts.get('year')!, parts.get('month')!, parts.get('day')!];
	return Date.UTC(year, month - 1, day, parts.get('hour'), parts.get('minute'));
}
