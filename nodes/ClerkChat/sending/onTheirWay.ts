import { sleep } from 'n8n-workflow';
import { limits } from '../../api/limits';
import { contentOf } from '../../api/matching';
import type { Sought } from '../../api/matching';
import type { Requester } from '../../api/requester';

type Message = Omit<Sought, 'after' | 'before'>;
type Server = Pick<Requester, 'baseURL'>;

/** The messages of this process that are on their way, by what equal ones have in common. Each promise: has arrived. */
const onTheirWay = new Map<string, Set<Promise<void>>>();

/**
 * Tells that a message goes out: until it has arrived, an entry of the record may be its own.
 * @returns tells that its request has ended; when n8n ended it, it may still arrive, for as long as the record is searched
 */
export function setOut(server: Server, message: Message): (endedByN8n: boolean) => void {
	const key = keyOf(server, message);
	let arrive = () => {};
	const arrived = new Promise<void>((resolve) => (arrive = resolve));
	const equal = onTheirWay.get(key) ?? new Set();
	onTheirWay.set(key, equal.add(arrived));
	const end = () => {
		equal.delete(arrived);
		if (equal.size === 0) onTheirWay.delete(key);
		arrive();
	};
	return (endedByN8n) => {
		if (endedByN8n) void sleep(limits.longestSearch).then(end);
		else end();
	};
}

/** Whether a message like this one is on its way. */
export function isOnItsWay(server: Server, message: Message): boolean {
	return onTheirWay.has(keyOf(server, message));
}

/** Waits until everything like these messages that is on its way now has arrived. */
export async function arrivalOf(server: Server, messages: Message[]): Promise<void> {
	const keys = new Set(messages.map((message) => keyOf(server, message)));
	await Promise.all([...keys].flatMap((key) => [...(onTheirWay.get(key) ?? [])]));
}

function keyOf({ baseURL }: Server, message: Message): string {
	return `${baseURL} ${contentOf(message)}`;
}
