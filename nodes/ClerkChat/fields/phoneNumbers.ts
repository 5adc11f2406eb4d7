/** Spaces, dots, dashes and brackets as people write them in phone numbers. */
const FORMATTING = /[\s.()[\]/\u2010-\u2015\u2212-]/g;

/** What apps put around numbers to show them from left to right, and goes along when they are copied. */
const INVISIBLE = /[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]/g;

/** E.164: a plus, then 7 to 15 digits that do not start with zero (https://www.itu.int/rec/T-REC-E.164). */
const E164 = /^\+[1-9]\d{6,14}$/;

/** How many digits a number has at least, where {@link SHORTEST} does not say less. */
const SHORTEST_NUMBER = 7;

/** How many digits a number has at most, with its country code. */
const LONGEST_NUMBER = 15;

/** Here nothing falls away: a leading zero is part of the number. */
const NOTHING = /^$/;

/**
 * By country code, what is dialled before a number inside the country and falls away behind the code. Everywhere else it
 * is a zero (https://en.wikipedia.org/wiki/Trunk_prefix).
 */
const TRUNK_PREFIX: Record<string, RegExp> = {
	'7': /^8(?=\d{10}$)/,
	'36': /^06/,
	'39': NOTHING,
	'225': NOTHING,
	'229': NOTHING,
	'241': /^0(?=\d{8}$)/,
	'242': NOTHING,
	'370': /^[08]/,
	'375': /^80/,
	'378': NOTHING,
	'993': /^8(?=\d{8}$)/,
};

/**
 * By country code, what is dialled before a number abroad. Everywhere else it is 00, or something that begins with it
 * (https://en.wikipedia.org/wiki/List_of_international_call_prefixes).
 */
const INTERNATIONAL_PREFIX: Record<string, RegExp> = {
	'1': /^(011|00)/,
	'7': /^(810|00)/,
	'61': /^(0011|00)/,
	'81': /^(010|00)/,
};

/**
 * By country code, how many digits the shortest mobile numbers have behind it. Only where it is not 9 or 10, and for
 * Brazil, which has an area 55 as well (libphonenumber, which test/unit/phoneNumbers.test.ts compares this with).
 */
const SHORTEST = new Map(
	Object.entries({
		4: '290 683 690',
		5: '247 500 682 688',
		6: '298 299 376 508 672 681 687',
		7: '220 238 239 246 248 269 291 297 354 501 592 597 599 673 674 676 677 678 679 680 685 691 692 960',
		8: '45 47 53 65 95',
		10: '55',
	}).flatMap(([digits, codes]) => codes.split(' ').map((code) => [code, Number(digits)] as const)),
);

/** By country code, how many digits the longest numbers have behind it. Everywhere else it is 10 (as above). */
const LONGEST: Record<string, number> = {
	31: 11,
	39: 12,
	43: 13,
	49: 15,
	54: 11,
	55: 11,
	62: 12,
	86: 11,
	352: 11,
	381: 12,
	383: 12,
	972: 12,
};

/**
 * By country code, the mobile numbers behind it, where they are long enough to be read as a number abroad: digits of this
 * shape are that country's. In North America mobile numbers look like all others (libphonenumber, as above).
 */
const MOBILE: Record<string, RegExp> = {
	'1': /^[2-9]\d\d[2-9]\d{6}$/,
	'7': /^[79]\d{9}$/,
	'20': /^1[0-25]\d{8}$/,
	'30': /^6[89]\d{8}$/,
	'31': /^6\d{8}$/,
	'39': /^3\d{8,9}$/,
	'43': /^6(5[0-3579]|6[013-9]|[7-9]\d)\d{4,10}$/,
	'44': /^7\d{9}$/,
	'49': /^1(5\d|6[023]|7\d)\d{7,8}$/,
	'52': /^[2-9]\d{9}$/,
	'54': /^9(11|[23]\d)\d{8}$/,
	'55': /^[1-9]{2}9\d{8}$/,
	'57': /^3\d{9}$/,
	'58': /^4\d{9}$/,
	'60': /^1\d{8,9}$/,
	'62': /^8\d{8,11}$/,
	'63': /^[89]\d{9}$/,
	'64': /^2\d{7,9}$/,
	'81': /^[6-9]0\d{8}$/,
	'82': /^1\d{8,9}$/,
	'86': /^1([358]\d|4[579]|6[25-7]|7[0-8]|9[0-35-9])\d{8}$/,
	'90': /^5\d{9}$/,
	'91': /^(6[0-3]|[7-9]\d)\d{8}$/,
	'92': /^3\d{9}$/,
	'95': /^9[2-46-9]\d{5,8}$/,
	'98': /^9\d{9}$/,
	'234': /^[789]\d{9}$/,
	'352': /^6\d{8}$/,
	'358': /^[45]\d{8,9}$/,
	'375': /^(25|29|33|44)\d{7}$/,
	'378': /^6[16]\d{6}$/,
	'381': /^6\d{7,9}$/,
	'383': /^4[3-9]\d{6}$/,
	'850': /^19\d{8}$/,
	'856': /^20\d{8}$/,
	'880': /^1[3-9]\d{8}$/,
	'964': /^7\d{9}$/,
	'972': /^5\d{8}$/,
	'977': /^9\d{9}$/,
};

