import { namedIn } from './matching';
import type { Entry } from './record';

/** What channels write in front of a number. */
const CHANNEL = /^(?:whatsapp|sms|mms|rcs|tel):/;

/**
 * Who is behind an address: the same text however a phone number is written (`+49…`, `0049…`, `49…`, `whatsapp:+49…`, with
 * blanks or dashes). Any other identifier as it is, in small letters.
 */
export function personOf(address: unknown): string {
	const text = String(address ?? '')
		.trim()
		.toLowerCase()
		.replace(CHANNEL, '');
	return /^\+?[\d\s().-]+$/.test(text) ? text.replace(/\D/g, '').replace(/^00/, '') : text;
}

/** The people that a message names, without its sender. */
export function othersOf(entry: Entry): Set<string> {
	const people = new Set(namedIn(entry).map(personOf));
	people.delete(personOf(entry.sender));
	people.delete('');
	return people;
}
