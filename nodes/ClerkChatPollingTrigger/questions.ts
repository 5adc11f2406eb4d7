import { addressOf, namedIn } from '../api/matching';
import { idOf, timeOf } from '../api/record';
import type { Entry } from '../api/record';
import { inOrder } from './cursor';

/** A message on record that carries the link to an answer of this n8n. */
export interface Question {
	link: string;
	entry: Entry;
}

/** How long a question is remembered, and how far the record is looked through for one, in ms. */
export const REMEMBERED = 7 * 86_400_000;

/** How n8n signs a link: HMAC-SHA256 in hexadecimal digits. */
const SIGNATURE = /^[0-9a-f]{64}$/;

/** `<waiting>/<execution>/<node>`, below n8n's own address. */
const PATH = /^[^/]+\/\d+\/[^/]+$/;

/**
 * The link to an answer in a text: one that n8n's getSignedResumeUrl made, with nothing more than the run in it.
 * @param base n8n's own address, ending in a slash; links that lead elsewhere are none
 */
export function linkIn(text: unknown, base: string): string | undefined {
	return String(text ?? '')
		.split(/\s+/)
		.find((word) => word.startsWith(base) && isAnswerLink(word, base));
}

function isAnswerLink(word: string, base: string): boolean {
	if (!URL.canParse(word)) return false;
	const { pathname, searchParams, hash } = new URL(word);
	const names = [...searchParams.keys()];
	return (
		PATH.test(pathname.slice(new URL(base).pathname.length)) &&
		SIGNATURE.test(searchParams.get('signature') ?? '') &&
		names.every((name) => name === 'signature' || name === 'run') &&
		new Set(names).size === names.length &&
		hash === ''
	);
}

/** The questions that this process knows of, open ones and others. */
export class Questions {
	/** One for each entry: of one that went to several people there may be an entry for each of them. */
	private readonly known = new Map<string, Question>();

	/** Takes note of the questions among entries. @param base as for {@link linkIn} */
	add(entries: Entry[], base: string): void {
		for (const entry of entries) {
			const link = entry.inbound === true ? undefined : linkIn(entry.body, base);
			if (link) this.known.set(`${link}\n${idOf(entry)}`, { link, entry });
		}
	}

	/** Forgets what is older than a time (ms, by the API's clock). */
	forgetBefore(time: number): void {
		for (const [key, { entry }] of this.known) if (timeOf(entry) < time) this.known.delete(key);
	}

	/** The questions that an entry may be the reply to, the newest first. */
	askedBefore(reply: Entry): Question[] {
		return [...this.known.values()]
			.filter(({ entry }) => !(inOrder(entry, reply) > 0) && isReplyTo(reply, entry))
			.sort((a, b) => inOrder(b.entry, a.entry));
	}
}

/**
 * Whether a message came back in the conversation of another one. Where the conversation is not told, and where several
 * people were asked, whose replies may come in conversations of their own, the addresses decide: from somebody who was
 * asked, to the number that asked.
 */
function isReplyTo(reply: Entry, question: Entry): boolean {
	const asked = peopleOf(question);
	const isTold = Boolean(reply.conversationId) && Boolean(question.conversationId);
	if (isTold && reply.conversationId === question.conversationId) return true;
	if (isTold && asked.size < 2) return false;
	const all = new Set([...asked, addressOf(question.sender)]);
	return (
		asked.has(addressOf(reply.sender)) && [...peopleOf(reply)].every((person) => all.has(person))
	);
}

/** The others of a message. */
function peopleOf(entry: Entry): Set<string> {
	const people = new Set(namedIn(entry).map(addressOf));
	people.delete(addressOf(entry.sender));
	return people;
}
