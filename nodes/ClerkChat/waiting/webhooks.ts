import type { IWebhookDescription } from 'n8n-workflow';

/** Where a waiting execution is reached: the path that n8n's getSignedResumeUrl makes links to, to open and to answer. */
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
