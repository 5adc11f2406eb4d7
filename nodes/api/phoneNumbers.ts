import {
	FORMATTING,
	isStopgap,
	LONGEST_TEXT,
	SHORTEST_NUMBER,
	STOPGAP,
	whyNoName,
	whyNoNumber,
	WITH_PLUS,
} from './noNumbers';
import { isComplete, isWhole, lengthsInWords, planOf, splitCode } from './plans';
import type { Plan } from './plans';

/** What is entered for a phone number and cannot be used. */
export interface Misread {
	/** What was entered. */
	text: string;
	/** What is wrong with it, then what to do, in sentences. */
	why: string;
}

/** What apps put around and into numbers that nobody sees, and goes along when they are copied. */
const INVISIBLE = /\p{Cf}/gu;

/** Digits and signs as wide as letters of Chinese and Japanese. */
const WIDE = /[\uff08-\uff19\uff3b\uff3d]/g;

/** E.164: a plus, then 7 to 15 digits that do not start with zero (https://www.itu.int/rec/T-REC-E.164). */
const E164 = /^\+[1-9]\d{6,14}$/;

const EXTENSION = /[([]?(?:ext(?:ension|n)?|x|#)[.:]?\s*\d{1,7}[)\]]?$/i;

/** Two numbers, without what only makes them readable. */
const TWO = /^\+?\d{7,}(?:or|and|&|\+)\+?\d{7,}$/i;

/** With a country code: of how many digits on a text with blanks or dashes is meant as a phone number. */
const SHORTEST_FORMATTED = 5;

/** How many digits a short code has at least. */
const SHORTEST_CODE = 3;

/**
 * The digits of a default country code such as +1, 0049 or 1; '' when it is left out.
 * @returns undefined when no country has it
 */
export function countryCodeIn(value: unknown): string | undefined {
	const code = String(value ?? '').replace(/^\s*(\+|00)|\s/g, '');
	return code === '' || planOf(code) ? code : undefined;
}

const AFTER_PLUS =
	'After the +, enter the country code and the number, 7 to 15 digits in all, for example +14155550123.';

const TWO_NUMBERS =
	"It looks like two numbers. Enter one. In 'To', you can enter both, separated by a comma.";

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
	const written =
		text.length > LONGEST_TEXT ? '' : text.replace(WIDE, (wide) => wide.normalize('NFKC'));
	const none = whyNoNumber(written);
	if (none) return misread(none);
	const extension = EXTENSION.exec(written);
	const number = extension ? written.slice(0, extension.index).replace(/[,;]/g, '') : written;
	const digits = number.replace(FORMATTING, '');
	if (extension && /^(?:\+\d+|\d{7,})$/.test(digits)) {
		return misread(`Texts can't be sent to an extension. Enter the number without ${extension[0]}.`);
	}
	const plan = planOf(countryCode);
	if (TWO.test(digits) || holdsTwo(number, plan)) return misread(TWO_NUMBERS);
	if (text.startsWith('+') || digits.startsWith('+')) {
		const [read, other] = internationalIn(number);
		if (read === undefined) return misread(AFTER_PLUS);
		return other === undefined ? read : misread(whySeveral([read, other]));
	}
	if (!/^\d+$/.test(digits) || extension) {
		const why = whyNoName(text);
		return why ? misread(why) : text;
	}
	if (digits.length < SHORTEST_CODE) return misread(`It is too short. ${WITH_PLUS}`);
	if (plan) return readNational(written, plan, typeof value === 'number');
	if (digits.length < SHORTEST_NUMBER) return text;
	return misread(
		"It has no + and no country code, so it could be from any country. Write it with +, or set 'Default Country Code' in the credential.",
	);
}

/** Whether a number is whole before its last slash, so that another one follows. */
function holdsTwo(number: string, plan: Plan | undefined): boolean {
	const first = number.slice(0, Math.max(number.lastIndexOf('/'), 0));
	if (first.startsWith('+')) return internationalIn(first).some(isWhole);
	return plan !== undefined && readingsOf(withoutZero(first, plan), plan, false).length > 0;
}

/** The E.164 numbers that a number with a plus can be. */
function internationalIn(number: string): string[] {
	const [, code] = /^\+\((\d+)\)/.exec(number) ?? [];
	if (code && !planOf(code)) return [];
	const digits = number.replace(FORMATTING, '');
	const plan = splitCode(digits.slice(1))?.plan;
	// Where no zero falls away, people may still mark one that does not belong there.
	const both = plan && !plan.prefix ? [digits, withoutZero(number)].filter(isWhole) : [];
	const ways = both.length > 0 ? [...new Set(both)] : [withoutZero(number, plan)];
	return ways.filter((way) => E164.test(way));
}

/**
 * The digits, and a plus. "(0)" is how people mark the zero that falls away after the country code, where one does.
 * @param plan of the number with a plus, of the default country without; left out when the zero is to fall away anyway
 */
function withoutZero(text: string, plan?: Plan): string {
	const all = text.replace(FORMATTING, '');
	const at = text.indexOf('(0)');
	if (at === -1 || (plan && !plan.prefix)) return all;
	const before = text.slice(0, at).replace(FORMATTING, '');
	const code = (plan && afterPrefix(before, plan)) ?? before.replace(/^\+/, '');
	return code === '' || planOf(code) ? before + all.slice(before.length + 1) : all;
}

/** @param isNumber whether it comes as a number, which has lost its zero at the front */
function readNational(text: string, plan: Plan, isNumber: boolean): string | Misread {
	const digits = withoutZero(text, plan);
	const readings = readingsOf(digits, plan, isNumber);
	const [reading] = readings;
	if (readings.length > 1) {
		return { text, why: whySeveral(readings.map((each) => `+${each}`)) };
	}
	if (reading?.startsWith(plan.code) && isStopgap(reading.slice(plan.code.length))) {
		return { text, why: STOPGAP };
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

function whySeveral(numbers: string[]): string {
	return `It could be ${numbers.join(' or ')}. Write the one you mean with +.`;
}

/** Why digits are no number of a country. @param reading the number they would be with a zero that got lost */
function whyNone(digits: string, plan: Plan, reading?: string): string {
	const code = `+${plan.code}`;
	if (reading !== undefined) {
		return `Its leading 0 seems to be missing. Did you mean +${reading}? Then write it with +.`;
	}
	if (afterPrefix(digits, plan) !== undefined) {
		return `It starts like an international number, but isn't complete. ${WITH_PLUS}`;
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
