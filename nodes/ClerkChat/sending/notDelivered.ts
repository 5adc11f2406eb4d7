import type { IDataObject } from 'n8n-workflow';
import { isFailed } from '../../api/messageStatus';
import { ledger } from './ledger/ledger';
import { contentLog } from './ledger/ledgerEntry';
import type { Claim, LedgerEntry } from './ledger/ledgerEntry';
import type { PartialTask } from './task';

/**
 * What comes out, instead of another text, for an item that says that its message was sent and did not arrive: the message
 * as it is known, or after a restart what was asked for.
 * @param used what came out for equal items; what is found is added
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

/** The newest run of this execution that knows of one, or of another: the same text may have gone out elsewhere since. */
function failedFor(claim: Claim, used: Set<LedgerEntry>): LedgerEntry | undefined {
	const failed = ledger
		.since(contentLog(claim), 0)
		.filter((entry) => !used.has(entry) && entry.results?.some(isFailed));
	const last = failed.filter(({ root }) => root === claim.root).at(-1) ?? failed.at(-1);
	return failed.find(({ root, run }) => root === last?.root && run === last.run);
}
