import { createHash, timingSafeEqual } from 'node:crypto';

/** Compares two texts in constant time. Both are hashed first, so that not even their lengths leak. */
export function isSame(given: string, expected: string): boolean {
	const digest = (text: string) => createHash('sha256').update(text).digest();
	return timingSafeEqual(digest(given), digest(expected));
}
