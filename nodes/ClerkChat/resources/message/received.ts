import type { IDataObject } from 'n8n-workflow';
import { isObject } from '../../../api/bodies';
import { personOf } from '../../../api/person';
import { timeOf } from '../../../api/record';

/** What a reply needs to know about the message it answers. */
export interface ReceivedMessage {
	/** Who wrote it; left out if the message doesn't say. */
	person?: string;
	/** The number of ours that received it; left out if unknown. */
	ours?: string;
	/** Whether other people are in the conversation. */
	isGroup: boolean;
	/** When it was received, in ms by the API's clock; NaN if the message doesn't say. */
	receivedAt: number;
	/** The text of a question that this person still has to answer; a reply to this message is about that question. */
	openQuestion?: string;
}

/** Where the triggers put the message: the polling trigger in the item itself, the webhook trigger under `data`. */
const PLACES: Array<(item: IDataObject) => unknown> = [
	(item) => item,
	({ data }) => data,
	({ data }) => (isObject(data) ? data.message : undefined),
	({ body }) => body,
	({ body }) => (isObject(body) ? body.data : undefined),
];

/**
 * Reads the received message from an item of either trigger, simplified or not.
 * @returns undefined if there is none, or if it is a sent one
 */
export function receivedIn(item: unknown): ReceivedMessage | undefined {
	if (!isObject(item)) return undefined;
	const message = PLACES.map((place) => place(item))
		.filter(isObject)
		.find((each) => addressIn(each.sender ?? each.from) !== undefined);
	if (!message || message.inbound === false) return undefined;
	if (message.direction !== undefined && !isIncoming(message.direction)) return undefined;
	const person = addressIn(message.sender ?? message.from);
	const to = [message.recipients, message.to, message.members].map(addressesIn);
	const named = to.find(({ length }) => length > 0) ?? [];
	const others = new Map(named.map((each) => [personOf(each), each]));
	others.delete(personOf(person));
	const [ours] = others.values();
	return {
		person,
		isGroup: others.size > 1,
		...(others.size === 1 && { ours }),
		receivedAt: timeOf(message),
		...(isObject(message.openQuestion) && {
			openQuestion: String(message.openQuestion.text ?? ''),
		}),
	};
}

function isIncoming(direction: unknown): boolean {
	return /^(?:received|inbound|incoming|in)$/i.test(String(direction));
}

function addressesIn(value: unknown): string[] {
	return [value ?? []].flat().flatMap((each) => addressIn(each) ?? []);
}

function addressIn(value: unknown): string | undefined {
	const text = typeof value === 'string' || typeof value === 'number' ? String(value).trim() : '';
	return text === '' ? undefined : text;
}
