import { folded, lossesOf, narrowed, INVISIBLE } from './characterLoss';
import type { Narrowed } from './characterLoss';

/*
 * Clerk Chat doesn't document how a text changes on its way to the record: whitespace, quotes and entities, lost
 * characters, an added sentence, shortened links, a preview instead of the whole text.
 */

/** A text in the forms used for comparison. */
export interface TextForms {
	/** In plain characters. */
	text: string;
	/** What a smaller character set leaves of it. */
	narrow: Narrowed;
	/** The same, with accents removed. */
	plain: Narrowed;
	/** With a mark in place of each link. */
	masked: string;
	/** The hosts its links lead to. */
	hosts: string[];
	/** Whether some characters got lost. */
	hasGaps: boolean;
}

/** From this many characters on, part of a text identifies it. */
export const TELLING = 20;

/** How many characters may be added at the ends of a text. */
export const MOST_ADDED = 160;

const ENTITIES: Record<string, string> = {
	amp: '&',
	lt: '<',
	gt: '>',
	quot: '"',
	apos: "'",
	nbsp: ' ',
	lsquo: "'",
	rsquo: "'",
	ldquo: '"',
	rdquo: '"',
	ndash: '-',
	mdash: '-',
	hellip: '...',
	euro: '€',
};

/** Stands for lost characters. */
const GAP = '\ufffd';

const LINK = /^[^/]+\/./;

/**
 * Prepares a text for comparison.
 * @returns undefined when it isn't text
 */
export function readTextForms(body: unknown): TextForms | undefined {
	if (typeof body === 'number') return readTextForms(String(body));
	if (typeof body !== 'string') return undefined;
	const decoded = decode(body)
		.replace(/<br\s*\/?>/gi, '\n')
		.replace(/\p{Surrogate}/gu, GAP);
	const text = plainText(decoded);
	const words = text.split(' ');
	const links = words.filter((word) => LINK.test(word));
	return {
		text,
		narrow: narrowed(decoded.normalize('NFC')),
		plain: narrowed(decoded.normalize('NFD').replace(/\p{M}/gu, '')),
		masked: words.map((word) => (LINK.test(word) ? '<link>' : word)).join(' '),
		hosts: links.map(hostOf),
		hasGaps: text.includes(GAP),
	};
}

function plainText(text: string): string {
	return folded(
		text
			.normalize('NFKC')
			.replace(INVISIBLE, '')
			.replace(/[\u2018-\u201b\u2032\u02bc`\u00b4]/g, "'")
			.replace(/[\u201c-\u201f\u2033\u00ab\u00bb]/g, '"')
			.replace(/[\u2010-\u2015\u2212]/g, '-'),
	);
}

/** Also decodes what was encoded twice. */
function decode(text: string): string {
	const decoded = text.replace(
		/&(?:#(\d+)|#x([0-9a-f]+)|([a-z]+));/gi,
		(entity, decimal, hex, name) => {
			const code = decimal ? Number(decimal) : parseInt(hex, 16);
			if (name) return ENTITIES[name.toLowerCase()] ?? entity;
			return code <= 0x10ffff ? String.fromCodePoint(code) : entity;
		},
	);
	return decoded === text ? text : decode(decoded);
}

function hostOf(link: string): string {
	return link
		.replace(/^https?:\/\//i, '')
		.split(/[/?#:]/)[0]
		.toLowerCase();
}

/**
 * How a text on record differs from one that was sent.
 * @returns '' if they are the same, a clause for people if it may be the same text in another form, undefined if it is
 * a different text
 */
export function textDifference(ours: TextForms, theirs: TextForms): string | undefined {
	if (ours.text === theirs.text) return '';
	if (theirs.hasGaps && fitsGaps(theirs.text, ours.text)) return '';
	const more = added(ours.text, theirs.text);
	if (more) return more;
	const beginning = cutText(theirs);
	if (beginning && isCutOf(beginning, ours.text, theirs.text)) return 'its text ends earlier';
	if (isLossOf(ours, theirs)) return 'characters are missing from its text';
	return haveOtherLinks(ours, theirs) ? 'its text has different links' : undefined;
}

/** Describes where a text has more than another text that it contains. */
function added(ours: string, theirs: string): string | undefined {
	const count = theirs.length - ours.length;
	if (ours.length < TELLING || count <= 0 || count > MOST_ADDED) return undefined;
	const start = theirs.indexOf(ours);
	const end = start + ours.length;
	// If a number continues, it is a different number.
	const isOther = isAmidDigits(theirs, start) || isAmidDigits(theirs, end);
	if (start < 0 || isOther) return undefined;
	if (start === 0) return 'its text has extra characters at the end';
	return end === theirs.length
		? 'its text has extra characters at the beginning'
		: 'its text has extra characters at both ends';
}

function isAmidDigits(text: string, place: number): boolean {
	return /^\d\d$/.test(text.slice(Math.max(0, place - 1), place + 1));
}

function isCutOf(beginning: string, ours: string, theirs: string): boolean {
	if (ours.length <= beginning.length || !ours.startsWith(beginning)) return false;
	return beginning !== theirs || !isAmidDigits(ours, beginning.length);
}

/**
 * The text of an entry that may be just the beginning of what was sent, such as a preview.
 * @returns undefined when it looks complete
 */
export function cutText({ text }: TextForms): string | undefined {
	const beginning = text.replace(/ ?\.\.\.$/, '');
	const looksCut = beginning !== text || !/[.!?)\]]$/.test(text) || text.length >= 150;
	return looksCut && beginning.length >= TELLING ? beginning : undefined;
}

/**
 * Whether a text is another one with gaps. A run of gaps stands for at least one character, and for at most as many as
 * it has gaps.
 */
function fitsGaps(theirs: string, ours: string): boolean {
	const [first, ...parts] = theirs.split(GAP);
	if (!ours.startsWith(first)) return false;
	let [place, room] = [first.length, 0];
	for (const [index, part] of parts.entries()) {
		room += 2;
		const isLast = index === parts.length - 1;
		if (part === '' && !isLast) continue;
		const found = isLast ? ours.length - part.length : ours.indexOf(part, place + 1);
		if (found <= place || found > place + room || !ours.startsWith(part, found)) return false;
		[place, room] = [found + part.length, 0];
	}
	return place === ours.length;
}

/** Whether a text is another one without some of its special characters, or with question marks instead of them. */
function isLossOf(ours: TextForms, { narrow: { core, special }, hasGaps }: TextForms): boolean {
	return lossesOf(ours, TELLING).some(
		(loss) => core === loss.core && (hasGaps || special === loss.special),
	);
}

/** Whether two texts differ only in their links, which lead to other hosts, as shortened links do. */
function haveOtherLinks(ours: TextForms, theirs: TextForms): boolean {
	if (ours.masked !== theirs.masked || ours.masked.length < TELLING) return false;
	return ours.hosts.some((host, index) => host !== theirs.hosts[index]);
}
