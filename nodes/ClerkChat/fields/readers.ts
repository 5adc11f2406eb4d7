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
 * From what people enter to what the API takes: one reader for each kind of field. A field that was left out or left
 * empty gives undefined, so that nothing empty overwrites what Clerk Chat has.
 */

/** Text as it was written, blanks and line breaks at its ends too. */
export const text: Reader = (item, label, value) => textOf(item, label, value) || undefined;

/** Like {@link text}, but not empty. */
export const writtenText: Reader = (item, label, value) => {
	requiredText(item, label, value);
	return textOf(item, label, value);
};

/** An E.164 number, completed with the default country code, or an identifier. */
export const addressWithDefault: Reader = (item, label, value) =>
	addressOf(item, label, value) || undefined;

/** Several of them, at least one. */
export const addressesWithDefault: Reader = addressesOf;

/** What messages are sent from. */
export const senderAddress: Reader = (item, label, value) =>
	senderOf(item, label, value) || undefined;

/** Texts, as many as there are. */
export const list: Reader = (item, label, value) => someOf(listOf(item, label, value));

/** Addresses in the web, as many as there are. */
export const webAddresses: Reader = (item, label, value) =>
	someOf(webAddressesOf(item, label, value));

/** A number that Clerk Chat gave something as its ID. */
export const idNumber: Reader = (item, label, value) =>
	isGiven(value) ? idNumberOf(item, label, value) : undefined;

/** An ID as a part of a path, escaped. */
export const pathPart = pathPartOf;

/** A point in time, as ISO 8601 in UTC. */
export const date: Reader = (item, label, value) =>
	isGiven(value) ? dateOf(item, label, value) : undefined;

/** A JSON object. An empty one is what the field holds when it was just added, and counts as left out. */
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

/** How many results a page is to have, from 'Return All' and 'Limit': all pages are asked for in the same size. */
export const pageSize: Reader = (item) => Math.min(LARGEST_PAGE, resultLimitOf(item));

/**
 * How many results the fields 'Return All' and 'Limit' ask for.
 * @throws NodeOperationError when it is no number of results
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

/** The reader of a field: its own, or what follows from its type. A resource locator is read as what was picked. */
export function readerOf({ reader, type, typeOptions, required }: Field): Reader {
	if (reader) return reader;
	if (typeOptions?.multipleValues) return list;
	if ((type === 'string' || type === 'resourceLocator') && required) return requiredText;
	return BY_TYPE[type] ?? text;
}

function someOf(entries: string[]): string[] | undefined {
	return entries.length > 0 ? entries : undefined;
}
