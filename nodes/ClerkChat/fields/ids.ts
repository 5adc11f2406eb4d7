import { isObject } from '../../api/bodies';
import type { ItemFields } from './itemFields';
import { requiredText, textOf } from './texts';

/**
 * A whole number from a field.
 * @param label the field's name as people see it
 * @throws NodeOperationError if it isn't a whole number above zero
 */
export function idNumberOf(item: ItemFields, label: string, value: unknown): number {
	const id = Number(textOf(item, label, value).trim());
	if (Number.isSafeInteger(id) && id > 0) return id;
	throw item.refuse(
		`'${label}' is not an ID`,
		'Pick one from the list, or enter a number such as 123.',
	);
}

/**
 * An ID as a path segment, escaped.
 * @param label the field's name as people see it
 * @throws NodeOperationError if it is empty, or consists of dots that would lead to another endpoint
 */
export function pathPartOf(item: ItemFields, label: string, value: unknown): string {
	const id = requiredText(item, label, value);
	if (id !== '.' && id !== '..') return encodeURIComponent(id);
	throw item.refuse(`'${label}' is not an ID: "${id}"`, 'Enter the ID from Clerk Chat.');
}

/**
 * The value picked or entered in a resource locator. Other values, such as an expression's result for the whole field,
 * are returned unchanged.
 */
export function locatorValue(value: unknown): unknown {
	return isObject(value) && 'mode' in value ? value.value : value;
}
