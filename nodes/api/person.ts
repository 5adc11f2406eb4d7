import { addressKey, readAddress } from './addressForms';
import type { Entry } from './entry';
import { namedIn } from './matching';

/** A number in the form that Clerk Chat documents. */
const PLAIN = /^\+\d{10,15}$/;

/**
 * What tells one person from others, in whichever form the address is written: with + or without, with its country code or
 * without. Two people may share it only where their numbers have the same last ten digits.
 * @returns '' when there is nothing that could be read
 */
export function personOf(address: unknown): string {
	if (typeof address === 'string' && PLAIN.test(address)) return address.slice(-10);
	const read = readAddress(address);
	return read ? addressKey(read) : '';
}

/** An address as it is written, also where the record puts it inside an object. */
export function addressIn(address: unknown): string {
	return readAddress(address)?.shown ?? String(address ?? '');
}

/** Whom an entry of the record went to: all it names but its sender. */
export function peopleOf(entry: Entry): string[] {
	const sender = personOf(entry.sender);
	const people = namedIn(entry).map(personOf);
	return [...new Set(people)].filter((person) => person !== sender && person !== '');
}
