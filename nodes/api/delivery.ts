import type { IDataObject } from 'n8n-workflow';
import { now } from './clock';
import { limits } from './limits';
import { isDelivered, isFailed } from './messageStatus';
import { idOf, readSpan } from './record';
import type { Requester } from './requester';
import { meaningOf } from './statuses';

/** A message in transit: the newest version known from Clerk Chat, and when it was sent, in ms. */
export interface OnItsWay {
	results: IDataObject[];
	began: number;
}

/** Whether a message has neither been delivered nor failed. Skipped messages don't count: others sent them. */
export function isOnItsWay({ results }: OnItsWay): boolean {
	return results.some(
		(result) => !isDelivered(result) && !isFailed(result) && result.skipped !== true,
	);
}

/**
 * Reads the record at growing intervals until every message is delivered or has failed, and updates each to what the
 * record shows.
 * @param seconds the longest to wait
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
		// Without an end: it isn't known whether the end filters by when a message was sent or last changed.
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
