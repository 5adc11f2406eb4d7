import { errorAnswer } from '../answer';
import { makeUuid, ownerId, teamId } from '../ids';
import type { Handlers } from './handler';

/** The one list name that does not exist; every other one does. */
export const unknownListName = 'No such list';

/** What the sandbox does with campaigns, by operation ID of the OpenAPI document. */
export const campaignHandlers: Handlers = {
	PublicCampaignsController_createAndTriggerCampaign: ({ store, body }) => {
		const request = body as { listName: string; body: string; name?: string };
		if (request.listName === unknownListName) {
			return errorAnswer(404, 'Not Found', `No list has the name ${request.listName}`);
		}
		store.campaigns += 1;
		const now = new Date().toISOString();
		const campaign = {
			id: store.campaigns,
			body: request.body,
			teamId,
			userId: ownerId,
			name: request.name ?? request.listName,
			inboxId: makeUuid(30000000, 1),
			status: 'scheduled',
			created: now,
			updated: now,
		};
		return { status: 201, json: { data: campaign } };
	},
};
