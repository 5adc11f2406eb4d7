import { objectionTo } from '../../../api/messageStatus';
import type { Endpoint } from '../../operation';
import type { Write } from '../../write';

/** The endpoint for sending messages. The API requires text and media even if there are none. */
export const messages: Endpoint = {
	method: 'POST',
	url: '/public/messages',
	body: { body: '', mediaUrls: [] },
};

/** How to send a message. https://docs.clerk.chat/api-reference/messages/send-a-message */
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
		// With a template, the text on record may differ; and the record doesn't list media.
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
