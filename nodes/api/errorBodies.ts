import type { IDataObject } from 'n8n-workflow';
import { isObject } from './bodies';

/**
 * Clerk Chat's own words in the body of a response: plain text, `message` as text or list, `error`, `errors[]`. The
 * shape of these bodies is not documented, so everything seen in public code is read.
 * @returns one line, empty if there are none
 */
export function detailOf(body: unknown): string {
	if (typeof body === 'string') return isHtml(body) ? '' : body.replace(/\s+/g, ' ').trim();
	if (typeof body !== 'object' || body === null) return '';
	const { message, error, errors, detail } = body as IDataObject;
	const texts = [message, detail, errors, message || errors || detail ? undefined : error]
		.flatMap(textsIn)
		.map((text) => text.trim())
		.filter((text) => text !== '');
	return [...new Set(texts)].join('; ');
}

/** For when Clerk Chat reports a failure without a reason. */
export const NO_REASON = 'no reason was given';

/**
 * Why Clerk Chat marked the result in a 2xx response as failed.
 * @param result its `error` is documented as text or null
 * @returns undefined when it has no `error`
 */
export function errorIn({ error }: IDataObject): string | undefined {
	const isError = isObject(error) ? Object.keys(error).length > 0 : typeof error === 'string';
	if (!isError || error === '') return undefined;
	return detailOf({ error }) || NO_REASON;
}

function textsIn(value: unknown): string[] {
	if (typeof value === 'string') return [value];
	if (typeof value === 'number') return [String(value)];
	if (Array.isArray(value)) return value.flatMap(textsIn);
	if (typeof value !== 'object' || value === null) return [];
	const { field, property, path, message, detail, title, error, constraints } =
		value as IDataObject;
	const place = textsIn(field ?? property ?? path).join('.');
	const said = [message, detail, title, error].flatMap(textsIn);
	const texts = said.length > 0 ? said : Object.values(constraints ?? {}).flatMap(textsIn);
	return texts.map((text) => (place && !text.includes(place) ? `${place}: ${text}` : text));
}

/** Whether a body is an HTML page: something other than the API responded. */
export function isHtml(body: unknown): boolean {
	return typeof body === 'string' && /^\s*<(!doctype|html)/i.test(body);
}
