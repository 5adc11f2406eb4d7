import type { IDataObject } from 'n8n-workflow';
import { addressOf } from '../../../api/matching';
import type { ApiRequest } from '../../../api/requester';
import type { ItemFields } from '../../fields/itemFields';
import { plainCharacters } from '../../fields/plainCharacters';
import { boolean, wholeNumber } from '../../fields/readers';
import { segmentsOf } from '../../fields/segments';
import { isBlank } from './writeMessage';

/**
 * Checks the rules of Send that involve several fields, and applies the options that change the text.
 * @throws NodeOperationError if the message must not be sent as it is
 */
export function applySendRules(request: ApiRequest, item: ItemFields): void {
	const options = item.collection('options');
	textOrMedia(request, item);
	skippingCanBeTold(request, item, options);
	const body = request.body as IDataObject;
	if (boolean(item, 'Plain Characters', options.plainCharacters)) {
		body.body = plainCharacters(String(body.body));
	}
	notTooLong(String(body.body), item, options);
}

/**
 * The requests for an item: one, or one per recipient if 'Several Numbers' is set to 'Separately'.
 * @throws NodeOperationError if the option has another value
 */
export function partsOf(request: ApiRequest, item: ItemFields): ApiRequest[] {
	const { severalNumbers = 'together' } = item.collection('options');
	if (severalNumbers === 'together') return [request];
	if (severalNumbers !== 'separately') {
		throw item.refuse(
			"'Several Numbers' is not one of its choices",
			"Choose 'One Message to All' or 'Separately', or an expression that returns together or separately.",
		);
	}
	const recipients = request.body?.recipients as string[];
	return recipients.map((to) => ({ ...request, body: { ...request.body, recipients: [to] } }));
}

function textOrMedia({ body }: ApiRequest, item: ItemFields): void {
	if (!isBlank(body?.body) || (body?.mediaUrls as string[]).length > 0) return;
	throw item.refuse(
		"'Message' is empty",
		"Enter a text, or add media under 'Additional Fields'. If it uses an expression, this item may have no value for it.",
	);
}

/**
 * Refuses 'Skip If Sent' where the record can't identify a message: a rerun could text again, or wrongly skip people.
 */
function skippingCanBeTold({ body }: ApiRequest, item: ItemFields, options: IDataObject): void {
	if (!('skipSentWithinHours' in options)) return;
	if (body?.templateId !== undefined) {
		throw item.refuse(
			"'Skip If Sent in the Last (Hours)' cannot be used with a template",
			"With a template, Clerk Chat's message history may show another text, so the node can't recognize the message. Remove the option or the template.",
		);
	}
	if (isBlank(body?.body)) {
		throw item.refuse(
			"'Skip If Sent in the Last (Hours)' cannot be used without a text",
			"Clerk Chat's message history doesn't list media, so the node can't tell pictures apart. Enter a text in 'Message', or remove the option.",
		);
	}
	const bare = [body?.sender, body?.recipients].flat().filter(isBareNumber);
	if (bare.length === 0) return;
	throw item.refuse(
		`'Skip If Sent in the Last (Hours)' needs phone numbers with + and country code, not: ${bare.join(', ')}`,
		"Clerk Chat's message history lists them that way. Write them with + and country code, or set 'Default Country Code' in the credential.",
	);
}

/** Whether an address without a plus is long enough to be a phone number; short codes are not. */
function isBareNumber(address: unknown): boolean {
	return !String(address).startsWith('+') && /^\d{7,}$/.test(addressOf(address));
}

function notTooLong(text: string, item: ItemFields, options: IDataObject): void {
	if (!('maxSegments' in options)) return;
	const most = wholeNumber(item, 'Max Segments', options.maxSegments);
	const { segments, forcing } = segmentsOf(text);
	if (segments <= most) return;
	const named = forcing
		.slice(0, 3)
		.map(
			({ character, name, codePoint }) => name ?? (character.trim() ? `"${character}"` : codePoint),
		);
	const why =
		named.length > 0
			? ` Each segment holds only 67 characters because of: ${named.join(', ')}.`
			: '';
	throw item.refuse(
		`'Message' has ${segments} segments as an SMS, but 'Max Segments' allows ${most}`,
		`Shorten the text, or allow more.${why}`,
	);
}
