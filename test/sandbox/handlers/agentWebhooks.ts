import { errorAnswer } from '../answer';
import type { Handlers } from './handler';

/** The one webhook id that does not exist; every other UUID does. */
export const unknownWebhookId = '00000000-0000-0000-0000-000000000000';

/** What the sandbox does when an agent is started, by operation ID of the OpenAPI document. */
export const agentWebhookHandlers: Handlers = {
	triggerAgentWebhook: ({ params }) =>
		params.webhookId === unknownWebhookId
			? errorAnswer(404, 'Not Found', `No webhook has the id ${params.webhookId}`)
			: { status: 202 },
};
