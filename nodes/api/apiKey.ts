import type { ICredentialDataDecryptedObject, IDataObject } from 'n8n-workflow';

/** White space, invisible characters and quotes that get copied along with a key. */
const BESIDE_A_KEY = /[\s\p{Cc}\p{Cf}"'`\u2018-\u201f\u00ab\u00bb\u2039\u203a]/u;

/** What an HTTP header can carry without encoding. */
const PRINTABLE = /^[\x20-\x7e]*$/;

/** The API key in a credential, trimmed of characters that can't belong to it; '' when there is none. */
export function apiKeyOf({ apiKey }: ICredentialDataDecryptedObject | IDataObject): string {
	const text = String(apiKey ?? '');
	let start = 0;
	let end = text.length;
	while (start < end && BESIDE_A_KEY.test(text[start])) start++;
	while (end > start && BESIDE_A_KEY.test(text[end - 1])) end--;
	return text.slice(start, end);
}

/** Whether a key, as {@link apiKeyOf} returns it, can be sent. */
export function isSendable(apiKey: string): boolean {
	return PRINTABLE.test(apiKey);
}
