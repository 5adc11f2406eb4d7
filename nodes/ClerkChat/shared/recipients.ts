/** Spaces, dots, dashes and brackets as people write them in phone numbers. */
const FORMATTING = /[\s.()[\]/\u2010-\u2015\u2212-]/g;

/** E.164: a plus, then 7 to 15 digits that do not start with zero (https://www.itu.int/rec/T-REC-E.164). */
const E164 = /^\+[1-9]\d{6,14}$/;

/**
 * One address as Clerk Chat wants it. A `+` number loses its formatting; a bare *number* of 11 to 15 digits
 * (spreadsheets drop the plus) gets its `+` back; with a country code, national numbers are completed;
 * anything else is an identifier and passes as it is.
 * @param countryCode digits of the default country code without plus, such as `1`; empty for none
 * @returns the address, or undefined for a `+` number that is no phone number
 */
export function toAddress(value: string | number, countryCode: string): string | undefined {
	const text = String(value).trim();
	if (text.startsWith('+')) {
		const number = plain(text);
		return E164.test(number) ? number : undefined;
	}
	if (typeof value === 'number' && /^\d{11,15}$/.test(text)) return `+${text}`;
	return (countryCode && toInternational(plain(text), countryCode)) || text;
}

/**
 * Recipients from text (commas, semicolons or line breaks between them, or a JSON list), a number, or a list of
 * both; trimmed, without empties and repeats.
 * @param countryCode as in {@link toAddress}
 * @returns the addresses in their order, and separately the entries that start with `+` but are no number
 */
export function toRecipients(
	value: unknown,
	countryCode: string,
): { recipients: string[]; invalid: string[] } {
	const recipients = new Set<string>();
	const invalid: string[] = [];
	for (const entry of entriesOf(value)) {
		const address = toAddress(entry, countryCode);
		if (address === undefined) invalid.push(String(entry).trim());
		else recipients.add(address);
	}
	return { recipients: [...recipients], invalid };
}

/** "(0)" is how Europeans mark the zero that falls away behind the country code. */
function plain(text: string): string {
	return text.replace(/\(0\)/, '').replace(FORMATTING, '');
}

function toInternational(digits: string, countryCode: string): string | undefined {
	if (!/^\d{7,17}$/.test(digits)) return undefined;
	let number = countryCode + withoutTrunkZero(digits, countryCode);
	if (digits.startsWith('00')) number = digits.slice(2);
	else if (digits.startsWith(countryCode) && digits.length >= 11) number = digits;
	return E164.test(`+${number}`) ? `+${number}` : undefined;
}

/** In Italy (39) the leading zero is part of the number. */
function withoutTrunkZero(digits: string, countryCode: string): string {
	return countryCode === '39' ? digits : digits.replace(/^0/, '');
}

function entriesOf(value: unknown): Array<string | number> {
	if (Array.isArray(value)) return value.flatMap(entriesOf);
	if (typeof value === 'number') return [value];
	if (typeof value !== 'string') return [];
	const list = parsedList(value);
	if (list) return list.flatMap(entriesOf);
	return value
		.split(/[,;\r\n]+/)
		.map((entry) => entry.trim())
		.filter((entry) => entry !== '');
}

/** A list from JSON text, which is how AI agents like to give one; undefined when it is none. */
export function parsedList(text: string): unknown[] | undefined {
	if (!text.trim().startsWith('[')) return undefined;
	try {
		const list: unknown = JSON.parse(text);
		return Array.isArray(list) ? list : undefined;
	} catch {
		return undefined;
	}
}
