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

/** The credential, and a way to make requests with it. */
export interface Connection {
	credential: IDataObject;
	/** @throws NodeApiError whose cause is the network's exception; a response never throws, whatever its status */
	request: (options: IHttpRequestOptions) => Promise<IN8nHttpFullResponse>;
}

/** A caller of the API, as far as it needs to know. */
export interface Caller {
	node: INode;
	cancelSignal?: AbortSignal;
	/**
	 * Reads the credential.
	 * @throws what n8n throws if there is none
	 */
	connect: () => Promise<Connection>;
}

const CREDENTIAL = 'clerkChatApi';

/**
 * Reads a node's credential.
 * @throws what n8n throws if there is none
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
		// Passing the credential on saves n8n from reading and decrypting it from its database for every request.
		request: async (options) =>
			(await functions.helpers.httpRequestWithAuthentication.call(functions, CREDENTIAL, options, {
				credentialsDecrypted: decrypted,
			})) as IN8nHttpFullResponse,
	};
}

/**
 * What requests need from a credential.
 * @returns the key, the address, and why the credential itself forbids that address, if it does
 * @throws NodeOperationError when the key can't be valid, or must not be sent to this address
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
