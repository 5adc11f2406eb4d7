import { isObject } from '../../api/bodies';
import { countryCodeIn, toAddress } from '../../api/phoneNumbers';
import type { Misread } from '../../api/phoneNumbers';
import type { ItemFields } from './itemFields';
import { entriesOf } from './lists';
import { allMeant, EXPRESSION_HINT, quoted, textOf } from './texts';

/** The most values that an error lists. */
const MOST_SHOWN = 5;

/**
 * The digits of an item's default country code: from its option, or else from the credential; '' if neither is set.
 * @throws NodeOperationError if it isn't a country code
 */
export function countryCodeOf(item: ItemFields): string {
	const option = textOf(item, LABEL, item.collection('options').defaultCountryCode).trim();
	const given = option || textOf(item, LABEL, item.defaultCountryCode);
	const code = countryCodeIn(given);
	if (code !== undefined) return code;
	throw item.refuse(
		`${LABEL}${option ? '' : ' in the credential'} is not a country code: ${quoted(given)}`,
		'Enter a plus and the digits of the country code, for example +1.',
	);
}

const LABEL = "'Default Country Code'";

/**
 * One address: an E.164 number, or an ID unchanged; '' if it was left out.
 * @throws NodeOperationError if it looks like a phone number but isn't valid, or is a placeholder
 */
export function addressOf(item: ItemFields, label: string, value: unknown): string {
	const text = textOf(item, label, value);
	const address = toAddress(typeof value === 'number' ? value : text, countryCodeOf(item));
	if (typeof address === 'string') return address;
	throw notNumbers(item, label, [address]);
}

/**
 * The address to send from: an E.164 number, or an ID unchanged; '' if it was left out. A number without a country code
 * gets the default one, unless it was picked from the list.
 * @throws NodeOperationError if it starts with + but isn't a phone number
 */
export function senderOf(item: ItemFields, label: string, value: unknown): string {
	const text = textOf(item, label, value).trim();
	const given = item.get('sender');
	const isPicked = isObject(given) && given.mode === 'list';
	const address = toAddress(text, isPicked ? '' : countryCodeOf(item));
	if (typeof address === 'string') return address;
	if (!text.startsWith('+')) return text;
	throw notNumbers(item, label, [address]);
}

/**
 * One or more addresses.
 * @throws NodeOperationError if there are none, or as {@link addressOf} does
 */
export function addressesOf(item: ItemFields, label: string, value: unknown): string[] {
	allMeant(item, label, value);
	const { recipients, misread } = toRecipients(value, countryCodeOf(item));
	if (misread.length > 0) throw notNumbers(item, label, misread);
	if (recipients.length > 0) return recipients;
	throw item.refuse(
		`'${label}' is empty`,
		`Enter at least one phone number with + and country code. ${EXPRESSION_HINT}`,
	);
}

/**
 * Parses recipients from text (separated by commas, semicolons or line breaks, or as a JSON list), a number, or a list
 * of both. Trims them and drops empty and repeated ones.
 * @param countryCode as in {@link toAddress}
 * @returns the addresses in order, and separately the invalid entries
 */
export function toRecipients(
	value: unknown,
	countryCode: string,
): { recipients: string[]; misread: Misread[] } {
	const recipients = new Set<string>();
	const misread: Misread[] = [];
	for (const entry of entriesOf(value)) {
		const address =
			typeof entry === 'string' || typeof entry === 'number'
				? toAddress(entry, countryCode)
				: { text: JSON.stringify(entry), why: 'Choose the value that contains the phone number.' };
		if (typeof address === 'string') recipients.add(address);
		else misread.push(address);
	}
	return { recipients: [...recipients], misread };
}

function notNumbers(item: ItemFields, label: string, misread: Misread[]) {
	const shown = misread.slice(0, MOST_SHOWN);
	const left = misread.length - shown.length;
	const more = left > 0 ? ` and ${left} more` : '';
	const named = shown.map(({ text }) => quoted(text)).join(', ') + more;
	const [count, s] = misread.length === 1 ? ['an', ''] : [misread.length, 's'];
	const reasons = [...new Set(shown.map(({ why }) => why))];
	const why =
		reasons.length === 1
			? reasons[0]
			: shown.map((each) => `${quoted(each.text)}: ${each.why}`).join(' ');
	return item.refuse(`'${label}' contains ${count} invalid phone number${s}: ${named}`, why);
}
