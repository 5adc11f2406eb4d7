import type { IDataObject, INodeParameters } from 'n8n-workflow';
import type { Answer, Received } from './clerkChatApi';
import type { Result, Setup } from './engine';

/** A node set up for an operation, such as `contact create`. */
export const setupOf = (
	name: string,
	fields: INodeParameters = {},
	settings: Setup['settings'] = {},
): Setup => {
	const [resource, operation] = name.split(' ');
	return {
		parameters: { resource, operation, ...fields },
		settings: { waitBetweenTries: 1, ...settings },
	};
};

/**
 * A node that sends the text in `text` to the number in `to`.
 * @param parameters what is different, or comes on top
 */
export const setup = (
	parameters: INodeParameters = {},
	settings: Setup['settings'] = {},
): Setup => {
	const fields = { recipients: '={{ $json.to }}', body: '={{ $json.text }}' };
	return setupOf('message send', { sender: '+14155550100', ...fields, ...parameters }, settings);
};

/** Settings that return failed items instead of ending the run. */
export const toContinue = { onError: 'continueRegularOutput' } as const;

/** Settings that return them on the error output. */
export const toErrorOutput = { onError: 'continueErrorOutput' } as const;

/** Options that have one message sent at a time. */
export const oneAtATime = { options: { maxConcurrency: 1 } };

/** The number of the item at an index of {@link itemsOf}. */
export const numberOf = (index: number): string => `+1${4_155_550_100 + index}`;

/** Items with these texts, each to a number of its own, from +14155550100 on. */
export const itemsOf = (...texts: string[]): IDataObject[] =>
	texts.map((text, index) => ({ text, to: numberOf(index) }));

/** As many items, with the texts 0, 1, 2 and so on. */
export const numbered = (count: number): IDataObject[] =>
	itemsOf(...Array.from({ length: count }, (_, index) => String(index)));

/** A MessageObject as in the API's response, with an undocumented field. */
export function messageObject(id: number, overrides: IDataObject = {}): IDataObject {
	return {
		id,
		body: 'Hello',
		conversationId: '7',
		userId: null,
		inboxId: '00000000-0000-4000-8000-000000000000',
		inbound: false,
		members: ['+14155550100', '+14155550123'],
		sender: '+14155550100',
		senderType: 'user',
		status: 'sent',
		error: null,
		errorCode: null,
		created: '2026-01-01T00:00:00.000Z',
		updated: '2026-01-01T00:00:00.000Z',
		seen: false,
		segments: 1,
		timestamp: '2026-01-01T00:00:00.000Z',
		somethingNew: { kept: true },
		...overrides,
	};
}

/** The response to a sent message. */
export const sent = ({ body: { body, sentByName = null } }: Received, index: number): Answer => [
	201,
	{ data: messageObject(index + 1, { body, sentByName }) },
];

/** The texts that arrived. */
export const textsIn = (received: Received[]): unknown[] => received.map(({ body }) => body.body);

/** The input items that items are linked to. */
export const linksOf = (items: Result['items']): unknown[] =>
	items.map(({ pairedItem }) => (pairedItem as { item: number }).item);
