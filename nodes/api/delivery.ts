import type { IDataObject } from 'n8n-workflow';
import { now } from './clock';
import { limits } from './limits';
import { isDelivered, isFailed } from './messageStatus';
import { idOf, readSpan } from './record';
import type { Requester } from './requester';
import { meaningOf } from './statuses';

/** A message on its way: what Clerk Chat says of it, the newest that is known, and when it was sent, in ms. */
export interface OnItsWay {
	results: IDataObject[];
	began: number;
}

/** Whether a message has neither arrived nor failed. What others sent, and was skipped, is none of this run's. */
export function isOnItsWay({ results }: OnItsWay): boolean {
	return results.some(
		(result) => !isDelivered(result) && !isFailed(result) && result.skipped !== true,
	);
}

/**
 * Reads the record at growing intervals until every message is delivered or has failed, and puts what it shows in the place
 * of what is known.
 * @param seconds how long at most
 * @returns whether the record could be read
 */
export async function watchDelivery(
	messages: OnItsWay[],
	seconds: number,
	requester: Requester,
): Promise<boolean> {
	const end = now() + seconds * 1000;
	let couldRead = false;
	for (let look = 0; ; look++) {
		const open = messages.filter(isOnItsWay);
		const left = end - now();
		if (open.length === 0 || left <= 0) return couldRead;
		const waits = limits.waitsForDelivery;
		await requester.wait(Math.min(waits[look] ?? waits[waits.length - 1], left));
		// Without an end: nobody knows whether that counts from when a message was sent, or was last changed.
		const since = Math.min(...open.map(({ began }) => began));
		const reading = await readSpan(requester, { since });
		if (!reading) return couldRead;
		if (reading.kind === 'failed') {
			if (meaningOf(reading.fault).isFinal) return couldRead;
			continue;
		}
		couldRead = true;
		const listed = new Map(reading.entries.map((entry) => [idOf(entry), entry]));
		for (const each of open) {
			each.results = each.results.map((result) => listed.get(idOf(result)) ?? result);
		}
	}
}
