import type { NodeOperationError } from 'n8n-workflow';
import type { ItemFields } from './itemFields';

/** Names that n8n's expressions use. '{{first_name}}' in a template isn't an expression. */
const EXPRESSION_NAMES = new Set(
	'( json binary node input item items now today workflow execution vars env secrets prevNode runIndex itemIndex parameter fromAI jmespath ifEmpty if min max'.split(
		' ',
	),
);

/** Whether a text contains an n8n expression that was not evaluated. */
function hasExpression(text: string): boolean {
	for (const [inside] of text.matchAll(/\{\{.*?(?:\}\}|$)/gs)) {
		for (const [, name] of inside.matchAll(/\$(\(|\w+)/g)) {
			if (EXPRESSION_NAMES.has(name)) return true;
		}
	}
	return false;
}

/** The usual reason why a required field is empty. */
export const EXPRESSION_HINT = 'If it uses an expression, this item may have no value for it.';

/** Whether a field was filled in; empty text doesn't count. */
export function isGiven(value: unknown): boolean {
	return value !== undefined && value !== null && value !== '';
}

/**
 * Converts a field's value to text; numbers and booleans become text, and missing values become ''.
 * @param label the field's name as people see it
 * @throws NodeOperationError if it is an object, a list, or text that nobody means to send ("[object Object]", or an
 * expression that was not evaluated)
 */
export function textOf(item: ItemFields, label: string, value: unknown): string {
	if (value === undefined || value === null) return '';
	if (typeof value !== 'object') return meant(item, label, String(value));
	throw item.refuse(
		`'${label}' is not text`,
		`It contains ${Array.isArray(value) ? 'a list' : 'an object'}. Choose one value from it, for example {{ $json.text }}.`,
	);
}

/**
 * Returns a text unchanged after checking that it contains nothing that nobody means to send.
 * @throws NodeOperationError if it does
 */
export function meant(item: ItemFields, label: string, text: string): string {
	if (text.includes('[object Object]')) {
		throw item.refuse(
			`'${label}' contains "[object Object]"`,
			'This is how an object looks as text. Choose one value from it, for example {{ $json.text }}, or use all of it with {{ JSON.stringify($json) }}.',
		);
	}
	if (!hasExpression(text)) return text;
	throw item.refuse(
		`'${label}' contains an expression that was not evaluated`,
		'It would be sent exactly as written. If the field is set to Fixed, switch it to Expression.',
	);
}

/**
 * Checks the texts of a list field before they are split.
 * @throws NodeOperationError if one contains something that nobody means to send
 */
export function allMeant(item: ItemFields, label: string, value: unknown): void {
	for (const text of [value].flat(Infinity)) if (typeof text === 'string') meant(item, label, text);
}

/**
 * Like {@link textOf}, but trimmed.
 * @throws NodeOperationError also if it is empty
 */
export function requiredText(item: ItemFields, label: string, value: unknown): string {
	const text = textOf(item, label, value).trim();
	if (text === '') throw empty(item, label);
	return text;
}

/** How many characters of a value an error shows. */
const LONGEST_SHOWN = 100;

/** A value in quotation marks for an error, shortened if long. */
export function quoted(text: string): string {
	return `"${text.length > LONGEST_SHOWN ? `${text.slice(0, LONGEST_SHOWN)}…` : text}"`;
}

/** The error for an empty required field. */
export function empty(item: ItemFields, label: string): NodeOperationError {
	return item.refuse(`'${label}' is empty`, `Enter a value. ${EXPRESSION_HINT}`);
}
