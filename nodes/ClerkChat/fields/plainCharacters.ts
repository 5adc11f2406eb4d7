import { lengthOf } from './segments';
import { TYPOGRAPHY } from './typography';

/**
 * Replaces typographic quotes, dashes, bullets, ellipses and unusual spaces with plain ones, removes invisible
 * characters, and writes each accented letter as one character (Unicode NFC, which looks the same).
 *
 * It does so only if the whole text then fits GSM-7 and needs no more segments. Any other text is returned unchanged:
 * one emoji or letter of another script makes it just as expensive, and may need the invisible characters (ZWJ in
 * emoji, ZWNJ in Persian, direction marks in Arabic).
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
