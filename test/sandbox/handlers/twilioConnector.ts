import { errorAnswer } from '../answer';
import { makeUuid } from '../ids';
import type { Handlers } from './handler';

/** What the sandbox does with voice inboxes, by operation ID of the OpenAPI document. */
export const twilioConnectorHandlers: Handlers = {
	createExternalApplicationInbox: ({ store, body }) => {
		const { name, accountSID, authToken } = body as Record<string, string | undefined>;
		if ((accountSID === undefined) !== (authToken === undefined)) {
			return errorAnswer(422, 'Unprocessable Entity', [
				'accountSID and authToken must be given together or not at all',
			]);
		}
		store.inboxes += 1;
		const externalId = `AP${String(store.inboxes).padStart(32, '0')}`;
		return {
			status: 201,
			json: { data: { id: makeUuid(40000000, store.inboxes), externalId, name } },
		};
	},

	PublicTwilioConnectorController_connect: () => ({
		status: 200,
		json: { data: { url: 'wss://media.example.com/stream' } },
	}),
};
