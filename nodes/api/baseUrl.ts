import type { IDataObject } from 'n8n-workflow';
import type { Words } from './faults';
import { isPrivateHost } from './privateHosts';

/** The base URL in a credential, without what people paste along with it. */
export function baseUrlOf({ baseUrl }: IDataObject): string {
	const text = String(baseUrl ?? '').trim();
	const url = isWebAddress(text) ? new URL(text).href : text;
	let end = url.length;
	while (url[end - 1] === '/') end--;
	return url.slice(0, end);
}

/**
 * Why the key does not go to an address.
 * @param url as {@link baseUrlOf} gives it
 * @returns undefined when it does
 */
export function whyUnusable(url: string): Pick<Words, 'message' | 'description'> | undefined {
	if (!isWebAddress(url)) {
		return {
			message: "'Base URL' in the credential is not a web address",
			description: 'Enter https://web-api.clerk.chat unless Clerk Chat tells you otherwise.',
		};
	}
	const { protocol, hostname } = new URL(url);
	if (protocol === 'https:' || isPrivateHost(hostname)) return undefined;
	return {
		message:
			"'Base URL' in the credential starts with http://, so the API key would be sent unencrypted",
		description: 'Make it start with https://.',
	};
}

function isWebAddress(text: string): boolean {
	return /^https?:\/\//i.test(text) && URL.canParse(text);
}
