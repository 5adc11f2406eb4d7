import { asText } from '../api/bodies';
import { compareAddresses, readAddress } from '../api/addressForms';
import type { Entry } from '../api/record';
import { simplified } from '../api/simplified';

/** The trigger's filters. An empty list lets everything through. */
export interface Filters {
	/** The numbers or other addresses that a message may come from. */
	from: string[];
	/** Those it may be sent to. */
	to: string[];
	/** Messages with one of these words pass. */
	containsWords: string[];
	/** The only conversation whose messages pass; blank for all. */
	conversationId: string;
}

/** Whether a message passes all filters. */
export function passes(message: Entry, filters: Filters): boolean {
	const { from, to, containsWords, conversationId } = filters;
	if (from.length > 0 && !isAmong([message.sender], from)) return false;
	if (to.length > 0 && !isAmong(simplified(message).to as string[], to)) return false;
	if (conversationId && asText(message.conversationId) !== conversationId) return false;
	return containsWords.length === 0 || containsWords.some((word) => isIn(message.body, word));
}

/**
 * Whether one of the addresses is wanted. A number without a country code matches one that ends in the same ten digits.
 */
function isAmong(addresses: unknown[], wanted: string[]): boolean {
	const read = (all: unknown[]) => all.flatMap((each) => readAddress(each) ?? []);
	const those = read(wanted);
	return read(addresses).some((address) =>
		those.some((each) => compareAddresses(address, each) === 'same'),
	);
}

/** Whether a text contains a word, or several words in this order, as whole words in upper or lower case. */
function isIn(text: unknown, word: string): boolean {
	const words = wordsOf(word);
	if (words.trim() !== '') return wordsOf(text).includes(words);
	// Only symbols, such as an emoji.
	return asText(text ?? '').includes(word);
}

/** The words of a text in lower case, each surrounded by spaces. */
function wordsOf(text: unknown): string {
	const words = asText(text ?? '')
		.normalize('NFKC')
		.toLowerCase()
		.split(/[^\p{L}\p{M}\p{N}]+/u);
	return ` ${words.filter(Boolean).join(' ')} `;
}
