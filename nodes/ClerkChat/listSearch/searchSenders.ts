// n8n-workflow depends on luxon, and n8n provides it to nodes.
import { DateTime } from 'luxon';
import type { IDataObject, ILoadOptionsFunctions, INodeListSearchResult } from 'n8n-workflow';
import { addressOf } from '../../api/matching';
import { timeOf } from '../../api/record';
import { receivedIn } from '../resources/message/received';
import { searchedFor } from './choices';
import { pageReader, readList } from './reading';

/** How many pages of messages are searched for numbers. */
const MOST_PAGES = 5;

/** One of the team's numbers. */
interface Sender {
	address: string;
	/** When its last message was sent or received, in ms; NaN if unknown. */
	last: number;
	count: number;
}

/**
 * The list's only entry before the first message. n8n can't show text next to a list. Picking it leaves 'From' empty.
 */
const NO_NUMBERS = "No numbers yet: choose 'Number' and enter yours";

/**
 * Fills the 'From' picker with the numbers that sent or received messages, most recently used first. The API has no
 * list of a team's numbers. https://docs.clerk.chat/api-reference/messages/find-messages
 * @param filter what the user typed into the picker
 */
export async function searchSenders(
	this: ILoadOptionsFunctions,
	filter?: string,
): Promise<INodeListSearchResult> {
	const read = await pageReader(this, "Or choose 'Number' and enter the number.");
	const messages = await readList(read, '/public/messages', { paged: true, pages: MOST_PAGES });
	const senders = sendersOf(messages);
	if (senders.length === 0) return { results: [{ name: NO_NUMBERS, value: '' }] };
	const searched = searchedFor(filter);
	const timezone = this.getTimezone();
	return {
		results: senders
			.filter(({ address }) => searched?.([address]) ?? true)
			.map((sender) => ({
				name: sender.address,
				value: sender.address,
				description: useOf(sender, timezone),
			})),
	};
}

function sendersOf(messages: IDataObject[]): Sender[] {
	const senders = new Map<string, Sender>();
	for (const message of messages) {
		const address = ownNumberIn(message);
		if (!address) continue;
		const sender = { address, last: timeOf(message), count: 1 };
		const key = addressOf(address);
		const known = senders.get(key);
		if (!known) {
			senders.set(key, sender);
			continue;
		}
		known.count++;
		if (!(sender.last <= known.last)) Object.assign(known, { ...sender, count: known.count });
	}
	return [...senders.values()].sort((a, b) => (b.last || 0) - (a.last || 0));
}

/** The team's own number in a message; undefined if the message doesn't say. */
function ownNumberIn(message: IDataObject): string | undefined {
	if (message.inbound === true) return receivedIn(message)?.ours;
	// Failed messages may be from a number that can't send at all.
	if (message.inbound !== false || message.status === 'failed') return undefined;
	return String(message.sender ?? '').trim();
}

function useOf({ count, last }: Sender, timezone: string): string {
	const messages = count === 1 ? '1 recent message' : `${count} recent messages`;
	if (Number.isNaN(last)) return messages;
	return `${messages}, the last on ${DateTime.fromMillis(last).setZone(timezone).toISODate()}`;
}
