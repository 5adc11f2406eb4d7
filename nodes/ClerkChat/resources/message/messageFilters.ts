import type { IDataObject } from 'n8n-workflow';
import { asText } from '../../../api/bodies';
import { addressOf } from '../../../api/matching';
import { LARGEST_PAGE } from '../../../api/pages';
import { addressWithDefault, pageSize, text } from '../../fields/readers';
import type { ItemFields } from '../../fields/itemFields';
import type { Field, Reader } from '../../operation';
import { directionOf } from '../../../api/simplified';

const BY_THE_NODE =
	"Clerk Chat can't filter by this, so the node reads all messages and filters them itself. Set 'After' to make it faster";

/** The 'Filters' field of the list of messages. */
export const filters: Field = {
	displayName: 'Filters',
	name: 'filters',
	type: 'collection',
	placeholder: 'Add Filter',
	default: {},
	options: [
		{
			displayName: 'After',
			name: 'start',
			type: 'dateTime',
			default: '',
			description: "Only messages after this time, up to 'Before' or until now",
			routing: { send: { type: 'query', property: 'start' } },
		},
		{
			displayName: 'Before',
			name: 'end',
			type: 'dateTime',
			default: '',
			description: 'Only messages up to this time',
			routing: { send: { type: 'query', property: 'end' } },
		},
		{
			displayName: 'Conversation ID',
			name: 'conversationId',
			type: 'string',
			default: '',
			placeholder: 'e.g. 123',
			description: `Only messages in this conversation. ${BY_THE_NODE}.`,
		},
		{
			displayName: 'Direction',
			name: 'direction',
			type: 'options',
			default: 'received',
			description: `Only received messages, or only sent ones. ${BY_THE_NODE}.`,
			options: [
				{ name: 'Received', value: 'received' },
				{ name: 'Sent', value: 'sent' },
			],
		},
		{
			displayName: 'Inbox IDs',
			name: 'inboxIds',
			type: 'string',
			typeOptions: { multipleValues: true, multipleValueButtonText: 'Add Inbox ID' },
			default: [],
			placeholder: 'e.g. 00000000-0000-0000-0000-000000000000',
			description:
				'Only messages in these inboxes. Without this filter, messages in all inboxes of the team.',
			routing: { send: { type: 'query', property: 'inboxIds' } },
		},
		{
			displayName: 'Participant',
			name: 'participant',
			type: 'string',
			default: '',
			placeholder: 'e.g. +14155550123',
			description: `Only messages from or to this phone number or ID. ${BY_THE_NODE}.`,
		},
	],
};

/**
 * Returns a test for the filters that the API doesn't have; undefined if none are set.
 * @throws NodeOperationError if a filter is invalid
 */
export function messageFilterOf(item: ItemFields): ((message: IDataObject) => boolean) | undefined {
	const given = item.collection('filters');
	const conversation = read(text, item, 'Conversation ID', given.conversationId)?.trim();
	const direction = read(text, item, 'Direction', given.direction)?.trim();
	const participant = read(addressWithDefault, item, 'Participant', given.participant);
	if (direction && direction !== 'received' && direction !== 'sent') {
		throw item.refuse(
			`'Direction' is neither received nor sent: "${direction}"`,
			'Choose one from the list, or use an expression that returns received or sent.',
		);
	}
	if (!conversation && !direction && !participant) return undefined;
	return (message) =>
		(!conversation || asText(message.conversationId ?? '') === conversation) &&
		(!direction || directionOf(message) === direction) &&
		(!participant || takesPart(addressOf(participant), message));
}

/** The page size: the largest if filters may leave out most of the messages. */
export const filteredPageSize: Reader = (item, label, value) =>
	messageFilterOf(item) ? LARGEST_PAGE : pageSize(item, label, value);

function read(reader: Reader, item: ItemFields, label: string, value: unknown) {
	return reader(item, label, value) as string | undefined;
}

/** Whether an address took part in a message. Sent messages may have `recipients`, which is not documented. */
function takesPart(wanted: string, { sender, members, recipients }: IDataObject): boolean {
	return [sender, members, recipients].flat().map(addressOf).includes(wanted);
}
