import type { NodeOperationError } from 'n8n-workflow';
import type { ItemFields } from './itemFields';

/** What expressions of n8n name; '{{first_name}}' of a template is none. */
const EXPRESSION_NAMES = new Set(
	'( json binary node input item items now today workflow execution vars env secrets prevNode runIndex itemIndex parameter fromAI jmespath ifEmpty if min max'.split(
		' ',
	),
);

/** Whether a text holds an expression of n8n that was not evaluated. */
function hasExpression(text: string): boolean {
	for (const [inside] of text.matchAll(/\{\{[^{}]*/g)) {
		for (const [, name] of inside.matchAll(/\$(\(|\w+)/g)) {
			if (EXPRESSION_NAMES.has(name)) return true;
		}
	}
	return false;
}

/** The usual cause when a required field is empty. */
export const EXPRESSION_HINT = 'If it uses an expression, this item may have no value for it.';

/** Whether a field was filled in; empty text doesn't count. */
export function isGiven(value: unknown): boolean {
	return value !== undefined && value !== null && value !== '';
}

/**
 * Text from what a field gave; numbers and booleans become text, nothing becomes ''.
 * @param label the field's name as people see it
 * @throws NodeOperationError when it is an object or a list, or what nobody means to send ("[object Object]", an expression
 * that was not evaluated)
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
 * A text, unless it holds what nobody means to send.
 * @throws NodeOperationError when it does
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
 * Looks at the texts of a list field before they are taken apart.
 * @throws NodeOperationError when one holds what nobody means to send
 */
export function allMeant(item: ItemFields, label: string, value: unknown): void {
	for (const text of [value].flat(Infinity)) if (typeof text === 'string') meant(item, label, text);
}

/**
 * Like {@link textOf}, trimmed.
 * @throws NodeOperationError when it is empty, too
 */
export function requiredText(item: ItemFields, label: string, value: unknown): string {
	const text = textOf(item, label, value).trim();
	if (text === '') throw empty(item, label);
	return text;
}

/** How much of a value an error shows, in characters. */
const LONGEST_SHOWN = 100;

/** A value between quotation marks, for an error; of a long one only the beginning. */
export function quoted(text: string): string {
	return `"${text.length > LONGEST_SHOWN ? `${text.slice(0, LONGEST_SHOWN)}…` : text}"`;
}

/** What a required field that is empty is refused with. */
export function empty(item: ItemFields, label: string): NodeOperationError {
	return item.refuse(`'${label}' is empty`, `Enter a value. ${EXPRESSION_HINT}`);
}
