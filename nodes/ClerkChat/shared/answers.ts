import type { IDataObject } from 'n8n-workflow';

/**
 * What Clerk Chat wraps in `data`.
 * @param body parsed body of a 2xx answer
 * @returns undefined when there is no object in `data`
 */
export function dataOf(body: unknown): IDataObject | undefined {
	return isObject(body) && isObject(body.data) ? body.data : undefined;
}

/** Whether a value is an object with keys, and no list. */
export function isObject(value: unknown): value is IDataObject {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}
