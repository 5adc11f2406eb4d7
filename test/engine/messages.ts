import type { IDataObject, INodeParameters } from 'n8n-workflow';
import { messageObject } from './clerkChatApi';
import type { Answer, Received } from './clerkChatApi';
import type { Setup } from './engine';

/**
 * A node that sends the text in `text` to the number in `to`.
 * @param parameters what is different, or comes on top
 */
export const sendsTexts = (
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

/** The same for a node that sends one message at a time. */
export const sendsOneByOne = (
	parameters: INodeParameters = {},
	settings: Setup['settings'] = {},
): Setup => sendsTexts({ options: { maxConcurrency: 1 }, ...parameters }, settings);

/** Items with these texts, each to a number of its own: +14155550100 and so on. */
export const texts = (...all: string[]): IDataObject[] =>
	all.map((text, index) => ({ text, to: numberOf(index) }));

/** The number of the item at an index of {@link texts}. */
export const numberOf = (index: number): string => `+1415555${String(1000 + index)}`;

/** The answer to a message that goes out. */
export const sent = ({ body: { body, sentByName = null } }: Received, index: number): Answer => [
	201,
	{ data: messageObject(index + 1, { body, sentByName }) },
];

/** The texts that arrived. */
export const textsIn = (received: Received[]): unknown[] => received.map(({ body }) => body.body);
