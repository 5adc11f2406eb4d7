import { carrierWordIn } from '../../api/carrierWords';
import type { Buttons, Question } from './question';
import { plain, wordsThatCount } from './words';

/**
 * The text before the link if the option 'Answer Line' was not added.
 * @param buttons left out when the answer is free text
 * @param repliesByText whether to offer a reply by text
 */
export function defaultAnswerLine(buttons: Buttons | undefined, repliesByText: boolean): string {
	if (!repliesByText) return 'Tap to answer:';
	return buttons ? `Reply ${offered(buttons, canBeNumbered(buttons))}, or tap:` : 'Reply, or tap:';
}

/** Whether an Answer Line numbers the buttons, so that "1" and "2" are answers. */
export function isNumbering(line: string, buttons: Buttons): boolean {
	if (!canBeNumbered(buttons)) return false;
	const { approve, decline } = buttons;
	const written = ` ${plain(line.replace(/=/g, ' '))} `;
	const isNumbered = (label: string, number: number) =>
		['', 'for ', 'to '].some((word) => written.includes(` ${number} ${word}${plain(label)} `));
	if (isNumbered(approve, 1) && (decline === undefined || isNumbered(decline, 2))) return true;
	// The order in the user's own line may differ.
	if (isNumbered(approve, 2) || (decline !== undefined && isNumbered(decline, 1))) return false;
	// Not "1 or 2 days".
	return decline !== undefined && /\b1 ?(?:or|and|\/|,) ?2\b(?!\s*[\p{L}\p{N}])/u.test(line);
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

/** Labels that contain these numbers themselves, such as "2 hours", would be confused with them. */
function canBeNumbered({ approve, decline = '' }: Buttons): boolean {
	return !/(^| )[12]( |$)/.test(`${plain(approve)} ${plain(decline)}`);
}
