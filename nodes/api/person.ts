import { asText } from './bodies';
import { addressKey, readAddress } from './addressForms';
import type { Entry } from './entry';
import { namedIn } from './matching';
import { splitCode } from './plans';

/** A number in the form that Clerk Chat documents. */
const PLAIN = /^\+\d{10,15}$/;

/**
 * A key that identifies a person, however the address is written: with or without +, with or without country code. Two
 * people share it only if their numbers have the same last ten digits.
 * @returns '' when there is nothing to read
 */
export function personOf(address: unknown): string {
	if (typeof address === 'string' && PLAIN.test(address)) return address.slice(-10);
	const read = readAddress(address);
	return read ? addressKey(read) : '';
}

/** The keys that lists may have a person under: they may write a number without its country code. */
export function keysOf(address: unknown): string[] {
	const read = readAddress(address);
	if (!read) return [];
	const keys = new Set([addressKey(read)]);
	const split = read.kind === 'number' && splitCode(read.digits);
	if (split) keys.add(split.national.replace(/^0+/, ''));
	return [...keys];
}

/** An address as written, also when the record puts it inside an object. */
export function addressIn(address: unknown): string {
	return readAddress(address)?.shown ?? asText(address ?? '');
}

/** The recipients of a record entry: everyone it names except its sender. */
export function peopleOf(entry: Entry): string[] {
	const sender = personOf(entry.sender);
	const people = namedIn(entry).map(personOf);
	return [...new Set(people)].filter((person) => person !== sender && person !== '');
}
