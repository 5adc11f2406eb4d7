import type { ICredentialDataDecryptedObject, IDataObject } from 'n8n-workflow';
import { apiKeyOf, isSendable } from './apiKey';
import { baseUrlOf, isWebAddress } from './baseUrl';
import type { Words } from './faults';
import { isPrivateHost } from './privateHosts';

/** The words for an unusable credential, in its test and in every run. */
export const UNUSABLE_CREDENTIAL = {
	apiKey: {
		message: "'API Key' in the credential contains an invalid character",
		description:
			'It may be a line break, or a character that an app added during copying. Open the credential and enter the key again.',
	},
	noAddress: {
		message: "'Base URL' in the credential is not a web address",
		description: 'Enter https://web-api.clerk.chat unless Clerk Chat tells you otherwise.',
	},
	unencrypted: {
		message:
			"'Base URL' in the credential starts with http://, so the API key would be sent unencrypted",
		description: 'Make it start with https://.',
	},
} satisfies Record<string, Words>;

/** Why a credential's key must not be sent to its address; undefined when it may be. */
export function whyUnusable(
	credential: ICredentialDataDecryptedObject | IDataObject,
): Words | undefined {
	if (!isSendable(apiKeyOf(credential))) return UNUSABLE_CREDENTIAL.apiKey;
	const baseURL = baseUrlOf(credential as IDataObject);
	if (!isWebAddress(baseURL)) return UNUSABLE_CREDENTIAL.noAddress;
	const { protocol, hostname } = new URL(baseURL);
	if (protocol === 'https:' || isPrivateHost(hostname)) return undefined;
	return UNUSABLE_CREDENTIAL.unencrypted;
}
