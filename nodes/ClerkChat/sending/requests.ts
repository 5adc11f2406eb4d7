import { NodeOperationError, sleep } from 'n8n-workflow';
import { fieldsOf } from '../host';
import type { Host } from '../host';
import type { ApiRequest } from '../../api/requester';
import type { OfQuestion, OfWrite, Write } from '../operation';
import { requestOf as describedBy } from '../request';
import type { Memory } from './memory';
import type { Fingerprint } from './notes';
import { partsBefore } from './words';

/** What an input item (from 0) asks for, or one part of it (from 0), and what it is remembered by. */
export interface Asked {
	item: number;
	/** Left out when the item asks for one thing. */
	part?: number;
	request: ApiRequest;
	fingerprint: Fingerprint;
}

/** One request and the items that share it. */
export interface Job {
	asked: Asked[];
	lane?: string;
}

/** How many items are read before others in n8n's process get a turn. */
const ITEMS_AT_A_STRETCH = 50;

/**
 * Reads the fields of all items before the first request goes out: with On Error = Stop, bad input in the last item is
 * found while nothing has been sent yet.
 * @param onUnusable called for each item whose fields are not usable
 */
export async function readItems(
	host: Host,
	operation: OfWrite | OfQuestion,
	memory: Memory,
	onUnusable: (
		item: Pick<Asked, 'item' | 'part' | 'fingerprint'>,
		reason: NodeOperationError,
	) => void,
): Promise<Asked[]> {
	const { write } = operation;
	const asked: Asked[] = [];
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
			const parts = write.parts?.(request, fields) ?? [request];
			const whole = parts.length > 1 ? memory.fingerprintOf(item, request) : undefined;
			for (const [part, each] of parts.entries()) {
				const name = whole && write.to?.(each);
				const fingerprint = memory.fingerprintOf(item, each, name, whole);
				if (!whole && memory.wentApart(fingerprint)) {
					const { message, description } = partsBefore(write);
					throw fields.refuse(message, description);
				}
				asked.push({ item, ...(whole && { part }), request: each, fingerprint });
			}
		} catch (exception) {
			const reason = new NodeOperationError(host.node, exception as Error, { itemIndex: item });
			for (const [part, fingerprint] of memory.fingerprintsOf(item).entries()) {
				onUnusable({ item, part, fingerprint }, reason);
			}
		}
	}
	return asked;
}

/** Puts the items into requests: one for each, or several into one where the API takes them together. */
export function jobsOf(asked: Asked[], { together, orderBy }: Write): Job[] {
	const size = together?.size ?? 1;
	return Array.from({ length: Math.ceil(asked.length / size) }, (_, index) => {
		const slice = asked.slice(index * size, (index + 1) * size);
		return { asked: slice, lane: together ? undefined : orderBy?.(slice[0].request) };
	});
}

/** The request of the items of a job. */
export function requestOf(asked: Asked[], { together }: Write): ApiRequest {
	const requests = asked.map(({ request }) => request);
	return together ? together.merge(requests) : requests[0];
}
