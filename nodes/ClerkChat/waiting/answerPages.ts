import { createHash } from 'node:crypto';
import { CHOICES, LONGEST_TEXT } from './answers';
import type { Answer, Complaint } from './answers';
import type { Question } from './question';

/** A page, ready to send. */
export interface Page {
	/** HTTP status. */
	status: number;
	html: string;
}

/* Simple rules that browsers on old phones understand; line width and contrast suit people with poor eyesight. */
const STYLE = `
body { margin: 0; padding: 24px 16px; background: #fff; color: #1d1d1f; font: 18px/1.5 sans-serif; }
main { max-width: 560px; margin: 0 auto; }
h1 { margin: 0 0 16px; font-size: 24px; line-height: 1.3; }
p { margin: 0 0 16px; overflow-wrap: break-word; word-wrap: break-word; }
.question { padding: 16px; border-left: 4px solid #1f5fbf; background: #eef3fb; white-space: pre-wrap; }
.complaint { padding: 16px; border-left: 4px solid #b3261e; background: #fcebea; }
label { display: block; margin-bottom: 8px; font-weight: bold; }
textarea { box-sizing: border-box; width: 100%; min-height: 144px; margin: 0 0 8px; padding: 12px;
	border: 2px solid #5f6368; border-radius: 8px; background: #fff; color: #1d1d1f; font: inherit; }
button { display: block; box-sizing: border-box; width: 100%; min-height: 56px; margin: 0 0 16px; padding: 12px 16px;
	border: 2px solid #1f5fbf; border-radius: 8px; background: #1f5fbf; color: #fff; font: inherit;
	font-weight: bold; overflow-wrap: break-word; word-wrap: break-word; cursor: pointer; }
button.other { background: #fff; color: #1f5fbf; }
button:focus, textarea:focus { outline: 3px solid #e08a00; outline-offset: 2px; }
.note { color: #4d5156; font-size: 16px; }
@media (prefers-color-scheme: dark) {
	body { background: #16181c; color: #f1f3f4; }
	.question { border-color: #8ab4f8; background: #22314a; }
	.complaint { border-color: #f2b8b5; background: #4a2322; }
	textarea { border-color: #9aa0a6; background: #22252a; color: #f1f3f4; }
	button { border-color: #8ab4f8; background: #8ab4f8; color: #10141a; }
	button.other { background: #16181c; color: #8ab4f8; }
	.note { color: #bdc1c6; }
}
`;

/**
 * The headers of every page. No scripts, no external content, no frames. Nothing caches the page. The link is all that
 * anyone needs to answer, so it is not passed on as a referrer.
 */
export const PAGE_HEADERS: Record<string, string> = {
	'Content-Type': 'text/html; charset=utf-8',
	'Content-Security-Policy': [
		"default-src 'none'",
		`style-src 'sha256-${createHash('sha256').update(STYLE).digest('base64')}'`,
		"form-action 'self'",
		"frame-ancestors 'none'",
		"base-uri 'none'",
	].join('; '),
	'Cache-Control': 'no-store',
	'Referrer-Policy': 'no-referrer',
	'X-Content-Type-Options': 'nosniff',
	'X-Robots-Tag': 'noindex, nofollow',
};

/**
 * The page of an open question. Its form posts to the page's own address; opening the page does nothing.
 * @param complaint what was wrong with the answer just sent
 */
export function questionPage(question: Question, complaint?: Complaint): Page {
	const title = question.title ?? 'Please answer';
	return page(complaint ? 422 : 200, complaint ? 'Not sent yet' : title, [
		complaint &&
			`<p class="complaint" id="complaint" role="alert">${escaped(complaint.complaint)}</p>`,
		// The question's language is unknown: lang="" keeps screen readers from treating it as English.
		`<p class="question" lang="" dir="auto">${escaped(question.message)}</p>`,
		'<form method="post">',
		...(question.buttons ? choices(question.buttons) : textField(complaint)),
		'</form>',
		'<p class="note">You can only answer once.</p>',
	]);
}

/**
 * The page after an answer; it repeats what the person chose or wrote.
 * @param by who asked
 */
export function answeredPage({ buttons }: Question, answer: Answer, by?: string): Page {
	const said = 'text' in answer ? answer.text : buttons?.[answer.approved ? 'approve' : 'decline'];
	return page(200, 'Thank you', [
		`<p>Your answer has been sent${by ? ` to <bdi>${escaped(by)}</bdi>` : ''}:</p>`,
		`<p class="question" lang="" dir="auto">${escaped(said ?? '')}</p>`,
		'<p>You can close this page.</p>',
	]);
}

/**
 * The page of a question that was answered or has expired.
 * @param by who asked
 */
export function closedPage(by?: string): Page {
	return page(410, 'This question is closed', [
		by && `<p>Asked by <bdi>${escaped(by)}</bdi>.</p>`,
		'<p>Someone has already answered it, or it has expired. You can close this page.</p>',
	]);
}

/** The page for a link that n8n didn't make. */
export function wrongLinkPage(): Page {
	return page(403, 'This link does not work', [
		'<p>It may be incomplete. Please open the link in the message again, or copy all of it.</p>',
	]);
}

function choices({ approve, decline }: NonNullable<Question['buttons']>): string[] {
	return [button(approve, CHOICES.approve), decline ? button(decline, CHOICES.decline) : ''];
}

function button(label: string, choice: string): string {
	const look = choice === CHOICES.decline ? ' class="other"' : '';
	return `<button type="submit" name="answer" value="${choice}"${look} lang="" dir="auto">${escaped(label)}</button>`;
}

function textField(complaint?: Complaint): string[] {
	const described = complaint ? 'complaint limit' : 'limit';
	const invalid = complaint ? ' aria-invalid="true"' : '';
	return [
		'<label for="text">Your answer</label>',
		// Browsers drop a line break right after the start tag. This one protects a line break at the start of the
		// text.
		`<textarea id="text" name="text" rows="5" maxlength="${LONGEST_TEXT}" required dir="auto" aria-describedby="${described}"${invalid}>\n${escaped(complaint?.text ?? '')}</textarea>`,
		`<p class="note" id="limit">Up to ${LONGEST_TEXT.toLocaleString('en')} characters.</p>`,
		'<button type="submit">Send answer</button>',
	];
}

function page(status: number, title: string, content: Array<string | undefined>): Page {
	const html = [
		'<!DOCTYPE html>',
		'<html lang="en">',
		'<head>',
		'<meta charset="utf-8">',
		`<title>${escaped(title)}</title>`,
		'<meta name="viewport" content="width=device-width, initial-scale=1">',
		'<meta name="color-scheme" content="light dark">',
		`<style>${STYLE}</style>`,
		'</head>',
		'<body>',
		'<main>',
		`<h1 dir="auto">${escaped(title)}</h1>`,
		...content.filter(Boolean),
		'</main>',
		'</body>',
		'</html>',
	].join('\n');
	return { status, html };
}

/** Text escaped for HTML, between tags and in attributes. */
function escaped(text: string): string {
	const entities: Record<string, string> = {
		'&': '&amp;',
		'<': '&lt;',
		'>': '&gt;',
		'"': '&quot;',
		"'": '&#39;',
	};
	return text.replace(/[&<>"']/g, (character) => entities[character]);
}
