import type { ItemFields } from './itemFields';
import { allMeant, isGiven, quoted, textOf } from './texts';

/** Lists that are almost JSON, as AI agents sometimes write them: [+14155550123, '+14155550124']. */
const ALMOST_JSON = /^\s*\[(.*)\]\s*$/s;
const QUOTED = /^(["'])(.*)\1$/;

/** Separates the values of a list written as one text. */
const SEPARATOR = /[,;\r\n]+/;

/**
 * The entries of a list field: a list (possibly nested: n8n stores `[[]]` for one that was added and left empty), a
 * list as JSON text, as AI agents often write it, or text with separators. Drops empty entries, and keeps ones that
 * aren't text, so that the caller can reject them.
 * @param split splits text; if left out, at commas, semicolons and line breaks
 */
export function entriesOf(
	value: unknown,
	split = (text: string) => text.split(SEPARATOR),
): unknown[] {
	if (!isGiven(value)) return [];
	if (Array.isArray(value)) return value.flatMap((entry) => entriesOf(entry, split));
	if (typeof value !== 'string') return [value];
	const list = parsedList(value);
	if (list) return list.flatMap((entry) => entriesOf(entry, split));
	return split(value.replace(ALMOST_JSON, '$1'))
		.map((entry) => entry.trim().replace(QUOTED, '$2').trim())
		.filter(isGiven);
}

/**
 * The texts of a list field; [] if it was left out.
 * @param label the field's name as people see it
 * @param split as in {@link entriesOf}
 * @throws NodeOperationError if one is an object, or as {@link textOf} does
 */
export function listOf(
	item: ItemFields,
	label: string,
	value: unknown,
	split?: (text: string) => string[],
): string[] {
	allMeant(item, label, value);
	return entriesOf(value, split).map((entry) => textOf(item, label, entry));
}

/**
 * The URLs of a list field; [] if it was left out. In a single text, spaces may separate them, too.
 * @param label the field's name as people see it
 * @throws NodeOperationError if one does not start with http:// or https://
 */
export function webAddressesOf(item: ItemFields, label: string, value: unknown): string[] {
	const urls = listOf(item, label, value, splitAtAddresses);
	const bad = urls.find((url) => !/^https?:\/\//i.test(url) || !URL.canParse(url));
	if (bad === undefined) return urls;
	throw item.refuse(
		`'${label}' contains something that is not a web address: ${quoted(bad)}`,
		'Enter addresses that start with https:// and that anyone can open.',
	);
}

/** Splits at line ends, and at separators that are followed by another URL, because a comma may be part of a URL. */
function splitAtAddresses(text: string): string[] {
	return text.split(/[\r\n]+/).flatMap((line) => {
		const parts: string[] = [];
		// `split` also returns the captured separators, as every second piece.
		const pieces = line.split(/([,;\s]+)/);
		for (let at = 0; at < pieces.length; at += 2) {
			if (pieces[at] === '') continue;
			if (parts.length === 0 || /^https?:/i.test(pieces[at])) parts.push(pieces[at]);
			else parts[parts.length - 1] += pieces[at - 1] + pieces[at];
		}
		return parts;
	});
}

function parsedList(text: string): unknown[] | undefined {
	// As a number, a rounded 1.41556E+10 would look like any other.
	if (!text.trim().startsWith('[') || /\dE/i.test(text.replace(/"[^"]*"/g, ''))) return undefined;
	try {
		const list: unknown = JSON.parse(text);
		return Array.isArray(list) ? list : undefined;
	} catch {
		return undefined;
	}
}
