import { toAddress } from './phoneNumbers';
import type { Doubt } from './phoneNumbers';

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

/** Lists as AI agents write them when they do not quite write JSON: [+14155550123, '+14155550124']. */
const ALMOST_JSON = /^\s*\[(.*)\]\s*$/s;
const QUOTED = /^(["'])(.*)\1$/;

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
		.replace(ALMOST_JSON, '$1')
		.split(/[,;\r\n]+/)
		.map((entry) => entry.trim().replace(QUOTED, '$2').trim())
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
