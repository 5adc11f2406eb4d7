import type { IWebhookFunctions } from 'n8n-workflow';

/**
 * Tells what n8n answered to a webhook call, as soon as it does; also when the caller did not wait for it.
 * @param response as `getResponseObject()` gives it
 * @param tell called once, with the HTTP status
 */
export function onAnswer(
	response: ReturnType<IWebhookFunctions['getResponseObject']>,
	tell: (status: number) => void,
): void {
	// Of a connection that the caller has closed there comes no 'finish'.
	response.once('prefinish', () => tell(response.statusCode));
}
