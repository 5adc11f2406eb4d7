import { lengthOf } from './segments';
import { TYPOGRAPHY } from './typography';

/**
 * Replaces typographic quotes, dashes, bullets, ellipses and odd blanks by plain ones, drops invisible characters, and
 * writes letters with their accents as one character (Unicode's NFC, which looks the same).
 *
 * It does so only where all of the text is in GSM-7 afterwards and does not need more parts. Any other text comes back as it
 * is: an emoji or a letter of another script makes it as expensive as before, and is what invisible characters may be
 * needed for (ZWJ in emoji, ZWNJ in Persian, direction marks in Arabic).
 */
export function plainCharacters(text: string): string {
	const before = lengthOf(text);
	if (before.encoding === 'GSM-7') return text;
	let plain = '';
	for (const character of text.normalize('NFC')) {
		plain += TYPOGRAPHY.get(character)?.plain ?? character;
	}
	const after = lengthOf(plain);
	return after.encoding === 'GSM-7' && after.segments <= before.segments ? plain : text;
}
