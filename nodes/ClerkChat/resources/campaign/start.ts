import { mediaUrls, sender } from '../../description/commonFields';
import { errorIn } from '../../../api/errorBodies';
import { boolean, writtenText } from '../../fields/readers';
import { segmentsOf } from '../../fields/segments';
import type { Operation } from '../../operation';

/** Starts a campaign. https://docs.clerk.chat/api-reference/campaigns/create-and-trigger-a-campaign */
export const start: Operation = {
	kind: 'write',
	option: {
		name: 'Start',
		value: 'start',
		action: 'Start campaign',
		description: 'Text everyone on a contact list at once',
		routing: { request: { method: 'POST', url: '/public/campaigns', body: { mediaUrls: [] } } },
	},
	fields: [
		{
			displayName:
				"In a published workflow, each run starts the campaign, and everyone on the list gets a text. Each different campaign in the input starts once. A campaign can't be scheduled or canceled. In the editor, the node only shows it, unless you set the option 'In Test Runs' to 'Send'.",
			name: 'startsAtOnceNotice',
			type: 'notice',
			default: '',
		},
		sender,
		{
			displayName: 'List Name',
			name: 'listName',
			type: 'string',
			default: '',
			required: true,
			placeholder: 'e.g. Spring Newsletter',
			description: 'The name of an existing contact list in Clerk Chat',
			routing: { send: { type: 'body', property: 'listName' } },
		},
		{
			displayName: 'Message',
			name: 'body',
			type: 'string',
			typeOptions: { rows: 4 },
			default: '',
			required: true,
			placeholder: 'e.g. Our spring sale starts today.',
			description: 'The text to send',
			reader: writtenText,
			routing: { send: { type: 'body', property: 'body' } },
		},
		{
			displayName: 'Additional Fields',
			name: 'additionalFields',
			type: 'collection',
			placeholder: 'Add Field',
			default: {},
			options: [
				mediaUrls,
				{
					displayName: 'Name',
					name: 'name',
					type: 'string',
					default: '',
					placeholder: 'e.g. Spring Sale',
					description: 'The name of the campaign in Clerk Chat',
					routing: { send: { type: 'body', property: 'name' } },
				},
				{
					displayName: 'Provider',
					name: 'provider',
					type: 'options',
					default: 'twilio',
					description:
						'The carrier or channel to send through. Add it only if your number needs it.',
					routing: { send: { type: 'body', property: 'provider' } },
					options: [
						{ name: 'Bandwidth', value: 'bandwidth' },
						{ name: 'Microsoft Teams', value: 'msteams' },
						{ name: 'Non-VoIP', value: 'non_voip' },
						{ name: 'Other', value: 'other' },
						{ name: 'RCS', value: 'rcs' },
						{ name: 'Telnyx', value: 'telnyx' },
						{ name: 'Twilio', value: 'twilio' },
						{ name: 'Webex', value: 'webex' },
						{ name: 'WhatsApp', value: 'whatsapp' },
					],
				},
			],
		},
		{
			displayName: 'Options',
			name: 'options',
			type: 'collection',
			placeholder: 'Add Option',
			default: {},
			options: [
				{
					displayName: 'Allow Repeats',
					name: 'allowRepeats',
					type: 'boolean',
					default: false,
					description:
						"Whether a second item with the same 'From', 'List Name', 'Message' and media starts the campaign again and texts everyone on the list again",
				},
				{
					displayName: 'In Test Runs',
					name: 'testRuns',
					type: 'options',
					default: 'preview',
					description:
						"What happens when you execute the workflow in the editor. Doesn't affect published workflows, which start the campaign. Sub-workflows require this option and always follow it, because n8n doesn't tell them how the parent workflow was started.",
					options: [
						{
							name: 'Send',
							value: 'send',
							description: 'Starts the campaign: everyone on the list gets a text',
						},
						{
							name: 'Show What Would Be Sent',
							value: 'preview',
							description: "Doesn't start anything. Each item shows its campaign.",
						},
					],
				},
			],
		},
	],
	write: {
		wording: {
			thing: 'campaign',
			done: 'started',
			ifUnknown:
				'Look for it under Campaigns in Clerk Chat before you start the workflow again: a second campaign texts everyone on the list again.',
		},
		unlessChosen: 'preview',
		preview: ({ body: { listName, body, ...rest } = {} }) => ({
			status: 'preview',
			listName,
			listSize: 'unknown, because Clerk Chat does not say how many people are on a list',
			body,
			...segmentsOf(String(body)),
			...rest,
		}),
		onlyOnce: {
			key: ({ body }, item) => {
				const { allowRepeats } = item.collection('options');
				if (boolean(item, 'Allow Repeats', allowRepeats)) return undefined;
				const { sender: from, listName, body: text, mediaUrls: media } = body ?? {};
				return JSON.stringify([from, listName, text, media]);
			},
			message: 'This would text everyone on the list again',
			description:
				"An earlier item starts the same campaign: the same 'From', 'List Name', 'Message' and media. Pass only one item to this node, for example with a Limit node. To text everyone again, add the option 'Allow Repeats'.",
		},
		// The meaning of `error` isn't documented: the campaign may still run for most of the list.
		objection: (campaign) => {
			const reason = errorIn(campaign);
			return reason === undefined ? undefined : { reason, outcome: 'unknown' };
		},
	},
};