/** Where national numbers begin with a zero that a spreadsheet drops, and that does not fall away behind the code. */
const KEEPS_ZERO = new Set(['39', '225', '229', '241', '242', '378']);

/** With fewer digits, what fits the default country is not taken for a number abroad. */
const SHORTEST_ABROAD = 10;

/** Digits that can be read in more than one way. */
export interface Doubt {
	digits: string;
	/** The ways, such as `+15202345678` or `a short code`. */
	readings: string[];
}

/**
 * One address as Clerk Chat wants it. A `+` number loses its formatting. With a country code, national numbers are
 * completed, and what is too long for one gets its `+` back. A *number* without a country code is always in doubt, since
 * spreadsheets drop a plus and zeros. Any other text is an identifier and passes as it is.
 * @param countryCode digits of the default country code without plus, such as `1`; empty for none
 * @returns the address; or the ways in which digits can be read, when there are several; or undefined for a `+` number
 * that is no phone number, and for a number with a fraction, below one, with more digits than a number can hold, or that
 * is none of the default country or abroad
 */
export function toAddress(value: string | number, countryCode: string): string | Doubt | undefined {
	if (typeof value === 'number' && !(Number.isSafeInteger(value) && value > 0)) return undefined;
	const text = String(value).replace(INVISIBLE, '').trim();
	if (text.startsWith('+')) {
		const number = plain(text);
		return E164.test(number) ? number : undefined;
	}
	if (countryCode) {
		const digits = plain(text);
		const readings = readingsOf(digits, countryCode, typeof value === 'number');
		if (readings.length > 1) return { digits, readings };
		if (readings.length === 1) return readings[0];
		return typeof value === 'number' && digits.length >= SHORTEST_NUMBER ? undefined : text;
	}
	if (typeof value !== 'number') return text;
	if (text.length > LONGEST_NUMBER) return undefined;
	const first = text.length >= SHORTEST_NUMBER ? `+${text}` : 'a short code';
	return { digits: text, readings: [first, 'a national number without its first zero'] };
}

/** "(0)" is how Europeans mark the zero that falls away behind the country code. */
function plain(text: string): string {
	return text.replace(/\(0\)/, '').replace(FORMATTING, '');
}

/**
 * The E.164 numbers that digits can be, the national one first.
 * @param mayLackZero whether a zero at the front may have been lost
 */
function readingsOf(digits: string, countryCode: string, mayLackZero: boolean): string[] {
	const shortest = SHORTEST.get(countryCode);
	if (!/^\d{4,18}$/.test(digits) || digits.length < (shortest ?? SHORTEST_NUMBER)) return [];
	const abroad = digits.replace(INTERNATIONAL_PREFIX[countryCode] ?? /^00/, '');
	if (abroad !== digits) return numbers(abroad);
	const inside = digits.replace(TRUNK_PREFIX[countryCode] ?? /^0/, '');
	if (MOBILE[countryCode]?.test(inside)) return numbers(countryCode + inside);
	if (isComplete(digits, countryCode)) return numbers(digits);
	if (inside.length > (LONGEST[countryCode] ?? 10)) return numbers(digits);
	return numbers(
		countryCode + inside,
		...(mayLackZero && KEEPS_ZERO.has(countryCode) ? [`${countryCode}0${digits}`] : []),
		...(digits.length >= SHORTEST_ABROAD ? [digits] : []),
	);
}

/** Whether digits begin with the default country code, and a mobile number of that country is behind it. */
function isComplete(digits: string, countryCode: string): boolean {
	if (!digits.startsWith(countryCode)) return false;
	const rest = digits.slice(countryCode.length);
	const shortest = SHORTEST.get(countryCode) ?? 11 - countryCode.length;
	return MOBILE[countryCode]?.test(rest) ?? rest.length >= shortest;
}

function numbers(...digits: string[]): string[] {
	return digits.map((each) => `+${each}`).filter((each) => E164.test(each));
}
