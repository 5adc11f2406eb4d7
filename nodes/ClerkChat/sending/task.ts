import { NodeOperationError, sleep } from 'n8n-workflow';
import { ownFailure } from '../../api/errors';
import type { OwnFailure } from '../../api/errors';
import type { ApiRequest } from '../../api/requester';
import { fieldsOf } from '../host';
import type { Host } from '../host';
import type { OfQuestion, OfWrite } from '../operation';
import type { Write } from '../write';
import { requestOf as describedBy } from '../request';
import type { Unusable } from '../failure';
import { hash } from './ledger/ledgerEntry';
import type { Claim, RecordedMessage } from './ledger/ledgerEntry';

/** What an input item (from 0) asks for, or one part of it (from 0). */
export interface Task {
	item: number;
	/** Left out when the item asks for one thing. */
	part?: number;
	request: ApiRequest;
	/** What it claims in the ledger, one claim for each recipient. */
	claims: Claim[];
	/** What Clerk Chat's record would show of it; left out where the record cannot tell. */
	message?: RecordedMessage;
	/** What the record would know it by, where it is no message. */
	recordKey?: string;
	/** The ID of what is there already, and is changed instead of created. */
	changes?: string;
	/** Whether the same may have been sent already: its item carries this node's own error, or n8n was killed in the middle. */
	isAfterUnknown?: true;
	/** Whether it was sent and did not arrive, as its item's error of this node says. */
	isAfterNotDelivered?: true;
}

/** A task as far as an item's fields are usable. */
export type PartialTask = Pick<Task, 'item' | 'part' | 'claims'> & Partial<Task>;

/** One request and the tasks that share it. */
export interface Batch {
	tasks: Task[];
	lane?: string;
}

/** What says which claims a request makes: the ledger of the run. */
interface Claimer {
	claimsOf: (item: number, request: ApiRequest) => Claim[];
}

/** How many items are read before others in n8n's process get a turn. */
const ITEMS_AT_A_STRETCH = 50;

/**
 * Reads the fields of all items before the first request goes out: with On Error = Stop, bad input in the last item is
 * found while nothing has been sent yet.
 */
export async function readTasks(
	host: Host,
	operation: OfWrite | OfQuestion,
	claimer: Claimer,
): Promise<{ tasks: Task[]; unusable: Unusable[] }> {
	const { write } = operation;
	const tasks: Task[] = [];
	const unusable: Unusable[] = [];
	const once = new Set<string>();
	for (let item = 0; item < host.itemCount; item++) {
		// n8n serves its editor and its webhooks in the same process.
		if (item % ITEMS_AT_A_STRETCH === ITEMS_AT_A_STRETCH - 1) await sleep(0);
		try {
			const fields = fieldsOf(host, item);
			const request = describedBy(operation, fields);
			const key = write.onlyOnce?.key(request, fields);
			if (key !== undefined && once.has(key)) {
				throw fields.refuse(write.onlyOnce!.message, write.onlyOnce!.description);
			}
			if (key !== undefined) once.add(key);
			const failedAs = ownFailure(host.inputOf(item), host.node);
			const parts = partsLeft(
				write.message?.split?.(request, fields) ?? [request],
				failedAs,
				write,
			);
			for (const [part, each] of parts.entries()) {
				const of = { item, ...(parts.length > 1 && { part }) };
				const task = taskOf({ ...of, request: each }, claimer, write);
				const isSame = failedAs?.reference === referenceOf(task);
				const mark: Partial<Task> = failedAs?.isSent
					? { isAfterNotDelivered: true }
					: { isAfterUnknown: true };
				tasks.push({ ...task, ...(isSame && mark) });
			}
		} catch (exception) {
			const error = new NodeOperationError(host.node, exception as Error, { itemIndex: item });
			unusable.push({ item, error });
		}
	}
	return { tasks, unusable };
}

/** Where each person gets a message of their own, an item that failed is about one of them: the others have items of their own. */
function partsLeft(parts: ApiRequest[], failedAs: OwnFailure | undefined, write: Write) {
	const own = parts.filter((request) => toOf({ request }, write) === failedAs?.to);
	return parts.length > 1 && own.length > 0 ? own : parts;
}

/** A task with what it claims. */
export function taskOf(
	asked: Pick<Task, 'item' | 'part' | 'request'>,
	claimer: Claimer,
	{ message: rules }: Write,
): Task {
	const { item, request } = asked;
	const message = rules?.recorded(rules.completed?.(request) ?? request);
	return { ...asked, claims: claimer.claimsOf(item, request), ...(message && { message }) };
}

/** What tells a task from all that ask for something else. */
export function referenceOf({ claims }: Pick<Task, 'claims'>): string {
	return claims.length === 1 ? claims[0].content : hash(claims.map(({ content }) => content));
}

/** Whether doing it twice is the same as doing it once. */
export function isRepeatable({ changes }: Partial<Task>, { repeatable }: Write): boolean {
	return repeatable === true || changes !== undefined;
}

/** Whom a task concerns, for people. */
export function toOf({ request }: Partial<Task>, { message }: Write): string | undefined {
	return request && message?.recipients(request).join(', ');
}

/** Puts the tasks into requests: one for each, or several into one where the API takes them together. */
export function batchesOf(tasks: Task[], { together, orderBy }: Write): Batch[] {
	const size = together?.size ?? 1;
	return Array.from({ length: Math.ceil(tasks.length / size) }, (_, index) => {
		const slice = tasks.slice(index * size, (index + 1) * size);
		const [{ recordKey, request }] = slice;
		return { tasks: slice, lane: together ? undefined : (recordKey ?? orderBy?.(request)) };
	});
}

/** The request of tasks that share one, as it goes out. */
export function requestOf(tasks: Task[], { together, message, upsert }: Write): ApiRequest {
	const requests = tasks.map(({ request }) => request);
	const [{ changes }] = tasks;
	if (upsert && changes !== undefined) return upsert.change(requests[0], changes);
	const request = together ? together.merge(requests) : requests[0];
	return message?.completed?.(request) ?? request;
}
