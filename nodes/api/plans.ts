import { NUMBERING_PLANS } from './numberingPlans';

/** How a country's numbers are built. */
export interface Plan {
	/** The country code, such as `1`. */
	code: string;
	/** How many digits its numbers have after the code. */
	lengths: number[];
	/** The same for its mobile numbers. */
	mobileLengths: number[];
	/** The prefix for calls within the country, which is dropped after the code; left out if there is none. */
	prefix?: RegExp;
	/** The international prefix, besides 00. */
	abroad?: string;
	/** The pattern of its numbers after the code. */
	pattern: RegExp;
}

const ROWS = new Map(
	NUMBERING_PLANS.trim()
		.split(/\s+/)
		.map((row) => [row.slice(0, row.indexOf(';')), row] as const),
);

const plans = new Map<string, Plan>();

/** The plan for a country code such as `1`; undefined when no country has that code. */
export function planOf(code: string): Plan | undefined {
	const row = ROWS.get(code);
	if (row && !plans.has(code)) plans.set(code, planIn(row));
	return plans.get(code);
}

/** Splits the digits of a number into country code and national number; undefined when no country has the code. */
export function splitCode(digits: string): { plan: Plan; national: string } | undefined {
	for (const length of [1, 2, 3]) {
		const plan = planOf(digits.slice(0, length));
		if (plan) return { plan, national: digits.slice(length) };
	}
	return undefined;
}

/** Whether digits are a complete number of a country, without its code. */
export function isComplete({ lengths, pattern }: Plan, national: string): boolean {
	return lengths.includes(national.length) && pattern.test(national);
}

/** Whether a number with plus and country code is a complete number of that country. */
export function isWhole(number: string): boolean {
	const split = splitCode(number.slice(1));
	return split !== undefined && isComplete(split.plan, split.national);
}

/** How many digits a country's numbers have after the code, in words: `10`, `8 or 10`, `7 to 15`. */
export function lengthsInWords({ lengths }: Plan): string {
	const last = lengths[lengths.length - 1];
	if (lengths.length === 1) return String(last);
	if (lengths.length > 2 && last - lengths[0] === lengths.length - 1)
		return `${lengths[0]} to ${last}`;
	return `${lengths.slice(0, -1).join(', ')} or ${last}`;
}

/**
 * Describes an unusual number length, such as "+1 numbers have 10 digits after +1; this has 9".
 * @param address an address of any kind
 * @returns undefined when its country has numbers of that length, or when it is not a phone number of a known country
 */
export function oddLengthOf(address: string): string | undefined {
	const split = /^\+\d+$/.test(address) ? splitCode(address.slice(1)) : undefined;
	if (!split || split.plan.lengths.includes(split.national.length)) return undefined;
	const { plan, national } = split;
	const code = `+${plan.code}`;
	return `${code} numbers have ${lengthsInWords(plan)} digits after ${code}; this has ${national.length}`;
}

function planIn(row: string): Plan {
	const [code, lengths, mobile, prefix, abroad, pattern] = row.split(';');
	return {
		code,
		lengths: numbersIn(lengths),
		mobileLengths: numbersIn(mobile || lengths),
		...(prefix && { prefix: new RegExp(`^(?:${withDigits(prefix)})`) }),
		...(abroad && { abroad }),
		pattern: new RegExp(`^(?:${withDigits(pattern)})$`),
	};
}

/** The numbers in a text such as `7-9.12`. */
function numbersIn(ranges: string): number[] {
	return ranges.split('.').flatMap((range) => {
		const [first, last = first] = range.split('-').map(Number);
		return Array.from({ length: last - first + 1 }, (_, index) => first + index);
	});
}

function withDigits(pattern: string): string {
	return pattern.replace(/#/g, '\\d');
}
