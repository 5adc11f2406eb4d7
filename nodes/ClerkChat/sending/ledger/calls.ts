import type { IDataObject } from 'n8n-workflow';
import { isObject } from '../../../api/bodies';
import type { Host } from '../../host';
import { ledger } from './ledger';
import { callsLog } from './ledgerEntry';
import type { LedgerEntry, Slot } from './ledgerEntry';
import { isOfThisProcess, PROCESS } from './ids';

/** The key under which the execution saves how many messages an agent's calls sent, by process. */
const SAVED_AS = 'calls';

type Caller = Pick<Host, 'context' | 'isTool' | 'node'>;

/** What all calls of a node in an execution sent in this process, or may have sent. */
export function callsHere(slot: Pick<Slot, 'root' | 'node'>): LedgerEntry[] {
	return ledger
		.since(callsLog(slot), 0)
		.filter(({ request, tries }) => tries > 0 && isOfThisProcess(request));
}

/**
 * How many messages they sent, or may have sent, in other processes: before n8n restarted, or on another worker, for
 * example before a Wait.
 */
export function callsElsewhere({ context }: Pick<Host, 'context'>): number {
	const saved = savedIn(context);
	return Object.keys(saved)
		.filter((process) => process !== PROCESS)
		.reduce((sum, process) => sum + (Number(saved[process]) || 0), 0);
}

/** Saves with the execution how many messages the node's calls sent in this process. */
export function noteCalls({ context, isTool, node }: Caller, root: string): void {
	if (!isTool) return;
	const here = callsHere({ root, node: node.id }).length;
	context[SAVED_AS] = { ...savedIn(context), [PROCESS]: here };
}

function savedIn(context: IDataObject): IDataObject {
	const saved = context[SAVED_AS];
	return isObject(saved) ? saved : {};
}
