import { carrierWordIn } from '../../api/carrierWords';
import type { Buttons, Question } from './question';
import { plain, wordsThatCount } from './words';
import type { Meaning } from './words';

/** Also in "1No" and "2pm". */
const NUMBERS = /(?<!\d)[12](?!\d)/g;

/**
 * The text before the link if the option 'Answer Line' was not added.
 * @param buttons left out when the answer is free text
 * @param repliesByText whether to offer a reply by text
 */
export function defaultAnswerLine(buttons: Buttons | undefined, repliesByText: boolean): string {
	if (!repliesByText) return 'Tap to answer:';
	return buttons ? `Reply ${offered(buttons, canBeNumbered(buttons))}, or tap:` : 'Reply, or tap:';
}

/**
 * Whether an Answer Line numbers the buttons, so that "1" and "2" are answers.
 * @param message what it follows, which may explain its "1 or 2"
 */
export function isNumbering(line: string, buttons: Buttons, message = ''): boolean {
	if (!canBeNumbered(buttons)) return false;
	const { approve, decline } = buttons;
	const words = wordsThatCount(buttons);
	const isNumbered = (text: string, number: number, label: string, word: Meaning) =>
		[label, words.has(word) ? word : label].some((name) =>
			bare(text).includes(` ${number}${bare(name)}`),
		);
	const areNumbered = (text: string) =>
		isNumbered(text, 1, approve, 'yes') && (!decline || isNumbered(text, 2, decline, 'no'));
	if (areNumbered(line)) return true;
	// Not "1 or 2 days".
	if (!decline || !/\b1 ?(?:or|and|\/|,) ?2\b(?!\s*[\p{L}\p{N}])/u.test(line)) return false;
	// If other words say what they mean, the order may differ.
	const text = `${message}\n${line}`;
	return areNumbered(text) || bare(text).match(NUMBERS)?.length === 2;
}

/** The words of a text, so that "1 for Morning" and "1 = morning" are the same. */
function bare(text: string): string {
	return ` ${plain(text.replace(/=/g, ' '))} `.replace(/ (?:for|to|is|means)(?= )/g, '');
}

/** How to answer a question by text, in words that can follow "Please answer". */
export function expectedOf({ buttons, isNumbered = false }: Question): string {
	// If both labels are carrier words and not numbered, no text can answer.
	return buttons ? offered(buttons, isNumbered) || 'with the link' : 'in your own words';
}

function offered(buttons: Buttons, isNumbered: boolean): string {
	const { approve, decline } = buttons;
	const words = wordsThatCount(buttons);
	if (words.has('yes') && decline === undefined) return 'YES';
	if (words.has('yes') && words.has('no')) return 'YES or NO';
	const labels = [approve, decline ?? ''].filter(Boolean);
	if (isNumbered) return labels.map((label, index) => `${index + 1} for ${label}`).join(' or ');
	// Texting such a label would opt the person out.
	return labels.filter((label) => !carrierWordIn(label)).join(' or ');
}

/** Labels that contain these numbers themselves, such as "2pm", would be confused with them. */
function canBeNumbered({ approve, decline = '' }: Buttons): boolean {
	return !bare(`${approve} ${decline}`).match(NUMBERS);
}
