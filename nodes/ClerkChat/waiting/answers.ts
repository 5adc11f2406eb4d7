import type { IDataObject } from 'n8n-workflow';
import type { Question } from './question';

/** The longest text accepted, in characters (UTF-16, as browsers count them). */
export const LONGEST_TEXT = 2000;

/** An answer: the `data` of the output item, in the same shape as in n8n's own nodes that wait. */
export type Answer = { approved: boolean } | { text: string };

/** Why an answer can't be accepted, in words for the page, and the text to show again. */
export interface Complaint {
	complaint: string;
	text?: string;
}

/** What the buttons of an approval submit. */
export const CHOICES = { approve: 'approve', decline: 'decline' };

/**
 * Reads what the form on a question's page sent.
 * @param body the parsed body of the request; it may contain anything
 */
export function readAnswer(question: Question, body: unknown): Answer | Complaint {
	const { answer, text } = (body ?? {}) as IDataObject;
	if (!question.buttons) return readText(text);
	if (answer === CHOICES.approve) return { approved: true };
	if (answer === CHOICES.decline && question.buttons.decline) return { approved: false };
	return { complaint: 'Please use a button below.' };
}

/** Reads a text that may be a valid answer. */
export function readText(value: unknown): { text: string } | Complaint {
	if (typeof value !== 'string') return { complaint: 'Please write an answer.' };
	// Browsers send line breaks as CR LF. Nobody types other control characters, and some of them break databases.
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
