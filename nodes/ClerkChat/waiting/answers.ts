import type { IDataObject } from 'n8n-workflow';
import type { Question } from './question';

/** The longest text accepted, in characters (UTF-16, as browsers count them). */
export const LONGEST_TEXT = 2000;

/** What somebody answered: the `data` of the item that comes out, in the shape of n8n's own nodes that wait. */
export type Answer = { approved: boolean } | { text: string };

/** Why what was sent is no answer, in words for the page, and the text to show again. */
export interface Complaint {
	complaint: string;
	text?: string;
}

/** What the buttons of an approval send. */
export const CHOICES = { approve: 'approve', decline: 'decline' };

/**
 * Reads what the form of a question's page sent.
 * @param body the parsed body of the request; anything may be in it
 */
export function readAnswer(question: Question, body: unknown): Answer | Complaint {
	const { answer, text } = (body ?? {}) as IDataObject;
	if (!question.buttons) return readText(text);
	if (answer === CHOICES.approve) return { approved: true };
	if (answer === CHOICES.decline && question.buttons.decline) return { approved: false };
	return { complaint: 'Please use a button below.' };
}

/** Reads a text that may be an answer as it is. */
export function readText(value: unknown): { text: string } | Complaint {
	if (typeof value !== 'string') return { complaint: 'Please write an answer.' };
	// Browsers send line breaks as CR LF; other control characters nobody types, and databases stumble over some.
	const text = value
		.replace(/\r\n?/g, '\n')
		.replace(/[^\P{Cc}\n\t]/gu, '')
		.trim();
	if (text === '') return { complaint: 'Please write an answer.' };
	if (text.length <= LONGEST_TEXT) return { text };
	const excess = text.length - LONGEST_TEXT;
	return {
		complaint: `Your answer is too long by ${excess} ${excess === 1 ? 'character' : 'characters'}. Please shorten it.`,
		text: text.slice(0, LONGEST_TEXT * 2),
	};
}
