import type { Host } from '../../host';
import { callsElsewhere, callsHere } from '../ledger/calls';
import { ledger } from '../ledger/ledger';
import { personLog } from '../ledger/ledgerEntry';
import type { LedgerEntry } from '../ledger/ledgerEntry';
import type { RunLedger } from '../ledger/runLedger';
import type { Task } from '../task';

/* What all executions of this process have sent, or may have sent, according to the ledger. */

/**
 * The messages that a person got, or may have got, from the current account.
 * @param server the base URL
 * @param person as `personOf` returns it
 * @param task about to be sent, so it doesn't count itself
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
	// A retry keeps what may have been sent earlier as a separate entry.
	const byId = new Map(sent.map((entry) => [entry.id, entry]));
	return [...byId.values()].filter((entry) => !own.has(entry));
}

/** How many messages all calls of a node in this execution have sent, or may have sent, not counting the given task. */
export function countOfCalls(host: Host, runLedger: RunLedger, task: Task): number {
	const own = new Set(runLedger.begunFor(task));
	const here = callsHere(task.claims[0]).filter((entry) => !own.has(entry));
	return here.length + callsElsewhere(host);
}
