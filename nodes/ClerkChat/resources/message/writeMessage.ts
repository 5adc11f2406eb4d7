import { objectionTo } from '../../../api/messageStatus';
import type { Endpoint } from '../../operation';
import type { Write } from '../../write';

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
			"Look for it in the conversation in Clerk Chat. If it's missing, set the option 'If the Result Is Unclear' to 'Send Again' and retry: the node checks once more before it sends. Running the whole workflow again texts everyone again, unless 'Send' has the option 'Skip If Sent in the Last (Hours)'.",
	},
	orderBy: ({ body }) => JSON.stringify([body?.sender, body?.recipients]),
	objection: objectionTo,
	message: {
		recipients: ({ body }) => body?.recipients as string[],
		content: ({ body }) => [body?.body, body?.mediaUrls, body?.templateId],
		// With a template, the text on record may be another one; and the record does not list media.
		recorded: ({ body }) =>
			body?.templateId === undefined && !isBlank(body?.body)
				? {
						sender: String(body?.sender),
						recipients: body?.recipients as string[],
						body: String(body?.body),
					}
				: undefined,
	},
};

/** Whether a message has no text. */
export function isBlank(text: unknown): boolean {
	return String(text).trim() === '';
}
