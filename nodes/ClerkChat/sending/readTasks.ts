import { NodeOperationError, sleep } from 'n8n-workflow';
import { ownUnknown } from '../../api/errors';
import type { ApiRequest } from '../../api/requester';
import { fieldsOf } from '../host';
import type { Host } from '../host';
import type { OfQuestion, OfWrite, Write } from '../operation';
import { requestOf as describedBy } from '../request';
import type { RunLedger } from './runLedger';
import { referenceOf } from './task';
import type { Task } from './task';

/** One request and the tasks that share it. */
export interface Batch {
	tasks: Task[];
	lane?: string;
}

/** An item whose fields are not usable. */
export interface Unusable {
	item: number;
	error: NodeOperationError;
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
	runLedger: RunLedger,
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
			const request = write.request?.(fields) ?? describedBy(operation, fields);
			const key = write.onlyOnce?.key(request, fields);
			if (key !== undefined && once.has(key)) {
				throw fields.refuse(write.onlyOnce!.message, write.onlyOnce!.description);
			}
			if (key !== undefined) once.add(key);
			const parts = write.message?.split?.(request, fields) ?? [request];
			const failedAs = ownUnknown(host.inputOf(item), host.node);
			for (const [part, each] of parts.entries()) {
				const of = { item, ...(parts.length > 1 && { part }) };
				const task = taskOf({ ...of, request: each }, runLedger, write);
				const isAfterUnknown = failedAs !== undefined && failedAs === referenceOf(task);
				tasks.push({ ...task, ...(isAfterUnknown && { isAfterUnknown }) });
			}
		} catch (exception) {
			const error = new NodeOperationError(host.node, exception as Error, { itemIndex: item });
			unusable.push({ item, error });
		}
	}
	return { tasks, unusable };
}

/** A task with what it claims. */
export function taskOf(
	asked: Pick<Task, 'item' | 'part' | 'request'>,
	runLedger: RunLedger,
	{ message: rules }: Write,
): Task {
	const { item, request } = asked;
	const message = rules?.recorded(rules.completed?.(request) ?? request);
	return { ...asked, claims: runLedger.claimsOf(item, request), ...(message && { message }) };
}

/** Puts the tasks into requests: one for each, or several into one where the API takes them together. */
export function batchesOf(tasks: Task[], { together, orderBy }: Write): Batch[] {
	const size = together?.size ?? 1;
	return Array.from({ length: Math.ceil(tasks.length / size) }, (_, index) => {
		const slice = tasks.slice(index * size, (index + 1) * size);
		return { tasks: slice, lane: together ? undefined : laneOf(slice[0], orderBy) };
	});
}

function laneOf({ recordKey, request }: Task, orderBy: Write['orderBy']): string | undefined {
	return recordKey ?? orderBy?.(request);
}

/** The request of tasks that share one, as it goes out. */
export function requestOf(tasks: Task[], { together, message, upsert }: Write): ApiRequest {
	const requests = tasks.map(({ request }) => request);
	const [{ changes }] = tasks;
	if (upsert && changes !== undefined) return upsert.change(requests[0], changes);
	const request = together ? together.merge(requests) : requests[0];
	return message?.completed?.(request) ?? request;
}
