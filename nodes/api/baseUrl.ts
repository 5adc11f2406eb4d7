import type { IDataObject } from 'n8n-workflow';

/** The base URL in a credential, without what people paste along with it. */
export function baseUrlOf({ baseUrl }: IDataObject): string {
	const text = String(baseUrl ?? '').trim();
	const url = isWebAddress(text) ? new URL(text).href : text;
	let end = url.length;
	while (url[end - 1] === '/') end--;
	return url.slice(0, end);
}

/** Whether a text is an address that requests can be sent to. */
export function isWebAddress(text: string): boolean {
	return /^https?:\/\//i.test(text) && URL.canParse(text);
}
