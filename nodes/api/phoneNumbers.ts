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

/** An entered phone number that can't be used. */
export interface Misread {
	/** What was entered. */
	text: string;
	/** What is wrong with it, then what to do, in sentences. */
	why: string;
}

/** Invisible characters that apps put around and into numbers, and that get copied along. */
const INVISIBLE = /\p{Cf}/gu;

/** Full-width digits and signs, as typed with Chinese and Japanese keyboards. */
const WIDE = /[\uff08-\uff19\uff3b\uff3d]/g;

/** E.164: a plus, then 7 to 15 digits, the first of them not zero (https://www.itu.int/rec/T-REC-E.164). */
const E164 = /^\+[1-9]\d{6,14}$/;

const EXTENSION = /[([]?(?:ext(?:ension|n)?|x|#)[.:=]?\s*\d{1,7}[)\]]?$/i;

/** Two numbers, after formatting has been removed. */
const TWO = /^\+?\d{7,}(?:or|and|&|\+)\+?\d{7,}$/i;

/** With a default country code: from how many digits on a text with spaces or dashes is meant as a phone number. */
const SHORTEST_FORMATTED = 5;

/** The fewest digits of a short code. */
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
 * Converts one address to what Clerk Chat expects. A number with + loses its formatting. With a default country code, a
 * full national number gets that code, and 00 counts as the international prefix. What looks like a phone number but is
 * none of these is refused, and so is a placeholder for a missing number. Any other text is an ID and stays as it is.
 * @param countryCode digits of the default country code, such as `1`; empty for none
 */
export function toAddress(value: string | number, countryCode: string): string | Misread {
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
	if (extension && /^(?:\+\d+|\d{7,})?$/.test(digits)) {
		return misread(
			`Texts can't be sent to an extension. Enter the number without ${extension[0]}.`,
		);
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

/** Whether a number is complete before its last slash, so that another one follows. */
function holdsTwo(number: string, plan: Plan | undefined): boolean {
	const first = number.slice(0, Math.max(number.lastIndexOf('/'), 0));
	if (first.startsWith('+')) return internationalIn(first).some(isWhole);
	return plan !== undefined && readingsOf(withoutZero(first, plan), plan, false).length > 0;
}

/** The E.164 numbers that a number with a plus can mean. */
function internationalIn(number: string): string[] {
	const [, code] = /^\+\((\d+)\)/.exec(number) ?? [];
	if (code && !planOf(code)) return [];
	const digits = number.replace(FORMATTING, '');
	const plan = splitCode(digits.slice(1))?.plan;
	// In countries without a leading zero, people may still write one that doesn't belong there.
	const both = plan && !plan.prefix ? [digits, withoutZero(number)].filter(isWhole) : [];
	const ways = both.length > 0 ? [...new Set(both)] : [withoutZero(number, plan)];
	return ways.filter((way) => E164.test(way));
}

/**
 * The digits, and a plus. "(0)" marks the zero that is dropped after the country code, in countries that drop it.
 * @param plan of the number with a plus, or of the default country; left out when the zero is dropped anyway
 */
function withoutZero(text: string, plan?: Plan): string {
	const all = text.replace(FORMATTING, '');
	const at = text.indexOf('(0)');
	if (at === -1 || (plan && !plan.prefix)) return all;
	const before = text.slice(0, at).replace(FORMATTING, '');
	const code = (plan && afterPrefix(before, plan)) ?? before.replace(/^\+/, '');
	return code === '' || planOf(code) ? before + all.slice(before.length + 1) : all;
}

/** @param isNumber whether the value is a number, which has lost its leading zero */
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

/** The numbers, with country codes, that digits can mean with a default country. */
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
	// Texts are sent to mobile numbers.
	const mobile = complete.filter(({ length }) => mobileLengths.includes(length));
	const likely = mobile.length === 1 ? mobile : complete;
	// A spreadsheet may have dropped the plus.
	if (complete.length > 0 && mobile.length === 0 && isWhole(`+${digits}`)) foreign.push(digits);
	return [...new Set([...likely.map((national) => code + national), ...foreign])];
}

/** The digits after the international prefix; undefined when there is none. */
function afterPrefix(digits: string, { abroad }: Plan): string | undefined {
	const prefix = [abroad, '00'].find((each) => each !== undefined && digits.startsWith(each));
	return prefix === undefined ? undefined : digits.slice(prefix.length);
}

function whySeveral(numbers: string[]): string {
	return `It could be ${numbers.join(' or ')}. Write the one you mean with +.`;
}

/** Why digits are not a number of a country. @param reading the number they would be with a missing leading zero */
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
