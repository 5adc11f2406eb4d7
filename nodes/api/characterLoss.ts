import { asText } from './bodies';

/* Characters get lost when a service on the way supports fewer of them. */

/** Invisible characters. */
export const INVISIBLE = /[\p{Cf}\p{Variation_Selector}]/gu;

/** A text as a smaller character set represents it. */
export interface Narrowed {
	/** Its letters a to z, digits and spaces. */
	core: string;
	/** Its non-ASCII characters. */
	special: string;
}

/** What a smaller character set leaves of a text. */
export function narrowed(text: string): Narrowed {
	const visible = text.replace(INVISIBLE, '');
	return {
		// Plain quotes, dashes and dots may replace others.
		core: folded(visible.replace(/[^a-z\d\s]/gi, '')),
		special: visible.replace(/\p{ASCII}|\s|\ufffd/gu, ''),
	};
}

/**
 * The special characters that smaller character sets keep: none, GSM-7, Latin-1, and those of up to three bytes in
 * UTF-8.
 */
const KEPT = [/^$/, /[£¥€§¤¡¿èéùìòàÇØøÅåÆæßÉÄÖÑÜäöñüΔΦΓΛΩΠΨΣΘΞ]/, /[\u00a0-\u00ff]/, /[^]/];

/**
 * What smaller character sets may leave of a text, with or without accents.
 * @param least how many characters must be left to identify the text
 */
export function lossesOf(
	{ narrow, plain }: { narrow: Narrowed; plain: Narrowed },
	least: number,
): Narrowed[] {
	return [narrow, plain]
		.filter(({ core }) => core.length >= least && narrow.special !== '')
		.flatMap(({ core, special }) =>
			KEPT.map((kept) => ({
				core,
				special: [...special].filter((each) => each.length === 1 && kept.test(each)).join(''),
			})),
		);
}

/** A text with each run of whitespace collapsed: carriers and gateways change whitespace. */
export function folded(text: unknown): string {
	return asText(text ?? '')
		.replace(/\s+/g, ' ')
		.trim();
}
