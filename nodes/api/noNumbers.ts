/* Texts in the place of a phone number that aren't one. */

/** Spaces, dots, dashes and brackets, as people write them in phone numbers. */
export const FORMATTING = /[\s.()[\]/\u2010-\u2015\u2212-]/g;

/** The fewest digits of a phone number; fewer are a short code, unless the country has such short numbers. */
export const SHORTEST_NUMBER = 7;

/** Texts longer than this many characters are not phone numbers. */
export const LONGEST_TEXT = 60;

/** What people, forms and spreadsheets enter for "no number", letters only. */
const NO_NUMBER = new Set(
	'na nan nil no none null undefined unknown tba tbd missing empty blank false true nonumber nophone nophonenumber notapplicable notavailable notgiven notknown notprovided'.split(
		' ',
	),
);

/** What a spreadsheet shows instead of a value, such as #REF! */
const CELL_ERROR = /^#[A-Z][A-Z/0]*[!?]?$/i;

/** Texts that could be mistaken for a number, and what to do about each. */
const LOOKS: Array<[RegExp, string]> = [
	[
		/^\d+(?:[.,]\d+E\+?|E\+)\d{1,2}$/i,
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

/** What to do about digits that could be several numbers, or none. */
export const WITH_PLUS = 'Write it with + and its country code.';

/** The refusal for digits that {@link isStopgap} recognizes. */
export const STOPGAP =
	"It looks like a placeholder. If it's a real number, write it with + and its country code.";

/**
 * Why a text is not a phone number although it looks like one, or stands for "none", such as n/a.
 * @returns undefined if there is no objection
 */
export function whyNoNumber(text: string): string | undefined {
	if (text === '' || text.length > LONGEST_TEXT) return undefined;
	const letters = text.toLowerCase().replace(/[^\p{L}\p{N}]/gu, '');
	if (letters === '' || NO_NUMBER.has(letters) || CELL_ERROR.test(text)) {
		return 'This means that the number is missing. Remove such items, for example with a Filter node.';
	}
	return LOOKS.find(([look]) => look.test(text))?.[1];
}

/** Whether digits look like what people type to get past a form: the same digit over and over. */
export function isStopgap(national: string): boolean {
	return /^(\d)\1+$/.test(national);
}

/** Why a text that doesn't look like a phone number can't be a name either; undefined if it may be one. */
export function whyNoName(text: string): string | undefined {
	const signs = text.replace(/\p{Nd}/gu, '');
	if (text.length - signs.length < SHORTEST_NUMBER || /[\p{L}@]/u.test(signs)) return undefined;
	const [sign = text[0]] = signs.replace(FORMATTING, '');
	return `A phone number can't contain "${sign}". ${WITH_PLUS}`;
}
