import type { IDataObject } from 'n8n-workflow';

/**
 * Unwraps `data`, which contains one object or a list of them.
 * @param body the parsed body of a 2xx response
 * @returns at least one object; undefined when `data` contains none
 */
export function dataOf(body: unknown): IDataObject[] | undefined {
	if (!isObject(body)) return undefined;
	if (isObject(body.data)) return [body.data];
	const list: unknown[] = Array.isArray(body.data) ? body.data : [];
	return list.length > 0 && list.every(isObject) ? list : undefined;
}

/**
 * What was created or changed, from the body of a 2xx response: the contents of `data`, or the body itself, as the docs
 * show for some endpoints. Each object needs an `id`; if one has none, the body doesn't show what happened.
 * @returns at least one object; undefined when the body has none
 */
export function createdOf(body: unknown): IDataObject[] | undefined {
	const created = dataOf(body) ?? (isObject(body) ? [body] : undefined);
	return created?.every(hasId) ? created : undefined;
}

function hasId({ id }: IDataObject): boolean {
	return id !== undefined && id !== null && id !== '';
}

/** Whether a value is an object, but not a list. */
export function isObject(value: unknown): value is IDataObject {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A value from the API as text. Unlike `String()`, it takes every object, even one with a field `toString`. */
export function asText(value: unknown): string {
	if (Array.isArray(value)) return value.map(asText).join(',');
	return isObject(value) ? JSON.stringify(value) : String(value);
}
