import { TIME_ZONES } from './timeZones';

/** How many digits a country code has at most. */
const LONGEST_CODE = 3;

/** The key for +1 numbers whose area code belongs to no area, such as 800. */
const UNKNOWN_AREA = '1';

let table: { countries: Map<string, string[]>; areas: Map<string, string[]> } | undefined;

/**
 * The time zones a phone number may be in, by its country code, and for +1 by its area code.
 * @param address with + and country code
 * @returns names such as `America/New_York`; undefined for anything else
 */
export function zonesOf(address: string): string[] | undefined {
	const digits = /^\+(\d{7,15})$/.exec(address)?.[1];
	if (digits === undefined) return undefined;
	table ??= readTable();
	const { countries, areas } = table;
	if (digits.startsWith('1')) return areas.get(digits.slice(1, 4)) ?? countries.get(UNKNOWN_AREA);
	for (let length = LONGEST_CODE; length > 0; length--) {
		const zones = countries.get(digits.slice(0, length));
		if (zones) return zones;
	}
	return undefined;
}

function readTable() {
	const countries = new Map<string, string[]>();
	const areas = new Map<string, string[]>();
	for (const row of TIME_ZONES.trim().split(/\s+/)) {
		const [zone, codes, areaCodes] = row.split(';');
		add(countries, codes, zone);
		add(areas, areaCodes, zone);
	}
	return { countries, areas };
}

function add(zones: Map<string, string[]>, codes: string, zone: string): void {
	for (const code of codes.split(',').filter(Boolean)) {
		zones.set(code, [...(zones.get(code) ?? []), zone]);
	}
}
