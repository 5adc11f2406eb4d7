import type { INodeProperties } from 'n8n-workflow';
import { LARGEST_PAGE } from '../../api/pages';
import type { ItemFields } from './itemFields';
import type { Field, Reader } from '../operation';
import { addressesOf, addressOf, senderOf } from './addresses';
import { dateOf } from './dates';
import { objectOf } from './freeData';
import { idNumberOf, pathPartOf } from './ids';
import { listOf, webAddressesOf } from './lists';
import { isGiven, requiredText, textOf } from './texts';

/*
 * Converts what people enter to what the API expects, with one reader per kind of field. A field that was left out or
 * left empty is undefined, so that nothing empty overwrites Clerk Chat's data.
 */

/** Text as entered, including leading and trailing spaces and line breaks. */
export const text: Reader = (item, label, value) => textOf(item, label, value) || undefined;

/** Like {@link text}, but must not be empty. */
export const writtenText: Reader = (item, label, value) => {
	requiredText(item, label, value);
	return textOf(item, label, value);
};

/** An E.164 number, completed with the default country code, or an ID. */
export const addressWithDefault: Reader = (item, label, value) =>
	addressOf(item, label, value) || undefined;

/** One or more of them. */
export const addressesWithDefault: Reader = addressesOf;

/** The address to send from. */
export const senderAddress: Reader = (item, label, value) =>
	senderOf(item, label, value) || undefined;

/** A list of texts; undefined if empty. */
export const list: Reader = (item, label, value) => someOf(listOf(item, label, value));

/** A list of URLs; undefined if empty. */
export const webAddresses: Reader = (item, label, value) =>
	someOf(webAddressesOf(item, label, value));

/** A numeric ID assigned by Clerk Chat. */
export const idNumber: Reader = (item, label, value) =>
	isGiven(value) ? idNumberOf(item, label, value) : undefined;

/** An ID as a path segment, escaped. */
export const pathPart = pathPartOf;

/** A point in time, as ISO 8601 in UTC. */
export const date: Reader = (item, label, value) =>
	isGiven(value) ? dateOf(item, label, value) : undefined;

/** A JSON object. An empty one, which a newly added field contains, counts as left out. */
export const object: Reader = (item, label, value) => {
	const given = isGiven(value) ? objectOf(item, label, value) : {};
	return Object.keys(given).length > 0 ? given : undefined;
};

/** A boolean. */
export const boolean: Reader = (item, label, value) => {
	if (!isGiven(value)) return undefined;
	if (value === true || value === 'true') return true;
	if (value === false || value === 'false') return false;
	throw item.refuse(
		`'${label}' is neither true nor false`,
		'Use the switch, or an expression that returns true or false.',
	);
};

/**
 * A whole number above zero.
 * @param wayOut what to do if it isn't one, as a sentence
 * @throws NodeOperationError if it isn't one
 */
export function wholeNumber(
	item: ItemFields,
	label: string,
	value: unknown,
	wayOut = 'Enter 1 or more.',
): number {
	const number = Number(value);
	if (Number.isInteger(number) && number >= 1) return number;
	throw item.refuse(`'${label}' is not a whole number above zero`, wayOut);
}

/** The page size for 'Return All' and 'Limit'. It is the same for all pages. */
export const pageSize: Reader = (item) => Math.min(LARGEST_PAGE, resultLimitOf(item));

/**
 * The number of results that 'Return All' and 'Limit' ask for.
 * @throws NodeOperationError if 'Limit' isn't a valid number
 */
export function resultLimitOf(item: ItemFields): number {
	if (boolean(item, 'Return All', item.get('returnAll'))) return Infinity;
	const limit = Number(item.get('limit'));
	if (Number.isInteger(limit) && limit > 0) return limit;
	throw item.refuse("'Limit' is not a valid number of results", 'Enter a whole number, 1 or more.');
}

const BY_TYPE: Partial<Record<INodeProperties['type'], Reader>> = {
	boolean,
	dateTime: date,
	json: object,
	options: text,
	string: text,
};

/** A field's own reader, or else the one for its type. Resource locators are read as the value picked. */
export function readerOf({ reader, type, typeOptions, required }: Field): Reader {
	if (reader) return reader;
	if (typeOptions?.multipleValues) return list;
	if ((type === 'string' || type === 'resourceLocator') && required) return requiredText;
	return BY_TYPE[type] ?? text;
}

function someOf(entries: string[]): string[] | undefined {
	return entries.length > 0 ? entries : undefined;
}
