import { isComplete, lengthsInWords, planOf, splitCode } from './plans';
import type { Plan } from './plans';

/** What is entered for a phone number and cannot be used. */
export interface Misread {
	/** What was entered. */
	text: string;
	/** What is wrong with it, then what to do, in sentences. */
	why: string;
}

/** Spaces, dots, dashes and brackets as people write them in phone numbers. */
const FORMATTING = /[\s.()[\]/\u2010-\u2015\u2212-]/g;

/** What apps put around numbers to show them from left to right, and goes along when they are copied. */
const INVISIBLE = /[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]/g;

/** E.164: a plus, then 7 to 15 digits that do not start with zero (https://www.itu.int/rec/T-REC-E.164). */
const E164 = /^\+[1-9]\d{6,14}$/;

const EXTENSION = /(?:ext(?:ension|n)?|x|#)[.:]?\s*\d{1,7}$/i;

/** How many digits a phone number has at least; fewer are a short code, unless the country's numbers are that short. */
const SHORTEST_NUMBER = 7;

/** With a country code: of how many digits on a text with blanks or dashes is meant as a phone number. */
const SHORTEST_FORMATTED = 5;

/** Longer texts are no phone number, in characters. */
const LONGEST_TEXT = 60;

/** What people, forms and spreadsheets write where there is no number, without what is no letter. */
const NO_NUMBER = new Set(
	'na nan nil no none null undefined unknown tba tbd missing empty blank false true nonumber nophone nophonenumber notapplicable notavailable notgiven notknown notprovided'.split(
		' ',
	),
);

/** What a spreadsheet shows in the place of a value, such as #REF! */
const CELL_ERROR = /^#[A-Z][A-Z/0]*[!?]?$/i;

/**
 * The digits of a default country code such as +1, 0049 or 1; '' when it is left out.
 * @returns undefined when no country has it
 */
export function countryCodeIn(value: unknown): string | undefined {
	const code = String(value ?? '').replace(/^\s*(\+|00)|\s/g, '');
	return code === '' || planOf(code) ? code : undefined;
}

const WITH_PLUS = 'Write it with + and its country code.';

/**
 * One address as Clerk Chat wants it. A number with + loses its formatting. With a country code, a complete number of
 * that country is completed, and 00 comes before a number abroad. What is written like a phone number and is none of
 * these is refused, and so is what stands for no number. Any other text is an identifier and passes as it is.
 * @param countryCode digits of the default country code without plus, such as `1`; empty for none
 */
export function readAddress(value: string | number, countryCode: string): string | Misread {
	const text = String(value).replace(INVISIBLE, '').trim();
	const misread = (why: string): Misread => ({ text, why });
	if (typeof value === 'number' && !/^\d{3,15}$/.test(text)) {
		return misread('Enter the phone number as text, with + and country code.');
	}
	if (isNoNumber(text)) {
		return misread(
			'This means that there is no number. Leave out such items, for example with a Filter node.',
		);
	}
	const extension = text.length > LONGEST_TEXT ? null : EXTENSION.exec(text);
	const number = extension ? text.slice(0, extension.index).replace(/[,;]/g, '') : text;
	const digits = number.length > LONGEST_TEXT ? '' : number.replace(FORMATTING, '');
	if (extension && /^(?:\+\d+|\d{7,})$/.test(digits)) {
		return misread(`A text can't reach an extension. Enter the number without ${extension[0]}.`);
	}
	if (text.startsWith('+')) {
		const read = `+${withoutZero(number, splitCode(digits.slice(1))?.plan).slice(1)}`;
		if (E164.test(read)) return read;
		return misread(
			'After the +, enter the country code and the number, 7 to 15 digits in all, for example +14155550123.',
		);
	}
	if (!/^\d+$/.test(digits) || extension) return text;
	const plan = planOf(countryCode);
	if (plan) return readNational(text, plan, typeof value === 'number');
	if (digits.length < SHORTEST_NUMBER) return text;
	return misread(
		"It has no + and no country code, so it could be from any country. Write it with +, or set 'Default Country Code' in the credential.",
	);
}

/** Whether something stands for "no number", such as n/a, none or a dash. */
function isNoNumber(text: string): boolean {
	if (text === '' || text.length > LONGEST_TEXT) return false;
	const letters = text.toLowerCase().replace(/[^\p{L}\p{N}]/gu, '');
	return letters === '' || NO_NUMBER.has(letters) || CELL_ERROR.test(text);
}

/** The digits, and a plus. "(0)" is how people mark the zero that falls away after the country code, where one does. */
function withoutZero(text: string, plan: Plan | undefined): string {
	return (plan && !plan.prefix ? text : text.replace('(0)', '')).replace(FORMATTING, '');
}

/** @param isNumber whether it comes as a number, which has lost its zero at the front */
function readNational(text: string, plan: Plan, isNumber: boolean): string | Misread {
	const digits = withoutZero(text, plan);
	const readings = readingsOf(digits, plan, isNumber);
	const [reading] = readings;
	if (readings.length > 1) {
		const all = readings.map((each) => `+${each}`).join(' or ');
		return { text, why: `It could be ${all}. Write the one you mean with +.` };
	}
	if (reading !== undefined && reading !== `${plan.code}0${digits}`) return `+${reading}`;
	const isShort = text === digits ? SHORTEST_NUMBER : SHORTEST_FORMATTED;
	if (reading === undefined && digits.length < isShort) return text;
	return { text, why: whyNone(digits, plan, reading) };
}

/** The numbers, with their country codes, that digits can be where a country is the default. */
function readingsOf(digits: string, plan: Plan, mayLackZero: boolean): string[] {
	const abroad = afterPrefix(digits, plan);
	const split = abroad === undefined ? undefined : splitCode(abroad);
	const foreign = split && isComplete(split.plan, split.national) ? [abroad!] : [];
	if (digits.startsWith('00')) return foreign;
	const { code, prefix, mobileLengths } = plan;
	const ways = new Set([digits]);
	if (prefix) ways.add(digits.replace(prefix, ''));
	if (digits.startsWith(code)) ways.add(digits.slice(code.length));
	if (mayLackZero && !prefix) ways.add(`0${digits}`);
	const complete = [...ways].filter((national) => isComplete(plan, national));
	// Texts go to mobile numbers.
	const mobile = complete.filter(({ length }) => mobileLengths.includes(length));
	const likely = mobile.length === 1 ? mobile : complete;
	return [...likely.map((national) => code + national), ...foreign];
}

/** What follows the prefix of numbers abroad; undefined when digits do not start with it. */
function afterPrefix(digits: string, { abroad }: Plan): string | undefined {
	const prefix = [abroad, '00'].find((each) => each !== undefined && digits.startsWith(each));
	return prefix === undefined ? undefined : digits.slice(prefix.length);
}

/** Why digits are no number of a country. @param reading the number they would be with a zero that got lost */
function whyNone(digits: string, plan: Plan, reading?: string): string {
	const code = `+${plan.code}`;
	if (reading !== undefined) {
		return `Its leading 0 seems to be missing. Did you mean +${reading}? Then write it with +.`;
	}
	if (afterPrefix(digits, plan) !== undefined) {
		return `It starts like a call abroad, but no complete number follows. ${WITH_PLUS}`;
	}
	const national = plan.prefix ? digits.replace(plan.prefix, '') : digits;
	const dropped = digits.slice(0, digits.length - national.length);
	const count = `${national.length} digits${dropped && ` after the ${dropped}`}`;
	const what = plan.lengths.includes(national.length)
		? `No ${code} number looks like this.`
		: `${count}; a ${code} number has ${lengthsInWords(plan)}.`;
	const zero = national.startsWith('0') ? ` ${code} numbers don't start with 0.` : '';
	const split = splitCode(digits);
	return split && split.plan !== plan && isComplete(split.plan, split.national)
		? `${what} Did you mean +${digits}? Then write it with +.`
		: `${what}${zero} ${WITH_PLUS}`;
}
