import { errorAnswer } from '../answer';
import { makeUuid } from '../ids';
import type { User } from '../store';
import type { Handlers } from './handler';

/** Every `phoneId` means this number. */
const assignedPhone = '+14155550100';

/** What the sandbox does with users and their phones, by operation ID of the OpenAPI document. */
export const userHandlers: Handlers = {
	PublicAdminController_addClerkChatUser: ({ store, body }) => {
		const { email, role = 'member', firstName, lastName } = body as Partial<User>;
		const user = { id: makeUuid(20000000, store.users.size + 1), email, role, firstName, lastName };
		store.users.set(user.id, user as User);
		return { status: 201, json: user };
	},

	/** All users at once, and with status 201: both as documented. */
	PublicAdminController_searchClerkChatUsers: ({ store, query, url }) => {
		const emails = query.emails === undefined ? undefined : [query.emails].flat();
		const data = [...store.users.values()].filter((user) => !emails || emails.includes(user.email));
		return { status: 201, json: { data, total: data.length, links: { self: url.href } } };
	},

	assignPhoneToUser: ({ store, body }) => {
		const { userId } = body as { userId: string };
		const user = store.users.get(userId);
		if (!user) return errorAnswer(404, 'Not Found', `No user has the id ${userId}`);
		const name = [user.firstName, user.lastName].filter(Boolean).join(' ');
		return {
			status: 201,
			json: { id: user.id, name, email: user.email, phone: assignedPhone },
		};
	},
};
