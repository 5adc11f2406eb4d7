import { isOpen, nextOpening, type Hours } from '../../nodes/ClerkChat/sending/guards/hours';
import { zonesOf } from '../../nodes/ClerkChat/sending/guards/zones';
import metadata from 'libphonenumber-js/metadata.max.json';
import { areaCodes, byPrefix, STATES, zonesBelow } from '../generate/timeZones';

/* 'Send Only Between': which time zones a number may be in, and when sending is allowed in all of them. */

const EVERY_DAY = new Set([0, 1, 2, 3, 4, 5, 6]);
const daytime: Hours = { from: 480, to: 1260, days: EVERY_DAY };
const at = (iso: string) => Date.parse(iso);

test.each<[string, Partial<Hours>, string, boolean]>([
	['a minute before it opens', {}, '2026-01-15T12:59:59.999Z', false],
	['when it opens', {}, '2026-01-15T13:00:00.000Z', true],
	['a moment before it ends', {}, '2026-01-16T01:59:59.999Z', true],
	['when it ends', {}, '2026-01-16T02:00:00.000Z', false],
	['in summer an hour earlier', {}, '2026-07-15T12:00:00.000Z', true],
	['on a day that was not chosen', { days: new Set([1]) }, '2026-01-15T15:00:00.000Z', false],
	['on the day that was chosen', { days: new Set([4]) }, '2026-01-15T15:00:00.000Z', true],
	['by the day there, not that of UTC', { days: new Set([4]) }, '2026-01-16T01:00:00.000Z', true],
	['over midnight, in the evening', { from: 1320, to: 360 }, '2026-01-16T04:00:00.000Z', true],
	['over midnight, in the morning', { from: 1320, to: 360 }, '2026-01-16T10:59:00.000Z', true],
	['over midnight, at noon', { from: 1320, to: 360 }, '2026-01-16T17:00:00.000Z', false],
	[
		'over midnight, the morning belongs to the day before',
		{ from: 1320, to: 360, days: new Set([4]) },
		'2026-01-16T10:00:00.000Z',
		true,
	],
	[
		'over midnight, the morning of a day whose evening was not chosen',
		{ from: 1320, to: 360, days: new Set([5]) },
		'2026-01-16T10:00:00.000Z',
		false,
	],
	['the whole day', { from: 0, to: 1440 }, '2026-01-16T04:59:59.000Z', true],
])('%s', (_, hours, time, open) => {
	expect(isOpen({ ...daytime, ...hours }, 'America/New_York', at(time))).toBe(open);
});

test.each<[string, Partial<Hours>, string[], string, string | undefined]>([
	['now', {}, ['America/New_York'], '2026-01-15T13:00:30Z', '2026-01-15T13:00:30.000Z'],
	['this morning', {}, ['America/New_York'], '2026-01-15T09:12:34Z', '2026-01-15T13:00:00.000Z'],
	['tomorrow', {}, ['America/New_York'], '2026-01-15T02:00:00Z', '2026-01-15T13:00:00.000Z'],
	[
		'when clocks change in between',
		{},
		['America/New_York'],
		'2026-03-08T03:00:00Z',
		'2026-03-08T12:00:00.000Z',
	],
	[
		'in the hour that clocks leave out',
		{ from: 150 },
		['America/New_York'],
		'2026-03-08T06:00:00Z',
		'2026-03-08T07:00:00.000Z',
	],
	[
		'next Monday',
		{ days: new Set([1]) },
		['UTC'],
		'2026-01-13T12:00:00Z',
		'2026-01-19T08:00:00.000Z',
	],
	[
		'where the later one opens',
		{},
		['America/New_York', 'America/Los_Angeles'],
		'2026-01-15T13:30:00Z',
		'2026-01-15T16:00:00.000Z',
	],
	['at a quarter', {}, ['Asia/Kathmandu'], '2026-01-15T00:00:00Z', '2026-01-15T02:15:00.000Z'],
	[
		'never',
		{ from: 480, to: 600 },
		['America/New_York', 'Asia/Tokyo'],
		'2026-01-15T00:00:00Z',
		undefined,
	],
	['never without a day', { days: new Set() }, ['UTC'], '2026-01-15T00:00:00Z', undefined],
])('opens next: %s', (_, hours, zones, time, opens) => {
	const next = nextOpening({ ...daytime, ...hours }, zones, at(time));
	expect(next === undefined ? undefined : new Date(next).toISOString()).toBe(opens);
});

