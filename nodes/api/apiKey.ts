import { UserError } from 'n8n-workflow';
import type { ICredentialDataDecryptedObject, IDataObject } from 'n8n-workflow';

/** White space, invisible characters and quotes, which come along when a key is copied. */
const BESIDE_A_KEY = /[\s\p{Cc}\p{Cf}"'`\u2018-\u201f\u00ab\u00bb\u2039\u203a]/u;

/** What can stand in an HTTP header without being encoded. */
const PRINTABLE = /^[\x20-\x7e]*$/;

/** What happened, and what to do. */
export const UNUSABLE_API_KEY = {
	message: "'API Key' in the credential contains a character that an API key cannot contain",
	description:
		'It may be a line break, or a character that an app added during copying. Open the credential and enter the key again.',
};

/**
 * The API key in a credential, without what cannot be part of a key at its ends; '' when there is none.
 * @throws UserError with {@link UNUSABLE_API_KEY} in its message, which is all that n8n shows of an exception while it
 * tests a credential, when there is something inside that is no printable ASCII
 */
export function apiKeyOf({ apiKey }: ICredentialDataDecryptedObject | IDataObject): string {
	const text = String(apiKey ?? '');
	let start = 0;
	let end = text.length;
	while (start < end && BESIDE_A_KEY.test(text[start])) start++;
	while (end > start && BESIDE_A_KEY.test(text[end - 1])) end--;
	const key = text.slice(start, end);
	if (PRINTABLE.test(key)) return key;
	throw new UserError(`${UNUSABLE_API_KEY.message}. ${UNUSABLE_API_KEY.description}`);
}
