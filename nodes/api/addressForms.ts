import { asText } from './bodies';

/*
 * Clerk Chat doesn't document how its record writes the people and the sender of a message: with or without +, in
 * national form, after a channel prefix, or inside an object. Every form that can be read counts.
 */

/** A sender or recipient, as far as the way they are written can be read. */
export type Address =
	| { kind: 'number'; digits: string; hasCountryCode: boolean; shown: string }
	| { kind: 'code' | 'uuid' | 'email' | 'name'; text: string; shown: string };

/** A channel prefix before a number, such as `whatsapp:` or `tel:`. */
const CHANNEL = /^[a-z][a-z-]*:/i;

const LIKE_A_NUMBER = /^\+?[\d\s().\-/\u2010-\u2015\u2212]+$/;

/** A number with + and country code inside a longer text, such as `Anna <+14155550123>`. */
const INSIDE = /\+\d[\d\s().-]{5,}\d/g;

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Fewer digits than this are a short code or an ID. */
const SHORTEST_NUMBER = 7;

/** How many digits identify a number written without its country code. */
const NATIONAL = 10;

/** How many digits a country code has at most. */
const LONGEST_CODE = 3;

/**
 * Reads an address.
 * @param value text, number, or an object containing a number
 * @returns undefined when there is nothing to read
 */
export function readAddress(value: unknown): Address | undefined {
	if (typeof value === 'number') return readAddress(String(value));
	if (typeof value === 'string') return readText(value);
	if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
	const inside = Object.values(value)
		.filter((each) => typeof each === 'string' || typeof each === 'number')
		.map(readAddress)
		.filter((address) => address?.kind === 'number');
	return (
		inside.find((address) => address?.kind === 'number' && address.hasCountryCode) ?? inside[0]
	);
}

function readText(value: string): Address | undefined {
	const shown = value.trim();
	const plain = shown.normalize('NFKC').replace(/\p{Cf}/gu, '');
	const text = plain.replace(CHANNEL, '').replace('(0)', '').trim();
	if (text === '') return undefined;
	if (LIKE_A_NUMBER.test(text) && !UUID.test(text)) return numberIn(text, shown);
	const inside = text.match(INSIDE) ?? [];
	if (inside.length === 1) return numberIn(inside[0], shown);
	const kind = UUID.test(text) ? 'uuid' : text.includes('@') ? 'email' : 'name';
	return { kind, text: text.toLowerCase(), shown };
}

function numberIn(text: string, shown: string): Address | undefined {
	const digits = text.replace(/\D/g, '');
	const hasCountryCode = text.startsWith('+') || digits.startsWith('00');
	const significant = digits.replace(/^0+/, '');
	if (significant.length >= SHORTEST_NUMBER) {
		return { kind: 'number', digits: significant, hasCountryCode, shown };
	}
	return digits === '' ? undefined : { kind: 'code', text: digits, shown };
}

/**
 * Compares two addresses. A number without a country code matches one with a country code that ends in the same ten
 * digits.
 * @returns `unclear` when their forms can't be compared
 */
export function compareAddresses(one: Address, other: Address): 'same' | 'different' | 'unclear' {
	if (one.kind !== 'number' || other.kind !== 'number') {
		if (one.kind === 'number' || other.kind === 'number' || one.kind !== other.kind)
			return 'unclear';
		return one.text === other.text ? 'same' : 'different';
	}
	if (one.digits === other.digits) return 'same';
	const [short, long] = one.digits.length < other.digits.length ? [one, other] : [other, one];
	if (short.hasCountryCode || !long.digits.endsWith(short.digits)) return 'different';
	const isNational =
		short.digits.length === NATIONAL && long.digits.length <= NATIONAL + LONGEST_CODE;
	return isNational ? 'same' : 'unclear';
}

/** A key that equal addresses share. */
export function addressKey(address: Address): string {
	return address.kind === 'number' ? address.digits.slice(-NATIONAL) : address.text;
}

/** A key shared by addresses that are equal, or unclear but of the same kind. */
export function looseKey(address: Address): string {
	return address.kind === 'number' ? address.digits.slice(-SHORTEST_NUMBER) : address.text;
}

/** A phone number without its formatting; any other address unchanged. */
export function addressOf(address: unknown): string {
	const text = asText(address ?? '').trim();
	return /^\+?[\d\s().-]+$/.test(text) ? text.replace(/\D/g, '') : text;
}
