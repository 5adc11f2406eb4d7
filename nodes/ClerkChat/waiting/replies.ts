import { readText } from './answers';
import type { Answer } from './answers';
import type { Question } from './question';

/*
 * What a text says to a question with buttons. Only the whole text counts: "yes, but not on Friday" is no answer that a
 * workflow should go on with.
 */

const YES = ['yes', 'y', 'yeah', 'yep', 'yup', 'ok', 'okay', 'sure', '👍', '👌', '✅', '✔'];
const NO = ['no', 'n', 'nope', 'nah', '👎', '❌', '✖'];
const YES_PHRASES = ['o k', 'yes please', 'sounds good', 'go ahead'];
const NO_PHRASES = ['no thanks', 'no thank you'];

/** What phones take as an order to the carrier, and people mean so: no answer to a question that takes any text. */
const ORDERS = new Set(['stop', 'stopall', 'unsubscribe']);

/**
 * Reads a text that somebody sent back.
 * @returns undefined when it is no answer to this question
 */
export function readReply({ buttons }: Question, text: string): Answer | undefined {
	if (!buttons) {
		if (ORDERS.has(plain(text))) return undefined;
		const answer = readText(text);
		return 'complaint' in answer ? undefined : answer;
	}
	const said = plain(text);
	if (said === '') return undefined;
	const approve = plain(buttons.approve);
	const decline = buttons.decline === undefined ? undefined : plain(buttons.decline);
	if (approve !== decline) {
		if (said === approve) return { approved: true };
		if (said === decline) return { approved: false };
	}
	// A button "No" that approves turns the words around. Then only the labels count.
	if (meaningOf(approve) === 'no' || (decline !== undefined && meaningOf(decline) === 'yes')) {
		return undefined;
	}
	const meaning = meaningOf(said);
	if (meaning === 'yes') return { approved: true };
	return meaning === 'no' && decline !== undefined ? { approved: false } : undefined;
}

/** What a plain text says; repeating it changes nothing ("yes yes", "Ok 👍"). */
function meaningOf(said: string): 'yes' | 'no' | undefined {
	if (YES_PHRASES.includes(said)) return 'yes';
	if (NO_PHRASES.includes(said)) return 'no';
	const words = said.split(' ').filter(Boolean);
	if (words.length === 0) return undefined;
	if (words.every((word) => YES.includes(word))) return 'yes';
	return words.every((word) => NO.includes(word)) ? 'no' : undefined;
}

/** Small letters, without punctuation and the colours of emoji, with one blank between words. */
function plain(text: string): string {
	return text
		.normalize('NFKC')
		.toLowerCase()
		.replace(/[\p{Emoji_Modifier}\u{fe0f}\u{200d}]/gu, '')
		.replace(/\p{So}/gu, ' $& ')
		.replace(/\p{P}/gu, (mark) => (mark === "'" || mark === '’' ? '' : ' '))
		.replace(/[\p{Cc}\p{Cf}]/gu, ' ')
		.replace(/\s+/g, ' ')
		.trim();
}
