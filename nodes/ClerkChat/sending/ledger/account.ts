import { idOf, readSpan } from '../../../api/record';
import type { Requester } from '../../../api/requester';
import { hash } from './ledgerEntry';
import type { LedgerEntry } from './ledgerEntry';

/** How far around the time of its request to look for a message, in ms. */
const MARGIN = 10 * 60_000;

/** How many messages of another key to look for. */
const MOST = 50;

/** The accounts whose messages count as this run's. Accounts are hashes of server and key. */
export class Accounts {
	/** The account in use now; '' until the credential has been read. */
	current = '';

	/** Other accounts whose messages count as well. */
	private readonly trusted = new Set<string>();

	/** Whether an entry belongs to the account in use now. */
	owns({ account }: LedgerEntry): boolean {
		return ['', account].includes(this.current) || this.trusted.has(account);
	}

	/**
	 * Sets the account in use. The usual cure for a 401 is a new key. It counts as the same account if a message sent
	 * with an earlier key is on record under the new one. Otherwise, what that earlier key sent is neither returned nor
	 * sent again.
	 * @param entries the ones saved with the execution
	 */
	async use(requester: Requester, entries: LedgerEntry[]): Promise<void> {
		const account = hash([requester.baseURL, requester.secrets]);
		const others = new Map<string, LedgerEntry[]>();
		for (const entry of entries) {
			// Another server has its own IDs, which may happen to be equal.
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
