import { plainCharacters } from '../../fields/plainCharacters';
import type { ForcingCharacter, Segments } from '../../fields/segments';
import { lengthOf, segmentsOf } from '../../fields/segments';
import { TYPOGRAPHY } from '../../fields/typography';

/** A text that needs more than one segment. */
interface LongText extends Segments {
	/** The number of segments with plain characters. */
	plainSegments: number;
	/** The number of segments if all characters were in GSM-7. */
	leastSegments: number;
}

/**
 * The hint about long texts: how many segments they need, and why.
 * @param texts the texts of all messages in a run, as sent
 * @returns undefined if each fits into one segment
 */
export function lengthHint(texts: string[]): string | undefined {
	const counts = texts.map((text) => lengthOf(text).segments);
	const long = texts.filter((_, index) => counts[index] > 1).map(toLongText);
	if (long.length === 0) return undefined;
	const sum = counts.reduce((total, segments) => total + segments, 0);
	return texts.length === 1 ? aboutOne(long[0]) : aboutSeveral(long, texts.length, sum);
}

function toLongText(text: string): LongText {
	const count = segmentsOf(text);
	const plainSegments = lengthOf(plainCharacters(text)).segments;
	const isGsm = count.encoding === 'GSM-7';
	const leastSegments = isGsm ? plainSegments : lengthOf('x'.repeat(text.length)).segments;
	return { ...count, plainSegments, leastSegments };
}

function aboutOne(text: LongText): string {
	const { segments, encoding, characters } = text;
	const length = `As an SMS, this message has ${segments} segments.`;
	if (isCurable(text)) {
		return `${length} ${cause([text])}. Turn on 'Plain Characters' to get down to ${segmentsInWords(text.plainSegments)}.`;
	}
	if (isForced(text)) return `${length} ${cause([text])}.`;
	const room = encoding === 'GSM-7' ? '153' : '67 in this alphabet';
	return `${length} It has ${characters} characters, and each segment holds ${room}.`;
}

function aboutSeveral(long: LongText[], of: number, sum: number): string {
	const some = `${long.length} of ${of} messages ${long.length === 1 ? 'has' : 'have'}`;
	const which = long.length === of ? 'every message has' : some;
	const length = `As an SMS, ${which} more than one segment. All messages together have ${sum} segments.`;
	const among = ({ length: count }: LongText[]) =>
		count === long.length ? '' : `In ${count} of them, `;
	const curable = long.filter(isCurable);
	if (curable.length > 0) {
		const saved = curable.reduce((total, text) => total + text.segments - text.plainSegments, 0);
		return `${length} ${among(curable)}${cause(curable)}. Turn on 'Plain Characters' to get down to ${sum - saved} segments in all.`;
	}
	const forced = long.filter(isForced);
	return forced.length > 0 ? `${length} ${among(forced)}${cause(forced)}.` : length;
}

/** Whether the option 'Plain Characters' shortens it. */
function isCurable({ segments, plainSegments }: LongText): boolean {
	return plainSegments < segments;
}

/** Whether only a few characters make it longer. A text in another script can't be shortened. */
function isForced({ segments, leastSegments, forcing }: LongText): boolean {
	return leastSegments < segments && forcing.length <= 5;
}

/** Which characters make segments so short. */
function cause(texts: LongText[]): string {
	const forcing = forcingOf(texts);
	const named = forcing.slice(0, 3).map(shown);
	const more = forcing.length > 3 ? [`${forcing.length - 3} more`] : [];
	const all = [...named, ...more];
	const list = [all.slice(0, -1).join(', '), all[all.length - 1]].filter(Boolean).join(' and ');
	return `${list} ${all.length === 1 ? 'limits' : 'limit'} each segment to 67 characters instead of 153`;
}

/** The characters that force UCS-2 in all texts, most frequent first. */
function forcingOf(texts: LongText[]): ForcingCharacter[] {
	const all = new Map<string, ForcingCharacter>();
	for (const one of texts.flatMap(({ forcing }) => forcing)) {
		const count = one.count + (all.get(one.character)?.count ?? 0);
		all.set(one.character, { ...one, count });
	}
	return [...all.values()].sort((one, other) => other.count - one.count);
}

/** Shows an invisible character as its code point. */
function shown({ character, codePoint, name }: ForcingCharacter): string {
	const isVisible = TYPOGRAPHY.get(character)?.plain.trim() !== '';
	return `${isVisible ? `"${character}"` : codePoint}${name ? ` (${name})` : ''}`;
}

function segmentsInWords(count: number): string {
	return count === 1 ? '1 segment' : `${count} segments`;
}