test.each<[string, string[] | undefined]>([
	['+12125550123', ['America/New_York']],
	['+16025550123', ['America/Phoenix']],
	['+18505550123', ['America/Chicago', 'America/New_York']],
	['+12085550123', ['America/Denver', 'America/Los_Angeles']],
	['+442071838750', ['Europe/London']],
	['+4915123456789', ['Europe/Paris']],
	['+77011234567', ['Asia/Almaty', 'Asia/Karachi']],
	['+8613812345678', ['Asia/Manila']],
	['+88210123456', undefined],
	['+99912345678', undefined],
	['12345', undefined],
	['inbox-7', undefined],
])('%s may be in %j', (address, zones) => {
	expect(zonesOf(address)?.slice().sort()).toEqual(zones);
});

test('an unknown area code counts as all of the 50 states', () => {
	expect(zonesOf('+18005550123')?.slice().sort()).toEqual([...STATES].sort());
});

/* Checks against libphonenumber's zones and a separate implementation with Intl. */

const MOMENTS = Array.from({ length: 500 }, (_, index) => {
	// The same ones each time, in the ten years from 2026 on.
	const fraction = (index * 0.618_033_988_75) % 1;
	return Date.UTC(2026, 0, 1) + Math.floor(fraction * 10 * 365.25 * 86_400_000);
});

const clocks = new Map<string, boolean[]>();

function openIn(zone: string): boolean[] {
	const known = clocks.get(zone);
	if (known) return known;
	const format = new Intl.DateTimeFormat('en-GB', {
		timeZone: zone,
		hour: '2-digit',
		hourCycle: 'h23',
	});
	const open = MOMENTS.map((moment) => {
		const hour = Number(format.format(moment));
		return hour >= 8 && hour < 21;
	});
	clocks.set(zone, open);
	return open;
}

const countryCodes = Object.keys(metadata.country_calling_codes).filter((code) => code !== '1');

const numbers: Array<[string, string[]]> = [
	...areaCodes.map((code): [string, string[]] => [`+1${code}5550123`, zonesBelow(`1${code}`)]),
	...[...countryCodes, '77'].map((code): [string, string[]] => [
		`+${code}${'5'.repeat(10)}`,
		byPrefix.get(code) ?? zonesBelow(code),
	]),
];

test('libphonenumber knows the area codes and country codes', () => {
	expect(areaCodes.length).toBeGreaterThan(430);
	expect(countryCodes.length).toBeGreaterThan(200);
});

test.each(numbers)(
	"%s is never open if one of libphonenumber's zones is closed",
	(number, theirs) => {
		const ours = zonesOf(number);
		if (theirs.length === 0) return;
		const opened = MOMENTS.filter((moment) => ours!.every((zone) => isOpen(daytime, zone, moment)));
		const wrongly = opened.filter((moment) => {
			const index = MOMENTS.indexOf(moment);
			return !theirs.every((zone) => openIn(zone)[index]);
		});
		expect(wrongly).toEqual([]);
		// And each day there is an hour for it.
		expect(opened.length).toBeGreaterThan(0);
	},
);

test.each(areaCodes)('+1 %s is open if all of its zones are', (code) => {
	const ours = zonesOf(`+1${code}5550123`)!;
	const theirs = zonesBelow(`1${code}`);
	const openThere = (_: number, index: number) => theirs.every((zone) => openIn(zone)[index]);
	expect(MOMENTS.filter((moment) => ours.every((zone) => isOpen(daytime, zone, moment)))).toEqual(
		MOMENTS.filter(openThere),
	);
});
