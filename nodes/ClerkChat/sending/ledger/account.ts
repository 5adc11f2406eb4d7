import { idOf, readSpan } from '../../../api/record';
import type { Requester } from '../../../api/requester';
import { hash } from './ledgerEntry';
import type { LedgerEntry } from './ledgerEntry';

/** How far from its request a message is looked for, in ms. */
const MARGIN = 10 * 60_000;

/** How many messages of another key are looked for. */
const MOST = 50;

/** Whose messages count as this run's. Accounts are hashes of server and key. */
export class Accounts {
	/** The account that is used now; undefined as long as the credential has not been read. */
	current?: string;

	/** Others whose messages count as well. */
	private readonly trusted = new Set<string>();

	/** Whether an entry is of the account that is used now. */
	owns({ account }: LedgerEntry): boolean {
		const isCurrent = this.current === undefined || this.current === account;
		return isCurrent || this.trusted.has(account);
	}

	/**
	 * Tells whose key is used. A new key is the ordinary cure for a 401: it counts as one of the same account when a message
	 * that an earlier key sent is on record under it. Otherwise, what that key sent is neither returned nor sent again.
	 * @param entries that are saved with the execution
	 */
	async use(requester: Requester, entries: LedgerEntry[]): Promise<void> {
		const account = hash([requester.baseURL, requester.secrets]);
		const others = new Map<string, LedgerEntry[]>();
		for (const entry of entries) {
			// Another server has IDs of its own, which may be the same.
			const isHere = entry.server === requester.baseURL;
			if (entry.state !== 'sent' || entry.account === account || !isHere) continue;
			others.set(entry.account, [...(others.get(entry.account) ?? []), entry].slice(-MOST));
		}
		for (const [other, sent] of others) {
			if (await isOnRecord(requester, sent)) this.trusted.add(other);
		}
		this.current = account;
	}
}

async function isOnRecord(requester: Requester, sent: LedgerEntry[]): Promise<boolean> {
	const began = Math.min(...sent.map((entry) => entry.began));
	const ended = Math.max(...sent.map((entry) => entry.ended ?? entry.began));
	const reading = await readSpan(requester, { since: began - MARGIN, until: ended + MARGIN });
	if (reading?.kind !== 'read') return false;
	const ids = new Set(sent.flatMap(({ results = [] }) => results.map(idOf)));
	return reading.entries.some((entry) => ids.has(idOf(entry)));
}
