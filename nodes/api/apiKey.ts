import type { ICredentialDataDecryptedObject, IDataObject } from 'n8n-workflow';

/** White space, invisible characters and quotes, which come along when a key is copied. */
const BESIDE_A_KEY = /[\s\p{Cc}\p{Cf}"'`\u2018-\u201f\u00ab\u00bb\u2039\u203a]/u;

/** What can stand in an HTTP header without being encoded. */
const PRINTABLE = /^[\x20-\x7e]*$/;

/** The API key in a credential, without what cannot be part of a key at its ends; '' when there is none. */
export function apiKeyOf({ apiKey }: ICredentialDataDecryptedObject | IDataObject): string {
	const text = String(apiKey ?? '');
	let start = 0;
	let end = text.length;
	while (start < end && BESIDE_A_KEY.test(text[start])) start++;
	while (end > start && BESIDE_A_KEY.test(text[end - 1])) end--;
	return text.slice(start, end);
}

/** Whether a key, as {@link apiKeyOf} gives it, can be sent. */
export function isSendable(apiKey: string): boolean {
	return PRINTABLE.test(apiKey);
}
