import type { ApiRequest } from '../../../api/requester';
import type { ItemFields } from '../../fields/itemFields';
import type { Operation } from '../../operation';

/** Creates a voice inbox. https://docs.clerk.chat/api-reference/public/create-an-external-application-inbox */
export const create: Operation = {
	kind: 'write',
	option: {
		name: 'Create',
		value: 'create',
		action: 'Create inbox',
		description: 'Create a voice inbox that belongs to a Twilio application',
		routing: { request: { method: 'POST', url: '/public/twilio-connector/inbox/application' } },
	},
	fields: [
		{
			displayName: 'Name',
			name: 'name',
			type: 'string',
			default: '',
			required: true,
			placeholder: 'e.g. Support Line',
			description: 'The name of the inbox',
			routing: { send: { type: 'body', property: 'name' } },
		},
		{
			displayName: 'Additional Fields',
			name: 'additionalFields',
			type: 'collection',
			placeholder: 'Add Field',
			default: {},
			description:
				"Your own Twilio account. Fill in both fields or neither. Without them, the inbox belongs to Clerk Chat's account.",
			options: [
				{
					displayName: 'Account SID',
					name: 'accountSID',
					type: 'string',
					default: '',
					placeholder: 'e.g. AC00000000000000000000000000000000',
					description: "The SID of your Twilio account, to use with 'Auth Token'",
					routing: { send: { type: 'body', property: 'accountSID' } },
				},
				{
					displayName: 'Auth Token',
					name: 'authToken',
					type: 'string',
					typeOptions: { password: true },
					default: '',
					description: "The auth token of your Twilio account, to use with 'Account SID'",
					routing: { send: { type: 'body', property: 'authToken' } },
				},
			],
		},
	],
	check: bothOrNeither,
	write: {
		wording: {
			thing: 'inbox',
			done: 'created',
			ifUnknown:
				"Look for it in Clerk Chat. If it's missing, create it there, or run a workflow with only this item.",
		},
	},
};

function bothOrNeither({ body = {} }: ApiRequest, item: ItemFields): void {
	const { accountSID, authToken } = body;
	if ((accountSID === undefined) === (authToken === undefined)) return;
	throw item.refuse(
		`'${accountSID === undefined ? 'Account SID' : 'Auth Token'}' is missing`,
		"Enter both 'Account SID' and 'Auth Token', or neither.",
	);
}
