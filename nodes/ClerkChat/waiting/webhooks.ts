import type { IWebhookDescription } from 'n8n-workflow';

/** The path at which n8n's getSignedResumeUrl reaches a waiting execution, for opening the page and for answering. */
export const answerWebhooks: IWebhookDescription[] = (['GET', 'POST'] as const).map(
	(httpMethod) => ({
		name: 'default',
		httpMethod,
		responseMode: 'onReceived',
		responseData: '',
		path: '={{ $nodeId }}',
		isFullPath: true,
		restartWebhook: true,
	}),
);
