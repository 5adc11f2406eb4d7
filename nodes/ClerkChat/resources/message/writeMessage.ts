import type { IDataObject } from 'n8n-workflow';
import { errorIn, NO_REASON } from '../../../api/errorBodies';
import { isGiven } from '../../fields/texts';
import type { Endpoint, Rejection, Write } from '../../operation';

/** Where messages are sent. Text and media are required by the API even when there are none. */
export const messages: Endpoint = {
	method: 'POST',
	url: '/public/messages',
	body: { body: '', mediaUrls: [] },
};

/** What is particular about sending a message. https://docs.clerk.chat/api-reference/messages/send-a-message */
export const writeMessage: Write = {
	wording: {
		thing: 'message',
		done: 'sent',
		ifUnknown:
			"Look for it in the conversation in Clerk Chat. If it is not there, set the option 'If Outcome Is Unknown' to 'Send Again' and retry: it looks once more first. Running the whole workflow again texts everybody again, unless 'Send' has the option 'Skip If Sent in the Last (Hours)'.",
	},
	orderBy: ({ body }) => JSON.stringify([body?.sender, body?.recipients]),
	to: ({ body }) => (body?.recipients as string[]).join(', '),
	rejection: rejectionOf,
	// With a template, the text on record may be another one.
	onRecord: ({ body }) =>
		body?.templateId === undefined
			? {
					sender: String(body?.sender),
					recipients: body?.recipients as string[],
					body: String(body?.body),
				}
			: undefined,
};

/**
 * What speaks against a message that came with 201. Only `status: failed` says that it was not sent: what `error` and
 * `errorCode` mean beside another status is not documented.
 */
function rejectionOf(message: IDataObject): Rejection | undefined {
	const { status, errorCode } = message;
	const code = isGiven(errorCode) && errorCode !== 0 ? `code ${String(errorCode)}` : '';
	const reasons = [errorIn(message), code].filter(isGiven);
	if (reasons.length === 0 && status !== 'failed') return undefined;
	const outcome = status === 'failed' ? 'refused' : 'unknown';
	return { reason: reasons.join(', ') || NO_REASON, outcome };
}
