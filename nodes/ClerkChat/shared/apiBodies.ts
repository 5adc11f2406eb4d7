import type { IDataObject } from 'n8n-workflow';

/**
 * What Clerk Chat wraps in `data`: one thing or a list of them.
 * @param body parsed body of a 2xx answer
 * @returns at least one; undefined when `data` holds none
 */
export function dataOf(body: unknown): IDataObject[] | undefined {
	if (!isObject(body)) return undefined;
	if (isObject(body.data)) return [body.data];
	const list: unknown[] = Array.isArray(body.data) ? body.data : [];
	return list.length > 0 && list.every(isObject) ? list : undefined;
}

/** Like {@link dataOf}, for the endpoints whose docs show the thing without `data` around it. */
export function dataOrBareOf(body: unknown): IDataObject[] | undefined {
	return dataOf(body) ?? (isObject(body) && body.id !== undefined ? [body] : undefined);
}

/** Whether a value is an object with keys, and no list. */
export function isObject(value: unknown): value is IDataObject {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}
