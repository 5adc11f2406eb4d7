import type { IDataObject } from 'n8n-workflow';
import { isObject } from '../../api/bodies';
import type { ItemFields } from './itemFields';
import { isDate } from './dates';
import { meant } from './texts';

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

function parsed(text: string): unknown {
	try {
		return JSON.parse(text);
	} catch {
		return undefined;
	}
}
