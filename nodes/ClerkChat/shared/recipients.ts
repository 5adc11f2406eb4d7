/** Spaces, dots, dashes and brackets as people write them in phone numbers. */
const FORMATTING = /[\s.()[\]/\u2010-\u2015\u2212-]/g;

/** E.164: a plus, then 7 to 15 digits that do not start with zero (https://www.itu.int/rec/T-REC-E.164). */
const E164 = /^\+[1-9]\d{6,14}$/;

/** Where this falls away, a leading zero is part of the number. */
const NOTHING = /^$/;

/**
 * By country code, what is dialled before a number inside the country and falls away behind the code. Everywhere else it
 * is a zero (https://en.wikipedia.org/wiki/Trunk_prefix).
 */
const TRUNK_PREFIX: Record<string, RegExp> = {
	'7': /^8(?=\d{10}$)/,
	'36': /^06/,
	'39': NOTHING,
	'225': NOTHING,
	'242': NOTHING,
	'370': /^[08]/,
	'375': /^80/,
	'378': NOTHING,
};

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
 * @returns the addresses in their order, and separately the entries that are none: `+` numbers that are no number,
 * objects
 */
export function toRecipients(
	value: unknown,
	countryCode: string,
): { recipients: string[]; invalid: string[] } {
	const recipients = new Set<string>();
	const invalid: string[] = [];
	for (const entry of entriesOf(value)) {
		const address = isAddress(entry) ? toAddress(entry, countryCode) : undefined;
		if (address !== undefined) recipients.add(address);
		else invalid.push(isAddress(entry) ? String(entry).trim() : JSON.stringify(entry));
	}
	return { recipients: [...recipients], invalid };
}

/** "(0)" is how Europeans mark the zero that falls away behind the country code. */
function plain(text: string): string {
	return text.replace(/\(0\)/, '').replace(FORMATTING, '');
}

function toInternational(digits: string, countryCode: string): string | undefined {
	if (!/^\d{7,17}$/.test(digits)) return undefined;
	let number = countryCode + digits.replace(TRUNK_PREFIX[countryCode] ?? /^0/, '');
	if (digits.startsWith('00')) number = digits.slice(2);
	else if (digits.startsWith(countryCode) && digits.length >= 11) number = digits;
	return E164.test(`+${number}`) ? `+${number}` : undefined;
}

function isAddress(entry: unknown): entry is string | number {
	return typeof entry === 'string' || typeof entry === 'number';
}

/** The entries of what the field gave; what is no address stays in, so that nobody is left out in silence. */
function entriesOf(value: unknown): unknown[] {
	if (value === undefined || value === null) return [];
	if (Array.isArray(value)) return value.flatMap(entriesOf);
	if (typeof value !== 'string') return [value];
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
