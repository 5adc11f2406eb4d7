import type { IDataObject } from 'n8n-workflow';
import { wordsFor } from '../../api/faults';
import type { Fault, Words } from '../../api/faults';
import { addressOf as plain } from '../../api/matching';
import { collect, Collection, isWholeList, pageOf } from '../../api/pages';
import type { Page } from '../../api/pages';
import { countryCodeIn, toAddress } from '../../api/phoneNumbers';
import type { Requester } from '../../api/requester';
import { addressOf } from '../fields/addresses';
import { isGiven, requiredText } from '../fields/texts';
import type { ItemFields } from '../fields/itemFields';
import { throwIfCancelled } from '../host';
import type { Host } from '../host';

/* Finds the one thing in a list with a given ID, phone number or email address. */

/** The field of a list's entries to search by. */
export type FindBy = 'id' | 'phone' | 'email';

/** Which list to search, and by which field. */
export interface Finding {
	/** The list's endpoint. */
	url: string;
	by: FindBy;
	/** What one entry is called, such as `contact`. */
	thing: string;
	/** What to do if not exactly one matches, as a sentence. */
	wayOut: string;
}

/** The entries that match one of the values, by {@link comparable} value, or why they couldn't be read. */
export type Found =
	| { entries: Map<string, IDataObject[]>; isWhole: boolean }
	| { words: Words; fault: Fault };

/** The match for one value, or the words for when it isn't exactly one. */
export type Answer =
	| { answer: 'one'; entry: IDataObject }
	| { answer: 'none' | 'unclear'; words: Words };

const NAMES: Record<FindBy, string> = {
	id: 'ID',
	phone: 'phone number',
	email: 'email address',
};

/** The most IDs that an error lists. */
const MOST_SHOWN = 5;

/**
 * Reads a value to search for from a field.
 * @param label the field's name as people see it
 * @throws NodeOperationError if it is invalid
 */
export function soughtIn(item: ItemFields, label: string, by: FindBy, value: unknown): string {
	const text = requiredText(item, label, value);
	return by === 'phone' ? addressOf(item, label, value) : text.trim();
}

/** Normalizes a value for comparison; a phone number gets the default country code if it needs one. */
export function comparable(by: FindBy, value: unknown, { defaultCountryCode }: Host): string {
	const text = String(value ?? '').trim();
	if (by === 'id') return text;
	if (by === 'email') return text.toLowerCase();
	const address = toAddress(text, countryCodeIn(defaultCountryCode) ?? '');
	return plain(typeof address === 'string' ? address : value);
}

/**
 * Reads the list once for all values.
 * @throws NodeOperationError if the execution was cancelled
 */
export async function readThoseWith(
	values: string[],
	{ url, by }: Finding,
	requester: Requester,
	host: Host,
): Promise<Found> {
	if (values.length === 0) return { entries: new Map(), isWhole: true };
	const wanted = new Set(values.map((value) => comparable(by, value, host)));
	const collection = new Collection(
		Infinity,
		(entry) => isGiven(entry.id) && wanted.has(comparable(by, entry[by], host)),
	);
	const pages: Page[] = [];
	const faults: Fault[] = [];
	const isAll = await collect(
		collection,
		{ method: 'GET', url },
		async (request) => {
			const outcome = await requester.perform(request, { read: pageOf, repeatable: true });
			if (outcome?.kind === 'done') pages.push(outcome.result);
			if (outcome?.kind === 'done') return outcome.result;
			if (outcome) faults.push(outcome.fault);
			return undefined;
		},
		{ paged: false },
	);
	throwIfCancelled(host);
	const [fault] = faults;
	if (fault) {
		const { secrets } = requester;
		return { words: wordsFor(fault, { secrets, timezone: host.timezone }), fault };
	}
	const entries = new Map<string, IDataObject[]>();
	for (const entry of collection.all()) {
		const value = comparable(by, entry[by], host);
		const those = entries.get(value);
		if (those) those.push(entry);
		else entries.set(value, [entry]);
	}
	return { entries, isWhole: isAll && isWholeList(pages) };
}

/** The one entry with a value. If the list may be incomplete, a single match might not be the only one. */
export function oneWith(value: string, found: Found, finding: Finding, host: Host): Answer {
	const { by, thing, wayOut } = finding;
	if ('words' in found) {
		const { message, ...words } = found.words;
		const told = { ...words, message: `The ${thing} could not be looked up: ${message}` };
		return { answer: 'unclear', words: told };
	}
	const those = found.entries.get(comparable(by, value, host)) ?? [];
	const unclear = (message: string, description: string): Answer => ({
		answer: 'unclear',
		words: { message, description: `${description} ${wayOut}` },
	});
	if (those.length > 1) {
		const ids = those.slice(0, MOST_SHOWN).map(({ id }) => String(id));
		const more = those.length > MOST_SHOWN ? ' and more' : '';
		return unclear(
			`${those.length} ${thing}s have the ${NAMES[by]} ${value}`,
			`Their IDs: ${ids.join(', ')}${more}.`,
		);
	}
	if (those.length === 1 && (found.isWhole || by === 'id')) {
		return { answer: 'one', entry: those[0] };
	}
	if (!found.isWhole) {
		const what = those.length === 1 ? `only one ${thing} has` : `a ${thing} has`;
		return unclear(
			`Can't tell whether ${what} the ${NAMES[by]} ${value}`,
			`Clerk Chat may have more ${thing}s than it returns.`,
		);
	}
	const message = `No ${thing} has the ${NAMES[by]} ${value}`;
	const description = `Check the ${NAMES[by]}, or create the ${thing} first.`;
	return { answer: 'none', words: { message, description } };
}
