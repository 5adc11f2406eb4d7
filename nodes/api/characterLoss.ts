/*
 * Characters get lost where a service on the way has fewer of them.
 */

/** Characters that nobody sees. */
export const INVISIBLE = /[\p{Cf}\p{Variation_Selector}]/gu;

/** A text as a narrower character set has it. */
export interface Narrowed {
	/** Its letters from a to z, digits and blanks. */
	core: string;
	/** Its characters that are not in ASCII. */
	special: string;
}

/** What a narrower character set leaves of a text. */
export function narrowed(text: string): Narrowed {
	const visible = text.replace(INVISIBLE, '');
	return {
		// Plain quotes, dashes and dots may stand for others.
		core: folded(visible.replace(/[^a-z\d\s]/gi, '')),
		special: visible.replace(/\p{ASCII}|\s|\ufffd/gu, ''),
	};
}

/** Which special characters narrower character sets keep: none, GSM-7, Latin-1, and those of three bytes in UTF-8. */
const KEPT = [/^$/, /[£¥€§¤¡¿èéùìòàÇØøÅåÆæßÉÄÖÑÜäöñüΔΦΓΛΩΠΨΣΘΞ]/, /[\u00a0-\u00ff]/, /[^]/];

/**
 * What may be left of a text in narrower character sets, with accents or without.
 * @param least how many characters must be left to tell it from others
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

/** A text with every run of blanks as one: carriers and gateways change those. */
export function folded(text: unknown): string {
	return String(text ?? '')
		.replace(/\s+/g, ' ')
		.trim();
}
