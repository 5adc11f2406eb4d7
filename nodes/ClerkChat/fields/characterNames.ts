import { TYPOGRAPHY } from './typography';

/** What a character is called, by the first pattern that fits. */
const KINDS: Array<[pattern: RegExp, name: string]> = [
	[/^[\p{Extended_Pictographic}\p{Regional_Indicator}]|\u20e3/u, 'emoji'],
	[/^.[\ufe00-\ufe0f\u034f]+$/u, 'followed by an invisible character'],
	[/^\p{Script=Latin}\p{M}/u, 'combining accent'],
	[/^\p{Script=Latin}/u, 'letter'],
	[/^\p{Script=Cyrillic}/u, 'Cyrillic letter'],
	[/^\p{Script=Greek}/u, 'Greek letter'],
	[/^\p{Script=Arabic}/u, 'Arabic letter'],
	[/^\p{Script=Hebrew}/u, 'Hebrew letter'],
	[/^\p{Script=Han}/u, 'Chinese character'],
	[/^[\p{Script=Hiragana}\p{Script=Katakana}]/u, 'Japanese character'],
	[/^\p{Script=Hangul}/u, 'Korean character'],
	[/^\p{L}/u, 'letter of another script'],
	[/^\p{Sc}/u, 'currency sign'],
	[/^\p{Cs}/u, 'incomplete character'],
	[/^\p{Cc}/u, 'control character'],
	[/^\p{M}/u, 'combining accent'],
];

/** Signs that people use in texts, and which no pattern above names. */
const SIGNS = new Map([
	['°', 'degree sign'],
	['©', 'copyright sign'],
	['®', 'registered sign'],
	['™', 'trademark sign'],
	['×', 'multiplication sign'],
	['÷', 'division sign'],
	['·', 'middle dot'],
	['½', 'fraction'],
	['¼', 'fraction'],
	['¾', 'fraction'],
	['→', 'arrow'],
	['✓', 'check mark'],
]);

/**
 * What a character is called in plain words, such as "curly apostrophe".
 * @param character as people see one: it may be made of several code points
 * @returns undefined when there are no words for it
 */
export function nameOf(character: string): string | undefined {
	return (
		TYPOGRAPHY.get(character)?.name ??
		SIGNS.get(character) ??
		KINDS.find(([pattern]) => pattern.test(character))?.[1]
	);
}

/** The code points of a character, such as "U+2019". */
export function codePointsOf(character: string): string {
	return [...character]
		.map((point) => `U+${point.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0')}`)
		.join(' ');
}
