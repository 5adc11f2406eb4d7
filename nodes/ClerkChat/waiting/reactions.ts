import { folded, INVISIBLE } from '../../api/characterLoss';

/*
 * A phone that can't show a reaction to a text receives it as a text of its own. Nobody typed that text, and it quotes
 * the message it reacts to, so it must not be taken for an answer.
 */

/**
 * How reactions begin in English: `Liked “…”` and the like (iPhones), `Reacted 👍 to “…”` (iPhones from iOS 18 on,
 * WhatsApp), `👍 to “…”` (Android), and undoing one: `Removed a like from “…”`.
 */
const BEGINNING =
	/^(?:liked|loved|disliked|laughed at|emphasi[sz]ed|questioned|reacted to|(?:reacted|removed) .{1,40}? (?:to|from)|[^\p{L}\p{N}]{1,20} (?:to|from)) ?(?=\S)/iu;

/** What follows: a quotation, or a description of something without words. */
const QUOTATION = /["“”„«»‹›「『‘’‚']/gu;
const THING =
	/^(?:an?|your|the) (?:image|photo|picture|video|movie|gif|sticker|attachment|file|link|location|contact|poll|(?:audio |voice )?message)\.?$/i;

/** `Reacted 👍`, without what it reacts to. */
const BARE = /^reacted:? [^\p{L}\p{N}]{1,20}$/iu;

/** The most characters before the quotation, in any language. */
const LONGEST_LEAD = 40;

/** A shorter quotation may be a word that the person quotes on purpose. In characters. */
const SHORTEST_QUOTATION = 12;

/**
 * Whether a text is a reaction to another one.
 * @param to the other text, as it was sent
 */
export function isReaction(text: string, to: string): boolean {
	const said = visible(text);
	const target = said.replace(BEGINNING, '');
	if (target !== said && (target.search(QUOTATION) === 0 || THING.test(target))) return true;
	if (BARE.test(said)) return true;
	const original = visible(to).toLowerCase();
	const quotes = [...said.slice(0, LONGEST_LEAD + 1).matchAll(QUOTATION)];
	// The first one may enclose the name of the reaction.
	return quotes.some(({ index }) => {
		const quotation = withoutEnd(said.slice(index + 1)).toLowerCase();
		if (quotation.length < Math.min(SHORTEST_QUOTATION, original.length)) return false;
		return original.startsWith(quotation) || quotation.startsWith(original);
	});
}

function visible(text: string): string {
	return folded(text.replace(INVISIBLE, ''));
}

/** A quotation without its closing mark, and without the dots of a shortened one. */
function withoutEnd(quotation: string): string {
	return quotation
		.replace(/["“”»›」』’']$/u, '')
		.trim()
		.replace(/(?:…|\.\.\.)$/u, '')
		.trim();
}
