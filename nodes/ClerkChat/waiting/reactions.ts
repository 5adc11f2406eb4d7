import { folded } from '../../api/matching';

/*
 * Phones that cannot show a reaction to a text send it as a text of its own. Nobody wrote that text, and it quotes what it
 * reacts to, so it must not be taken for an answer.
 */

/**
 * How it begins in English: `Liked “…”` and its kind (iPhones), `Reacted 👍 to “…”` (iPhones from iOS 18 on, WhatsApp),
 * `👍 to “…”` (Android), and the same taken back: `Removed a like from “…”`.
 */
const BEGINNING =
	/^(?:liked|loved|disliked|laughed at|emphasi[sz]ed|questioned|reacted to|(?:reacted|removed) .{1,40}? (?:to|from)|[^\p{L}\p{N}]{1,20} (?:to|from)) ?(?=\S)/iu;

/** What comes after it: a quotation, or what it is that has no words. */
const QUOTATION = /["“”„«»‹›「『‘’‚']/gu;
const THING =
	/^(?:an?|your|the) (?:image|photo|picture|video|movie|gif|sticker|attachment|file|link|location|contact|poll|(?:audio |voice )?message)\.?$/i;

/** `Reacted 👍`, without what it is to. */
const BARE = /^reacted:? [^\p{L}\p{N}]{1,20}$/iu;

/** How many characters come before the quotation at most, whatever the language. */
const LONGEST_LEAD = 40;

/** Shorter quotations may be a word that somebody picked out. In characters. */
const SHORTEST_QUOTATION = 12;

/**
 * Whether a text is a reaction to another one.
 * @param to what was texted, as it went out
 */
export function isReaction(text: string, to: string): boolean {
	const said = folded(text.replace(/[\p{Cf}\u{fe0f}]/gu, ''));
	const target = said.replace(BEGINNING, '');
	if (target !== said && (target.search(QUOTATION) === 0 || THING.test(target))) return true;
	if (BARE.test(said)) return true;
	const original = folded(to).toLowerCase();
	const quotes = [...said.slice(0, LONGEST_LEAD + 1).matchAll(QUOTATION)];
	// The first one may be around the name of the reaction.
	return quotes.some(({ index }) => {
		const quotation = withoutEnd(said.slice(index + 1)).toLowerCase();
		if (quotation.length < Math.min(SHORTEST_QUOTATION, original.length)) return false;
		return original.startsWith(quotation) || quotation.startsWith(original);
	});
}

/** A quotation without the mark at its end, and the dots of one that was cut short. */
function withoutEnd(quotation: string): string {
	return quotation
		.replace(/["“”»›」』’']$/u, '')
		.trim()
		.replace(/(?:…|\.\.\.)$/u, '')
		.trim();
}
