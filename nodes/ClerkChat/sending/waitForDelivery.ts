import type { IDataObject } from 'n8n-workflow';
import { now } from '../../api/clock';
import { redact } from '../../api/faults';
import { limits } from '../../api/limits';
import { isDelivered, isFailed, objectionTo } from '../../api/messageStatus';
import { idOf, readSpan } from '../../api/record';
import type { Requester } from '../../api/requester';
import { meaningOf } from '../../api/statuses';
import { pendingHint } from '../words/sendingHints';
import { notDelivered } from '../words/sendingWords';
import { ledger } from './ledger';
import type { LedgerEntry } from './ledgerEntry';
import type { RunParts } from './runParts';
import { toOf } from './task';
import type { Task } from './task';

/** A message on its way. */
interface OnItsWay {
	task: Task;
	/** Its entries in the ledger, one for each recipient. */
	entries: LedgerEntry[];
	/** What Clerk Chat says of it, the newest that is known. */
	results: IDataObject[];
}

/**
 * Waits until each message is delivered or has failed, or the time of 'Wait for Delivery' is over, and gives each out as
 * the record has it then. What failed is an error, and counts as sent: a later try gives it out and does not send again.
 * Without the option it does nothing.
 */
export async function waitForDelivery(
	tasks: Task[],
	requester: Requester,
	run: RunParts,
): Promise<void> {
	const { settings, results, runLedger, host } = run;
	const { waitForDeliverySeconds: seconds } = settings;
	if (seconds === undefined || results.culprit) return;
	const messages = tasks
		.filter((task) => results.isSent(task))
		.map((task) => onItsWay(task, runLedger.begunFor(task)))
		.filter(isOpen);
	if (messages.length === 0) return;
	const couldRead = await watch(messages, seconds, requester);
	for (const message of messages) conclude(message, requester, run);
	const pending = messages.filter(isOpen).length;
	if (pending > 0) host.addHint?.(pendingHint(pending, seconds, couldRead));
}

function onItsWay(task: Task, entries: LedgerEntry[]): OnItsWay {
	const sent = entries.filter(({ state }) => state === 'sent');
	return {
		task,
		entries: sent,
		results: [...new Set(sent.flatMap(({ results = [] }) => results))],
	};
}

/** What others sent, and was skipped, is none of this run's. */
function isOpen({ results }: OnItsWay): boolean {
	return results.some(
		(result) => !isDelivered(result) && !isFailed(result) && result.skipped !== true,
	);
}

/**
 * Reads the record at growing intervals, and puts what it shows in the place of what is known.
 * @returns whether the record could be read
 */
async function watch(
	messages: OnItsWay[],
	seconds: number,
	requester: Requester,
): Promise<boolean> {
	const end = now() + seconds * 1000;
	let couldRead = false;
	for (let look = 0; ; look++) {
		const open = messages.filter(isOpen);
		const left = end - now();
		if (open.length === 0 || left <= 0) return couldRead;
		const waits = limits.waitsForDelivery;
		await requester.wait(Math.min(waits[look] ?? waits[waits.length - 1], left));
		// Without an end: nobody knows whether that counts from when a message was sent, or was last changed.
		const since = Math.min(...open.flatMap(({ entries }) => entries.map(({ began }) => began)));
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

function conclude(
	{ task, entries, results: newest }: OnItsWay,
	requester: Requester,
	run: RunParts,
): void {
	const { host, operation, results } = run;
	for (const entry of entries) ledger.renew(entry, newest);
	results.succeed(task, newest);
	const failed = newest.find(isFailed);
	if (!failed) return;
	const reason = redact(objectionTo(failed)?.reason ?? '', requester.secrets);
	results.fail(task, {
		outcome: 'refused',
		words: notDelivered(operation.write, reason, toOf(task, operation.write)),
		hold: { code: 'notDelivered' },
		endsRun: !host.continueOnFail,
	});
}
