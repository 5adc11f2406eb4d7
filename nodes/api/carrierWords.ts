/** What a carrier word requests: no more texts, help, or texts again. */
export type CarrierMeaning = 'stop' | 'help' | 'start';

/*
 * Words that carriers and texting providers treat as commands, in capitals and without spaces. YES is not one of them:
 * people mean it as an answer.
 */

/** The words that opt a person out. */
export const STOP_WORDS = [
	'STOP',
	'STOPALL',
	'UNSUBSCRIBE',
	'CANCEL',
	'END',
	'QUIT',
	'REVOKE',
	'OPTOUT',
	'ARRET',
	'REMOVE',
] as const;

/** The words that ask who is texting. */
export const HELP_WORDS = ['HELP', 'INFO'] as const;

/** The words that opt a person in again. */
export const START_WORDS = ['START', 'UNSTOP'] as const;

/** A carrier word in capitals and without spaces, such as `OPTOUT`. */
export type CarrierWord =
	| (typeof STOP_WORDS)[number]
	| (typeof HELP_WORDS)[number]
	| (typeof START_WORDS)[number];

const MEANINGS = new Map<string, CarrierMeaning>([
	...STOP_WORDS.map((word) => [word, 'stop'] as const),
	...HELP_WORDS.map((word) => [word, 'help'] as const),
	...START_WORDS.map((word) => [word, 'start'] as const),
]);

/** Texts longer than this many characters are not carrier words, whatever they begin with. */
const LONGEST_TEXT = 60;

/**
 * The carrier word that makes up a whole text. Upper or lower case, "please", "me", accents, punctuation, emoji and
 * repetition don't matter: "Stop.", "please remove me", "opt-out", "Arrêt", "STOP STOP", "Stop 🛑".
 * @param text what someone texted; anything but a string contains none
 * @returns the word in capitals and without spaces; undefined when the text says anything else
 */
export function carrierWordIn(text: unknown): CarrierWord | undefined {
	if (typeof text !== 'string' || text.length > LONGEST_TEXT) return undefined;
	const parts = text
		.normalize('NFKD')
		.replace(/\p{M}/gu, '')
		.toUpperCase()
		.split(/[\s\p{P}\p{S}\p{Cf}]+/u)
		.filter((part) => part !== 'PLEASE' && part !== 'PLS' && part !== 'ME');
	const words = [parts, [...new Set(parts)]].map((each) => each.join(''));
	return words.find((word) => MEANINGS.has(word)) as CarrierWord | undefined;
}

/**
 * What a text requests as a carrier word.
 * @param text see {@link carrierWordIn}
 * @returns undefined when the text is not a carrier word
 */
export function carrierMeaningOf(text: unknown): CarrierMeaning | undefined {
	return MEANINGS.get(carrierWordIn(text) ?? '');
}
