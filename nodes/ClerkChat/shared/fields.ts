// n8n provides luxon to nodes, and n8n-workflow brings it here.
import { DateTime } from 'luxon';
import type { IDataObject } from 'n8n-workflow';
import { isObject } from '../../api/bodies';
import type { ItemFields } from '../operation';
import { toAddress } from './phoneNumbers';
import type { Doubt } from './phoneNumbers';
import { parsedList, toRecipients } from './recipients';

/** An expression of n8n; '{{first_name}}' of a template is none. */
const EXPRESSION =
	/\{\{[^{}]*\$(?:\(|(?:json|binary|node|input|items?|now|today|workflow|execution|vars|env|secrets|prevNode|runIndex|itemIndex|parameter|fromAI|jmespath|ifEmpty|if|min|max)\b)/;

/** How many of several values a text names. */
const MOST_SHOWN = 5;

const EXPRESSION_HINT = 'When it comes from an expression, this item may lack the value.';

/** Whether a field was filled in; empty text counts as left out. */
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
		`It holds ${Array.isArray(value) ? 'a list' : 'an object'}. Pick the one value of it that is meant, for example {{ $json.text }}.`,
	);
}

/** A text, unless it holds what nobody means to send. */
function meant(item: ItemFields, label: string, text: string): string {
	if (text.includes('[object Object]')) {
		throw item.refuse(
			`'${label}' contains "[object Object]"`,
			'An object stands where a text was meant. Pick one value of it, for example {{ $json.text }}, or write all of it with {{ JSON.stringify($json) }}.',
		);
	}
	if (!EXPRESSION.test(text)) return text;
	throw item.refuse(
		`'${label}' contains an expression that was not evaluated`,
		'It would go out as it is written. If the field is set to Fixed, switch it to Expression.',
	);
}

/**
 * Like {@link textOf}, trimmed.
 * @throws NodeOperationError when it is empty, too
 */
export function requiredText(item: ItemFields, label: string, value: unknown): string {
	const text = textOf(item, label, value).trim();
	if (text === '') throw item.refuse(`'${label}' is empty`, `Enter a value. ${EXPRESSION_HINT}`);
	return text;
}

/**
 * The digits of the option 'Default Country Code'; '' when it is not set.
 * @throws NodeOperationError when it is no country code
 */
export function countryCodeOf(item: ItemFields, value: unknown): string {
	const code = textOf(item, 'Default Country Code', value).replace(/^(\+|00)|\s/g, '');
	if (code === '' || /^[1-9]\d{0,2}$/.test(code)) return code;
	throw item.refuse(
		`'Default Country Code' is not a country code: "${code}"`,
		'Enter a plus and one to three digits, for example +1.',
	);
}

/**
 * The field 'From': an E.164 number or an identifier.
 * @param countryCode as in {@link addressOf}
 * @throws NodeOperationError when it is empty, a `+` number that is none, or digits that can be several numbers
 */
export function senderOf(item: ItemFields, countryCode?: string): string {
	const value = item.get('sender');
	requiredText(item, 'From', value);
	return addressOf(item, 'From', value, countryCode);
}

/**
 * The field 'To': E.164 numbers and identifiers, at least one.
 * @param countryCode digits of the option 'Default Country Code'; '' when it is not set
 * @throws NodeOperationError when it is empty, or holds a `+` number that is none or digits that can be several numbers
 */
export function recipientsOf(item: ItemFields, countryCode: string): string[] {
	const value = item.get('recipients');
	for (const text of [value].flat(Infinity)) if (typeof text === 'string') meant(item, 'To', text);
	const { recipients, invalid, doubts } = toRecipients(value, countryCode);
	if (invalid.length > 0) throw notANumber(item, 'To', invalid.join(', '));
	if (doubts.length > 0) throw inDoubt(item, 'To', doubts, countryCode);
	if (recipients.length > 0) return recipients;
	throw item.refuse(
		"'To' is empty",
		`Enter at least one phone number with + and country code. ${EXPRESSION_HINT}`,
	);
}

/**
 * The field 'Media URLs'; [] when it is left out.
 * @param value a list, or text with commas, semicolons, spaces or line breaks between the addresses
 * @throws NodeOperationError when one does not start with http:// or https://
 */
export function mediaUrlsOf(item: ItemFields, value: unknown): string[] {
	const urls = listOf(item, 'Media URLs', value, /[\r\n]+|[,;\s]+(?=https?:|$)/i);
	const bad = urls.find((url) => !/^https?:\/\//i.test(url) || !URL.canParse(url));
	if (bad === undefined) return urls;
	throw item.refuse(
		`'Media URLs' contains something that is not a web address: "${bad}"`,
		'Enter addresses that start with https:// and that anyone can open.',
	);
}

/**
 * A whole number from a field; a resource locator gives its value.
 * @param label the field's name as people see it
 * @throws NodeOperationError when it is no whole number above zero
 */
export function idNumberOf(item: ItemFields, label: string, value: unknown): number {
	const id = Number(textOf(item, label, locatorValue(value)).trim());
	if (Number.isSafeInteger(id) && id > 0) return id;
	throw item.refuse(
		`'${label}' is not an ID`,
		'Pick one from the list, or enter a number such as 123.',
	);
}

/**
 * An ID as a part of a path, escaped.
 * @param label the field's name as people see it
 * @throws NodeOperationError when it is empty, or dots that would lead to another endpoint
 */
export function pathPartOf(item: ItemFields, label: string, value: unknown): string {
	const id = requiredText(item, label, value);
	if (id !== '.' && id !== '..') return encodeURIComponent(id);
	throw item.refuse(`'${label}' is not an ID: "${id}"`, 'Enter the ID that Clerk Chat gave.');
}

/**
 * Yes or no from an optional field; undefined when it is left out.
 * @param label the field's name as people see it
 * @throws NodeOperationError when it is neither
 */
export function booleanOf(item: ItemFields, label: string, value: unknown): boolean | undefined {
	if (!isGiven(value)) return undefined;
	if (value === true || value === 'true') return true;
	if (value === false || value === 'false') return false;
	throw item.refuse(
		`'${label}' is neither true nor false`,
		'Use the switch, or an expression that gives true or false.',
	);
}

/** The value of a resource locator; anything else as it is. */
export function locatorValue(value: unknown): unknown {
	return isObject(value) && 'mode' in value ? value.value : value;
}

/**
 * A phone number from an optional field: E.164, or an identifier as it is.
 * @param label the field's name as people see it
 * @throws NodeOperationError when it is a `+` number that is none, or a number without a plus
 */
export function phoneOf(item: ItemFields, label: string, value: unknown): string {
	return addressOf(item, label, value);
}

/**
 * One address.
 * @param countryCode digits of the option 'Default Country Code', '' when it is not set; undefined where there is no such
 * option
 */
function addressOf(item: ItemFields, label: string, value: unknown, countryCode?: string): string {
	const text = textOf(item, label, value);
	const address = toAddress(typeof value === 'number' ? value : text, countryCode ?? '');
	if (address === undefined) throw notANumber(item, label, text);
	if (typeof address === 'string') return address;
	throw inDoubt(item, label, [address], countryCode);
}

/**
 * An object from a JSON field.
 * @param label the field's name as people see it
 * @param value an object, or JSON text of one
 * @throws NodeOperationError when it is neither, or a text in it is what nobody means to send
 */
export function objectOf(item: ItemFields, label: string, value: unknown): IDataObject {
	const object = typeof value === 'string' ? parsed(value) : value;
	if (isObject(object) && !isDate(object)) {
		meant(item, label, JSON.stringify(object));
		return object;
	}
	throw item.refuse(
		`'${label}' is not a JSON object`,
		'Enter names and values in braces, for example { "plan": "gold" }.',
	);
}

/**
 * Texts from a field with multiple values; [] when it is left out.
 * @param label the field's name as people see it
 * @param value a list (n8n stores `[[]]` for one that was added and left empty, so lists in it are opened, and what is empty
 * falls away), JSON text of one, or text with separators between the values
 * @param separator what stands between values in a text; commas, semicolons and line breaks when left out
 * @throws NodeOperationError when one is an object
 */
export function listOf(
	item: ItemFields,
	label: string,
	value: unknown,
	separator = /[,;\r\n]+/,
): string[] {
	const text = Array.isArray(value) ? '' : textOf(item, label, value);
	const list: unknown[] = Array.isArray(value) ? value : (parsedList(text) ?? [text]);
	return list
		.flat(Infinity)
		.flatMap((entry) => textOf(item, label, entry).split(separator))
		.map((entry) => entry.trim())
		.filter(isGiven);
}

/**
 * A point in time from a date field, as ISO 8601 in UTC.
 * @param label the field's name as people see it
 * @param value ISO 8601 text or a date object of n8n; without a zone it is in the workflow's
 * @throws NodeOperationError when it is no date
 */
export function dateOf(item: ItemFields, label: string, value: unknown): string {
	const text = isDate(value) ? value.toJSON() : value;
	const iso = String(text).trim().replace(' ', 'T');
	const date = DateTime.fromISO(iso, { zone: item.timezone }).toUTC();
	// Luxon takes a time alone for one of today.
	if (date.isValid && /^\d{4}-?\d{2}/.test(iso)) return date.toISO();
	throw item.refuse(
		`'${label}' is not a date: "${String(text)}"`,
		'Enter it like 2026-01-31T09:00:00.',
	);
}

/** Only the given ones of some values, so that nothing empty overwrites what Clerk Chat has. */
export function givenOnly(values: IDataObject): IDataObject {
	return Object.fromEntries(Object.entries(values).filter(([, value]) => isGiven(value)));
}

function isDate(value: unknown): value is Date | DateTime {
	return value instanceof Date || DateTime.isDateTime(value);
}

function parsed(text: string): unknown {
	try {
		return JSON.parse(text);
	} catch {
		return undefined;
	}
}

function notANumber(item: ItemFields, label: string, value: string) {
	return item.refuse(
		`'${label}' contains something that is not a phone number: "${value}"`,
		'A number that starts with + must have the country code and 7 to 15 digits in all, for example +14155550123.',
	);
}

/** @param countryCode as in {@link addressOf} */
function inDoubt(item: ItemFields, label: string, doubts: Doubt[], countryCode?: string) {
	const shown = doubts.slice(0, MOST_SHOWN);
	const left = doubts.length - shown.length;
	const digits =
		shown.map((doubt) => doubt.digits).join(', ') + (left > 0 ? ` and ${left} more` : '');
	const readings = shown.map((doubt) => `${doubt.digits} may be ${doubt.readings.join(' or ')}.`);
	const option = countryCode === '' ? "Add the option 'Default Country Code', or enter" : 'Enter';
	const wayOut = countryCode
		? ''
		: ' A short code or another identifier has to be text, for example {{ String($json.to) }}.';
	return item.refuse(
		`'${label}' contains digits that can be read in several ways: ${digits}`,
		`${readings.join(' ')} ${option} numbers with + and country code.${wayOut}`,
	);
}
