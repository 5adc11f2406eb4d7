import { NodeOperationError } from 'n8n-workflow';
import type {
	ICredentialsDecrypted,
	IDataObject,
	IExecuteFunctions,
	IExecutePaginationFunctions,
	IHttpRequestOptions,
	ILoadOptionsFunctions,
	IN8nHttpFullResponse,
	INode,
	IPollFunctions,
	IWebhookFunctions,
} from 'n8n-workflow';
import { whyForbidden } from './allowedDomains';
import { apiKeyOf } from './apiKey';
import { baseUrlOf } from './baseUrl';
import { whyUnusable } from './unusableCredential';

/** The credential, and the way to make requests with it. */
export interface Connection {
	credential: IDataObject;
	/** @throws NodeApiError whose cause is the network's exception; an answer never throws, whatever its status */
	request: (options: IHttpRequestOptions) => Promise<IN8nHttpFullResponse>;
}

/** Who makes requests, as far as they need to know. */
export interface Caller {
	node: INode;
	cancelSignal?: AbortSignal;
	/**
	 * Reads the credential.
	 * @throws as n8n does when there is none
	 */
	connect: () => Promise<Connection>;
}

const CREDENTIAL = 'clerkChatApi';

/**
 * Reads the credential of a node.
 * @throws as n8n does when there is none
 */
export async function connect(
	functions:
		| IExecuteFunctions
		| IExecutePaginationFunctions
		| ILoadOptionsFunctions
		| IPollFunctions
		| IWebhookFunctions,
): Promise<Connection> {
	const credential = await functions.getCredentials<IDataObject & ICredentialsDecrypted['data']>(
		CREDENTIAL,
	);
	const decrypted: ICredentialsDecrypted = {
		id: '',
		name: CREDENTIAL,
		type: CREDENTIAL,
		data: credential,
	};
	return {
		credential,
		// With the credential handed over, n8n does not read and decrypt it from its database for every request.
		request: async (options) =>
			(await functions.helpers.httpRequestWithAuthentication.call(functions, CREDENTIAL, options, {
				credentialsDecrypted: decrypted,
			})) as IN8nHttpFullResponse,
	};
}

/**
 * What requests need of a credential.
 * @returns the key, where it goes, and why the credential itself forbids that, if it does
 * @throws NodeOperationError when the key cannot be one, or must not go to this address
 */
export function usable(
	credential: IDataObject,
	{ node }: Caller,
): { apiKey: string; baseURL: string; forbidden?: string } {
	const why = whyUnusable(credential);
	if (why) throw new NodeOperationError(node, why.message, { description: why.description });
	const baseURL = baseUrlOf(credential);
	return { apiKey: apiKeyOf(credential), baseURL, forbidden: whyForbidden(credential, baseURL) };
}
