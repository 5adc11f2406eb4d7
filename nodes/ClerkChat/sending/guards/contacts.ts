import type { IContextObject, IDataObject } from 'n8n-workflow';
import { asText } from '../../../api/bodies';
import { wordsFor } from '../../../api/faults';
import type { Fault } from '../../../api/faults';
import { collect, Collection, isWholeList, pageOf } from '../../../api/pages';
import type { Page } from '../../../api/pages';
import { personOf } from '../../../api/person';
import type { Requester } from '../../../api/requester';
import type { Host } from '../../host';
import type { Unreadable } from './guard';
import { contactsUnreadable } from './words';

/** How long an execution may reuse the contacts it has read, in ms. A loop asks again and again. */
const FRESH = 60_000;

/** The contacts that have opted out, and the phones of the contacts with an ID or email address (see `idKey`). */
export interface OptOuts {
	people: Set<string>;
	phones: Map<string, unknown[]>;
}

/** The same, or why it couldn't be read. */
type OptedOutContacts = OptOuts | { unreadable: Unreadable };

const known = new WeakMap<IContextObject, Map<string, { at: number; found: OptedOutContacts }>>();

/**
 * Reads all contacts (https://docs.clerk.chat/api-reference/contacts) and returns those that opted out. If some
 * contacts may be missing from the list, the answer is "unreadable".
 * @returns undefined when the run was stopped
 */
export async function optedOutContacts(
	requester: Requester,
	host: Host,
): Promise<OptedOutContacts | undefined> {
	const key = [requester.baseURL, ...requester.secrets].join(' ');
	const ofExecution = known.get(host.flow) ?? new Map();
	known.set(host.flow, ofExecution);
	const last = ofExecution.get(key);
	if (last && Date.now() - last.at < FRESH) return last.found;
	const at = Date.now();
	const found = await read(requester, host);
	if (found && 'people' in found) ofExecution.set(key, { at, found });
	return found;
}

async function read(requester: Requester, host: Host): Promise<OptedOutContacts | undefined> {
	const collection = new Collection(Infinity, hasOptedOut);
	const pages: Page[] = [];
	const phones: OptOuts['phones'] = new Map();
	let fault: Fault | undefined;
	const isAll = await collect(
		collection,
		{ method: 'GET', url: '/public/contacts' },
		async (request) => {
			const outcome = await requester.perform(request, { read: pageOf, repeatable: true });
			if (outcome?.kind !== 'done') {
				fault = outcome?.fault;
				return undefined;
			}
			pages.push(outcome.result);
			for (const { id, email, phone } of outcome.result.results) {
				for (const key of [id, email].map(idKey).filter(Boolean)) {
					phones.set(key, [...(phones.get(key) ?? []), phone]);
				}
			}
			return outcome.result;
		},
		{ paged: false },
	);
	if (host.cancelSignal?.aborted) return undefined;
	if (fault) {
		const told = wordsFor(fault, { secrets: requester.secrets, timezone: host.timezone });
		return { unreadable: { words: contactsUnreadable(told, fault), fault } };
	}
	if (!isAll || !isWholeList(pages)) return { unreadable: { words: contactsUnreadable() } };
	// A message can also be addressed to a contact by its ID or email address.
	const all = collection.all().flatMap(({ phone, id, email }) => [phone, id, email]);
	const people = all.map(personOf);
	return { people: new Set(people.filter(Boolean)), phones };
}

/** A contact's ID or email address as a key, whether it is a number or text. */
export function idKey(id: unknown): string {
	return asText(id).trim().toLowerCase();
}

/** Anything but a clear "no" counts as opted out. */
function hasOptedOut({ optOut }: IDataObject): boolean {
	return !['', 'false', '0', 'null', 'undefined'].includes(asText(optOut).toLowerCase());
}
