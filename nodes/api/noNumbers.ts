/* What stands where a phone number belongs, and is none. */

/** Spaces, dots, dashes and brackets as people write them in phone numbers. */
export const FORMATTING = /[\s.()[\]/\u2010-\u2015\u2212-]/g;

/** How many digits a phone number has at least; fewer are a short code, unless the country's numbers are that short. */
export const SHORTEST_NUMBER = 7;

/** Longer texts are no phone number, in characters. */
export const LONGEST_TEXT = 60;

/** What people, forms and spreadsheets write where there is no number, without what is no letter. */
const NO_NUMBER = new Set(
	'na nan nil no none null undefined unknown tba tbd missing empty blank false true nonumber nophone nophonenumber notapplicable notavailable notgiven notknown notprovided'.split(
		' ',
	),
);

/** What a spreadsheet shows in the place of a value, such as #REF! */
const CELL_ERROR = /^#[A-Z][A-Z/0]*[!?]?$/i;

/** What texts look like that could be taken for a number, and what to do. */
const LOOKS: Array<[RegExp, string]> = [
	[
		/^\d+(?:\.\d+E\+?|E\+)\d{1,2}$/i,
		'A spreadsheet rounded it, so digits are lost. Format its column as text there, and enter the number again.',
	],
	[
		/^\+?\d{7,}\.0+$/,
		'The .0 at its end comes from a spreadsheet. Remove it, or format the column as text there.',
	],
	[
		/^(?:19|20)\d\d([-./])\d{1,2}\1\d{1,2}$|^\d{1,2}([-./])\d{1,2}\2(?:19|20)\d\d$/,
		'It looks like a date. Check which field the number comes from.',
	],
];

/** What to do about a number that may be one of several, or of none. */
export const WITH_PLUS = 'Write it with + and its country code.';

/** What {@link isStopgap} digits are refused with. */
export const STOPGAP =
	"It looks like a placeholder. If it's a real number, write it with + and its country code.";

/**
 * Why a text is no phone number although it could be taken for one, or stands for none, such as n/a.
 * @returns undefined when nothing speaks against it
 */
export function whyNoNumber(text: string): string | undefined {
	if (text === '' || text.length > LONGEST_TEXT) return undefined;
	const letters = text.toLowerCase().replace(/[^\p{L}\p{N}]/gu, '');
	if (letters === '' || NO_NUMBER.has(letters) || CELL_ERROR.test(text)) {
		return 'This means that the number is missing. Remove such items, for example with a Filter node.';
	}
	return LOOKS.find(([look]) => look.test(text))?.[1];
}

/** Whether digits are what people type to get past a form: one digit again and again. */
export function isStopgap(national: string): boolean {
	return /^(\d)\1+$/.test(national);
}

/** Why a text that is not written like a phone number is no name either; undefined when it may be one. */
export function whyNoName(text: string): string | undefined {
	const signs = text.replace(/\p{Nd}/gu, '');
	if (text.length - signs.length < SHORTEST_NUMBER || /[\p{L}@]/u.test(signs)) return undefined;
	const [sign = text[0]] = signs.replace(FORMATTING, '');
	return `A phone number can't contain "${sign}". ${WITH_PLUS}`;
}
