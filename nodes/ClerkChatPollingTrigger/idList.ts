import { createHash } from 'node:crypto';

/*
 * Stores thousands of IDs in one short text. Numeric IDs are sorted, and only the difference from the previous one is
 * written, five bits per character. So a campaign, whose IDs are consecutive, takes one or two characters per message.
 * Other IDs are first hashed to 36-bit numbers.
 */

const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
const BASE = 32;

/**
 * The number that stands for an ID in a list.
 * @param id as `idOf` returns it
 */
export function numberOf(id: string): number {
	const number = /^\d+$/.test(id) ? Number(id) : NaN;
	if (Number.isSafeInteger(number)) return number;
	return parseInt(createHash('sha256').update(id).digest('hex').slice(0, 9), 16);
}

/** Encodes numbers, in any order. */
export function textOf(numbers: Iterable<number>): string {
	let text = '';
	let before = 0;
	for (const number of [...numbers].sort((a, b) => a - b)) {
		let rest = number - before;
		// The last digit of each number comes from the second half of the alphabet.
		let digits = LETTERS[BASE + (rest % BASE)];
		for (rest = Math.floor(rest / BASE); rest > 0; rest = Math.floor(rest / BASE)) {
			digits = LETTERS[rest % BASE] + digits;
		}
		text += digits;
		before = number;
	}
	return text;
}

/** Decodes what {@link textOf} returned; empty for anything but text. */
export function numbersIn(text: unknown): number[] {
	const numbers: number[] = [];
	let before = 0;
	let number = 0;
	for (const letter of typeof text === 'string' ? text : '') {
		const digit = LETTERS.indexOf(letter);
		if (digit < 0) continue;
		number = number * BASE + (digit % BASE);
		if (digit < BASE) continue;
		before += number;
		number = 0;
		numbers.push(before);
	}
	return numbers;
}
