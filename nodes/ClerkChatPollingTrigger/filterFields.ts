import type { INodeProperties } from 'n8n-workflow';

/**
 * Which messages start the workflow. A filtered-out message can still answer a question, unless it is in another inbox.
 */
export const FILTERS: INodeProperties = {
	displayName: 'Filters',
	name: 'filters',
	type: 'collection',
	placeholder: 'Add Filter',
	default: {},
	options: [
		{
			displayName: 'Contains Word',
			name: 'containsWords',
			type: 'string',
			typeOptions: { multipleValues: true, multipleValueButtonText: 'Add Word' },
			default: [],
			placeholder: 'e.g. refund',
			description:
				'Only messages with one of these words, in upper or lower case. Matches whole words: "art" doesn\'t match "start".',
		},
		{
			displayName: 'Conversation ID',
			name: 'conversationId',
			type: 'string',
			default: '',
			placeholder: 'e.g. 7',
			description:
				"Only messages in this conversation. A message has its ID in the field 'conversationId'.",
		},
		{
			displayName: 'From',
			name: 'from',
			type: 'string',
			typeOptions: { multipleValues: true, multipleValueButtonText: 'Add Number' },
			default: [],
			placeholder: 'e.g. +14155550123',
			description: 'Only messages from these numbers',
		},
		{
			displayName: 'Inbox IDs',
			name: 'inboxIds',
			type: 'string',
			typeOptions: { multipleValues: true, multipleValueButtonText: 'Add Inbox ID' },
			default: [],
			placeholder: 'e.g. 00000000-0000-0000-0000-000000000000',
			description:
				"Only messages in these inboxes. Without this filter, messages in all inboxes of the team. A reply in another inbox doesn't answer a question.",
		},
		{
			displayName: 'To',
			name: 'to',
			type: 'string',
			typeOptions: { multipleValues: true, multipleValueButtonText: 'Add Number' },
			default: [],
			placeholder: 'e.g. +14155550100',
			description: 'Only messages to these numbers, such as one of your own',
		},
	],
};
