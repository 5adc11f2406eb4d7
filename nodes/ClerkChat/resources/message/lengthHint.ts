import { plainCharacters } from '../../fields/plainCharacters';
import type { ForcingCharacter, Segments } from '../../fields/segments';
import { lengthOf, segmentsOf } from '../../fields/segments';
import { TYPOGRAPHY } from '../../fields/typography';

/** A text that needs more than one part. */
interface LongText extends Segments {
	/** How many parts it would be with plain characters. */
	plainSegments: number;
	/** How many it would be if all of its characters were in GSM-7. */
	leastSegments: number;
}

/**
 * What stands beside the output about the length of texts: how many parts they are, and what makes them many.
 * @param texts of all messages of a run, as they go out
 * @returns undefined when each fits into one part
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
	const { segments, encoding, characters, forcing } = text;
	const length = `As an SMS, this message is ${segments} parts (segments) long.`;
	if (isCurable(text)) {
		return `${length} Because of ${cause([text])}. The option 'Plain Characters' replaces ${it(forcing)}: ${parts(text.plainSegments)} then.`;
	}
	if (isForced(text)) return `${length} Because of ${cause([text])}.`;
	const room = encoding === 'GSM-7' ? '153' : 'in its alphabet 67';
	return `${length} It has ${characters} characters, and ${room} fit into each part.`;
}

function aboutSeveral(long: LongText[], of: number, sum: number): string {
	const are = long.length === 1 ? 'is' : 'are';
	const length = `As an SMS, ${long.length} of ${of} messages ${are} longer than one part (segment). All together make ${sum} parts.`;
	const curable = long.filter(isCurable);
	if (curable.length > 0) {
		const saved = curable.reduce((total, text) => total + text.segments - text.plainSegments, 0);
		return `${length} In ${curable.length} of them, because of ${cause(curable)}. The option 'Plain Characters' replaces ${it(forcingOf(curable))}: ${sum - saved} parts in all then.`;
	}
	const forced = long.filter(isForced);
	return forced.length > 0
		? `${length} In ${forced.length} of them, because of ${cause(forced)}.`
		: length;
}

/** Whether the option makes it shorter. */
function isCurable({ segments, plainSegments }: LongText): boolean {
	return plainSegments < segments;
}

/** Whether a few characters make it longer; a text in another script is as long as it is. */
function isForced({ segments, leastSegments, forcing }: LongText): boolean {
	return leastSegments < segments && forcing.length <= 5;
}

/** What leaves room for so few characters. */
function cause(texts: LongText[]): string {
	const forcing = forcingOf(texts);
	const named = forcing.slice(0, 3).map(shown);
	const more = forcing.length > 3 ? [`${forcing.length - 3} more`] : [];
	const all = [...named, ...more];
	const list = [all.slice(0, -1).join(', '), all[all.length - 1]].filter(Boolean).join(' and ');
	return `${list}, only 67 characters fit into each part, not 153`;
}

/** The characters of all texts, the most frequent first. */
function forcingOf(texts: LongText[]): ForcingCharacter[] {
	const all = new Map<string, ForcingCharacter>();
	for (const one of texts.flatMap(({ forcing }) => forcing)) {
		const count = one.count + (all.get(one.character)?.count ?? 0);
		all.set(one.character, { ...one, count });
	}
	return [...all.values()].sort((one, other) => other.count - one.count);
}

/** What cannot be seen is named by its code point. */
function shown({ character, codePoint, name }: ForcingCharacter): string {
	const isVisible = TYPOGRAPHY.get(character)?.plain.trim() !== '';
	return `${isVisible ? `"${character}"` : codePoint}${name ? ` (${name})` : ''}`;
}

function it(characters: ForcingCharacter[]): string {
	return characters.length === 1 ? 'it' : 'them';
}

function parts(count: number): string {
	return count === 1 ? '1 part' : `${count} parts`;
}
