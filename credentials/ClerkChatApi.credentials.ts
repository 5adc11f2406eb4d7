import type {
	ICredentialDataDecryptedObject,
	ICredentialTestRequest,
	ICredentialType,
	IHttpRequestOptions,
	Icon,
	INodeProperties,
} from 'n8n-workflow';
import { UserError } from 'n8n-workflow';
import { apiKeyOf } from '../nodes/api/apiKey';
import { baseUrlOf } from '../nodes/api/baseUrl';
import { whyUnusable } from '../nodes/api/unusableCredential';

/**
 * Adds the team's API key as the `apiKey` header, where Clerk Chat expects it
 * (https://docs.clerk.chat/api-reference/messages/send-a-message). This is a function rather than a template because
 * n8n evaluates a template again for every message, which costs more than everything else here.
 */
const authenticate = async (
	credentials: ICredentialDataDecryptedObject,
	request: IHttpRequestOptions,
): Promise<IHttpRequestOptions> => {
	// While testing a credential, n8n shows only the message of an exception.
	const why = whyUnusable(credentials);
	if (why) throw new UserError(`${why.message}. ${why.description}`);
	request.headers = { ...request.headers, apiKey: apiKeyOf(credentials) };
	// Use the same address for the credential test and for the node's requests.
	if (request.baseURL !== undefined) request.baseURL = baseUrlOf(credentials);
	return request;
};

/** Masked like a password, because anyone who has it can start workflows. */
const webhookHeaderValue: INodeProperties = {
	displayName: 'Webhook Header Value',
	name: 'webhookHeaderValue',
	type: 'string',
	typeOptions: { password: true },
	default: '',
	description:
		"The secret value of that header: 30 or more letters and digits, for example from a password manager. Keep a copy, because n8n doesn't show it again. Use the same value for all webhooks of this credential. The trigger refuses deliveries without it.",
};

/** Keeps deliveries from being lost while a secret is replaced. */
const previousWebhookHeaderValue: INodeProperties = {
	displayName: 'Previous Webhook Header Value',
	name: 'previousWebhookHeaderValue',
	type: 'string',
	typeOptions: { password: true },
	default: '',
	description:
		'To replace the value: move the old one here, enter the new one above, then change it in your webhooks. Until you empty this field, both are accepted.',
};

const NOT_THE_API = "This address answered, but it isn't the Clerk Chat API. Check the Base URL.";

/**
 * What each response to the credential test means. Without a response, n8n shows only the error code, such as
 * ENOTFOUND.
 */
const RULES = [
	{
		type: 'responseCode' as const,
		properties: {
			value: 401,
			message:
				"Clerk Chat doesn't accept this API key. Enter it again, or generate a new one in Clerk Chat under Settings > API. The old key may then stop working everywhere.",
		},
	},
	{
		type: 'responseCode' as const,
		properties: {
			value: 403,
			message:
				"This API key can't read messages. If n8n uses a proxy or firewall, allow access to the Base URL. Otherwise, ask the owner of your Clerk Chat team for a key that can read messages.",
		},
	},
	// Not found, or redirected elsewhere.
	...[301, 302, 303, 307, 308, 404].map((value) => ({
		type: 'responseCode' as const,
		properties: { value, message: NOT_THE_API },
	})),
	{
		// Only a list has a `push`: a web page that responds with 200 contains no list of messages.
		type: 'responseSuccessBody' as const,
		properties: {
			key: 'data.push',
			value: undefined,
			message: NOT_THE_API,
		},
	},
];

/** A Clerk Chat API key, and the secret that Clerk Chat's webhooks send to the trigger. */
export class ClerkChatApi implements ICredentialType {
	name = 'clerkChatApi';

	displayName = 'Clerk Chat API';

	icon: Icon = { light: 'file:../icons/clerkChat.svg', dark: 'file:../icons/clerkChat.dark.svg' };

	documentationUrl = 'https://github.com/clerk-chat-community/n8n-nodes-clerk-chat';

	properties: INodeProperties[] = [
		{
			displayName: 'API Key',
			name: 'apiKey',
			type: 'string',
			typeOptions: { password: true },
			default: '',
			required: true,
			hint: 'In Clerk Chat: Settings > API > Generate',
			description:
				'Clerk Chat shows the key only once, when you generate it. The key belongs to your whole team.',
		},
		{
			displayName: 'Base URL',
			name: 'baseUrl',
			type: 'string',
			default: 'https://web-api.clerk.chat',
			required: true,
			description:
				"The address of the Clerk Chat API. Don't change it unless Clerk Chat asks you to.",
		},
		{
			displayName: 'Default Country Code',
			name: 'defaultCountryCode',
			type: 'string',
			default: '',
			placeholder: 'e.g. +1',
			description:
				'The country code for phone numbers without one, wherever you enter them. Leave it empty to accept only numbers with +.',
		},
		{
			displayName:
				'The fields below are for the Clerk Chat Trigger. If you only send texts, leave them unchanged.',
			name: 'webhookNotice',
			type: 'notice',
			default: '',
		},
		{
			displayName: 'Webhook Header Name',
			name: 'webhookHeaderName',
			type: 'string',
			default: 'Authorization',
			description: 'Enter the same header name for the webhook in Clerk Chat',
		},
		webhookHeaderValue,
		previousWebhookHeaderValue,
	];

	authenticate = authenticate;

	test: ICredentialTestRequest = {
		request: {
			baseURL: '={{ $credentials.baseUrl }}',
			url: '/public/messages',
			qs: { limit: 1 },
			// A redirect would send the key to another host.
			disableFollowRedirect: true,
		},
		// n8n's type allows only one kind of rule per list, but n8n itself applies all kinds.
		rules: RULES as ICredentialTestRequest['rules'],
	};
}
