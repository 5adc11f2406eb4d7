import type { IDataObject } from 'n8n-workflow';
import { isObject } from '../api/bodies';
import type { ApiRequest } from '../api/requester';
import { locatorValue } from './fields/ids';
import { pathPart, readerOf } from './fields/readers';
import { empty } from './fields/texts';
import type { ItemFields } from './fields/itemFields';
import type { Field, Operation } from './operation';

/** A reference to a field in a path, as n8n's expressions write it. */
const IN_PATH = /\{\{ encodeURIComponent\(\$parameter\["(\w+)"\]\) \}\}/g;

/**
 * Builds the request that an operation describes, from the fields of an item: `routing.request` is its target, and each
 * field with a `routing.send` is read by its reader and put where that says.
 * @throws NodeOperationError if a field is invalid
 */
export function requestOf({ option, fields, check }: Operation, item: ItemFields): ApiRequest {
	const { method, url, body, qs } = option.routing.request;
	const request: ApiRequest = {
		method,
		url: url.replace(/^=/, '').replace(IN_PATH, (_, name: string) => inPath(fields, item, name)),
		...(method !== 'GET' && { body: { ...body } }),
		...((qs !== undefined || method === 'GET') && { qs: { ...qs } }),
	};
	for (const { field, value } of mapped(fields, item)) {
		const { type, property } = field.routing?.send ?? {};
		const read = readerOf(field)(item, field.displayName, locatorValue(value));
		if (read === undefined && field.required) throw empty(item, field.displayName);
		const part = type === 'query' ? request.qs : request.body;
		if (read !== undefined && part && property) part[property] = read as IDataObject[string];
	}
	check?.(request, item);
	return request;
}

/** The values of password fields in a request, to be redacted wherever people read them. */
export function secretsIn({ fields }: Operation, { body = {} }: ApiRequest): string[] {
	return allOf(fields)
		.filter(({ typeOptions }) => typeOptions?.password)
		.map(({ routing }) => body[routing?.send?.property ?? ''])
		.filter((value) => typeof value === 'string');
}

/** The fields sent to the API, including those inside collections, with the item's values. */
function* mapped(fields: Field[], item: ItemFields): Generator<{ field: Field; value: unknown }> {
	for (const field of fields) {
		if (!field.routing?.send && field.type !== 'collection') continue;
		if (!isShown(field, item)) continue;
		if (field.routing?.send) yield { field, value: item.get(field.name) };
		if (field.type !== 'collection') continue;
		const inside = (field.options ?? []).filter(isField).filter(({ routing }) => routing?.send);
		if (inside.length === 0) continue;
		const values = item.collection(field.name);
		for (const each of inside) yield { field: each, value: values[each.name] };
	}
}

/** Whether the node shows a field, given the item's other values. */
function isShown({ displayOptions }: Field, item: ItemFields): boolean {
	// An expression may return a switch's value as text.
	// Names like '@tool' are not fields of the item.
	const conditions = Object.entries(displayOptions?.show ?? {}).filter(
		([name]) => !name.startsWith('@'),
	);
	return conditions.every(([name, values]) =>
		(values as unknown[]).map(String).includes(String(item.get(name))),
	);
}

/** All fields of an operation, including those inside collections. */
export function allOf(fields: Field[]): Field[] {
	return fields.flatMap((field) => [
		field,
		...(field.type === 'collection' ? (field.options ?? []).filter(isField) : []),
	]);
}

function isField(option: unknown): option is Field {
	return isObject(option) && 'type' in option;
}

/** A field's value as a path segment. */
function inPath(fields: Field[], item: ItemFields, name: string): string {
	const { displayName = name, reader } = fields.find((field) => field.name === name) ?? {};
	const value = locatorValue(item.get(name));
	return pathPart(item, displayName, reader ? reader(item, displayName, value) : value);
}

/**
 * Checks a description when the node is loaded, so that no field is described that would never be sent.
 * @throws Error naming a field whose `routing.send` {@link requestOf} doesn't support: inside a fixed collection, or
 * with a dot in its `property`
 */
export function checkDescription({ option, fields }: Operation): void {
	const followed = new Set<unknown>(allOf(fields));
	(function look(value: unknown): void {
		if (!isObject(value)) {
			if (Array.isArray(value)) value.forEach(look);
			return;
		}
		const { name, routing, options, values } = value as Partial<Field> & { values?: unknown };
		const { property = '' } = routing?.send ?? {};
		if (routing?.send && (!followed.has(value) || property.includes('.')))
			throw new Error(
				`${option.action}: nothing sends the field ${name} (routing.send, request.ts)`,
			);
		[options, values].forEach(look);
	})(fields as unknown as IDataObject);
}
