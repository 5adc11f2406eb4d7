import type { IDataObject, INodeParameters } from 'n8n-workflow';
import { clerkChatApi, messageObject } from './clerkChatApi';
import type { Answer, Received } from './clerkChatApi';
import type { Setup } from './engine';

/**
 * A node that sends the text in `text` to the number in `to`.
 * @param parameters what is different, or comes on top
 */
export const setup = (
	parameters: INodeParameters = {},
	settings: Setup['settings'] = {},
): Setup => ({
	parameters: {
		resource: 'message',
		operation: 'send',
		sender: '+14155550100',
		recipients: '={{ $json.to }}',
		body: '={{ $json.text }}',
		...parameters,
	},
	settings: { waitBetweenTries: 1, ...settings },
});

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

/** The answer to a message that goes out. */
export const sent = ({ body: { body, sentByName = null } }: Received, index: number): Answer => [
	201,
	{ data: messageObject(index + 1, { body, sentByName }) },
];

/** Clerk Chat, which gives its answer to each of these texts, and sends all others. */
export const answering = (byText: Record<string, Answer>): Received[] =>
	clerkChatApi((request, index) => byText[String(request.body.body)] ?? sent(request, index));

/** The texts that arrived. */
export const textsIn = (received: Received[]): unknown[] => received.map(({ body }) => body.body);
