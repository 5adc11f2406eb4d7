import { isOnItsWay, watchDelivery } from '../../api/delivery';
import { NOT_DELIVERED } from '../../api/errors';
import { redact } from '../../api/faults';
import { isFailed, objectionTo } from '../../api/messageStatus';
import type { Requester } from '../../api/requester';
import { pendingHint } from '../words/sendingHints';
import { notDelivered } from '../words/sendingWords';
import type { RunParts } from './decisions';
import { ledger } from './ledger/ledger';
import { toOf } from './task';
import type { Task } from './task';

/**
 * With 'Wait for Delivery': waits until each message is delivered or has failed, or time runs out, and returns each one
 * as the record shows it then. A failed delivery is an error but counts as sent: a retry returns it and doesn't send
 * again.
 */
export async function waitForDelivery(
	tasks: Task[],
	requester: Requester,
	{ settings, results, runLedger, host, operation, decisions }: RunParts,
): Promise<void> {
	const { waitForDeliverySeconds: seconds } = settings;
	if (seconds === undefined || results.culprit) return;
	const messages = tasks
		.filter((task) => results.isSent(task))
		.map((task) => {
			const entries = runLedger.begunFor(task).filter(({ state }) => state === 'sent');
			const newest = [...new Set(entries.flatMap((entry) => entry.results ?? []))];
			const began = Math.min(...entries.map((entry) => entry.began));
			return { task, entries, results: newest, began };
		})
		.filter(isOnItsWay);
	if (messages.length === 0) return;
	const couldRead = await watchDelivery(messages, seconds, requester);
	for (const { task, entries, results: newest } of messages) {
		for (const entry of entries) ledger.renew(entry, newest);
		results.succeed(task, newest);
		const failed = newest.find(isFailed);
		if (!failed) continue;
		const reason = redact(objectionTo(failed)?.reason ?? '', requester.secrets);
		decisions.fail(task, {
			outcome: 'refused',
			words: notDelivered(operation.write, reason, toOf(task, operation.write)),
			hold: { code: NOT_DELIVERED },
			endsRun: !host.continueOnFail,
		});
	}
	const pending = messages.filter(isOnItsWay).length;
	if (pending > 0) host.addHint?.(pendingHint(pending, seconds, couldRead));
}
