import type { IDataObject } from 'n8n-workflow';
import { isFailed } from '../../api/messageStatus';
import { ledger } from './ledger/ledger';
import { contentLog } from './ledger/ledgerEntry';
import type { Claim, LedgerEntry } from './ledger/ledgerEntry';
import type { PartialTask } from './task';

/**
 * For an item whose error says that its message was sent but not delivered: returns that message instead of sending
 * again. It is the message as it is known, or after a restart, what was requested.
 * @param used the entries already returned for equal items; the one found is added
 */
export function notDeliveredBefore(
	{ claims, request }: PartialTask,
	used: Set<LedgerEntry>,
): IDataObject[] {
	const entries = claims.flatMap((claim) => failedFor(claim, used) ?? []);
	for (const entry of entries) used.add(entry);
	const failed = new Set(entries.flatMap(({ results = [] }) => results).filter(isFailed));
	return failed.size > 0 ? [...failed] : [{ ...request?.body, status: 'failed' }];
}

/**
 * A failed entry of the newest run in this execution that has one, or else in any: the same text may have been sent
 * elsewhere since.
 */
function failedFor(claim: Claim, used: Set<LedgerEntry>): LedgerEntry | undefined {
	const failed = ledger
		.since(contentLog(claim), 0)
		.filter((entry) => !used.has(entry) && entry.results?.some(isFailed));
	const last = failed.filter(({ root }) => root === claim.root).at(-1) ?? failed.at(-1);
	return failed.find(({ root, run }) => root === last?.root && run === last.run);
}
