import type { ItemFields } from './itemFields';
import { allMeant, isGiven, quoted, textOf } from './texts';

/** Lists as AI agents write them when they do not quite write JSON: [+14155550123, '+14155550124']. */
const ALMOST_JSON = /^\s*\[(.*)\]\s*$/s;
const QUOTED = /^(["'])(.*)\1$/;

/** What stands between the values of a list that is written as one text. */
const SEPARATOR = /[,;\r\n]+/;

/**
 * The entries of what a list field gave: a list (also lists in it: n8n stores `[[]]` for one that was added and left
 * empty), JSON text of one, which is how AI agents like to give one, or text with separators. What is empty falls away;
 * what is no text stays in, so that nothing is left out in silence.
 * @param split takes a text apart; at commas, semicolons and line breaks when left out
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
 * Texts from a list field; [] when it is left out.
 * @param label the field's name as people see it
 * @param split as in {@link entriesOf}
 * @throws NodeOperationError when one is an object, or as {@link textOf} does
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
 * Web addresses from a list field; [] when it is left out. In one text they may also have blanks between them.
 * @param label the field's name as people see it
 * @throws NodeOperationError when one does not start with http:// or https://
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

/** Where a line ends, or where another address begins after a separator: a comma may belong to an address. */
function splitAtAddresses(text: string): string[] {
	return text.split(/[\r\n]+/).flatMap((line) => {
		const parts: string[] = [];
		// The capture group is returned as well: every second piece is a separator.
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
	if (!text.trim().startsWith('[')) return undefined;
	try {
		const list: unknown = JSON.parse(text);
		return Array.isArray(list) ? list : undefined;
	} catch {
		return undefined;
	}
}
