import { version } from 'libphonenumber-js/package.json';
import { getExampleNumber } from 'libphonenumber-js/max';
import type { CountryCode } from 'libphonenumber-js/max';
import examples from 'libphonenumber-js/examples.mobile.json';
import metadata from 'libphonenumber-js/metadata.max.json';

/*
 * Generates the table of numbering plans from libphonenumber's metadata
 * (https://gitlab.com/catamphetamine/libphonenumber-js/blob/master/METADATA.md).
 */

/** A country's metadata, by position. */
type Country = [
	callingCode: string,
	abroad: string,
	pattern: string,
	lengths: number[],
	formats: unknown,
	prefix: string | 0,
	formattingRule: unknown,
	prefixForParsing: string | 0,
	transformRule: string | 0,
	isPrefixOptional: unknown,
	leadingDigits: unknown,
	types: Array<[pattern: string, lengths?: number[]] | 0> | 0,
	preferredAbroad?: string | 0,
];

const countries = metadata.countries as unknown as Record<string, Country>;

/** Fewer digits are a short code, unless the country's mobile numbers are that short. */
const SHORTEST_NUMBER = 7;

/** How many digits E.164 allows, with the country code. */
const LONGEST_NUMBER = 15;

/** What is longer than this in a prefix are the codes of carriers, which nobody keeps in a list of people. */
const LONGEST_PREFIX = 6;

/** How wide a line of the table is. */
const WIDTH = 110;

/** The source of `nodes/api/numberingPlans.ts`. */
export function numberingPlansSource(): string {
	const rows = Object.entries(metadata.country_calling_codes)
		.map(([code, sharing]) => rowOf(code, sharing))
		.sort((one, other) => one.localeCompare(other, 'en', { numeric: true }));
	return `/*
 * Made by \`npm run generate\` from the metadata of libphonenumber-js ${version} (MIT, and for the metadata Apache-2.0,
 * https://gitlab.com/catamphetamine/libphonenumber-js). Do not change it by hand.
 */

/**
 * For each country code the numbering plan of its main country, with blanks between them:
 * \`code;lengths;mobile lengths;national prefix;prefix of numbers abroad;pattern\`. Lengths are those of the number after
 * its code, such as \`7-9.12\`; those of mobile numbers are left out where they are the same. Both prefixes are left out
 * where there is none, and where it is 00. In patterns, # is a digit.
 */
export const NUMBERING_PLANS = String.raw\`
${wrapped(rows).join('\n')}
\`;
`;
}

/** @param sharing those who share the code, the main one first, whose pattern fits the others, too */
function rowOf(code: string, sharing: string[]): string {
	const [country] = sharing;
	const [, , pattern, lengths, , , , , , , , types] = countries[country];
	const shortest = Math.min(SHORTEST_NUMBER, ...sharing.map(mobileLengthOf));
	const longest = LONGEST_NUMBER - code.length;
	const general = lengths.filter((length) => length >= shortest && length <= longest);
	const mobile = ((types && types[1] && types[1][1]) || general).filter((length) =>
		general.includes(length),
	);
	const all = ranges(general);
	return [
		code,
		all,
		ranges(mobile) === all ? '' : ranges(mobile),
		prefixOf(countries[country]),
		abroadOf(countries[country]),
		pattern.replaceAll('\\d', '#'),
	].join(';');
}

/** The number of digits in the country's example mobile number. */
function mobileLengthOf(country: string): number {
	return getExampleNumber(country as CountryCode, examples)?.nationalNumber.length ?? Infinity;
}

/** What comes before a number inside the country, as a pattern; '' when nothing does. */
function prefixOf(country: Country): string {
	const [prefix, , parsed, transform] = country.slice(5);
	if (!prefix) return '';
	const pattern = String(parsed || prefix);
	// Only with some numbers: those in brackets.
	if (transform === '$1' && pattern.startsWith(`${String(prefix)}(`)) {
		return pattern.replace('(', '(?=').replaceAll('\\d', '#');
	}
	return /^[^(]*$/.test(pattern) && pattern.length <= LONGEST_PREFIX ? pattern : String(prefix);
}

/** What comes before a number abroad; '' when it is 00, a zero alone, or several. */
function abroadOf(country: Country): string {
	const prefix = String(country[12] || country[1]).replace('~', '');
	return /^\d{2,}$/.test(prefix) && prefix !== '00' ? prefix : '';
}

/** Whole numbers as `7-9.12`. */
function ranges(numbers: number[]): string {
	const parts: Array<[first: number, last: number]> = [];
	for (const number of numbers) {
		const last = parts.at(-1);
		if (last?.[1] === number - 1) last[1] = number;
		else parts.push([number, number]);
	}
	return parts.map(([first, last]) => (first === last ? first : `${first}-${last}`)).join('.');
}

/** Rows with blanks between them, in lines of about the same width. */
export function wrapped(rows: string[]): string[] {
	const lines: string[] = [];
	for (const row of rows) {
		const joined = `${lines.at(-1) ?? ''} ${row}`;
		if (lines.length > 0 && joined.length <= WIDTH) lines[lines.length - 1] = joined;
		else lines.push(row);
	}
	return lines;
}
