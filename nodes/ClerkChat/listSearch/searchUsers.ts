import type { ILoadOptionsFunctions, INodeListSearchResult } from 'n8n-workflow';
import { isGiven } from '../fields/texts';
import { choicesAmong } from './choices';
import type { People } from './choices';

const users: People = {
	url: '/public/admin/users',
	thing: 'User',
	nameOf: ({ firstName, lastName }) => [firstName, lastName].filter(isGiven).join(' '),
	addressesOf: ({ email }) => [email],
};

/**
 * Fills the user picker with names and email addresses.
 * https://docs.clerk.chat/api-reference/admin/search-clerk-chat-users
 * @param filter and `paginationToken` as in {@link choicesAmong}
 */
export async function searchUsers(
	this: ILoadOptionsFunctions,
	filter?: string,
	paginationToken?: string,
): Promise<INodeListSearchResult> {
	return await choicesAmong(this, users, filter, paginationToken);
}
