import { agentWebhookHandlers } from './agentWebhooks';
import { campaignHandlers } from './campaigns';
import { contactHandlers } from './contacts';
import type { Handlers } from './handler';
import { messageHandlers } from './messages';
import { messageTemplateHandlers } from './messageTemplates';
import { twilioConnectorHandlers } from './twilioConnector';
import { userHandlers } from './users';

/** The handlers of all operations in `openapi.yaml`. */
export const handlers: Handlers = {
	...messageHandlers,
	...messageTemplateHandlers,
	...contactHandlers,
	...campaignHandlers,
	...userHandlers,
	...twilioConnectorHandlers,
	...agentWebhookHandlers,
};
