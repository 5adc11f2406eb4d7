import type { IWebhookFunctions } from 'n8n-workflow';

/**
 * Reports what n8n answers to a webhook call, as soon as it does, even if the caller has stopped waiting.
 * @param response as `getResponseObject()` returns it
 * @param tell called once, with the HTTP status
 */
export function onAnswer(
	response: ReturnType<IWebhookFunctions['getResponseObject']>,
	tell: (status: number) => void,
): void {
	// If the caller has closed the connection, there is no 'finish'.
	response.once('prefinish', () => tell(response.statusCode));
}
