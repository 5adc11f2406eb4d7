import { NodeOperationError } from 'n8n-workflow';
import type { IDataObject } from 'n8n-workflow';
import { isObject } from '../../api/bodies';
import { wordsFor } from '../../api/faults';
import type { Fault, Words } from '../../api/faults';
import { addressOf as plain } from '../../api/matching';
import { collect, Collection, pageOf } from '../../api/pages';
import { countryCodeIn, readAddress } from '../../api/phoneNumbers';
import { Requester } from '../../api/requester';
import { readRequestOptions } from '../description/requestOptions';
import { addressOf } from '../fields/addresses';
import { locatorValue } from '../fields/ids';
import { isGiven, requiredText } from '../fields/texts';
import { fieldsOf, throwIfCancelled } from '../host';
import type { Host } from '../host';
import type { LookUp, OfQuestion, OfWrite } from '../operation';

/** How many IDs an error names. */
const MOST_SHOWN = 5;

/** Those who have one of the phone numbers, or why that is not known. */
type Found = { entries: IDataObject[]; isWhole: boolean } | Words;

/**
 * The host as it is; or, when the operation's field holds phone numbers, one that gives an ID in the place of each. Where
 * it is not exactly one thing that has a number, the field of that item is not usable, as if it had been read so.
 * @throws NodeOperationError when the execution was cancelled
 */
export async function lookedUp(
	host: Host,
	{ fields, write: { lookUp, wording } }: OfWrite | OfQuestion,
): Promise<Host> {
	if (!lookUp || modeOf(host, lookUp) !== lookUp.mode) return host;
	const label = fields.find(({ name }) => name === lookUp.field)?.displayName ?? lookUp.field;
	const phones = Array.from({ length: host.itemCount }, (_, item) =>
		phoneOf(host, item, lookUp, label),
	);
	const found = await readThoseWith(phones.filter(isPhone), host, lookUp);
	return {
		...host,
		getParameter: (name, item, fallback) => {
			if (name !== lookUp.field) return host.getParameter(name, item, fallback);
			const phone = phones[item];
			if (!isPhone(phone)) throw phone;
			const id = idOf(phone, found, { thing: wording.thing, host });
			if (typeof id === 'string') return id;
			throw fieldsOf(host, item).refuse(id.message, id.description);
		},
	};
}

/** The mode is the same for all items: no expression stands there. */
function modeOf({ node }: Host, { field }: LookUp): unknown {
	const locator: unknown = node.parameters[field];
	return isObject(locator) ? locator.mode : undefined;
}

/** The phone number in an item's field, or why it is not usable. */
function phoneOf(host: Host, item: number, { field }: LookUp, label: string): string | Error {
	try {
		const fields = fieldsOf(host, item);
		const value = locatorValue(fields.get(field));
		requiredText(fields, label, value);
		return addressOf(fields, label, value);
	} catch (exception) {
		return exception as Error;
	}
}

function isPhone(phone: string | Error): phone is string {
	return typeof phone === 'string';
}

/** A phone number as the ones that mean the same have it, with the default country code where it needs one. */
function comparable(phone: unknown, { defaultCountryCode }: Host): string {
	const address = readAddress(String(phone ?? ''), countryCodeIn(defaultCountryCode) ?? '');
	return plain(typeof address === 'string' ? address : phone);
}

async function readThoseWith(phones: string[], host: Host, { url }: LookUp): Promise<Found> {
	const wanted = new Set(phones.map((phone) => comparable(phone, host)));
	const collection = new Collection(
		Infinity,
		({ id, phone }) => isGiven(id) && wanted.has(comparable(phone, host)),
	);
	if (phones.length === 0) return { entries: [], isWhole: true };
	let requester: Requester;
	try {
		requester = await Requester.create(host, readRequestOptions(host));
	} catch (exception) {
		const { message, description } = new NodeOperationError(host.node, exception as Error);
		return { message, description: description ?? '' };
	}
	const faults: Fault[] = [];
	const isWhole = await collect(
		collection,
		{ method: 'GET', url },
		async (request) => {
			const outcome = await requester.perform(request, { read: pageOf, repeatable: true });
			if (outcome?.kind === 'done') return outcome.result;
			if (outcome) faults.push(outcome.fault);
			return undefined;
		},
		{ paged: false },
	);
	throwIfCancelled(host);
	if (faults.length === 0) return { entries: collection.all(), isWhole };
	const { secrets } = requester;
	return wordsFor(faults[0], { secrets, timezone: host.timezone });
}

/** The ID of the one that has a phone number, or why there is none. */
function idOf(
	phone: string,
	found: Found,
	{ thing, host }: { thing: string; host: Host },
): string | Words {
	if ('message' in found) {
		const { message, description } = found;
		return { message: `The ${thing} could not be looked up: ${message}`, description };
	}
	const wanted = comparable(phone, host);
	const those = found.entries.filter((entry) => comparable(entry.phone, host) === wanted);
	if (those.length > 1) {
		const ids = those.slice(0, MOST_SHOWN).map(({ id }) => String(id));
		const more = those.length > MOST_SHOWN ? ' and more' : '';
		return {
			message: `${those.length} ${thing}s have the phone number ${phone}`,
			description: `Their IDs: ${ids.join(', ')}${more}. Choose 'By ID' and enter the one that is meant.`,
		};
	}
	if (!found.isWhole) {
		return {
			message: `It is not known whether only one ${thing} has the phone number ${phone}`,
			description: `Clerk Chat has more ${thing}s than it gives. Choose 'By ID' and enter the ID.`,
		};
	}
	if (those.length === 1) return String(those[0].id);
	return {
		message: `No ${thing} has the phone number ${phone}`,
		description: `Check the number, or create the ${thing} first.`,
	};
}
