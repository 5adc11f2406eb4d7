// n8n provides luxon to nodes, and n8n-workflow brings it here.
import { DateTime } from 'luxon';
import type { IDataObject, ILoadOptionsFunctions, INodeListSearchResult } from 'n8n-workflow';
import { addressOf } from '../../api/matching';
import { timeOf } from '../../api/record';
import { receivedIn } from '../resources/message/received';
import { searchedFor } from './choices';
import { pageReader, readList } from './reading';

/** How many pages of messages are looked through for numbers. */
const MOST_PAGES = 5;

/** A number of the team. */
interface Sender {
	address: string;
	/** When the last of its messages was sent or received, in ms; NaN when that is not known. */
	last: number;
	count: number;
}

/** What stands in the list on the first day. n8n cannot show a sentence beside a list; to pick it leaves 'From' empty. */
const NO_NUMBERS = "No numbers yet: choose 'Number' and enter yours";

/**
 * Fills the picker of 'From': the numbers that messages on record were sent from or received by, the last one used first.
 * The API has no list of a team's numbers. https://docs.clerk.chat/api-reference/messages/find-messages
 * @param filter what was typed into the picker
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

/** Which number of the team a message went through; undefined when it does not tell. */
function ownNumberIn(message: IDataObject): string | undefined {
	if (message.inbound === true) return receivedIn(message)?.ours;
	// A number that cannot send at all may be on record with messages that failed.
	if (message.inbound !== false || message.status === 'failed') return undefined;
	return String(message.sender ?? '').trim();
}

function useOf({ count, last }: Sender, timezone: string): string {
	const messages = count === 1 ? '1 recent message' : `${count} recent messages`;
	if (Number.isNaN(last)) return messages;
	return `${messages}, the last on ${DateTime.fromMillis(last).setZone(timezone).toISODate()}`;
}
