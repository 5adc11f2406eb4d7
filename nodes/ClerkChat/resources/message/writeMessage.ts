import type { IDataObject } from 'n8n-workflow';
import { createdOf } from '../../../api/bodies';
import { errorIn, NO_REASON } from '../../../api/errorBodies';
import {
	countryCodeOf,
	idNumberOf,
	isGiven,
	locatorValue,
	mediaUrlsOf,
	recipientsOf,
	senderOf,
	textOf,
} from '../../shared/fields';
import type { ItemFields, Rejection, Write } from '../../operation';

/**
 * Sends one message per item. https://docs.clerk.chat/api-reference/messages/send-a-message
 * @param textField the name of the field that holds the text
 */
export function writeMessage(textField: string): Write {
	return {
		wording: {
			thing: 'message',
			done: 'sent',
			ifUnknown:
				"Look for it in the conversation in Clerk Chat. If it is not there, send it by hand there: running the whole workflow again texts everybody again. To let Retry send it again, at the risk of a second copy, set the option 'If Outcome Is Unknown' to 'Send Again'.",
		},
		request: (item) => ({
			method: 'POST',
			url: '/public/messages',
			body: messageBody(item, item.get(textField)),
		}),
		orderBy: ({ body }) => JSON.stringify([body?.sender, body?.recipients]),
		to: ({ body }) => (body?.recipients as string[]).join(', '),
		results: createdOf,
		rejection: rejectionOf,
	};
}

function messageBody(item: ItemFields, message: unknown): IDataObject {
	const additional = item.collection('additionalFields');
	const { sentByName, templateId } = additional;
	const countryCode = countryCodeOf(item, item.collection('options').defaultCountryCode);
	const text = textOf(item, 'Message', message);
	const media = mediaUrlsOf(item, additional.mediaUrls);
	if (text.trim() === '' && media.length === 0) {
		throw item.refuse(
			"'Message' is empty",
			"Enter a text, or add media under 'Additional Fields'. When it comes from an expression, this item may lack the value.",
		);
	}
	return {
		sender: senderOf(item, countryCode),
		recipients: recipientsOf(item, countryCode),
		body: text,
		// Required by the API even when there are none.
		mediaUrls: media,
		...(isGiven(sentByName) && { sentByName: textOf(item, 'Sent By Name', sentByName) }),
		...(isGiven(locatorValue(templateId)) && {
			templateId: idNumberOf(item, 'Template', templateId),
		}),
	};
}

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
