import { NodeOperationError, sleep } from 'n8n-workflow';
import { earlierFailureIn } from '../../api/errors';
import type { EarlierFailure } from '../../api/errors';
import { addressOf } from '../../api/matching';
import type { ApiRequest } from '../../api/requester';
import { fieldsOf } from '../host';
import type { Host } from '../host';
import type { OfQuestion, OfWrite } from '../operation';
import type { Write } from '../write';
import { requestOf } from '../request';
import type { Unusable } from '../failure';
import { hash, isOver } from './ledger/ledgerEntry';
import type { Claim, LedgerEntry, RecordedMessage } from './ledger/ledgerEntry';

/** What an input item requests, or one part of it; both counted from 0. */
export interface Task {
	item: number;
	part: number;
	request: ApiRequest;
	/** What it claims in the ledger: one claim per recipient. */
	claims: Claim[];
	/** What Clerk Chat's record would show of it; left out if the record can't identify it. */
	message?: RecordedMessage;
	/** If it is not a message: what the record would identify it by. */
	recordKey?: string;
	/** The ID of something that already exists and is changed instead of created. */
	changes?: string;
	/** Whether the same may have been sent already: its item has such an error, or n8n was killed midway. */
	isAfterUnknown?: true;
	/** Whether that error says that it must not be sent again, not even with 'Send Again'. */
	isFinal?: true;
	/** Whether it was sent but not delivered, as this node's error in its item says. */
	isAfterNotDelivered?: true;
}

/** A task as far as the item's fields are usable. */
export type PartialTask = Pick<Task, 'item' | 'part' | 'claims'> & Partial<Task>;

/** One request and the tasks that share it. */
export interface Batch {
	tasks: Task[];
	lane?: string;
}

/** The run's ledger, as far as it is needed here: importing it would form a circle. */
interface Claimer {
	claimsOf: (item: number, request: ApiRequest) => Claim[];
}

/** How many items to read before giving n8n's process a chance to do other work. */
const ITEMS_AT_A_STRETCH = 50;

/**
 * Reads the fields of all items before the first request is made: with On Error = Stop, bad input in the last item is
 * found before anything has been sent.
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
		// n8n serves its editor and webhooks from the same process.
		if (item % ITEMS_AT_A_STRETCH === ITEMS_AT_A_STRETCH - 1) await sleep(0);
		try {
			const fields = fieldsOf(host, item);
			const request = requestOf(operation, fields);
			const key = write.onlyOnce?.key(request, fields);
			if (key !== undefined && once.has(key)) {
				throw fields.refuse(write.onlyOnce!.message, write.onlyOnce!.description);
			}
			if (key !== undefined) once.add(key);
			const failedAs = earlierFailureIn(host.inputOf(item), host.node);
			const all = write.message?.split?.(request, fields) ?? [request];
			const asked = partsLeft(all, failedAs, write).map((each, part) =>
				taskOf({ item, part, request: each }, claimer, write),
			);
			tasks.push(...asked.map((task) => ({ ...task, ...markOf(task, asked, failedAs) })));
		} catch (exception) {
			const error = new NodeOperationError(host.node, exception as Error, { itemIndex: item });
			unusable.push({ item, error });
		}
	}
	return { tasks, unusable };
}

/** If each recipient gets a separate message, a failed item stands for one of them: the others have their own items. */
function partsLeft(parts: ApiRequest[], failedAs: EarlierFailure | undefined, write: Write) {
	const own = parts.filter((request) => toOf({ request }, write) === failedAs?.to);
	return parts.length > 1 && own.length > 0 ? own : parts;
}

/** A task with its claims. */
export function taskOf(
	asked: Pick<Task, 'item' | 'part' | 'request'>,
	claimer: Claimer,
	{ message: rules }: Write,
): Task {
	const { item, request } = asked;
	const message = rules?.recorded(rules.completed?.(request) ?? request);
	return { ...asked, claims: claimer.claimsOf(item, request), ...(message && { message }) };
}

/** Ends the reference of a message that must not be sent again. */
const FINAL = '+';

/** The node's fields and the recipient, hashed: the same for a text that changes by itself. */
function sourceOf({ fields, recipient }: Claim): string {
	return hash([fields, addressOf(recipient)]);
}

/**
 * Identifies, in an item's error, what a task may have sent: for each person, the content and the fields it came from.
 * @param entries what the ledger has of it
 */
export function referenceOf({ claims, isFinal }: PartialTask, entries: LedgerEntry[]): string {
	const words = claims.flatMap((claim) => [claim.content, sourceOf(claim)]);
	return [...words, ...(isFinal || entries.some(isOver) ? [FINAL] : [])].join(' ');
}

/**
 * Marks a task whose item says that the same failed earlier.
 * @param ofItem all tasks of the item
 */
function markOf(task: Task, ofItem: Task[], failedAs?: EarlierFailure): Partial<Task> {
	if (!failedAs) return {};
	const { references, isHere, isSent } = failedAs;
	const isMeant = ({ content }: Claim) => references.includes(content);
	if (isSent) return task.claims.every(isMeant) ? { isAfterNotDelivered: true } : {};
	// Another node may have sent to the other people of its item, too.
	const claims = (isHere ? [task] : ofItem).flatMap((each) => each.claims);
	const isSame = (claim: Claim) => isMeant(claim) || references.includes(sourceOf(claim));
	if (!claims.some(isSame)) return {};
	return { isAfterUnknown: true, ...(references.includes(FINAL) && { isFinal: true }) };
}

/** Whether doing it twice has the same effect as doing it once. */
export function isRepeatable({ changes }: Partial<Task>, { repeatable }: Write): boolean {
	return repeatable === true || changes !== undefined;
}

/** The recipient of a task, for display. */
export function toOf({ request }: Partial<Task>, { message }: Write): string | undefined {
	return request && message?.recipients(request).join(', ');
}

/** Groups tasks into requests: one each, or several together where the API allows it. */
export function batchesOf(tasks: Task[], { together, orderBy }: Write): Batch[] {
	const size = together?.size ?? 1;
	return Array.from({ length: Math.ceil(tasks.length / size) }, (_, index) => {
		const slice = tasks.slice(index * size, (index + 1) * size);
		const [{ recordKey, request }] = slice;
		return { tasks: slice, lane: together ? undefined : (recordKey ?? orderBy?.(request)) };
	});
}

/** The request that these tasks share, as it is sent. */
export function sharedRequest(tasks: Task[], { together, message, upsert }: Write): ApiRequest {
	const requests = tasks.map(({ request }) => request);
	const [{ changes }] = tasks;
	if (upsert && changes !== undefined) return upsert.change(requests[0], changes);
	const request = together ? together.merge(requests) : requests[0];
	return message?.completed?.(request) ?? request;
}
