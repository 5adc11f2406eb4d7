import { compareAddresses, readAddress } from '../api/addressForms';
import type { Entry } from '../api/record';
import { simplified } from '../api/simplified';

/** What the trigger's filters say. An empty list lets everything through. */
export interface Filters {
	/** Numbers or other addresses that a message may be from. */
	from: string[];
	/** Those that it may be to. */
	to: string[];
	/** Messages with one of these words pass. */
	containsWords: string[];
	/** The only conversation whose messages come out; blank when all do. */
	conversationId: string;
}

/** Whether a message passes all filters. */
export function passes(message: Entry, filters: Filters): boolean {
	const { from, to, containsWords, conversationId } = filters;
	if (from.length > 0 && !isAmong([message.sender], from)) return false;
	if (to.length > 0 && !isAmong(simplified(message).to as string[], to)) return false;
	if (conversationId && String(message.conversationId) !== conversationId) return false;
	return containsWords.length === 0 || containsWords.some((word) => isIn(message.body, word));
}

/** Whether one of the addresses is wanted. A number without its country code is the one that ends in its ten digits. */
function isAmong(addresses: unknown[], wanted: string[]): boolean {
	const read = (all: unknown[]) => all.flatMap((each) => readAddress(each) ?? []);
	const those = read(wanted);
	return read(addresses).some((address) =>
		those.some((each) => compareAddresses(address, each) === 'same'),
	);
}

/** Whether a text holds a word, or several in this order, as whole words in any case. */
function isIn(text: unknown, word: string): boolean {
	const words = wordsOf(word);
	if (words.trim() !== '') return wordsOf(text).includes(words);
	// Nothing but signs, such as an emoji.
	return String(text ?? '').includes(word);
}

/** The words of a text in small letters, with a blank before and after each. */
function wordsOf(text: unknown): string {
	const words = String(text ?? '')
		.normalize('NFKC')
		.toLowerCase()
		.split(/[^\p{L}\p{M}\p{N}]+/u);
	return ` ${words.filter(Boolean).join(' ')} `;
}
