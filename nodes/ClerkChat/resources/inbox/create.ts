import { createdOf } from '../../../api/bodies';
import { rightsNotice } from '../../description/commonFields';
import { isGiven, requiredText, textOf } from '../../shared/fields';
import type { ItemFields, Operation } from '../../operation';

/** Creates a voice inbox. https://docs.clerk.chat/api-reference/public/create-an-external-application-inbox */
export const create: Operation = {
	option: {
		name: 'Create',
		value: 'create',
		action: 'Create inbox',
		description: 'Create a voice inbox that belongs to a Twilio application',
	},
	fields: [
		rightsNotice('create inboxes'),
		{
			displayName: 'Name',
			name: 'name',
			type: 'string',
			default: '',
			required: true,
			placeholder: 'e.g. Support Line',
			description: 'The name of the inbox',
		},
		{
			displayName: 'Additional Fields',
			name: 'additionalFields',
			type: 'collection',
			placeholder: 'Add Field',
			default: {},
			description:
				"Your own Twilio account: both fields or none. Without them the inbox belongs to Clerk Chat's account.",
			options: [
				{
					displayName: 'Account SID',
					name: 'accountSID',
					type: 'string',
					default: '',
					placeholder: 'e.g. AC00000000000000000000000000000000',
					description: "The SID of your Twilio account; goes together with 'Auth Token'",
				},
				{
					displayName: 'Auth Token',
					name: 'authToken',
					type: 'string',
					typeOptions: { password: true },
					default: '',
					description: "The auth token of your Twilio account; goes together with 'Account SID'",
				},
			],
		},
	],
	write: {
		wording: {
			thing: 'inbox',
			done: 'created',
			ifUnknown:
				'Look for it in Clerk Chat. If it is not there, create it by hand in Clerk Chat, or run a workflow with this item alone.',
		},
		request: (item) => ({
			method: 'POST',
			url: '/public/twilio-connector/inbox/application',
			body: { name: requiredText(item, 'Name', item.get('name')), ...twilioAccountOf(item) },
		}),
		results: createdOf,
		secrets: ({ body }) => (isGiven(body?.authToken) ? [String(body?.authToken)] : []),
	},
};

function twilioAccountOf(item: ItemFields) {
	const { accountSID, authToken } = item.collection('additionalFields');
	if (!isGiven(accountSID) && !isGiven(authToken)) return {};
	if (isGiven(accountSID) && isGiven(authToken)) {
		return {
			accountSID: textOf(item, 'Account SID', accountSID),
			authToken: textOf(item, 'Auth Token', authToken),
		};
	}
	throw item.refuse(
		`'${isGiven(accountSID) ? 'Auth Token' : 'Account SID'}' is missing`,
		"Enter both 'Account SID' and 'Auth Token', or neither.",
	);
}
