import { sleep } from 'n8n-workflow';
import { limits } from '../../api/limits';
import { recordKey } from '../../api/matching';
import type { Sought } from '../../api/matching';
import type { Requester } from '../../api/requester';
import type { Searchable } from './notes';

type Message = Omit<Sought, 'after' | 'before'>;
type Server = Pick<Requester, 'baseURL'>;

interface UnderWay {
	/** When it was asked for. */
	since: number;
	/** Whether n8n ended its request. Whoever tries it again then looks for this very message. */
	isEnded: boolean;
	arrived: Promise<void>;
}

/** The messages of this process that are on their way, by person and what they say. */
const onTheirWay = new Map<string, Set<UnderWay>>();

/**
 * Tells that a message goes out: until it has arrived, an entry of the record may be its own.
 * @returns tells that its request has ended; when n8n ended it, it may still arrive, for as long as the record is searched
 */
export function setOut(server: Server, message: Searchable): (endedByN8n: boolean) => void {
	const keys = keysOf(server, message);
	let arrive = () => {};
	const arrived = new Promise<void>((resolve) => (arrive = resolve));
	const underWay: UnderWay = { since: message.since, isEnded: false, arrived };
	for (const key of keys) onTheirWay.set(key, (onTheirWay.get(key) ?? new Set()).add(underWay));
	const end = () => {
		for (const key of keys) {
			onTheirWay.get(key)?.delete(underWay);
			if (onTheirWay.get(key)?.size === 0) onTheirWay.delete(key);
		}
		arrive();
	};
	return (endedByN8n) => {
		underWay.isEnded = endedByN8n;
		if (endedByN8n) void sleep(limits.longestSearch).then(end);
		else end();
	};
}

/** Whether another message that says the same to one of its recipients is on its way. */
export function isAnotherOnItsWay(server: Server, message: Searchable): boolean {
	return keysOf(server, message)
		.flatMap((key) => [...(onTheirWay.get(key) ?? [])])
		.some(({ since, isEnded }) => !isEnded || since !== message.since);
}

/** Waits until all that is on its way now and says the same to one of their recipients has arrived. */
export async function arrivalOf(server: Server, messages: Message[]): Promise<void> {
	const keys = new Set(messages.flatMap((message) => keysOf(server, message)));
	const underWay = [...keys].flatMap((key) => [...(onTheirWay.get(key) ?? [])]);
	await Promise.all(underWay.map(({ arrived }) => arrived));
}

/** By person: the same may be said to several people together and to each alone. */
function keysOf({ baseURL }: Server, message: Message): string[] {
	return message.recipients.map((to) => recordKey(baseURL, message, to));
}
