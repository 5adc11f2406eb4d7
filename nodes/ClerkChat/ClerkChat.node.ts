import { NodeConnectionTypes } from 'n8n-workflow';
import type { INodeType, INodeTypeDescription } from 'n8n-workflow';
import { customOperationsOf, optionOf } from './run';
import { hints } from './description/hints';
import { searchContacts } from './listSearch/searchContacts';
import { searchSenders } from './listSearch/searchSenders';
import { searchTemplates } from './listSearch/searchTemplates';
import { searchUsers } from './listSearch/searchUsers';
import { propertiesOf, subtitleOf } from './description/properties';
import { requestOptions } from './description/requestOptions';
import { resources } from './resources';
import { receiveAnswer } from './waiting/receiveAnswer';
import { answerWebhooks } from './waiting/webhooks';

/** The Clerk Chat node: a team's texts, contacts, campaigns, users and agents. */
export class ClerkChat implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Clerk Chat',
		name: 'clerkChat',
		icon: { light: 'file:../../icons/clerkChat.svg', dark: 'file:../../icons/clerkChat.dark.svg' },
		group: ['output'],
		version: 1,
		subtitle: subtitleOf(resources),
		description: 'Send texts (SMS, MMS, WhatsApp, RCS) through Clerk Chat',
		defaults: { name: 'Clerk Chat' },
		usableAsTool: true,
		builderHint: {
			searchHint:
				'Sends and reads text messages (SMS, MMS, WhatsApp, RCS) through Clerk Chat. It also asks people by text, waits for their answer, and manages contacts.',
			relatedNodes: [
				{
					nodeType: 'n8n-nodes-clerk-chat.clerkChatPollingTrigger',
					relationHint: 'Starts a workflow when a text arrives; needs no public address',
				},
				{
					nodeType: 'n8n-nodes-clerk-chat.clerkChatTrigger',
					relationHint: 'Starts a workflow at once when a text arrives; needs a public address',
				},
			],
		},
		inputs: [NodeConnectionTypes.Main],
		outputs: [NodeConnectionTypes.Main],
		credentials: [{ name: 'clerkChatApi', required: true }],
		requestDefaults: { baseURL: '={{ $credentials.baseUrl }}', arrayFormat: 'repeat' },
		hints,
		webhooks: answerWebhooks,
		waitingNodeTooltip:
			'={{ $parameter["operation"] === "sendAndWait" ? "The workflow continues when someone answers the question" : "" }}',
		properties: [...propertiesOf(resources, optionOf), requestOptions],
	};

	customOperations = customOperationsOf(resources);

	webhook = receiveAnswer;

	methods = { listSearch: { searchContacts, searchSenders, searchTemplates, searchUsers } };
}
