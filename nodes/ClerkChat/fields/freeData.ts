import type { IDataObject } from 'n8n-workflow';
import { isObject } from '../../api/bodies';
import type { ItemFields } from './itemFields';
import { isDate } from './dates';
import { isGiven, meant, textOf } from './texts';

const HOW_TO_WRITE =
	'Enter names and values in braces, with double quotes around names and texts, for example { "plan": "gold" }.';

/** How many characters of a text an error shows, from where parsing failed. */
const LONGEST_SHOWN = 30;

/** A free-form data field: its name as people see it, and the value they entered. */
interface Given {
	label: string;
	value: unknown;
}

/**
 * Builds free-form data from rows of names and values, plus JSON for the rest. Row values keep their type, which is
 * text unless an expression returns something else. Rows without a value are left out.
 * @returns undefined if there is no data
 * @throws NodeOperationError if a name is missing or used twice, or as {@link objectOf} does
 */
export function freeDataOf(item: ItemFields, rows: Given, json: Given): IDataObject | undefined {
	const rest = isGiven(json.value) ? objectOf(item, json.label, json.value) : {};
	const data = new Map<string, unknown>();
	for (const { name, value } of rowsOf(item, rows)) {
		if (data.has(name)) {
			throw item.refuse(
				`'${rows.label}' has the name "${name}" twice`,
				'Use each name only once, or remove one of the two rows.',
			);
		}
		if (Object.hasOwn(rest, name)) {
			throw item.refuse(
				`"${name}" is in both '${rows.label}' and '${json.label}'`,
				'Remove it from one of them.',
			);
		}
		data.set(name, value);
	}
	const all = { ...rest, ...(Object.fromEntries(data) as IDataObject) };
	return Object.keys(all).length > 0 ? all : undefined;
}

function* rowsOf(
	item: ItemFields,
	{ label, value: rows }: Given,
): Generator<{ name: string; value: unknown }> {
	const values = isObject(rows) ? rows.values : rows;
	if (!isGiven(values)) return;
	if (!Array.isArray(values) || !values.every(isObject)) {
		throw item.refuse(
			`'${label}' is not a list of names and values`,
			'Add its rows one by one, or use an expression that returns [{ "name": "plan", "value": "gold" }].',
		);
	}
	for (const row of values) {
		const name = textOf(item, `${label} > Name`, row.name).trim();
		if (!isGiven(row.value)) continue;
		const value = isDate(row.value) ? row.value.toJSON() : row.value;
		const text = meant(item, `${label} > Value`, shown(value));
		if (name !== '') {
			yield { name, value };
			continue;
		}
		throw item.refuse(
			`'${label} > Name' is empty`,
			`Enter a name for the value "${text.slice(0, LONGEST_SHOWN)}", or remove the row.`,
		);
	}
}

function shown(value: unknown): string {
	return typeof value === 'string' ? value : JSON.stringify(value);
}

/**
 * Reads an object from a JSON field.
 * @param label the field's name as people see it
 * @param value an object, or an object as JSON text
 * @throws NodeOperationError if it is neither, or contains text that nobody means to send
 */
export function objectOf(item: ItemFields, label: string, value: unknown): IDataObject {
	if (typeof value === 'string') meant(item, label, value);
	const object = typeof value === 'string' ? parsed(item, label, value) : value;
	if (!isObject(object) || isDate(object)) throw noObject(item, label, whatIs(object));
	meant(item, label, JSON.stringify(object));
	return object;
}

function noObject(item: ItemFields, label: string, why: string) {
	return item.refuse(`'${label}' is not a JSON object`, `${why} ${HOW_TO_WRITE}`);
}

/** @throws NodeOperationError if it isn't JSON, with JavaScript's own message, which says what was found or where */
function parsed(item: ItemFields, label: string, text: string): unknown {
	let why = 'It is empty';
	try {
		if (text.trim() !== '') return JSON.parse(text);
	} catch (exception) {
		why = (exception as Error).message;
	}
	throw noObject(item, label, `${why}.`);
}

function whatIs(value: unknown): string {
	if (Array.isArray(value)) return 'It contains a list.';
	if (value === null || value === undefined) return 'It contains nothing.';
	if (isDate(value)) return 'It contains a date.';
	return `It contains ${{ string: 'text', number: 'a number', boolean: 'true or false' }[typeof value as string] ?? 'something else'}.`;
}
