import type { IDataObject } from 'n8n-workflow';
import { isFailed } from '../../api/messageStatus';
import { ledger } from './ledger/ledger';
import { contentLog } from './ledger/ledgerEntry';
import type { PartialTask } from './task';

/**
 * What comes out, instead of another text, for an item that says that its message was sent and did not arrive: the message
 * as it is known, or after a restart what was asked for.
 */
export function notDeliveredBefore({ claims, request }: PartialTask): IDataObject[] {
	const entries = claims.flatMap((claim) => ledger.since(contentLog(claim), 0).slice(-1));
	const failed = new Set(entries.flatMap(({ results = [] }) => results).filter(isFailed));
	return failed.size > 0 ? [...failed] : [{ ...request?.body, status: 'failed' }];
}
