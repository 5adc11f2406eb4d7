import { asText } from '../api/bodies';

/** A link to the answer page of a question. */
export interface AnswerLink {
	/** In normalized form, for comparing. */
	href: string;
	/** Whether this n8n made it, judging by its address. */
	isOwn: boolean;
}

/** n8n's signature of a link: HMAC-SHA256 in hexadecimal digits. */
const SIGNATURE = /^[0-9a-f]{64}$/;

/** `<waiting>/<execution>/<node>`, at the end of an address. */
const PATH = /^(.*\/)[^/]+\/\d+\/[^/]+$/;

/** A web address within a text. */
const WEB_ADDRESS = /https?:\/\/[^\s<>"“”„«»]+/gi;

/** Punctuation that may follow a link in a sentence. */
const PUNCTUATION = new Set([...".,;:!?…)]}'’*_~|"]);

/**
 * The first answer link in a text: one that n8n's getSignedResumeUrl made, with nothing added but the run.
 * @param base this n8n's own address, ending in a slash
 */
export function linkIn(text: unknown, base: string): AnswerLink | undefined {
	const readable = asText(text ?? '').replace(/&amp;/gi, '&');
	for (const [word] of readable.matchAll(WEB_ADDRESS)) {
		const url = answerUrl(word);
		if (!url) continue;
		const [, before] = PATH.exec(url.pathname)!;
		return { href: url.href, isOwn: url.origin + before === new URL(base).href };
	}
	return undefined;
}

/** The signature in an answer link. */
export function signatureOf(href: string): string {
	return new URL(href).searchParams.get('signature') ?? '';
}

function answerUrl(word: string): URL | undefined {
	let end = word.length;
	while (PUNCTUATION.has(word[end - 1])) end--;
	const written = word.slice(0, end);
	if (!URL.canParse(written)) return undefined;
	const url = new URL(written);
	const names = [...url.searchParams.keys()];
	const isCutOff = /…|\.\./.test(word.slice(end)) && names.at(-1) !== 'signature';
	const isAnswerLink =
		PATH.test(url.pathname) &&
		SIGNATURE.test(url.searchParams.get('signature') ?? '') &&
		/^\d*$/.test(url.searchParams.get('run') ?? '') &&
		names.every((name) => name === 'signature' || name === 'run') &&
		new Set(names).size === names.length &&
		url.hash === '';
	return isAnswerLink && !isCutOff ? url : undefined;
}

/** A text without its links, as far as it still makes sense. */
export function withoutLink(text: unknown): string {
	return asText(text ?? '')
		.replace(WEB_ADDRESS, '')
		.trim();
}
