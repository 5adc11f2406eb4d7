import type { ItemFields } from './itemFields';
import { entriesOf } from './lists';
import { toAddress } from './phoneNumbers';
import type { Doubt } from './phoneNumbers';
import { allMeant, EXPRESSION_HINT, quoted, textOf } from './texts';

/** How many of several values a text names. */
const MOST_SHOWN = 5;

/**
 * The digits of the option 'Default Country Code'; '' when it is not set.
 * @throws NodeOperationError when it is no country code
 */
export function countryCodeOf(item: ItemFields, value: unknown): string {
	const code = textOf(item, 'Default Country Code', value).replace(/^(\+|00)|\s/g, '');
	if (code === '' || /^[1-9]\d{0,2}$/.test(code)) return code;
	throw item.refuse(
		`'Default Country Code' is not a country code: ${quoted(code)}`,
		'Enter a plus and one to three digits, for example +1.',
	);
}

/**
 * One address: an E.164 number, or an identifier as it is; '' when it was left out.
 * @param countryCode digits of the option 'Default Country Code', '' when it is not set; undefined where there is no such
 * option
 * @throws NodeOperationError when it is a `+` number that is none, or digits that can be several numbers
 */
export function addressOf(
	item: ItemFields,
	label: string,
	value: unknown,
	countryCode?: string,
): string {
	const text = textOf(item, label, value);
	const address = toAddress(typeof value === 'number' ? value : text, countryCode ?? '');
	if (address === undefined) throw notANumber(item, label, text);
	if (typeof address === 'string') return address;
	throw inDoubt(item, label, [address], countryCode);
}

/**
 * Several addresses, at least one.
 * @param countryCode as in {@link addressOf}
 * @throws NodeOperationError when there is none, or as {@link addressOf} does
 */
export function addressesOf(
	item: ItemFields,
	label: string,
	value: unknown,
	countryCode: string,
): string[] {
	allMeant(item, label, value);
	const { recipients, invalid, doubts } = toRecipients(value, countryCode);
	if (invalid.length > 0) throw notANumber(item, label, invalid.join(', '));
	if (doubts.length > 0) throw inDoubt(item, label, doubts, countryCode);
	if (recipients.length > 0) return recipients;
	throw item.refuse(
		`'${label}' is empty`,
		`Enter at least one phone number with + and country code. ${EXPRESSION_HINT}`,
	);
}

/**
 * Recipients from text (commas, semicolons or line breaks between them, or a JSON list), a number, or a list of
 * both; trimmed, without empties and repeats.
 * @param countryCode as in {@link toAddress}
 * @returns the addresses in their order, and separately the entries that are none: `+` numbers that are no number,
 * numbers with a fraction, objects; and those that can be read in several ways
 */
export function toRecipients(
	value: unknown,
	countryCode: string,
): { recipients: string[]; invalid: string[]; doubts: Doubt[] } {
	const recipients = new Set<string>();
	const invalid: string[] = [];
	const doubts: Doubt[] = [];
	for (const entry of entriesOf(value)) {
		const address = isAddress(entry) ? toAddress(entry, countryCode) : undefined;
		if (typeof address === 'string') recipients.add(address);
		else if (address !== undefined) doubts.push(address);
		else invalid.push(isAddress(entry) ? String(entry).trim() : JSON.stringify(entry));
	}
	return { recipients: [...recipients], invalid, doubts };
}

function isAddress(entry: unknown): entry is string | number {
	return typeof entry === 'string' || typeof entry === 'number';
}

function notANumber(item: ItemFields, label: string, value: string) {
	return item.refuse(
		`'${label}' contains something that is not a phone number: ${quoted(value)}`,
		'A number that starts with + must have the country code and 7 to 15 digits in all, for example +14155550123.',
	);
}

/** @param countryCode as in {@link addressOf} */
function inDoubt(item: ItemFields, label: string, doubts: Doubt[], countryCode?: string) {
	const shown = doubts.slice(0, MOST_SHOWN);
	const left = doubts.length - shown.length;
	const digits =
		shown.map((doubt) => doubt.digits).join(', ') + (left > 0 ? ` and ${left} more` : '');
	const readings = shown.map((doubt) => `${doubt.digits} may be ${doubt.readings.join(' or ')}.`);
	const option = countryCode === '' ? "Add the option 'Default Country Code', or enter" : 'Enter';
	const wayOut = countryCode
		? ''
		: ' A short code or another identifier has to be text, for example {{ String($json.to) }}.';
	return item.refuse(
		`'${label}' contains digits that can be read in several ways: ${digits}`,
		`${readings.join(' ')} ${option} numbers with + and country code.${wayOut}`,
	);
}
