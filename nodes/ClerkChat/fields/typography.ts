/**
 * Characters outside GSM-7 and their plain replacements: what word processors, phones, web pages and AI models write
 * instead of the keys on a keyboard. Each row has a name, the plain character ('' for an invisible one), and code
 * points or ranges.
 *
 * Chosen from the tables of Twilio (`SmartEncodingMap` in `sms-segments-calculator`) and Webex Interact. Left out are
 * look-alikes of letters, digits and accents, symbols with a meaning of their own (÷ ½ *), and full-width forms,
 * because Chinese, Japanese and Korean texts need UCS-2 anyway. Unlike theirs, this table keeps the number of spaces
 * and lines.
 */
const TABLE: Array<[name: string, plain: string, ...codes: Array<number | [number, number]>]> = [
	['curly apostrophe', "'", 0x2019],
	['curly single quote', "'", 0x2018, 0x201a, 0x201b],
	['curly double quote', '"', [0x201c, 0x201f]],
	['angle quote', '"', 0xab, 0xbb],
	['single angle quote', "'", 0x2039, 0x203a],
	['grave accent', "'", 0x60],
	['acute accent', "'", 0xb4],
	['apostrophe letter', "'", 0x2b9, [0x2bb, 0x2bd], 0x2ca, 0x2cb],
	['double apostrophe letter', '"', 0x2ba, 0x2ee],
	['prime', "'", 0x2032, 0x2035],
	['double prime', '"', 0x2033, 0x2036, [0x301d, 0x301f]],
	['ornamental quote', "'", 0x275b, 0x275c],
	['ornamental double quote', '"', 0x275d, 0x275e],
	['en dash', '-', 0x2013],
	['em dash', '-', 0x2014],
	['long dash', '-', 0x2015],
	['typographic hyphen', '-', 0x2010],
	['non-breaking hyphen', '-', 0x2011],
	['figure dash', '-', 0x2012],
	['minus sign', '-', 0x2212],
	['small dash', '-', 0xfe58, 0xfe63],
	['bullet', '-', 0x2022, 0x2023, 0x2043],
	['ellipsis', '...', 0x2026],
	['two-dot leader', '..', 0x2025],
	['one-dot leader', '.', 0x2024],
	['tab', ' ', 0x9],
	['non-breaking space', ' ', 0xa0, 0x202f],
	['thin space', ' ', 0x2009, 0x200a],
	['wide space', ' ', [0x2000, 0x2008], 0x205f, 0x3000],
	['unusual space', ' ', 0x1680, 0x2800],
	['line separator', '\n', 0xb, 0x2028, 0x2029],
	['zero-width space', '', 0x200b],
	['zero-width non-joiner', '', 0x200c],
	['zero-width joiner', '', 0x200d],
	['byte order mark', '', 0xfeff],
	['soft hyphen', '', 0xad],
	['text direction mark', '', 0x61c, 0x200e, 0x200f, [0x202a, 0x202e], [0x2066, 0x2069]],
	['word joiner', '', 0x2060],
	['variation selector', '', 0xfe0e, 0xfe0f],
	[
		'invisible character',
		'',
		0x34f,
		0x180e,
		[0x2061, 0x2064],
		[0x206a, 0x206f],
		[0xe0000, 0xe007f],
	],
	['control character', '', [0x0, 0x8], [0xe, 0x1f], 0x7f],
];

/** The name of each of these characters in plain words, and its replacement. */
export const TYPOGRAPHY: ReadonlyMap<string, { name: string; plain: string }> = new Map(
	TABLE.flatMap(([name, plain, ...codes]) =>
		codes.flatMap((code) => {
			const [first, last] = typeof code === 'number' ? [code, code] : code;
			return Array.from({ length: last - first + 1 }, (_, index) => {
				return [String.fromCodePoint(first + index), { name, plain }] as const;
			});
		}),
	),
);

/**
 * Other characters that people don't expect to be outside GSM-7: look-alikes, composed characters and invisible ones.
 */
const KINDS: Array<[pattern: RegExp, name: string]> = [
	[/^[\p{Emoji_Presentation}\p{Regional_Indicator}]|^\p{Emoji}\ufe0f|\u20e3/u, 'emoji'],
	[/^.[\ufe00-\ufe0f\u034f]+$/u, 'followed by an invisible character'],
	[/^\p{Script=Latin}?\p{M}/u, 'combining accent'],
	[/^\p{Script=Cyrillic}/u, 'Cyrillic letter'],
	[/^\p{Script=Greek}/u, 'Greek letter'],
	[/^\p{Cs}/u, 'incomplete character'],
	[/^\p{Cc}/u, 'control character'],
];

/**
 * A character's name in plain words, such as "curly apostrophe".
 * @param character as people see it; may consist of several code points
 * @returns undefined for a character that needs no explanation
 */
export function nameOf(character: string): string | undefined {
	return TYPOGRAPHY.get(character)?.name ?? KINDS.find(([pattern]) => pattern.test(character))?.[1];
}

/** The code points of a character, such as "U+2019". */
export function codePointsOf(character: string): string {
	return [...character]
		.map((point) => `U+${point.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0')}`)
		.join(' ');
}
