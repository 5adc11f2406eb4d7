import type { ILoadOptionsFunctions, INodeListSearchResult } from 'n8n-workflow';
import { choicesAmong } from './choices';
import type { People } from './choices';

const contacts: People = {
	url: '/public/contacts',
	thing: 'Contact',
	nameOf: ({ name }) => name,
	addressesOf: ({ phone, email }) => [phone, email],
};

/**
 * Fills the contact picker with names and phone numbers or email addresses.
 * https://docs.clerk.chat/api-reference/public/search-for-a-contact
 * @param filter and `paginationToken` as in {@link choicesAmong}
 */
export async function searchContacts(
	this: ILoadOptionsFunctions,
	filter?: string,
	paginationToken?: string,
): Promise<INodeListSearchResult> {
	return await choicesAmong(this, contacts, filter, paginationToken);
}
