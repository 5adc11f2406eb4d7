/** Spaces, dots, dashes and brackets as people write them in phone numbers. */
const FORMATTING = /[\s.()[\]/\u2010-\u2015\u2212-]/g;

/** What apps put around numbers to show them from left to right, and goes along when they are copied. */
const INVISIBLE = /[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]/g;

/** E.164: a plus, then 7 to 15 digits that do not start with zero (https://www.itu.int/rec/T-REC-E.164). */
const E164 = /^\+[1-9]\d{6,14}$/;

/** Where this falls away, a leading zero is part of the number. */
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

/** By country code, how many digits the longest mobile numbers have behind it. Everywhere else it is 10 (as above). */
const LONGEST: Record<string, number> = { 43: 13, 49: 11, 54: 11, 55: 11, 62: 12, 86: 11 };

/**
 * One address as Clerk Chat wants it. A `+` number loses its formatting. With a country code, national numbers are
 * completed, and what is too long for one gets its `+` back. Without, a bare *number* of 11 to 15 digits (spreadsheets
 * drop the plus) gets it back. Anything else is an identifier and passes as it is.
 * @param countryCode digits of the default country code without plus, such as `1`; empty for none
 * @returns the address, or undefined for a `+` number that is no phone number, and for a number with a fraction, below
 * one, or with more digits than a number can hold
 */
export function toAddress(value: string | number, countryCode: string): string | undefined {
	if (typeof value === 'number' && !(Number.isSafeInteger(value) && value > 0)) return undefined;
	const text = String(value).replace(INVISIBLE, '').trim();
	if (text.startsWith('+')) {
		const number = plain(text);
		return E164.test(number) ? number : undefined;
	}
	if (countryCode) return toInternational(plain(text), countryCode) ?? text;
	return typeof value === 'number' && /^\d{11,15}$/.test(text) ? `+${text}` : text;
}

/** "(0)" is how Europeans mark the zero that falls away behind the country code. */
function plain(text: string): string {
	return text.replace(/\(0\)/, '').replace(FORMATTING, '');
}

function toInternational(digits: string, countryCode: string): string | undefined {
	const shortest = SHORTEST.get(countryCode);
	if (!/^\d{4,18}$/.test(digits) || digits.length < (shortest ?? 7)) return undefined;
	const abroad = digits.replace(INTERNATIONAL_PREFIX[countryCode] ?? /^00/, '');
	const international = shortest === undefined ? 11 : countryCode.length + shortest;
	const inside = digits.replace(TRUNK_PREFIX[countryCode] ?? /^0/, '');
	let number = countryCode + inside;
	if (abroad !== digits) number = abroad;
	else if (digits.startsWith(countryCode) && digits.length >= international) number = digits;
	else if (inside.length > (LONGEST[countryCode] ?? 10)) number = digits;
	return E164.test(`+${number}`) ? `+${number}` : undefined;
}
