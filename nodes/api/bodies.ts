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

/**
 * What was created or changed, from the body of a 2xx answer: what is in `data`, or the body itself, as the docs show it
 * for some endpoints. Each has an `id`; a body in which one has none says nothing of what became of it.
 * @returns at least one; undefined when the body does not hold that
 */
export function createdOf(body: unknown): IDataObject[] | undefined {
	const created = dataOf(body) ?? (isObject(body) ? [body] : undefined);
	return created?.every(hasId) ? created : undefined;
}

function hasId({ id }: IDataObject): boolean {
	return id !== undefined && id !== null && id !== '';
}

/** Whether a value is an object with keys, and no list. */
export function isObject(value: unknown): value is IDataObject {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}
