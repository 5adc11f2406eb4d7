import { carrierWordIn } from '../../api/carrierWords';
import type { Says } from '../../api/replyRule';
import { readText } from './answers';
import type { Answer } from './answers';
import type { Buttons, Question } from './question';
import { isReaction } from './reactions';
import { meaningOf, plain, unaccented, wordsThatCount } from './words';

/** What a text says in response to a question. */
export type Reply =
	| { says: 'answer'; answer: Answer }
	| { says: Exclude<Says, 'answer'>; answer?: undefined };

/**
 * Reads a text that someone sent back. The whole text has to be an answer: a workflow must not continue with "yes, but
 * not on Friday".
 */
export function readReply(question: Question, text: string): Reply {
	const says = neverAnAnswer(question, text);
	if (says) return { says };
	const answer = question.buttons ? chosen(question, question.buttons, text) : written(text);
	return answer ? { says: 'answer', answer } : { says: 'notUnderstood' };
}

function neverAnAnswer(
	{ message }: Question,
	text: string,
): 'reaction' | 'carrierWord' | 'empty' | undefined {
	if (text.replace(/[\p{Cc}\p{Cf}\s]/gu, '') === '') return 'empty';
	if (carrierWordIn(text)) return 'carrierWord';
	return isReaction(text, message) ? 'reaction' : undefined;
}

function chosen({ isNumbered }: Question, buttons: Buttons, text: string): Answer | undefined {
	const said = plain(text);
	// A missing button has no label, and an accent alone ("´") is none.
	if (unaccented(said) === '') return undefined;
	const labels = [buttons.approve, buttons.decline ?? ''];
	const [approve, decline] = labels.map(plain);
	const isAsked = isQuestion(text);
	for (const write of [plain, unaccented]) {
		const [first, second] = [approve, decline].map(write);
		if (first === second) continue;
		const index = [first, second].findIndex(
			(label, at) => label === write(said) && (!isAsked || isQuestion(labels[at])),
		);
		if (index >= 0) return { approved: index === 0 };
	}
	if (isAsked) return undefined;
	if (isNumbered && !isOtherNumber(text)) {
		if (said === '1' || said === `1 ${approve}`) return { approved: true };
		if (decline && (said === '2' || said === `2 ${decline}`)) return { approved: false };
	}
	const meaning = meaningOf(said);
	if (!meaning || !wordsThatCount(buttons).has(meaning)) return undefined;
	return { approved: meaning === 'yes' };
}

function written(text: string): Answer | undefined {
	// "?" and "…" mean that the person hasn't understood.
	if (!/[\p{L}\p{N}\p{So}\p{Sc}]/u.test(text)) return undefined;
	const answer = readText(text);
	return 'complaint' in answer ? undefined : answer;
}

/** Whether its digits don't stand for a button: "-1" means the opposite of one, and "@2" is a time. */
function isOtherNumber(text: string): boolean {
	return /[\p{Pd}@]\s*[12]|[12]\s*[%‰]/u.test(text.normalize('NFKC'));
}

function isQuestion(text: string): boolean {
	// A semicolon is Greek's question mark.
	return /[?¿؟‽՞⸮፧]|\p{Script=Greek}\s*;/u.test(text.normalize('NFKC'));
}
