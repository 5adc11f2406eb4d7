import { createHash } from 'node:crypto';

/*
 * Thousands of IDs as one short text. IDs that are numbers are sorted, and only the distance to the one before is written:
 * five bits a letter, so that a campaign, whose IDs follow each other, takes one or two letters for each message. Other IDs
 * are hashed to numbers of 36 bits first.
 */

const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
const BASE = 32;

/**
 * The number that stands for an ID in a list.
 * @param id as `idOf` gives it
 */
export function numberOf(id: string): number {
	const number = /^\d+$/.test(id) ? Number(id) : NaN;
	if (Number.isSafeInteger(number)) return number;
	return parseInt(createHash('sha256').update(id).digest('hex').slice(0, 9), 16);
}

/** Numbers as a text, in no particular order. */
export function textOf(numbers: Iterable<number>): string {
	let text = '';
	let before = 0;
	for (const number of [...numbers].sort((a, b) => a - b)) {
		let rest = number - before;
		// The last digit of a number comes from the second half of the letters.
		let digits = LETTERS[BASE + (rest % BASE)];
		for (rest = Math.floor(rest / BASE); rest > 0; rest = Math.floor(rest / BASE)) {
			digits = LETTERS[rest % BASE] + digits;
		}
		text += digits;
		before = number;
	}
	return text;
}

/** The numbers in a text that {@link textOf} made; none in what is no text. */
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
