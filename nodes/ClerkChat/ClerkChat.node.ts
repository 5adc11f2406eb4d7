import { NodeConnectionTypes } from 'n8n-workflow';
import type { INodeType, INodeTypeDescription } from 'n8n-workflow';
import { searchTemplates } from './listSearch/searchTemplates';
import { resources } from './resources';
import { customOperationsOf, optionOf } from './shared/customOperations';
import { propertiesOf } from './shared/properties';

/** Clerk Chat: texts, contacts, campaigns, users and agents of a team. */
export class ClerkChat implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Clerk Chat',
		name: 'clerkChat',
		icon: { light: 'file:../../icons/clerkChat.svg', dark: 'file:../../icons/clerkChat.dark.svg' },
		group: ['output'],
		version: 1,
		subtitle: '={{ $parameter["operation"] + ": " + $parameter["resource"] }}',
		description: 'Send texts (SMS, MMS, WhatsApp, RCS) through Clerk Chat',
		defaults: { name: 'Clerk Chat' },
		usableAsTool: true,
		inputs: [NodeConnectionTypes.Main],
		outputs: [NodeConnectionTypes.Main],
		credentials: [{ name: 'clerkChatApi', required: true }],
		requestDefaults: { baseURL: '={{ $credentials.baseUrl }}' },
		properties: propertiesOf(resources, optionOf),
	};

	customOperations = customOperationsOf(resources);

	methods = { listSearch: { searchTemplates } };
}
