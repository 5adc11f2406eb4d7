import type { Host } from '../../host';
import { callsElsewhere, callsHere } from '../ledger/calls';
import { ledger } from '../ledger/ledger';
import { personLog } from '../ledger/ledgerEntry';
import type { LedgerEntry } from '../ledger/ledgerEntry';
import type { RunLedger } from '../ledger/runLedger';
import type { Task } from '../task';

/* What the ledger knows to have been sent, or perhaps: by all executions of this process. */

/**
 * What a person got with the account that is used now, or may have got.
 * @param server the base URL
 * @param person as `personOf` gives it
 * @param task is about to be sent, and doesn't count itself
 */
export function sentToPerson(
	runLedger: RunLedger,
	server: string,
	person: string,
	task: Task,
): LedgerEntry[] {
	const all = ledger.since(personLog(person), 0);
	if (all.length === 0) return all;
	const own = new Set(runLedger.begunFor(task));
	const sent = all.filter(
		(entry) => entry.server === server && entry.tries > 0 && runLedger.accounts.owns(entry),
	);
	// A retry keeps what may have been sent as an entry of its own.
	const byId = new Map(sent.map((entry) => [entry.id, entry]));
	return [...byId.values()].filter((entry) => !own.has(entry));
}

/** How many messages all calls of a node in this execution have sent, or may have, besides a task itself. */
export function countOfCalls(host: Host, runLedger: RunLedger, task: Task): number {
	const own = new Set(runLedger.begunFor(task));
	const here = callsHere(task.claims[0]).filter((entry) => !own.has(entry));
	return here.length + callsElsewhere(host);
}
